"""Where a history is: in the sandbox's own database, in a file beside others, or where one says."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Final
from urllib.parse import unquote

from data_assets import urls
from data_assets.errors import SandboxError
from data_assets.home import home_folder
from prevention.history.engines import Engine, PostgresEngine, SqliteEngine, address
from prevention.history.schema import migrate
from prevention.history.store import History

FILE: Final = "history.db"
"""The local file, in the folder of all that Docent keeps (``DOCENT_HOME``, else ``.docent``)."""
SQLITE: Final = "sqlite:///"


def open_history(
    database: str, history_url: str | None = None, *, make: bool = True
) -> History | None:
    """The history of a database, by the database's address; close it when done.

    history_url:  where it is kept: ``postgresql://…``, ``sqlite:///FILE`` or a file's path.
                  Without one it is in the database where that is a sandbox, else in a local file.
    make:         whether it is made where there is none; otherwise the result is ``None`` there.

    Raises SandboxError where the place cannot be reached, or is somebody else's.
    """
    engine = _engine(database, history_url, make=make)
    if engine is None:
        return None
    try:
        if not make and not engine.is_there():
            engine.close()
            return None
        migrate(engine)
    except BaseException:
        engine.close()
        raise
    within = not history_url and isinstance(engine, PostgresEngine)
    return History(engine, urls.name_in(database) if within else address(database))


def _engine(database: str, history_url: str | None, *, make: bool) -> Engine | None:
    if history_url and not urls.SCHEME.match(history_url):
        return _file(_path(history_url), make=make)
    if history_url:
        return PostgresEngine(history_url)
    try:
        ours = _is_sandbox(database)
    except SandboxError:  # it does not answer; a history beside it can still be told so
        if known := _known_in_file(database):
            return known
        raise
    return PostgresEngine(database) if ours else _file(local_file(), make=make)


def _known_in_file(database: str) -> Engine | None:
    """The local file, where it has runs of this database."""
    engine = _file(local_file(), make=False)
    if engine is None:
        return None
    asked = "select 1 from runs where database = %s limit 1"
    if engine.is_there() and engine.execute(asked, [address(database)]):
        return engine
    engine.close()
    return None


def local_file(environment: Mapping[str, str] = os.environ) -> Path:
    """The file in which the history of a database is kept that is not ours."""
    return home_folder(environment) / FILE


def _file(path: Path, *, make: bool) -> Engine | None:
    if not make and not path.is_file():
        return None
    if make and path == local_file() and not path.parent.exists():
        _make_home(path.parent)
    return SqliteEngine(path)


def _make_home(folder: Path) -> None:
    """The folder of what Docent keeps, which git is told to leave out."""
    folder.mkdir(parents=True, exist_ok=True)
    with contextlib.suppress(FileExistsError), (folder / ".gitignore").open("x") as file:
        file.write("*\n")


def _path(history_url: str) -> Path:
    """The path in ``sqlite:///FILE``, or the path itself."""
    if history_url.startswith(SQLITE):
        return Path(unquote(history_url.removeprefix(SQLITE)))
    if "://" in history_url:
        raise SandboxError(
            f"A history cannot be kept at {urls.shown(history_url)}.",
            "name postgresql://… or sqlite:///history.db",
        )
    return Path(history_url)


def _is_sandbox(database: str) -> bool:
    """Whether the database is marked as ours to change."""
    from data_assets.marking import mark_of
    from data_assets.postgres import connect, explained

    with closing(connect(database, autocommit=True)) as connection, explained(database):
        return mark_of(connection) is not None
