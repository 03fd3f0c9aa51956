"""What leaves a database as a stream of changes: publications, slots, replica identities."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal

import psycopg
from psycopg.rows import tuple_row

from detection.access.model import Place

_STATEMENT: Final = Path(__file__).with_name("streams.sql")
IdentityKind = Literal["default", "index", "full", "nothing"]
_IDENTITIES: Final[Mapping[str, IdentityKind]] = {
    "d": "default", "i": "index", "f": "full", "n": "nothing",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Published:
    """A table in a publication: the columns that are handed on, and which rows."""

    columns: tuple[str, ...]
    row_filter: str | None = None


@dataclass(frozen=True, slots=True)
class Publication:
    """A publication, what kinds of change it hands on (``insert`` …), and its tables."""

    name: str
    publishes: frozenset[str]
    tables: Mapping[Place, Published] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Slot:
    """A replication slot. ``follower`` and ``role`` are who is connected, where somebody is."""

    name: str
    logical: bool
    plugin: str | None
    active: bool
    follower: str = ""
    role: str = ""


@dataclass(frozen=True, slots=True)
class Identity:
    """By what a table's changes tell its rows apart; ``columns`` of the key or the index."""

    kind: IdentityKind
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Streams:
    """All that leaves a database as changes, as its catalogue says."""

    publications: Mapping[str, Publication] = field(default_factory=dict)
    slots: tuple[Slot, ...] = ()
    subscriptions: tuple[str, ...] = ()
    identities: Mapping[Place, Identity] = field(default_factory=dict)
    wal_level: str = "replica"


def read_streams(connection: psycopg.Connection[Any]) -> Streams:
    """The streams of a database, in one statement."""
    rows: defaultdict[str, list[tuple[Any, Any]]] = defaultdict(list)
    with connection.cursor(row_factory=tuple_row) as cursor:
        for kind, fields, names in cursor.execute(_STATEMENT.read_bytes()).fetchall():
            rows[kind].append((fields, names))
    tables: defaultdict[str, dict[Place, Published]] = defaultdict(dict)
    for (name, schema, table, row_filter), columns in sorted(rows["published"]):
        tables[name][schema, table] = Published(tuple(columns or ()), row_filter)
    return Streams(
        publications={
            name: Publication(name, _kinds(flags), tables[name])
            for (name, _, *flags), _ in sorted(rows["publication"])
        },
        slots=tuple(
            Slot(name, kind == "logical", plugin, active == "true", follower, role)
            for (name, kind, plugin, active, follower, role), _ in sorted(
                rows["slot"], key=lambda each: str(each[0][0])
            )
        ),
        subscriptions=tuple(sorted(fields[0] for fields, _ in rows["subscription"])),
        identities={
            (schema, table): Identity(_IDENTITIES[kind], tuple(columns))
            for (schema, table, kind), columns in rows["identity"]
        },
        wal_level=rows["wal_level"][0][0][0],
    )


def _kinds(flags: list[str]) -> frozenset[str]:
    kinds = ("insert", "update", "delete", "truncate")
    return frozenset(kind for kind, flag in zip(kinds, flags, strict=True) if flag == "true")
