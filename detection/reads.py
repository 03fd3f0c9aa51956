"""Which columns a query reads: its text and the catalogue, without a database.

Known limits: what a function or a view reads behind its name is not followed, and the columns
that a NATURAL JOIN compares are not told.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from contracts.model import Table
from contracts.queries import parse
from detection.model import Catalog

if TYPE_CHECKING:
    from sqlglot import exp
    from sqlglot.optimizer.scope import Scope

USUAL_SCHEMA = "public"
"""Where a table without a schema is looked for."""


@dataclass(frozen=True, slots=True, order=True)
class ColumnRead:
    """One column that a query reads, by its exact names; ``*`` for a whole row."""

    schema: str
    table: str
    column: str


def find_reads(sql: str, catalog: Catalog) -> frozenset[ColumnRead]:
    """The columns of tables that a query reads anywhere in it; NoQueryError if it is none.

    A column that the catalogue does not have is told where the query says whose it is.
    """
    from sqlglot.optimizer.scope import traverse_scope

    return frozenset(
        read for scope in traverse_scope(parse(sql)) for read in _reads_in(scope, catalog)
    )


def find_tables(sql: str) -> frozenset[tuple[str, str]]:
    """The tables that a query reads from, by schema and name; NoQueryError if it is none."""
    from sqlglot.optimizer.scope import traverse_scope

    return frozenset(
        (table.schema, table.name)
        for scope in traverse_scope(parse(sql))
        for _, table in _tables_in(scope, Catalog("", 0, (), ()))
        if table is not None
    )


def _reads_in(scope: Scope, catalog: Catalog) -> Iterator[ColumnRead]:
    from sqlglot import exp

    around = _tables_around(scope, catalog)
    for column in scope.find_all(exp.Column):
        if column.table:
            name = "*" if isinstance(column.this, exp.Star) else _folded(column.this)
            alias = _folded(column.args["table"])
            yield from _of(next((near[alias] for near in around if alias in near), None), name)
        else:
            yield from _unqualified(_folded(column.this), around)
    for join in scope.expression.args.get("joins") or ():
        for name in join.args.get("using") or ():
            yield from _unqualified(_folded(name), around)
    if _hands_on_all(scope):
        for table in around[0].values():
            yield from _of(table, "*")


def _tables_around(scope: Scope, catalog: Catalog) -> list[dict[str, Table | None]]:
    """The tables of a part of a query, then those of the part around it, and so on."""
    around = [dict(_tables_in(scope, catalog))]
    while scope.parent is not None:
        scope = scope.parent
        around.append(dict(_tables_in(scope, catalog)))
    return around


def _tables_in(scope: Scope, catalog: Catalog) -> Iterator[tuple[str, Table | None]]:
    """What a part of a query reads from, by what it calls it; ``None`` for what is no table."""
    from sqlglot import exp

    for name, source in scope.sources.items():
        if not isinstance(source, exp.Table) or not isinstance(source.this, exp.Identifier):
            yield name, None
            continue
        schema = _folded(source.args["db"]) if source.args.get("db") else USUAL_SCHEMA
        alias = source.args.get("alias")
        table = _folded(source.this)
        yield (
            _folded(alias.this) if alias and alias.this else table,
            catalog.table(schema, table) or Table(table, schema),
        )


def _unqualified(name: str, around: list[dict[str, Table | None]]) -> Iterator[ColumnRead]:
    """A bare name: a column of whichever tables have it, the nearest first, else a whole row."""
    for near in around:
        holders = [table for table in near.values() if table and table.column(name)]
        for table in holders:
            yield from _of(table, name)
        if holders:
            return
        if name in near:
            yield from _of(near[name], "*")
            return


def _of(table: Table | None, column: str) -> Iterator[ColumnRead]:
    if table is not None:
        yield ColumnRead(table.schema, table.name, column)


def _hands_on_all(scope: Scope) -> bool:
    """Whether a part of a query has a bare star in its list, and somebody takes its rows."""
    from sqlglot import exp

    listed = scope.expression.args.get("expressions") or ()
    return not isinstance(scope.expression.parent, exp.Exists) and any(
        isinstance(each, exp.Star) for each in listed
    )


def _folded(name: exp.Expr) -> str:
    """A name as Postgres stores it: in small letters, unless it was quoted."""
    text = str(name.this)
    return text if name.args.get("quoted") else text.lower()
