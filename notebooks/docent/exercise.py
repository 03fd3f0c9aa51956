"""An exercise, defined once as data and one function; and what a check can come to.

A lesson's exercises are written in ``docent.lessons``; the notebooks hold nothing of them but the
starter cell. A cell stands on its own: it uses what ``docent`` exports and what it imports itself,
and it ends with the call ``check("04.2", answer)``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from docent.room import Room

Kind = Literal["not attempted", "incomplete", "wrong", "stopped", "correct"]

KINDS: Final[tuple[Kind, ...]] = ("not attempted", "incomplete", "wrong", "stopped", "correct")

EXERCISE_ID: Final = re.compile(r"(\d\d)\.([1-9]\d?)")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a check came to.

    kind:       ``not attempted``, ``incomplete``, ``wrong``, ``stopped`` (the learner's code
                ended with an error) or ``correct``.
    seen:       what was seen.
    expected:   what was expected, as far as that may be told.
    why:        why a consumer would care.
    next_step:  what to try.
    code:       the one line of the learner's code that an error came from.
    counts:     whether it is an attempt; not when the fault lies with neither answer nor learner.
    """

    kind: Kind
    seen: str
    expected: str = ""
    why: str = ""
    next_step: str = ""
    code: str = ""
    counts: bool = True

    @property
    def message(self) -> str:
        """All of its words, for whoever looks for some of them."""
        return "\n".join(filter(None, (self.seen, self.code, self.expected, self.next_step)))


Examine = Callable[[object, Room], Outcome]
"""Look at an answer, in the room where it was given. It may raise: the guide says what stopped."""


@dataclass(frozen=True, slots=True)
class WrongAnswer:
    """An answer that learners give, and some words of the message that it must get.

    It is either a cell's whole source, or a value that is handed to the check as it is.
    """

    message: str
    answer: object = ...
    cell: str = ""
    kind: Kind = "wrong"


@dataclass(frozen=True, slots=True)
class Exercise:
    """One exercise.

    id:        ``04.2``: the second one of lesson 04; it never changes.
    prompt:    the task, in Markdown, complete enough to be done from nothing.
    starter:   the source of the notebook's cell.
    examine:   looks at the answer.
    hints:     two or three, each of more help than the one before.
    solution:  the source of the cell, solved.
    reasoning: why the solution is what it is.
    wrong:     wrong answers, with the message that each must get.
    why:       why a consumer would care.
    """

    id: str
    title: str
    prompt: str
    starter: str
    examine: Examine
    hints: tuple[str, ...]
    solution: str
    reasoning: str
    wrong: tuple[WrongAnswer, ...]
    why: str

    def __post_init__(self) -> None:
        """Refuse what could not be taught with: the author sees it at import."""
        if not EXERCISE_ID.fullmatch(self.id):
            raise ValueError(f"{self.id!r} is no exercise id: write it as 04.2")
        if not 2 <= len(self.hints) <= 3:
            raise ValueError(f"exercise {self.id} has {len(self.hints)} hints: write two or three")
        if not self.wrong:
            raise ValueError(f"exercise {self.id} has no wrong answer: write down one at least")

    @property
    def lesson(self) -> str:
        """The id of its lesson."""
        return self.id.partition(".")[0]


@dataclass(frozen=True, slots=True)
class Lesson:
    """One lesson, and the notebook that it is told in.

    id:        ``04``.
    notebook:  the notebook's name, without its ending: ``04_write_a_contract``.
    minutes:   how long it takes somebody who reads every sentence.
    goals:     what one will be able to do, each as a sentence's end.
    summary:   what one knows afterwards.
    files:     files that the learner is given to work on: name -> text.
    room_notes: advice for whoever teaches it in a room.
    databases: further databases of the learner's, by their purposes, which a reset makes afresh.
    """

    id: str
    title: str
    notebook: str
    minutes: int
    goals: tuple[str, ...]
    summary: tuple[str, ...]
    exercises: tuple[Exercise, ...]
    files: Mapping[str, str] = field(default_factory=dict)
    room_notes: tuple[str, ...] = ()
    databases: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse exercises that belong elsewhere or come twice."""
        for exercise in self.exercises:
            if exercise.lesson != self.id:
                raise ValueError(f"exercise {exercise.id} does not belong to lesson {self.id}")
        _refuse_twice("exercise", [exercise.id for exercise in self.exercises])


def register(*lessons: Lesson) -> tuple[Lesson, ...]:
    """The lessons in their order; refuses ids that come twice."""
    _refuse_twice("lesson", [lesson.id for lesson in lessons])
    _refuse_twice("notebook", [lesson.notebook for lesson in lessons])
    return tuple(sorted(lessons, key=lambda lesson: lesson.id))


def _refuse_twice(what: str, ids: list[str]) -> None:
    for one in ids:
        if ids.count(one) > 1:
            raise ValueError(f"{what} {one} is defined twice")


def correct(seen: str) -> Outcome:
    """The answer holds."""
    return Outcome("correct", seen)


def wrong(seen: str, expected: str = "", next_step: str = "") -> Outcome:
    """The answer is complete, and is not what was asked for."""
    return Outcome("wrong", seen, expected, next_step=next_step)


def incomplete(seen: str, expected: str = "", next_step: str = "") -> Outcome:
    """A part of the answer is missing."""
    return Outcome("incomplete", seen, expected, next_step=next_step)


def stopped(seen: str, next_step: str = "", code: str = "") -> Outcome:
    """The learner's code ended with an error."""
    return Outcome("stopped", seen, next_step=next_step, code=code)


def hindered(seen: str, next_step: str) -> Outcome:
    """The answer could not be looked at, through no fault of its own; this is no attempt."""
    return Outcome("stopped", seen, next_step=next_step, counts=False)
