"""Notebooks with answers put in, and what the lint has against one."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from data_assets.home import clone
from docent.exercise import Lesson
from docent.lessons import LESSONS
from docent.lessons.lesson_00 import LESSON
from docent.solving import LONGEST_CELL, Notebook, exercise_markdown, lint, solve

PARAMETERS = 'database_url = ""\nmode = "learn"'


def a_notebook() -> Notebook:
    """A notebook of lesson 00 that has everything, and nothing more."""
    cells = [
        new_markdown_cell("\n".join(LESSON.goals), metadata={"tags": ["goals"]}),
        new_code_cell(PARAMETERS, metadata={"tags": ["parameters"]}),
    ]
    for exercise in LESSON.exercises:
        cells += [new_markdown_cell(exercise_markdown(exercise)), new_code_cell(exercise.starter)]
    cells.append(new_markdown_cell("\n".join(LESSON.summary), metadata={"tags": ["summary"]}))
    about = {"title": LESSON.title, "minutes": LESSON.minutes}
    return new_notebook(cells=cells, metadata={"docent": about})


def test_solving_changes_the_exercise_cells_and_nothing_else() -> None:
    notebook = a_notebook()
    before = copy.deepcopy(notebook)
    solved = solve(notebook, LESSON.exercises)
    assert notebook == before
    changed = [
        (old.source, new.source)
        for old, new in zip(notebook.cells, solved.cells, strict=True)
        if old != new
    ]
    assert changed == [(one.starter, one.solution) for one in LESSON.exercises]


def test_any_answer_can_be_put_in_wherever_the_cell_stands() -> None:
    notebook = a_notebook()
    notebook.cells.reverse()
    solved = solve(notebook, LESSON.exercises[:1], lambda exercise: f"answer to {exercise.id}")
    assert [cell.source for cell in solved.cells].count("answer to 00.1") == 1
    assert LESSON.exercises[1].starter in [cell.source for cell in solved.cells]


def test_a_starter_that_was_changed_is_left_alone() -> None:
    notebook = new_notebook(cells=[new_code_cell(LESSON.exercises[0].starter + " # mine")])
    assert solve(notebook, LESSON.exercises) == notebook


def cell_of(notebook: Notebook, text: str) -> Any:
    return next(cell for cell in notebook.cells if text in cell.source)


def longer(notebook: Notebook) -> None:
    notebook.cells.append(new_code_cell("\n".join(["1"] * (LONGEST_CELL + 1))))


def just_long_enough(notebook: Notebook) -> None:
    notebook.cells.append(new_code_cell("\n".join(["1"] * LONGEST_CELL) + "\n"))


def run(notebook: Notebook) -> None:
    cell_of(notebook, PARAMETERS).execution_count = 1


def printed(notebook: Notebook) -> None:
    cell_of(notebook, PARAMETERS).outputs = [nbformat.v4.new_output("stream", text="x")]


def without_parameters(notebook: Notebook) -> None:
    notebook.cells.remove(cell_of(notebook, PARAMETERS))


def without_mode(notebook: Notebook) -> None:
    cell_of(notebook, PARAMETERS).source = 'database_url = ""  # empty'


def other_starter(notebook: Notebook) -> None:
    cell_of(notebook, 'check("00.3"').source += "  # changed"


def starter_twice(notebook: Notebook) -> None:
    notebook.cells.append(new_code_cell(LESSON.exercises[0].starter))


def other_prompt(notebook: Notebook) -> None:
    cell = cell_of(notebook, "### 00.2")
    cell.source = cell.source.replace("Who is it?", "Who may it be?")


def other_minutes(notebook: Notebook) -> None:
    notebook.metadata["docent"]["minutes"] = 99


def no_metadata(notebook: Notebook) -> None:
    del notebook.metadata["docent"]


def no_goals(notebook: Notebook) -> None:
    notebook.cells[0].metadata["tags"] = []


def other_summary(notebook: Notebook) -> None:
    notebook.cells[-1].source = LESSON.summary[0]


@pytest.mark.parametrize(
    ("change", "cell", "words"),
    [
        (just_long_enough, None, []),
        (longer, 10, ["The cell has 16 lines."]),
        (run, 2, ["holds an output"]),
        (printed, 2, ["holds an output"]),
        (without_parameters, None, ["0 cells are tagged as parameters"]),
        (without_mode, 2, ["mode is missing"]),
        (other_starter, 8, ["starter of exercise 00.3 stands in 0 cells"]),
        (starter_twice, 4, ["starter of exercise 00.1 stands in 2 cells"]),
        (other_prompt, None, ["prompt of exercise 00.2 differs"]),
        (other_minutes, None, ["Its minutes is 99"]),
        (no_metadata, None, ["Its title is None", "Its minutes is None"]),
        (no_goals, None, [f"among its goals: {LESSON.goals[0]}"]),
        (other_summary, None, [f"among its summary: {LESSON.summary[1]}"]),
    ],
)
def test_lint(change: Callable[[Notebook], None], cell: int | None, words: list[str]) -> None:
    notebook = a_notebook()
    assert lint(notebook, "00", LESSON) == ()
    change(notebook)
    found = lint(notebook, "00", LESSON)
    assert [one.cell for one in found] == [cell] * len(words)
    for complaint, word in zip(found, words, strict=True):
        assert word in str(complaint)
        assert "Next: " in str(complaint)


def test_a_notebook_that_tells_no_lesson_needs_parameters_only() -> None:
    cell = new_code_cell(PARAMETERS, metadata={"tags": ["parameters"]})
    assert lint(new_notebook(cells=[cell]), "scratchpad", None) == ()


NOTEBOOKS = sorted((clone() / "notebooks").glob("*.ipynb"))
BY_NOTEBOOK: dict[str, Lesson] = {lesson.notebook: lesson for lesson in LESSONS}


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_the_notebooks_of_the_tour(path: Any) -> None:
    notebook = nbformat.read(path, as_version=4)
    found = lint(notebook, path.name, BY_NOTEBOOK.get(path.stem))
    assert not found, "\n".join(map(str, found))


def test_every_lesson_has_its_notebook() -> None:
    assert {path.stem for path in NOTEBOOKS} >= set(BY_NOTEBOOK)
