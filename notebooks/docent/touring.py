"""Walk the tour by machine: every notebook as it is shipped, and with its exercises solved.

Each run has a database of its own, in a sandbox that is made for the walk and thrown away after
it; nobody's database, files or progress are touched.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

from docent.display import OUTCOME_TYPE
from docent.exercise import Exercise, Lesson
from docent.solving import solve

Mode = Literal["as shipped", "solved"]

MODES: Final[tuple[Mode, ...]] = ("as shipped", "solved")

FINE: Final[Mapping[Mode, tuple[str, ...]]] = {
    "as shipped": ("not attempted", "incomplete"),
    "solved": ("correct",),
}
"""What an exercise may say in each mode."""

TIME_LIMIT: Final = 300
"""Seconds that one notebook may take."""

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Walk:
    """One run of one notebook.

    outcomes:  what each exercise said: id -> the kinds, in their order.
    unmet:     what a cell expected to break, and did not find broken.
    stopped:   what ended the run before its end; ``""`` when it came through.
    """

    notebook: str
    mode: Mode
    seconds: float
    outcomes: Mapping[str, tuple[str, ...]]
    unmet: tuple[str, ...] = ()
    stopped: str = ""

    def faults(self, exercises: Sequence[Exercise]) -> tuple[str, ...]:
        """What went otherwise than it should."""
        found = [self.stopped] if self.stopped else []
        found += [f"expected to break, and did not as expected: {one}" for one in self.unmet]
        for exercise in exercises:
            kinds = self.outcomes.get(exercise.id, ())
            if not self.stopped and (not kinds or kinds[-1] not in FINE[self.mode]):
                found.append(f"{exercise.id} says {kinds[-1] if kinds else 'nothing'}")
        return tuple(found)


def walk(
    notebooks: Sequence[tuple[Path, Lesson | None]],
    modes: Sequence[Mode] = MODES,
    *,
    at_once: int = 2,
    say: Say = lambda _: None,
) -> tuple[Walk, ...]:
    """Run notebooks in these modes, so many at once; raises SandboxError without a server.

    A notebook that tells no lesson has nothing to solve, and is run in the first mode only.
    """
    from data_assets import sandbox

    with sandbox_for_the_walk() as environment, ThreadPoolExecutor(at_once) as pool:
        sandbox.up({**environment, "DOCENT_LEARNER": "template"})
        runs = [
            pool.submit(_walk_one, path, lesson, mode, environment, say)
            for path, lesson in notebooks
            for mode in (modes if lesson else modes[:1])
        ]
        try:
            return tuple(run.result() for run in runs)
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


@contextmanager
def sandbox_for_the_walk() -> Iterator[dict[str, str]]:
    """The environment of a sandbox that lives as long as the walk."""
    from data_assets import sandbox

    with tempfile.TemporaryDirectory(prefix="docent-tour-", ignore_cleanup_errors=True) as folder:
        environment = {**os.environ, "DOCENT_HOME": folder}
        for name in ("DATABASE_URL", "DOCENT_CLASS_FOLDER", "DOCENT_CLASS_URL"):
            environment.pop(name, None)
        try:
            yield environment
        finally:
            sandbox.down(environment)


def _walk_one(
    path: Path, lesson: Lesson | None, mode: Mode, environment: Mapping[str, str], say: Say
) -> Walk:
    from data_assets import sandbox

    began = time.monotonic()
    learner = f"{path.stem} {mode}"
    own = {**environment, "DOCENT_LEARNER": learner}
    url = sandbox.up(own)
    work = Path(environment["DOCENT_HOME"]) / "tour"
    work.mkdir(exist_ok=True)
    taken, done = work / f"{learner}.ipynb", work / f"{learner}.done.ipynb"
    _write(taken, _prepared(path, lesson, mode))
    stopped = run_papermill(taken, done, path.parent, {"database_url": url, "mode": mode}, own)
    outcomes, unmet = read_outcomes(_read(done)) if done.exists() else ({}, ())
    result = Walk(path.stem, mode, time.monotonic() - began, outcomes, unmet, stopped)
    say(f"{path.stem}, {mode}: {result.seconds:.1f} s{', stopped' if stopped else ''}")
    return result


def _prepared(path: Path, lesson: Lesson | None, mode: Mode) -> Any:
    notebook = _read(path)
    return solve(notebook, lesson.exercises) if lesson and mode == "solved" else notebook


def run_papermill(
    source: Path,
    target: Path,
    folder: Path,
    parameters: Mapping[str, str],
    environment: Mapping[str, str],
) -> str:
    """Run a notebook in a process of its own; what stopped it, in a line, or ``""``."""
    given = [word for name, value in parameters.items() for word in ("-r", name, value)]
    command = [sys.executable, "-m", "papermill", str(source), str(target), "--cwd", str(folder)]
    command += ["--no-progress-bar", "--execution-timeout", str(TIME_LIMIT), *given]
    try:
        done = subprocess.run(  # noqa: S603 - our own interpreter
            command, env=dict(environment), capture_output=True, text=True, timeout=2 * TIME_LIMIT,
            check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return f"it had not ended after {2 * TIME_LIMIT} seconds"
    if done.returncode == 0:
        return ""
    lines = [line.strip() for line in done.stderr.splitlines() if line.strip()]
    return lines[-1] if lines else f"papermill ended with {done.returncode}"


def read_outcomes(notebook: Any) -> tuple[dict[str, tuple[str, ...]], tuple[str, ...]]:
    """What the checks in a notebook that was run have said, and which expectations were unmet."""
    outcomes: dict[str, tuple[str, ...]] = {}
    unmet: list[str] = []
    for said in _said(notebook):
        if "exercise" in said:
            exercise = said["exercise"]
            outcomes[exercise] = (*outcomes.get(exercise, ()), said["kind"])
        elif said.get("met") is False:
            unmet.append(", ".join(said["expected"]) or "nothing")
    return outcomes, tuple(unmet)


def _said(notebook: Any) -> Iterator[Mapping[str, Any]]:
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if said := output.get("data", {}).get(OUTCOME_TYPE):
                yield said


def _read(path: Path) -> Any:
    import nbformat

    return nbformat.read(path, as_version=4)


def _write(path: Path, notebook: Any) -> None:
    import nbformat

    nbformat.write(notebook, path)
