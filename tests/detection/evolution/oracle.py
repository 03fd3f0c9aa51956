"""The oracle: what a change does to readers and writers, asked of Postgres itself.

A trial is a table with rows, a change, queries that a reader runs before and after it, and
statements that a writer does. What became of them is compared with what the rule says.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal, NamedTuple

import psycopg

from detection.catalog import read_catalog
from detection.model import Catalog

Read = Literal["same", "other rows", "other types", "other width", "other columns", "fails"]
"""What became of a query, the worst thing that can be said of it."""
Write = Literal["same", "other value", "refused"]
"""What became of a statement: what it leaves behind is the same, or not; or it fails."""

FILE = "select pg_relation_filenode('object')"
"""The file in which Postgres keeps the table; another one when it was written again."""

TABLE = "create table object (object_id integer primary key, {column})"


class Trial(NamedTuple):
    """A change, tried.

    before:  statements that make the table and its rows.
    change:  the statements of the change.
    comes:   statements by writers of their own, after the change: what could not come before.
    reads:   queries, with what must have become of each.
    writes:  statements, with what must have become of each; those that return something are
             compared by it.
    """

    before: str
    change: str
    reads: dict[str, Read]
    writes: dict[str, Write]
    comes: str = ""


class Outcome(NamedTuple):
    """What became of everything, the databases before and after, and what it cost.

    rewritten:  whether Postgres wrote the table again.
    """

    reads: dict[str, Read]
    writes: dict[str, Write]
    before: Catalog
    after: Catalog
    rewritten: bool


def retyped(
    old: str,
    new: str,
    value: str,
    reads: dict[str, Read],
    writes: dict[str, Write],
    *,
    using: str = "",
    comes: str = "",
    stored: str = "thing::text",
    setup: str = "",
) -> Trial:
    """A column becomes one of another type. ``writes`` and ``comes`` are literals."""
    table = TABLE.format(column=f"thing {old}")
    cast = f" using {using}" if using else ""
    return Trial(
        f"{setup}; {table}; insert into object values (1, {value})",
        f"alter table object alter thing type {new}{cast}",
        reads,
        {insert(literal, stored): outcome for literal, outcome in writes.items()},
        insert(comes, stored) if comes else "",
    )


def insert(literal: str, stored: str = "thing::text") -> str:
    return f"insert into object values (9, {literal}) returning {stored}"


def tried(connection: psycopg.Connection, trial: Trial) -> Outcome:
    """What becomes of a trial, in a transaction that is taken back."""
    with connection.transaction(force_rollback=True):
        run(connection, "set local timezone = 'America/New_York'")
        run(connection, trial.before)
        before = read_catalog(connection)
        read_before = {query: answer(connection, query) for query in trial.reads}
        written_before = {each: attempt(connection, each) for each in trial.writes}
        for each, result in (read_before | written_before).items():
            assert not isinstance(result, psycopg.Error), f"fails before the change: {each}"
        file = answer(connection, FILE)
        run(connection, trial.change)
        rewritten = answer(connection, FILE) != file
        after = read_catalog(connection)
        written_after = {each: attempt(connection, each) for each in trial.writes}
        run(connection, trial.comes)
        read_after = {query: answer(connection, query) for query in trial.reads}
    return Outcome(
        {query: what_became(read_before[query], read_after[query]) for query in trial.reads},
        {each: what_is_left(written_before[each], written_after[each]) for each in trial.writes},
        before,
        after,
        rewritten,
    )


class Answer(NamedTuple):
    names: tuple[str, ...]
    types: tuple[int, ...]
    widths: tuple[tuple[Any, ...], ...]
    rows: tuple[tuple[Any, ...], ...]


def answer(connection: psycopg.Connection, query: str) -> Answer | psycopg.Error:
    try:
        with connection.transaction():
            cursor = connection.execute(query.encode())
            columns = cursor.description or []
            return Answer(
                tuple(column.name for column in columns),
                tuple(column.type_code for column in columns),
                tuple((c.display_size, c.precision, c.scale) for c in columns),
                tuple(cursor.fetchall()),
            )
    except psycopg.Error as error:
        return error


def attempt(connection: psycopg.Connection, statement: str) -> list[Any] | psycopg.Error:
    """What a statement leaves behind; it is taken back either way."""
    try:
        with connection.transaction(force_rollback=True):
            cursor = connection.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []
    except psycopg.Error as error:
        return error


def what_became(before: Answer | psycopg.Error, after: Answer | psycopg.Error) -> Read:
    if isinstance(before, psycopg.Error) or isinstance(after, psycopg.Error):
        return "fails"
    if before.names != after.names:
        return "other columns"
    if before.rows != after.rows:
        return "other rows"
    if before.types != after.types:
        return "other types"
    return "same" if before.widths == after.widths else "other width"


def what_is_left(before: list[Any] | psycopg.Error, after: list[Any] | psycopg.Error) -> Write:
    if isinstance(after, psycopg.Error):
        return "refused"
    return "same" if before == after else "other value"


def run(connection: psycopg.Connection, statements: str) -> None:
    for statement in parts(statements):
        connection.execute(statement.encode())


def parts(statements: str) -> Iterator[str]:
    return (each for each in map(str.strip, statements.split(";")) if each)


@contextmanager
def prepared(connection: psycopg.Connection, query: str) -> Iterator[str]:
    """A query that is prepared, as a service does it; the statement that runs it."""
    connection.execute(f"prepare reader as {query}".encode())
    try:
        yield "execute reader"
    finally:
        connection.execute("deallocate reader")
