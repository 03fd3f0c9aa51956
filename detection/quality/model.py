"""The nouns of promises about rows: what is demanded, how it is read, what was measured."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal, NamedTuple

from contracts.model import Check, Location, Table
from detection.model import Catalog

Number = int | float | Decimal
Place = tuple[str, str, str]
"""A column by schema, table and name."""
Sql = str
"""SQL in which every identifier and every value was put by ``psycopg.sql``, or that was let pass
by :mod:`detection.quality.guarding`."""

Reason = Literal["refused", "failed", "unanswered", "unread", "unsampled"]
"""Why something was not measured.

refused:     SQL of the contract's author that does more than read what the contract is about.
failed:      Postgres said why not.
unanswered:  it took longer than it may.
unread:      nobody can read it off rows: a sentence, another tool's check, a level without a unit.
unsampled:   a part of the rows cannot tell.
"""


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why a demand was not measured, and what to do about it."""

    reason: Reason
    what: str
    next_step: str = ""


@dataclass(frozen=True, slots=True)
class Reach:
    """What the SQL that stands in a contract may read: the tables and columns of the contract.

    columns:     the names that the contract promises, by schema and table.
    classified:  the columns whose values may be read and not told, whichever contract says so.
    """

    columns: Mapping[tuple[str, str], frozenset[str]]
    catalog: Catalog = field(repr=False)
    classified: frozenset[Place] = frozenset()

    @property
    def schemas(self) -> tuple[str, ...]:
        """The schemas in which a name without one is looked for, in their order."""
        return tuple(dict.fromkeys(schema for schema, _ in self.columns))


@dataclass(frozen=True, slots=True)
class Demand:
    """One thing that a contract demands of rows.

    contract:  its identity.
    table:     the table that it is about, as it is promised.
    found:     the table whose rows tell, as it is in the catalogue: another one for a watermark.
    rule:      the rule that it is broken by.
    check:     what is measured and how it is bound. What a contract implies without a check
               of its own (its grain, its states, a service level) is put as a check here.
    reach:     what the contract's own SQL may read.
    says:      the promise in words, where the check alone would not say it well.
    trouble:   why it cannot be measured at all.
    """

    contract: str
    table: Table
    found: Table
    rule: str
    check: Check
    reach: Reach = field(compare=False, repr=False)
    location: Location | None = field(default=None, compare=False)
    says: str | None = None
    trouble: Trouble | None = None


class Call(NamedTuple):
    """Something of an author's SQL by which Postgres may call a function.

    name:  a function's, a run of signs that holds operators, or a word that may be a type.
    """

    kind: Literal["function", "operator", "type"]
    name: str


@dataclass(frozen=True, slots=True)
class Reading:
    """How a demand is read off the rows of its table.

    how:      ``rows`` stands in the statement that all share, ``groups`` in that of the
              groupings, ``query`` is a statement of its own; ``none`` is not read at all.
    figures:  the aggregates that it takes, in the order that its measure knows (see
              ``measuring``).
    failing:  the condition of a row that breaks it, where single rows do.
    within:   the condition of the rows that count; ``""`` for all.
    columns:  what is grouped by.
    with_nulls:  whether nulls are values of a group.
    joins:    what has to be joined to the table for ``figures`` and ``failing``.
    calls:    all by which the author's own SQL may have functions called.
    withheld: the classified columns of whose values the figure is made: it is judged, not told.
    """

    demand: Demand
    how: Literal["rows", "groups", "query", "none"]
    figures: tuple[Sql, ...] = ()
    failing: Sql = ""
    within: Sql = ""
    columns: tuple[str, ...] = ()
    with_nulls: bool = False
    joins: tuple[Sql, ...] = ()
    calls: frozenset[Call] = frozenset()
    withheld: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Scan:
    """All that is read off one table: one statement, and one more where groups are counted.

    where:   the condition of the rows that are looked at at all; ``""`` for all of them.
    sample:  the per cent of the rows that are looked at; ``None`` for all of them.
    """

    table: Table
    readings: tuple[Reading, ...]
    where: Sql = ""
    sample: float | None = None
    calls: frozenset[Call] = frozenset()


@dataclass(frozen=True, slots=True)
class Measurement:
    """What was measured for a demand. A fact only: whether it is good enough is judged later.

    value:    rows, per cent, seconds, or whatever number a query returned; ``None`` where there
              was nothing to measure, such as the age of the newest of no rows.
    rows:     how many rows were looked at.
    failing:  how many of them break the promise by themselves.
    sample:   the per cent of the rows that this was read off; ``None`` for all of them.
    examples: some of the rows that break the promise, by their keys, where somebody asked.
    """

    demand: Demand
    value: Number | None = None
    rows: int | None = None
    failing: int | None = None
    sample: float | None = None
    trouble: Trouble | None = None
    examples: tuple[str, ...] = ()
    reading: Reading | None = field(default=None, compare=False, repr=False)

    @property
    def withheld(self) -> tuple[str, ...]:
        """The classified columns because of which ``value`` must not be told."""
        return self.reading.withheld if self.reading else ()
