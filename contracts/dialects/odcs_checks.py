"""Checks in ODCS: the quality of a table or a column, and back.

A check stands at the column that it is about, else at its table. Where the standard has no words
for one, the whole check stands in a custom property of a check in prose.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final, NamedTuple

from contracts.checks import (
    CUSTOM,
    DUPLICATE_VALUES,
    INVALID_VALUES,
    MISSING_VALUES,
    NULL_VALUES,
    OPERATORS,
    ROW_COUNT,
    SQL,
    arguments_of,
    arguments_text,
)
from contracts.dialects.odcs_elements import (
    Plain,
    custom_of,
    in_order,
    mapping,
    read_element,
    settle,
    write_element,
)
from contracts.dialects.odcs_limits import OPTIONS, limit_check, limits_of, with_limits
from contracts.dialects.odcs_names import column_name, columns_of
from contracts.dialects.odcs_table_slots import CHECK, COLUMN, TABLE
from contracts.documents import Document
from contracts.model import Check, Custom, Level, Table

LIBRARY: Final = "library"
TEXT: Final = "text"
METRICS: Final = (NULL_VALUES, MISSING_VALUES, INVALID_VALUES, DUPLICATE_VALUES, ROW_COUNT)
LEVELS: Final[Mapping[str | None, Level]] = {"warning": "warning", "info": "note"}
"""What the words for a severity mean; every other one is an error."""
OLD_RULES: Final = {
    "duplicateCount": DUPLICATE_VALUES, "uniqueCheck": DUPLICATE_VALUES,
    "validValues": INVALID_VALUES, "nullCheck": NULL_VALUES,
}  # fmt: skip
"""What v3.0 called the metrics of today."""

_HELD: Final = frozenset(
    {"type", "metric", "arguments", "query", "implementation", *OPERATORS}
)  # fmt: skip


class Place(NamedTuple):
    """Where a check stands: the table as checks name it, its columns by name, and one of them."""

    table: str | None
    columns: Mapping[str, str]
    column: str | None = None

    def has(self, columns: Sequence[str]) -> bool:
        """Whether it is the table, and has all of these columns."""
        known = set(self.columns.values())
        return self.column is None and bool(columns) and known.issuperset(columns)

    def logical(self, column: str) -> str:
        """The document's name for a column of the table."""
        return next((name for name, real in self.columns.items() if real == column), column)


class Placed(NamedTuple):
    """A check with the order that the document gives it, if it gives any."""

    check: Check
    order: int | None


def read_checks(
    tables: Sequence[Mapping[str, Any]],
    read: Sequence[Table],
    unplaced: Sequence[Check] = (),
    document: Document | None = None,
) -> tuple[Check, ...]:
    """All checks of a document: table by table, and column by column within each."""
    found: list[Placed] = []
    for number, (value, table) in enumerate(zip(tables, read, strict=True)):
        place = _place_of(value, table, alone=len(read) == 1)
        path: tuple[str | int, ...] = ("schema", number, "quality")
        found += _read_list(value, place, document, path)
        for inner, column in columns_of(value):
            path = ("schema", number, "properties", inner)
            at_column = place._replace(column=column_name(column))
            found += _read_list(column, at_column, document, (*path, "quality"))
            found += _read_limits(column, at_column, document, path)
    return _in_their_order(found, unplaced)


def _place_of(value: Mapping[str, Any], table: Table, *, alone: bool) -> Place:
    names = {str(column.get("name")): column_name(column) for _, column in columns_of(value)}
    return Place(None if alone else table.qualified_name, names)


def _read_list(
    value: Mapping[str, Any], place: Place, document: Document | None, path: tuple[str | int, ...]
) -> list[Placed]:
    found = []
    for number, check in enumerate(value.get("quality") or ()):
        read = _read_check(check, place)
        source = document.source(*path, number) if document else None
        found.append(read._replace(check=replace(read.check, source=source)))
    return found


def _read_limits(
    column: Mapping[str, Any], place: Place, document: Document | None, path: tuple[str | int, ...]
) -> list[Placed]:
    """The check that the limits of a column come to, if it states any."""
    limits = limits_of(column)
    if not limits or place.column is None:
        return []
    check = limit_check(limits, place.column, place.table)
    source = document.source(*path, OPTIONS) if document else None
    return [Placed(replace(check, source=source), None)]


def _in_their_order(found: Sequence[Placed], unplaced: Sequence[Check]) -> tuple[Check, ...]:
    """Checks in the order that the document gives them; those without one fill the gaps."""
    ordered = {one.order: one.check for one in found if one.order is not None}
    others = iter([*(one.check for one in found if one.order is None), *unplaced])
    count = len(found) + len(unplaced)
    placed = [ordered.pop(place, None) or next(others, None) for place in range(1, count + 1)]
    return (*(check for check in placed if check is not None), *ordered.values(), *others)


