"""The room before a workshop: everything that would stop somebody, found before anybody sits there.

It looks, and changes nothing; only a stopped server of a sandbox is started, as ``docent check``
does. It needs no network.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from docent import machine
from docent.looks import Look, amber, green, looked, red

if TYPE_CHECKING:
    import psycopg

    from docent.exercise import Lesson

CONNECTIONS_EACH: Final = 2
"""One that an open lab keeps, and one that a cell takes while it runs."""

DATABASES_EACH: Final = 6
"""A learner's own, three that resets have put aside, and two for the branches of lesson 07."""

CLOCKS_APART: Final = timedelta(minutes=2)
"""From here on, "stuck for ten minutes" is no longer to be trusted."""

FETCHED: Final = re.compile(r"(?i)!\[[^]]*\]\(https?:|<(?:img|script|link|iframe)[^>]+https?:")
"""What a browser would fetch from elsewhere while a notebook is read."""


def look_at_room(
    learners: int = 1, *, place: str = "", environment: Mapping[str, str] = os.environ
) -> tuple[Look, ...]:
    """Look at all that a workshop needs.

    learners:  how many share this machine or the server of ``DATABASE_URL``; 1 on one's own.
    place:     the class's folder or address, if it is not the environment's.
    """
    from data_assets.home import clone
    from docent.lessons import LESSONS

    at = clone()
    return (
        looked("Python", machine.look_at_python),
        looked("Packages", lambda: machine.look_at_packages(at / "requirements.lock")),
        *_server(learners, environment),
        looked("Notebooks", lambda: look_at_notebooks(at / "notebooks", LESSONS)),
        looked("Network", lambda: look_at_network(at)),
        looked("git", machine.look_at_git),
        looked("Memory", lambda: machine.look_at_memory(learners)),
        looked("Ports", lambda: machine.look_at_ports(learners)),
        looked("Browser", machine.look_at_browser),
        *_class(place, environment),
    )


# ------------------------------------------------------------------ the server


def _server(learners: int, environment: Mapping[str, str]) -> Iterator[Look]:
    """Looks at Postgres and what is in it. Where it cannot be reached, one look says why."""
    url = ""

    def start() -> Look:
        nonlocal url
        from data_assets.postgres import database_url

        url = database_url(environment)
        return look_at_postgres(url)

    first = looked("Postgres", start)
    yield first
    if first.light == "red":
        return
    asks: tuple[tuple[str, Callable[[], Look]], ...] = (
        ("Museum", lambda: look_at_museum(url)),
        ("Fresh starts", lambda: look_at_fresh_starts(environment)),
        ("Connections", lambda: look_at_connections(url, learners)),
        ("Disk", lambda: look_at_disk(url, learners, environment)),
    )
    for what, ask in asks:
        yield looked(what, ask)


def look_at_postgres(url: str) -> Look:
    """Whether the server answers, and which it is."""
    with _connected(url) as connection:
        version = connection.info.server_version // 10_000
        return green("Postgres", f"PostgreSQL {version}, database {connection.info.dbname}")


def look_at_museum(url: str) -> Look:
    """Whether the database is the sandbox's, holds works, and keeps what the contracts promise."""
    import prevention
    from data_assets.home import clone
    from data_assets.marking import mark_of

    with _connected(url) as connection:
        if mark_of(connection) is None:
            return red("Museum", "this database is not marked as a sandbox", "type docent up")
        works = _first(connection, "select to_regclass('public.object')")
        count = _first(connection, "select count(*) from public.object") if works else 0
    if not count:
        return red("Museum", "it holds no works", "type docent up")
    decision = prevention.check(clone() / "contracts", database=url)
    said = f"{count:,} works, {len(decision.checked.contracts)} contracts"
    if decision.exit:
        step = "type docent check to see what; docent reset gives a fresh one and keeps this one"
        return amber("Museum", f"{said}, and they do not agree", step)
    return green("Museum", f"{said}, every promise kept")


def look_at_fresh_starts(environment: Mapping[str, str]) -> Look:
    """Whether a reset will work, and whether it is quick."""
    from data_assets.marking import read_marks
    from data_assets.museum import fingerprint
    from data_assets.place import find_place
    from data_assets.sandbox import TEMPLATE

    place = find_place(environment, lambda _: None)
    with _connected(place.maintenance) as connection:
        marks = read_marks(connection)
        if place.embedded and TEMPLATE in marks and marks[TEMPLATE].made == fingerprint():
            return green("Fresh starts", "a template is ready to be cloned")
        if place.embedded:
            step = "type docent up"
            return amber("Fresh starts", "the template is missing or old; the first is slow", step)
        question = "select rolcreatedb or rolsuper from pg_roles where rolname = current_user"
        if not _first(connection, question):
            step = f"its administrator types: alter role {connection.info.user} createdb"
            return amber("Fresh starts", "this user may not create databases", step)
    return green("Fresh starts", "this user may create databases")


