"""What a parent says of one child: its promises, as far as they are about the child's tables."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Final, cast, get_args

from contracts.model import Classification, Column, Contract, Location, Source, Table
from detection.family.levels import checks_for, levels_for, loose_tables

MINIMUM_CLASSIFICATION: Final = ("minimum_classification", "minimumClassification")
"""Keys of its own by which a contract says how every column of its children is classified at
least."""


def projected(parent: Contract, child: Contract) -> Contract:
    """The parent with the child's tables alone: those of the same name, and what is about all.

    A parent's table that names no place (``contracts.binding``) is about each table of a child.
    A table that only the parent promises is the parent's own affair.
    """
    tables = (_about_table(parent, table) for table in child.tables)
    levels = levels_for(parent, child)
    places = {f"slaProperties.{n}": at for n, (_, at) in enumerate(levels) if at is not None}
    source = parent.source
    return replace(
        parent,
        tables=tuple(table for table in tables if table is not None),
        service_levels=tuple(level for level, _ in levels),
        checks=checks_for(parent, child),
        source=source and Source(source.location, {**source.keys, **places}),
    )


def minimum_classification(contract: Contract) -> Classification | None:
    """How every column of a contract's children is classified at least; ``None`` for unsaid."""
    custom = dict(contract.custom)
    stated = next(
        (json.loads(custom[key]) for key in MINIMUM_CLASSIFICATION if key in custom), None
    )
    return cast("Classification", stated) if stated in get_args(Classification) else None


def _about_table(parent: Contract, table: Table) -> Table | None:
    """What a parent says of one of a child's tables, under its name; ``None`` for nothing."""
    named = [one for one in parent.tables if _is_same(one, table)]
    for one in loose_tables(parent):
        if one not in named:
            general = replace(one, kind=None, definition=None, partition_of=None)
            named = [*named, general]
    classified = tuple(_classified(parent, table, named))
    if not named and not classified:
        return None
    first = named[0] if named else Table(table.name, source=_source(parent))
    columns = {column.name: column for one in reversed(named) for column in one.columns}
    columns |= {column.name: column for column in classified}
    return replace(first, schema=table.schema, name=table.name, columns=tuple(columns.values()))


def _is_same(parents: Table, table: Table) -> bool:
    return parents.qualified_name == table.qualified_name and parents.schema != ""


def _classified(parent: Contract, table: Table, named: list[Table]) -> Iterator[Column]:
    """The columns on which the parent's minimum has a say, with it."""
    minimum = minimum_classification(parent)
    if minimum is None:
        return
    place = _place(parent)
    for column in table.columns:
        stated = next((c for one in named if (c := one.column(column.name))), Column(column.name))
        if stated.classification is None:
            keys = {"classification": place} if place else {}
            source = stated.source or _source(parent)
            if source:
                source = Source(source.location, {**source.keys, **keys})
            yield replace(stated, classification=minimum, source=source)


def _source(parent: Contract) -> Source | None:
    return Source(parent.source.location) if parent.source else None


def _place(parent: Contract) -> Location | None:
    if parent.source is None:
        return None
    return parent.source.at(*MINIMUM_CLASSIFICATION, "customProperties")
