"""The nouns of the history: one run of the monitor, and what it found."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Outcome = Literal["held", "broken", "not-judged"]


@dataclass(frozen=True, slots=True)
class BrokenPromise:
    """A promise that a run found broken and that nobody has accepted.

    fingerprint:  what tells it from every other broken promise (see ``Finding.fingerprint``).
    element:      ``schema.table.column`` as far as it goes.
    """

    contract: str
    fingerprint: str
    rule: str
    element: str
    promised: str | None = None
    found: str | None = None


@dataclass(frozen=True, slots=True)
class Freshness:
    """How old the newest row of a table was, beside what a contract promises of it.

    element:  ``schema.table.column`` by which it was told.
    age:      seconds; ``None`` where there was no row.
    limit:    seconds; how old it may be.
    kept:     whether the promise was kept; one that was not may be only a warning.
    """

    contract: str
    element: str
    age: float | None
    limit: float
    kept: bool


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many tables and views there are, and how many of them are under a contract."""

    tables: int
    covered: int

    @property
    def share(self) -> float | None:
        """Per cent of the tables; ``None`` where there is none."""
        return 100 * self.covered / self.tables if self.tables else None


@dataclass(frozen=True, slots=True)
class Observation:
    """How one contract stood in a run, and what it said of itself then.

    status:        where it was in its life, such as ``active``.
    availability:  the per cent of the time that it promises to hold, if it promises that.
    """

    contract: str
    outcome: Outcome
    version: str | None = None
    status: str | None = None
    owner: str | None = None
    availability: float | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """One run of the monitor.

    at:        the time of the check, in UTC.
    database:  which one, by its address without user and password.
    obstacle:  why nobody could judge, where that is the outcome.
    coverage:  ``None`` where only some of the contracts were looked at, or no database was.
    number:    1, 2, 3 … in the order in which runs were appended; 0 before.
    accepted:  what is broken and known, since somebody accepted it by a baseline. It says how a
               breach ended, and is not kept.
    """

    at: datetime
    database: str
    outcome: Outcome
    observations: tuple[Observation, ...] = ()
    broken: tuple[BrokenPromise, ...] = ()
    freshness: tuple[Freshness, ...] = ()
    coverage: Coverage | None = None
    obstacle: str | None = None
    number: int = 0
    accepted: tuple[BrokenPromise, ...] = ()
