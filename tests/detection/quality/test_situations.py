"""Every check in every situation that rows can be in: a table with no hole in it.

A row of the table is a check; what it comes to stands under each situation: rows that keep it,
rows that do not, no rows, nothing but nulls, one row, and the values that are no numbers. ``kept``
is a promise that holds; a text is what was found instead.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final, NamedTuple

import psycopg
import pytest

from contracts.model import Check, Column, Contract, NullReason, ServiceLevel, Table
from detection.quality import find_breaches
from detection.quality.measures import KNOWN
from detection.quality.rules import ROW_RULES, TROUBLES
from tests.detection.quality.rows import (
    ago,
    check,
    fill_columns,
    measured,
    promising,
    reference,
    signups,
)

NAN, INF = math.nan, math.inf
KEPT: Final = "kept"


class Case(NamedTuple):
    """A rule, a promise that is broken by it, what is filled, and what each situation comes to.

    An invariant is a promise in words. Several columns are filled with a tuple for each row.
    """

    rule: str
    promise: Check | ServiceLevel | Table | str
    column: str
    passing: Sequence[object]
    failing: Sequence[object]
    found: str
    empty: str = KEPT
    all_null: str = KEPT
    one_row: str = KEPT
    not_a_number: str = ""
    infinite: str = ""
    """``""`` where the column's type has no such value."""


