"""A kernel that is killed in the middle of anything: the next one goes on, and nothing is lost."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from data_assets import sandbox, urls
from docent.exercise import Exercise
from docent.lessons import EXERCISES, LESSONS
from docent.records import from_text
from tests.conftest import REPOSITORY
from tests.guide.killing import Ended, Kernels, kernels

QUARTERS = (1, 2, 3)
GOES = 15.0
"""Seconds in which the server notices that somebody is gone."""


@pytest.fixture(scope="module")
def machine() -> Iterator[dict[str, str]]:
    """A machine with a sandbox of its own."""
    folders = [str(REPOSITORY), str(REPOSITORY / "notebooks")]
    with tempfile.TemporaryDirectory(prefix="docent-kill-", ignore_cleanup_errors=True) as folder:
        environment = {**os.environ, "DOCENT_HOME": folder, "PYTHONPATH": os.pathsep.join(folders)}
        try:
            yield environment
        finally:
            sandbox.down(environment)


@pytest.fixture(scope="module")
def kernel(machine: dict[str, str]) -> Iterator[Kernels]:
    """Runs cells, each in a kernel of its own."""
    with kernels(machine) as ready:
        yield ready


@pytest.fixture(scope="module")
def ada(kernel: Kernels, machine: dict[str, str]) -> Somebody:
    """The learner of every exercise here: what was done before must still be done at the end."""
    return Somebody(kernel, machine, "ada")


class Somebody:
    """A learner with a database of their own, who has done and written something already."""

    def __init__(self, kernel: Kernels, machine: dict[str, str], name: str) -> None:
        self.kernel = kernel
        self.environment = {"DOCENT_LEARNER": name}
        self.url = sandbox.up({**machine, **self.environment})
        self.home = Path(machine["DOCENT_HOME"])
        self.maintenance = urls.with_name(self.url, "postgres")

    def run(self, cell: str, kill_at: int = 10**12) -> Ended:
        return self.kernel.run(cell, self.environment, kill_at)

    def killed(self, cell: str, calls: int) -> None:
        """Run a cell and be killed after so many calls; whoever comes through makes fewer."""
        self.run(cell, max(calls, 1))

    def folder(self) -> Path:
        return self.home / "work" / urls.name_in(self.url).removeprefix("docent_")

    def progress(self) -> dict[str, int]:
        """The attempts at each exercise, as they are on the disk."""
        name = urls.name_in(self.url).removeprefix("docent_")
        text = (self.home / "progress" / f"{name}.json").read_text(encoding="utf-8")
        return {id_: record.attempts for id_, record in from_text(text).exercises.items()}

    def is_alone(self) -> bool:
        """Whether nobody is left in this learner's databases; it waits for them to go."""
        with psycopg.connect(self.maintenance, autocommit=True) as connection:
            deadline = time.monotonic() + GOES
            while time.monotonic() < deadline:
                row = connection.execute(
                    "select count(*) from pg_stat_activity where starts_with(datname, %s)",
                    [urls.name_in(self.url)],
                ).fetchone()
                if row == (0,):
                    return True
                time.sleep(0.05)
        return False


WITH_DATABASES = {lesson.id for lesson in LESSONS if lesson.databases}


def quarter_of(exercise: Exercise) -> int:
    """Where an exercise is cut off: another place for each."""
    return QUARTERS[list(EXERCISES).index(exercise.id) % len(QUARTERS)]


