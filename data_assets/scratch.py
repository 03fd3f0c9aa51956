"""Scratch databases, empty ones or copies, for a moment's work; dropped whatever happens.

They are made beside the database in use, on its server, and carry the sandbox's mark. While one
is in use its maker holds a lock, which the server gives back when the maker is gone; so whoever
comes next can tell what a killed run has left, and drops that too.
"""

from __future__ import annotations

import contextlib
import uuid
import zlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from data_assets import postgres, urls
from data_assets.errors import SandboxError
from data_assets.marking import Mark, read_marks, require_mark, write_mark
from data_assets.place import Place
from data_assets.sandbox import drop_scratch, make_scratch

if TYPE_CHECKING:
    import psycopg

PREFIX: Final = "docent-scratch-"
"""What their names begin with; no learner's database has a hyphen in its name."""

LOCK: Final = 0x00D0C5C2
"""The first half of the lock on each; the second is made from its name."""


@contextlib.contextmanager
def scratch_database(place: Place, copy_of: str | None = None) -> Iterator[str]:
    """Make a database on a server, yield its URL, and drop it.

    copy_of:  the name of a database of this server that it is a copy of, which stays as it is;
              without one, it is empty. Nobody may be connected to it while it is copied.

    Raises SandboxError when the server cannot be reached, or does not let us make one.
    """
    with contextlib.closing(_connect(place)) as connection:
        name = f"{_prefix(connection)}{uuid.uuid4().hex[:12]}"
        try:
            with postgres.explained(place.url):
                _drop_leftovers(connection, place)
                _lock(connection, name)
                make_scratch(connection, name, connection.info.dbname, copy_of)
            yield urls.with_name(place.url, name)
        finally:
            with contextlib.suppress(Exception):  # the next run drops what is left
                drop_scratch(connection, name)


def _connect(place: Place) -> psycopg.Connection:
    """A connection to make databases from: the server's own, or the one in use where that fails."""
    try:
        return postgres.connect(place.maintenance, autocommit=True)
    except SandboxError:
        if place.embedded:
            raise
        return postgres.connect(place.url, autocommit=True)


def _prefix(connection: psycopg.Connection) -> str:
    """What the names begin with that are made from this database.

    A lock is seen from the database in which it was taken only; so what was made from another
    one is left to whoever comes from there.
    """
    return f"{PREFIX}{zlib.crc32(connection.info.dbname.encode()):08x}-"


def _lock(connection: psycopg.Connection, name: str) -> bool:
    """Take the lock on a database's name, until the connection closes; False if it is taken."""
    half = zlib.crc32(name.encode()) - 2**31
    row = connection.execute("select pg_try_advisory_lock(%s, %s)", [LOCK, half]).fetchone()
    return bool(row and row[0])


def _drop_leftovers(connection: psycopg.Connection, place: Place) -> None:
    """Drop what runs have left that were killed, or cut off from the server."""
    found = connection.execute(
        "select datname from pg_catalog.pg_database where starts_with(datname, %s)",
        [_prefix(connection)],
    ).fetchall()
    for (name,) in found:
        # Whoever may not drop it, or finds it dropped by another, goes on without.
        with contextlib.suppress(Exception):
            if _lock(connection, name):
                if name not in read_marks(connection):
                    _mark_empty(connection, urls.with_name(place.url, name))
                drop_scratch(connection, name)


def _mark_empty(connection: psycopg.Connection, url: str) -> None:
    """Mark a database that a run has made and not marked before it was killed."""
    with contextlib.closing(postgres.connect(url, autocommit=True)) as inside:
        require_mark(inside, adopt=True)
    write_mark(connection, urls.name_in(url), Mark("scratch", of=connection.info.dbname))
