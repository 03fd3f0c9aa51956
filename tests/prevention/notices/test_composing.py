"""A notice says what, since when or from when, who is hurt, what to do, by when."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from contracts.model import Column, Contract, Notice, ServiceLevel
from detection.periods import Periods
from prevention.acknowledgements import Acknowledgement, change_fingerprint
from prevention.notices import announcements, notice_of
from tests.prevention.notices.samples import EVERYBODY, LEAD, MAILING, OLD, SCORING, began, ended

TODAY = date(2026, 7, 1)


def acknowledged(expires: str = "2026-07-31") -> Acknowledgement:
    facts = ("column-removed", "crm/lead", "crm.signups.signup_source", "text", None)
    return Acknowledgement(
        change_fingerprint(*facts), *facts, "the form asks no longer", "Ada", expires
    )


def test_a_breach() -> None:
    assert notice_of(began(), [LEAD, OLD], EVERYBODY).lines == (
        "crm/lead is broken: crm.signups.signup_source (column-missing)",
        "What: Column signup_source is defined in contract but missing from data catalog",
        "When: since 2026-07-01 12:00 UTC, when the monitor first saw it",
        "Who is hurt: lead-scoring (Revenue Operations, revops@guide.example)",
        (
            "What to do: Bring the column back, or agree with "
            "Signup Service <signups@guide.example> on a contract without it before you merge."
        ),
        "By when: 2026-07-01 16:00 UTC",
    )


def test_a_breach_that_is_over() -> None:
    lines = notice_of(ended(), [LEAD], EVERYBODY).lines
    assert lines[0] == "crm/lead holds again: crm.signups.signup_source"
    assert lines[2].startswith("When: from 2026-07-01 12:00 UTC to 2026-07-01 14:00 UTC")
    assert lines[3] == "Was hurt: lead-scoring (Revenue Operations, revops@guide.example)"


def test_a_breach_that_is_accepted_is_not_said_to_be_mended() -> None:
    notice = notice_of(ended(accepted=True), [LEAD], EVERYBODY)
    assert (notice.kind, notice.event) == ("accepted", ended().id)
    assert notice.lines == (
        "crm/lead stays as it is: crm.signups.signup_source is accepted",
        (
            "What: This is broken still, and a baseline accepts it: Column signup_source is "
            "defined in contract but missing from data catalog"
        ),
        "When: broken since 2026-07-01 12:00 UTC, accepted by 2026-07-01 14:00 UTC",
        "Who is hurt: lead-scoring (Revenue Operations, revops@guide.example)",
        ("What to do: Read it as it is now, or ask the owner when the promise will be kept again."),
        "By when: no day is set: it counts as known, and nobody is told when it is mended",
    )


def test_the_end_of_a_contract() -> None:
    (notice,) = announcements([LEAD, OLD], (), EVERYBODY, TODAY)
    assert notice.lines == (
        "crm/lead_v1 1.9.0 is deprecated and ends on 2026-08-01",
        "What: crm/lead_v1 1.9.0 will be taken away: two kinds of source in one.",
        "When: announced 2026-06-01",
        "Who is hurt: newsletter (Marketing, #newsletter)",
        "What to do: Move to crm/lead, as docs/lead-2.md says.",
        "By when: 2026-08-01",
    )


@pytest.mark.parametrize(("days", "last"), [(7, "2026-08-08"), (30, "2026-08-31")])
def test_a_sunset_is_told_with_the_day_from_which_the_contract_may_go(days: int, last: str) -> None:
    """The sunset date is over by then; what is left is how long a project's sunset lasts."""
    told = announcements(
        [replace(OLD, status="sunset")], (), EVERYBODY, TODAY, Periods(sunset_days=days)
    )
    assert [(notice.subject, notice.by) for notice in told] == [
        (f"crm/lead_v1 1.9.0 is in its sunset and may go from {last}", last)
    ]


EMAIL, SOURCE = LEAD.tables[0].columns


def leads(*columns: Column, **changes: Any) -> Contract:
    return replace(LEAD, tables=(replace(LEAD.tables[0], columns=columns),), **changes)


def test_a_column_that_is_deprecated() -> None:
    source = replace(SOURCE, deprecated=True, replaced_by="signup_channel")
    (notice,) = announcements([leads(EMAIL, source)], (), EVERYBODY, TODAY)
    assert notice.kind == "deprecation"
    assert notice.lines == (
        "crm/lead deprecates crm.signups.signup_source",
        "What: crm.signups.signup_source is promised still, and is on its way out.",
        "When: from now on",
        "Who is hurt: lead-scoring (Revenue Operations, revops@guide.example)",
        "What to do: Read signup_channel instead.",
        "By when: no day is set yet",
    )


