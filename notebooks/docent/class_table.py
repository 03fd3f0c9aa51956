"""A class in a shared Postgres: one table, in a schema of ours that an instructor has opened.

``open_class`` is the only code that makes it, and asks for the database by its name, so that
nobody opens a class where they did not mean to. Learners' guides write into that table, and into
no database that has none. Nothing else in the database is looked at, let alone touched.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from docent.classroom import ClassTrouble, Roll, WasPutAside, roll_of

if TYPE_CHECKING:
    import psycopg

SCHEMA: Final = "docent_class"
MARK: Final = "docent class"
"""What the comment on the schema begins with. A schema without it is somebody else's."""

PATIENCE: Final = 2
"""Seconds to wait for the class's server: a learner is waiting meanwhile."""

DEFINITION: Final = (
    "create schema if not exists docent_class",
    f"comment on schema docent_class is '{MARK} 1: progress of learners, made by open_class'",
    """
    create table if not exists docent_class.progress (
        key text primary key,
        document json not null,
        sent_at timestamptz not null default now(),
        put_aside_at timestamptz
    )
    """,
)

FOR_LEARNERS: Final = (
    "grant usage on schema docent_class to {}",
    "grant insert (key, document) on docent_class.progress to {}",
    "grant update (document, sent_at) on docent_class.progress to {}",
    "grant select (key, put_aside_at) on docent_class.progress to {}",
)
"""What a learner's guide needs: to leave a document, and not to read what others have left."""


def open_class(url: str, database: str, *, learners: str = "") -> str:
    """Make the class's table, and return what it is called; once is enough, twice does no harm.

    database:  the name of the database that the address leads to, said once more: in it a schema
               ``docent_class`` is made, and nothing else is changed.
    learners:  a role that learners connect as; it may then leave progress, and read nobody's.

    Raises SandboxError when it is not the database that was named, when it is a museum, or when
    there is a schema of this name already that is not ours.
    """
    from psycopg import sql

    from data_assets.postgres import explained

    with contextlib.closing(_connect(url, timeout=10)) as connection, explained(url), connection:
        _require_consent(connection, database)
        for statement in DEFINITION:
            connection.execute(statement)
        for grant in FOR_LEARNERS if learners else ():
            connection.execute(sql.SQL(grant).format(sql.Identifier(learners)))
    return SharedTable(url).name


def _require_consent(connection: psycopg.Connection, database: str) -> None:
    from data_assets.errors import SandboxError
    from data_assets.marking import mark_of

    name = connection.info.dbname
    if name != database:
        raise SandboxError(
            f"The address leads to the database {name!r}, and you named {database!r}; "
            "nothing was made.",
            f"name the database that may get a schema called {SCHEMA}",
        )
    if mark_of(connection):
        raise SandboxError(
            f"The database {name!r} is a museum to learn in: its next reset would put the class "
            "aside with it.",
            "create a database for the class (createdb school), and open it there",
        )
    if _exists(connection) and not _is_open(connection):
        raise SandboxError(
            f"The database {name!r} has a schema {SCHEMA} that is not ours; it is left as it is.",
            "open the class in another database",
        )


def _exists(connection: psycopg.Connection) -> bool:
    row = connection.execute(
        "select from pg_catalog.pg_namespace where nspname = %s", [SCHEMA]
    ).fetchone()
    return row is not None


def _is_open(connection: psycopg.Connection) -> bool:
    """Whether the schema is there and carries our mark."""
    row = connection.execute(
        "select pg_catalog.obj_description(oid, 'pg_namespace') "
        "from pg_catalog.pg_namespace where nspname = %s",
        [SCHEMA],
    ).fetchone()
    return bool(row and row[0] and row[0].startswith(MARK))


@dataclass(frozen=True, slots=True)
class SharedTable:
    """The table of a class, at the address of its database."""

    url: str

    @property
    def name(self) -> str:
        """The address without its password, and the table."""
        from data_assets import urls
        from data_assets.errors import SandboxError

        try:
            return f"{urls.shown(urls.normalise(self.url))}, {SCHEMA}.progress"
        except SandboxError:
            return "an address that cannot be read"

    def knock(self) -> None:
        """See that a class is open there."""
        with self._opened():
            pass

    def send(self, key: str, text: str) -> None:
        """Leave a document under a key, in place of the one before."""
        with self._opened() as connection:
            for _ in range(2):
                if _update(connection, key, text) or _insert(connection, key, text):
                    return
                if _is_aside(connection, key):
                    raise WasPutAside

    def read(self) -> Roll:
        """Read every document that is not put aside."""
        with self._opened() as connection:
            found = connection.execute(
                "select key, document::text from docent_class.progress "
                "where put_aside_at is null order by key"
            ).fetchall()
        return roll_of(found, [])

    def put_aside(self, key: str, at: datetime) -> str:
        """Note on a document that it was put aside; it stays in the table."""
        with self._opened() as connection:
            connection.execute(
                "update docent_class.progress set put_aside_at = %s "
                "where key = %s and put_aside_at is null",
                [at, key],
            )
        return f"{SCHEMA}.progress, key {key}, put aside {at:%Y-%m-%d %H:%M:%S}"

    def clock(self) -> datetime:
        """The time on the class's server."""
        with self._opened() as connection:
            row = connection.execute("select clock_timestamp()").fetchone()
        assert row is not None  # noqa: S101 - a select without from has a row
        told: datetime = row[0]
        return told

    @contextlib.contextmanager
    def _opened(self) -> Iterator[psycopg.Connection]:
        """A connection on which a class is open; whatever fails becomes a ClassTrouble."""
        import psycopg

        from data_assets.errors import SandboxError

        try:
            with contextlib.closing(_connect(self.url, timeout=PATIENCE)) as connection:
                connection.execute("select set_config('statement_timeout', %s, false)", ["2s"])
                if not _is_open(connection):
                    raise ClassTrouble("no class is open in that database (open_class opens one)")
                yield connection
                connection.commit()
        except SandboxError as error:
            raise ClassTrouble(_about_the_class(error)) from None
        except psycopg.Error as error:
            said = error.diag.message_primary or str(error).partition("\n")[0]
            raise ClassTrouble(f"its database says: {said}") from error


def _connect(url: str, *, timeout: int) -> psycopg.Connection:
    from data_assets import urls
    from data_assets.postgres import connect
    from docent.classroom import URL_VARIABLE

    return connect(urls.normalise(url, URL_VARIABLE), timeout=timeout)


def _about_the_class(error: Exception) -> str:
    """What stood in the way, in a line."""
    return str(error).partition("\n")[0].rstrip(".")


def _update(connection: psycopg.Connection, key: str, text: str) -> bool:
    done = connection.execute(
        "update docent_class.progress set document = %s, sent_at = now() "
        "where key = %s and put_aside_at is null",
        [text, key],
    )
    return done.rowcount == 1


def _insert(connection: psycopg.Connection, key: str, text: str) -> bool:
    """Leave a document under a key that has none; False where it has one by now.

    ``on conflict do update`` would ask for the right to read everybody's documents.
    """
    done = connection.execute(
        "insert into docent_class.progress (key, document) values (%s, %s) on conflict do nothing",
        [key, text],
    )
    return done.rowcount == 1


def _is_aside(connection: psycopg.Connection, key: str) -> bool:
    row = connection.execute(
        "select put_aside_at is not null from docent_class.progress where key = %s", [key]
    ).fetchone()
    return bool(row and row[0])
