"""The conditions that a row must keep, as SQL: which values are missing, and which are valid."""

from __future__ import annotations

import math
import re
import zlib
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any, Final, NamedTuple

from psycopg import sql

from contracts.builtin_types import FLOATS, INTEGERS
from contracts.model import Column, Table
from detection.comparison import resolved
from detection.quality.model import Sql

FORMATS: Final[Mapping[str, str]] = {
    "email": r"^[^@[:space:]]+@[^@[:space:]]+\.[^@[:space:]]+$",
    "uri": r"^[a-zA-Z][a-zA-Z0-9+.-]*:[^[:space:]]+$",
    "url": r"^[a-zA-Z][a-zA-Z0-9+.-]*://[^[:space:]]+$",
    "uuid": r"^[0-9a-fA-F]{8}-([0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}$",
    "date": r"^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$",
    "time": r"^([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.][0-9]+)?)?(Z|[+-][0-9:]+)?$",
    "date-time": r"^[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2}",
    "ipv4": r"^((25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])([.]|$)){4}$",
    "hostname": r"^([A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?([.]|$))+$",
}
"""How a value of a format looks. A date is checked for its looks: 2024-02-30 passes."""

BOUNDS: Final[Mapping[str, str]] = {
    "minimum": ">=", "maximum": "<=", "exclusiveMinimum": ">", "exclusiveMaximum": "<",
}  # fmt: skip
LENGTHS: Final[Mapping[str, str]] = {"minLength": ">=", "maxLength": "<="}
PATTERNS: Final = ("pattern", "invalidPattern", "format")
LISTS: Final = ("validValues", "invalidValues")
VALIDITY: Final = (*LISTS, *PATTERNS, *BOUNDS, *LENGTHS, "references")
"""The arguments that say which values are valid."""

NUMBERS: Final = (*INTEGERS, *FLOATS, "numeric")
NOT_A_NUMBER: Final = (*FLOATS, "numeric")
"""Types that hold a value that is no number; Postgres sorts it above all numbers."""
WITHOUT_EQUALITY: Final = (
    "json",
    "xml",
    "point",
    "line",
    "lseg",
    "box",
    "path",
    "polygon",
    "circle",
)
"""Types whose values Postgres cannot compare, or compares by their size."""


class Join(NamedTuple):
    """What is joined to a table to see where its keys occur: the SQL, and a column of it."""

    sql: Sql
    column: Sql


def name(*parts: str) -> Sql:
    """A name as it stands in SQL."""
    return sql.Identifier(*parts).as_string()


def literal(value: object) -> Sql:
    """A value as it stands in SQL."""
    return sql.Literal(value).as_string().strip()


def value_of(table: Table, column: str) -> Sql:
    """A column of the table that is read, as it stands in SQL."""
    return name(table.name, column)


def comparable(table: Table, column: str) -> Sql:
    """A column in a form whose values can be compared, whatever its type."""
    value = value_of(table, column)
    found = table.column(column)
    kept = resolved(found.data_type) if found and found.data_type else None
    return f"{value}::text" if kept and kept.name in WITHOUT_EQUALITY else value


def both(*conditions: Sql) -> Sql:
    """A condition that holds where all of these do; ``""`` is one that always does."""
    return " and ".join(f"({condition})" for condition in conditions if condition)


def missing(table: Table, column: str, arguments: Mapping[str, Any]) -> Sql:
    """The condition of a value that counts as missing.

    A null does, unless the missing values are listed and it is not among them.
    """
    value = value_of(table, column)
    listed = arguments.get("missingValues")
    stated = listed if isinstance(listed, list) else [None]
    ways = [f"{value} is null"] if None in stated else []
    if others := [one for one in stated if one is not None]:
        ways.append(among(table, column, others))
    if pattern := arguments.get("missingPattern"):
        ways.append(f"{value}::text ~ {literal(str(pattern))}")
    return " or ".join(ways) or "false"


def invalid(table: Table, column: str, arguments: Mapping[str, Any]) -> Sql:
    """The condition of a value that is there and not valid; what counts as missing is neither."""
    value = value_of(table, column)
    valid = " and ".join(f"({one})" for one in _valid(table, column, arguments))
    there = f"{value} is not null"
    if "missingValues" in arguments or "missingPattern" in arguments:
        there = f"({there}) and ({missing(table, column, arguments)}) is not true"
    return f"({there}) and ({valid or 'true'}) is not true"


