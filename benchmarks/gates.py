"""How quickly the gate answers for one ordinary pull request, and for very many contracts."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benchmarks.measure import Measurement, measure
from data_assets.migrating import head

REPOSITORY = Path(__file__).resolve().parent.parent
TAGS = "contracts/object_tags_contract_spec.json"
MIGRATION = f"""
from alembic import op

revision = "f1e2d3c4b5a6"
down_revision = "{head()}"


def upgrade():
    op.execute("alter table object_tags add column note text")
"""
NOTE = {
    "description": "What the registrar noted about the tags.",
    "constraints": {"data_type": "text", "is_nullable": True, "is_updatable": True},
}
CONTRACTS, CHANGED, COLUMNS = 1_000, 100, 20


def gate_of_documents(environment: Mapping[str, str], folder: Path) -> Measurement:
    """How long the gate takes over the contracts of a pull request in the museum, alone."""
    museum = museum_with_a_branch(folder / "museum-of-documents")
    return measure(
        "`docent gate --documents`, the museum",
        lambda: run(museum, environment, *docent("gate", "--base", "main", "--documents")),
        "`docent check --documents`",
        lambda: run(museum, environment, *docent("check", "--documents")),
        rounds=7,
        budget=1.0,
    )


def gate_with_databases(environment: Mapping[str, str], url: str, folder: Path) -> Measurement:
    """How long it takes with two scratch databases, which are made, migrated, read and dropped."""
    museum = museum_with_a_branch(folder / "museum-with-databases")
    named = {**environment, "DATABASE_URL": url}
    return measure(
        "`docent gate`, the museum, two scratch databases",
        lambda: run(museum, named, *docent("gate", "--base", "main")),
        "`alembic heads`, twice",
        lambda: twice(museum, named, *program("alembic", "heads")),
        rounds=5,
        budget=3.0,
    )


def gate_of_thousands(environment: Mapping[str, str], folder: Path) -> Measurement:
    """How long it takes over very many contracts, of which some changed."""
    archive = folder / "archive"
    (archive / "contracts").mkdir(parents=True)
    for number in range(CONTRACTS):
        write_promise(archive, number, COLUMNS)
    begin(archive)
    for number in range(CHANGED):
        write_promise(archive, number, COLUMNS + 1)
    git(archive, "commit", "--quiet", "--all", "--message", "a column more")
    return measure(
        f"`docent gate`, {CONTRACTS:,} contracts of {COLUMNS} columns, {CHANGED} changed",
        lambda: run(archive, environment, *docent("gate", "--base", "main", "--documents")),
        "`docent check --documents`",
        lambda: run(archive, environment, *docent("check", "--documents")),
        rounds=5,
        budget=1.5,
    )


def museum_with_a_branch(folder: Path) -> Path:
    """Make a repository of the museum with a branch that adds a column and promises it."""
    caches = shutil.ignore_patterns("__pycache__")
    for name in ("contracts", "data_assets"):
        shutil.copytree(REPOSITORY / name, folder / name, ignore=caches)
    for name in ("alembic.ini", "pyproject.toml"):
        shutil.copy(REPOSITORY / name, folder)
    begin(folder)
    contract = json.loads((folder / TAGS).read_text(encoding="utf-8"))
    contract["schema"]["properties"]["note"] = NOTE
    (folder / TAGS).write_text(json.dumps(contract, indent=2), encoding="utf-8")
    (folder / "data_assets/migrations/versions/f1e2d3c4b5a6_note.py").write_text(MIGRATION)
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "a note on tags")
    return folder


def write_promise(archive: Path, number: int, columns: int) -> None:
    """Write the contract of one table of an archive."""
    properties: dict[str, Any] = {f"column_{place}": NOTE for place in range(columns)}
    contract = {
        "spec-version": "1.0.0",
        "name": f"room-{number}",
        "namespace": "archive",
        "dataAssetResourceName": f"postgresql://postgres:5432/postgres.room_{number}",
        "doc": "One room of the archive.",
        "owner": {"name": "Archive", "email": "archive@museum.org"},
        "schema": {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "title": "A room",
            "table_schema": "public",
            "table_name": f"room_{number}",
            "properties": properties,
        },
    }
    file = archive / "contracts" / f"room_{number}.json"
    file.write_text(json.dumps(contract, indent=2), encoding="utf-8")


def begin(folder: Path) -> None:
    """Commit everything on ``main``, and go on in a branch."""
    git(folder, "init", "--quiet", "--initial-branch=main")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "as it was")
    git(folder, "checkout", "--quiet", "-b", "work")


def git(folder: Path, *words: str) -> None:
    """Run git with nobody's settings."""
    who = {
        f"GIT_{role}_{key}": "bench"
        for role in ("AUTHOR", "COMMITTER")
        for key in ("NAME", "EMAIL")
    }
    alone = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", **who}
    run(folder, {**os.environ, **alone}, "git", *words)


def docent(*arguments: str) -> tuple[str, ...]:
    """Return the command line of ``docent``, run by this very Python."""
    return program("docent", *arguments)


def program(name: str, *arguments: str) -> tuple[str, ...]:
    """Return the command line of a program that is installed beside this Python."""
    return (str(Path(sys.executable).with_name(name)), *arguments)


def twice(folder: Path, environment: Mapping[str, str], *command: str) -> None:
    """Run a command, and then once more."""
    for _ in range(2):
        run(folder, environment, *command)


def run(folder: Path, environment: Mapping[str, str], *command: str) -> None:
    """Run a command in a folder and wait for its end; it must end well."""
    subprocess.run(command, cwd=folder, env=dict(environment), check=True, capture_output=True)
