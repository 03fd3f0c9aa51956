"""A look at a migration: it is run up and down again on the learner's tables, and undone."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from typing import Final

import psycopg
from psycopg import sql

from contracts.model import Column, Table
from contracts.types import type_name
from docent.exercise import Examine, Outcome, correct, incomplete, stopped, wrong
from docent.room import Room

DIRECTIONS: Final = ("upgrade", "downgrade")

_ENDS_A_TRANSACTION: Final = re.compile(
    r"(?:^|;)\s*(begin|start|commit|end|rollback|abort|prepare|savepoint|release)\b", re.IGNORECASE
)


def adds_column(table: str, column: Column, *, holding: object) -> Examine:
    """A dictionary of two texts of SQL: ``upgrade`` adds this column, ``downgrade`` undoes it.

    ``holding`` is what the column is to say of every row that is there already. Both are run,
    one after the other, in a transaction that is rolled back whatever comes.
    """

    def examine(answer: object, room: Room) -> Outcome:
        if not isinstance(answer, dict) or not all(
            isinstance(answer.get(one), str) for one in DIRECTIONS
        ):
            return wrong(
                "Your answer lacks one of its two texts.",
                'Expected is {"upgrade": "…", "downgrade": "…"}, each a text of SQL.',
            )
        for one in DIRECTIONS:
            if not answer[one].strip(" \t\r\n;.…"):
                return incomplete(f"The {one} is still empty.")
            if answer[one].lstrip().startswith("op."):
                return wrong(
                    f"The {one} is a call of Alembic's.",
                    "SQL is expected, as one would write it in op.execute(…).",
                )
            if word := ends_a_transaction(answer[one]):
                return wrong(
                    f"The {one} says {word}.",
                    next_step="Leave transactions to Alembic: it puts each migration into one.",
                )
        with _undone(room) as connection:
            return _there_and_back(connection, table, column, holding, answer)

    return examine


def ends_a_transaction(statements: str) -> str:
    """The word by which some SQL would begin or end a transaction; ``""`` where none does."""
    found = _ENDS_A_TRANSACTION.search(statements)
    return found[1].lower() if found else ""


@contextlib.contextmanager
def _undone(room: Room) -> Iterator[psycopg.Connection]:
    from data_assets.postgres import connect

    with contextlib.closing(connect(room.url())) as connection:
        connection.execute(
            "select set_config(name, '5s', true)"
            " from unnest(array['lock_timeout', 'statement_timeout']) as name"
        )
        yield connection
        connection.rollback()


def _there_and_back(
    connection: psycopg.Connection,
    name: str,
    column: Column,
    holding: object,
    answer: dict[str, str],
) -> Outcome:
    before, rows = _read(connection)[name], _rows(connection, name)
    if refused := _run(connection, "upgrade", answer["upgrade"]):
        return refused
    amiss = _after_upgrade(_read(connection), before, column)
    if amiss := amiss or _in_its_rows(connection, name, column, holding):
        return amiss
    if refused := _run(connection, "downgrade", answer["downgrade"]):
        return refused
    return _after_downgrade(connection, before, rows, column)


def _after_upgrade(tables: dict[str, Table], before: Table, column: Column) -> Outcome | None:
    """What is amiss once the upgrade has run."""
    after = tables.get(before.name)
    added = after.column(column.name) if after else None
    if after is None or added is None:
        return wrong(f"After your upgrade there is no {before.name}.{column.name}.")
    if column.data_type and added.data_type != column.data_type:
        found = type_name(added.data_type) if added.data_type else "unknown"
        return wrong(
            f"{column.name} is of the type {found}.", f"Expected is {type_name(column.data_type)}."
        )
    if added.nullable:
        return wrong(
            f"{column.name} may be null.",
            "Every row is to say true or false.",
            "Nobody could tell what a null means here. Add not null.",
        )
    lost = [one.name for one in before.columns if after.column(one.name) is None]
    if lost:
        return wrong(f"Your upgrade also takes away {', '.join(lost)}.")
    return None


def _in_its_rows(
    connection: psycopg.Connection, table: str, column: Column, holding: object
) -> Outcome | None:
    """What the new column says amiss of rows that were there before."""
    query = sql.SQL("select count(*) from {} where {} is distinct from %s").format(
        sql.Identifier("public", table), sql.Identifier(column.name)
    )
    row = connection.execute(query, [holding]).fetchone()
    if row is None or not row[0]:
        return None
    return wrong(
        f"After your upgrade {column.name} is not {_in_sql(holding)} in {row[0]} of the rows.",
        f"It is to be {_in_sql(holding)} for all that are there now.",
        "The default says what the rows that are there get.",
    )


def _in_sql(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _after_downgrade(
    connection: psycopg.Connection, before: Table, rows: int, column: Column
) -> Outcome:
    """Whether the table is as it was before the upgrade, with all of its rows."""
    after = _read(connection).get(before.name)
    if after is None:
        return wrong(
            f"Your downgrade takes away the whole table {before.name}, which was there before.",
            "It is to undo what the upgrade did, and nothing else.",
            f"Drop the column {column.name}.",
        )
    if after.column(column.name):
        return wrong(
            f"After your downgrade {column.name} is still there.",
            next_step="It is to undo what the upgrade did.",
        )
    if after != before:
        return wrong("After your downgrade the table is not what it was before the upgrade.")
    if (left := _rows(connection, before.name)) != rows:
        return wrong(
            f"The table looks as before, and has {left} rows instead of {rows}.",
            next_step="Change the table instead of making it anew.",
        )
    return correct("Up and down again, and the table is exactly what it was.")


def _run(connection: psycopg.Connection, direction: str, statements: str) -> Outcome | None:
    """Run one of the two; what Postgres has against it, if it has anything."""
    from docent.sql import explain

    try:
        connection.execute(statements)
    except psycopg.errors.NotNullViolation as error:
        return stopped(
            f"The {direction} stops. Postgres says: {error.diag.message_primary}.",
            "The rows that are there need a value at once: give the column a default.",
        )
    except (psycopg.Error, UnicodeError) as error:
        lines = explain(error, statements).splitlines()
        return stopped(f"The {direction} stops. {lines[0]}", "Mend it.", "\n".join(lines[1:]))
    return None


def _read(connection: psycopg.Connection) -> dict[str, Table]:
    from detection.catalog import read_catalog

    return {table.name: table for table in read_catalog(connection, ["public"]).tables}


def _rows(connection: psycopg.Connection, table: str) -> int:
    row = connection.execute(
        sql.SQL("select count(*) from {}").format(sql.Identifier("public", table))
    ).fetchone()
    return int(row[0]) if row else 0
