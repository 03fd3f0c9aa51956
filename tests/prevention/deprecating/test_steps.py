"""The steps of a contract's end: which may be taken when, and by which dates."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.model import Contract, Deprecation, Notice
from detection.periods import REVIEW_DAYS, STAGES, Periods
from prevention.decision import NotJudged
from prevention.deprecating.steps import (
    Refused,
    Terms,
    next_contract,
    unsuitable,
)

TODAY = date(2026, 1, 3)
ACTIVE = Contract("customers-v1", version="1.5.0", status="active")
ENDS = Deprecation("2026-01-03", "2026-02-03", "customers-v2")
DEPRECATED = replace(ACTIVE, status="deprecated", deprecation=ENDS)
SUNSET = replace(DEPRECATED, status="sunset")
MOVE = Terms(replacement="customers-v2")


def day(text: str) -> date:
    return date.fromisoformat(text)


def after(old: Contract, terms: Terms = MOVE, today: date = TODAY, least: int = 30) -> Contract:
    return next_contract(old, terms, today, Periods(least))[0]


NOTICE: list[tuple[str, date, Contract, int, str]] = [
    ("thirty days", TODAY, ACTIVE, 30, "2026-02-02"),
    ("the project's", TODAY, ACTIVE, 90, "2026-04-03"),
    ("the contract's", TODAY, replace(ACTIVE, notice=Notice(lead_days=45)), 40, "2026-02-17"),
    ("the longer one", TODAY, replace(ACTIVE, notice=Notice(lead_days=7)), 30, "2026-02-02"),
    ("less, as the project says", TODAY, ACTIVE, 5, "2026-01-08"),
    ("over a leap day", day("2028-02-01"), ACTIVE, 30, "2028-03-02"),
    ("without a leap day", day("2027-02-01"), ACTIVE, 30, "2027-03-03"),
    ("from a leap day", day("2028-02-29"), ACTIVE, 365, "2029-02-28"),
    ("over a year's end", day("2026-12-15"), ACTIVE, 30, "2027-01-14"),
]


@pytest.mark.parametrize(("_name", "today", "old", "least", "sunset"), NOTICE)
def test_the_sunset_date_leaves_the_longest_notice_that_is_owed_and_a_week(
    _name: str, today: date, old: Contract, least: int, sunset: str
) -> None:
    usual = day(sunset) + timedelta(REVIEW_DAYS)
    new = after(old, today=today, least=least)
    assert new.deprecation == Deprecation(today.isoformat(), usual.isoformat(), "customers-v2")
    with pytest.raises(Refused) as refused:
        after(old, replace(MOVE, sunset=day(sunset) - timedelta(1)), today, least)
    assert refused.value.rule == "notice-too-short"
    assert refused.value.next_step == f"Write --sunset {sunset}, or a later day."
    named = after(old, replace(MOVE, sunset=day(sunset)), today, least)
    assert named.deprecation == Deprecation(today.isoformat(), sunset, "customers-v2")


ANNOUNCED = [
    ("2025-12-20", "2026-02-09"),
    ("2026-01-03", "2026-02-09"),
]


@pytest.mark.parametrize(("announced", "sunset"), ANNOUNCED)
def test_the_notice_counts_from_the_announcement_but_never_from_the_past(
    announced: str, sunset: str
) -> None:
    new = after(ACTIVE, replace(MOVE, announced=day(announced)))
    assert new.deprecation == Deprecation(announced, sunset, "customers-v2")


def test_what_was_announced_without_naming_the_state_stays_announced() -> None:
    unnamed = replace(DEPRECATED, status=None)
    new = after(unnamed, Terms(), day("2026-01-04"))
    assert (new.status, new.deprecation) == ("deprecated", ENDS)
    with pytest.raises(Refused) as refused:
        after(unnamed, Terms(), day("2026-01-20"))
    assert refused.value.rule == "notice-too-short"


BUMPS: list[tuple[Contract, Terms, str, str | None]] = [
    (ACTIVE, MOVE, "2026-01-03", "1.6.0"),
    (ACTIVE, replace(MOVE, bump=False), "2026-01-03", "1.5.0"),
    (replace(ACTIVE, version="0.3.0"), MOVE, "2026-01-03", "0.3.1"),
    (replace(ACTIVE, version="2"), MOVE, "2026-01-03", "2.1.0"),
    (replace(ACTIVE, version=None), MOVE, "2026-01-03", None),
    (replace(ACTIVE, status=None), MOVE, "2026-01-03", "1.6.0"),
    (DEPRECATED, Terms(sunset=day("2026-03-03")), "2026-01-04", "1.6.0"),
    (DEPRECATED, Terms(guide="https://a.example/guide"), "2026-01-04", "1.5.1"),
    (DEPRECATED, Terms(to="sunset"), "2026-02-03", "1.6.0"),
    (SUNSET, Terms(to="retired"), "2026-02-10", "2.0.0"),
]


@pytest.mark.parametrize(("old", "terms", "today", "version"), BUMPS)
def test_the_version_is_the_one_that_a_diff_suggests(
    old: Contract, terms: Terms, today: str, version: str | None
) -> None:
    assert after(old, terms, day(today)).version == version


REFUSED: list[tuple[Contract, dict[str, Any], str, str]] = [
    (ACTIVE, {"sunset": day("2026-02-01")}, "2026-01-03", "notice-too-short"),
    (ACTIVE, {"sunset": day("2026-01-03")}, "2026-01-03", "notice-too-short"),
    (ACTIVE, {"sunset": day("2025-12-31")}, "2026-01-03", "notice-too-short"),
    (
        ACTIVE,
        {"announced": day("2025-11-01"), "sunset": day("2026-01-02")},
        "2026-01-03",
        "notice-too-short",
    ),
    (ACTIVE, {"to": "sunset"}, "2026-03-01", "state-skipped"),
    (ACTIVE, {"to": "retired"}, "2026-03-01", "state-skipped"),
    (replace(ACTIVE, status="draft"), {}, "2026-01-03", "state-skipped"),
    (replace(ACTIVE, status="proposed"), {}, "2026-01-03", "state-skipped"),
    (DEPRECATED, {"sunset": day("2026-02-02")}, "2026-01-03", "sunset-moved-earlier"),
    (DEPRECATED, {"to": "sunset"}, "2026-02-02", "notice-too-short"),
    (DEPRECATED, {"to": "retired"}, "2026-02-28", "state-skipped"),
    (SUNSET, {"to": "retired"}, "2026-02-09", "notice-too-short"),
    (SUNSET, {"to": "deprecated"}, "2026-02-09", "state-stepped-back"),
    (replace(SUNSET, status="retired"), {"to": "retired"}, "2026-03-09", "state-stepped-back"),
    (
        replace(DEPRECATED, deprecation=Deprecation(replacement="customers-v2")),
        {"to": "sunset"},
        "2026-03-09",
        "deprecation-incomplete",
    ),
]


@pytest.mark.parametrize(("old", "asked", "today", "rule"), REFUSED)
def test_a_step_that_breaks_a_promise_is_refused(
    old: Contract, asked: dict[str, Any], today: str, rule: str
) -> None:
    base = MOVE if asked.get("to", "deprecated") == "deprecated" else Terms()
    with pytest.raises(Refused) as refused:
        after(old, replace(base, **asked), day(today))
    assert refused.value.rule == rule
    assert refused.value.next_step


def test_an_earlier_day_is_refused_with_the_one_that_was_announced() -> None:
    with pytest.raises(Refused) as refused:
        after(DEPRECATED, Terms(sunset=day("2026-02-02")))
    assert refused.value.what == (
        "customers-v1 was announced to end on 2026-02-03, and 2026-02-02 is before that."
    )


IMPOSSIBLE: list[tuple[Contract, Terms, str]] = [
    (ACTIVE, Terms(), "Nothing says what comes after"),
    (DEPRECATED, Terms(), "says all that already"),
    (SUNSET, Terms(to="sunset"), "is sunset already"),
    (ACTIVE, replace(MOVE, announced=date(2026, 1, 4)), "2026-01-04 is still to come"),
    (replace(ACTIVE, version="one"), MOVE, "which is no version"),
    (
        replace(DEPRECATED, deprecation=replace(ENDS, sunset_date="2026-02-30")),
        MOVE,
        "a date that is none",
    ),
]


@pytest.mark.parametrize(("old", "terms", "what"), IMPOSSIBLE)
def test_a_step_that_cannot_be_taken_is_no_verdict(old: Contract, terms: Terms, what: str) -> None:
    with pytest.raises(NotJudged) as told:
        after(old, terms)
    assert what in str(told.value)


def test_an_end_beyond_the_calendar_is_told_without_a_day_that_cannot_be_meant() -> None:
    with pytest.raises(NotJudged) as told:
        after(ACTIVE, MOVE, date(9999, 12, 1))
    assert str(told.value) == (
        "37 days after 9999-12-01 is beyond the calendar.\n"
        "Next: Name days that a calendar has, up to 9999."
    )


POSTPONED: list[tuple[Contract, Terms, str, Deprecation]] = [
    (
        SUNSET,
        Terms(sunset=day("2026-03-01")),
        "2026-02-05",
        replace(ENDS, sunset_date="2026-03-01"),
    ),
    (
        SUNSET,
        Terms(sunset=day("2026-02-06")),
        "2026-02-05",
        replace(ENDS, sunset_date="2026-02-06"),
    ),
    (SUNSET, Terms(guide="docs/g.md"), "2026-02-05", replace(ENDS, migration_guide="docs/g.md")),
    (SUNSET, Terms(replacement="c"), "2026-02-05", replace(ENDS, replacement="c")),
]


@pytest.mark.parametrize(("old", "terms", "today", "ends"), POSTPONED)
def test_a_contract_in_its_sunset_may_end_later_and_stays_there(
    old: Contract, terms: Terms, today: str, ends: Deprecation
) -> None:
    new = after(old, terms, day(today))
    assert (new.status, new.deprecation) == ("sunset", ends)
    with pytest.raises(Refused):
        after(new, Terms(to="retired"), day(ends.sunset_date or ""))


SUNSET_KEPT = [
    ("2026-02-02", "sunset-moved-earlier", "Leave it at 2026-02-03; a later day hurts nobody."),
    ("2026-02-04", "notice-too-short", "Write --sunset 2026-02-06, or a later day."),
    ("2026-02-05", "notice-too-short", "Write --sunset 2026-02-06, or a later day."),
]


@pytest.mark.parametrize(("sunset", "rule", "step"), SUNSET_KEPT)
def test_an_end_is_postponed_into_the_future_only(sunset: str, rule: str, step: str) -> None:
    with pytest.raises(Refused) as refused:
        after(SUNSET, Terms(sunset=day(sunset)), day("2026-02-05"))
    assert (refused.value.rule, refused.value.next_step) == (rule, step)


LATER = "or postpone its end: docent deprecate customers-v1 --sunset DAY."
ADVISED = [
    (
        ACTIVE, "retired", "2026-01-03",
        "customers-v1 is active, and must be deprecated and sunset before it is retired.",
        "docent deprecate customers-v1 --replacement NAME",
    ),
    (
        ACTIVE, "sunset", "2026-01-03",
        "customers-v1 is active, and must be deprecated before it is sunset.",
        "docent deprecate customers-v1 --replacement NAME",
    ),
    (
        DEPRECATED, "retired", "2026-03-01",
        "customers-v1 is deprecated, and must be sunset before it is retired.",
        "docent deprecate customers-v1 --to sunset",
    ),
    (
        SUNSET, "deprecated", "2026-03-01",
        "customers-v1 is sunset already, and no contract goes back.",
        "Start a contract of its own for what comes next; " + LATER,
    ),
]  # fmt: skip


@pytest.mark.parametrize(("old", "to", "today", "what", "step"), ADVISED)
def test_a_refused_step_is_answered_with_one_that_can_be_taken(
    old: Contract, to: Any, today: str, what: str, step: str
) -> None:
    with pytest.raises(Refused) as refused:
        after(old, Terms(to=to), day(today))
    assert (refused.value.what, refused.value.next_step) == (what, step)


COMMITTED: list[tuple[Contract, Contract, Terms, str, str, Deprecation]] = [
    (
        ACTIVE, replace(DEPRECATED, version="1.6.0"), Terms(guide="docs/g.md"), "deprecated",
        "1.6.0", replace(ENDS, migration_guide="docs/g.md"),
    ),
    (
        ACTIVE, replace(DEPRECATED, version="1.6.0"), Terms(sunset=day("2026-02-02")), "deprecated",
        "1.6.0", replace(ENDS, sunset_date="2026-02-02"),
    ),
    (
        ACTIVE, replace(DEPRECATED, version="1.5.1"), Terms(reason="r"), "deprecated",
        "1.6.0", replace(ENDS, reason="r"),
    ),
    (
        ACTIVE, replace(DEPRECATED, version="3.0.0"), Terms(reason="r"), "deprecated",
        "3.0.0", replace(ENDS, reason="r"),
    ),
    (
        DEPRECATED, replace(SUNSET, version="1.6.0"), Terms(sunset=day("2026-03-03")), "deprecated",
        "1.6.0", replace(ENDS, sunset_date="2026-03-03"),
    ),
]  # fmt: skip


@pytest.mark.parametrize(("committed", "old", "terms", "status", "version", "ends"), COMMITTED)
def test_what_nobody_has_seen_yet_is_one_step_however_often_it_is_said(
    committed: Contract, old: Contract, terms: Terms, status: str, version: str, ends: Deprecation
) -> None:
    new, _ = next_contract(old, terms, TODAY, Periods(30), committed)
    assert (new.status, new.version, new.deprecation) == (status, version, ends)


def test_a_step_counts_from_what_is_committed() -> None:
    with pytest.raises(Refused) as refused:
        next_contract(DEPRECATED, Terms(to="sunset"), day("2026-02-03"), Periods(30), ACTIVE)
    assert refused.value.rule == "state-skipped"
    assert refused.value.what == (
        "customers-v1 is active, and must be deprecated before it is sunset; "
        "that it is deprecated is not committed."
    )
    assert refused.value.next_step == "Commit that, have it read, and then go on."


def test_who_can_take_the_place_of_a_contract() -> None:
    new = replace(ACTIVE, name="customers-v2")
    assert unsuitable(ACTIVE, new) is None
    assert unsuitable(ACTIVE, replace(new, status=None)) is None
    assert unsuitable(ACTIVE, ACTIVE) == "a contract cannot replace itself"
    assert unsuitable(ACTIVE, replace(new, status="draft")) == (
        "it is a draft, and promises nothing yet"
    )
    assert unsuitable(ACTIVE, replace(new, status="sunset")) == "it is sunset itself"


days = st.dates(date(2023, 1, 1), date(2030, 12, 31))


@given(
    st.lists(
        st.tuples(
            st.integers(0, 60),
            st.sampled_from(["deprecated", "sunset", "retired"]),
            st.none() | st.integers(-20, 120),
        ),
        max_size=12,
    ),
    days,
    st.integers(0, 60),
)
def test_whatever_is_asked_for_nobody_loses_notice(
    asked: list[tuple[int, Any, int | None]], today: date, least: int
) -> None:
    """Random steps over months: a reader always had the notice that was owed."""
    contract, told = ACTIVE, None
    for passed, to, sunset in asked:
        today += timedelta(passed)
        until = None if sunset is None else today + timedelta(sunset)
        terms = Terms(to, sunset=until if to == "deprecated" else None)
        terms = replace(terms, replacement="b") if to == "deprecated" else terms
        try:
            new = after(contract, terms, today, least)
        except (Refused, NotJudged):
            continue
        assert STAGES[new.status] - STAGES[contract.status] in (0, 1)
        if contract.status == "active":
            told = today
        assert told is not None
        ends = new.deprecation
        assert ends is not None
        assert ends.sunset_date is not None
        due = date.fromisoformat(ends.sunset_date)
        assert (due - told).days >= least
        if contract.deprecation and contract.deprecation.sunset_date:
            assert due >= date.fromisoformat(contract.deprecation.sunset_date)
        if new.status == "sunset" and contract.status != "sunset":
            assert today >= due
        if new.status == "retired":
            assert today >= due + timedelta(7)
        contract = new
