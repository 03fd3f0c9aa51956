"""The migrations that a database has not seen yet, run where they change nothing.

The database itself is asked one thing: how far Alembic says that it is. What is still to come
is found by two scratch databases, migrated by the project's own Alembic: as far as it, and to
the end.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from contracts.consumers import Consumer
from detection.model import Catalog
from prevention.asking import Ask, QueryTerms, asking, contrast_asked
from prevention.configuration import Configuration
from prevention.decision import NotJudged, Obstacle

if TYPE_CHECKING:
    import psycopg

    from data_assets.alembic_run import AlembicProject
    from data_assets.place import Place
    from detection.testimony import Statement, Testimony

BOOKS: Final = "select to_regclass('alembic_version') is not null"
HOW_FAR: Final = "select version_num from alembic_version order by 1"
PYPROJECT: Final = "pyproject.toml"


@dataclass(frozen=True, slots=True)
class Pending:
    """What is still to come for a database.

    database:  its name, with the revision that it is at.
    head:      the revision that the project's migrations lead to.
    catalogs:  what the migrations make as far as the database has seen them, and all of them.
    testimonies:  what becomes of the consumers' queries; ``None`` where they were not asked.
    """

    database: str
    head: str
    catalogs: tuple[Catalog, Catalog]
    testimonies: tuple[Testimony, ...] | None = None


def read_pending(
    settings: Configuration,
    database: str | None,
    schemas: Sequence[str] | None,
    environment: Mapping[str, str],
    consumers: Sequence[Consumer] = (),
    queries: QueryTerms | None = None,
    rows_from: str | None = None,
) -> Pending:
    """What is still to come for a database, or for the one in use.

    queries:    how the queries of the consumers are put to both; ``None`` leaves them out.
    rows_from:  the name of a database on the same server, of a copy of which both begin.

    Raises NotJudged where there are no migrations, or no server to try them on, and SandboxError
    when one cannot run.
    """
    from data_assets.postgres import database_url
    from data_assets.urls import name_in

    project = _project(settings)
    place = _place(environment)
    url = database or database_url(environment)
    seen = _revisions(url)
    ask = asking(consumers, queries, paced=rows_from is not None)
    run = partial(
        _migrated, place, project, schemas=schemas, environment=environment,
        rows_from=rows_from, ask=ask,
    )  # fmt: skip
    with ThreadPoolExecutor(max_workers=2) as workers:
        before, after = workers.map(run, (seen, ("heads",)))
    name = name_in(url)
    return Pending(
        f"{name} at {_shown(seen)}",
        f"{name} at {_shown(after.revisions)}",
        (before.catalog, after.catalog),
        contrast_asked(consumers, queries, before.statement, after.statement),
    )


def _project(settings: Configuration) -> AlembicProject:
    from data_assets.alembic_run import AlembicProject

    home = (settings.file.parent if settings.file else Path.cwd()).resolve()
    for file in (settings.alembic, home / PYPROJECT):
        if file.is_file() and (
            file.name != PYPROJECT or "[tool.alembic" in file.read_text("utf-8")
        ):
            ini = file.resolve()
            return AlembicProject(ini.parent, ini, home)
    raise NotJudged(
        Obstacle(
            f"There are no migrations: {settings.alembic} is not there.",
            "Name Alembic's configuration by alembic in [tool.docent] of pyproject.toml.",
        )
    )


def _place(environment: Mapping[str, str]) -> Place:
    """The server on which the scratch databases are made."""
    from data_assets import postgres, server
    from data_assets.home import home_folder
    from data_assets.place import find_place

    if postgres.given_url(environment) or server.is_set_up(home_folder(environment)):
        return find_place(environment, lambda _: None)
    raise NotJudged(
        Obstacle(
            "There is no server to try the migrations on.",
            "Set DATABASE_URL to one that lets you make databases, or type docent up.",
        )
    )


def _revisions(url: str) -> tuple[str, ...]:
    """How far a database is, as Alembic wrote it down there; nothing where it never ran."""
    from data_assets.postgres import connect, explained

    with closing(connect(url)) as connection, explained(url):
        return _seen(connection)


def _seen(connection: psycopg.Connection) -> tuple[str, ...]:
    there = connection.execute(BOOKS).fetchone()
    if there is None or not there[0]:
        return ()
    return tuple(str(row[0]) for row in connection.execute(HOW_FAR).fetchall())


@dataclass(frozen=True, slots=True)
class _Migrated:
    """What migrations make: the structure, how far they are then, and how queries are answered."""

    catalog: Catalog
    revisions: tuple[str, ...]
    statement: Statement | None


def _migrated(
    place: Place,
    project: AlembicProject,
    revisions: Sequence[str],
    schemas: Sequence[str] | None,
    environment: Mapping[str, str],
    rows_from: str | None,
    ask: Ask,
) -> _Migrated:
    """What the migrations make as far as these revisions, and which ones they are then."""
    from data_assets.alembic_run import migrate
    from data_assets.postgres import connect, explained
    from data_assets.scratch import scratch_database
    from detection.catalog import read_catalog

    with scratch_database(place, rows_from) as url:
        for revision in revisions:
            migrate(url, project, revision, environment=environment)
        with closing(connect(url, structure_only=True)) as connection, explained(url):
            catalog = replace(read_catalog(connection, schemas), database="a scratch database")
        return _Migrated(catalog, _revisions(url), ask(url))


def _shown(revisions: Sequence[str]) -> str:
    return ", ".join(revisions) or "the beginning"
