"""The life of contracts on a day: for those who were there, and for those who come."""

from __future__ import annotations

import inspect
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest

from contracts.consumers import Consumer, Subscription
from contracts.days import day_at, day_of, days_between
from contracts.model import Contract, Deprecation, Table
from detection.lifetimes import find_lifetimes, lifetime_of, readers_of, since_today
from detection.periods import Periods
from detection.rules import LIFECYCLE_RULES, RULES, Rule, lifecycle, rule
from detection.subscriptions import find_unfit_versions
from tests.detection.pages import assert_is_a_page

SUNSET = date(2026, 2, 3)
ENDS = Deprecation("2026-01-03", "2026-02-03", "customers-v2", "https://wiki/v2", "One model.")
NEXT = Contract("customers-v2", status="active", version="2.0.0", tables=(Table("customers_v2"),))


def old(status: str | None = "deprecated", **ends: Any) -> Contract:
    said = replace(ENDS, **ends) if ends or status not in ("active", "draft") else None
    return Contract(
        "my-customers", status=status, version="1.5.0", deprecation=said,  # type: ignore[arg-type]
        tables=(Table("customers"),),
    )  # fmt: skip


def reader(
    name: str = "crm-sync",
    since: str | None = "2025-06-01",
    contract: str | None = "my-customers",
    table: str = "customers",
    version: str | None = None,
) -> Consumer:
    subscription = Subscription(table, ("id",), contract=contract, version=version, since=since)
    return Consumer(name, "CRM", "operational", "crm@museum.org", (subscription,))


NEW = reader("lead-score", "2026-01-20")
BOTH = (reader(), NEW)
ON = date(2026, 1, 24)

