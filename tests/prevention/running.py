"""Runs ``docent`` in a folder, with an environment: as a process of its own, or in this one.

Both ways end in the same ``main``. A process of its own shows what people see; this one is
quicker, and finds connections that were left open.
"""

from __future__ import annotations

import contextlib
import io
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from prevention import cli

REPOSITORY = Path(__file__).resolve().parents[2]
DOCENT = (sys.executable, "-m", "prevention.cli")
INSTALLED = (str(Path(sys.executable).with_name("docent")),)

Settings = Mapping[str, str | None]


@dataclass(frozen=True)
class Ran:
    """How a run ended, and what it said."""

    code: int
    out: str
    err: str


def environment(changes: Settings | None = None) -> dict[str, str]:
    """The environment of a run: no database, no sandbox, and these changes (None unsets)."""
    merged = {**os.environ, "DOCENT_HOME": "/nonexistent/docent", **(changes or {})}
    return {name: value for name, value in merged.items() if value is not None}


def docent(
    *arguments: str | Path, folder: Path = REPOSITORY, settings: Settings | None = None
) -> Ran:
    """Run it in this process."""
    out, err = io.StringIO(), io.StringIO()
    with pytest.MonkeyPatch.context() as patch, contextlib.chdir(folder):
        for name, value in {"DOCENT_HOME": "/nonexistent/docent", **(settings or {})}.items():
            patch.delenv(name, raising=False) if value is None else patch.setenv(name, value)
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = cli.main([str(argument) for argument in arguments])
    return _sound(Ran(code, out.getvalue(), err.getvalue()))


def docent_process(
    *arguments: str | Path,
    folder: Path = REPOSITORY,
    settings: Settings | None = None,
    command: tuple[str, ...] = DOCENT,
) -> Ran:
    """Run it as a process of its own, to its end."""
    process = subprocess.run(
        [*command, *map(str, arguments)],
        cwd=folder,
        env=environment(settings),
        capture_output=True,
        text=True,
        timeout=120,
    )
    return _sound(Ran(process.returncode, process.stdout, process.stderr))


def _sound(ran: Ran) -> Ran:
    """The run, once it is sure that its exit code is one of ours and that nothing blew up."""
    assert ran.code in {0, 1, 2}, ran
    assert "Traceback" not in ran.err + ran.out, ran.err
    assert "A defect of Docent" not in ran.err, ran.err
    return ran
