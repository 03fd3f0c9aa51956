"""Service levels and checks between parent and child: which of the child's answers the parent's.

A parent's level or check that names no table is about every table of the child. A child's answers
it where it is about the same; else the parent's holds beside it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from contracts.binding import is_bound
from contracts.model import Check, Contract, Location, ServiceLevel, Source, Table
from detection.diffing.places import place_of_level

BY_TIME: Final = frozenset(
    """
    freshness staleness maximumlag frequency latency arrivaldelay delay retention
    """.split()  # noqa: SIM905
)
"""Levels that a table has by one of its times, small letters and nothing but letters."""

BY_ROWS: Final = BY_TIME | frozenset(
    """
    completeness filled fillrate nonempty uniqueness distinctvalues distinct rowcount rows volume
    """.split()  # noqa: SIM905
)
"""Levels that rows can tell, as ``detection.quality`` measures them; that takes time to import."""

Place = tuple[str | None, str | None]
"""A table by its qualified name, and a column; ``None`` for all of them."""


def levels_for(
    parent: Contract, child: Contract
) -> tuple[tuple[ServiceLevel, Location | None], ...]:
    """A parent's levels as they are about the child's tables, and where each is written.

    One by time that names no table is one for each table.
    """
    return tuple(
        (each, place_of_level(parent, level, number))
        for number, level in enumerate(parent.service_levels)
        if _concerns(level, child)
        for each in _for_each_table(level, child)
    )


def answers(own: ServiceLevel, theirs: ServiceLevel, child: Contract) -> bool:
    """Whether a child's level is about what its parent's is about."""
    name = plain(own.property)
    if name != plain(theirs.property):
        return False
    ours, parents = _places(own, child), _places(theirs, child)
    if ours == parents:
        return True
    if name not in BY_ROWS:  # availability, support: of the whole, whatever it is said of
        return theirs.element is None
    if name not in BY_TIME:
        return False
    if theirs.element is None:
        return len(child.tables) < 2
    if any(column for _, column in parents):
        return False
    return own.element is None or {table for table, _ in parents} <= {table for table, _ in ours}


def checks_for(parent: Contract, child: Contract) -> tuple[Check, ...]:
    """A parent's checks as they are about the child's tables, each with its table and its place."""
    return tuple(
        replace(check, table=table.qualified_name, source=check.source or _whole(parent))
        for check in parent.checks
        for table in _tables_of(check, parent, child)
    )


def own_checks(contract: Contract) -> tuple[Check, ...]:
    """A contract's checks, each with the whole name of its table where that is clear."""
    return tuple(_named(check, contract) for check in contract.checks)


def is_about_the_same(own: Check, theirs: Check) -> bool:
    """Whether two checks measure the same, however they are bounded and called."""
    return _about(own) == _about(theirs)


def plain(name: str) -> str:
    """The name of a service level in small letters, and nothing but letters."""
    return re.sub(r"[^a-z]", "", name.lower())


def loose_tables(contract: Contract) -> tuple[Table, ...]:
    """The tables that name no place: those of a parent are about each table of a child."""
    return tuple(table for table in contract.tables if not is_bound(table))


def _whole(contract: Contract) -> Source | None:
    return Source(contract.source.location) if contract.source else None


def _about(check: Check) -> tuple[object, ...]:
    return check.measure, check.columns, check.table, check.unit, check.query, check.filter


def _named(check: Check, contract: Contract) -> Check:
    tables = contract.tables
    if check.table is None:
        return replace(check, table=tables[0].qualified_name) if len(tables) == 1 else check
    named = [one for one in tables if check.table in (one.qualified_name, one.name)]
    return replace(check, table=named[0].qualified_name) if named else check


def _tables_of(check: Check, parent: Contract, child: Contract) -> Iterator[Table]:
    """The child's tables that a parent's check is about, as far as they have its columns."""
    named = _named(check, parent).table
    loose = {table.qualified_name for table in loose_tables(parent)}
    for table in child.tables:
        everywhere = named in loose or (named is None and not parent.tables)
        if (everywhere or table.qualified_name == named) and _has(table, check.columns):
            yield table


def _has(table: Table, columns: Sequence[str]) -> bool:
    return all(table.column(name) for name in columns)


def _concerns(level: ServiceLevel, child: Contract) -> bool:
    """Whether the child has what a level names; what it does not say may still come."""
    if level.element is None or not child.tables:
        return True
    return any(table for table, _ in _places(level, child))


def _for_each_table(level: ServiceLevel, child: Contract) -> Iterator[ServiceLevel]:
    if level.element is not None or plain(level.property) not in BY_TIME or len(child.tables) < 2:
        yield level
        return
    for table in child.tables:
        yield replace(level, element=table.name)


def _places(level: ServiceLevel, contract: Contract) -> frozenset[Place]:
    """The tables and columns that a level names, of those that the contract has."""
    if level.element is None:
        return frozenset({(None, None)})
    parts = filter(None, (part.strip() for part in level.element.split(",")))
    return frozenset(place for part in parts for place in _places_called(part, contract))


def _places_called(part: str, contract: Contract) -> Iterator[Place]:
    *names, last = (name.strip('"') for name in part.split("."))
    found = False
    for table in contract.tables:
        called = not names or names[-1] == table.name
        if not names and last == table.name:
            found = True
            yield table.qualified_name, None
        elif called and table.column(last):
            found = True
            yield table.qualified_name, last
    if not found:
        yield None, part
