"""The nouns of discovery: what was seen where, and the reader that it comes to."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from detection.reads import ColumnRead

ReaderKind = Literal["role", "view", "function", "file", "slot", "publication"]
Surface = Literal[
    "grant", "view", "function", "pg_stat_statements", "log", "code", "slot", "publication"
]


@dataclass(frozen=True, slots=True)
class Observation:
    """Somebody who reads tables, seen once.

    kind, who:    the reader, by the name that it goes by there.
    place:        where it was seen, for people: ``12 calls``, ``line 7``, ``reports/open.sql:3``.
    application:  what else the reader calls itself, in a log.
    may_only:     whether it was only seen that it may read, not that it does.
    by_contract:  whether a contract itself names the role that it comes by the right by.
    query:        the statement without any value in it; ``fingerprint`` tells it from others.
    """

    kind: ReaderKind
    who: str
    surface: Surface
    place: str
    reads: frozenset[ColumnRead]
    application: str = ""
    may_only: bool = False
    by_contract: bool = False
    query: str | None = None
    fingerprint: str | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """The columns of one table that somebody reads, and the contract that promises them."""

    schema: str
    table: str
    columns: tuple[str, ...]
    contract: str | None = None
    version: str | None = None


@dataclass(frozen=True, slots=True, order=True)
class Sighting:
    """Where a reader was seen, and how often in that way."""

    surface: Surface
    place: str


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who reads what is under contract.

    consumer:      the registered consumer that it is; ``None`` where nobody registered it.
    readings:      all that it reads, or may read where nobody saw it read.
    unregistered:  what of that stands in no registry.
    known:         whether a contract's own roles account for it, so that no entry is owed.
    """

    kind: ReaderKind
    name: str
    readings: tuple[Reading, ...]
    sightings: tuple[Sighting, ...]
    consumer: str | None = None
    unregistered: tuple[Reading, ...] = ()
    known: bool = False
    queries: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Discovery:
    """Everybody who was found, and what could not be looked at.

    registered:  the names of the consumers of the registry that nothing was seen of.
    notes:       what was left out, and why.
    """

    database: str
    readers: tuple[Reader, ...]
    unseen: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    looked_at: tuple[str, ...] = field(default=())

    @property
    def unregistered(self) -> tuple[Reader, ...]:
        """The readers that an entry of the registry is owed to, in whole or in part."""
        return tuple(reader for reader in self.readers if reader.unregistered)

    @property
    def exit(self) -> int:
        """0 where everybody is registered, 1 where somebody is not."""
        return 1 if self.unregistered else 0
