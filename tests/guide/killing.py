"""Cells that are run in a process each, and killed on the way: what a killed kernel leaves.

``python -m tests.guide.killing`` imports all that a cell may need, once, and then takes orders as
lines of JSON: for each it forks a process that runs a cell, and kills itself when it has got so
far. How far is counted in calls: a cell that was run once is known to take so many.
"""

from __future__ import annotations

import importlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final

REPOSITORY: Final = Path(__file__).resolve().parents[2]
READY: Final = (
    "alembic.command", "docent.lab_cards", "docent.lessons", "docent.workflow", "pandas",
    "prevention", "sqlglot",
)  # fmt: skip
"""What takes time to import, and is there in any kernel that has run for a while."""

NEVER: Final = 10**12


@dataclass(frozen=True, slots=True)
class Ended:
    """How a process ended that ran a cell.

    killed:  whether it was killed on the way.
    calls:   how many calls it made; of one that was killed, how many it was allowed.
    said:    the kind of outcome that its last line showed, or the error that ended it.
    text:    all that its last line showed.
    """

    killed: bool
    calls: int
    said: str = ""
    text: str = ""


class Kernels:
    """Runs cells, each in a process of its own, in an environment of its own."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process

    def run(self, cell: str, environment: Mapping[str, str], kill_at: int = NEVER) -> Ended:
        """Run a cell, and kill whoever runs it at this call."""
        order = {"cell": cell, "environment": dict(environment), "kill_at": kill_at}
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        return Ended(**json.loads(self.process.stdout.readline()))


@contextmanager
def kernels(environment: Mapping[str, str]) -> Iterator[Kernels]:
    """Start the process that makes the others, with these variables."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.guide.killing"], cwd=REPOSITORY, env=dict(environment),
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        yield Kernels(process)
    finally:
        assert process.stdin
        process.stdin.close()
        process.wait(timeout=60)
        assert process.stdout
        process.stdout.close()


# ------------------------------------------------------------------ in the process


def main() -> None:
    """Take orders until there are no more."""
    _get_ready()
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what cells print is no answer
    for line in sys.stdin:
        answers.write(json.dumps(_carried_out(json.loads(line))) + "\n")
        answers.flush()


def _get_ready() -> None:
    """Import what takes time, and stand where a notebook stands."""
    for name in READY:
        importlib.import_module(name)
    os.chdir(REPOSITORY / "notebooks")


def _carried_out(order: dict[str, Any]) -> dict[str, Any]:
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        os.environ.update(order["environment"])
        with os.fdopen(writing, "w") as told:
            _run(order["cell"], order["kill_at"], told)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as told:
        said = told.read()
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL:
        return {"killed": True, "calls": order["kill_at"]}
    return {"killed": False, **json.loads(said)}


def _run(cell: str, kill_at: int, told: IO[str]) -> None:
    """Run a cell, counting its calls; at the last one that it may make, it is no more."""
    from tests.guide.cells import run

    calls = 0

    def count(_frame: object, event: str, _argument: object) -> None:
        nonlocal calls
        if event in ("call", "c_call"):
            calls += 1
            if calls >= kill_at:
                os.kill(os.getpid(), signal.SIGKILL)

    said: dict[str, str]
    sys.setprofile(count)
    try:
        shown = run(cell)
        said = {"said": getattr(shown, "kind", ""), "text": repr(shown)}
    except BaseException as error:  # noqa: BLE001 - whatever it is, it is told
        said = {"said": f"{type(error).__name__}: {error}"}
    finally:
        sys.setprofile(None)
    told.write(json.dumps({**said, "calls": calls}))


if __name__ == "__main__":
    main()
