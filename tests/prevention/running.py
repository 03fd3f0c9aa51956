"""Runs ``docent`` as people do: a process of its own, in a folder, with an environment."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
DOCENT = (sys.executable, "-m", "prevention.cli")


@dataclass(frozen=True)
class Ran:
    """How a process ended, and what it said."""

    code: int
    out: str
    err: str


def environment(changes: Mapping[str, str | None] | None = None) -> dict[str, str]:
    """The environment of a process: no database, no sandbox, and these changes (None unsets)."""
    merged = {**os.environ, "DOCENT_HOME": "/nonexistent/docent", **(changes or {})}
    return {name: value for name, value in merged.items() if value is not None}


def docent(
    *arguments: str | Path,
    folder: Path = REPOSITORY,
    settings: Mapping[str, str | None] | None = None,
    command: tuple[str, ...] = DOCENT,
) -> Ran:
    """Run it to its end; its exit code is one of ours, and there is never a traceback."""
    process = subprocess.run(
        [*command, *map(str, arguments)],
        cwd=folder,
        env=environment(settings),
        capture_output=True,
        text=True,
        timeout=120,
    )
    ran = Ran(process.returncode, process.stdout, process.stderr)
    assert ran.code in {0, 1, 2}, ran
    assert "Traceback" not in ran.err + ran.out, ran.err
    assert "A defect of Docent" not in ran.err, ran.err
    return ran
