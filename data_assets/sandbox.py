"""Make a learner's database, give a fresh one, and put the old one aside.

This is the only code that creates, renames or drops databases, and it touches none that does
not carry the sandbox's mark. On the embedded server, one template holds the museum, migrated
and seeded, and each learner's database is cloned from it, which takes a moment. Nothing of a
learner's is ever lost: a reset renames the old database, and the last three are kept.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from data_assets import postgres, server, urls
from data_assets.errors import SandboxError
from data_assets.home import home_folder
from data_assets.marking import Mark, read_mark, write_mark
from data_assets.museum import SAMPLE, bring_up_to_date, fingerprint, furnish
from data_assets.place import Place, find_place
from data_assets.roles import make_reader

if TYPE_CHECKING:
    import psycopg

Say = Callable[[str], None]

TEMPLATE: Final = "docent-template"
"""No learner's database has this name: theirs hold no hyphen."""

KEPT: Final = 3
"""Databases that are kept after a reset, for each learner."""

LOCK: Final = 0x00D0CE47
"""Two that make or reset databases on one server, one after the other."""

SERVERS_OWN: Final = ("postgres", "template0", "template1")
"""Databases that a server's own tools expect under their names."""


@dataclass(frozen=True, slots=True)
class Reset:
    """What a reset did: the address of the fresh database, and the name of the old one now."""

    url: str
    put_aside: str | None


def up(
    environment: Mapping[str, str] = os.environ,
    *,
    say: Say = lambda _: None,
    sample: Path = SAMPLE,
) -> str:
    """See that the database is there, migrated and seeded; returns its URL.

    What is there already is left as it is: rows are loaded into an empty museum only.

    Raises SandboxError when ``DATABASE_URL`` names a database that holds somebody else's
    tables, and whenever something stands in the way.
    """
    place = find_place(environment, say)
    if place.embedded:
        with postgres.explained(place.maintenance), _alone(place) as connection:
            _make_template(connection, place, say, sample)
            if _require_ours(connection, place.name, _marks(connection)):
                # A reset that was killed may have left it closed.
                _order(connection, "alter database {} with allow_connections true", place.name)
            else:
                say(f"making the database {place.name}")
                fresh = f"{place.name}-fresh"
                _drop_leftover(connection, place, fresh)
                _clone(connection, TEMPLATE, fresh)
                _rename(connection, fresh, place.name)
    bring_up_to_date(place.url, say, sample)
    return place.url


def down(environment: Mapping[str, str] = os.environ) -> bool:
    """Stop the embedded server; False when there was none to stop. All data stays."""
    home = home_folder(environment)
    return server.is_set_up(home) and server.stop(home)


def reset(
    environment: Mapping[str, str] = os.environ,
    *,
    say: Say = lambda _: None,
    sample: Path = SAMPLE,
) -> Reset:
    """Give a fresh database under the same name; the old one is renamed, and the last three kept.

    Whoever is connected to the old one is cut off. Raises SandboxError when the database is not
    marked, or when the server does not let us create and rename databases.
    """
    place = find_place(environment, say)
    with postgres.explained(place.maintenance), _alone(place) as connection:
        marks = _marks(connection)
        exists = _require_ours(connection, place.name, marks)
        _require_rights(connection, place)
        fresh = f"{place.name}-fresh"
        _drop_leftover(connection, place, fresh)
        if place.embedded:
            _make_template(connection, place, say, sample)
            _clone(connection, TEMPLATE, fresh)
        else:
            _build(connection, place, fresh, say, sample)
        aside = _swap(connection, place.name, fresh) if exists else None
        if aside is None:
            _rename(connection, fresh, place.name)
        _drop_oldest(connection, place.name)
    return Reset(place.url, aside)


# ------------------------------------------------------------------ by whose leave


@contextlib.contextmanager
def _alone(place: Place) -> Iterator[psycopg.Connection]:
    """Connect to the server's maintenance database, and hold the lock on making databases."""
    if not place.embedded and place.name in SERVERS_OWN:
        raise SandboxError(
            f"The database {place.name!r} is the server's own, and is not renamed.",
            "create a database of its own (create database museum;), name it in DATABASE_URL, "
            "and type docent up",
        )
    connection = postgres.connect(place.maintenance, autocommit=True)
    with contextlib.closing(connection):
        connection.execute("select pg_advisory_lock(%s)", [LOCK])  # until the connection closes
        yield connection


def _require_rights(connection: psycopg.Connection, place: Place) -> None:
    row = connection.execute(
        "select rolcreatedb or rolsuper, rolname from pg_catalog.pg_roles "
        "where rolname = current_user"
    ).fetchone()
    if row and not row[0]:
        raise SandboxError(
            f"The user {row[1]!r} may not create databases on the server of "
            f"{urls.shown(place.url)}, so that no fresh one can be made beside the old one.",
            f"have its administrator type: alter role {row[1]} createdb; "
            "or empty this one in place: alembic downgrade base, then docent up",
        )


def _require_ours(connection: psycopg.Connection, name: str, marks: Mapping[str, Mark]) -> bool:
    """Whether the database exists; SandboxError when it does and is not ours."""
    if name in marks:
        return True
    if not _exists(connection, name):
        return False
    raise SandboxError(
        f"The database {name!r} is not marked as a sandbox; it is left as it is.",
        "type docent up, which adopts an empty one, or point DATABASE_URL at another",
    )


def _exists(connection: psycopg.Connection, name: str) -> bool:
    row = connection.execute("select from pg_catalog.pg_database where datname = %s", [name])
    return row.fetchone() is not None


