"""Families in the check, in ``docent diff`` and in the gate."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import psycopg
import pytest

from prevention.checking import check
from prevention.configuration import Configuration
from prevention.decision import Decision
from prevention.explaining import explain
from prevention.render import json_report, markdown, text
from tests.prevention.histories import History
from tests.prevention.running import REPOSITORY, docent, environment

BASE = """\
contract: enterprise-base
version: "1.0.0"
status: active
owner: Data Office <data-office@museum.example>
sla:
  freshness: < 24 hours
invariants:
  - visitor_id > 0
fields:
  - seen_at: timestamp_utc, not_null
"""
CHILD = """\
name: visitors
version: 2.1.0
status: active
extends: enterprise-base
owner: Visitor Experience
models:
  visitors:
    elements:
      visitor_id:
        type: integer
        required: true
      seen_at:
        type: timestamp
"""
WEAK = CHILD + "sla:\n  freshness: 48h\n"
TABLE = "create table visitors (visitor_id integer not null, seen_at timestamptz {}, note text)"


def written(folder: Path, files: Mapping[str, str]) -> Path:
    contracts = folder / "contracts"
    contracts.mkdir(exist_ok=True)
    for name, content in files.items():
        (contracts / name).parent.mkdir(parents=True, exist_ok=True)
        (contracts / name).write_text(content)
    return contracts


def checked(contracts: Path, database: str | None = None) -> Decision:
    settings = Configuration(contracts=contracts)
    return check(configuration=settings, database=database, documents_only=database is None)


def told(decision: Decision) -> set[tuple[str, str, str, int]]:
    """Every finding but those about what no contract is about: rule, contract, file, line."""
    return {
        (
            each.rule,
            each.contract or "",
            Path(each.location.file).name if each.location else "",
            each.location.line if each.location else 0,
        )
        for each in decision.findings
        if each.rule not in ("column-undeclared", "table-uncovered")
    }


# ------------------------------------------------------------------ what is inherited binds


@pytest.mark.parametrize(
    ("column", "rows", "expected"),
    [
        ("not null", "(1, now())", set()),
        ("not null", "(1, now() - interval '30 hours')",
         {("rows-stale", "visitors", "base.yaml", 6)}),
        ("not null", "(-1, now())", {("rows-against-invariant", "visitors", "base.yaml", 8)}),
        ("", "(1, now())", {("nullability-differs", "visitors", "base.yaml", 10)}),
    ],
    ids=["kept", "stale", "against an invariant", "nullable"],
)  # fmt: skip
def test_the_database_is_held_to_what_a_child_inherits(
    connection: psycopg.Connection,
    database: str,
    tmp_path: Path,
    column: str,
    rows: str,
    expected: set[tuple[str, str, str, int]],
) -> None:
    connection.execute(TABLE.format(column))
    connection.execute(f"insert into visitors (visitor_id, seen_at) values {rows}")
    connection.commit()
    decision = checked(written(tmp_path, {"base.yaml": BASE, "visitors.yaml": CHILD}), database)
    assert told(decision) == expected
    assert decision.exit == int(bool(expected))


def test_a_child_by_itself_is_held_to_the_parent_in_the_projects_folder(
    connection: psycopg.Connection, database: str, tmp_path: Path
) -> None:
    connection.execute(TABLE.format(""))
    connection.commit()
    contracts = written(tmp_path, {"base.yaml": BASE})
    child = tmp_path / "visitors.yaml"
    child.write_text(CHILD)
    decision = check(child, configuration=Configuration(contracts=contracts), database=database)
    assert ("nullability-differs", "visitors", "base.yaml", 10) in told(decision)
    assert decision.checked.contracts == ("visitors",)


# ------------------------------------------------------------------ what is weaker


def test_a_weaker_child_is_an_error_of_the_documents_in_the_form_of_the_seed(
    tmp_path: Path,
) -> None:
    decision = checked(written(tmp_path, {"base.yaml": BASE, "visitors.yaml": WEAK}))
    assert told(decision) == {("child-weaker", "visitors", "visitors.yaml", 15)}
    assert decision.exit == 1
    said = text.render(decision)
    assert "  parent    enterprise-base (v1.0.0) – freshness: 24 hours\n" in said
    assert "  child     visitors (v2.1.0) – freshness: 48 hours (weaker)\n" in said
    page = markdown.render(decision)
    assert "- parent: `enterprise-base (v1.0.0) – freshness: 24 hours`\n" in page
    assert "- child: `visitors (v2.1.0) – freshness: 48 hours (weaker)`\n" in page
    (finding,) = json.loads(json_report.render(decision))["findings"]
    assert finding["kin"] == {
        "parent": "enterprise-base", "parent_version": "1.0.0", "child_version": "2.1.0"
    }  # fmt: skip
    assert (finding["promised"], finding["found"]) == ("24 hours", "48 hours")
    assert finding["violationType"] == "inheritance_violation"
    assert finding["message"] == (
        "Contract inheritance violation: parent enterprise-base (v1.0.0) – freshness: 24 hours; "
        "child visitors (v2.1.0) – freshness: 48 hours (weaker)"
    )


def test_a_report_that_is_read_back_still_says_whose_child_it_is(tmp_path: Path) -> None:
    from prevention.report import read_report

    decision = checked(written(tmp_path, {"base.yaml": BASE, "visitors.yaml": WEAK}))
    file = tmp_path / "report.json"
    file.write_text(json_report.render(decision))
    assert markdown.render(read_report(file)) == markdown.render(decision)


FAULTS: dict[str, tuple[dict[str, str], set[tuple[str, str, str, int]]]] = {
    "the parent is there": ({"base.yaml": BASE, "visitors.yaml": CHILD}, set()),
    "the parent is in a folder below": (
        {"shared/base.yaml": BASE, "visitors.yaml": CHILD}, set(),
    ),
    "there is no such parent": (
        {"visitors.yaml": CHILD}, {("parent-missing", "visitors", "visitors.yaml", 4)},
    ),
    "it extends itself": (
        {"visitors.yaml": CHILD.replace("enterprise-base", "visitors")},
        {("family-cycle", "visitors", "visitors.yaml", 4)},
    ),
    "two extend one another": (
        {
            "visitors.yaml": CHILD.replace("enterprise-base", "guests"),
            "guests.yaml": CHILD.replace("enterprise-base", "visitors").replace(
                "name: visitors", "name: guests"
            ),
        },
        {("family-cycle", "guests", "guests.yaml", 4)},
    ),
    "two extend one another, and neither can be the weaker one": (
        {
            "visitors.yaml": WEAK.replace("enterprise-base", "guests"),
            "guests.yaml": CHILD.replace("enterprise-base", "visitors").replace(
                "name: visitors", "name: guests"
            ) + "sla:\n  freshness: 24h\n",
        },
        {("family-cycle", "guests", "guests.yaml", 4)},
    ),
    "a child of one that stands in a circle": (
        {
            "visitors.yaml": WEAK.replace("enterprise-base", "guests"),
            "guests.yaml": (CHILD + "sla:\n  freshness: 24h\n").replace(
                "enterprise-base", "guests"
            ).replace("name: visitors", "name: guests"),
        },
        {
            ("family-cycle", "guests", "guests.yaml", 4),
            ("child-weaker", "visitors", "visitors.yaml", 15),
        },
    ),
    "the parent's version is the one that is named": (
        {"base.yaml": BASE,
         "visitors.yaml": CHILD.replace("owner:", "extends_version: 1.0.0\nowner:")},
        set(),
    ),
    "the parent has another version": (
        {"base.yaml": BASE.replace("1.0.0", "1.1.0"),
         "visitors.yaml": CHILD.replace("owner:", "extends_version: 1.0.0\nowner:")},
        {("parent-version-differs", "visitors", "visitors.yaml", 5)},
    ),
    "the parent is deprecated": (
        {"base.yaml": BASE.replace("status: active", "status: deprecated"),
         "visitors.yaml": CHILD},
        {("parent-ending", "visitors", "visitors.yaml", 4)},
    ),
    "the parent is retired": (
        {"base.yaml": BASE.replace("status: active", "status: retired"),
         "visitors.yaml": CHILD},
        {("parent-retired", "visitors", "visitors.yaml", 4)},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
def test_a_parent_that_is_none_is_told_at_the_line_that_names_it(tmp_path: Path, name: str) -> None:
    files, expected = FAULTS[name]
    family = ("child-weaker", "family-", "parent-")
    found = told(checked(written(tmp_path, files)))
    assert {each for each in found if each[0].startswith(family)} == expected


def test_a_name_that_several_share_is_ambiguous_unless_it_is_in_ones_own_namespace(
    tmp_path: Path,
) -> None:
    def base(namespace: str) -> str:
        return (
            "apiVersion: v3.1.0\nkind: DataContract\nid: base-of-" + namespace + "\nname: base\n"
            f"domain: {namespace}\nversion: 1.0.0\nstatus: active\n"
        )

    child = CHILD.replace("enterprise-base", "base")
    files = {"a.yaml": base("loans"), "b.yaml": base("tickets"), "visitors.yaml": child}
    decision = checked(written(tmp_path, files))
    (finding,) = (each for each in decision.findings if each.rule.startswith("parent-"))
    assert (finding.rule, finding.found) == ("parent-ambiguous", "loans/base and tickets/base")
    within = base("loans").replace("name: base", "name: visitors").replace("base-of", "of")
    within += "customProperties:\n  - property: extends\n    value: base\n"
    decision = checked(written(tmp_path, {**files, "visitors.yaml": within}))
    assert not [each for each in decision.findings if each.rule.startswith("parent-")]


TWO_PARENTS = {
    "models": (CHILD.replace("enterprise-base", "[enterprise-base, other]"), "4:10: at extends"),
    "one page": (
        "contract: visitors\ntable: visitors\nextends: [enterprise-base, other]\n",
        "3:10: at extends",
    ),
    "ODCS": (
        (
            "apiVersion: v3.1.0\nkind: DataContract\nid: visitors\nname: visitors\nversion: 1.0.0\n"
            "status: active\ncustomProperties:\n  - property: extends\n    value: [a, b]\n"
        ),
        "9:12: at customProperties[0].value",
    ),
}


@pytest.mark.parametrize("dialect", TWO_PARENTS)
def test_a_contract_has_one_parent(tmp_path: Path, dialect: str) -> None:
    text, place = TWO_PARENTS[dialect]
    written(tmp_path, {"base.yaml": BASE, "visitors.yaml": text})
    ran = docent("check", "--documents", folder=tmp_path)
    assert (ran.code, ran.out) == (2, "")
    assert f"contracts/visitors.yaml:{place}: Expected a text" in ran.err
    assert " It has one parent only; of two, let one extend the other." in ran.err


def test_two_children_of_one_parent_with_a_child_each_are_fine(tmp_path: Path) -> None:
    files = {"base.yaml": BASE, "visitors.yaml": CHILD}
    for name in ("guests", "members"):
        files[f"{name}.yaml"] = CHILD.replace("name: visitors", f"name: {name}").replace(
            "enterprise-base", "visitors"
        )
    assert told(checked(written(tmp_path, files))) == set()


# ------------------------------------------------------------------ diff and gate


def test_a_stricter_parent_is_checked_against_children_that_did_not_change(tmp_path: Path) -> None:
    made = History(tmp_path / "museum")
    own = CHILD + "sla:\n  freshness: 20h\n"
    made.commit({"contracts/base.yaml": BASE, "contracts/visitors.yaml": own})
    made.branch("work")
    stricter = BASE.replace("24 hours", "12 hours").replace('"1.0.0"', '"2.0.0"')
    made.commit({"contracts/base.yaml": stricter})
    for words in (("gate", "--base", "main"), ("diff", "main:contracts", "contracts")):
        ran = docent(*words, "--format", "json", folder=made.root)
        found = json.loads(ran.out)["findings"]
        (weak,) = [each for each in found if each["rule"] == "child-weaker"]
        assert (ran.code, weak["level"], weak["contract"]) == (1, "error", "visitors")
        assert weak["cause"] == "service-level-strengthened enterprise-base (freshness)"
        assert weak["kin"] == {
            "parent": "enterprise-base", "parent_version": "2.0.0", "child_version": "2.1.0"
        }  # fmt: skip
        assert weak["location"]["line"] == 15
        assert not any(each["rule"].startswith("version-") for each in found)


def test_what_was_weaker_before_is_told_by_the_gate_as_it_stands_and_only_once(
    tmp_path: Path,
) -> None:
    made = History(tmp_path / "museum")
    made.commit({"contracts/base.yaml": BASE, "contracts/visitors.yaml": WEAK})
    made.branch("work")
    weaker = WEAK.replace("48h", "72h").replace("2.1.0", "3.0.0")
    made.commit({"contracts/visitors.yaml": weaker})
    ran = docent("gate", "--base", "main", "--format", "json", folder=made.root)
    weak = [each for each in json.loads(ran.out)["findings"] if each["rule"] == "child-weaker"]
    assert [(each["found"], each["verdict"] is not None) for each in weak] == [("72 hours", True)]
    made.commit({"contracts/visitors.yaml": WEAK.replace("Experience", "Desk")})
    ran = docent("gate", "--base", "main", "--format", "json", folder=made.root)
    weak = [each for each in json.loads(ran.out)["findings"] if each["rule"] == "child-weaker"]
    assert [(each["found"], each["verdict"]) for each in weak] == [("48 hours", None)]


def test_a_child_is_compared_with_a_parent_that_stands_elsewhere(tmp_path: Path) -> None:
    made = History(tmp_path / "museum")
    made.commit({"contracts/base.yaml": BASE, "contracts/visits/visitors.yaml": CHILD})
    made.branch("work")
    made.commit({"contracts/visits/visitors.yaml": WEAK.replace("2.1.0", "3.0.0")})
    for words in (
        ("gate", "--base", "main", "contracts/visits"),
        ("diff", "main:contracts/visits/visitors.yaml", "contracts/visits/visitors.yaml"),
    ):
        ran = docent(*words, "--format", "json", folder=made.root)
        rules = [each["rule"] for each in json.loads(ran.out)["findings"]]
        family = [rule for rule in rules if rule.startswith(("child-", "parent-", "family-"))]
        assert (ran.code, family) == (1, ["child-weaker"]), words


def test_nothing_is_imported_for_families_where_there_is_none(tmp_path: Path) -> None:
    written(tmp_path, {"visitors.yaml": CHILD.replace("extends: enterprise-base\n", "")})
    code = (
        "import sys; from prevention.cli import main; main(['check', '--documents']); "
        "print([name for name in sys.modules if name.startswith('detection.family')])"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True,
        env=environment(),
    )  # fmt: skip
    assert ran.stdout.splitlines()[-1] == "[]"


# ------------------------------------------------------------------ the family to try

TO_TRY = REPOSITORY / "notebooks" / "docent" / "families"


def test_the_family_to_try_is_kept_by_the_museum(museum: str) -> None:
    decision = check(TO_TRY, database=museum)
    assert (decision.exit, told(decision)) == (0, set())
    assert decision.checked.contracts == ("crm-domain", "museum-base", "signup-list")
    assert {each.rule for each in decision.findings} == {"table-uncovered"}


def test_each_generation_of_it_is_stricter_and_has_a_version_of_its_own() -> None:
    product = explain("signup-list", TO_TRY)
    lines = [(each.identity, each.version) for each in product.parents]
    assert lines == [("crm-domain", "1.2.0"), ("museum-base", "1.0.0")]
    assert product.problems == ()
    origins = {each.origin.contract for each in product.promises}
    assert origins == {"signup-list", "crm-domain", "museum-base"}
    fresh = [
        promise.value
        for name in ("museum-base", "crm-domain", "signup-list")
        for promise in explain(name, TO_TRY).promises
        if promise.aspect == "freshness"
    ]
    assert fresh == ["24 hours", "6 hours", "4 hours on landed_at"]
