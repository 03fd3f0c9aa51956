"""Every dimension in which a child may promise less: as it is told, and when its parent moves."""

from __future__ import annotations

import json
from pathlib import Path
from typing import NamedTuple

import pytest

from prevention.checking import check
from prevention.configuration import Configuration
from prevention.decision import Finding
from prevention.words import issue
from tests.prevention.histories import History
from tests.prevention.running import docent

AN_ADDRESS = "select count(*) from {table} where email not like '%@%'"


class Dimension(NamedTuple):
    """A promise in two strengths, each as a document says it and as it is told.

    cause:  the change of a parent that goes from the looser to the stricter one.
    """

    looser: str
    stricter: str
    told: tuple[str, str]
    cause: str
    of_the_column: bool = False


def level(
    name: str, looser: str, stricter: str, *told: str, rule: str = "strengthened"
) -> Dimension:
    cause = f"service-level-{rule} enterprise-base ({name})"
    words = (f"{name}: {told[0]}", f"{name}: {told[1]}")
    return Dimension(f'sla: {{{name}: "{looser}"}}', f'sla: {{{name}: "{stricter}"}}', words, cause)


def field(looser: str, stricter: str, aspect: str, told: tuple[str, str], rule: str) -> Dimension:
    cause = f"{rule} enterprise-base: enterprise-base.email ({aspect})"
    about = f"{aspect} of visitors.email"
    words = (f"{about}: {told[0]}", f"{about}: {told[1]}")
    return Dimension(looser, stricter, words, cause, of_the_column=True)


DIMENSIONS = {
    "freshness": level("freshness", "< 48 hours", "< 24 hours", "48 hours", "24 hours"),
    "availability": level("availability", "99%", "99.9%", "99 percent", "99.9 percent"),
    "completeness": level(
        "completeness", ">= 80% on email", ">= 95% on email",
        "80 percent on email", "95 percent on email",
    ),
    "retention": level("retention", "30 days", "90 days", "30 days", "90 days"),
    "quality": Dimension(
        f'quality: [{{query: "{AN_ADDRESS}", mustBeLessThan: 500}}]',
        f'quality: [{{query: "{AN_ADDRESS}", mustBeLessThan: 10}}]',
        (
            f"quality of visitors: sql {AN_ADDRESS} mustBeLessThan 500",
            f"quality of visitors: sql {AN_ADDRESS} mustBeLessThan 10",
        ),
        "quality-check-tightened enterprise-base: enterprise-base (quality)",
    ),
    "nullability": field(
        "required: false", "required: true", "nullable", ("NULL", "NOT NULL"), "not-null-added",
    ),
    "classification": field(
        "classification: internal", "classification: sensitive", "classification",
        ("internal", "sensitive"), "classification-raised",
    ),
    "enum values": field(
        "allowed_values: [web, api, unknown, other]", "allowed_values: [web, api]", "states",
        ("web, api, unknown, other", "web, api"), "value-removed",
    ),
}  # fmt: skip


def document(head: str, dimension: Dimension, said: str) -> str:
    own = f", {said}" if dimension.of_the_column else ""
    rest = "" if dimension.of_the_column else f"{said}\n"
    return (
        f"{head}status: active\nowner: Data Office\nfields:\n  email: {{type: string{own}}}\n{rest}"
    )


def base(dimension: Dimension, said: str, version: str = "1.0.0") -> str:
    return document(f'contract: enterprise-base\nversion: "{version}"\n', dimension, said)


def child(dimension: Dimension, said: str) -> str:
    head = 'contract: visitors\nversion: "2.1.0"\nextends: enterprise-base\ntable: visitors\n'
    return document(head, dimension, said)


def weaknesses(folder: Path, parent: str, own: str) -> list[Finding]:
    (folder / "base.yaml").write_text(parent)
    (folder / "visitors.yaml").write_text(own)
    decision = check(configuration=Configuration(contracts=folder), documents_only=True)
    return [one for one in decision.findings if one.rule == "child-weaker"]


@pytest.mark.parametrize("name", DIMENSIONS)
def test_both_values_and_both_versions_are_told(tmp_path: Path, name: str) -> None:
    it = DIMENSIONS[name]
    (found,) = weaknesses(tmp_path, base(it, it.stricter), child(it, it.looser))
    weaker, stricter = it.told
    assert issue(found) == (
        f"Contract inheritance violation: parent 'enterprise-base (v1.0.0) – {stricter}'; "
        f"child 'visitors (v2.1.0) – {weaker} (weaker)'"
    )
    assert (found.level, found.contract) == ("error", "visitors")
    assert found.location
    assert Path(found.location.file).name == "visitors.yaml"


@pytest.mark.parametrize("name", DIMENSIONS)
def test_as_strict_and_stricter_are_no_weakness(tmp_path: Path, name: str) -> None:
    it = DIMENSIONS[name]
    for parent, own in ((it.looser, it.stricter), (it.looser, it.looser)):
        assert weaknesses(tmp_path, base(it, parent), child(it, own)) == []


@pytest.mark.parametrize("name", DIMENSIONS)
def test_a_stricter_parent_is_judged_with_a_child_that_did_not_change(
    tmp_path: Path, name: str
) -> None:
    it = DIMENSIONS[name]
    made = History(tmp_path / "museum")
    files = {"base.yaml": base(it, it.looser), "visitors.yaml": child(it, it.looser)}
    made.commit({f"contracts/{file}": text for file, text in files.items()})
    made.branch("work")
    made.commit({"contracts/base.yaml": base(it, it.stricter, "2.0.0")})
    ran = docent("gate", "--base", "main", "--documents", "--format", "json", folder=made.root)
    findings = json.loads(ran.out)["findings"]
    (weak,) = (one for one in findings if one["rule"] == "child-weaker")
    assert (ran.code, weak["level"], weak["contract"]) == (1, "error", "visitors")
    assert weak["message"] == (
        f"Contract inheritance violation: parent enterprise-base (v2.0.0) – {it.told[1]}; "
        f"child visitors (v2.1.0) – {it.told[0]} (weaker)"
    )
    assert weak["cause"] == it.cause
    of_the_child = [one["rule"] for one in findings if one["contract"] == "visitors"]
    assert not [rule for rule in of_the_child if rule.startswith("version-")]
