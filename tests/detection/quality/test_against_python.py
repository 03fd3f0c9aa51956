"""Each measure against a plain computation of the same rows in Python."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from datetime import datetime, timedelta

import psycopg
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contracts.model import Check, ServiceLevel
from detection.quality import Measurement
from tests.detection.quality.rows import (
    NOW,
    check,
    fill_columns,
    measured,
    promising,
    signups,
)

Row = tuple[str | None, str | None, float | None, datetime | None, datetime | None]
COLUMNS = ("email", "signup_source", "score", "created_at", "landed_at")

TEXTS = st.none() | st.sampled_from(["", " ", "ada", "bob@x.org", "n/a", "ä", "'", "%s", "\\"])
SCORES = st.none() | st.sampled_from([0.0, 1.0, -1.5, 7.0, math.nan, math.inf, -math.inf])
TIMES = st.none() | st.integers(-100_000, 10_000).map(lambda n: NOW + timedelta(seconds=n))
ROWS = st.lists(
    st.tuples(TEXTS, st.none() | st.sampled_from(["web", "mobile", "ios"]), SCORES, TIMES, TIMES),
    max_size=12,
)

LEVELS = (
    ServiceLevel("freshness", 5, "minutes", "created_at"),
    ServiceLevel("retention", 1, "day", "created_at"),
    ServiceLevel("latency", 1, "hour", "created_at, landed_at"),
    ServiceLevel("completeness", 99, "percent", "email"),
    ServiceLevel("filled", 99, "percent", "email"),
    ServiceLevel("uniqueness", 99, "percent", "email"),
)
CHECKS = (
    check("rowCount"),
    check("nullValues", "email"),
    check("nullValues", "email", unit="percent"),
    check("missingValues", "email", missingValues=[None, "", "n/a"]),
    check("invalidValues", "signup_source", validValues=["web", "mobile"]),
    check("invalidValues", "score", minimum=0, maximum=5),
    check("invalidValues", "score", exclusiveMinimum=-1.5),
    check("invalidValues", "email", minLength=1, maxLength=3),
    check("invalidValues", "email", pattern="^[a-z]+$"),
    check("duplicateValues", "email"),
    check("duplicateValues", "email", "signup_source"),
    check("duplicateValues", "score"),
    check("distinctValues", "email"),
    check("duplicateValues", "email", filter="signup_source = 'web'"),
    check("nullValues", "email", filter="score > 0"),
    check("sql", "score", function="count"),
)


def excess(values: Sequence[Hashable]) -> int:
    return len(values) - len(set(values))


def key(score: float | None) -> Hashable:
    return "NaN" if score is not None and math.isnan(score) else score


def expected(rows: Sequence[Row]) -> list[object]:
    """What the checks and the service levels come to, in their order."""
    emails = [row[0] for row in rows]
    there = [email for email in emails if email is not None]
    sources = [row[1] for row in rows if row[1] is not None]
    scores = [row[2] for row in rows if row[2] is not None]
    pairs = [(row[0], row[1]) for row in rows if row[0] is not None and row[1] is not None]
    nulls = len(emails) - len(there)
    empty = nulls + sum(email in ("", "n/a") for email in there)
    share = Counter(row[0] for row in rows if row[1] == "web" and row[0] is not None)
    created = [row[3] for row in rows if row[3] is not None]
    arrived = [at for at in created if at <= NOW]
    delays = [
        (row[4] - row[3]).total_seconds()
        for row in rows
        if row[3] is not None and row[4] is not None
    ]
    return [
        len(rows),
        nulls,
        100 * nulls / len(rows) if rows else 0,
        empty,
        sum(source not in ("web", "mobile") for source in sources),
        sum(not 0 <= score <= 5 for score in scores),
        sum(not score > -1.5 for score in scores),
        sum(not 1 <= len(email) <= 3 for email in there),
        sum(not (email.isascii() and email.isalpha() and email.islower()) for email in there),
        excess(there),
        excess(pairs),
        excess([key(score) for score in scores]),
        len(set(there)),
        share.total() - len(share),
        sum(row[0] is None and row[2] is not None and (math.isnan(row[2]) or row[2] > 0)
            for row in rows),
        len(scores),
        (NOW - max(arrived)).total_seconds() if arrived else None,
        (NOW - min(created)).total_seconds() if created else None,
        max(delays, default=None),
        100 * (len(rows) - nulls) / len(rows) if rows else 100,
        100 * sum(email != "" for email in there) / len(rows) if rows else 100,
        100 * (len(rows) - excess(there)) / len(rows) if rows else 100,
    ]  # fmt: skip


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ROWS)
def test_every_measure_is_what_python_counts(
    any_rows: psycopg.Connection, rows: Sequence[Row]
) -> None:
    any_rows.execute("truncate crm.signups")
    fill_columns(any_rows, COLUMNS, rows)
    found = measured(any_rows, promising(*CHECKS, levels=LEVELS))
    assert [plain(one) for one in found] == expected(rows)


def plain(measurement: Measurement) -> object:
    assert measurement.trouble is None
    value = measurement.value
    return float(value) if value is not None and not isinstance(value, int) else value


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ROWS)
def test_the_grain_is_what_python_counts(any_rows: psycopg.Connection, rows: Sequence[Row]) -> None:
    any_rows.execute("truncate crm.signups")
    fill_columns(any_rows, COLUMNS, rows)
    table = signups(grain=("email", "score"))
    (found,) = measured(any_rows, promising(tables=[table]))
    assert found.value == excess([(row[0], key(row[2])) for row in rows])


JUDGES: dict[str, Callable[[float, float, float], bool]] = {
    "mustBe": lambda value, one, _: value == one,
    "mustNotBe": lambda value, one, _: value != one,
    "mustBeGreaterThan": lambda value, one, _: value > one,
    "mustBeGreaterOrEqualTo": lambda value, one, _: value >= one,
    "mustBeLessThan": lambda value, one, _: value < one,
    "mustBeLessOrEqualTo": lambda value, one, _: value <= one,
    "mustBeBetween": lambda value, one, other: one <= value <= other,
    "mustNotBeBetween": lambda value, one, other: value < one or value > other,
}


@given(
    st.sampled_from(list(JUDGES)),
    st.integers(-9, 9) | st.decimals(-9, 9, places=3).map(float),
    st.decimals(-9, 9, places=3).map(float),
    st.decimals(-9, 9, places=3).map(float),
)
def test_an_operator_demands_what_it_says(
    operator: str, value: float, one: float, other: float
) -> None:
    from detection.quality.judging import keeps

    bound = (one, other) if operator.endswith("Between") else (one,)
    assert keeps(Check("sql", operator, bound), value) is JUDGES[operator](value, one, other)
