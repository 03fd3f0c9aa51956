"""What is read off each table, so that no table is read once for each of its checks.

Pure: demands in, scans out. All that can be told row by row becomes the aggregates of one
statement; whatever needs rows of the same values to meet becomes one more, however many columns
are grouped by. Only a query that an author wrote is put by itself.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

import psycopg

from contracts.checks import arguments_of
from contracts.model import Check, Table
from detection.quality import measures
from detection.quality.authored import RefusedError
from detection.quality.classified import withheld_columns
from detection.quality.conditions import (
    both,
    comparable,
    invalid,
    literal,
    missing,
    reference_join,
    type_name,
    value_of,
)
from detection.quality.guarding import allowed_condition, allowed_query
from detection.quality.model import Call, Demand, Reach, Reading, Scan, Sql, Trouble

AGGREGATES: Final[Mapping[str, str]] = {
    **{name: f"{name}({{}})" for name in (
        "avg", "sum", "min", "max", "count", "stddev", "stddev_pop", "stddev_samp", "variance",
        "var_pop", "var_samp",
    )},
    "count_distinct": "count(distinct {})",
    **{f"{name}_length": f"{name}(char_length(({{}})::text))" for name in ("avg", "min", "max")},
}  # fmt: skip
"""The aggregates that a check can ask for, by the names that Soda has for them."""

UNSAMPLED: Final = (
    measures.ROW_COUNT, *measures.GROUPS, measures.FRESHNESS, measures.RETENTION,
)  # fmt: skip
"""Measures that a part of the rows cannot tell."""


@dataclass(frozen=True, slots=True)
class Terms:
    """How rows are to be looked at: at which time, which of them, and what share of those."""

    now: datetime
    where: str | None = None
    sample: float | None = None

    @property
    def moment(self) -> Sql:
        """The time as SQL."""
        return f"{literal(self.now.isoformat())}::timestamptz"


def plan_scans(demands: Sequence[Demand], terms: Terms) -> tuple[Scan, ...]:
    """One scan for each table that the demands are about, in their order."""
    of_table: defaultdict[str, list[Demand]] = defaultdict(list)
    for demand in demands:
        of_table[demand.found.qualified_name].append(demand)
    return tuple(plan_scan(together[0].found, together, terms) for together in of_table.values())


def plan_scan(table: Table, demands: Sequence[Demand], terms: Terms) -> Scan:
    """All that has to be read off one table.

    A demand that nobody can measure becomes a reading of nothing, with its trouble. Raises
    RefusedError for a condition of ``terms`` that is none.
    """
    where, calls = "", frozenset[Call]()
    if terms.where:
        everything = frozenset(column.name for column in table.columns)
        catalog = demands[0].reach.catalog
        reach = Reach({(table.schema, table.name): everything}, catalog)
        where, calls = allowed_condition(terms.where, table, reach)
    readings = tuple(_reading(demand, terms) for demand in demands)
    return Scan(table, readings, where, terms.sample, calls)


def _reading(demand: Demand, terms: Terms) -> Reading:
    """How a demand is measured, or why it is not."""
    trouble = demand.trouble
    if trouble is None and terms.sample is not None and _needs_all(demand.check):
        what = "A part of the rows cannot tell."
        trouble = Trouble("unsampled", what, "Check without --sample.")
    if trouble is None:
        try:
            planned = _planned(demand, terms)
            return replace(planned, withheld=withheld_columns(planned))
        except RefusedError as error:
            trouble = Trouble("refused", error.what, error.next_step)
        except (ValueError, TypeError, KeyError, psycopg.DataError) as error:
            what = f"What the check says cannot be put as SQL: {error}."
            trouble = Trouble("unread", what, "Correct the arguments of the check.")
    return Reading(replace(demand, trouble=trouble), "none")


def _needs_all(check: Check) -> bool:
    return check.measure in UNSAMPLED or bool(_with_query(check).query)


def _planned(demand: Demand, terms: Terms) -> Reading:
    check, table = demand.check, demand.found
    if check.measure == measures.SQL and (written := _with_query(check)).query:
        query, calls = allowed_query(written, table, demand.reach, terms.moment)
        return Reading(demand, "query", (query,), calls=calls)
    within, calls = "", frozenset[Call]()
    if check.filter:
        within, calls = allowed_condition(check.filter, table, demand.reach)
    if check.measure in measures.GROUPS:
        columns = tuple(sorted({comparable(table, column) for column in check.columns}))
        nulls = demand.rule == "rows-off-grain"
        return Reading(
            demand, "groups", within=within, columns=columns, with_nulls=nulls, calls=calls
        )
    arguments = arguments_of(check)
    if check.measure == measures.SQL:
        return _expression(demand, arguments, within, calls)
    if check.measure in measures.TIMES:
        return _times(demand, within, calls, terms)
    return _shares(demand, arguments, within, calls)


def _with_query(check: Check) -> Check:
    """A figure that is an expression alone (Soda's ``metric``) is a query of the whole table."""
    arguments = arguments_of(check)
    whole = arguments.get("expression") and not arguments.keys() & {"function", "counts"}
    if check.measure != measures.SQL or check.query or not whole:
        return check
    where = f" where {check.filter}" if check.filter else ""
    query = f"select {arguments['expression']} from {{table}}{where}"  # noqa: S608 - see authored
    return replace(check, query=query)


def _shares(
    demand: Demand, arguments: Mapping[str, Any], within: Sql, calls: frozenset[Call]
) -> Reading:
    """How many rows there are, and how many of them fail."""
    check, table = demand.check, demand.found
    rows = count(within)
    if check.measure == measures.ROW_COUNT:
        return Reading(demand, "rows", (rows,), within=within, calls=calls)
    joins: tuple[Sql, ...] = ()
    failing = [_failing(table, column, check, arguments) for column in check.columns]
    if check.measure == measures.UNEXPLAINED_NULLS:
        failing = [_unexplained(table, check.columns, arguments)]
    if check.measure == measures.INVALID_VALUES and arguments.get("references"):
        join, orphaned = reference_join(table, check.columns, arguments["references"])
        joins, failing = (join.sql,), [*failing, orphaned]
    if check.measure == measures.COMPLETENESS:  # every cell counts for itself
        cells = tuple(count(both(within, each)) for each in failing)
        whole = " or ".join(f"({each})" for each in failing)
        return Reading(demand, "rows", (rows, *cells), whole, within, calls=calls)
    whole = " or ".join(f"({each})" for each in failing)
    figures = (rows, count(both(within, whole)))
    return Reading(demand, "rows", figures, whole, within, joins=joins, calls=calls)


def _failing(table: Table, column: str, check: Check, arguments: Mapping[str, Any]) -> Sql:
    if check.measure == measures.INVALID_VALUES:
        return invalid(table, column, arguments)
    if check.measure == measures.NULL_VALUES:
        return f"{value_of(table, column)} is null"
    return missing(table, column, arguments)


def _unexplained(table: Table, columns: Sequence[str], arguments: Mapping[str, Any]) -> Sql:
    """No value and no known reason, or a reason beside a value."""
    value, reason = (value_of(table, column) for column in columns)
    listed = ", ".join(literal(str(code)) for code in arguments["validValues"])
    known = f"{reason}::text in ({listed})" if listed else "false"
    return f"case when {value} is null then ({known}) is not true else {reason} is not null end"


def _expression(
    demand: Demand, arguments: Mapping[str, Any], within: Sql, calls: frozenset[Call]
) -> Reading:
    """An aggregate of an expression, or how many rows it is true of."""
    check, table = demand.check, demand.found
    if arguments.get("expression"):
        expression, more = allowed_condition(str(arguments["expression"]), table, demand.reach)
        calls |= more
    else:
        expression = value_of(table, check.columns[0]) if check.columns else "*"
    if arguments.get("counts") == "rows":
        figures = (count(within), count(both(within, expression)))
        return Reading(demand, "rows", figures, expression, within, calls=calls)
    function = str(arguments.get("function")).lower()
    if function not in AGGREGATES:
        known = ", ".join(AGGREGATES)
        raise RefusedError(f"{function} is no aggregate that Docent knows.", f"Use one of {known}.")
    aggregate = AGGREGATES[function].format(expression.replace("{", "{{").replace("}", "}}"))
    figures = (count(within), _filtered(aggregate, within))
    return Reading(demand, "rows", figures, "", within, calls=calls)


def _times(demand: Demand, within: Sql, calls: frozenset[Call], terms: Terms) -> Reading:
    """The age of the newest or the oldest row, or the longest way from event to landing."""
    check, now = demand.check, terms.moment
    moments = [_moment(demand, column) for column in check.columns]
    bound = f"make_interval(secs => {literal(float(check.bound[0]))})"  # type: ignore[arg-type]
    if check.measure == measures.LATENCY:
        event, landed = moments[:2]
        finite = f"isfinite({event}) and isfinite({landed})"
        delay = f"{landed} - {event}"
        longest = f"extract(epoch from {_filtered(f'max({delay})', both(within, finite))})"
        late = both(f"case when {finite} then {delay} > {bound} else false end")
        figures = (count(within), longest, count(both(within, late)))
        return Reading(demand, "rows", figures, late, within, calls=calls)
    (at,) = moments[:1]
    if check.measure == measures.FRESHNESS:  # what is dated in the future has not arrived yet
        arrived = both(within, f"{at} <= {now}", f"{at} > '-infinity'")
        age = f"extract(epoch from {now} - {_filtered(f'max({at})', arrived)})"
        return Reading(demand, "rows", (count(within), age), within=within, calls=calls)
    age = f"extract(epoch from {now} - {_filtered(f'min({at})', both(within, f'isfinite({at})'))})"
    old = both(f"isfinite({at})", f"{at} < {now} - {bound}")
    figures = (count(within), age, count(both(within, old)))
    return Reading(demand, "rows", figures, old, within, calls=calls)


def _moment(demand: Demand, column: str) -> Sql:
    """A column as a moment; a time without a zone is of the zone that the contract says.

    Where it says none, it is of the session's, which is the server's own.
    """
    value = value_of(demand.found, column)
    kept = type_name(demand.found.column(column))
    promised = demand.table.column(column)
    zone = promised.timezone if promised and demand.found.name == demand.table.name else None
    if zone and kept == "timestamp without time zone":
        return f"({value} at time zone {literal(zone)})"
    return value if kept == "timestamp with time zone" else f"{value}::timestamptz"


def count(condition: Sql = "") -> Sql:
    """How many rows keep a condition."""
    return _filtered("count(*)", condition)


def _filtered(aggregate: Sql, condition: Sql) -> Sql:
    return f"{aggregate} filter (where {condition})" if condition else aggregate
