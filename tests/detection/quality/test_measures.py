"""Each measure against real rows, on both servers: as many fail as are told, and no more."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import psycopg
import pytest

from contracts.model import Check
from tests.detection.quality.rows import breaches, check, fill, measured, promising, signups, told

NAN, INF = math.nan, math.inf
NULLS = check("nullValues", "email")
FEW_NULLS = check("nullValues", "email", operator="mustBeLessThan", bound=50, unit="percent")
COMPLETE = check(
    "completeness", "email", operator="mustBeGreaterOrEqualTo", bound=99.5, unit="percent"
)
FILLED = check("missingValues", "email", missingValues=[None, "", "n/a"])
LISTED = check("invalidValues", "signup_source", validValues=["web", "mobile"])
UNIQUE = check("duplicateValues", "email")
SPREAD = check("distinctValues", "email", operator="mustBeBetween", bound=(2, 3))
RANGE = check("invalidValues", "score", minimum=0, maximum=10)
PRICE = check("invalidValues", "price", exclusiveMinimum=0)
LENGTH = check("invalidValues", "country_code", minLength=2)
LONG = check("invalidValues", "email", minLength=2, maxLength=4)
PATTERN = check("invalidValues", "email", pattern="^[^@]+@[^@]+$")
FORMAT = check("invalidValues", "email", format="email")
MEAN = check("sql", "score", operator="mustBeBetween", bound=(1, 5), function="avg")
SPAN = check("sql", operator="mustBeLessThan", bound=5, expression="max(score) - min(score)")
MOST = check("rowCount", operator="mustBeLessOrEqualTo", bound=2)
SOME = check("rowCount", operator="mustBeGreaterThan")


@pytest.mark.parametrize(
    ("promise", "column", "values", "found"),
    [
        (NULLS, "email", ["ada", "bob"], None),
        (NULLS, "email", [], None),
        (NULLS, "email", [""], None),  # an empty text is a value
        (NULLS, "email", [None], "1 of 1 rows (100 percent)"),
        (NULLS, "email", [None, None, "ada"], "2 of 3 rows (66.6667 percent)"),
        (FEW_NULLS, "email", ["ada", "bob", None], None),
        (FEW_NULLS, "email", ["ada", None], "1 of 2 rows (50 percent)"),
        (FEW_NULLS, "email", [], None),
        (COMPLETE, "email", ["ada"] * 199 + [None], None),
        (COMPLETE, "email", ["ada"] * 198 + [None], "99.4975 percent; 1 of 199 rows without"),
        (COMPLETE, "email", [], None),
        (COMPLETE, "email", [None, None], "0 percent; 2 of 2 rows without"),
        (FILLED, "email", ["ada", " "], None),
        (FILLED, "email", ["ada", "", "n/a", None], "3 of 4 rows (75 percent)"),
        (FILLED, "email", [], None),
        (check("missingValues", "email", missingValues=[""]), "email", [None], None),
        (check("missingValues", "email", missingPattern="^ *$"), "email", ["  ", "a"],
         "1 of 2 rows (50 percent)"),
        (LISTED, "signup_source", ["web", "mobile", "web"], None),
        (LISTED, "signup_source", [None], None),
        (LISTED, "signup_source", [], None),
        (LISTED, "signup_source", ["web", "ios", "Web"], "2 of 3 rows (66.6667 percent)"),
        (check("invalidValues", "signup_source", invalidValues=["ios"]), "signup_source",
         ["web", "ios"], "1 of 2 rows (50 percent)"),
        (check("invalidValues", "signup_source", validValues=[]), "signup_source", ["web", None],
         "1 of 2 rows (50 percent)"),
        (check("invalidValues", "signup_source", validValues=["web"], missingValues=["", None]),
         "signup_source", ["", "web", None], None),
        (check("invalidValues", "score", validValues=[1, "2", "none"]), "score", [1, 2.0], None),
        (check("invalidValues", "score", validValues=[1, 2]), "score", [1, 3, NAN, INF],
         "3 of 4 rows (75 percent)"),
        (check("invalidValues", "price", validValues=[1.5]), "price", ["1.50", None], None),
        (check("invalidValues", "country_code", validValues=["DE", "F"]), "country_code",
         ["DE", "F"], None),
        (check("invalidValues", "opened_on", validValues=["2026-01-01"]), "opened_on",
         ["2026-01-01", "2026-01-02"], "1 of 2 rows (50 percent)"),
        (UNIQUE, "email", ["ada", "bob"], None),
        (UNIQUE, "email", ["ada"], None),
        (UNIQUE, "email", [], None),
        (UNIQUE, "email", [None, None], None),
        (UNIQUE, "email", ["ada", "ada", "ada", None], "2 of 4 rows (50 percent)"),
        (check("uniqueness", "email", operator="mustBeGreaterThan", bound=75, unit="percent"),
         "email", ["ada", "ada", "bob", "cyd"],
         "75 percent; 1 of 4 rows repeat another"),
        (UNIQUE, "score", ["irrelevant"] * 0, None),
        (check("duplicateValues", "score"), "score", [NAN, NAN, INF, -INF],
         "1 of 4 rows (25 percent)"),
        (check("duplicateValues", "extra"), "extra", ['{"a": 1}', '{"a": 1}', None],
         "1 of 3 rows (33.3333 percent)"),
        (SPREAD, "email", ["ada", "bob", "bob", None], None),
        (SPREAD, "email", ["ada"], "1 value in 1 rows"),
        (SPREAD, "email", [], "0 values in 0 rows"),
        (SPREAD, "email", [None], "0 values in 1 rows"),
        (SPREAD, "email", list("abcd"), "4 values in 4 rows"),
        (RANGE, "score", [0, 10, None], None),
        (RANGE, "score", [], None),
        (RANGE, "score", [-0.5, 10.5, 5, NAN, INF, -INF], "5 of 6 rows (83.3333 percent)"),
        (check("invalidValues", "score", minimum=0), "score", [INF], None),
        (check("invalidValues", "score", minimum=0), "score", [NAN], "1 of 1 rows (100 percent)"),
        (check("invalidValues", "price", minimum=0), "price", ["NaN"],
         "1 of 1 rows (100 percent)"),
        (PRICE, "price", [0.01, None], None),
        (PRICE, "price", [0, 1], "1 of 2 rows (50 percent)"),
        (check("invalidValues", "price", minimum=1, exclusiveMinimum=True), "price", [1, 2],
         "1 of 2 rows (50 percent)"),
        (check("invalidValues", "opened_on", minimum="2026-01-01"), "opened_on",
         ["2026-01-01", "infinity", "-infinity"], "1 of 3 rows (33.3333 percent)"),
        (LENGTH, "country_code", ["DE"], None),
        (LENGTH, "country_code", ["D", None], "1 of 2 rows (50 percent)"),
        (LONG, "email", ["ab", "äöüß", None], None),
        (LONG, "email", ["a", "abcde", ""], "3 of 3 rows (100 percent)"),
        (PATTERN, "email", ["ada@guide.example", None], None),
        (PATTERN, "email", ["ada", ""], "2 of 2 rows (100 percent)"),
        (check("invalidValues", "email", invalidPattern="^test"), "email", ["test@x", "a"],
         "1 of 2 rows (50 percent)"),
        (FORMAT, "email", ["ada@guide.example"], None),
        (FORMAT, "email", ["ada@guide", "a b@c.de"], "2 of 2 rows (100 percent)"),
        (MEAN, "score", [1, 2, None], None),
        (MEAN, "score", [10], "10"),
        (MEAN, "score", [], "no value"),
        (MEAN, "score", [None], "no value"),
        (MEAN, "score", [1, NAN], "nan"),
        (MEAN, "score", [INF], "inf"),
        (MEAN, "score", [INF, -INF], "nan"),
        (check("sql", "email", operator="mustBe", bound=2, function="count_distinct"), "email",
         ["ada", "bob", "bob"], None),
        (check("sql", "email", operator="mustBeLessThan", bound=4, function="max_length"), "email",
         ["four"], "4"),
        (check("sql", expression="score > 1", counts="rows"), "score", [1, 2, None],
         "1 of 3 rows (33.3333 percent)"),
        (SPAN, "score", [1, 5, None], None),
        (SPAN, "score", [1, 9], "8"),
        (replace(SPAN, filter="score < 6"), "score", [1, 5, 9], None),
        (MOST, "email", ["ada", "bob"], None),
        (MOST, "email", ["ada", "bob", None], "3 rows"),
        (SOME, "email", ["ada"], None),
        (SOME, "email", [], "0 rows"),
        (check("nullValues", "email", filter="signup_id > 1"), "email", [None, "bob"], None),
        (check("nullValues", "email", filter="signup_id > 1"), "email", ["ada", None],
         "1 of 1 rows (100 percent)"),
        (check("duplicateValues", "email", filter="signup_id <> 2"), "email", ["ada", "ada"], None),
        (check("rowCount", operator="mustBe", bound=1, filter="email is null"), "email",
         [None, "ada"], None),
        (Check("nullValues", columns=("email",)), "email", [None], "1 of 1 rows (100 percent)"),
        (check("nullValues", "email", operator="mustBeLessOrEqualTo", bound=1), "email",
         [None, "a"], None),
    ],
)  # fmt: skip
def test_a_check_tells_what_does_not_keep_it(
    any_rows: psycopg.Connection,
    promise: Check,
    column: str,
    values: Sequence[object],
    found: str | None,
) -> None:
    fill(any_rows, column, values)
    broken = breaches(any_rows, promising(promise))
    assert [one.found for one in broken] == ([found] if found else [])


def test_values_of_several_columns_are_one(any_rows: psycopg.Connection) -> None:
    any_rows.execute(
        "insert into crm.signups (signup_id, email, signup_source) values"
        " (1, 'ada', 'web'), (2, 'ada', 'mobile'), (3, 'ada', 'web'), (4, 'ada', null),"
        " (5, 'ada', null)"
    )
    pair = check("duplicateValues", "email", "signup_source")
    alone = check("duplicateValues", "email")
    assert [one.failing for one in measured(any_rows, promising(pair, alone))] == [1, 4]


def test_a_violation_says_whose_promise_it_was(rows: psycopg.Connection) -> None:
    fill(rows, "email", [None])
    (broken,) = breaches(rows, promising(NULLS))
    assert (broken.rule, broken.level, broken.element) == (
        "rows-null", "error", "crm.signups.email",
    )  # fmt: skip
    assert (broken.contract, str(broken.owner)) == (
        "crm/salesforce_lead", "Growth Team <growth@guide.example>",
    )  # fmt: skip
    assert (broken.promised, broken.found) == ("no row with a null", "1 of 1 rows (100 percent)")


def test_a_check_warns_where_its_level_says_so(rows: psycopg.Connection) -> None:
    fill(rows, "email", [None])
    soft = Check("nullValues", "mustBe", (0,), ("email",), level="warning")
    assert [one.level for one in breaches(rows, promising(soft))] == ["warning"]


@pytest.mark.parametrize(
    ("promise", "what"),
    [
        (Check("text", description="Emails were confirmed."), "kind text is none"),
        (Check("custom", "mustBe", (0,), query="great_expectations"), "kind custom is none"),
        (Check("rowCount"), "no bound"),
        (Check("rowCount", "mustBeBetween", (1,)), "no bound"),
        (Check("nullValues", "mustBe", ("none",), ("email",)), "no bound"),
        (Check("nullValues", "mustBe", (0,)), "names no column"),
        (Check("invalidValues", "mustBe", (0,), ("email",)), "which values are valid"),
        (check("invalidValues", "email", format="postcode"), "knows the format postcode"),
        (Check("sql", "mustBe", (0,)), "no query"),
        (check("invalidValues", "email", minLength="three"), "cannot be put as SQL"),
        (check("invalidValues", "email", pattern="\0"), "cannot be put as SQL"),
    ],
)
def test_what_nobody_can_measure_is_said(
    rows: psycopg.Connection, promise: Check, what: str
) -> None:
    (broken,) = breaches(rows, promising(promise))
    assert broken.rule == "rows-unread"
    assert broken.level == ("note" if promise.measure in ("text", "custom") else "warning")
    assert what in str(broken.found)


@pytest.mark.parametrize(
    ("promise", "what"),
    [
        (check("invalidValues", "email", minimum=0), "operator does not exist: text >= integer"),
        (check("invalidValues", "email", pattern="("), "parentheses () not balanced"),
        (check("nullValues", "email", filter="score / 0 > 1"), "division by zero"),
        (check("sql", "email", operator="mustBe", bound=1, function="avg"), "avg(text)"),
        (check("sql", "created_at", bound=1, function="max"), "is no number"),
    ],
)
def test_a_check_that_fails_takes_no_other_with_it(
    rows: psycopg.Connection, promise: Check, what: str
) -> None:
    rows.execute("insert into crm.signups (score, email, created_at) values (1, 'a', now())")
    nulls = check("nullValues", "landed_at")
    broken = breaches(rows, promising(SOME, promise, nulls, MOST))
    assert [(one.rule, one.column) for one in broken] == [
        ("rows-unmeasured", promise.columns[0]),
        ("rows-null", "landed_at"),
    ]
    assert what in str(broken[0].found)


def test_what_is_not_there_is_told_by_the_structure_alone(rows: psycopg.Connection) -> None:
    gone = promising(check("nullValues", "mail"), tables=[signups("signup_id", "mail")])
    assert told(breaches(rows, gone)) == []
