from __future__ import annotations

from dataclasses import replace

import pytest

from contracts.model import Location
from detection.model import Violation
from prevention.decision import Checked, decide, finding_of
from tests.prevention.museum import (
    ARRAY_MISSING,
    CHECKED,
    MISSING,
    TABLE_MISSING,
    UNDECLARED,
    uncovered,
)

NOTE = replace(UNDECLARED, level="note")


@pytest.mark.parametrize(
    ("violations", "status", "code"),
    [
        ([], "held", 0),
        ([UNDECLARED], "held", 0),
        ([NOTE, uncovered("guestbook")], "held", 0),
        ([replace(UNDECLARED, level="error")], "broken", 1),
        ([UNDECLARED, MISSING], "broken", 1),
        ([TABLE_MISSING], "broken", 1),
    ],
)
def test_an_error_breaks_a_promise_and_nothing_else_does(
    violations: list[Violation], status: str, code: int
) -> None:
    decision = decide(violations, CHECKED)
    assert (decision.status, decision.exit) == (status, code)
    assert len(decision.findings) == len(violations)


@pytest.mark.parametrize(
    ("checked", "says"),
    [
        (Checked(), "there is no contract here"),
        (Checked(contracts=("museum/object",)), "the contracts promise no table"),
    ],
)
def test_nothing_checked_is_never_green(checked: Checked, says: str) -> None:
    decision = decide([], checked)
    assert (decision.status, decision.exit) == ("not-judged", 2)
    assert says in decision.obstacles[0].what
    assert decision.obstacles[0].next_step


def test_a_finding_carries_all_the_facts_of_its_violation() -> None:
    finding = finding_of(TABLE_MISSING)
    for name in ("rule", "level", "contract", "schema", "table", "column", "owner", "location"):
        assert getattr(finding, name) == getattr(TABLE_MISSING, name)
    assert [part.column for part in finding.parts] == [
        "object_id",
        "image",
        "is_primary_image",
        "created_at",
    ]
    cause = "table-missing public.object_images_normalized"
    assert {part.cause for part in finding.parts} == {cause}
    assert finding.cause is None


def test_unfolding_replaces_a_cause_by_what_follows_from_it() -> None:
    decision = decide([ARRAY_MISSING, TABLE_MISSING], CHECKED).unfolded()
    assert [finding.element for finding in decision.findings] == [
        "public.object_images.additional_images",
        "public.object_images_normalized.object_id",
        "public.object_images_normalized.image",
        "public.object_images_normalized.is_primary_image",
        "public.object_images_normalized.created_at",
    ]
    assert decision.exit == 1


def test_what_was_accepted_before_is_told_and_breaks_nothing() -> None:
    known = finding_of(TABLE_MISSING).fingerprint
    decision = decide([TABLE_MISSING], CHECKED, accepted={known})
    assert (decision.status, decision.stale) == ("held", 0)
    assert decision.findings[0].acknowledged
    assert all(part.acknowledged for part in decision.findings[0].parts)


def test_a_new_break_beside_an_accepted_one_is_red() -> None:
    known = finding_of(MISSING).fingerprint
    decision = decide([MISSING, ARRAY_MISSING], CHECKED, accepted={known, "0" * 16})
    assert [finding.breaks for finding in decision.findings] == [False, True]
    assert (decision.status, decision.stale) == ("broken", 1)


@pytest.mark.parametrize(
    ("change", "same"),
    [
        ({"location": Location("elsewhere.json", 99)}, True),
        ({"owner": None}, True),
        ({"level": "warning"}, True),
        ({"column": "image"}, False),
        ({"table": "object"}, False),
        ({"schema": "crm"}, False),
        ({"promised": "integer"}, False),
        ({"found": ""}, False),
        ({"rule": "column-renamed"}, False),
        ({"contract": "museum/other"}, False),
    ],
)
def test_a_fingerprint_is_of_the_facts_and_not_of_their_place(
    change: dict[str, object], same: bool
) -> None:
    changed = replace(MISSING, **change)  # type: ignore[arg-type]
    before, after = finding_of(MISSING).fingerprint, finding_of(changed).fingerprint
    assert (before == after) is same
