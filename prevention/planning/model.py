"""The nouns of a plan: its steps, what each runs, what it asks, and what it promises meanwhile."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import IntEnum
from typing import Final, Literal

from contracts.meaning import Backfill
from contracts.model import Column, Contract, Table

Phase = Literal["expand", "migrate", "contract"]
TableName = tuple[str, str]
"""A table by its schema and its name."""


class Place(IntEnum):
    """Where a piece of work stands in the order of a plan."""

    ADD = 10
    SYNC = 20
    BACKFILL = 30
    VERSION = 40
    PARITY = 50
    DEPRECATE = 60
    SUNSET = 70
    ENFORCE = 80
    LATE_ADD = 81
    LATE_SYNC = 82
    LATE_BACKFILL = 83
    SETTLE = 84
    REFER = 86
    REMOVE = 90
    LOOSEN = 95
    RELEASE = 97
    FORGET = 99


PHASES: Final[Mapping[Place, Phase]] = {
    **dict.fromkeys((Place.ADD, Place.SYNC, Place.VERSION), "expand"),
    **dict.fromkeys((Place.BACKFILL, Place.PARITY, Place.DEPRECATE, Place.SUNSET), "migrate"),
    **dict.fromkeys((place for place in Place if place >= Place.ENFORCE), "contract"),
}
"""Expand, migrate, contract: which of them a piece of work belongs to."""


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement of SQL; ``alone`` is one that runs outside of a transaction."""

    sql: str
    alone: bool = False


@dataclass(frozen=True, slots=True)
class Validation:
    """A question to the database that returns one number, and the number that is expected."""

    asks: str
    sql: str
    expected: str = "0"


@dataclass(frozen=True, slots=True)
class Work:
    """One piece of work, before it has its number, its date and its documents.

    up, down:    the way there and back; both empty where only documents change.
    to_fill_in:  what a person has to write before it can run.
    cannot_undo: what the way back cannot bring back, in words.
    adds:        the columns that are in a table from now on, beside those of OLD.
    backfills:   what is rewritten, and where it comes from, for the contract.
    opens:       what NEW's people can do from here on only: write as NEW lets them, or all.
    """

    place: Place
    slug: str
    title: str
    why: str
    up: tuple[Statement, ...] = ()
    down: tuple[Statement, ...] = ()
    queries: tuple[Validation, ...] = ()
    signals: tuple[str, ...] = ()
    to_fill_in: tuple[str, ...] = ()
    cannot_undo: str | None = None
    adds: tuple[tuple[TableName, Column], ...] = ()
    backfills: Backfill | None = None
    opens: Literal["", "writes", "all"] = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a plan, which can be released and undone by itself.

    id:        its number and its name, such as ``02-add-phone-country``, fit to name a file.
    starts:    the first day on which it may run.
    versions:  the contracts that hold from here on: identity -> version; ``None`` for none.
    documents: these contracts.
    """

    id: str
    phase: Phase
    starts: date
    work: Work
    versions: tuple[tuple[str, str | None], ...] = ()
    documents: tuple[Contract, ...] = field(default=(), compare=False, repr=False)

    @property
    def title(self) -> str:
        """What it does."""
        return self.work.title

    @property
    def runs(self) -> bool:
        """Whether it changes the database."""
        return bool(self.work.up)


@dataclass(frozen=True, slots=True)
class NoPath:
    """A breaking change for which there is no safe path: which one it is, and why."""

    rule: str
    element: str
    why: str


@dataclass(frozen=True, slots=True)
class Version:
    """A table of which a second version is published beside the first, under a name of its own.

    plain:      the bare name that the second version has in NEW, and takes in the end.
    table:      what it shows; ``meanwhile`` is what it shows until the end.
    """

    old: TableName
    new: TableName
    plain: str
    table: Table = field(compare=False, repr=False)
    meanwhile: Table = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Plan:
    """The way from OLD to NEW on which nobody is hurt before the announced day.

    old, new:       as the user named them.
    sunset:         the day from which no new consumer may come; ``removal`` the first day on
                    which the old version may go.
    breaking:       how many breaking changes there are.
    versions:       the tables that are there twice meanwhile.
    before, after:  the contracts on either side.
    """

    old: str
    new: str
    today: date
    notice_days: int
    sunset: date
    removal: date
    breaking: int
    steps: tuple[Step, ...] = ()
    without_path: tuple[NoPath, ...] = ()
    versions: tuple[Version, ...] = ()
    before: tuple[Contract, ...] = field(default=(), compare=False, repr=False)
    after: tuple[Contract, ...] = field(default=(), compare=False, repr=False)

    @property
    def to_fill_in(self) -> tuple[tuple[str, str], ...]:
        """What a person has to write before the plan can run: the step, and what it lacks."""
        return tuple((step.id, each) for step in self.steps for each in step.work.to_fill_in)

    @property
    def announces(self) -> bool:
        """Whether notice is given; where it was given before and is over, there is none to give."""
        return any(step.work.place is Place.DEPRECATE for step in self.steps)

    @property
    def old_until(self) -> int:
        """How many steps OLD's readers and writers go through unhurt: all before it ends."""
        return next(
            (
                number
                for number, step in enumerate(self.steps)
                if step.work.place > Place.ENFORCE
                or (step.work.place == Place.ENFORCE and not step.work.opens)
            ),
            len(self.steps),
        )

    @property
    def new_reads_from(self) -> int:
        """The number of the first step after which NEW's readers find what they need."""
        return self._from(("all",))

    @property
    def new_writes_from(self) -> int:
        """The number of the first step after which NEW's writers can do all that NEW lets them."""
        return self._from(("all", "writes"))

    def _from(self, opened: tuple[str, ...]) -> int:
        ready = [n for n, step in enumerate(self.steps) if step.work.place == Place.DEPRECATE]
        ready += [n for n, step in enumerate(self.steps) if step.work.opens in opened]
        return max(ready, default=0)

    @property
    def complete(self) -> bool:
        """Whether every breaking change has its steps, and every step all that it needs."""
        return not self.without_path and not self.to_fill_in


@dataclass(frozen=True, slots=True)
class Wishes:
    """What nobody can see in two contracts, and a person says.

    splits:   a column -> the columns that take its place; merges the other way round.
    renames:  a column -> its new name. Columns are named as ``column`` or ``table.column``.
    using:    a column of NEW -> its value, in terms of OLD's columns; a table -> its query.
    back:     a column of OLD -> its value, in terms of NEW's columns.
    """

    splits: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    merges: Mapping[tuple[str, ...], str] = field(default_factory=dict)
    renames: Mapping[str, str] = field(default_factory=dict)
    using: Mapping[str, str] = field(default_factory=dict)
    back: Mapping[str, str] = field(default_factory=dict)
