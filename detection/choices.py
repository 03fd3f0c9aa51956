"""Which changes there are to try: on a database, a table, a column."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Final

from contracts.model import UNLIMITED, Column, DataType, Table
from contracts.types import type_name
from detection.changing import Change
from detection.model import Catalog

Retype = tuple[str, bool]
"""A type, and whether to cast every value to it."""

LONGEST_NAME: Final = 63

_RETYPES: Final[dict[str, tuple[Retype, ...]]] = {
    "smallint": (("integer", False), ("text", False)),
    "integer": (("bigint", False), ("smallint", False), ("numeric", False), ("text", False)),
    "bigint": (("integer", False), ("numeric", False), ("double precision", False)),
    "real": (("double precision", False), ("numeric", False)),
    "double precision": (("real", False), ("numeric", False), ("integer", False)),
    "text": (
        ("character varying(20)", False), ("character varying(20)", True), ("integer", True),
    ),
    "boolean": (("text", False), ("integer", True)),
    "date": (("timestamp without time zone", False), ("timestamp with time zone", False)),
    "timestamp without time zone": (("timestamp with time zone", False), ("date", False)),
    "timestamp with time zone": (("timestamp without time zone", False), ("date", False)),
    "time without time zone": (("time with time zone", False),),
    "time with time zone": (("time without time zone", False),),
    "json": (("jsonb", False), ("text", False)),
    "jsonb": (("json", False), ("text", False)),
    "money": (("numeric", False),),
}  # fmt: skip
_ANY: Final[tuple[Retype, ...]] = (("text", False),)


_MOMENTS: Final = ("date", "timestamp without time zone", "timestamp with time zone")
"""The types of a column by which one can see when rows arrived."""


def possible_changes(
    catalog: Catalog, table: str | None = None, column: str | None = None, *, schema: str = "public"
) -> tuple[Change, ...]:
    """Every change to try on a database; on one table, or on one column of it, where named.

    Changes that Postgres may refuse are among them: its refusal is worth seeing.
    """
    tables = catalog.tables if table is None else _only(catalog.table(schema, table))
    return tuple(
        change
        for each in tables
        for change in _of_table(each)
        if column is None or change.column == column
    )


def _only(table: Table | None) -> tuple[Table, ...]:
    return () if table is None else (table,)


def _of_table(table: Table) -> Iterator[Change]:
    place = (table.schema, table.name)
    for column in table.columns:
        yield Change("rename column", *place, column.name, _new(column.name, _names(table)))
        if _holds_rows(table):
            yield from _of_column(table, column)
    if _holds_rows(table):
        yield Change("add column", *place, _free("note", _names(table)), "text")
    yield Change("rename table", *place, to=_new(table.name, ()))
    yield Change("drop table", *place)


def _of_column(table: Table, column: Column) -> Iterator[Change]:
    place = (table.schema, table.name, column.name)
    yield Change("drop column", *place)
    for name, cast in _retypes(column.data_type):
        yield Change("retype column", *place, to=name, cast=cast)
    yield Change("forbid null" if column.nullable else "allow null", *place)
    yield Change("blank values", *place)
    yield Change("repeat a value", *place)
    if column.data_type and column.data_type.name in _MOMENTS:
        yield Change("stop the clock", *place)


def _holds_rows(table: Table) -> bool:
    """Whether more can be changed than names."""
    return table.kind not in ("view", "materialized view", "foreign table")


def _retypes(data_type: DataType | None) -> tuple[Retype, ...]:
    """The types that people retype a column to, such as POLICY's table of types has them."""
    if data_type is None:
        return ()
    if data_type.kind == "array" and data_type.element:
        elements = _retypes(data_type.element)
        return (*((f"{name}[]", cast) for name, cast in elements), ("text", False))
    if data_type.kind == "domain" and data_type.base:
        return ((type_name(data_type.base), False),)
    if data_type.name in ("character varying", "character"):
        return _lengths(data_type)
    if data_type.name == "numeric":
        return _digits(data_type)
    return _RETYPES.get(data_type.name, _ANY) if data_type.kind == "base" else _ANY


def _lengths(data_type: DataType) -> tuple[Retype, ...]:
    if data_type.length is None or data_type.length == UNLIMITED:
        return _RETYPES["text"]
    longer = f"{data_type.name}({data_type.length * 2})"
    shorter = f"{data_type.name}({max(1, data_type.length // 2)})"
    return (("text", False), (longer, False), (shorter, False), (shorter, True))


def _digits(data_type: DataType) -> tuple[Retype, ...]:
    others: tuple[Retype, ...] = (("integer", False), ("double precision", False))
    if data_type.precision is None or data_type.precision == UNLIMITED or data_type.scale is None:
        return others
    more = f"numeric({data_type.precision + 2},{data_type.scale})"
    return ((more, False), *others)


def _names(table: Table) -> Collection[str]:
    return {column.name for column in table.columns}


def _new(name: str, taken: Collection[str]) -> str:
    return _free(f"new_{name}", taken)


def _free(name: str, taken: Collection[str]) -> str:
    """The name, made shorter and longer until Postgres takes it and nobody else has it."""
    short = name
    while len(short.encode()) > LONGEST_NAME:
        short = short[:-1]
    return short if short not in taken else _free(f"{short[:50]}_2", taken)
