"""A catalogue for people, and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from contracts.model import Column, Table
from contracts.types import type_name
from detection.model import Catalog
from prevention.render.plain import count, one_line

Row = tuple[str, ...]


def as_text(catalog: Catalog, tables: Sequence[Table], *, in_full: bool = False) -> str:
    """A line a table; ``in_full``, a line a column, with keys and comments."""
    if in_full:
        return "\n".join(_in_full(table) for table in tables)
    rows = [
        (table.qualified_name, _kind(table), count(len(table.columns), "column"))
        for table in tables
    ]
    version = f"PostgreSQL {catalog.server_version // 10_000}"
    total = f"{count(len(tables), 'table')} in {one_line(catalog.database)} ({version})."
    return "\n".join([*_aligned(rows), total]) + "\n"


def as_json(catalog: Catalog, tables: Sequence[Table]) -> str:
    """The tables with their columns, types in Postgres's own spelling."""
    document = {
        "database": catalog.database,
        "server_version": catalog.server_version,
        "tables": [_table(table) for table in tables],
    }
    return json.dumps(document, indent=2) + "\n"


def _in_full(table: Table) -> str:
    head = one_line(f"{table.qualified_name}, {_kind(table)}")
    description = [one_line(table.description)] if table.description else []
    rows = [
        (column.name, _type(column), ", ".join(_marks(column)), column.description or "")
        for column in table.columns
    ]
    return "\n".join([head, *description, "", *_aligned(rows)]) + "\n"


def _kind(table: Table) -> str:
    """What a table is: one that an extension brought along is that extension's affair."""
    kind = table.kind or ""
    return f"{kind} of the extension {table.extension}" if table.extension else kind


def _marks(column: Column) -> Iterator[str]:
    if column.primary_key:
        yield "primary key"
    if column.nullable is False:
        yield "not null"
    if column.unique:
        yield "unique"
    if column.identity:
        yield f"generated {column.identity} as identity"
    if column.generated:
        yield f"generated as {column.generated}"
    if column.default:
        yield f"default {column.default}"


def _aligned(rows: Sequence[Row]) -> Iterator[str]:
    """The rows with their cells one below the other."""
    cells = [[one_line(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    for row in cells:
        padded = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        yield "  ".join(padded).rstrip()


def _type(column: Column) -> str:
    return type_name(column.data_type) if column.data_type else "unknown"


def _table(table: Table) -> dict[str, object]:
    return {
        "schema": table.schema,
        "name": table.name,
        "kind": table.kind,
        "extension": table.extension,
        "description": table.description,
        "primary_key": list(table.primary_key or ()),
        "columns": [_column(column) for column in table.columns],
    }


def _column(column: Column) -> dict[str, object]:
    return {
        "name": column.name,
        "type": _type(column),
        "nullable": column.nullable,
        "primary_key": column.primary_key,
        "unique": column.unique,
        "updatable": column.updatable,
        "default": column.default or None,
        "identity": column.identity or None,
        "generated": column.generated or None,
        "description": column.description,
    }