def _valid(table: Table, column: str, arguments: Mapping[str, Any]) -> Iterator[Sql]:
    """The conditions of a valid value, one for each argument."""
    value = value_of(table, column)
    if "validValues" in arguments:
        yield among(table, column, _listed(arguments["validValues"]))
    if "invalidValues" in arguments:
        yield f"not ({among(table, column, _listed(arguments['invalidValues']))})"
    if pattern := arguments.get("pattern"):
        yield f"{value}::text ~ {literal(str(pattern))}"
    if pattern := arguments.get("invalidPattern"):
        yield f"{value}::text !~ {literal(str(pattern))}"
    if arguments.get("format") in FORMATS:
        yield f"{value}::text ~ {literal(FORMATS[arguments['format']])}"
    for key, operator in LENGTHS.items():
        if key in arguments:
            yield f"char_length({value}::text) {operator} {literal(int(arguments[key]))}"
    yield from _within_bounds(table, column, arguments)


def _within_bounds(table: Table, column: str, arguments: Mapping[str, Any]) -> Iterator[Sql]:
    stated = {key: arguments[key] for key in BOUNDS if arguments.get(key) is not None}
    value = value_of(table, column)
    for key, bound in stated.items():
        # In drafts of JSON Schema before 6 these are flags beside minimum and maximum.
        if bound is True:
            yield f"{value} <> {_bound(arguments[_flagged(key)])}"
        elif bound is not False:
            yield f"{value} {BOUNDS[key]} {_bound(bound)}"
    if stated and type_name(table.column(column)) in NOT_A_NUMBER:
        yield f"{value} <> 'NaN'"


def _flagged(key: str) -> str:
    return "minimum" if key == "exclusiveMinimum" else "maximum"


def _bound(bound: object) -> Sql:
    """A number as one, anything else as a text that Postgres reads by the column's type."""
    return literal(bound if isinstance(bound, int | float) else str(bound))


def among(table: Table, column: str, values: Sequence[object]) -> Sql:
    """The condition of a value that is one of these."""
    value, kept = value_of(table, column), type_name(table.column(column))
    if kept in NUMBERS:
        numbers = [number for one in values if (number := as_number(one)) is not None]
        listed = ", ".join(str(number) for number in numbers)
        return f"{value} in ({listed})" if numbers else "false"
    listed = ", ".join(literal(as_text(one)) for one in values if one is not None)
    return f"{value}::text in ({listed})" if listed else "false"


def as_number(value: object) -> Decimal | None:
    """A value as a finite number; ``None`` where it is none."""
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        return None
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if math.isfinite(number) else None


def as_text(value: object) -> str:
    """A value of a document as Postgres prints it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def type_name(column: Column | None) -> str | None:
    """The name of a column's type, of a domain that of what it is made from."""
    if column is None or column.data_type is None:
        return None
    return resolved(column.data_type).name


def referred(
    table: Table, columns: Sequence[str], references: Mapping[str, Any]
) -> tuple[str, str, tuple[str, ...]]:
    """Schema, table and columns that keys refer to: ``table``, ``schema.table``, ``…/table``.

    Without a schema it is that of the table whose keys they are, without a column its own name.
    """
    named = str(references.get("table") or references.get("dataset") or "")
    *schema, other = [named] if references.get("schema") else re.split(r"[./]", named)
    stated = references.get("columns") or [references.get("column") or columns[0]]
    within = references.get("schema") or (schema[-1] if schema else table.schema)
    return str(within), other, tuple(str(one) for one in stated)


def reference_join(
    table: Table, columns: Sequence[str], references: Mapping[str, Any]
) -> tuple[Join, Sql]:
    """The join that shows where the key of a row occurs, and the condition of a row without."""
    schema, other, keys = referred(table, columns, references)
    where = name(schema, other)
    picked = ", ".join(f"{name(key)} as docent_k{place}" for place, key in enumerate(keys))
    pairs = list(zip(columns, keys, strict=False))
    text = f"(select distinct {picked} from {where})"  # noqa: S608 - every name is quoted
    alias = f"docent_{zlib.crc32(f'{text}{pairs}'.encode()):08x}"
    matched = " and ".join(
        f"{value_of(table, column)} = {alias}.docent_k{place}"
        for place, (column, _) in enumerate(pairs)
    )
    join = Join(f"left join {text} as {alias} on {matched}", f"{alias}.docent_k0")
    there = " and ".join(f"{value_of(table, column)} is not null" for column in columns)
    return join, f"({there}) and {join.column} is null"


def _listed(stated: object) -> Sequence[object]:
    return stated if isinstance(stated, list) else [stated]
