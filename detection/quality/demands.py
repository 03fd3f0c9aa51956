"""What contracts demand of rows: checks, service levels, and what follows from all else they say.

Everything becomes a check in the terms of ODCS, about a table that is there with every column in
question. What is missing is told by the comparison of structures, once, and not here again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from contracts.checks import INVALID_VALUES, OPERATORS, SQL, arguments_of, arguments_text
from contracts.model import Check, Contract, Table
from detection.model import Catalog
from detection.quality.authored import reads_as_condition
from detection.quality.classified import classified_columns
from detection.quality.conditions import FORMATS, VALIDITY, as_number
from detection.quality.implied import implied_by
from detection.quality.measures import DISTINCT_VALUES, FAILING_ROWS, KNOWN
from detection.quality.model import Demand, Place, Reach, Trouble
from detection.quality.naming import rule_of
from detection.quality.service_levels import level_demands

OWN_THRESHOLD: Final = "soda.threshold"
"""Keeps a threshold for which ODCS has no single operator; its own tool alone can hold to it."""

Tables = Mapping[str, tuple[Table, Table]]
"""The contract's tables by their qualified names: as promised, and as they are."""


def find_demands(contracts: Sequence[Contract], catalog: Catalog) -> tuple[Demand, ...]:
    """All that contracts demand of the rows of tables that are there, in their order."""
    classified = classified_columns(contracts)
    return tuple(
        demand for contract in contracts for demand in _demands_of(contract, catalog, classified)
    )


def _demands_of(
    contract: Contract, catalog: Catalog, classified: frozenset[Place]
) -> Iterator[Demand]:
    promised = {
        (table.schema, table.name): frozenset(column.name for column in table.columns)
        for table in contract.tables
    }
    reach = Reach(promised, catalog, classified)
    there = {
        table.qualified_name: (table, found)
        for table in contract.tables
        if (found := catalog.table(table.schema, table.name)) is not None
    }
    for check in contract.checks:
        if demand := _stated(contract, check, there, reach):
            yield demand
    for table, found in there.values():
        for rule, check, location, says in implied_by(contract, table, found):
            if _has(found, check.columns):
                yield Demand(contract.identity, table, found, rule, check, reach, location, says)
    yield from level_demands(contract, there, reach)


def _stated(contract: Contract, check: Check, there: Tables, reach: Reach) -> Demand | None:
    """The demand that a check is, if its table and its columns are there."""
    pair = _table_of(check, there, alone=len(contract.tables) == 1)
    if pair is None or not _has(pair[1], check.columns):
        return None
    table, found = pair
    settled = _settled(check, table)
    location = check.source.location if check.source else None
    if location is None and contract.source:
        location = contract.source.location
    trouble = _unreadable(settled)
    return Demand(
        contract.identity, table, found, rule_of(settled), settled, reach, location,
        trouble=trouble,
    )  # fmt: skip


def _table_of(check: Check, there: Tables, *, alone: bool) -> tuple[Table, Table] | None:
    """The table that a check is about: the one it names, the only one, or the one that fits."""
    if check.table is not None:
        named = [pair for key, pair in there.items() if check.table in (key, pair[0].name)]
        return named[0] if named else None
    fitting = [pair for pair in there.values() if _has(pair[0], check.columns)]
    candidates = list(there.values()) if alone else fitting
    return candidates[0] if candidates else None


def _settled(check: Check, table: Table) -> Check:
    """A check with the bound that goes without saying, and the rows that its table is about."""
    is_bounded = check.operator is not None or OWN_THRESHOLD in dict(check.custom)
    if not is_bounded and check.measure in FAILING_ROWS:
        check = replace(check, operator="mustBe", bound=(0,))
    if not is_bounded and check.measure == SQL:
        arguments = arguments_text(arguments_of(check) | {"counts": "rows"})
        check = replace(check, operator="mustBe", bound=(0,), arguments=arguments)
    names = frozenset(column.name for column in table.columns)
    if check.filter is None and table.filter and reads_as_condition(table.filter, names):
        check = replace(check, filter=table.filter)
    return check


def _unreadable(check: Check) -> Trouble | None:
    """Why a check cannot be read off rows, if it cannot."""
    if check.measure not in KNOWN:
        what = f"A check of the kind {check.measure} is none that Docent makes."
        step = "Leave it to the tool that does, or say it by a metric of ODCS or as SQL."
        return Trouble("unread", what, step)
    numbers = [as_number(bound) for bound in check.bound]
    wanted = 2 if (check.operator or "").endswith("Between") else 1
    if check.operator not in OPERATORS or len(numbers) != wanted or None in numbers:
        step = "Add one, such as mustBe: 0."
        return Trouble("unread", "The check has no bound that could be kept.", step)
    if check.measure in (*FAILING_ROWS, DISTINCT_VALUES) and not check.columns:
        step = "Put it at the column that it is about."
        return Trouble("unread", "The check names no column.", step)
    return _unclear(check, arguments_of(check))


def _unclear(check: Check, arguments: Mapping[str, object]) -> Trouble | None:
    """Why nobody can tell what a check counts, if nobody can."""
    if check.measure == INVALID_VALUES and not {*VALIDITY} & arguments.keys():
        what = "The check does not say which values are valid."
        return Trouble("unread", what, "Add arguments, such as validValues or pattern.")
    if (stated := arguments.get("format")) is not None and stated not in FORMATS:
        step = f"Give a pattern in its place; known are {', '.join(FORMATS)}."
        return Trouble("unread", f"Nobody here knows the format {stated}.", step)
    if check.measure == SQL and not (check.query or {"expression", "function"} & arguments.keys()):
        return Trouble("unread", "The check has no query.", "Write one under query.")
    return None


def _has(table: Table, columns: Sequence[str]) -> bool:
    return all(table.column(name) for name in columns)
