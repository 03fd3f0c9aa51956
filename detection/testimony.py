"""Consumers' queries as witnesses: what each returns from a database before, and from one after.

A verdict says what a change may do to a reader. Where the reader's own query is registered, it is
put to both databases, and what it returns decides what the rules leave open. Facts only; which
query has something to say about which change is told by ``detection.witnessing``.
"""

from __future__ import annotations

import re
import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import psycopg
from psycopg import sql

from contracts.consumers import Consumer, Query
from detection.answers import (
    NOT_ASKED,
    Answer,
    AnswerDifference,
    Failure,
    Pace,
    Sight,
    compare,
)
from detection.plans import columns_used
from detection.reads import ColumnRead
from detection.replay import ask, look, run

SLOWDOWN: Final = 2.0
"""How many times as slow a query may become where its consumer says nothing of it."""
NOTICED_SECONDS: Final = 0.05
"""A query must be this much slower, in seconds, before anybody could notice."""
NOTICED_COST: Final = 1_000.0
"""The same for the planner's cost, in its own units."""
PATIENCE: Final = 10.0
"""The seconds that one query may take."""
WHOLE: Final = 60.0
"""The seconds that all queries together may take of one database."""

_ORDERED: Final = re.compile(r"\border\s+by\b", re.IGNORECASE)

Connection = psycopg.Connection[Any]
Relation = tuple[str, str]
"""A table by its schema and its name."""


@dataclass(frozen=True, slots=True)
class Statement:
    """What one database has to say to some queries, in their order.

    sights:   how it would answer each of them.
    answers:  what it returns.
    paces:    how much work that is; ``None`` where it was not measured.
    filled:   the tables that these queries read, as far as there are rows in them.
    """

    sights: tuple[Sight | Failure, ...]
    answers: tuple[Answer | Failure, ...]
    paces: tuple[Pace | None, ...]
    filled: frozenset[Relation] = frozenset()


@dataclass(frozen=True, slots=True)
class Testimony:
    """One consumer's query, put to two databases, and what became of it.

    before, after:  how much work it is on each side; ``None`` where it was not measured.
    reads_before, reads_after:  the columns of tables that its plan uses on each side.
    words:          the words of the query and of the columns that it returns, in lower case.
    filled:         the tables that it reads before, as far as there are rows in them.
    empty:          whether it returned no row on either side, and so shows little.
    """

    consumer: Consumer
    query: Query
    difference: AnswerDifference
    before: Pace | None = None
    after: Pace | None = None
    reads_before: frozenset[ColumnRead] = frozenset()
    reads_after: frozenset[ColumnRead] = frozenset()
    words: frozenset[str] = frozenset()
    filled: frozenset[Relation] = frozenset()
    empty: bool = False

    @property
    def slower(self) -> bool:
        """Whether it became slower, or costlier, than its consumer can bear."""
        if self.before is None or self.after is None:
            return False
        factor = self.consumer.tolerances.slowdown or SLOWDOWN
        seconds = (self.before.seconds, self.after.seconds, NOTICED_SECONDS)
        cost = (self.before.cost, self.after.cost, NOTICED_COST)
        return any(new > old * factor and new - old > least for old, new, least in (seconds, cost))

    @property
    def overdue(self) -> bool:
        """Whether it was answered before, and takes longer now than anybody waited."""
        failure = self.difference.failure
        was_answered = bool(self.difference.columns_before)
        return (
            self.difference.outcome == "unanswered"
            and was_answered
            and failure is not None
            and failure.is_slowness
            and failure != NOT_ASKED
        )

    @property
    def hurt(self) -> bool:
        """Whether the consumer gets something else than it can bear."""
        if self.difference.outcome == "unanswered":
            return self.overdue
        fine = self.difference.outcome in ("same", "failed before", "mended", "not asked")
        return self.slower or not (fine or _is_borne(self))

    @property
    def clears(self) -> bool:
        """Whether it was seen to do no harm: it worked, and works, and returned rows."""
        silent = ("failed before", "mended", "unanswered", "not asked")
        answered = self.difference.outcome not in silent
        return answered and not self.hurt and not self.empty


def replay(
    before: Connection,
    after: Connection,
    consumers: Sequence[Consumer],
    *,
    seconds: float = 2 * WHOLE,
) -> tuple[Testimony, ...]:
    """Put every registered query to both databases; nothing is changed in either.

    seconds:  how long all of it may take; queries that are not reached are ``unanswered``.
    """
    first, second = (hear(side, consumers, seconds=seconds / 2) for side in (before, after))
    return contrast(consumers, first, second)


