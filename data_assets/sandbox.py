"""Make a learner's database, give a fresh one, and put the old one aside.

This is the only code that creates, renames or drops databases, and it touches none that does
not carry the sandbox's mark. On the embedded server, one template holds the museum, migrated
and seeded, and each learner's database is cloned from it, which takes a moment. Nothing of a
learner's is ever lost: a reset renames the old database, and the last three are kept.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from data_assets import postgres, server, urls
from data_assets.errors import SandboxError
from data_assets.home import home_folder
from data_assets.leave import exists, require_ours, require_right_to_create, require_rights
from data_assets.marking import Mark, read_marks, write_mark
from data_assets.museum import SAMPLE, bring_up_to_date, fingerprint, furnish
from data_assets.place import Place, find_place
from data_assets.roles import make_reader
from data_assets.sessions import nobody_stays, send_out

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
            if require_ours(connection, place.name, read_marks(connection)):
                # A reset by an earlier version, when it was killed, left it closed.
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
    server.require_a_system_to_run_on()
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
        marks = read_marks(connection)
        exists = require_ours(connection, place.name, marks)
        require_rights(connection, place)
        fresh = f"{place.name}-fresh"
        _drop_leftover(connection, place, fresh)
        if place.embedded:
            _make_template(connection, place, say, sample)
            _clone(connection, TEMPLATE, fresh)
        else:
            _build(connection, place, fresh, say, sample)
        aside = _swap(connection, place, fresh) if exists else None
        if aside is None:
            _rename(connection, fresh, place.name)
        _drop_oldest(connection, place.name)
    return Reset(place.url, aside)


def make_scratch(
    connection: psycopg.Connection, name: str, of: str, copy_of: str | None = None
) -> None:
    """Make a database for a moment's work, empty or as a copy; ``of`` is where that is asked for.

    Raises SandboxError where there is nothing to copy, or somebody is connected to it.
    """
    require_right_to_create(connection)
    if copy_of is None:
        _order(connection, "create database {} template template0", name)
    else:
        _copy(connection, copy_of, name)
    write_mark(connection, name, Mark("scratch", of=of))


def drop_scratch(connection: psycopg.Connection, name: str) -> None:
    """Drop such a database, whoever is connected to it; no other is ever dropped by this."""
    mark = read_marks(connection).get(name)
    if mark and mark.kind == "scratch":
        _drop(connection, name)


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


# ------------------------------------------------------------------ making databases


def _make_template(connection: psycopg.Connection, place: Place, say: Say, sample: Path) -> None:
    """See that the template is there, made from the migrations and the sample of today."""
    make_reader(connection)
    marks = read_marks(connection)
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
    made = read_marks(connection)[template].made
    _copy(connection, template, name)
    write_mark(connection, name, Mark("learner", made=made))


def _copy(connection: psycopg.Connection, template: str, name: str) -> None:
    """Make a database with all that is in another one, which is only read."""
    import psycopg
    from psycopg import sql

    statement = sql.SQL("create database {} template {}")
    try:
        connection.execute(statement.format(sql.Identifier(name), sql.Identifier(template)))
    except psycopg.errors.InvalidCatalogName as error:
        raise SandboxError(
            f"There is no database {template!r} on this server to be copied.",
            "name one that is on the server of DATABASE_URL, or in the sandbox",
        ) from error
    except psycopg.errors.ObjectInUse as error:
        raise SandboxError(
            f"The database {template!r} cannot be copied while somebody is connected to it.",
            "close the notebooks and programs that use it, or name one that nobody uses",
        ) from error


def _swap(connection: psycopg.Connection, place: Place, fresh: str) -> str:
    """Put the old database aside and the fresh one in its place, both or neither.

    Nothing is closed for that: whoever is killed here leaves a database that lets people in.
    """
    name = place.name
    aside = _free_name(connection, name)
    mark = replace(read_marks(connection)[name], kind="put aside", of=name)
    send_out(connection, name)
    with nobody_stays(place.maintenance, name), connection.transaction():
        _rename(connection, name, aside)
        write_mark(connection, aside, mark)
        _rename(connection, fresh, name)
    return aside


def _free_name(connection: psycopg.Connection, name: str) -> str:
    """A name with the moment in it, for the database that is put aside: later ones sort later."""
    taken = {row[0] for row in connection.execute("select datname from pg_catalog.pg_database")}
    now = datetime.now(UTC)
    dated = f"{name[:38]}-{now:%Y-%m-%d-%H%M%S}-{now.microsecond // 1000:03}"
    numbered = (dated if number == 1 else f"{dated}-{number}" for number in range(1, 1000))
    return next(candidate for candidate in numbered if candidate not in taken)


def _drop_oldest(connection: psycopg.Connection, name: str) -> None:
    """Keep the last few databases that were put aside for this one; drop those before."""
    aside = sorted(
        database
        for database, mark in read_marks(connection).items()
        if mark.kind == "put aside" and mark.of == name
    )
    for database in aside[:-KEPT]:
        _drop(connection, database)


def _drop_leftover(connection: psycopg.Connection, place: Place, name: str) -> None:
    """Drop what an interrupted run has left under a name that only we use.

    A run that was killed between making a database and marking it has left one without a mark.
    On the embedded server, which is the sandbox's alone, it is marked now.
    """
    marks = read_marks(connection)
    if place.embedded and name not in marks and exists(connection, name):
        write_mark(connection, name, Mark("learner"))
        marks = read_marks(connection)
    if require_ours(connection, name, marks):
        _drop(connection, name)


def _drop(connection: psycopg.Connection, name: str) -> None:
    if name not in read_marks(connection):
        raise SandboxError(f"The database {name!r} is not ours to drop.", "drop it yourself")
    _order(connection, "alter database {} with allow_connections false", name)
    send_out(connection, name)
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