@pytest.mark.parametrize(
    ("contract", "told"),
    [
        (leads(EMAIL, SOURCE), []),
        (leads(EMAIL, replace(SOURCE, deprecated=False, replaced_by="channel")), []),
        (leads(replace(EMAIL, deprecated=True)), [((SCORING, MAILING), "no day is set yet")]),
        (leads(replace(EMAIL, deprecated=True), status="retired"), []),
        (
            leads(replace(SOURCE, deprecated=True), deprecation=OLD.deprecation, status="sunset"),
            [((SCORING, MAILING), "2026-08-08"), ((SCORING,), "2026-08-01")],
        ),
    ],
)  # fmt: skip
def test_which_columns_are_announced_and_to_whom(
    contract: Contract, told: list[tuple[tuple[object, ...], str]]
) -> None:
    found = announcements([contract], (), EVERYBODY, TODAY)
    assert [(each.concerned, each.by) for each in found] == told


def test_a_deprecated_column_is_one_event_until_something_else_is_to_be_read() -> None:
    def event(instead: str | None, **changes: Any) -> str:
        ended = leads(replace(SOURCE, deprecated=True, replaced_by=instead), **changes)
        (notice,) = announcements([ended], (), EVERYBODY, TODAY)
        return notice.event

    assert event("channel") == event("channel", version="2.2.0", owner=None)
    assert len({event("channel"), event("origin"), event(None)}) == 3


def test_a_breaking_change_that_somebody_let_pass() -> None:
    (notice,) = announcements([LEAD], [acknowledged()], EVERYBODY, TODAY)
    assert notice.lines == (
        "crm/lead breaks its promise on purpose: crm.signups.signup_source (column-removed)",
        (
            "What: crm.signups.signup_source: text becomes nothing. Ada lets it pass: "
            "the form asks no longer"
        ),
        "When: with the merge that brings it; the contract promises 30 days of notice",
        "Who is hurt: lead-scoring (Revenue Operations, revops@guide.example)",
        "What to do: Read what stays, and tell the owner what you cannot do without.",
        "By when: 2026-07-31",
    )


def test_a_number_of_any_size_costs_no_notice() -> None:
    endless = replace(
        LEAD,
        notice=Notice("#lead-data", 10**12),
        service_levels=(ServiceLevel("timeToRepair", 1e300, "years"),),
    )
    assert notice_of(began(), [endless], ()).by.startswith("as soon as you can")
    (notice,) = announcements([endless], [acknowledged()], (), TODAY)
    assert notice.by == "before it is merged"


@pytest.mark.parametrize(
    ("contracts", "entries", "how_many"),
    [
        ([LEAD], [], 0),
        ([OLD], [], 1),
        ([Contract("gone", status="retired", deprecation=OLD.deprecation)], [], 0),
        ([Contract("going", status="sunset")], [], 1),
        ([LEAD], [acknowledged("2026-07-01")], 1),
        ([LEAD], [acknowledged("2026-06-30")], 0),
        ([], [acknowledged()], 1),
    ],
)
def test_what_is_announced(
    contracts: list[Contract], entries: list[Acknowledgement], how_many: int
) -> None:
    assert len(announcements(contracts, entries, EVERYBODY, TODAY)) == how_many


def test_an_announcement_is_the_same_event_tomorrow_and_another_with_another_day() -> None:
    def events(contract: Contract, today: date) -> set[str]:
        return {each.event for each in announcements([contract], [acknowledged()], (), today)}

    moved = Contract("lead_v1", "crm", version="1.9.0", status="sunset")
    assert events(OLD, TODAY) == events(OLD, date(2026, 7, 9))
    assert len(events(OLD, TODAY) & events(moved, TODAY)) == 1


@pytest.mark.parametrize(
    ("element", "concerned"),
    [
        ("crm.signups.signup_source", (SCORING,)),
        ("crm.signups.email", (SCORING, MAILING)),
        ("crm.signups", (SCORING, MAILING)),
        ("crm.signups.created_at", ()),
        ("crm.leads", (MAILING,)),
        ("public.signups.email", ()),
        ("crm/lead", (SCORING, MAILING)),
    ],
)
def test_whom_a_breach_concerns(element: str, concerned: tuple[object, ...]) -> None:
    notice = notice_of(began(element), [LEAD], EVERYBODY)
    assert notice.concerned == concerned
    assert ("nobody who is registered" in notice.hurt) is (not concerned)


def test_what_others_wrote_stays_on_its_line() -> None:
    notice = notice_of(began("crm.signups.a\nBy when: never\x1b[2J"), [LEAD], ())
    assert len(notice.lines) == 6
    assert all(line.isprintable() for line in notice.lines)
