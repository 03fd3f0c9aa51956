"""A class of pretend learners, made by really working on the exercises at pretended times."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

import docent
from docent import guide
from docent.lessons import EXERCISES
from tests.guide.cells import run


@dataclass(slots=True)
class Clock:
    """A clock that stands where it was put."""

    now: datetime

    def __call__(self) -> datetime:
        return self.now


@dataclass(frozen=True, slots=True)
class Pretender:
    """What a learner does, each with how many minutes ago.

    ``begin 01``, ``solve 01.1``, ``miss 01.1`` (the first of its wrong answers), ``hint 01.1``,
    ``read 01.1`` (its solution).
    """

    name: str
    deeds: tuple[tuple[float, str], ...] = field(default=())


def solved(lesson: str, first: float, every: float = 2) -> tuple[tuple[float, str], ...]:
    """Begin a lesson so many minutes ago, and solve an exercise every few minutes."""
    ids = [id_ for id_ in EXERCISES if id_.startswith(lesson)]
    deeds = [(first, f"begin {lesson}")]
    return (*deeds, *((first - every * (n + 1), f"solve {id_}") for n, id_ in enumerate(ids)))


CLASS = (
    Pretender("Ada", (*solved("00", 70), *solved("01", 55), (40, "begin 03"), (38, "solve 03.1"),
                      (26, "miss 03.2"), (20, "hint 03.2"), (9, "miss 03.2"), (2, "miss 03.2"))),
    Pretender("Ben", (*solved("00", 65), (30, "begin 01"), (20, "solve 01.1"), (3, "miss 01.2"))),
    Pretender("Chloé", (*solved("00", 62), *solved("01", 40), (5, "begin 03"))),
    Pretender("Dmitri", ((50, "begin 00"), (14, "miss 00.1"), (12, "hint 00.1"))),
    Pretender("Esi", solved("00", 80)),
    Pretender("Farid", (*solved("00", 60), *solved("01", 48), *solved("03", 30)[:2],
                        (6, "miss 03.2"))),
    Pretender("林", ((8, "begin 00"),)),
)  # fmt: skip


def play(
    pretenders: Iterable[Pretender], now: datetime, monkeypatch: pytest.MonkeyPatch
) -> datetime:
    """Let each do what they do, on the museum of ``DATABASE_URL``; returns ``now``."""
    clock = Clock(now)
    monkeypatch.setattr(guide, "now", clock)
    monkeypatch.setattr(guide, "_ledgers", {})
    for one in pretenders:
        monkeypatch.setenv("DOCENT_LEARNER", one.name)
        for minutes, deed in one.deeds:
            clock.now = now - timedelta(minutes=minutes)
            do(*deed.split())
    clock.now = now
    return now


def do(verb: str, about: str) -> None:
    """One deed, through the very verbs of the notebooks."""
    if verb == "begin":
        docent.begin(about)
    elif verb == "solve":
        assert run(EXERCISES[about].solution).kind == "correct"
    elif verb == "miss":
        wrong = EXERCISES[about].wrong[0]
        outcome = run(wrong.cell) if wrong.cell else docent.check(about, wrong.answer).subject
        assert outcome.kind == wrong.kind
    elif verb == "hint":
        docent.hint(about)
    else:
        docent.solution(about)
