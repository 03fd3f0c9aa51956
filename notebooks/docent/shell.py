"""Run a command as in a terminal, and see what a terminal would show."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from docent.display import Code, Shown, plain

TIME_LIMIT: Final = 120
"""Seconds that a command may take."""

PROGRAMS: Final[Mapping[str, tuple[str, ...]]] = {
    "docent": (sys.executable, "-m", "prevention.cli"),
    "alembic": (sys.executable, "-m", "alembic"),
    "python": (sys.executable,),
}
"""What is started for a program's name: that of this very Python, wherever the terminal's is."""


@dataclass(frozen=True, slots=True)
class Ran:
    """A command that was run: its words, its exit code, and all that it printed."""

    command: str
    exit: int
    output: str

    def __str__(self) -> str:
        said = f"{self.output.rstrip()}\n" if self.output.strip() else ""
        return plain(f"$ {self.command}\n{said}exit code {self.exit}")

    def __repr__(self) -> str:
        return str(self)

    def _repr_mimebundle_(self, **_asked_for: object) -> dict[str, object]:
        pieces = (Code(self.output.rstrip()),) if self.output.strip() else ()
        red = self.exit != 0
        shown = Shown(self, f"$ {self.command}", pieces, f"exit {self.exit}", full=red, red=red)
        return shown._repr_mimebundle_()


def docent(*words: object, **environment: str) -> Ran:
    """Run ``docent`` with these words, from the root of the clone, on the database in use."""
    return run("docent", *words, **environment)


def python(*words: object, **environment: str) -> Ran:
    """Run ``python`` with these words, from the root of the clone, on the database in use."""
    return run("python", *words, **environment)


def run(program: str, *words: object, **environment: str) -> Ran:
    """Run a program with these words; settings of the environment may be given by name."""
    from data_assets.home import clone
    from docent.place import current_url

    given = {"DATABASE_URL": current_url(), **environment}
    return start([program, *map(str, words)], clone(), {**os.environ, **given})


def start(words: Sequence[str], folder: Path, environment: Mapping[str, str]) -> Ran:
    """Run a command in a folder, and wait for it; it is ended when it takes too long."""
    shown = " ".join(_shortened(word, folder) for word in words)
    program = [*PROGRAMS.get(words[0], (words[0],)), *words[1:]]
    try:
        done = subprocess.run(  # noqa: S603 - the reader's own command
            program, cwd=folder, env={**environment, "PYTHONUNBUFFERED": "1"},
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            encoding="utf-8", errors="replace", timeout=TIME_LIMIT, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return Ran(shown, 124, f"It had not ended after {TIME_LIMIT} seconds, and was stopped.")
    except FileNotFoundError:
        return Ran(shown, 127, f"There is no program {words[0]} here.")
    return Ran(shown, done.returncode, done.stdout)


def _shortened(word: str, folder: Path) -> str:
    """A word of the command as one would type it in the folder."""
    path = Path(word)
    if path.is_absolute() and path.is_relative_to(folder):
        word = str(path.relative_to(folder))
    return f"'{word}'" if " " in word else word