CASES: Final[dict[str, Case]] = {
    "nullValues": Case(
        "rows-null",
        check("nullValues", "score"), "score", [1, 2], [1, None], "1 of 2 rows (50 percent)",
        all_null="3 of 3 rows (100 percent)", not_a_number=KEPT, infinite=KEPT,
    ),
    "missingValues": Case(
        "rows-missing",
        check("missingValues", "email", missingValues=[None, ""]), "email", ["a", "b"],
        ["a", "", None], "2 of 3 rows (66.6667 percent)", all_null="3 of 3 rows (100 percent)",
    ),
    "completeness": Case(
        "rows-null",
        ServiceLevel("completeness", 99.5, "percent", "score"), "score", [1, 2], [1, None],
        "50 percent; 1 of 2 rows without", all_null="0 percent; 3 of 3 rows without",
        not_a_number=KEPT, infinite=KEPT,
    ),
    "filled": Case(
        "rows-missing",
        ServiceLevel("filled", 99, "percent", "email"), "email", ["a", "b"], ["a", ""],
        "50 percent; 1 of 2 rows without", all_null="0 percent; 3 of 3 rows without",
    ),
    "invalidValues, a list": Case(
        "rows-unlisted",
        check("invalidValues", "score", validValues=[1, 2]), "score", [1, 2, None], [1, 3],
        "1 of 2 rows (50 percent)", not_a_number="1 of 1 rows (100 percent)",
        infinite="1 of 1 rows (100 percent)",
    ),
    "invalidValues, a range": Case(
        "rows-out-of-range",
        check("invalidValues", "score", minimum=0, maximum=9), "score", [0, 9, None], [10, 1],
        "1 of 2 rows (50 percent)", not_a_number="1 of 1 rows (100 percent)",
        infinite="1 of 1 rows (100 percent)",
    ),
    "invalidValues, numbers with places": Case(
        "rows-out-of-range",
        check("invalidValues", "price", minimum=1), "price", [1, None], [0.5, 2],
        "1 of 2 rows (50 percent)", not_a_number="1 of 1 rows (100 percent)",
    ),
    "invalidValues, days": Case(
        "rows-out-of-range",
        check("invalidValues", "opened_on", maximum="2026-07-01"), "opened_on", ["2026-07-01"],
        ["2026-07-02", None], "1 of 2 rows (50 percent)", infinite="1 of 1 rows (100 percent)",
    ),
    "invalidValues, a length": Case(
        "rows-of-wrong-length",
        check("invalidValues", "email", minLength=2, maxLength=3), "email", ["ab", "abc"],
        ["a", "ab"], "1 of 2 rows (50 percent)",
    ),
    "invalidValues, a pattern": Case(
        "rows-malformed",
        check("invalidValues", "email", pattern="^[a-z]+$"), "email", ["ab"], ["A1", "a"],
        "1 of 2 rows (50 percent)",
    ),
    "invalidValues, a format": Case(
        "rows-malformed",
        check("invalidValues", "email", format="email"), "email", ["ada@guide.example"], ["ada"],
        "1 of 1 rows (100 percent)",
    ),
    "invalidValues, a reference": Case(
        "rows-orphaned",
        signups(foreign_keys=(reference("signup_source", "sources", "source"),)), "signup_source",
        ["web", "web", None], ["web", "ios"], "1 of 2 rows (50 percent)",
    ),
    "duplicateValues": Case(
        "rows-duplicate",
        check("duplicateValues", "score"), "score", [1, 2, None, None], [1, 1],
        "1 of 2 rows (50 percent)", not_a_number=KEPT, infinite=KEPT,
    ),
    "duplicateValues of several columns": Case(
        "rows-duplicate",
        check("duplicateValues", "email", "score"), "email, score",
        [("a", 1), ("a", 2), ("a", None), ("a", None)], [("a", 1), ("a", 1)],
        "1 of 2 rows (50 percent)", not_a_number=KEPT, infinite=KEPT,
    ),
    "uniqueness": Case(
        "rows-duplicate",
        ServiceLevel("uniqueness", 100, "percent", "email"), "email", ["a", None, None],
        ["a", "a"], "50 percent; 1 of 2 rows repeat another",
    ),
    "distinctValues": Case(
        "rows-distinct-values",
        ServiceLevel("distinct values", 2, element="score"), "score", [1, 2, 2], [1, 1],
        "1 value in 2 rows", empty="0 values in 0 rows", all_null="0 values in 3 rows",
        one_row="1 value in 1 rows", not_a_number="1 value in 1 rows",
        infinite="1 value in 1 rows",
    ),
    "rowCount": Case(
        "rows-count",
        check("rowCount", operator="mustBeGreaterOrEqualTo", bound=2), "email", ["a", None],
        ["a"], "1 row", empty="0 rows", one_row="1 row",
    ),
    "sql, an aggregate": Case(
        "rows-aggregate",
        check("sql", "score", operator="mustBeBetween", bound=(1, 5), function="avg"), "score",
        [1, 5, None], [9], "9", empty="no value", all_null="no value", not_a_number="nan",
        infinite="inf",
    ),
    "sql, a condition": Case(
        "rows-query",
        check("sql", expression="score > 5", counts="rows"), "score", [5, None], [6, 1],
        "1 of 2 rows (50 percent)", not_a_number="1 of 1 rows (100 percent)",
        infinite="1 of 1 rows (100 percent)",
    ),
    "sql, a number": Case(
        "rows-query",
        Check("sql", "mustBeLessThan", (9,), query="select max(score) from signups"), "score",
        [1, 8], [9], "9", empty="no value", all_null="no value", not_a_number="nan",
        infinite="inf",
    ),
    "sql, the rows that are wrong": Case(
        "rows-query",
        Check("sql", query="select from signups where score > 5"), "score", [5], [6, 7], "2",
        not_a_number="1", infinite="1",
    ),
    "freshness": Case(
        "rows-stale",
        ServiceLevel("freshness", 5, "minutes", "created_at"), "created_at",
        [ago(minutes=1), ago(days=3)], [ago(minutes=6)], "the newest is 6 minutes old",
        empty="no row has arrived", all_null="no row has arrived", infinite="no row has arrived",
    ),
    "latency": Case(
        "rows-late",
        ServiceLevel("latency", 1, "hour", "created_at, landed_at"), "created_at, landed_at",
        [(ago(hours=3), ago(hours=2.5)), (ago(hours=3), None)],
        [(ago(hours=3), ago(hours=1)), (ago(hours=3), ago(hours=3))],
        "the slowest took 2 hours; 1 of 2 rows were late", infinite=KEPT,
    ),
    "retention": Case(
        "rows-retention",
        ServiceLevel("retention", 1, "day", "created_at"), "created_at", [ago(hours=1), None],
        [ago(days=2), ago(hours=1)],
        "the oldest is 2 days old; 1 of 2 rows are older than promised", infinite=KEPT,
    ),
    "retention, at least": Case(
        "rows-retention",
        ServiceLevel("retention", 1, "day", "created_at", operator="mustBeGreaterOrEqualTo"),
        "created_at", [ago(days=2)], [ago(hours=1)],
        "the oldest is 1 hour old; 0 of 1 rows are older than promised",
        empty="no row", all_null="no row", infinite="no row",
    ),
    "unexplainedNulls": Case(
        "rows-null-unexplained",
        Table("signups", "crm", columns=(
            Column("closed_at", null_reasons=(NullReason("OPEN", ""),)),
            Column("closed_at_null_reason"),
        )),
        "closed_at", [ago(days=1)], [ago(days=1), None], "1 of 2 rows (50 percent)",
        all_null="3 of 3 rows (100 percent)", infinite=KEPT,
    ),
    "a state": Case(
        "rows-of-unknown-state",
        Table("signups", "crm", columns=(Column("signup_source", states=("web",)),)),
        "signup_source", ["web", None], ["ios", "web"], "1 of 2 rows (50 percent)",
    ),
    "a value on a condition": Case(
        "rows-required-null",
        Table("signups", "crm", columns=(
            Column("signup_id"), Column("email", custom=(("required_when", '"signup_id > 0"'),)))),
        "email", ["a", ""], ["a", None], "1 of 2 rows (50 percent)",
        all_null="3 of 3 rows (100 percent)",
    ),
    "the grain": Case(
        "rows-off-grain",
        signups(grain=("score",)), "score", [1, 2, None], [1, 1], "1 of 2 rows (50 percent)",
        all_null="2 of 3 rows (66.6667 percent)", not_a_number=KEPT, infinite=KEPT,
    ),
    "an invariant": Case(
        "rows-against-invariant",
        "score <= 5", "score", [5, None], [6, 1], "1 of 2 rows (50 percent)",
        not_a_number="1 of 1 rows (100 percent)", infinite="1 of 1 rows (100 percent)",
    ),
    "invalidValues, several conditions": Case(
        "rows-invalid",
        check("invalidValues", "email", pattern="a", maxLength=2), "email", ["a", "ab", None],
        ["abc", "b", "a"], "2 of 3 rows (66.6667 percent)",
    ),
}  # fmt: skip


