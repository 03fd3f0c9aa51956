"""Ten learners at once on one machine, from nothing: none of them notices the others."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from data_assets import sandbox, urls
from docent.lessons import EXERCISES
from docent.records import Progress, from_text
from tests.conftest import REPOSITORY
from tests.guide.learning import LEARNERS, breaks_of, exercises_of

ROOM = range(LEARNERS)
LONGEST = 600
"""Seconds for all of them together, on however slow a machine."""


@pytest.fixture(scope="module")
def environment() -> Iterator[dict[str, str]]:
    """A machine on which nothing was ever started."""
    folders = [str(REPOSITORY), str(REPOSITORY / "notebooks")]
    with tempfile.TemporaryDirectory(prefix="docent-room-", ignore_cleanup_errors=True) as folder:
        machine = {**os.environ, "DOCENT_HOME": folder, "PYTHONPATH": os.pathsep.join(folders)}
        try:
            yield machine
        finally:
            sandbox.down(machine)


@pytest.fixture(scope="module")
def evenings(environment: dict[str, str]) -> list[dict[str, Any]]:
    """What each of them says at the end; all of them begin at once."""
    learners = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.guide.learning", str(number)], cwd=REPOSITORY,
            env={**environment, "DOCENT_LEARNER": f"learner {number}"},
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )
        for number in ROOM
    ]  # fmt: skip
    told = [learner.communicate(timeout=LONGEST) for learner in learners]
    failed = [
        error for learner, (_, error) in zip(learners, told, strict=True) if learner.returncode
    ]
    assert failed == []
    return [json.loads(said.splitlines()[-1]) for said, _ in told]


def progress_of(environment: dict[str, str], number: int) -> Progress:
    (path,) = (Path(environment["DOCENT_HOME"]) / "progress").glob(f"learner_{number}_*.json")
    return from_text(path.read_text(encoding="utf-8"))


def test_together_they_do_every_exercise() -> None:
    done = [exercise for number in ROOM for exercise in exercises_of(number)]
    assert sorted(done) == sorted(EXERCISES)


@pytest.mark.parametrize("number", ROOM)
def test_each_gets_what_is_theirs(evenings: list[dict[str, Any]], number: int) -> None:
    assert evenings[number] == {
        "exercises": {
            name: [EXERCISES[name].wrong[0].kind, "correct"] for name in exercises_of(number)
        },
        "broken": [[rule] for _, rule in breaks_of(number)],
        "left": [[f"of {number}"]] * 2,
        "fresh": [True, True],
        "at the end": "held",
        "works": [],
    }


@pytest.mark.parametrize("number", ROOM)
def test_each_has_a_progress_of_their_own(
    evenings: list[dict[str, Any]], environment: dict[str, str], number: int
) -> None:
    kept = progress_of(environment, number)
    assert kept.learner == f"learner {number}"
    attempts = {name: record.attempts for name, record in kept.exercises.items()}
    assert attempts == dict.fromkeys(exercises_of(number), 2)
    assert all(record.done for record in kept.exercises.values())


def test_each_has_a_database_and_two_put_aside(
    evenings: list[dict[str, Any]], environment: dict[str, str]
) -> None:
    for number in ROOM:
        url = sandbox.up({**environment, "DOCENT_LEARNER": f"learner {number}"})
        name = urls.name_in(url)
        with psycopg.connect(url) as connection:
            found = connection.execute(
                "select datname from pg_database where datname ~ %s order by datname",
                [f"^{name}($|-)"],
            ).fetchall()
            assert [row[0].startswith(f"{name}-2") for row in found] == [False, True, True]
            counted = connection.execute("select count(*), min(object_id) from object").fetchone()
            assert counted
            assert (counted[0] > 2_000, counted[1] > 0) == (True, True)
