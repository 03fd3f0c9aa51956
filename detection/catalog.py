"""The catalogue of a database: its structure, read from ``pg_catalog`` and from nothing else.

No row of any table is read, so a role that may read none sees the same catalogue. What is
read comes in one statement, and so from one snapshot; inside a transaction it includes what
that transaction has changed and not yet committed.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

import psycopg
from psycopg import pq, sql
from psycopg.rows import tuple_row

from detection.assembly import assemble
from detection.model import Catalog

OLDEST_SERVER: Final = 150000

ATTEMPTS: Final = 20
"""How often to read while others change what is read."""
LONGEST_PAUSE: Final = 0.1
"""Seconds between two attempts at most. The first pauses are much shorter."""

_STATEMENT: Final = Path(__file__).with_name("catalog.sql")

# Names are printed with their schema unless they are built in, whatever the search path of
# whoever reads, so that two readers of one database get the same catalogue; and nothing that
# somebody left in a schema can stand in for a function that the statement calls. Compiling
# the statement, or starting workers for it, would take longer than running it.
_PINNED: Final = {"search_path": "", "jit": "off", "max_parallel_workers_per_gather": "0"}

# Both last until the end of a transaction at most: one of their own where none is open.
_PIN: Final = sql.SQL(
    "select pg_catalog.set_config("
    "  pg_catalog.concat('docent.', name), pg_catalog.current_setting(name), true),"
    " pg_catalog.set_config(name, value, true)"
    " from (values {}) as pinned (name, value)"
).format(
    sql.SQL(", ").join(
        sql.SQL("({}, {})").format(sql.Literal(name), sql.Literal(value))
        for name, value in _PINNED.items()
    )
)
_UNPIN: Final = sql.SQL(
    "select set_config(name, current_setting(concat('docent.', name)), true)"
    " from unnest({}::text[]) as name"
).format(sql.Literal(list(_PINNED)))


def read_catalog(
    connection: psycopg.Connection[Any], schemas: Sequence[str] | None = None
) -> Catalog:
    """The structure of a database, or of some of its schemas, as the connection sees it now.

    Without ``schemas`` it is all of them but Postgres's own. The connection is left as it was:
    a transaction that is open stays open, and one that had to be begun is ended.
    """
    if connection.info.server_version < OLDEST_SERVER:
        raise psycopg.NotSupportedError(
            f"The server is PostgreSQL {connection.info.server_version // 10000}; the catalogue "
            "can be read from 15 and newer. Next: point DATABASE_URL at a newer server."
        )
    with _without_pauses():
        seen, tables, functions = assemble(_rows_in_peace(connection, schemas))
    return Catalog(
        database=connection.info.dbname,
        server_version=connection.info.server_version,
        schemas=seen,
        tables=tables,
        functions=functions,
    )


def _rows_in_peace(
    connection: psycopg.Connection[Any], schemas: Sequence[str] | None
) -> list[tuple[Any, ...]]:
    """The rows, read anew when somebody drops a table or view between its row and its text.

    Postgres looks up a definition when it prints it, not when the statement began. Inside a
    transaction of the caller's there is no second try: the first has ended it.
    """
    is_own = connection.info.transaction_status == pq.TransactionStatus.IDLE
    for attempt in range(ATTEMPTS - 1 if is_own else 0):
        with suppress(psycopg.errors.InternalError_), _left_as_found(connection):
            return _rows(connection, schemas)
        time.sleep(pause_after(attempt))
    with _left_as_found(connection):
        return _rows(connection, schemas)


def pause_after(attempt: int) -> float:
    """The seconds to wait after a failed attempt, counted from 0: twice as long each time."""
    return min(LONGEST_PAUSE, 0.001 * 2.0**attempt)


def _rows(
    connection: psycopg.Connection[Any], schemas: Sequence[str] | None
) -> list[tuple[Any, ...]]:
    """Every row of the statement, sent in one go with what pins the search path around it."""
    statement = sql.SQL(_STATEMENT.read_text(encoding="utf-8")).format(schemas=_condition(schemas))
    with connection.cursor(row_factory=tuple_row) as cursor:
        cursor.execute(sql.SQL(";\n").join((_PIN, statement, _UNPIN)))
        cursor.nextset()
        return cursor.fetchall()


def _condition(schemas: Sequence[str] | None) -> sql.Composable:
    """Which schemas are looked at. No schema but Postgres's own can begin with ``pg_``."""
    if schemas is None:
        return sql.SQL("nspname !~ '^pg_' and nspname <> 'information_schema'")
    return sql.SQL("nspname = any ({})").format(sql.Literal(list(schemas)))


@contextmanager
def _left_as_found(connection: psycopg.Connection[Any]) -> Iterator[None]:
    """End the transaction that psycopg begins by itself, and leave the caller's own alone."""
    idle = connection.info.transaction_status == pq.TransactionStatus.IDLE
    try:
        yield
    finally:
        if idle and not connection.autocommit and not connection.closed:
            connection.rollback()


@contextmanager
def _without_pauses() -> Iterator[None]:
    """No search for garbage meanwhile: all that is made is kept, and there may be a lot of it."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
