"""What a parent says of one child: its promises, as far as they are about the child's tables."""

from __future__ import annotations

from dataclasses import replace

from contracts.classifications import MINIMUM, minimum_classification
from contracts.model import Column, Contract, Location, Source, Table
from detection.family.levels import checks_for, levels_for, loose_tables


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


def place_of_minimum(contract: Contract) -> Location | None:
    """Where a contract says how every column of its children is classified at least."""
    if contract.source is None:
        return None
    return contract.source.at(*MINIMUM, "customProperties")


def classified(child: Contract, parent: Contract) -> Contract | None:
    """The parent with the child's columns that only its minimum classifies; ``None`` for none."""
    minimum, place = minimum_classification(parent), place_of_minimum(parent)
    if minimum is None:
        return None
    source = Source(place, {"classification": place}) if place else None
    tables = [
        replace(
            Table(table.name, table.schema),
            source=source,
            columns=tuple(
                replace(column, classification=minimum, source=source) for column in _names(table)
            ),
        )
        for table in child.tables
    ]
    found = tuple(table for table in tables if table.columns)
    nothing = Contract(parent.name, parent.namespace, version=parent.version, source=source)
    return replace(nothing, tables=found) if found else None


def _names(table: Table) -> tuple[Column, ...]:
    """The columns that nobody has classified, by their names alone."""
    return tuple(Column(one.name) for one in table.columns if one.classification is None)


def _about_table(parent: Contract, table: Table) -> Table | None:
    """What a parent says of one of a child's tables, under its name; ``None`` for nothing."""
    named = [one for one in parent.tables if _is_same(one, table)]
    general = [
        replace(one, kind=None, definition=None, partition_of=None) for one in loose_tables(parent)
    ]
    said = [*named, *general]
    if not said:
        return None
    columns = {column.name: column for one in reversed(said) for column in one.columns}
    return replace(said[0], schema=table.schema, name=table.name, columns=tuple(columns.values()))


def _is_same(parents: Table, table: Table) -> bool:
    return parents.qualified_name == table.qualified_name and parents.schema != ""
