"""Consumers' queries as witnesses: what each returns from a database before, and from one after.

A verdict says what a change may do to a reader. Where the reader's own query is registered, it is
put to both databases, and what it returns decides what the rules leave open. Facts only.
"""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import psycopg

from contracts.consumers import Consumer, Query
from detection.answers import Answer, AnswerDifference, Failure, Pace, Sight, compare
from detection.change import Change
from detection.replay import ask, look, run

SLOWDOWN: Final = 2.0
"""How many times as slow a query may become where its consumer says nothing of it."""
NOTICED_SECONDS: Final = 0.05
"""A query must be this much slower, in seconds, before anybody could notice."""
NOTICED_COST: Final = 1_000.0
"""The same for the planner's cost, in its own units."""

Connection = psycopg.Connection[Any]


@dataclass(frozen=True, slots=True)
class Testimony:
    """One consumer's query, put to two databases, and what became of it.

    before, after:  how much work it is on each side; ``None`` where it could not be run.
    used:           the words of the query and of the plan it had before, by which to tell what
                    it reads.
    empty:          whether it returned no row on either side, and so shows little.
    """

    consumer: Consumer
    query: Query
    difference: AnswerDifference
    before: Pace | None = None
    after: Pace | None = None
    used: frozenset[str] = frozenset()
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
    def hurt(self) -> bool:
        """Whether the consumer gets something else than it can bear."""
        fine = self.difference.outcome in ("same", "failed before", "mended")
        return self.slower or not (fine or _is_borne(self.consumer, self.difference))

    @property
    def clears(self) -> bool:
        """Whether it shows that no harm is done: it worked, and works, on rows that are there."""
        answered = self.difference.outcome not in ("failed before", "mended", "unanswered")
        return answered and not self.hurt and not self.empty

    def reads(self, change: Change) -> bool:
        """Whether the query uses what was changed, as far as its text and its plan tell."""
        names = (change.table, change.column)
        return all(name is None or _words(name) <= self.used for name in names)


def replay(
    before: Connection,
    after: Connection,
    consumers: Sequence[Consumer],
    *,
    seconds: float = 60.0,
) -> tuple[Testimony, ...]:
    """Put every registered query to both databases; nothing is changed in either.

    seconds:  how long all of it may take; queries that are not reached are ``unanswered``.
    """
    witnesses = [(consumer, query) for consumer in consumers for query in consumer.queries]
    queries = [query.sql for _, query in witnesses]
    until = time.perf_counter() + seconds
    sights = look(before, queries, until=until)
    first, second = (ask(side, queries, until=until) for side in (before, after))
    works = [
        number
        for number, answers in enumerate(zip(first, second, strict=True))
        if all(isinstance(answer, Answer) for answer in answers)
    ]
    before_it, after_it = (
        dict(zip(works, run(side, [queries[each] for each in works], until=until), strict=True))
        for side in (before, after)
    )
    return tuple(
        Testimony(
            consumer,
            query,
            compare(first[number], second[number]),
            before=_pace(before_it.get(number)),
            after=_pace(after_it.get(number)),
            used=_words(query.sql) | _planned(sights[number]),
            empty=_is_empty(first[number]) and _is_empty(second[number]),
        )
        for number, (consumer, query) in enumerate(witnesses)
    )


def _pace(found: Pace | Failure | None) -> Pace | None:
    return found if isinstance(found, Pace) else None


def _planned(sight: Sight | Failure) -> frozenset[str]:
    return _words(sight.plan) if isinstance(sight, Sight) else frozenset()


def _is_empty(answer: Answer | Failure) -> bool:
    return isinstance(answer, Answer) and not answer.rows


def _words(text: str) -> frozenset[str]:
    """The words of a name, a query or a plan, in lower case: too many rather than too few."""
    return frozenset(re.findall(r"\w+", text.lower()))


def _is_borne(consumer: Consumer, difference: AnswerDifference) -> bool:
    """Whether a consumer says that it can bear this: more columns, or a few rows more or less."""
    tolerances, rows = consumer.tolerances, difference.rows
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