def _read_check(value: Mapping[str, Any], place: Place) -> Placed:
    said = read_element(CHECK, value, _HELD)
    order = said.own.get("order")
    if "check" in said.own:
        return Placed(said.own["check"], order)
    stated = {key: inner for key, inner in value.items() if inner is not None}
    fields, unheld = said.fields, said.unheld
    measure = stated.get("type", LIBRARY)
    if measure == LIBRARY:
        rule = stated.get("rule")
        measure = stated.get("metric") or OLD_RULES.get(str(rule), rule) or LIBRARY
    arguments = dict(mapping(stated.get("arguments")))
    columns = (place.column,) if place.column is not None else ()
    if measure == DUPLICATE_VALUES and not columns and _are_names(arguments.get("properties")):
        columns = tuple(place.columns.get(name, name) for name in arguments.pop("properties"))
    operator = next((one for one in OPERATORS if one in stated), None)
    query = stated.get("implementation" if measure == CUSTOM else "query")
    if query is not None and not isinstance(query, str):
        unheld["implementation"] = query
    implied: Plain = {
        "measure": measure,
        "operator": operator,
        "bound": _bound(operator, stated.get(operator)) if operator else (),
        "columns": columns,
        "table": place.table,
        "level": LEVELS.get(stated.get("severity"), "error"),
        "query": query if isinstance(query, str) else None,
        "arguments": arguments_text(arguments),
    }
    custom = custom_of(CHECK, unheld, said.strange)
    return Placed(Check(**(implied | fields), custom=custom), order)


def _are_names(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(one, str) for one in value)


def _bound(operator: str, value: Any) -> tuple[object, ...]:
    return tuple(value) if operator.endswith("Between") else (value,)


def write_checks(
    checks: Sequence[Check], tables: Sequence[Table], written: Sequence[Plain]
) -> tuple[list[Plain], tuple[Check, ...]]:
    """The written tables with their checks, and the checks that have no table among them."""
    if not checks:
        return list(written), ()
    names = {table.qualified_name: place for place, table in enumerate(tables)}
    placed: dict[tuple[int, str | None], list[tuple[int, Check]]] = {}
    unplaced: list[Check] = []
    for order, check in enumerate(checks, 1):
        number = 0 if check.table is None and len(tables) == 1 else names.get(check.table or "")
        if number is None:
            unplaced.append(check)
            continue
        column = check.columns[0] if len(check.columns) == 1 else None
        known = column is not None and tables[number].column(column) is not None
        placed.setdefault((number, column if known else None), []).append((order, check))
    places = [
        _place_of(value, table, alone=len(tables) == 1)
        for value, table in zip(written, tables, strict=True)
    ]
    for ordered, limits in ((False, True), (True, True), (True, False)):
        whole = [
            _with_checks(value, places[number], number, placed, ordered=ordered, limits=limits)
            for number, value in enumerate(written)
        ]
        if read_checks(whole, tables, unplaced) == tuple(checks):
            break
    return whole, tuple(unplaced)


def _with_checks(
    table: Plain,
    place: Place,
    number: int,
    placed: Mapping[tuple[int, str | None], Sequence[tuple[int, Check]]],
    *,
    ordered: bool,
    limits: bool,
) -> Plain:
    """A written table with the checks that stand at it and at its columns.

    ``limits`` says whether one check of a column may be stated as the limits of its type.
    """

    def with_quality(stated: Plain, column: str | None) -> Plain:
        quality = []
        for order, check in placed.get((number, column), ()):
            limited = with_limits(stated, check) if limits and column is not None else None
            if limited is not None:
                stated = limited
                continue
            at_column = place._replace(column=column)
            quality.append(write_check(check, at_column, order if ordered else None))
        return stated | ({"quality": quality} if quality else {})

    properties = list(table.get("properties", ()))
    for inner, column in columns_of(table):
        properties[inner] = in_order(COLUMN, with_quality(column, column_name(column)))
    whole = with_quality(table, None) | ({"properties": properties} if properties else {})
    return in_order(TABLE, whole)


def write_check(check: Check, place: Place, order: int | None) -> Plain:
    """A check at its place in a document; ``order`` is its place among all, where it counts."""
    from contracts.dialects.odcs_schema import is_valid

    own = {} if order is None else {"order": order}

    def build(said: Plain, rest: Custom) -> Plain:
        return _build(check, place, said, rest, own)

    def read(written: Plain) -> Check:
        return _read_check(written, place).check

    written = settle(CHECK, check, build, read)
    if is_valid(CHECK.definition, written) and read(written) == check:
        return written
    bare = Check(TEXT, name=check.name, description=check.description)
    return write_element(CHECK, bare, {"type": TEXT}, {}, (), own={"check": check, **own})


def _build(check: Check, place: Place, said: Plain, rest: Custom, own: Plain) -> Plain:
    arguments = arguments_of(check)
    held = set()
    if check.columns == (() if place.column is None else (place.column,)):
        held.add("columns")
    elif check.measure == DUPLICATE_VALUES and place.has(check.columns):
        arguments["properties"] = [place.logical(name) for name in check.columns]
        held.add("columns")
    if check.table == place.table:
        held.add("table")
    if check.level == LEVELS.get(check.severity, "error"):
        held.add("level")
    stated: Plain = {
        **_build_measure(check, said),
        "arguments": arguments or None,
        check.operator or OPERATORS[0]: _written_bound(check),
    }
    return write_element(CHECK, check, stated, said, rest, held=held, own=own)


def _build_measure(check: Check, said: Plain) -> Plain:
    if check.measure == CUSTOM:
        return {"type": CUSTOM, "implementation": check.query or said.get("implementation")}
    if check.measure in (SQL, TEXT):
        return {"type": check.measure, "query": check.query}
    metric = check.measure if check.measure in METRICS else None
    return {"type": LIBRARY, "metric": metric, "query": check.query}


def _written_bound(check: Check) -> object:
    if check.operator is None or not check.bound:
        return None
    if not check.operator.endswith("Between"):
        return check.bound[0]
    numbers = [number for number in check.bound if isinstance(number, int | float)]
    return numbers if numbers == sorted(numbers) else None
