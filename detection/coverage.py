"""Coverage, both ways: contracts without a table, and tables without a contract."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from contracts.model import Contract, Table
from detection.matching import places_by_column, renamed_table
from detection.model import Catalog, Violation
from detection.promises import broken, missing_column
from detection.rules import rule

_MISSING: Final = rule("table-missing")
_UNCOVERED: Final = rule("table-uncovered")

OURS: Final = "docent"
"""What the names of schemas in which Docent keeps its own tables begin with."""
MIGRATIONS: Final = "alembic_version"
"""The table in which Alembic keeps how far a database is migrated."""


def find_uncovered(contracts: Sequence[Contract], catalog: Catalog) -> tuple[Violation, ...]:
    """Promised tables that are missing, then tables and views under no contract.

    A missing table is one violation for each contract that promises it, with each promised
    column as a part. Where an uncovered table looks like the missing one under another name,
    that violation names it, and it is not told a second time as uncovered.
    """
    uncovered = _uncovered(contracts, catalog)
    looks_like = _renamed(contracts, catalog, uncovered)
    missing = tuple(_missing(contracts, catalog, looks_like))
    named = set(looks_like.values())
    told = (table for table in uncovered if table.qualified_name not in named)
    return (*missing, *map(_without_contract, told))


def _without_contract(table: Table) -> Violation:
    """The violation that a table or view is under no contract."""
    difference = _UNCOVERED.states(table)
    found = difference.found if difference else None
    return Violation(_UNCOVERED.id, _UNCOVERED.level, None, table.schema, table.name, found=found)


def _missing(
    contracts: Sequence[Contract], catalog: Catalog, looks_like: dict[str, str]
) -> Iterator[Violation]:
    """A violation for each promised table that is not there, with its columns under it."""
    by_name = {table.qualified_name: table for table in catalog.tables}
    for contract in contracts:
        for table in contract.tables:
            if catalog.table(table.schema, table.name) is None:
                new = by_name.get(looks_like.get(table.qualified_name, ""))
                difference = _MISSING.states(table, new)
                parts = tuple(missing_column(contract, table, one) for one in table.columns)
                violation = broken(_MISSING, contract, table, None, difference)
                yield replace(violation, parts=parts)


def _uncovered(contracts: Sequence[Contract], catalog: Catalog) -> list[Table]:
    """The tables and views that no contract is about, and that somebody here should promise.

    What an extension brought along is that extension's affair, unless a contract says otherwise.
    """
    covered = {(table.schema, table.name) for one in contracts for table in one.tables}
    known = {table.qualified_name for table in catalog.tables}
    return [
        table
        for table in catalog.tables
        if (table.schema, table.name) not in covered
        and table.name != MIGRATIONS
        and table.extension is None
        and not is_ours(table.schema)
        and table.partition_of not in known
    ]


def is_ours(schema: str) -> bool:
    """Whether a schema is one of those in which Docent keeps its own tables."""
    return schema == OURS or schema.startswith(f"{OURS}_")


def _renamed(
    contracts: Sequence[Contract], catalog: Catalog, uncovered: Sequence[Table]
) -> dict[str, str]:
    """By the name of a missing table, the name of the uncovered one that it seems to be now.

    A table that looks like several missing ones is none of them for certain, and is not named.
    """
    by_column = places_by_column(uncovered)
    pairs = {
        table.qualified_name: new.qualified_name
        for contract in contracts
        for table in contract.tables
        if catalog.table(table.schema, table.name) is None
        and (new := renamed_table(table, uncovered, by_column))
    }
    taken = list(pairs.values())
    return {old: new for old, new in pairs.items() if taken.count(new) == 1}
