"""Looks at contracts in a family: what lesson 11 says is so, and what its checks tell apart."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path

import pytest

from contracts import load_folder
from contracts.model import Contract
from data_assets.postgres import connect
from detection import find_violations, read_catalog
from detection.family import in_effect as in_effect_of
from detection.family import weaker_promises
from detection.family.faults import find_family_faults
from detection.model import Catalog
from docent.branching import repository
from docent.contract_texts import read_text
from docent.examining_families import REASONS, in_effect, nothing_lost, nothing_twice
from docent.exercise import Outcome
from docent.family_documents import (
    ALONE,
    BASE_FILE,
    BRANCH,
    DOMAIN_FILE,
    MAIN,
    ODD,
    PEOPLE,
    PRODUCT_FILE,
    SCREENS,
    SCREENS_FILE,
    TO_TRY,
    WITH_PRIVACY,
    read_texts,
)
from docent.lessons.lesson_11 import (
    JOIN,
    JOINED,
    KEEP_UP,
    LEADS,
    MENDED,
    ONE_LINE,
    PARTNER,
    PARTNERS_LIST,
    WHO_SAYS_SO,
)
from docent.room import Room
from docent.shell import start
from tests.conftest import REPOSITORY
from tests.guide.cells import run

GATE = ["docent", "gate", "--base", "main", "--documents", "--format", "json"]

# ------------------------------------------------------------------ the documents


def test_the_families_that_are_given_are_sound() -> None:
    for texts in (TO_TRY, MAIN, WITH_PRIVACY):
        contracts = read_texts(texts)
        assert find_family_faults(contracts) == ()
        assert len({one.identity for one in contracts}) == len(texts)


def test_the_page_that_stands_alone_differs_by_its_tie_only() -> None:
    given, alone = TO_TRY[PRODUCT_FILE].splitlines(), ALONE.splitlines()
    assert [line for line in given if line not in alone] == [
        "extends:",
        "  name: crm-domain",
        '  version: "1.2.0"',
    ]
    assert read_text(ALONE).extends is None


def test_the_branch_differs_in_one_line_and_the_version() -> None:
    old, new = MAIN[BASE_FILE].splitlines(), BRANCH[BASE_FILE].splitlines()
    changed = [pair for pair in zip(old, new, strict=True) if pair[0] != pair[1]]
    assert changed == [
        ('version: "1.0.0"', 'version: "2.0.0"'),
        ("  freshness: < 24 hours", "  freshness: < 5 hours"),
    ]
    assert {name for name in MAIN if MAIN[name] != BRANCH[name]} == {BASE_FILE}
    assert [change.contract for change in weaker_promises(read_texts(BRANCH))] == [
        "crm-domain",
        "gallery-screens",
    ]


def test_what_is_about_people_has_moved_to_the_privacy_office() -> None:
    left = set(TO_TRY[DOMAIN_FILE].splitlines()) - set(WITH_PRIVACY[DOMAIN_FILE].splitlines())
    assert left == {
        "minimum_classification: internal",
        "deletion: What a person asks to have deleted is gone within a day.",
    }


def test_the_partner_promises_less_in_eight_dimensions_each_with_its_reason() -> None:
    weak = weaker_promises([read_text(PARTNER), read_text(PEOPLE, "people_base.yaml")])
    assert {change.aspect for change in weak} == set(REASONS)
    assert len(weak) == len(REASONS) == 8


def test_three_folders_hold_what_is_no_family() -> None:
    folders: dict[str, list[str]] = {}
    for name, text in ODD.items():
        folders.setdefault(name.partition("/")[0], []).append(text)
    assert list(folders) == ["circle", "missing", "diamond"]
    for name, rule in (("circle", "family-cycle"), ("missing", "parent-missing")):
        faults = find_family_faults([read_text(text) for text in folders[name]])
        assert [fault.rule for fault in faults] == [rule]
    with pytest.raises(Exception, match="a list of 2 items"):
        read_text(folders["diamond"][0])


# ------------------------------------------------------------------ 11.1


def test_the_answers_of_11_1_are_those_of_explain(learner: Path) -> None:
    from docent import folder
    from prevention.explaining import explain

    found = explain("signup-list", folder("11") / "family")
    said = {
        (one.about.rpartition(".")[2], one.aspect, one.value): one.origin.contract
        for one in found.promises
    }
    assert [
        said["email", "nullable", "NOT NULL"],
        said["", "freshness", "4 hours on landed_at"],
        said["", "notice", "30 days"],
        said["", "deletes", "What a person asks to have deleted is gone within a day."],
        said["signup_source", "classification", "internal"],
        said["", "availability", "99 percent"],
    ] == ["crm-domain", "signup-list", "museum-base", "crm-domain", "crm-domain", "museum-base"]
    assert run(WHO_SAYS_SO.solution).kind == "correct"


# ------------------------------------------------------------------ 11.2

NOTICE = "notice: {{lead_days: {}}}\nfields:\n"
TWICE = {
    "nothing": ("fields:\n", None),
    "notice": (NOTICE.format(30), "notice, 30 days"),
    "longer notice": (NOTICE.format(60), None),
    "a column": ("fields:\n  - email: string, not_null\n", "type of email, string"),
}


@pytest.mark.parametrize("name", TWICE)
def test_what_is_inherited_in_the_same_words_is_said_twice(name: str) -> None:
    more, said = TWICE[name]
    text = JOINED.replace("fields:\n", more)
    outcome = nothing_twice(read_text(text), read_texts(TO_TRY))
    seen = outcome.seen.split(": ", 1)[1].split(", which stands")[0] if outcome else None
    assert seen == said
    assert outcome is None or outcome.kind == "incomplete"


LOST = {
    "nothing": (("", ""), None),
    "a promise of its own": (("score: integer, not_null", "score: integer"), "nullable of score"),
    "a column of its own": (("  - score: integer, not_null\n", ""), "column of score"),
    "the parent": (('extends: {name: crm-domain, version: "1.2.0"}\n', ""), "notice"),
    "a level, for a looser one": (("< 3 hours", "< 4 hours"), "freshness"),
    "a level, for a stricter one": (("< 3 hours", "< 2 hours"), None),
    "a level, for the same in minutes": (("< 3 hours", "< 180 minutes"), None),
    "a type, for another": (("score: integer", "score: bigint"), "type of score"),
}


@pytest.mark.parametrize("name", LOST)
def test_what_was_promised_and_is_not_in_effect_is_lost(name: str) -> None:
    change, lost = LOST[name]
    old, new = change
    outcome = nothing_lost(LEADS)(read_text(JOINED.replace(old, new)), read_texts(TO_TRY))
    assert (outcome.seen.split(":")[0] if outcome else None) == lost


def test_the_text_gets_shorter_and_the_promise_longer(learner: Path) -> None:
    assert len(JOINED) < len(LEADS)
    seen = run(JOIN.solution).seen
    whole = in_effect(read_text(JOINED), read_texts(TO_TRY))
    own = [one for one in whole if one.origin.contract == "lead-scores"]
    assert len(whole) > len(in_effect(read_text(LEADS), ())) > len(own)
    assert seen == (
        f"Of {len(whole)} promises that bind it, it says {len(own)} itself and inherits "
        f"{len(whole) - len(own)}; none is weaker than above."
    )


# ------------------------------------------------------------------ 11.3

MENDS = {
    "as it is solved": ("", "", "correct"),
    "in minutes": ("< 4 hours", "< 240 minutes", "correct"),
    "as ISO 8601 has it": ("< 4 hours", "PT4H", "correct"),
    "in short": ("< 4 hours", "4h", "correct"),
    "a year": ("365 days", "1 year", "correct"),
    "twelve months": ("365 days", "12 months", "correct"),
    "a little fresher than the family": ("< 4 hours", "< 5 hours", "incomplete"),
    "fresher than can be kept": ("< 4 hours", "< 3 hours", "wrong"),
    "longer than can be kept": ("365 days", "2 years", "wrong"),
    "half a year": ("365 days", "180 days", "incomplete"),
    "a state too many": ("enum(partner)", "enum(partner, web)", "incomplete"),
    "what the family says, too": (
        "fields:\n", "fields:\n  email: {required: true, classification: sensitive}\n", "correct",
    ),
    "a class that fewer may see": (
        "fields:\n", "fields:\n  email: {classification: highly sensitive}\n", "correct",
    ),
    "another version of the parent": ('"3.0.0"', '"2.0.0"', "wrong"),
    "soon": ("< 4 hours", "soon", "wrong"),
}  # fmt: skip


@pytest.mark.parametrize("name", MENDS)
def test_what_the_partner_can_do_may_be_said_in_any_words(tmp_path: Path, name: str) -> None:
    old, new, kind = MENDS[name]
    assert old in MENDED
    text = MENDED.replace(old, new, 1) if old else MENDED
    outcome = PARTNERS_LIST.examine(text, Room("11", tmp_path))
    assert outcome.kind == kind, outcome


# ------------------------------------------------------------------ 11.4


@pytest.fixture
def branch(tmp_path: Path) -> Path:
    folder = tmp_path / "branch"
    folder.mkdir()
    for name, text in BRANCH.items():
        (folder / name).write_text(text)
    return folder


def kept_up(branch: Path, **changes: str) -> Outcome:
    for name, text in changes.items():
        (branch / f"{name}.yaml").write_text(text)
    return KEEP_UP.examine(branch, Room("11", branch.parent))


DOMAIN = (
    MAIN[DOMAIN_FILE]
    .replace("< 6 hours", "< 5 hours")
    .replace('"1.2.0"', '"2.0.0"')
    .replace('"1.0.0"', '"2.0.0"')
)
PRODUCT = MAIN[PRODUCT_FILE].replace('"2.1.0"', '"2.1.1"').replace('"1.2.0"', '"2.0.0"')
HALLS = (
    SCREENS.replace("< 12 hours", "< 5 hours").replace('"1.1.0"', '"2.0.0"')
    .replace('"1.0.0"', '"2.0.0"')
)  # fmt: skip


def test_a_branch_as_it_is_given_is_not_attempted(branch: Path) -> None:
    assert kept_up(branch).kind == "not attempted"


def test_whoever_has_to_keep_it_is_named_in_the_end(branch: Path) -> None:
    outcome = kept_up(branch, crm_domain=DOMAIN, signups=PRODUCT, gallery_screens=HALLS)
    assert outcome.kind == "correct"
    assert outcome.seen.endswith("keep it: crm-domain, gallery-screens, museum-base.")


def test_to_take_the_parents_promise_back_is_no_way_out(branch: Path) -> None:
    outcome = kept_up(branch, museum_base=MAIN[BASE_FILE])
    assert (outcome.kind, outcome.seen) == (
        "wrong",
        "museum_base.yaml is not as the branch has it.",
    )


def test_to_leave_the_family_is_no_way_out_either(branch: Path) -> None:
    alone = HALLS.replace('extends:\n  name: museum-base\n  version: "2.0.0"\n', "")
    outcome = kept_up(branch, crm_domain=DOMAIN, signups=PRODUCT, gallery_screens=alone)
    assert (outcome.kind, "parent" in outcome.seen) == ("wrong", True)


@pytest.mark.parametrize("version", ["2.0.0", "2.0.1", "3.0.0"])
def test_a_higher_version_than_is_demanded_is_as_good(branch: Path, version: str) -> None:
    domain = DOMAIN.replace('"2.0.0"', f'"{version}"', 1)
    product = PRODUCT.replace('"2.0.0"', f'"{version}"')
    outcome = kept_up(branch, crm_domain=domain, signups=product, gallery_screens=HALLS)
    assert outcome.kind == "correct"


@pytest.mark.parametrize("hours", ["1 hours", "300 minutes", "4 hours"])
def test_stricter_than_the_parent_is_as_good(branch: Path, hours: str) -> None:
    halls = HALLS.replace("5 hours", hours)
    outcome = kept_up(branch, crm_domain=DOMAIN, signups=PRODUCT, gallery_screens=halls)
    assert outcome.kind == "correct"


def test_a_file_that_is_gone_is_missed(branch: Path) -> None:
    (branch / SCREENS_FILE).unlink()
    outcome = kept_up(branch)
    assert (outcome.kind, outcome.seen) == (
        "incomplete", "There is no gallery_screens.yaml in branch.",
    )  # fmt: skip


# ------------------------------------------------------------------ 11.5


def test_the_order_of_the_keys_does_not_matter_and_more_of_them_do_not_hurt(tmp_path: Path) -> None:
    answer = {
        "signup-list": "crm-domain",
        "crm-domain": "privacy-base",
        "privacy-base": "museum-base",
        "museum-base": None,
        "gallery-screens": "museum-base",
    }
    outcome = ONE_LINE.examine(answer, Room("11", tmp_path))
    assert outcome.kind == "correct"
    assert outcome.seen == (
        "signup-list extends crm-domain, then privacy-base, then museum-base: one line, and "
        "nothing is lost on it."
    )


# ------------------------------------------------------------------ what the lesson tells


def errors(contracts: Sequence[Contract], catalog: Catalog) -> list[tuple[str, str, int]]:
    """Each broken promise: its rule, and the file and the line on which it stands."""
    return [
        (each.rule, each.location.file, each.location.line)
        for each in find_violations(contracts, catalog)
        if each.level == "error" and each.location
    ]


def test_the_page_alone_does_not_notice_what_the_family_does(museum: str) -> None:
    with connect(museum) as connection:
        assert errors(in_effect_of(read_texts(TO_TRY)), read_catalog(connection)) == []
        connection.execute("alter table crm.signups alter email drop not null")
        catalog = read_catalog(connection)
        connection.rollback()
    assert errors([read_text(ALONE)], catalog) == []
    line = TO_TRY[DOMAIN_FILE].splitlines().index("  - email: string, not_null") + 1
    found = errors(in_effect_of(read_texts(TO_TRY)), catalog)
    assert found == [("nullability-differs", DOMAIN_FILE, line)]


def test_the_museums_own_contracts_do_not_agree_about_notice() -> None:
    """The lesson says that they do not all say the same, and that some say nothing."""
    said = [
        contract.notice.lead_days if contract.notice else None
        for contract in load_folder(REPOSITORY / "contracts")
    ]
    assert None in said
    assert len({days for days in said if days}) > 1


def test_a_grandchild_that_was_strict_enough_is_not_named(tmp_path: Path) -> None:
    """The lesson says that the list of sign-ups has promised less than five hours all along."""
    made = repository(
        tmp_path / "museum",
        {f"contracts/{name}": text for name, text in MAIN.items()},
        {f"contracts/{name}": text for name, text in BRANCH.items()},
    )
    ran = start(GATE, made, os.environ)
    findings = json.loads(ran.output)["findings"]
    assert ran.exit == 1
    assert [(one["rule"], one["contract"]) for one in findings] == [
        ("child-weaker", "crm-domain"),
        ("child-weaker", "gallery-screens"),
        ("service-level-strengthened", "museum-base"),
        ("parent-version-differs", "crm-domain"),
        ("parent-version-differs", "gallery-screens"),
    ]
    weak = [one for one in findings if one["rule"] == "child-weaker"]
    assert {one["cause"] for one in weak} == {"service-level-strengthened museum-base (freshness)"}
