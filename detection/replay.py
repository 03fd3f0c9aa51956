"""A consumer's query, put to a database: how it would be answered, and what it returns.

A question can change nothing: it is asked in a transaction that only reads, as a subquery, so
that no statement but a query can stand in it. A function may reach further than a transaction
(``pg_terminate_backend``, ``lo_export``, ``dblink``): a query that calls one is not asked at all.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Final, TypeVar

import psycopg
from psycopg import pq
from psycopg.rows import tuple_row
from psycopg.types.string import TextLoader

from contracts.queries import without_end
from detection.answers import MOST_ROWS, NOT_ASKED, Answer, Failure, Output, Pace, Sight
from detection.plans import shown_reads

SLOW: Final = 1.0
"""The seconds after which a query is not run a second time to see how quick it can be."""

_BEGINNING: Final = "select q.* from (\n"
_FIRST_VARYING: Final = 10_000
"""The first number of a type that is not the same on every server."""
_PRINTED: Final[dict[tuple[int, int], str]] = {}

Seen = TypeVar("Seen")


def look(
    connection: psycopg.Connection[Any],
    queries: Sequence[str],
    *,
    until: float = math.inf,
    patience: float | None = None,
) -> tuple[Sight | Failure, ...]:
    """How Postgres would answer each of these queries, without fetching a row of the answers.

    until:     the moment, by ``time.perf_counter``, after which no further query is sent.
    patience:  the seconds that one statement may take; as the connection has it, without.
    """
    reads = [partial(_look, query=query) for query in queries]
    return _each_read(connection, queries, reads, until, patience)


def ask(
    connection: psycopg.Connection[Any],
    queries: Sequence[str],
    *,
    seen: Sequence[Sight] | None = None,
    until: float = math.inf,
    patience: float | None = None,
) -> tuple[Answer | Failure, ...]:
    """What each of these queries returns; ``until`` and ``patience`` as for :func:`look`.

    seen:  how each of them looked a moment ago, where that is known: it saves a question.
    """
    columns = [None] * len(queries) if seen is None else [sight.columns for sight in seen]
    reads = [
        partial(_ask, query=query, columns=known)
        for query, known in zip(queries, columns, strict=True)
    ]
    return _each_read(connection, queries, reads, until, patience)


def run(
    connection: psycopg.Connection[Any],
    queries: Sequence[str],
    *,
    rounds: int = 3,
    until: float = math.inf,
    patience: float | None = None,
) -> tuple[Pace | Failure, ...]:
    """How much work each of these queries is, the quickest of several rounds.

    A query that is slow is run once: no chance makes it quick.
    """
    reads = [partial(_run, query=query, rounds=rounds) for query in queries]
    return _each_read(connection, queries, reads, until, patience)


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


def _each_read(
    connection: psycopg.Connection[Any],
    queries: Sequence[str],
    reads: Sequence[Callable[[psycopg.Cursor[Any]], Seen]],
    until: float,
    patience: float | None,
) -> tuple[Seen | Failure, ...]:
    """Do several reads in a transaction, or a part of one, that only reads and is rolled back.

    Those whose query may not be asked are left out.
    """
    from detection.unaskable import find_unaskable  # which needs what is defined here

    with (
        connection.transaction(force_rollback=True),
        connection.cursor(row_factory=tuple_row) as cursor,
    ):
        limit = f"set local statement_timeout = {round(patience * 1_000)};" if patience else ""
        plain = "set local standard_conforming_strings = on;"  # as queries were looked through
        cursor.execute(f"set transaction read only; {limit} {plain}".encode())
        refused = find_unaskable(connection, queries)
        cursor.execute("savepoint docent_read")
        found: list[Seen | Failure] = []
        for refusal, read in zip(refused, reads, strict=True):
            if refusal is None and time.perf_counter() < until:
                found.append(_read(cursor, read))
            else:
                found.append(refusal or NOT_ASKED)
        return tuple(found)


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


def _run(cursor: psycopg.Cursor[Any], query: str, rounds: int) -> Pace:
    explain = b"explain (analyze, timing off, format json) " + _asked(query)
    paces = []
    for _ in range(rounds):
        cursor.execute(explain, prepare=False)
        found = cursor.fetchall()[0][0][0]
        paces.append(Pace(found["Plan"]["Total Cost"], found["Execution Time"] / 1_000))
        if paces[-1].seconds > SLOW:
            break
    return min(paces, key=lambda pace: pace.seconds)


def _columns(cursor: psycopg.Cursor[Any], query: str) -> tuple[Output, ...]:
    """The columns that a query returns, without a plan for it.

    The protocol that can describe takes one statement and no more, so that whatever got as far
    as this can be asked again in any way.
    """
    session = cursor.connection.pgconn
    parsed = session.prepare(b"", _asked(query))
    if parsed.status != pq.ExecStatus.COMMAND_OK:
        raise psycopg.errors.error_from_result(parsed, cursor.connection.info.encoding)
    result = session.describe_prepared(b"")
    fields = range(result.nfields)
    names = [(result.fname(n) or b"").decode(cursor.connection.info.encoding) for n in fields]
    types = [(result.ftype(n), result.fmod(n)) for n in fields]
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
