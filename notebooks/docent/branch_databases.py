"""The databases of a branch: one to develop on, and one that each build makes from nothing.

Both stand beside the learner's own database, on the same server, under its name with a word
added. They carry the sandbox's mark, and nothing without that mark is ever emptied.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from data_assets.sandbox import Reset

LONGEST: Final = 48
"""Of the name of a database, so that a word fits behind it."""

SCHEMAS: Final = """
select nspname from pg_catalog.pg_namespace
where nspname !~ '^pg_' and nspname <> 'information_schema'
"""


def databases(project: Path) -> tuple[str, str]:
    """The URLs of both: the first one migrated by the project, and filled; the second empty."""
    branch, checks = own_database("branch"), own_database("checks")
    empty(checks)
    furnish(branch, project)
    return branch, checks


def own_database(purpose: str) -> str:
    """The URL of the learner's database for a purpose; it is made where it is not there yet."""
    from data_assets import sandbox
    from data_assets.place import find_place

    environment = _environment(purpose)
    place = find_place(environment, lambda _: None)
    if _is_there(place.maintenance, place.name):
        return place.url  # at whichever revision the branch has left it
    return sandbox.up(environment) if place.embedded else sandbox.reset(environment).url


def make_afresh(purpose: str, learners: Mapping[str, str] | None = None) -> Reset | None:
    """Give the learner a fresh museum for a purpose, and put the old one aside, where there is one.

    learners:  the environment in which the learner's museum is the one in use; without it, ours.

    Returns ``None`` where there is none: it is made when it is first needed.
    """
    from data_assets import sandbox
    from data_assets.place import find_place

    environment = _environment(purpose, learners)
    place = find_place(environment, lambda _: None)
    return sandbox.reset(environment) if _is_there(place.maintenance, place.name) else None


def empty(url: str) -> None:
    """Take everything out of a database that carries the sandbox's mark."""
    from psycopg import sql

    from data_assets.marking import require_mark
    from data_assets.postgres import connect, explained

    with contextlib.closing(connect(url)) as connection, explained(url), connection:
        require_mark(connection)
        connection.execute("set local lock_timeout = '15s'")
        for (schema,) in connection.execute(SCHEMAS).fetchall():
            connection.execute(sql.SQL("drop schema {} cascade").format(sql.Identifier(schema)))
        connection.execute("create schema public")
        connection.execute("grant usage on schema public to public")


def furnish(url: str, project: Path) -> None:
    """Empty a database, let the project's migrations make its tables, and load all data."""
    from data_assets.crm import seed_signups
    from data_assets.migrating import upgrade
    from data_assets.museum import SAMPLE
    from data_assets.postgres import connect
    from data_assets.seeding import seed

    empty(url)
    upgrade(url, folder=project / "data_assets" / "migrations")
    with contextlib.closing(connect(url)) as connection:
        seed(connection, SAMPLE)
        seed_signups(connection)


def _environment(purpose: str, learners: Mapping[str, str] | None = None) -> Mapping[str, str]:
    """The environment that names this database instead of the learner's own."""
    from data_assets import urls
    from data_assets.home import learner
    from data_assets.postgres import given_url
    from docent.place import environment_in_use

    environment = environment_in_use() if learners is None else learners
    if given := given_url(environment):
        name = f"{urls.name_in(given)[:LONGEST]}_{purpose}"
        return {**environment, "DATABASE_URL": urls.with_name(given, name)}
    return {**environment, "DOCENT_LEARNER": f"{learner(environment)} {purpose}"}


def _is_there(maintenance: str, name: str) -> bool:
    from data_assets.postgres import connect, explained

    with contextlib.closing(connect(maintenance)) as connection, explained(maintenance):
        found = connection.execute("select from pg_database where datname = %s", [name])
        return found.fetchone() is not None