# The contract, who reads it, the day; then of each finding its rule, its level, whom it concerns.
Told = list[tuple[str, str, tuple[str, ...]]]
STATES: dict[str, tuple[Contract, tuple[Consumer, ...], date, Told]] = {
    "active": (old("active"), BOTH, ON, []),
    "no state": (replace(old("active"), status=None), BOTH, ON, []),
    "draft": (old("draft"), BOTH, ON, []),
    "deprecated, nobody reads it": (old(), (), ON, [("lifecycle-deprecated", "warning", ())]),
    "deprecated": (
        old(), BOTH, ON,
        [("lifecycle-deprecated", "warning", ("crm-sync",)),
         ("lifecycle-new-to-deprecated", "warning", ("lead-score",))],
    ),
    "deprecated, on its sunset date": (
        old(), (reader(),), SUNSET, [("lifecycle-deprecated", "warning", ("crm-sync",))],
    ),
    "deprecated, the day after": (
        old(), (reader(),), SUNSET + timedelta(1),
        [("lifecycle-deprecated", "warning", ("crm-sync",)),
         ("lifecycle-sunset-overdue", "warning", ("crm-sync",))],
    ),
    "sunset": (
        old("sunset"), BOTH, SUNSET,
        [("lifecycle-sunset", "warning", ("crm-sync",)),
         ("lifecycle-new-to-sunset", "error", ("lead-score",))],
    ),
    "sunset, for seven days": (
        old("sunset"), (), SUNSET + timedelta(7), [("lifecycle-sunset", "warning", ())],
    ),
    "sunset, for eight": (
        old("sunset"), (), SUNSET + timedelta(8),
        [("lifecycle-sunset", "warning", ()), ("lifecycle-retirement-overdue", "warning", ())],
    ),
    "retired, nobody reads it": (old("retired"), (), ON, []),
    "retired": (
        old("retired"), BOTH, ON,
        [("lifecycle-retired-read", "error", ("crm-sync",)),
         ("lifecycle-retired-read", "error", ("lead-score",))],
    ),
    "retired, its table is read": (
        old("retired"), (reader(contract=None), reader("near", contract=None, table="other")), ON,
        [("lifecycle-retired-read", "error", ("crm-sync",))],
    ),
    "a model of dbt, which has no states": (
        old(None, announced=None, replacement=None), (reader(),), ON,
        [("lifecycle-deprecated", "warning", ("crm-sync",))],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", STATES)
def test_what_a_state_means_on_a_day(name: str) -> None:
    contract, consumers, today, expected = STATES[name]
    assert told(contract, consumers, today) == expected


def told(
    contract: Contract, consumers: tuple[Consumer, ...], today: date, *others: Contract
) -> Told:
    found = find_lifetimes((contract, *(others or (NEXT,))), consumers, today)
    return [(each.rule, each.level, each.life.readers if each.life else ()) for each in found]


def test_a_table_that_another_contract_still_promises_is_nobodys_who_retires() -> None:
    again = replace(NEXT, tables=(Table("customers"),))
    assert told(old("retired"), (reader(contract=None),), ON, again) == []


@pytest.mark.parametrize(
    ("state", "whose"),
    [("active", ()), (None, ()), *((each, ("crm-sync",)) for each in
     ("draft", "proposed", "deprecated", "sunset", "retired"))],
)  # fmt: skip
def test_only_what_goes_on_takes_readers_over(state: Any, whose: tuple[str, ...]) -> None:
    ends = ENDS if state in ("deprecated", "sunset", "retired") else None
    again = replace(NEXT, tables=(Table("customers"),), status=state, deprecation=ends)
    found = readers_of(old(), (reader(contract=None),), (old(), again))
    assert tuple(consumer.name for consumer, _ in found) == whose


@pytest.mark.parametrize(
    ("since", "is_new"),
    [
        ("2026-01-02", False),
        ("2026-01-03", False),  # the day itself: nobody could know
        ("2026-01-04", True),
        (None, False),
        ("2026-02-30", False),  # no day
        ("2999-01-01", True),
    ],
)
def test_who_is_new_is_told_by_the_registry(since: str | None, is_new: bool) -> None:
    rules = [each[0] for each in told(old("sunset"), (reader(since=since),), ON)]
    assert ("lifecycle-new-to-sunset" in rules) is is_new


def test_an_end_that_names_no_announcement_has_nobody_new() -> None:
    rules = [each[0] for each in told(old("sunset", announced=None), (NEW,), ON)]
    assert rules == ["lifecycle-sunset"]


def test_a_subscription_that_joins_without_a_day_joins_today() -> None:
    there, comes = reader(since=None), reader("lead-score", None)
    now = since_today((there,), (there, comes, NEW), ON)
    since = [each.subscriptions[0].since for each in now]
    assert since == [None, "2026-01-24", "2026-01-20"]
    moved = since_today((there,), (reader(since=None, contract="customers-v2"),), ON)
    assert moved[0].subscriptions[0].since == "2026-01-24"


def test_each_consumer_is_told_once() -> None:
    twice = replace(NEW, subscriptions=NEW.subscriptions * 2)
    rules = [each[0] for each in told(old("sunset"), (twice,), ON)]
    assert rules == ["lifecycle-sunset", "lifecycle-new-to-sunset"]


LIVES = [
    # status, day, periods, sunset, removal, days left
    ("deprecated", date(2026, 1, 3), Periods(), "2026-02-03", "2026-02-10", 31),
    ("deprecated", date(2026, 2, 4), Periods(), "2026-02-03", "2026-02-10", -1),
    ("sunset", date(2026, 2, 4), Periods(), "2026-02-03", "2026-02-10", 6),
    ("sunset", date(2026, 2, 4), Periods(30, 1), "2026-02-03", "2026-02-04", 0),
]


@pytest.mark.parametrize(("status", "today", "periods", "sunset", "removal", "left"), LIVES)
def test_how_long_a_contract_lives(
    status: str, today: date, periods: Periods, sunset: str, removal: str, left: int
) -> None:
    life = lifetime_of(old(status), today, periods)
    assert (life.sunset, life.removal, life.days_left) == (sunset, removal, left)


@pytest.mark.parametrize(
    ("sunset", "today", "left"),
    [
        ("2028-03-01", date(2028, 2, 28), 2),  # a leap year
        ("2027-03-01", date(2027, 2, 28), 1),
        ("2028-02-29", date(2028, 2, 29), 0),
    ],
)
def test_leap_days_count(sunset: str, today: date, left: int) -> None:
    assert lifetime_of(old(sunset_date=sunset), today).days_left == left


def test_the_end_of_the_calendar_is_no_trouble() -> None:
    assert lifetime_of(old("sunset", sunset_date="9999-12-30"), ON).removal == "9999-12-31"


# ------------------------------------------------------------------ days


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-02-03", date(2026, 2, 3)),
        ("2026-02-03T23:30", date(2026, 2, 3)),
        ("2026-02-03T00:30+02:00", date(2026, 2, 2)),
        ("2026-02-03T23:30-05:00", date(2026, 2, 4)),
        ("2026-02-03T00:00:00Z", date(2026, 2, 3)),
        ("2028-02-29", date(2028, 2, 29)),
        ("2026-02-29", None),
        ("20260203", None),
        ("2026-W05-2", None),
        ("soon", None),
        ("", None),
        (None, None),
        ("0001-01-01T00:00+14:00", None),
        ("2026-02-03 and some", None),
    ],
)
def test_a_day_is_one_in_utc(text: str | None, day: date | None) -> None:
    assert day_of(text) == day


