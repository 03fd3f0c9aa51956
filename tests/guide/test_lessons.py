"""Every exercise of every lesson: it fails as shipped, holds when solved, and knows its slips."""

from __future__ import annotations

import ast
from itertools import pairwise
from pathlib import Path
from typing import Any

import nbformat
import pytest

import docent
from docent.answers import checked_expression, is_untouched
from docent.exercise import Exercise, Lesson, Outcome, WrongAnswer
from docent.lessons import EXERCISES, LESSONS
from docent.solving import LONGEST_CELL
from tests.conftest import REPOSITORY
from tests.guide.cells import run

ALL = pytest.mark.parametrize("exercise", EXERCISES.values(), ids=lambda one: one.id)
WRONG = [
    pytest.param(exercise, wrong, id=f"{exercise.id}-{number}")
    for exercise in EXERCISES.values()
    for number, wrong in enumerate(exercise.wrong)
]


@ALL
def test_as_shipped_nothing_is_attempted(exercise: Exercise, learner: Path) -> None:
    assert run(exercise.starter).kind in ("not attempted", "incomplete")


@ALL
def test_the_solution_is_correct(exercise: Exercise, learner: Path) -> None:
    outcome = run(exercise.solution)
    assert outcome.kind == "correct", outcome
    assert outcome.why == exercise.why


@pytest.mark.parametrize(("exercise", "wrong"), WRONG)
def test_a_wrong_answer_gets_its_message(
    exercise: Exercise, wrong: WrongAnswer, learner: Path
) -> None:
    answer = wrong.answer
    outcome = run(wrong.cell) if wrong.cell else docent.check(exercise.id, answer).subject
    assert (outcome.kind, wrong.message in outcome.message) == (wrong.kind, True), outcome


@pytest.mark.parametrize(
    "exercise",
    [one for one in EXERCISES.values() if any(wrong.cell for wrong in one.wrong)],
    ids=lambda one: one.id,
)
def test_whoever_went_wrong_in_every_way_still_finds_the_solution_correct(
    exercise: Exercise, learner: Path
) -> None:
    """What a wrong answer leaves behind, in a file, does not stand in the way of the right one."""
    for wrong in exercise.wrong:
        if wrong.cell:
            run(wrong.cell)
    assert run(exercise.solution).kind == "correct"


@ALL
def test_cells_end_with_their_check_and_are_short(exercise: Exercise) -> None:
    for source in (exercise.starter, exercise.solution):
        assert checked_expression(ast.parse(source), exercise.id) is not None
        assert source == source.strip()
    assert len(exercise.starter.splitlines()) <= LONGEST_CELL


@ALL
def test_an_exercise_tells_enough_and_not_too_much(exercise: Exercise) -> None:
    assert all([exercise.title, exercise.prompt, exercise.reasoning, exercise.why])
    words = [exercise.prompt, *exercise.hints]
    assert exercise.solution not in "".join(words)
    assert len(set(words)) == len(words)


def test_ids_come_once_and_lessons_in_order() -> None:
    ids = [lesson.id for lesson in LESSONS]
    assert ids == sorted(set(ids))
    assert len(EXERCISES) == sum(len(lesson.exercises) for lesson in LESSONS)


@pytest.mark.parametrize(
    ("lesson", "following"), list(pairwise(LESSONS)), ids=lambda lesson: lesson.id
)
def test_each_lesson_ends_with_the_way_to_the_next(lesson: Lesson, following: Lesson) -> None:
    notebook = nbformat.read(REPOSITORY / "notebooks" / f"{lesson.notebook}.ipynb", as_version=4)
    file = f"{following.notebook}.ipynb"
    assert f"Next: [{file}]({file}), " in notebook.cells[-1].source


# ---------------------------------------------------------------- the nouns


def an_exercise(**other: Any) -> Exercise:
    parts: dict[str, Any] = {
        "id": "04.2", "title": "t", "prompt": "p", "starter": 'check("04.2", ...)',
        "examine": lambda answer, room: Outcome("correct", ""), "hints": ("a", "b"),
        "solution": "s", "reasoning": "r", "wrong": (WrongAnswer("no", 1),), "why": "w",
    }  # fmt: skip
    return Exercise(**{**parts, **other})


def a_lesson(*exercises: Exercise, id_: str = "04", notebook: str = "04_x") -> Lesson:
    return Lesson(id_, "t", notebook, 15, ("g",), ("s",), exercises)


@pytest.mark.parametrize("id_", ["4.2", "04.0", "04", "04.2a", "x", "04.100", ""])
def test_an_id_that_could_not_stay_is_refused(id_: str) -> None:
    with pytest.raises(ValueError, match="no exercise id"):
        an_exercise(id=id_)


def test_what_cannot_be_taught_with_is_refused() -> None:
    from docent.exercise import register

    with pytest.raises(ValueError, match="1 hints"):
        an_exercise(hints=("a",))
    with pytest.raises(ValueError, match="no wrong answer"):
        an_exercise(wrong=())
    with pytest.raises(ValueError, match="does not belong to lesson 05"):
        a_lesson(an_exercise(), id_="05")
    with pytest.raises(ValueError, match=r"exercise 04\.2 is defined twice"):
        a_lesson(an_exercise(), an_exercise(title="other"))
    with pytest.raises(ValueError, match="lesson 04 is defined twice"):
        register(a_lesson(), a_lesson(notebook="04_y"))
    with pytest.raises(ValueError, match="notebook 04_x is defined twice"):
        register(a_lesson(), a_lesson(id_="05"))


def filled(record: dict[str, int]) -> float:
    """The share."""
    return record["a"]


FUNCTION = '''\
def rate(record):
    """The share."""
    ...

check("04.2", rate)'''


def made(cell: str) -> object:
    names: dict[str, object] = {"check": print}
    exec(cell, names)
    return names["rate"]


@pytest.mark.parametrize(
    ("starter", "answer", "untouched"),
    [
        ('answer = ...\ncheck("04.2", answer)', ..., True),
        ('answer = ...\ncheck("04.2", answer)', None, True),
        ('answer = ...\ncheck("04.2", answer)', 0, False),
        ('answer = "select ..."\ncheck("04.2", answer)', "select ...", True),
        ('answer = "select ..."\ncheck("04.2", answer)', "\n select ... ", True),
        ('answer = "select ..."\ncheck("04.2", answer)', "select 1", False),
        ('a = {"x": ...}\ncheck("04.2", a)', {"x": ...}, True),
        ('a = {"x": ...}\ncheck("04.2", a)', {"x": 1}, False),
        ('a = [1]\na = [2]\ncheck("04.2", a)', [1], False),
        ('a = 0\ncheck("04.2", a)', False, False),
        ('check("04.2", "x")', "x", True),
        ('check("04.2", work())', "x", False),
        ('check("04.3", "x")', "x", False),
        (FUNCTION, made(FUNCTION), True),
        (FUNCTION, filled, False),
        (FUNCTION, 1, False),
        ("this is no Python", "x", False),
        ("", 1, False),
    ],
)
def test_what_counts_as_untouched(starter: str, answer: object, untouched: bool) -> None:
    assert is_untouched(answer, starter, "04.2") is untouched
