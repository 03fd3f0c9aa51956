"""The database as the migrations of a project make it, at one commit or another.

Each is migrated in a scratch database of its own, from the files of that commit, and read.
"""

from __future__ import annotations

import configparser
import os
import re
import tempfile
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from contracts.model import Location
from detection.change import Change
from detection.model import Catalog
from prevention.asking import Ask, ask_nothing
from prevention.exporting import export
from prevention.git import Repository

if TYPE_CHECKING:
    from data_assets.alembic_run import AlembicProject
    from data_assets.place import Place
    from detection.testimony import Statement

NAME: Final = "a scratch database"
"""What is told in place of a name that is another one each time."""

PYPROJECT: Final = "pyproject.toml"
MOST_SCRIPTS: Final = 200
"""Files that are looked through for the line of a change; a branch has few migrations."""
SCRIPTS: Final = (".py", ".sql")


@dataclass(frozen=True, slots=True)
class Migrations:
    """Where a project's migrations are.

    repository:  the repository that holds them.
    ini:         Alembic's configuration, by its path in the repository.
    folder:      the project's folder in the repository, in which its commands are typed.
    """

    repository: Repository
    ini: str
    folder: str = ""

    def there(self, commit: str | None) -> bool:
        """Whether a commit, or the working tree, has the configuration."""
        content = _content(self.repository, commit, self.ini)
        if content is None or not self.ini.endswith(PYPROJECT):
            return content is not None
        return b"[tool.alembic" in content

    def project(self, root: Path) -> AlembicProject:
        """The project in a folder that holds the repository's files, or some of them."""
        from data_assets.alembic_run import AlembicProject

        home = self.repository.root / self.folder
        folder, ini = root / self.folder, root / self.ini
        return AlembicProject(_where_to_type(folder, ini), ini, home, folder)


def find_migrations(
    repository: Repository, ini: Path, folder: Path, commits: Sequence[str | None]
) -> Migrations | None:
    """The migrations that all of these commits have, by Alembic's configuration.

    That is ``ini``, else the ``pyproject.toml`` of the project, whose folder is ``folder``.
    """
    below = repository.path_of(folder)
    for path in (repository.path_of(ini), repository.path_of(folder / PYPROJECT)):
        # A configuration outside of the project's folder may lead anywhere.
        found = Migrations(repository, path, below if _is_below(path, below) else "")
        if all(found.there(commit) for commit in commits):
            return found
    return None


def _content(repository: Repository, commit: str | None, path: str) -> bytes | None:
    """What is in a file, if it is there."""
    if commit is None:
        file = repository.root / path
        return file.read_bytes() if file.is_file() else None
    found = [entry for entry in repository.entries(commit, path) if entry.path == path]
    return repository.contents(found)[found[0].id] if found else None


@dataclass(frozen=True, slots=True)
class Migrated:
    """What migrations make of a database, and how it answers those who read it.

    statement:  what it says to the consumers' queries; ``None`` where it was not asked.
    """

    catalog: Catalog
    statement: Statement | None = None


def read_migrated(
    migrations: Migrations,
    commits: Sequence[str | None],
    place: Place,
    schemas: Sequence[str] | None = None,
    environment: Mapping[str, str] = os.environ,
    *,
    rows_from: str | None = None,
    ask: Ask = ask_nothing,
) -> tuple[Migrated, ...]:
    """What the migrations of each commit make (``None``: of the working tree).

    rows_from:  the name of a database on the same server, of a copy of which they begin;
                without one, of nothing.
    ask:        what to ask of each database while it is there.

    They are made at the same time. Raises SandboxError when a migration cannot run.
    """

    def read(commit: str | None) -> Migrated:
        from data_assets.scratch import scratch_database

        with (
            tempfile.TemporaryDirectory(prefix="docent-gate-") as name,
            scratch_database(place, rows_from) as url,
        ):
            folder = Path(name).resolve()
            export(migrations.repository, commit, folder, migrations.folder)
            catalog = _migrate(url, migrations.project(folder), schemas, environment)
            return Migrated(catalog, ask(url))

    with ThreadPoolExecutor(max_workers=len(commits)) as workers:
        return tuple(workers.map(read, commits))


def _migrate(
    url: str,
    project: AlembicProject,
    schemas: Sequence[str] | None,
    environment: Mapping[str, str],
) -> Catalog:
    from data_assets.alembic_run import migrate
    from data_assets.postgres import connect, explained
    from detection.catalog import read_catalog

    migrate(url, project, environment=environment)
    with closing(connect(url, structure_only=True)) as connection, explained(url):
        return replace(read_catalog(connection, schemas), database=NAME)


def _where_to_type(folder: Path, ini: Path) -> Path:
    """The folder from which the configuration's own paths lead to the migrations."""
    parser = configparser.RawConfigParser()
    try:
        parser.read_string(ini.read_text(encoding="utf-8"))
        script = parser.get("alembic", "script_location", fallback="")
    except (OSError, ValueError, configparser.Error):
        script = ""
    return ini.parent if script and (ini.parent / script).exists() else folder


def _is_below(path: str, folder: str) -> bool:
    return not folder or path.startswith(f"{folder}/")


# ------------------------------------------------------------------ which line it is


@dataclass(frozen=True, slots=True)
class Scripts:
    """The texts of the migrations that are new or changed, by their paths."""

    texts: Mapping[str, str]

    def line_of(self, change: Change) -> Location | None:
        """The line that makes a change of the database: the one that speaks most of it."""
        names = [name for name in _names(change) if name]
        found = [
            (score, path, number)
            for path, text in self.texts.items()
            for number, score in _scores(text, names)
        ]
        if not found:
            return None
        _, path, number = min(found, key=lambda each: (-each[0], each[1], each[2]))
        return Location(path, number)


def changed_scripts(repository: Repository, old: str, new: str | None) -> Scripts:
    """The migrations that are different in a newer commit, or in the working tree."""
    paths = [path for path in repository.changed(old, new) if path.endswith(SCRIPTS)]
    contents = {path: _content(repository, new, path) for path in paths[:MOST_SCRIPTS]}
    texts = {
        path: content.decode("utf-8", "replace") for path, content in contents.items() if content
    }
    return Scripts({path: text for path, text in texts.items() if _migrates(path, text)})


def _migrates(path: str, text: str) -> bool:
    return path.endswith(".sql") or "def upgrade" in text


def _names(change: Change) -> tuple[str | None, ...]:
    columns = [side.column.name for side in (change.before, change.after) if side.column]
    return (*dict.fromkeys(columns), change.table, (change.function or "").partition("(")[0])


def _scores(text: str, names: Sequence[str]) -> list[tuple[int, int]]:
    """The lines of a migration's way up that name what changes, and how much of it.

    The table alone may stand lines above the column, in a call over several of them.
    """
    lines = text.splitlines()
    start = next((n for n, line in enumerate(lines) if "def upgrade" in line), 0)
    end = next((n for n, line in enumerate(lines) if "def downgrade" in line), len(lines))
    patterns = [re.compile(rf"(?<!\w){re.escape(name)}(?!\w)") for name in names]
    scores = []
    for number in range(start, end if end > start else len(lines)):
        score = sum(1 for pattern in patterns if pattern.search(lines[number]))
        if score:
            scores.append((number + 1, score))
    return scores