def test_the_day_at_a_moment() -> None:
    east, west = timezone(timedelta(hours=14)), timezone(timedelta(hours=-11))
    assert day_at(datetime(2026, 2, 4, 1, tzinfo=east)) == date(2026, 2, 3)
    assert day_at(datetime(2026, 2, 2, 23, tzinfo=west)) == date(2026, 2, 3)
    assert day_at(datetime(2026, 2, 3, tzinfo=UTC)) == day_at(datetime(2026, 2, 3))  # noqa: DTZ001
    assert days_between("2028-02-28", "2028-03-01") == 2
    assert days_between("2026-02-30", "2026-03-01") is None


# ------------------------------------------------------------------ contradictions

CONTRADICTIONS: dict[str, tuple[Contract, tuple[Contract, ...], list[tuple[str, str | None]]]] = {
    "nothing": (old(), (NEXT,), []),
    "no date": (old(sunset_date=None), (NEXT,), [("lifecycle-incomplete", None)]),
    "no replacement": (old(replacement=None), (NEXT,), [("lifecycle-incomplete", None)]),
    "no end at all": (
        replace(old(), deprecation=None), (NEXT,), [("lifecycle-incomplete", None)],
    ),
    "a date that no calendar has": (
        old(sunset_date="2026-02-30"), (NEXT,),
        [("lifecycle-incomplete", None),
         ("lifecycle-contradictory", "sunset_date 2026-02-30 is no day")],
    ),
    "a sunset before its announcement": (
        old(announced="2026-03-03"), (NEXT,),
        [("lifecycle-contradictory",
          "its sunset date 2026-02-03 is before 2026-03-03, when it was announced")],
    ),
    "both on one day": (old(announced="2026-02-03"), (NEXT,), []),
    "a status that says otherwise": (
        old("active", reason=None), (NEXT,), [("lifecycle-end-unsaid", "2026-02-03")],
    ),
    "a replacement that is not there": (
        old(), (Contract("customers-v3"),), [("lifecycle-replacement-unknown", None)],
    ),
    "a replacement by its id": (old(replacement="17"), (replace(NEXT, id="17"),), []),
    "a replacement in another namespace": (old(), (replace(NEXT, namespace="museum"),), []),
    "a replacement that is a draft": (
        old(), (replace(NEXT, status="draft"),),
        [("lifecycle-replacement-unfit", "customers-v2 is draft")],
    ),
    "a chain": (
        old(), (replace(NEXT, status="deprecated",
                        deprecation=replace(ENDS, replacement="customers-v3")),
                Contract("customers-v3")),
        [("lifecycle-replacement-unfit", "customers-v2 is deprecated")],
    ),
    "a replacement that is gone": (
        old(), (replace(NEXT, status="retired"),),
        [("lifecycle-contradictory", "its replacement customers-v2 is retired")],
    ),
    "itself": (
        old(replacement="my-customers"), (NEXT,),
        [("lifecycle-contradictory",
          "its replacements lead back to it: my-customers → my-customers")],
    ),
    "a circle": (
        old(), (replace(NEXT, deprecation=replace(ENDS, replacement="my-customers")),),
        [("lifecycle-contradictory",
          "its replacements lead back to it: my-customers → customers-v2 → my-customers")],
    ),
    "a circle further on": (
        old(), (replace(NEXT, status=None, deprecation=Deprecation(replacement="b")),
                Contract("b", deprecation=Deprecation(replacement="customers-v2"))), [],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CONTRADICTIONS)
def test_an_end_that_contradicts_itself(name: str) -> None:
    contract, others, expected = CONTRADICTIONS[name]
    found = find_lifetimes((contract, *others), (), ON)
    usual = ("lifecycle-deprecated", "lifecycle-sunset-overdue")
    said = [
        (each.rule, each.found)
        for each in found
        if each.contract == contract.identity and each.rule not in usual
    ]
    assert said == expected


def test_what_is_not_here_may_be_elsewhere() -> None:
    found = find_lifetimes((old(),), (), ON, whole=False)
    assert [each.rule for each in found] == ["lifecycle-deprecated"]


# ------------------------------------------------------------------ versions

VERSIONS = [
    # what the consumer subscribes to, what the contract is at, the rule
    ("1.5.0", "1.5.0", None),
    ("1.4.0", "1.5.0", None),
    ("1.5", "1.5.0", None),
    ("1", "1.5.0", None),
    ("1.6.0", "1.5.0", "subscription-ahead"),
    ("2", "1.5.0", "subscription-ahead"),
    ("1.5.0", "1.5.0-rc.1", "subscription-ahead"),
    ("1.5.0", "2.0.0", "subscription-behind"),
    ("0.4.0", "0.5.0", "subscription-behind"),
    ("0.5.0", "0.5.9", None),
    (None, "1.5.0", "subscription-unversioned"),
    (None, None, None),
    ("1.5.0", None, None),
    ("latest", "1.5.0", "subscription-floating"),
    ("*", "1.5.0", "subscription-floating"),
    ("", "1.5.0", "subscription-floating"),
    ("^1.2", "1.5.0", "subscription-floating"),
    (">=1.0.0", "1.5.0", "subscription-floating"),
    ("1.x", "1.5.0", "subscription-floating"),
    ("latest", None, "subscription-floating"),
]


@pytest.mark.parametrize(("version", "now", "expected"), VERSIONS)
def test_consumers_subscribe_to_a_version(
    version: str | None, now: str | None, expected: str | None
) -> None:
    contract = replace(old("active"), version=now)
    found = find_unfit_versions((reader(version=version),), (contract,))
    assert [each.rule for each in found] == ([expected] if expected else [])


def test_a_version_of_nobody_is_no_version_either() -> None:
    unknown = reader(contract=None, version="latest")
    assert [each.rule for each in find_unfit_versions((unknown,), ())] == ["subscription-floating"]
    assert find_unfit_versions((reader(contract="gone", version="1.0.0"),), (NEXT,)) == ()


# ------------------------------------------------------------------ the rules


@pytest.mark.parametrize("one", LIFECYCLE_RULES, ids=lambda one: one.id)
def test_a_rules_docstring_is_its_page(one: Rule) -> None:
    assert_is_a_page(one)


def test_every_rule_is_registered_once_under_the_name_of_its_function() -> None:
    stated = {
        function
        for function in vars(lifecycle).values()
        if inspect.isfunction(function) and (function.__doc__ or "").startswith("Report ")
    }
    assert {one.states for one in LIFECYCLE_RULES} == stated
    assert {one.id for one in RULES} & {one.id for one in LIFECYCLE_RULES} == set()
    for one in LIFECYCLE_RULES:
        assert one.id == one.states.__name__.replace("_", "-")
        assert rule(one.id) is one


def test_every_rule_has_a_case_here() -> None:
    told_of = {each[0] for case in STATES.values() for each in case[3]}
    told_of |= {each[0] for case in CONTRADICTIONS.values() for each in case[2]}
    told_of |= {each[2] for each in VERSIONS if each[2]}
    assert told_of == {one.id for one in LIFECYCLE_RULES}