def promising_alone(case: Case) -> Contract:
    """A contract that promises nothing else of rows."""
    promise = case.promise
    return promising(
        *([promise] if isinstance(promise, Check) else ()),
        levels=[promise] if isinstance(promise, ServiceLevel) else (),
        tables=[promise] if isinstance(promise, Table) else (),
        invariants=[promise] if isinstance(promise, str) else (),
    )


def told(
    connection: psycopg.Connection, case: Case, values: Sequence[object]
) -> list[tuple[str, str | None]]:
    """The rules that a promise is broken by on these rows, with what was found."""
    connection.execute("truncate crm.signups, crm.sources; insert into crm.sources values ('web')")
    names = case.column.split(", ")
    rows = [each if isinstance(each, tuple) else (each,) * len(names) for each in values]
    numbered = [(number, *row) for number, row in enumerate(rows, 1)]
    fill_columns(connection, ("signup_id", *names), numbered)
    contract = promising_alone(case)
    found = measured(connection, contract)
    assert [one.trouble for one in found] == [None]
    return [(one.rule, one.found) for one in find_breaches([contract], found)]


@pytest.mark.parametrize("named", CASES)
def test_a_check_in_every_situation(any_rows: psycopg.Connection, named: str) -> None:
    case = CASES[named]
    number = {"score": NAN, "price": "NaN"}
    situations = {
        "passing": (case.passing, KEPT),
        "failing": (case.failing, case.found),
        "empty": ((), case.empty),
        "all null": ((None, None, None), case.all_null),
        "one row": (case.passing[:1], case.one_row),
        "not a number": ([number.get(case.column.split(", ")[-1])], case.not_a_number),
        "infinite": ([INF if "score" in case.column else "infinity"], case.infinite),
    }
    asked = {name: each for name, each in situations.items() if each[1]}
    found = {name: told(any_rows, case, values) for name, (values, _) in asked.items()}
    assert found == {
        name: [] if expected == KEPT else [(case.rule, expected)]
        for name, (_, expected) in asked.items()
    }


def test_every_measure_and_every_rule_is_in_the_table() -> None:
    named = {one.partition(",")[0].partition(" ")[0] for one in CASES}
    assert {*KNOWN} <= named
    assert {case.rule for case in CASES.values()} == (
        {one.id for one in ROW_RULES} - {*TROUBLES.values()}
    )
