"""The two engines that keep a history, alike as far as the history can see.

Statements are written once, with ``%s`` for a value. Times go in as moments with a zone.
"""

from __future__ import annotations

import contextlib
import sqlite3
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from data_assets import urls
from data_assets.errors import SandboxError
from prevention.history.schema import MARK, SCHEMA

Row = Sequence[Any]

PATIENCE: Final = 30
"""Seconds that one who writes waits for another."""
FILE_MARK: Final = 0x00A1EB1D
"""SQLite's ``application_id`` of a file of ours."""
LOCK: Final = 0x00A1EB1D
"""The advisory lock in Postgres of whoever writes a history."""


class Engine(ABC):
    """A database that can keep a history; ``name`` is fit to be printed.

    Whatever it refuses is raised as a SandboxError that says what to do next.
    """

    name: str
    to_write: tuple[str, ...]
    to_read: tuple[str, ...]

    def execute(self, statement: str, values: Sequence[object] = ()) -> list[Row]:
        """Put a statement; the rows that it returns."""
        with self._explained():
            return self._put(statement, values)

    def execute_many(self, statement: str, rows: Sequence[Sequence[object]]) -> None:
        """Put a statement once for each row of values."""
        if rows:
            with self._explained():
                self._put_many(statement, rows)

    def writing(self) -> AbstractContextManager[None]:
        """A transaction in which nobody else writes; all of it is kept, or nothing."""
        return self._transaction(self.to_write)

    def reading(self) -> AbstractContextManager[None]:
        """A transaction that sees one state of the history from its beginning to its end."""
        return self._transaction(self.to_read)

    @contextlib.contextmanager
    def _transaction(self, begin: Sequence[str]) -> Iterator[None]:
        try:
            for statement in begin:
                self.execute(statement)
            yield
            self.execute("commit")
        except BaseException:
            with contextlib.suppress(SandboxError):  # closed, or never begun: nothing is kept
                self.execute("rollback")
            raise

    @abstractmethod
    def prepare(self) -> None:
        """Make the place for the tables, in a transaction of ``writing``.

        Raises SandboxError where somebody else keeps something there.
        """

    @abstractmethod
    def is_there(self) -> bool:
        """Whether tables of ours are there."""

    @abstractmethod
    def close(self) -> None:
        """Let go of the database."""

    @abstractmethod
    def _put(self, statement: str, values: Sequence[object]) -> list[Row]: ...

    @abstractmethod
    def _put_many(self, statement: str, rows: Sequence[Sequence[object]]) -> None: ...

    @abstractmethod
    def _explained(self) -> AbstractContextManager[None]: ...


class SqliteEngine(Engine):
    """A history in a file of SQLite."""

    to_write = ("begin immediate",)
    to_read = ("begin",)

    def __init__(self, file: Path) -> None:
        self.name = str(file)
        with self._explained():
            self._connection = sqlite3.connect(file, timeout=PATIENCE, isolation_level=None)
            self._connection.execute("pragma foreign_keys = on")

    def prepare(self) -> None:
        """Mark an empty file as ours."""
        if self._holds_tables() and not self._is_ours():
            raise SandboxError(
                f"{self.name} is a database that is not ours; it is left as it is.",
                "name another file by --history-url, such as sqlite:///history.db",
            )
        self.execute(f"pragma application_id = {FILE_MARK}")

    def is_there(self) -> bool:
        """Whether the file is ours and holds tables."""
        return self._is_ours() and self._holds_tables()

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def _is_ours(self) -> bool:
        return bool(self.execute("pragma application_id")[0][0] == FILE_MARK)

    def _holds_tables(self) -> bool:
        return bool(self.execute("select 1 from sqlite_master limit 1"))

    def _put(self, statement: str, values: Sequence[object]) -> list[Row]:
        plain = [_plain(value) for value in values]
        return self._connection.execute(statement.replace("%s", "?"), plain).fetchall()

    def _put_many(self, statement: str, rows: Sequence[Sequence[object]]) -> None:
        plain = [[_plain(value) for value in row] for row in rows]
        self._connection.executemany(statement.replace("%s", "?"), plain)

    @contextlib.contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            waits = "locked" in str(error) or "busy" in str(error)
            raise SandboxError(
                f"The history in {self.name} cannot be used: {error}.",
                "wait for the other run to end, then repeat"
                if waits
                else "see that the file can be written and is a history, or name another place "
                "by --history-url",
            ) from error


class PostgresEngine(Engine):
    """A history in a schema of its own of a Postgres database."""

    to_write = ("begin", f"select pg_advisory_xact_lock({LOCK})")
    to_read = ("begin isolation level repeatable read, read only",)

    def __init__(self, url: str) -> None:
        from data_assets.postgres import connect

        self._url = urls.normalise(url)
        self.name = f"schema {SCHEMA} of {short_address(self._url)}"
        self._connection = connect(self._url, autocommit=True)
        self.execute(
            "select set_config('search_path', %s, false), set_config('lock_timeout', %s, false)",
            [SCHEMA, f"{PATIENCE}s"],
        )

    def prepare(self) -> None:
        """Make the schema, and mark it as ours."""
        said = self.execute(
            "select obj_description(oid, 'pg_namespace') from pg_namespace where nspname = %s",
            [SCHEMA],
        )
        if not said:
            self.execute(f"create schema {SCHEMA}")
            self.execute(f"comment on schema {SCHEMA} is '{MARK}: made by docent monitor'")
        elif not (said[0][0] or "").startswith(MARK):
            raise SandboxError(
                f"{urls.shown(self._url)} has a schema {SCHEMA} that is not ours; "
                "it is left as it is.",
                "keep the history elsewhere: docent monitor --history-url sqlite:///history.db",
            )

    def is_there(self) -> bool:
        """Whether the schema is ours and holds tables."""
        found = self.execute(
            "select 1 from pg_namespace where nspname = %s and to_regclass(%s) is not null "
            "and starts_with(obj_description(oid, 'pg_namespace'), %s)",
            [SCHEMA, f"{SCHEMA}.migrations", MARK],
        )
        return bool(found)

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def _put(self, statement: str, values: Sequence[object]) -> list[Row]:
        cursor = self._connection.execute(statement.encode(), values or None)
        return list(cursor) if cursor.description else []

    def _put_many(self, statement: str, rows: Sequence[Sequence[object]]) -> None:
        with self._connection.cursor() as cursor:
            cursor.executemany(statement.encode(), rows)

    def _explained(self) -> AbstractContextManager[None]:
        from data_assets.postgres import explained

        return explained(self._url)


def address(url: str) -> str:
    """Which database an address leads to: host, port and name, without who asks."""
    from psycopg.conninfo import conninfo_to_dict

    said = conninfo_to_dict(urls.normalise(url))
    host = str(said.get("host") or said.get("hostaddr") or "")
    port = f":{said['port']}" if said.get("port") else ""
    return f"{host}{port}/{said.get('dbname') or ''}"


def short_address(url: str) -> str:
    """The same for people: of a database behind a socket its name alone."""
    whole = address(url)
    return whole.rpartition("/")[2] if whole.startswith("/") else whole


def moment(value: object) -> datetime:
    """A moment as either engine returns it, in UTC."""
    read = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    return read.astimezone(UTC)


def _plain(value: object) -> object:
    """A value as SQLite keeps it: moments as texts of one length, so that they sort as they are."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    return value
