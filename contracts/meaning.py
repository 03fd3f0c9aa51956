"""What a contract says of its rows besides their shape, in parts: deletes, backfills, and so on.

Each of these sections may be said in free words or part by part. In words it is a text in the
model, part by part one of the nouns here; either is read, kept and written as it was said.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Final

Pairs = tuple[tuple[str, str], ...]
"""Names, each with what is said of it, in the order of the document."""

UNSAID: Final = (None, ())


@dataclass(frozen=True, slots=True)
class Deletion:
    """What becomes of a row that is deleted, wherever it can be met.

    table, view, stream, projections, warehouse:  in the operational table, in the views that are
                published, in the stream of changes, in what others make of it, in the warehouse.
    delay:      how long a row that is marked stays before it goes for good.
    retention:  how long a row is kept at least.
    legal_hold: whether, and how, a legal hold stops a deletion.
    restore:    whether a backup that is restored brings deleted rows back.
    purge:      how readers who keep copies get rid of the row.
    custom:     what else is said, each name with its value as JSON text.
    """

    table: str | None = None
    view: str | None = None
    stream: str | None = None
    projections: str | None = None
    warehouse: str | None = None
    delay: str | None = None
    retention: str | None = None
    legal_hold: str | None = None
    restore: str | None = None
    purge: str | None = None
    custom: Pairs = ()


@dataclass(frozen=True, slots=True)
class RowLifecycle:
    """When a row appears, by what it changes, and how it is put right; deletes are apart."""

    creation: str | None = None
    update: str | None = None
    correction: str | None = None
    custom: Pairs = ()


@dataclass(frozen=True, slots=True)
class Backfill:
    """One filling of rows of the past.

    what:          the rows or columns that were filled.
    reason:        why it was needed.
    origin:        where the values come from.
    backfilled_at: when it was done: an instant, or the column that says so.
    effective_at:  for when the values hold: an instant, or the column that says so.
    confidence:    how sure the values are.
    treat_as:      whether readers may take them for what was so, or for a reconstruction.
    recalculate:   whether readers should calculate figures of the past anew.
    events:        whether events are sent for the rows that were filled.
    """

    what: str | None = None
    reason: str | None = None
    origin: str | None = None
    backfilled_at: str | None = None
    effective_at: str | None = None
    confidence: str | None = None
    treat_as: str | None = None
    recalculate: str | None = None
    events: str | None = None
    custom: Pairs = ()


@dataclass(frozen=True, slots=True)
class Consistency:
    """What a reader can rely on while a writer is at work.

    read_from:        where it is read: the primary, a replica, a projection.
    row_level:        within one row.
    cross_row:        across rows and tables.
    reproducibility:  whether what was read once can be read again.
    max_staleness:    how far behind the source the data may be.
    """

    read_from: str | None = None
    row_level: str | None = None
    cross_row: str | None = None
    reproducibility: str | None = None
    max_staleness: str | None = None
    custom: Pairs = ()


@dataclass(frozen=True, slots=True)
class Invariant:
    """What is true of the rows at every moment: the rule, what it means, how a breach is mended."""

    rule: str
    meaning: str | None = None
    correction: str | None = None
    custom: Pairs = ()

    def __str__(self) -> str:
        return self.rule


@dataclass(frozen=True, slots=True)
class ChangeStream:
    """What whoever follows the changes of a table is promised (CDC).

    source_table:         the table whose changes are sent, as the contract puts it.
    publication:          the publication of Postgres that hands them on.
    key:                  the columns that tell rows apart in the stream.
    ordering:             in which order changes arrive.
    delete_mode:          how a deleted row is told: ``tombstone``, ``before image`` …
    snapshot_mode:        how what was there before arrives.
    schema_change_policy: which changes of the table come without notice.
    idempotency_required: whether readers must bear the same change twice.
    """

    source_table: str | None = None
    publication: str | None = None
    key: tuple[str, ...] = ()
    ordering: str | None = None
    delete_mode: str | None = None
    snapshot_mode: str | None = None
    schema_change_policy: str | None = None
    idempotency_required: bool | None = None
    custom: Pairs = ()


Section = Deletion | RowLifecycle | Backfill | Consistency | Invariant | ChangeStream
"""A section that is said part by part."""

Said = Section | tuple[Section, ...] | Pairs | str | None
"""A section as a contract holds it: in words, part by part, or not at all."""


def parts_of(section: Section) -> Iterator[tuple[str, str]]:
    """Each part that is said, by its name in words, and what is said of it."""
    for field in fields(section):
        said = getattr(section, field.name)
        if said in UNSAID:
            continue
        if field.name == "custom":
            yield from ((name, text) for name, text in said)
        else:
            yield field.name.replace("_", " "), _word(said)


def in_lines(said: Said | tuple[Invariant | str, ...]) -> tuple[str, ...]:
    """A section as people read it, line by line: a text by its own lines, parts by their names."""
    if said is None:
        return ()
    if isinstance(said, str):
        return tuple(line for line in said.splitlines() if line.strip())
    if isinstance(said, tuple):
        return tuple(line for one in said for line in _lines_of_one(one))
    return tuple(f"{name}: {text}" for name, text in parts_of(said))


def in_one_line(said: Said) -> str:
    """A section on one line, for a report on what changed."""
    return "; ".join(in_lines(said))


def _lines_of_one(one: object) -> tuple[str, ...]:
    if isinstance(one, tuple):  # a name and what is said of it
        name, said = one
        return (f"{name}: {said}",)
    if isinstance(one, Invariant):
        rest = [f"{name}: {text}" for name, text in parts_of(one) if name != "rule"]
        return ("; ".join([one.rule, *rest]),)
    if isinstance(one, Backfill):
        return ("; ".join(f"{name}: {text}" for name, text in parts_of(one)),)
    return in_lines(one)  # type: ignore[arg-type]


def _word(said: object) -> str:
    if isinstance(said, bool):
        return "yes" if said else "no"
    return ", ".join(said) if isinstance(said, tuple) else str(said)
