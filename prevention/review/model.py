"""The nouns of a review: what is known, what is asked, and what it comes to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final, Literal, Protocol

from contracts.consumers import Consumer
from contracts.model import Contract, Location, Source, Table
from detection.access.model import Access
from detection.discovery.streams import Streams
from detection.model import Catalog
from prevention.decision import Decision

Answer = Literal["yes", "no", "open"]
Area = Literal[
    "Contract surface", "Consumers", "Meaning", "Compatibility", "Versioning", "Enforcement",
    "Operations",
]  # fmt: skip
AREAS: Final[tuple[Area, ...]] = (
    "Contract surface", "Consumers", "Meaning", "Compatibility", "Versioning", "Enforcement",
    "Operations",
)  # fmt: skip
"""What is asked about, in the order in which it is."""


class Written(Protocol):
    """What was written somewhere: a contract, a table, a column, a consumer."""

    @property
    def source(self) -> Source | None:
        """Where."""


def place_of(noun: Written, *keys: str) -> Location | None:
    """Where a noun says one of these, or where it begins."""
    return noun.source.at(*keys) if noun.source else None


@dataclass(frozen=True, slots=True)
class Evidence:
    """One fact that an answer rests on: where it is written, or what the database says."""

    says: str
    location: Location | None = None

    def __str__(self) -> str:
        return f"{self.location}: {self.says}" if self.location else self.says


@dataclass(frozen=True, slots=True)
class Question:
    """A question with its answer.

    answer:    ``open`` where nothing that was looked at can tell.
    evidence:  what the answer rests on; for an open one, what is known so far.
    worry:     whether the answer speaks against letting the change in as it is.
    next_step: what to do, where it is open or a worry.
    """

    area: Area
    asks: str
    answer: Answer
    evidence: tuple[Evidence, ...] = ()
    worry: bool = False
    next_step: str | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """How the last run of the monitor found the contract, and how many breaches are open."""

    at: datetime
    outcome: str
    open_breaches: int = 0


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a contract; ``None`` is what could not be asked.

    others:      all contracts of the project.
    consumers:   all consumers that are registered.
    today:       the day as of which it is judged.
    catalog:     the database's structure, with grants, publications and constraints.
    access:      who may do what there.
    streams:     what of its changes is sent on there, where the contract says how they are.
    dependents:  the views that hang on each of its tables, by the table's qualified name.
    automation:  the lines of workflows and other builds that check or gate the contract;
                 ``elsewhere`` those that do so for other contracts alone.
    base:        what it is compared with; ``changes`` what changed since, judged. ``is_new``
                 says that there was no such contract at the base.
    seen:        what the monitor knows of it.
    troubles:    why something could not be asked, by what that was: ``database``, ``git`` …
    """

    contract: Contract
    today: date
    others: tuple[Contract, ...] = ()
    consumers: tuple[Consumer, ...] = ()
    catalog: Catalog | None = None
    access: Access | None = None
    streams: Streams | None = None
    dependents: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    automation: tuple[Evidence, ...] | None = None
    elsewhere: tuple[Evidence, ...] = ()
    base: str | None = None
    changes: Decision | None = None
    is_new: bool = False
    seen: Seen | None = None
    troubles: Mapping[str, str] = field(default_factory=dict)

    @property
    def readers(self) -> tuple[Consumer, ...]:
        """The registered consumers of the contract: by its name, or by one of its tables."""
        tables = {(table.schema, table.name) for table in self.contract.tables}
        return tuple(
            each
            for each in self.consumers
            if any(
                one.contract == self.contract.identity
                or (one.contract is None and (one.schema, one.table) in tables)
                for one in each.subscriptions
            )
        )

    @property
    def found(self) -> tuple[Table, ...]:
        """The contract's tables as they are in the database, those that are there."""
        tables = (self.catalog.table(one.schema, one.name) for one in self.contract.tables
                  if self.catalog)  # fmt: skip
        return tuple(table for table in tables if table is not None)

    def at(self, *keys: str) -> Location | None:
        """Where the contract says one of these, or where its custom properties begin."""
        return place_of(self.contract, *keys, *(("customProperties",) if keys else ()))

    def trouble(self, what: str) -> tuple[Evidence, ...]:
        """Why it could not be asked, as evidence."""
        said = self.troubles.get(what)
        return (Evidence(said),) if said else ()


@dataclass(frozen=True, slots=True)
class Review:
    """A contract's review. Questions stand in the order in which they are asked."""

    contract: Contract
    today: date
    questions: tuple[Question, ...]
    base: str | None = None
    database: str | None = None

    @property
    def open(self) -> tuple[Question, ...]:
        """What nobody has answered yet."""
        return tuple(one for one in self.questions if one.answer == "open")

    @property
    def worries(self) -> tuple[Question, ...]:
        """What speaks against letting the change in as it is."""
        return tuple(one for one in self.questions if one.worry and one.answer != "open")

    def of(self, area: Area) -> tuple[Question, ...]:
        """The answered questions of an area."""
        return tuple(one for one in self.questions if one.area == area and one.answer != "open")

    def __iter__(self) -> Iterator[Question]:
        return iter(self.questions)

    def __str__(self) -> str:
        from prevention.render.review import as_text

        return as_text(self)

    def _repr_markdown_(self) -> str:
        """The review in a notebook."""
        from prevention.render.review import as_markdown

        return as_markdown(self)
