"""The page for a room says what lesson 13 does: part by part, exercise by exercise, day by day."""

from __future__ import annotations

import re

import nbformat

from docent.lessons import lesson_13
from prevention.postmortem import ACTIONS, SECTIONS
from tests.conftest import REPOSITORY

PAGE = (REPOSITORY / "docs" / "role_cards.md").read_text(encoding="utf-8")
NOTEBOOK = nbformat.read(REPOSITORY / "notebooks" / "13_capstone_crm.ipynb", as_version=4)
ROWS = re.findall(r"^\| (\d+) to (\d+) \| (.+?) \| (.+?) \| (.+?) \|$", PAGE, re.MULTILINE)
HEADING = re.compile(r"^(?:## (\d · .+)|### (One thing .+))$", re.MULTILINE)
WORDS = " ".join(PAGE.split())


def parts_of_the_notebook() -> dict[str, set[str]]:
    """The numbered parts, each with the exercises in it, and what is asked at the end."""
    parts: dict[str, set[str]] = {}
    for cell in NOTEBOOK.cells:
        if cell.cell_type != "markdown":
            continue
        for heading in re.findall(
            r"^(?:## (\d · .+)|### (One thing .+))$", cell.source, re.MULTILINE
        ):
            parts["".join(heading)] = set()
        for exercise in re.findall(r"^### (13\.\d) ", cell.source, re.MULTILINE):
            parts[list(parts)[-1]].add(exercise)
    return parts


def test_the_parts_and_their_exercises_are_those_of_the_notebook() -> None:
    on_the_page = {part: set(re.findall(r"13\.\d", shown)) for _, _, part, _, shown in ROWS}
    assert on_the_page == parts_of_the_notebook()
    assert list(on_the_page) == list(parts_of_the_notebook())
    exercises = {exercise.id for exercise in lesson_13.LESSON.exercises}
    assert set().union(*on_the_page.values()) == exercises


def test_the_minutes_follow_each_other_and_fill_the_hour_and_a_quarter() -> None:
    begins, ends = [int(row[0]) for row in ROWS], [int(row[1]) for row in ROWS]
    assert begins == [0, *ends[:-1]]
    assert ends[-1] == 75
    assert "an hour and a quarter" in PAGE


def test_what_the_consumers_need_is_what_the_exercise_judges_by() -> None:
    first, last = lesson_13.HOLIDAY
    assert f"From {first.day} to {last.day} {last:%B}" in WORDS
    assert f"before {lesson_13.CAMPAIGN:%B}" in WORDS
    assert "nothing may change on a Friday" in WORDS
    assert lesson_13.sunset_day(f"{first}", None).kind == "wrong"  # type: ignore[arg-type]


def test_the_sheet_on_paper_has_the_parts_of_the_draft() -> None:
    sheet = PAGE.partition("## The postmortem's sheet")[2]
    rows = re.findall(r"^\| (.+?) \| \|$", sheet, re.MULTILINE)
    assert [next((s for s in SECTIONS if row.startswith(s)), row) for row in rows] == [*SECTIONS]
    assert all(action in rows[-1] for action in ACTIONS)


def test_page_and_notebook_name_each_other() -> None:
    assert "(../notebooks/13_capstone_crm.ipynb)" in PAGE
    assert "(../docs/role_cards.md)" in NOTEBOOK.cells[0].source
