"""Every notebook of the tour, run by papermill as it is shipped and with its exercises solved."""

from __future__ import annotations

from pathlib import Path

import pytest

from docent import touring
from docent.commands import find_notebooks
from docent.exercise import Lesson
from docent.lessons import LESSONS
from docent.touring import MODES

NOTEBOOKS = find_notebooks(())


@pytest.mark.parametrize(("path", "lesson"), NOTEBOOKS, ids=[path.stem for path, _ in NOTEBOOKS])
def test_it_runs_as_shipped_and_solved(path: Path, lesson: Lesson | None) -> None:
    walks = touring.walk([(path, lesson)])
    assert tuple(walk.mode for walk in walks) == (MODES if lesson else MODES[:1])
    exercises = lesson.exercises if lesson else ()
    assert {walk.mode: walk.faults(exercises) for walk in walks if walk.faults(exercises)} == {}


def test_every_lesson_is_among_them() -> None:
    assert [lesson for _, lesson in NOTEBOOKS if lesson] == list(LESSONS)
