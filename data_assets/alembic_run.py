"""The migrations of any project, run by its own Alembic in a process of its own.

The process gets the address of one database, in every place in which an environment of Alembic
may look for it: ``sqlalchemy.url``, ``DATABASE_URL``, and whatever else in the environment is
the address of a Postgres database. So it cannot reach another one by a variable left standing.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from data_assets import postgres, urls
from data_assets.errors import SandboxError
from data_assets.marking import STRANGERS

PROGRAM: Final = Path(__file__).with_name("alembic_program.py")
"""What the process runs. It imports nothing of ours, since the project's Python may have none."""

PATIENCE: Final = 300.0
"""Seconds that all migrations together may take."""

NAMES: Final = ("POSTGRES_DB", "DB_NAME", "DATABASE_NAME", "PGDATABASE")
"""Variables that hold a database's name alone, in the projects that put an address together."""

POSTGRES: Final = re.compile(r"\s*(postgres(?:ql)?(?:\+\w+)?)://", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class AlembicProject:
    """A project with migrations, in a folder of its own.

    folder:   where its commands are typed.
    ini:      Alembic's configuration; ``pyproject.toml`` where there is no other.
    home:     the folder in which the project is worked on, where its own Python may be; this
              need not be the one that holds the migrations that are run.
    root:     the folder that the project's modules are imported from, where that is not
              ``folder``.
    """

    folder: Path
    ini: Path
    home: Path
    root: Path | None = None


def migrate(
    url: str,
    project: AlembicProject,
    revision: str = "heads",
    *,
    environment: Mapping[str, str] = os.environ,
) -> None:
    """Bring a database to a revision by the project's own migrations.

    Raises SandboxError, which names the migration and its line, when one cannot run.
    """
    with tempfile.TemporaryDirectory(prefix="docent-alembic-") as folder:
        told = Path(folder) / "outcome.json"
        order = {
            "ini": str(project.ini),
            "folder": str(project.folder),
            "revision": revision,
            "url": url,
            "scheme": _scheme(environment),
            "outcome": str(told),
        }
        process = _run(order, project, _surroundings(url, project, environment))
        outcome = _outcome(told)
    if outcome.get("done"):
        if outcome["migrations"]:
            _require_arrival(url, project)
        return
    if outcome:
        raise _explain(outcome, project)
    said = (process.stderr.strip() or process.stdout.strip()).splitlines() or ["it said nothing"]
    raise SandboxError(
        f"Alembic ended without having migrated: {said[-1]}",
        f"see what its environment does: alembic --config {_shown(project.ini, project)} current",
    )


def _run(
    order: Mapping[str, str], project: AlembicProject, surroundings: Mapping[str, str]
) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(  # noqa: S603 - no shell reads it
            [_python(project, surroundings), str(PROGRAM)],
            cwd=project.folder,
            env=dict(surroundings),
            input=json.dumps(order),
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            check=False,
            timeout=PATIENCE,
        )
    except subprocess.TimeoutExpired:
        raise SandboxError(
            f"The migrations did not come to an end within {PATIENCE:.0f} seconds.",
            "see which one waits: a migration that asks, or sleeps, cannot be tried",
        ) from None


def _outcome(file: Path) -> dict[str, Any]:
    try:
        outcome = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return outcome if isinstance(outcome, dict) else {}


def _require_arrival(url: str, project: AlembicProject) -> None:
    """See that something was made in the database: at the least, Alembic notes how far it is."""
    with contextlib.closing(postgres.connect(url, autocommit=True)) as connection:
        if connection.execute(STRANGERS).fetchone():
            return
    raise SandboxError(
        f"The migrations of {_shown(project.ini, project)} have run, and not in the database "
        "that they were given: their environment takes its address from somewhere else.",
        "let env.py take it from sqlalchemy.url or DATABASE_URL, and see where they did run",
    )


def _explain(outcome: Mapping[str, Any], project: AlembicProject) -> SandboxError:
    said, kind, where = outcome["said"], outcome["kind"], outcome.get("where")
    if kind == "ModuleNotFoundError":
        return SandboxError(
            f"The migrations need a module that is not there: {said}.",
            "install the project's own packages where docent runs, or run docent in the "
            "project's virtual environment",
        )
    place = f" ({_shown(Path(where['file']), project)}:{where['line']})" if where else ""
    return SandboxError(
        f"A migration could not run{place}: {kind}: {said}", "mend the migration, then repeat"
    )


def _shown(path: Path, project: AlembicProject) -> str:
    return (
        str(path.relative_to(project.folder)) if path.is_relative_to(project.folder) else path.name
    )


# ------------------------------------------------------------------ what the process meets


def _surroundings(
    url: str, project: AlembicProject, environment: Mapping[str, str]
) -> dict[str, str]:
    """The environment of the process: the given one, with no other database left in it."""
    changed = dict(environment)
    for name, value in environment.items():
        if scheme := POSTGRES.match(value):
            changed[name] = with_scheme(url, scheme[1])
        elif name in NAMES:
            changed[name] = urls.name_in(url)
    changed["DATABASE_URL"] = with_scheme(url, _scheme(environment))
    changed["PGDATABASE"] = urls.name_in(url)
    changed |= dict(_words_of_libpq(url))
    for name in ("ALEMBIC_CONFIG", "PGSERVICE", "PGSERVICEFILE"):
        changed.pop(name, None)
    root = project.root or project.folder
    folders = [folder for folder in (project.folder, root, root / "src") if folder.is_dir()]
    inherited = [environment["PYTHONPATH"]] if environment.get("PYTHONPATH") else []
    changed["PYTHONPATH"] = os.pathsep.join([*map(str, folders), *inherited])
    changed["PYTHONDONTWRITEBYTECODE"] = "1"
    return changed


def _words_of_libpq(url: str) -> Iterator[tuple[str, str]]:
    """The address in libpq's own variables, as far as the URL says it."""
    from psycopg.conninfo import conninfo_to_dict

    words = conninfo_to_dict(url)
    for word in ("host", "port", "user", "password"):
        if words.get(word):
            yield f"PG{word.upper()}", str(words[word])


def _scheme(environment: Mapping[str, str]) -> str:
    """How the project spells the beginning of an address; ``""`` where it does not say."""
    found = POSTGRES.match(environment.get("DATABASE_URL", ""))
    return found[1] if found else ""


def with_scheme(url: str, scheme: str) -> str:
    """The URL as a project spells it, with the driver that its SQLAlchemy is to use."""
    return f"{scheme or 'postgresql'}://{url.partition('://')[2]}"


def _python(project: AlembicProject, environment: Mapping[str, str]) -> str:
    """The Python that has Alembic: the project's own, else the one that runs this."""
    named = environment.get("VIRTUAL_ENV")
    own = [Path(named)] if named else []
    for folder in [*own, project.home / ".venv", project.home / "venv"]:
        if any(folder.glob("lib/python*/site-packages/alembic/__init__.py")):
            return str(folder / "bin" / "python")
    import importlib.util

    if importlib.util.find_spec("alembic"):
        return sys.executable
    raise SandboxError(
        "The project has migrations, and Alembic is not installed.",
        "run docent in the project's virtual environment, or install alembic beside docent",
    )
