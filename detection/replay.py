"""A consumer's query, asked before and after a change: what it says, and what became different.

Asking is done here, and so is comparing; what lies between the two questions is up to the
caller. A question can change nothing: it is asked in a transaction that only reads, as a
subquery, so that no statement but a query can stand in it.
"""

from __future__ import annotations

import math
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final, Literal, TypeVar

import psycopg
from psycopg import errors
from psycopg.rows import tuple_row
from psycopg.types.string import TextLoader

from contracts.queries import without_end
from detection.plans import shown_reads

Outcome = Literal[
    "fails", "unanswered", "other columns", "other types", "other rows", "other order", "same",
    "failed before", "mended",
]  # fmt: skip
"""What became of a query, the worst thing that can be said of it.

fails:          it worked before, and stops with an error now.
unanswered:     it was not answered in time, before or after.
other columns:  it returns columns of other names, or more or fewer of them.
other types:    the same columns, but not all of the same types.
other rows:     the same columns and types, but not the same rows.
other order:    the same rows in another order.
same:           nothing became different.
failed before:  it failed before, and fails now.
mended:         it failed before, and works now.
"""

MOST_ROWS: Final = 100_000
"""How many rows of an answer are compared."""

_BEGINNING: Final = "select q.* from (\n"
_NEAREST: Final = 1_000
_FIRST_VARYING: Final = 10_000
_PRINTED: Final[dict[tuple[int, int], str]] = {}

Row = tuple[str | None, ...]
Seen = TypeVar("Seen")


