"""Service levels against real rows: the column they mean, the unit they are in, the clock."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import psycopg
import pytest

from contracts.model import Column, ServiceLevel, Table
from tests.detection.quality.rows import (
    NOW,
    ago,
    breaches,
    fill,
    fill_columns,
    measured,
    promising,
    signups,
    told,
)

FIVE_MINUTES = ServiceLevel("freshness", 5, "minutes", "created_at")


@pytest.mark.parametrize(
    ("level", "column", "values", "found"),
    [
        (FIVE_MINUTES, "created_at", [ago(minutes=4), ago(days=9)], None),
        (FIVE_MINUTES, "created_at", [ago(minutes=5)], "the newest is 5 minutes old"),
        (FIVE_MINUTES, "created_at", [ago(hours=27)], "the newest is 1 day 3 hours old"),
        (FIVE_MINUTES, "created_at", [], "no row has arrived"),
        (FIVE_MINUTES, "created_at", [None], "no row has arrived"),
        (FIVE_MINUTES, "created_at", ["infinity", "-infinity"], "no row has arrived"),
        # What is dated in the future does not make the rest of it fresh.
        (FIVE_MINUTES, "created_at", [ago(days=-1), ago(hours=1)], "the newest is 1 hour old"),
        (FIVE_MINUTES, "created_at", [NOW], None),
        (ServiceLevel("freshness", "PT5M", None, "signups.created_at"), "created_at",
         [ago(minutes=6)], "the newest is 6 minutes old"),
        (ServiceLevel("Frequency", 1, "d", "crm.signups.created_at"), "created_at",
         [ago(hours=25)], "the newest is 1 day 1 hour old"),
        (ServiceLevel("freshness", 1, "days", "opened_on"), "opened_on", ["2026-07-01"], None),
        (ServiceLevel("freshness", 1, "days", "opened_on"), "opened_on", ["2026-06-30"],
         "the newest is 1 day 12 hours old"),
        (ServiceLevel("latency", 4, "d", "created_at"), "created_at", [ago(days=5)],
         "the newest is 5 days old"),
        (ServiceLevel("freshness", 5, "minutes", "created_at", level="warning"),
         "created_at", [ago(days=1)], "the newest is 1 day old"),
        (ServiceLevel("retention", 3, "years", "created_at"), "created_at", [ago(days=1000)], None),
        (ServiceLevel("retention", 3, "years", "created_at"), "created_at", [], None),
        (ServiceLevel("retention", 1, "y", "created_at"), "created_at",
         [ago(days=366), ago(days=370), ago(days=3), None, "-infinity"],
         "the oldest is 1 year 5 days old; 2 of 5 rows are older than promised"),
        (ServiceLevel("retention", 90, "days", "created_at",
                      operator="mustBeGreaterOrEqualTo"),
         "created_at", [ago(days=12)],
         "the oldest is 12 days old; 0 of 1 rows are older than promised"),
        (ServiceLevel("completeness", 99.5, "percent", "email"), "email", ["ada"] * 200, None),
        (ServiceLevel("completeness", 99.5, "percent", "email"), "email", ["ada", None],
         "50 percent; 1 of 2 rows without"),
        (ServiceLevel("completeness", 99.5, "percent", "email"), "email", ["", "ada"], None),
        (ServiceLevel("fill rate", 99.5, "percent", "email"), "email", ["", "ada"],
         "50 percent; 1 of 2 rows without"),
        (ServiceLevel("uniqueness", 100, "percent", "email"), "email", ["ada", "ada"],
         "50 percent; 1 of 2 rows repeat another"),
        (ServiceLevel("distinct values", 2, None, "email", value_end=3), "email", ["a", "b"], None),
        (ServiceLevel("distinct values", 2, None, "email", value_end=3), "email", ["a"],
         "1 value in 1 rows"),
        (ServiceLevel("row count", 2), "email", ["a"], "1 row"),
        (ServiceLevel("volume", 2, element="signups"), "email", ["a", "b"], None),
        (ServiceLevel("availability", 99.9, "percent"), "email", [], None),
        (ServiceLevel("endOfSupport", "2030-01-01"), "email", [], None),
    ],
)  # fmt: skip
def test_a_service_level_tells_what_does_not_keep_it(
    any_rows: psycopg.Connection,
    level: ServiceLevel,
    column: str,
    values: Sequence[object],
    found: str | None,
) -> None:
    fill(any_rows, column, values)
    broken = breaches(any_rows, promising(levels=[level]))
    assert [one.found for one in broken] == ([found] if found else [])
    assert {one.level for one in broken} <= {level.level}


def test_the_clock_is_whoever_asks(rows: psycopg.Connection) -> None:
    fill(rows, "created_at", [NOW])
    fresh = promising(levels=[FIVE_MINUTES])
    for later, found in ((0, None), (4, None), (6, "the newest is 6 minutes old")):
        broken = breaches(rows, fresh, now=NOW + timedelta(minutes=later))
        assert [one.found for one in broken] == ([found] if found else [])


def test_a_time_without_a_zone_is_of_the_zone_that_the_contract_says(
    rows: psycopg.Connection,
) -> None:
    fill(rows, "noted_at", ["2026-07-01 13:58:00"])
    level = ServiceLevel("freshness", 5, "minutes", "noted_at")
    in_berlin = Table(
        "signups",
        "crm",
        columns=(Column("signup_id"), Column("noted_at", timezone="Europe/Berlin")),
    )
    assert told(breaches(rows, promising(tables=[in_berlin], levels=[level]))) == []
    rows.execute("set timezone to 'UTC'")
    try:  # without a word of the contract's, it is the session's: still to come
        assert [one.found for one in breaches(rows, promising(levels=[level]))] == [
            "no row has arrived"
        ]
    finally:
        rows.execute("reset timezone")


@pytest.mark.parametrize(
    ("ages", "found"),
    [
        ([4], None),
        ([6], "the newest in crm.watermark is 6 minutes old"),
        ([], "no row has arrived"),
    ],
)
def test_a_watermark_tells_for_its_table(
    any_rows: psycopg.Connection, ages: Sequence[int], found: str | None
) -> None:
    """The table itself is old, and that is no matter: its job has run."""
    fill(any_rows, "created_at", [ago(days=9)])
    for age in ages:
        any_rows.execute("insert into crm.watermark values (%s)", [ago(minutes=age)])
    level = ServiceLevel("freshness", 5, "minutes", "watermark.produced_at")
    broken = breaches(any_rows, promising(levels=[level]))
    assert [(one.element, one.found) for one in broken] == (
        [("crm.signups", found)] if found else []
    )


def test_arrival_delay_is_from_event_to_landing(any_rows: psycopg.Connection) -> None:
    level = ServiceLevel("latency", 15, "minutes", "created_at, landed_at")
    rows = [
        (ago(hours=3), ago(hours=3, minutes=-14)),
        (ago(hours=2), None),
        (None, ago(hours=1)),
        (ago(hours=1), "infinity"),
    ]
    fill_columns(any_rows, ("created_at", "landed_at"), rows)
    assert breaches(any_rows, promising(levels=[level])) == ()
    fill_columns(any_rows, ("created_at", "landed_at"), [(ago(days=1), ago(hours=4))])
    (broken,) = breaches(any_rows, promising(levels=[level]))
    assert (broken.rule, broken.promised, broken.found) == (
        "rows-late",
        "every row landed after less than 15 minutes",
        "the slowest took 20 hours; 1 of 5 rows were late",
    )


def test_completeness_of_a_table_counts_every_cell(rows: psycopg.Connection) -> None:
    fill_columns(rows, ("signup_id", "email"), [(1, "ada"), (2, None)])
    table = signups("signup_id", "email")
    level = ServiceLevel("completeness", 80, "percent")
    (broken,) = breaches(rows, promising(tables=[table], levels=[level]))
    assert (broken.column, broken.found) == (None, "75 percent")


def test_without_an_element_the_only_time_of_a_table_is_meant(rows: psycopg.Connection) -> None:
    """So it is in the seed, whose contract promises freshness and names no column."""
    fill(rows, "created_at", [ago(hours=1)])
    level = ServiceLevel("freshness", 5, "minutes")
    table = signups("email", "signup_source", "created_at")
    (broken,) = breaches(rows, promising(tables=[table], levels=[level]))
    assert (broken.rule, broken.column) == ("rows-stale", "created_at")


@pytest.mark.parametrize(
    ("level", "what"),
    [
        (ServiceLevel("freshness", 5, "minutes"), "closed_at, created_at, landed_at"),
        (ServiceLevel("freshness", 5, "minutes", "signups"), "could be meant"),
        (ServiceLevel("freshness", 5, None, "created_at"), "Nobody can hold freshness to 5."),
        (ServiceLevel("freshness", "soon", None, "created_at"), "hold freshness to soon"),
        (ServiceLevel("freshness", 5, "leagues", "created_at"), "to 5 leagues"),
        (ServiceLevel("completeness", "good", None, "email"), "hold completeness to good"),
        (ServiceLevel("freshness", 5, "minutes", "mailed_at"), "no mailed_at to measure"),
        (ServiceLevel("uniqueness", 5, "percent"), "uniqueness names no column"),
        (ServiceLevel("freshness", 5, "minutes", "mailings.sent_at"), "no mailings.sent_at"),
    ],
)
def test_a_level_that_nobody_can_measure_is_a_warning(
    rows: psycopg.Connection, level: ServiceLevel, what: str
) -> None:
    (broken,) = breaches(rows, promising(levels=[level]))
    assert (broken.rule, broken.level) == ("rows-unread", "warning")
    assert what in str(broken.found)


def test_of_a_column_that_the_table_lacks_the_structure_tells(rows: psycopg.Connection) -> None:
    table = signups("email", "mailed_at")
    level = ServiceLevel("freshness", 5, "minutes", "mailed_at")
    assert measured(rows, promising(tables=[table], levels=[level])) == ()
