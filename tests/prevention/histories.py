"""Real repositories with real history, made by git itself, with nobody's settings."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

ALONE: Mapping[str, str] = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_NAME": "Archivist",
    "GIT_AUTHOR_EMAIL": "archive@museum.org",
    "GIT_COMMITTER_NAME": "Archivist",
    "GIT_COMMITTER_EMAIL": "archive@museum.org",
    "GIT_AUTHOR_DATE": "2025-01-15T10:30:00Z",
    "GIT_COMMITTER_DATE": "2025-01-15T10:30:00Z",
}


def git(folder: Path, *words: str | Path, given: bytes = b"") -> str:
    """What git says in a folder; it must not fail."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    done = subprocess.run(
        ["git", *map(str, words)], cwd=folder, env={**inherited, **ALONE},
        input=given, capture_output=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr.decode(errors="replace")
    return os.fsdecode(done.stdout.removesuffix(b"\n"))


class History:
    """A repository that grows: files are written and committed, branches come and go."""

    def __init__(self, root: Path, *options: str) -> None:
        root.mkdir(parents=True, exist_ok=True)
        self.root = root
        git(root, "init", "--quiet", "--initial-branch=main", *options)

    def git(self, *words: str | Path) -> str:
        return git(self.root, *words)

    def write(self, files: Mapping[str, str | bytes | None]) -> None:
        """Write files of the working tree; ``None`` takes one away."""
        for path, content in files.items():
            file = self.root / path
            if content is None:
                file.unlink()
                continue
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content.encode() if isinstance(content, str) else content)

    def commit(self, files: Mapping[str, str | bytes | None] | None = None) -> str:
        """Commit these files, and whatever else has changed; the id of the commit."""
        self.write(files or {})
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", "a step")
        return self.git("rev-parse", "HEAD")

    def branch(self, name: str) -> None:
        """Leave for a new branch."""
        self.git("checkout", "--quiet", "-b", name)

    def switch(self, name: str) -> None:
        self.git("checkout", "--quiet", name)

    def clone(self, target: Path, *options: str) -> History:
        """A clone of this repository, in which it is called origin."""
        git(self.root.parent, "clone", "--quiet", *options, f"file://{self.root}", target)
        made = object.__new__(History)
        made.root = target
        return made


def book(
    table: str = "object_images", *, columns: Mapping[str, str] | None = None, **changes: Any
) -> str:
    """A contract of the museum about one table, in the book's spec."""
    promised = {"object_id": "integer", "primary_image": "text"} if columns is None else columns
    properties = {
        name: {
            "description": name.replace("_", " "),
            "constraints": {
                "primaryKey": name == "object_id",
                "data_type": data_type,
                "is_nullable": name != "object_id",
                "is_updatable": True,
            },
        }
        for name, data_type in promised.items()
    }
    document = {
        "spec-version": "1.0.0",
        "name": f"{table.replace('_', '-')}-contract-spec",
        "namespace": "met-museum-data",
        "dataAssetResourceName": f"postgresql://postgres:5432/postgres.public.{table}",
        "doc": f"What the museum promises about {table}",
        "owner": {"name": "Data Engineering", "email": "data-eng@museum.org"},
        "schema": {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "title": f"{table} table",
            "table_schema": "public",
            "table_name": table,
            "properties": properties,
        },
        **changes,
    }
    return json.dumps(document, indent=2) + "\n"