@dataclass(frozen=True, slots=True)
class Output:
    """A column that a query returns; its type as Postgres prints it."""

    name: str
    type: str
    oid: int = field(default=0, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Failure:
    """What Postgres said instead of an answer, with its code (``SQLSTATE``)."""

    code: str
    message: str
    detail: str | None = None
    hint: str | None = None

    @property
    def is_impatience(self) -> bool:
        """Whether it took too long: a lock that was not to be had, or a statement that went on."""
        return self.code in (errors.QueryCanceled.sqlstate, errors.LockNotAvailable.sqlstate)


NOT_ASKED: Final = Failure("57014", "not asked: the time for it was over")


@dataclass(frozen=True, slots=True)
class Sight:
    """How Postgres would answer a query: its columns, and its plan with every column that it uses.

    Two sights of the same plan give the same answer, as long as no row is changed between them.
    """

    columns: tuple[Output, ...]
    plan: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What a query returned: rows as texts, up to :data:`MOST_ROWS` of them."""

    columns: tuple[Output, ...]
    rows: tuple[Row, ...]
    whole: bool = True


@dataclass(frozen=True, slots=True)
class RowsDifference:
    """How two answers differ in the columns that both have.

    differing:    how many rows are in one and not in the other; of the two, the larger number.
    lost, gained: a row that is only in the first, and the one most like it that is only in the
                  second; ``None`` where one of them has no such row.
    """

    columns: tuple[str, ...]
    before: int
    after: int
    differing: int
    lost: Row | None = None
    gained: Row | None = None


@dataclass(frozen=True, slots=True)
class Difference:
    """What became of a query, and all that there is to show for it.

    by_plan:  the rows were not fetched: Postgres plans the query as before and no row it reads
              was touched.
    """

    outcome: Outcome
    failure: Failure | None = None
    columns_before: tuple[Output, ...] = ()
    columns_after: tuple[Output, ...] = ()
    rows: RowsDifference | None = None
    by_plan: bool = False


def look(
    connection: psycopg.Connection[Any], queries: Sequence[str], *, until: float = math.inf
) -> tuple[Sight | Failure, ...]:
    """How Postgres would answer each of these queries, without fetching a row of the answers.

    until:  the moment, by ``time.perf_counter``, after which no further query is sent.
    """
    return _each_read(connection, [partial(_look, query=query) for query in queries], until)


def ask(
    connection: psycopg.Connection[Any],
    queries: Sequence[str],
    *,
    seen: Sequence[Sight] | None = None,
    until: float = math.inf,
) -> tuple[Answer | Failure, ...]:
    """What each of these queries returns; ``until`` as for :func:`look`.

    seen:  how each of them looked a moment ago, where that is known: it saves a question.
    """
    columns = [None] * len(queries) if seen is None else [sight.columns for sight in seen]
    reads = [
        partial(_ask, query=query, columns=known)
        for query, known in zip(queries, columns, strict=True)
    ]
    return _each_read(connection, reads, until)


def compare(before: Answer | Failure, after: Answer | Failure) -> Difference:
    """What became of a query, from its answers before and after."""
    if isinstance(before, Failure) or isinstance(after, Failure):
        return _compare_failures(before, after)
    rows = _compare_rows(before, after)
    outcome: Outcome = "same"
    if rows is not None:
        outcome = "other rows" if rows.differing else "other order"
    if before.columns != after.columns:
        names = [output.name for output in before.columns]
        same_names = names == [output.name for output in after.columns]
        outcome = "other types" if same_names else "other columns"
    return Difference(outcome, None, before.columns, after.columns, rows)


def failure_of(error: psycopg.Error) -> Failure:
    """What Postgres said; an error that it did not say, such as a lost connection, is raised."""
    said = error.diag
    if error.sqlstate is None or said.message_primary is None or said.severity == "FATAL":
        raise error
    return Failure(
        code=error.sqlstate,
        message=said.message_primary,
        detail=said.message_detail,
        hint=said.message_hint,
    )


def _compare_failures(before: Answer | Failure, after: Answer | Failure) -> Difference:
    columns = before.columns if isinstance(before, Answer) else ()
    for each in (after, before):
        if isinstance(each, Failure) and each.is_impatience:
            return Difference("unanswered", each, columns)
    if not isinstance(after, Failure):
        return Difference("mended", None, columns, after.columns)
    return Difference("failed before" if isinstance(before, Failure) else "fails", after, columns)


def _compare_rows(before: Answer, after: Answer) -> RowsDifference | None:
    """How the rows differ in the columns of the same names; ``None`` if they do not."""
    shared = _shared(before.columns, after.columns)
    if before.rows == after.rows and len(shared) == len(before.columns) == len(after.columns):
        return None
    first = _projected(before, [place for place, _ in shared])
    second = _projected(after, [place for _, place in shared])
    if first == second:
        return None
    lost, gained = Counter(first), Counter(second)
    lost, gained = lost - gained, gained - lost
    one = next((row for row in first if row in lost), None)
    return RowsDifference(
        columns=tuple(before.columns[place].name for place, _ in shared),
        before=len(first),
        after=len(second),
        differing=max(lost.total(), gained.total()),
        lost=one,
        gained=_nearest(one, gained),
    )


def _shared(before: Sequence[Output], after: Sequence[Output]) -> list[tuple[int, int]]:
    """The places of the columns that both have, where a name occurs once in each."""
    if [output.name for output in before] == [output.name for output in after]:
        return [(place, place) for place in range(len(before))]
    names, others = (Counter(output.name for output in each) for each in (before, after))
    places = {output.name: place for place, output in enumerate(after)}
    return [
        (place, places[output.name])
        for place, output in enumerate(before)
        if names[output.name] == 1 and others[output.name] == 1
    ]


def _projected(answer: Answer, places: Sequence[int]) -> list[Row]:
    if list(places) == list(range(len(answer.columns))):
        return list(answer.rows)
    return [tuple(row[place] for place in places) for row in answer.rows]


def _nearest(row: Row | None, rows: Counter[Row]) -> Row | None:
    """The row that has the most in common with this one; the first, where there is none to meet."""
    candidates = list(rows)[:_NEAREST]
    if row is None:
        return candidates[0] if candidates else None
    return max(
        candidates,
        key=lambda other: sum(a == b for a, b in zip(row, other, strict=True)),
        default=None,
    )


def _each_read(
    connection: psycopg.Connection[Any],
    reads: Sequence[Callable[[psycopg.Cursor[Any]], Seen]],
    until: float,
) -> tuple[Seen | Failure, ...]:
    """Do several reads in a transaction, or a part of one, that only reads and is rolled back."""
    with (
        connection.transaction(force_rollback=True),
        connection.cursor(row_factory=tuple_row) as cursor,
    ):
        cursor.execute("set transaction read only")
        cursor.execute("savepoint docent_read")
        return tuple(
            _read(cursor, read) if time.perf_counter() < until else NOT_ASKED for read in reads
        )


def _read(
    cursor: psycopg.Cursor[Any], read: Callable[[psycopg.Cursor[Any]], Seen]
) -> Seen | Failure:
    try:
        return read(cursor)
    except psycopg.Error as error:
        failure = failure_of(error)
        cursor.execute("rollback to savepoint docent_read")
        return failure


def _look(cursor: psycopg.Cursor[Any], query: str) -> Sight:
    columns = _columns(cursor, query)
    explain = b"explain (verbose, costs off, format json) "
    cursor.execute(explain + _asked(query), prepare=False)
    return Sight(columns, shown_reads(cursor.fetchall()[0][0][0]["Plan"]))


def _ask(
    cursor: psycopg.Cursor[Any], query: str, columns: tuple[Output, ...] | None = None
) -> Answer:
    columns = columns or _columns(cursor, query)
    for column in columns:
        cursor.adapters.register_loader(column.oid, TextLoader)
    cursor.execute(_asked(query, f" limit {MOST_ROWS + 1}"), prepare=False)
    rows = cursor.fetchall()
    return Answer(columns, tuple(rows[:MOST_ROWS]), whole=len(rows) <= MOST_ROWS)


def _columns(cursor: psycopg.Cursor[Any], query: str) -> tuple[Output, ...]:
    """The columns that a query returns.

    Asking for a binary answer makes psycopg use the protocol that takes one statement and no
    more, so that whatever got as far as this can be asked again in any way.
    """
    cursor.execute(_asked(query, " limit 0"), binary=True, prepare=False)
    result = cursor.pgresult
    described = cursor.description or []
    types = [
        (column.type_code, result.fmod(place) if result else -1)
        for place, column in enumerate(described)
    ]
    names = [column.name for column in described]
    return tuple(map(Output, names, _type_names(cursor, types), [oid for oid, _ in types]))


def _type_names(cursor: psycopg.Cursor[Any], types: Sequence[tuple[int, int]]) -> list[str]:
    """How Postgres prints types; what it prints for its own is the same on every server."""
    unknown = [each for each in types if each not in _PRINTED]
    if not unknown:
        return [_PRINTED[each] for each in types]
    cursor.execute(
        "select t.oid, t.modifier, pg_catalog.format_type(t.oid, t.modifier)"
        " from unnest(%s::oid[], %s::int[]) as t (oid, modifier)",
        ([oid for oid, _ in unknown], [modifier for _, modifier in unknown]),
    )
    printed = {(int(oid), int(modifier)): str(name) for oid, modifier, name in cursor}
    _PRINTED.update({each: name for each, name in printed.items() if each[0] < _FIRST_VARYING})
    return [{**_PRINTED, **printed}[each] for each in types]


def _asked(query: str, end: str = "") -> bytes:
    """A query as a subquery: nothing that is no query can stand there."""
    return f"{_BEGINNING}{without_end(query)}\n) as q{end}".encode()
