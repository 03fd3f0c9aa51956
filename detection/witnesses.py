"""How far a change can be felt, and which of the consumers' queries are asked about it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import psycopg

from contracts.consumers import Consumer, Query
from contracts.model import Table
from detection.answers import Failure, Sight
from detection.changing import TOUCHES_ROWS, Change
from detection.dependents import find_dependents, has_views
from detection.model import Catalog

_PLAIN: Final = re.compile(r"[a-z_][a-z0-9_]*")
_QUIET: Final = ("NO ACTION", "RESTRICT")


@dataclass(frozen=True, slots=True)
class Witness:
    """A consumer and one of the queries that it runs."""

    consumer: Consumer
    query: Query


@dataclass(frozen=True, slots=True)
class Reach:
    """How far a change can be felt.

    names:    the names by which a query can come to what is changed; ``None`` for any query.
    columns:  the columns whose values may read otherwise; ``None`` for any column.
    """

    names: frozenset[str] | None
    columns: frozenset[str] | None


def reach_of(
    connection: psycopg.Connection[Any], changes: Sequence[Change], catalog: Catalog
) -> Reach:
    """How far changes can be felt: through views, partitions, functions, triggers and keys.

    What a function reads, nobody can see from outside; so where there is one, any query may be
    a way to anything.
    """
    if catalog.functions or any(_spreads(connection, change, catalog) for change in changes):
        return Reach(None, None)
    names: set[str] = set()
    for change in changes:
        names |= {change.table, *_family(change, catalog)}
        if change.kind == "rename table" and change.to:
            names.add(change.to)
        if has_views(catalog):
            views = find_dependents(connection, change.schema, change.table)
            names.update(view.name for view in views)
    touched = {change.column or "" for change in changes if change.kind in TOUCHES_ROWS}
    plain = all(_PLAIN.fullmatch(name) for name in names)
    return Reach(frozenset(names) if plain else None, frozenset(touched))


def find_witnesses(consumers: Sequence[Consumer], reach: Reach) -> tuple[Witness, ...]:
    """The queries that may read what is changed: too many rather than too few."""
    pattern = None if reach.names is None else _any_of(reach.names)
    return tuple(
        Witness(consumer, query)
        for consumer in consumers
        for query in consumer.queries
        if pattern is None or pattern.search(query.sql)
    )


def is_settled(reach: Reach, before: Sight | Failure, after: Sight | Failure) -> bool:
    """Whether it is clear without fetching rows what became of a query.

    It is when it fails; and when Postgres plans it as before and nothing that the plan uses was
    touched, since one plan over the same values gives one answer. A plan that uses a whole row
    (``o.*``) does not say which columns are in it.
    """
    if isinstance(before, Failure) or isinstance(after, Failure):
        return True
    if before != after or reach.columns is None or ".*" in before.plan:
        return False
    return not any(column.replace('"', '""') in before.plan for column in reach.columns)


def _any_of(names: frozenset[str]) -> re.Pattern[str]:
    words = "|".join(re.escape(name) for name in sorted(names))
    return re.compile(rf"(?<!\w)(?:{words})(?!\w)|U&\"", re.IGNORECASE)


def _family(change: Change, catalog: Catalog) -> Iterator[str]:
    """The names of the table that a partition belongs to, and of all partitions of that."""
    for table in catalog.tables:
        related = table.partition_of and {table.partition_of, table.qualified_name}
        if related and f"{change.schema}.{change.table}" in related:
            yield table.name
            yield table.partition_of.rpartition(".")[2]  # type: ignore[union-attr]


def _spreads(connection: psycopg.Connection[Any], change: Change, catalog: Catalog) -> bool:
    """Whether new values in a column may bring about new values elsewhere."""
    table = catalog.table(change.schema, change.table)
    if change.kind != "blank values" or table is None:
        return False
    return (
        any(column.generated for column in table.columns)
        or any(_follows(other, table) for other in catalog.tables)
        or _has_triggers(connection, change)
    )


def _follows(other: Table, table: Table) -> bool:
    """Whether a table's foreign key passes on what happens to the values that it refers to."""
    return any(
        (key.references_schema, key.references_table) == (table.schema, table.name)
        and not (key.on_update in _QUIET and key.on_delete in _QUIET)
        for key in other.foreign_keys
    )


def _has_triggers(connection: psycopg.Connection[Any], change: Change) -> bool:
    found = connection.execute(
        "select 1 from pg_catalog.pg_trigger t"
        " join pg_catalog.pg_class c on c.oid = t.tgrelid"
        " join pg_catalog.pg_namespace n on n.oid = c.relnamespace"
        " where n.nspname = %s and c.relname = %s and not t.tgisinternal",
        (change.schema, change.table),
    )
    return found.fetchone() is not None