def look_at_connections(url: str, learners: int) -> Look:
    """Whether so many learners can be connected at once."""
    with _connected(url) as connection:
        most = int(_first(connection, "select current_setting('max_connections')"))
        kept = int(_first(connection, "select current_setting('superuser_reserved_connections')"))
        used = int(
            _first(
                connection,
                "select count(*) from pg_stat_activity where backend_type = 'client backend' "
                "and pid <> pg_backend_pid()",
            )
        )
    free, needed = most - kept - used, learners * CONNECTIONS_EACH
    said = f"{free} free, {needed} needed at once"
    if free < needed:
        step = f"alter system set max_connections = {needed + kept + 20}; then restart the server"
        return red("Connections", said, step)
    return green("Connections", said)


def look_at_disk(url: str, learners: int, environment: Mapping[str, str]) -> Look:
    """Whether the databases of so many learners fit, with what resets and lesson 07 add."""
    from data_assets.home import home_folder
    from data_assets.postgres import given_url

    with _connected(url) as connection:
        size = int(_first(connection, "select pg_database_size(current_database())"))
    needed = learners * DATABASES_EACH * size
    said = f"about {_megabytes(needed)} needed for databases"
    if given_url(environment):
        step = "see that its disk has as much free"
        return amber("Disk", f"{said}; the server's disk cannot be seen from here", step)
    free = shutil.disk_usage(home_folder(environment)).free
    said = f"{_megabytes(free)} free, {said}"
    if free < needed:
        return red("Disk", said, "free some room, or set DOCENT_HOME to a larger disk")
    if free < 2 * needed:
        return amber("Disk", said, "free some room, or set DOCENT_HOME to a larger disk")
    return green("Disk", said)


def _megabytes(size: int) -> str:
    return f"{size // 2**20:,} MB"


def _first(connection: psycopg.Connection[Any], question: str) -> Any:
    row = connection.execute(question).fetchone()
    return row[0] if row else None


@contextlib.contextmanager
def _connected(url: str) -> Iterator[psycopg.Connection[Any]]:
    from data_assets.postgres import connect, explained

    with contextlib.closing(connect(url)) as connection, explained(url):
        connection.read_only = True
        yield connection


# ------------------------------------------------------------------ the clone


def look_at_notebooks(folder: Path, lessons: Sequence[Lesson]) -> Look:
    """Whether every lesson's notebook is there, and holds no answers of whoever came before."""
    import nbformat

    missing = [one.notebook for one in lessons if not (folder / f"{one.notebook}.ipynb").exists()]
    if missing:
        step = f"fetch them again: git checkout -- {folder.name}"
        return red("Notebooks", f"missing: {', '.join(missing)}", step)
    used = []
    for path in sorted(folder.glob("*.ipynb")):
        cells = nbformat.read(path, as_version=4).cells
        if any(cell.get("outputs") or cell.get("execution_count") for cell in cells):
            used.append(path.stem)
    count = len(list(folder.glob("*.ipynb")))
    if used:
        step = "fine where somebody has worked; for a clean start, make format takes outputs away"
        return amber("Notebooks", f"{count}, with outputs in {', '.join(used)}", step)
    return green("Notebooks", f"{count}, without outputs")


def look_at_network(at: Path) -> Look:
    """Whether the tour fetches anything from elsewhere while it runs."""
    from data_assets.museum import SAMPLE

    if not SAMPLE.exists():
        return red("Network", f"the sample {SAMPLE.name} is missing", f"git checkout -- {SAMPLE}")
    fetching = [
        path.stem
        for path in sorted((at / "notebooks").glob("*.ipynb"))
        if FETCHED.search(path.read_text(encoding="utf-8"))
    ]
    if fetching:
        step = "without it, these pictures stay empty"
        return amber("Network", f"asked for in {', '.join(fetching)}", step)
    return green("Network", "not needed: data, packages and pictures are on this disk")


# ------------------------------------------------------------------ the class


def _class(place: str, environment: Mapping[str, str]) -> list[Look]:
    """A look at the class, where there is one beside this sandbox."""
    from docent.classroom import classroom, named_class

    if not place.strip() and named_class(environment) is None:
        return []
    return [looked("Class", lambda: look_at_class(classroom(place, environment)))]


def look_at_class(room: Any) -> Look:
    """Whether progress gets there, and whether its clock and ours agree."""
    from docent.class_table import SharedTable
    from docent.classroom import ClassTrouble
    from docent.place import now

    try:
        room.knock()
        ahead = abs(room.clock() - now()) if isinstance(room, SharedTable) else timedelta()
    except ClassTrouble as error:
        step = "mend it, or go on: progress is kept here, and sent once the class answers"
        return amber("Class", f"{room.name}: {error}", step)
    if ahead > CLOCKS_APART:
        minutes = round(ahead.total_seconds() / 60)
        step = 'set this machine\'s clock, or do not trust "for 10 min"'
        return amber("Class", f"{room.name}; its clock is {minutes} minutes apart from ours", step)
    return green("Class", room.name)
