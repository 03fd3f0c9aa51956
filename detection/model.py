"""What detection finds: the catalogue of a database, and the promises that it breaks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Self

from contracts.model import Function, Level, Location, Owner, Status, Table

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class Catalog:
    """The structure of a database as it was at one moment; no row of it was read.

    ``server_version`` is Postgres's number (180001 for 18.1). ``schemas`` are the schemas that
    were looked at, so that an empty one can be told from one that was left out.
    """

    database: str
    server_version: int
    schemas: tuple[str, ...]
    tables: tuple[Table, ...]
    functions: tuple[Function, ...] = ()
    _by_name: Mapping[tuple[str, str], Table] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        by_name = {(table.schema, table.name): table for table in self.tables}
        object.__setattr__(self, "_by_name", by_name)

    def table(self, schema: str, name: str) -> Table | None:
        """The table or view of exactly this schema and name, or ``None``."""
        return self._by_name.get((schema, name))

    def to_frame(self) -> pd.DataFrame:
        """One row a column, for notebooks. Needs pandas."""
        from detection.frame import catalog_frame

        return catalog_frame(self)


@dataclass(frozen=True, slots=True)
class CheckLabel:
    """What an author says of a check besides what it demands: for people, and to sort by.

    dimension:  of quality, such as ``completeness``; in ODCS one of seven words.
    severity:   in the author's own word (``high``); the violation's level is what follows from it.
    """

    name: str | None = None
    description: str | None = None
    dimension: str | None = None
    severity: str | None = None


@dataclass(frozen=True, slots=True)
class Kin:
    """The two contracts of a child that promises less than its parent: whose, and which versions.

    parent:  the identity of the one that promises more.
    """

    parent: str
    parent_version: str | None = None
    child_version: str | None = None


@dataclass(frozen=True, slots=True)
class Lifetime:
    """Where in its life a contract is on a day, and what comes next. Days are ISO 8601.

    sunset:     the day from which nobody new may rely on it; ``None`` where it names no day.
    removal:    the first day on which it may go.
    days_left:  to its sunset where it is deprecated, to its removal where it is in its sunset;
                below 0 once that is past, ``None`` where nobody can say.
    readers:    the names of the consumers whom it concerns.
    """

    state: Status
    announced: str | None = None
    sunset: str | None = None
    removal: str | None = None
    replacement: str | None = None
    migration_guide: str | None = None
    reason: str | None = None
    days_left: int | None = None
    readers: tuple[str, ...] = ()

    def read_by(self, *readers: str) -> Lifetime:
        """The same, for these consumers."""
        return replace(self, readers=readers)


@dataclass(frozen=True, slots=True)
class Violation:
    """One way in which what is differs from what was promised, or nobody promised it.

    rule:      the rule's id, such as ``column-missing``.
    contract:  the identity of the contract; ``None`` where there is none (an uncovered table).
    schema, table, column:  the element, by its exact names.
    promised, found:  both in the words of Postgres (``text``, ``NOT NULL``); ``None`` for nothing.
    location:  the place of the broken promise in its document.
    parts:     the violations that have this one as their cause, folded under it: a missing
               table holds one part for each promised column. A part has no parts.
    rows:      some of the rows that break a promise about rows, by their keys, where somebody
               asked for them.
    label:     what the author of a check called it, where it is one.
    aspect:    what of the element it is about, such as its unit, where the rule does not say.
    kin:       for a child that promises less than its parent: the parent, and both versions.
    life:      how long the contract still lives, where the violation is about its end.
    """

    rule: str
    level: Level
    contract: str | None
    schema: str
    table: str
    column: str | None = None
    promised: str | None = None
    found: str | None = None
    owner: Owner | None = None
    location: Location | None = None
    parts: tuple[Self, ...] = ()
    rows: tuple[str, ...] = ()
    label: CheckLabel | None = None
    aspect: str | None = None
    kin: Kin | None = None
    life: Lifetime | None = None

    @property
    def element(self) -> str:
        """``schema.table`` or ``schema.table.column``."""
        return ".".join(filter(None, (self.schema, self.table, self.column)))

    def unfolded(self) -> tuple[Self, ...]:
        """The parts where there are any, else the violation itself."""
        return self.parts or (self,)