@pytest.mark.parametrize("exercise", EXERCISES.values(), ids=lambda one: one.id)
def test_after_a_kill_in_the_middle_of_any_exercise_the_tour_goes_on(
    ada: Somebody, exercise: Exercise
) -> None:
    ada.run(f"begin({exercise.lesson!r})")
    if exercise.lesson in WITH_DATABASES:  # which the first run makes, and no later one
        ada.run(exercise.solution)
    whole = ada.run(exercise.solution)
    assert (whole.said, whole.killed) == ("correct", False), whole
    written = ada.folder() / exercise.lesson / "my own notes.txt"
    written.write_text("Ask data science first.", encoding="utf-8")
    cut_off = ada.run(exercise.solution, whole.calls * quarter_of(exercise) // 4)
    assert cut_off.killed
    assert ada.is_alone()
    again = ada.run(exercise.solution)
    assert again.said == "correct", again
    assert ada.progress()[exercise.id] in (2, 3)
    assert written.read_text(encoding="utf-8") == "Ask data science first."


# ------------------------------------------------------------------ resets, progress, workflow

QUESTION = EXERCISES["00.1"].solution


def spread(calls: int, points: int) -> list[int]:
    """So many places on the way, the last of them shortly before its end."""
    return [calls * point // points for point in range(1, points + 1)]


def has_kept(somebody: Somebody, note: str) -> bool:
    """Whether a note is still in one of the learner's databases, the ones put aside included."""
    with psycopg.connect(somebody.maintenance, autocommit=True) as connection:
        names = connection.execute(
            "select datname from pg_database where starts_with(datname, %s) and datallowconn",
            [urls.name_in(somebody.url)],
        ).fetchall()
    for (name,) in names:
        with psycopg.connect(urls.with_name(somebody.url, name)) as connection:
            there = connection.execute("select to_regclass('my_notes')").fetchone()
            if there and there[0]:
                kept = connection.execute("select note from my_notes").fetchall()
                if kept == [(note,)]:
                    return True
    return False


def test_a_reset_that_is_killed_anywhere_loses_nothing(
    kernel: Kernels, machine: dict[str, str]
) -> None:
    ben = Somebody(kernel, machine, "ben")
    ben.run('begin("04")')
    calls = ben.run('reset("04")').calls
    for kill_at in spread(calls, 8):
        note = f"written before call {kill_at}"
        with psycopg.connect(ben.url, autocommit=True) as connection:
            connection.execute("drop table if exists my_notes")
            connection.execute(f"create table my_notes as select '{note}' as note")
        contract = ben.folder() / "04" / "mine.json"
        contract.write_text(note, encoding="utf-8")
        assert ben.run('reset("04")', kill_at).killed
        goes_on = ben.run(QUESTION)
        assert goes_on.said == "correct", (kill_at, calls, goes_on)
        again = ben.run('reset("04")')
        assert "Your database is fresh" in again.text, (kill_at, calls, again)
        assert has_kept(ben, note), (kill_at, calls)
        files = [path.read_text(encoding="utf-8") for path in ben.folder().rglob("mine.json")]
        assert note in files, (kill_at, calls)
        assert ben.run(QUESTION).said == "correct"


def test_progress_that_is_killed_while_it_is_written_is_whole(
    kernel: Kernels, machine: dict[str, str]
) -> None:
    eve = Somebody(kernel, machine, "eve")
    assert eve.run(QUESTION).said == "correct"
    cell = EXERCISES["00.3"].solution
    calls = eve.run(cell).calls
    before = eve.progress()
    for kill_at in range(calls * 6 // 10, calls, calls // 40):
        eve.killed(cell, kill_at)
        after = eve.progress()
        assert after["00.1"] == before["00.1"], kill_at
        assert after["00.3"] in (before["00.3"], before["00.3"] + 1), kill_at
        before = after
    assert eve.run("progress()").text
    assert eve.run(cell).said == "correct"
    assert eve.progress()["00.3"] == before["00.3"] + 1


STORY = """\
from docent.lessons.lesson_07 import THE_REQUEST
from docent.workflow import open_project

project = open_project()
project.run("git switch -c update-objects-images-schema")
name = "data_assets/migrations/versions/5b1d6c0f7a21_normalise_object_images.py"
project.write(name, THE_REQUEST)
for command in ("alembic upgrade head", "git add .", "git commit -m 'Normalise object_images'",
                "git push --set-upstream origin update-objects-images-schema"):
    ran = project.run(command)
    assert ran.exit == 0, ran
from types import SimpleNamespace

SimpleNamespace(subject=SimpleNamespace(kind=project.build().decision.status))"""


def test_a_story_that_is_killed_anywhere_is_told_from_its_beginning(
    kernel: Kernels, machine: dict[str, str]
) -> None:
    dan = Somebody(kernel, machine, "dan")
    assert dan.run('begin("07")').text
    written = dan.folder() / "07" / "my own notes.txt"
    written.write_text("Ask data science first.", encoding="utf-8")
    told = dan.run(STORY)
    assert told.said == "broken", told
    for quarter in QUARTERS:
        assert dan.run(STORY, told.calls * quarter // 4).killed
    again = dan.run(STORY)
    assert again.said == "broken", again
    assert written.read_text(encoding="utf-8") == "Ask data science first."
    assert dan.run(QUESTION).said == "correct"
    left = [path.name for path in (dan.folder() / "07").iterdir() if path.is_dir()]
    assert left == ["pull-request"]