# ------------------------------------------------------------------ making databases


def _marks(connection: psycopg.Connection) -> dict[str, Mark]:
    """The databases of this server that are ours, and what their marks say."""
    found = connection.execute(
        "select datname, shobj_description(oid, 'pg_database') from pg_catalog.pg_database"
    ).fetchall()
    return {name: mark for name, comment in found if (mark := read_mark(comment))}


def _make_template(connection: psycopg.Connection, place: Place, say: Say, sample: Path) -> None:
    """See that the template is there, made from the migrations and the sample of today."""
    make_reader(connection)
    marks = _marks(connection)
    made = fingerprint(sample)
    if TEMPLATE in marks and marks[TEMPLATE].made == made:
        return
    fresh = f"{TEMPLATE}-fresh"
    _drop_leftover(connection, place, fresh)
    _build(connection, place, fresh, say, sample)
    write_mark(connection, fresh, Mark("template", made=made))
    # Nobody may be connected to a database while it is cloned.
    _order(connection, "alter database {} with allow_connections false", fresh)
    _drop_leftover(connection, place, f"{TEMPLATE}-old")
    with connection.transaction():
        if TEMPLATE in marks:
            _rename(connection, TEMPLATE, f"{TEMPLATE}-old")
        _rename(connection, fresh, TEMPLATE)
    _drop_leftover(connection, place, f"{TEMPLATE}-old")


def _build(connection: psycopg.Connection, place: Place, name: str, say: Say, sample: Path) -> None:
    """Make a database from nothing: empty, marked, migrated, seeded."""
    _order(connection, "create database {} template template0", name)
    mark = Mark("learner", made=fingerprint(sample))
    write_mark(connection, name, mark)
    try:
        furnish(urls.with_name(place.url, name), say, sample)
    except BaseException:
        with contextlib.suppress(Exception):  # the first error is the one to tell
            _drop(connection, name)
        raise


def _clone(connection: psycopg.Connection, template: str, name: str) -> None:
    from psycopg import sql

    made = _marks(connection)[template].made
    connection.execute(
        sql.SQL("create database {} template {}").format(
            sql.Identifier(name), sql.Identifier(template)
        )
    )
    write_mark(connection, name, Mark("learner", made=made))


def _swap(connection: psycopg.Connection, name: str, fresh: str) -> str:
    """Put the old database aside and the fresh one in its place, both or neither."""
    aside = _free_name(connection, name)
    mark = replace(_marks(connection)[name], kind="put aside", of=name)
    _order(connection, "alter database {} with allow_connections false", name)
    try:
        _cut_off(connection, name)
        with connection.transaction():
            _rename(connection, name, aside)
            write_mark(connection, aside, mark)
            _order(connection, "alter database {} with allow_connections true", aside)
            _rename(connection, fresh, name)
    except BaseException:
        _order(connection, "alter database {} with allow_connections true", name)
        raise
    return aside


def _free_name(connection: psycopg.Connection, name: str) -> str:
    """A name with the moment in it, for the database that is put aside: later ones sort later."""
    taken = {row[0] for row in connection.execute("select datname from pg_catalog.pg_database")}
    now = datetime.now(UTC)
    dated = f"{name[:38]}-{now:%Y-%m-%d-%H%M%S}-{now.microsecond // 1000:03}"
    numbered = (dated if number == 1 else f"{dated}-{number}" for number in range(1, 1000))
    return next(candidate for candidate in numbered if candidate not in taken)


def _cut_off(connection: psycopg.Connection, name: str) -> None:
    """End every session of a database that lets nobody in any more."""
    deadline = time.monotonic() + 10
    while connection.execute(
        "select pg_terminate_backend(pid) from pg_catalog.pg_stat_activity where datname = %s",
        [name],
    ).fetchall():
        if time.monotonic() > deadline:
            raise SandboxError(
                f"Somebody is connected to {name!r} and does not let go.",
                "close the notebooks and programs that use it, then repeat",
            )
        time.sleep(0.005)


def _drop_oldest(connection: psycopg.Connection, name: str) -> None:
    """Keep the last few databases that were put aside for this one; drop those before."""
    aside = sorted(
        database
        for database, mark in _marks(connection).items()
        if mark.kind == "put aside" and mark.of == name
    )
    for database in aside[:-KEPT]:
        _drop(connection, database)


def _drop_leftover(connection: psycopg.Connection, place: Place, name: str) -> None:
    """Drop what an interrupted run has left under a name that only we use.

    A run that was killed between making a database and marking it has left one without a mark.
    On the embedded server, which is the sandbox's alone, it is marked now.
    """
    marks = _marks(connection)
    if place.embedded and name not in marks and _exists(connection, name):
        write_mark(connection, name, Mark("learner"))
        marks = _marks(connection)
    if _require_ours(connection, name, marks):
        _drop(connection, name)


def _drop(connection: psycopg.Connection, name: str) -> None:
    if name not in _marks(connection):
        raise SandboxError(f"The database {name!r} is not ours to drop.", "drop it yourself")
    _order(connection, "alter database {} with allow_connections false", name)
    _cut_off(connection, name)
    _order(connection, "drop database {}", name)


def _rename(connection: psycopg.Connection, name: str, to: str) -> None:
    from psycopg import sql

    connection.execute(
        sql.SQL("alter database {} rename to {}").format(sql.Identifier(name), sql.Identifier(to))
    )


def _order(connection: psycopg.Connection, statement: str, name: str) -> None:
    """Say something to the server about one of its databases."""
    from psycopg import sql

    connection.execute(sql.SQL(statement).format(sql.Identifier(name)))
