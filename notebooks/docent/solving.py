"""A notebook with its exercises answered, and what is amiss with a notebook of the tour.

Notebooks here are what ``nbformat`` reads. An exercise's cell is found by its source alone, so
that a cell may be moved without anything else having to know.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from docent.exercise import Exercise, Lesson

LONGEST_CELL: Final = 15
"""Lines of a code cell."""

PARAMETERS: Final = ("database_url", "mode")

Notebook = Any
"""A notebook as ``nbformat`` gives it: a dictionary with attributes."""


@dataclass(frozen=True, slots=True)
class Complaint:
    """One thing that is amiss with a notebook, and what to do about it.

    cell:  the cell's number from 1; ``None`` is the notebook as a whole.
    """

    notebook: str
    cell: int | None
    what: str
    next_step: str

    def __str__(self) -> str:
        where = f"{self.notebook}, cell {self.cell}" if self.cell else self.notebook
        return f"{where}: {self.what}\nNext: {self.next_step}"


def solve(
    notebook: Notebook,
    exercises: Sequence[Exercise],
    answer: Callable[[Exercise], str] = lambda exercise: exercise.solution,
) -> Notebook:
    """A copy of a notebook whose exercise cells hold solutions, or another answer's source."""
    solved = copy.deepcopy(notebook)
    answers = {exercise.starter.strip(): answer(exercise) for exercise in exercises}
    for cell in solved.cells:
        if cell.cell_type == "code" and cell.source.strip() in answers:
            cell.source = answers[cell.source.strip()]
    return solved


def lint(notebook: Notebook, name: str, lesson: Lesson | None) -> tuple[Complaint, ...]:
    """What is amiss with a notebook; ``lesson`` is ``None`` for one that tells no lesson."""
    looks = [_long_cells, _outputs, _parameters]
    found = [complaint for look in looks for complaint in look(notebook, name)]
    if lesson is not None:
        found += _exercises(notebook, name, lesson)
        found += _said(notebook, name, lesson)
    return tuple(found)


def exercise_markdown(exercise: Exercise) -> str:
    """The cell above an exercise's starter."""
    return f"### {exercise.id} {exercise.title}\n\n{exercise.prompt}"


def _code_cells(notebook: Notebook) -> Iterator[tuple[int, Any]]:
    return ((at, cell) for at, cell in enumerate(notebook.cells, 1) if cell.cell_type == "code")


def _long_cells(notebook: Notebook, name: str) -> Iterator[Complaint]:
    for at, cell in _code_cells(notebook):
        lines = len(cell.source.strip().splitlines())
        if lines > LONGEST_CELL:
            step = f"Split it, or move what it does into docent; {LONGEST_CELL} lines are the most."
            yield Complaint(name, at, f"The cell has {lines} lines.", step)


def _outputs(notebook: Notebook, name: str) -> Iterator[Complaint]:
    for at, cell in _code_cells(notebook):
        if cell.outputs or cell.execution_count is not None:
            yield Complaint(name, at, "The cell holds an output.", "Strip it: make format.")


def _parameters(notebook: Notebook, name: str) -> Iterator[Complaint]:
    tagged = [(at, c) for at, c in _code_cells(notebook) if "parameters" in _tags(c)]
    if len(tagged) != 1:
        step = 'Give one code cell the tag "parameters".'
        yield Complaint(name, None, f"{len(tagged)} cells are tagged as parameters.", step)
        return
    at, cell = tagged[0]
    lines = cell.source.splitlines()
    for parameter in PARAMETERS:
        if not any(line.partition("=")[0].strip() == parameter for line in lines):
            yield Complaint(name, at, f"{parameter} is missing.", f'Add: {parameter} = ""')


def _tags(cell: Any) -> list[str]:
    tags: list[str] = cell.metadata.get("tags", [])
    return tags


def _exercises(notebook: Notebook, name: str, lesson: Lesson) -> Iterator[Complaint]:
    sources = [cell.source.strip() for _, cell in _code_cells(notebook)]
    for exercise in lesson.exercises:
        count = sources.count(exercise.starter.strip())
        if count != 1:
            what = f"The starter of exercise {exercise.id} stands in {count} cells, not in one."
            step = f"Paste it from docent/lessons/lesson_{lesson.id}.py."
            yield Complaint(name, _similar(notebook, exercise), what, step)
        if not any(exercise.prompt.strip() in text for text in _texts(notebook)):
            what = f"The prompt of exercise {exercise.id} differs from its definition."
            step = f"Paste exercise_markdown of exercise {exercise.id}."
            yield Complaint(name, None, what, step)


def _similar(notebook: Notebook, exercise: Exercise) -> int | None:
    """The cell that checks this exercise, though with another source."""
    call = f'check("{exercise.id}"'
    return next((at for at, cell in _code_cells(notebook) if call in cell.source), None)


def _said(notebook: Notebook, name: str, lesson: Lesson) -> Iterator[Complaint]:
    """Goals, summary and duration: the notebook says the same as the lesson's definition."""
    stated = dict(notebook.metadata.get("docent", {}))
    for key, value in (("title", lesson.title), ("minutes", lesson.minutes)):
        if stated.get(key) != value:
            step = f"Set {key} to {value!r} in the notebook's metadata, under docent."
            yield Complaint(name, None, f"Its {key} is {stated.get(key)!r}.", step)
    for tag, sentences in (("goals", lesson.goals), ("summary", lesson.summary)):
        text = "\n".join(cell.source for cell in notebook.cells if tag in _tags(cell))
        missing = [sentence for sentence in sentences if sentence not in text]
        if missing:
            step = f'Put it into a cell with the tag "{tag}", or change it in the lesson.'
            yield Complaint(name, None, f"Nowhere among its {tag}: {missing[0]}", step)


def _texts(notebook: Notebook) -> list[str]:
    return [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]
