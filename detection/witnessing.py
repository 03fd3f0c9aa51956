"""Which of the consumers' queries has something to say about a change, and what it comes to.

A query that merely names what was changed may be hurt by it; that no harm is done is believed
only of queries that are sure to read it, by the plan that Postgres has for them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from contracts.consumers import Consumer
from contracts.model import Table
from detection.change import Change, Side, Witness
from detection.hearing import readers_of
from detection.testimony import Testimony, words_of

_VIRTUAL: Final = ("view", "partitioned table")
"""Kinds of tables in whose place a plan has others."""

_WHOLE: Final = ("contract-removed", "contract-retired")
"""The kinds of change to a contract that concern all of its tables."""


@dataclass(frozen=True, slots=True)
class _Place:
    """A table, or a column of it, on one side of a change."""

    table: Table
    column: str | None
    is_before: bool


def may_read(testimony: Testimony, change: Change) -> bool:
    """Whether a query may read what was changed: too many rather than too few."""
    if change.function is not None:
        return words_of(change.function.partition("(")[0]) <= testimony.words
    return any(
        _is_sure(testimony, place) or _names(testimony, place.table.name, place.column)
        for place in _places(change)
    )


def surely_reads(testimony: Testimony, change: Change) -> bool:
    """Whether a query is sure to read what was changed: too few rather than too many."""
    return any(_is_sure(testimony, place) for place in _places(change))


def is_cleared(testimony: Testimony, change: Change) -> bool:
    """Whether a query shows that a change does its consumer no harm, on rows that are there."""
    if not testimony.clears or not surely_reads(testimony, change):
        return False
    read = {(each.schema, each.table) for each in testimony.reads_before}
    changed = {(each.table.schema, each.table.name) for each in _places(change) if each.is_before}
    return bool(read) and (changed & read or read) <= testimony.filled


def unspoken_for(
    change: Change, testimonies: Sequence[Testimony], consumers: Sequence[Consumer]
) -> frozenset[str]:
    """The consumers registered for what was changed of whom no query shows that it is harmless."""
    cleared = {each.consumer.name for each in testimonies if is_cleared(each, change)}
    return frozenset(each.name for each in readers_of(change, consumers)) - cleared


def witness_of(
    change: Change, testimonies: Sequence[Testimony], consumers: Sequence[Consumer]
) -> Witness | None:
    """What the queries have to say about a change; ``None`` for what no query can be about."""
    if change.function is None and not any(_places(change)):
        return None
    heard = [each for each in testimonies if may_read(each, change)]
    if any(each.hurt for each in heard):
        return "shown"
    if not heard:
        return "unread"
    if not any(each.clears or each.empty for each in heard):
        return "unanswered"
    if not any(is_cleared(each, change) for each in heard):
        return "no rows" if any(surely_reads(each, change) for each in heard) else "unread"
    return "partly" if unspoken_for(change, testimonies, consumers) else "same"


def _places(change: Change) -> Iterator[_Place]:
    """Where queries can meet a change: in its table or column, by the old name and by the new."""
    sides = [(change.before, True), (change.after, False)]
    if isinstance(change.before.part, Consumer) or isinstance(change.after.part, Consumer):
        return
    telling = [pair for pair in sides if pair[0].column] or sides
    if change.kind == "column-added":  # nobody can have named it; whoever takes a star meets it
        telling = sides
    for side, is_before in telling:
        column = side.column.name if side.column and change.kind != "column-added" else None
        for table in _tables(side, change):
            yield _Place(table, column, is_before)


def _tables(side: Side, change: Change) -> tuple[Table, ...]:
    if side.table is not None:
        return (side.table,)
    if side.contract is not None and change.kind in _WHOLE:
        return side.contract.tables
    return ()


def _is_sure(testimony: Testimony, place: _Place) -> bool:
    used = testimony.reads_before if place.is_before else testimony.reads_after
    table = place.table
    columns = {
        read.column for read in used if (read.schema, read.table) == (table.schema, table.name)
    }
    if columns:
        return place.column is None or not columns.isdisjoint((place.column, "*"))
    if not used or not (table.kind in _VIRTUAL or table.kind is None):
        return False
    others = {read.column for read in used if words_of(read.table) <= testimony.words}
    return place.column not in others and _names(testimony, table.name, place.column)


def _names(testimony: Testimony, table: str, column: str | None) -> bool:
    """Whether the words of a query are those of a table, and of a column."""
    return words_of(table) <= testimony.words and (
        column is None or words_of(column) <= testimony.words
    )