def hear(
    connection: Connection,
    consumers: Sequence[Consumer],
    *,
    seconds: float = WHOLE,
    patience: float = PATIENCE,
    paced: bool = True,
) -> Statement:
    """Put every registered query to a database; nothing is changed in it.

    seconds:   how long all of it may take.
    patience:  how long one query may take.
    paced:     whether to measure how much work each query is, which takes a few rounds.
    """
    queries = [query.sql for consumer in consumers for query in consumer.queries]
    until = time.perf_counter() + seconds
    sights = look(connection, queries, until=until, patience=patience)
    answers = ask(connection, queries, until=until, patience=patience)
    works = [number for number, answer in enumerate(answers) if isinstance(answer, Answer)]
    asked = [queries[number] for number in works] if paced else []
    measured = run(connection, asked, until=until, patience=patience)
    paces = dict(zip(works, measured, strict=False))
    return Statement(
        sights,
        answers,
        tuple(_pace(paces.get(number)) for number in range(len(queries))),
        _filled(connection, sights, until, patience),
    )


def contrast(
    consumers: Sequence[Consumer], before: Statement, after: Statement
) -> tuple[Testimony, ...]:
    """What became of every query of these consumers, by what two databases say to them."""
    witnesses = [(consumer, query) for consumer in consumers for query in consumer.queries]
    return tuple(
        Testimony(
            consumer,
            query,
            compare(before.answers[number], after.answers[number]),
            before=before.paces[number],
            after=after.paces[number],
            reads_before=_reads(before.sights[number]),
            reads_after=_reads(after.sights[number]),
            words=words_of(query.sql)
            | _returned(before.sights[number])
            | _returned(after.sights[number]),
            filled=_relations(before.sights[number]) & before.filled,
            empty=_is_empty(before.answers[number]) and _is_empty(after.answers[number]),
        )
        for number, (consumer, query) in enumerate(witnesses)
    )


def withhold(
    testimonies: Sequence[Testimony], classified: Collection[tuple[str, str, str]]
) -> tuple[Testimony, ...]:
    """The testimonies without a value of a query that reads a classified column.

    classified:  columns by schema, table and name. That a query reads one is told by its plan, or
                 by its words: the column of a view is not in the plan.
    """
    return tuple(_withheld(each, classified) for each in testimonies)


def _withheld(testimony: Testimony, classified: Collection[tuple[str, str, str]]) -> Testimony:
    reads = testimony.reads_before | testimony.reads_after
    read = {
        column
        for schema, table, column in classified
        if {ColumnRead(schema, table, name) for name in (column, "*")} & reads
        or words_of(f"{table} {column}") <= testimony.words
    }
    if not read:
        return testimony
    difference = testimony.difference
    rows, failure = difference.rows, difference.failure
    if rows is not None:
        rows = replace(rows, lost=None, gained=None, withheld=tuple(sorted(read)))
    if failure is not None:
        from detection.quality.discretion import without_values

        said = without_values(failure.message, testimony.query.sql)
        failure = replace(failure, message=said, detail=None)
    return replace(testimony, difference=replace(difference, rows=rows, failure=failure))


def words_of(text: str) -> frozenset[str]:
    """The words of a name or a query, in lower case."""
    return frozenset(re.findall(r"\w+", text.lower()))


def _pace(found: Pace | Failure | None) -> Pace | None:
    return found if isinstance(found, Pace) else None


def _reads(sight: Sight | Failure) -> frozenset[ColumnRead]:
    return columns_used(sight.plan) if isinstance(sight, Sight) else frozenset()


def _returned(sight: Sight | Failure) -> frozenset[str]:
    columns = sight.columns if isinstance(sight, Sight) else ()
    return words_of(" ".join(column.name for column in columns))


def _relations(sight: Sight | Failure) -> frozenset[Relation]:
    return frozenset((read.schema, read.table) for read in _reads(sight))


def _filled(
    connection: Connection, sights: Sequence[Sight | Failure], until: float, patience: float
) -> frozenset[Relation]:
    """Those of the tables that some queries read in which there is a row at all."""
    relations = sorted({relation for sight in sights for relation in _relations(sight)})
    queries = [
        sql.SQL("select 1 as one from {} limit 1").format(sql.Identifier(*each)).as_string(None)
        for each in relations
    ]
    found = ask(connection, queries, until=until, patience=patience)
    return frozenset(
        relation
        for relation, answer in zip(relations, found, strict=True)
        if isinstance(answer, Answer) and answer.rows
    )


def _is_empty(answer: Answer | Failure) -> bool:
    return isinstance(answer, Answer) and not answer.rows


def _is_borne(testimony: Testimony) -> bool:
    """Whether a consumer can bear it: an order that it did not ask for, or what it says it can.

    That is more columns, and a few rows more or less.
    """
    tolerances, difference = testimony.consumer.tolerances, testimony.difference
    rows = difference.rows
    if difference.outcome == "other order":
        return not _ORDERED.search(testimony.query.sql)
    if difference.outcome == "other columns":
        shared = difference.columns_after[: len(difference.columns_before)]
        return (
            tolerances.new_columns
            and shared == difference.columns_before
            and (rows is None or not rows.differing)
        )
    if difference.outcome != "other rows" or rows is None or tolerances.row_count_drift is None:
        return False
    only_more_or_less = rows.differing == abs(rows.after - rows.before)
    allowed = rows.before * tolerances.row_count_drift / 100
    return only_more_or_less and rows.differing <= allowed
