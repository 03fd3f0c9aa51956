"""Where a learner stands, as a table: what was done and when, and what follows from it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given

from docent.classroom import Copy
from docent.exercise import Lesson, Outcome
from docent.lessons import LESSONS
from docent.records import Progress, Record
from docent.standing import AWAY_AFTER, STATES, STUCK_AFTER, Snag, snags, standing, standings
from tests.guide.test_ledger import states

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
TWO: tuple[Lesson, ...] = tuple(
    replace(lesson, exercises=lesson.exercises[:3]) for lesson in LESSONS[:2]
)
"""Lessons 00 and 01, of three exercises each."""


def ago(minutes: float) -> datetime:
    return NOW - timedelta(minutes=minutes)


def progress(*deeds: str, learner: str = "Ada") -> Progress:
    """What came of deeds such as ``30 miss 00.1``: minutes ago, what, where."""
    kept = Progress(learner, "1")
    for deed in deeds:
        minutes, verb, about = deed.split()
        at = ago(float(minutes))
        if verb == "begin":
            kept = kept.with_lesson(about, at)
        else:
            kept = kept.with_record(about, done(kept.of(about), verb, at))
    return kept


def done(record: Record, verb: str, at: datetime) -> Record:
    if verb == "hint":
        return record.hinted(record.hints + 1, at)
    if verb == "read":
        return record.opened(at)
    kind = {"solve": "correct", "miss": "wrong", "stop": "stopped", "part": "incomplete"}[verb]
    return record.checked(Outcome(kind, f"said {verb}"), at)  # type: ignore[arg-type]


FIRST = ("60 begin 00", "58 solve 00.1", "56 solve 00.2", "54 solve 00.3")


@pytest.mark.parametrize(
    ("deeds", "state", "exercise", "minutes"),
    [
        # Before the first answer
        ([], "reading", "", None),
        (["5 begin 00"], "reading", "00.1", 5),
        (["9 begin 00", "5 begin 00"], "reading", "00.1", 5),
        # At an exercise
        (["9 begin 00", "5 miss 00.1"], "trying", "00.1", 5),
        (["9 begin 00", "5 miss 00.1", "1 miss 00.1"], "trying", "00.1", 5),
        (["9 begin 00", "5 miss 00.1", "4 stop 00.1", "1 miss 00.1"], "stuck", "00.1", 5),
        (["15 begin 00", "11 miss 00.1"], "stuck", "00.1", 11),
        (["15 begin 00", "9 miss 00.1"], "trying", "00.1", 9),
        (["15 begin 00", "11 hint 00.1"], "stuck", "00.1", 11),
        (["15 begin 00", "9 hint 00.1"], "trying", "00.1", 9),
        (["15 begin 00", "11 part 00.1"], "trying", "00.1", 11),
        (["15 begin 00", "5 miss 00.1", "2 read 00.1"], "stuck", "00.1", 5),
        # On to the next
        (["9 begin 00", "5 solve 00.1"], "reading", "00.2", 5),
        (["9 begin 00", "5 miss 00.1", "4 miss 00.1", "3 miss 00.1", "2 solve 00.1"],
         "reading", "00.2", 2),
        (["9 begin 00", "5 solve 00.1", "4 miss 00.2"], "trying", "00.2", 4),
        (["9 begin 00", "5 miss 00.1", "4 solve 00.2"], "reading", "00.3", 4),
        (["9 begin 00", "8 miss 00.1", "6 solve 00.2", "4 solve 00.3"], "trying", "00.1", 8),
        ([*FIRST, "20 begin 01"], "reading", "01.1", 20),
        (FIRST, "away", "", 54),
        ([*FIRST[:3], "3 solve 00.3"], "reading", "", 3),
        # Back to what was left, and in a lesson that is done
        (["20 begin 00", "19 miss 00.2", "2 begin 00"], "trying", "00.2", 2),
        ([*FIRST, "3 miss 00.1"], "reading", "", 3),
        # A hint on what is done leads nowhere else
        (["9 begin 00", "5 solve 00.1", "4 hint 00.1"], "reading", "00.2", 5),
        # Away, and the next morning
        (["40 begin 00", "35 miss 00.1", "31 miss 00.1"], "away", "00.1", 35),
        (["40 begin 00", "35 miss 00.1", "29 miss 00.1"], "stuck", "00.1", 35),
        (["900 begin 00", "890 miss 00.1", "2 begin 00"], "trying", "00.1", 2),
        # All of it
        ([*FIRST, "9 solve 01.1", "8 solve 01.2", "7 solve 01.3"], "through", "", 7),
        # What is of another version, and a clock that runs ahead
        (["9 begin 77", "5 miss 77.1"], "reading", "", None),
        (["-30 begin 00", "-20 miss 00.1"], "trying", "00.1", 0),
    ],
)  # fmt: skip
def test_standing(deeds: list[str], state: str, exercise: str, minutes: float | None) -> None:
    found = standing(TWO, Copy("ada-1", progress(*deeds)), NOW)
    since = None if minutes is None else ago(minutes)
    assert (found.state, found.exercise, found.since) == (state, exercise, since)


def test_the_limits_are_those_of_the_table() -> None:
    assert timedelta(minutes=10) == STUCK_AFTER
    assert timedelta(minutes=30) == AWAY_AFTER


def test_who_waits_longest_comes_first_within_what_is_worst() -> None:
    class_ = {
        "Ada": ["9 begin 00", "5 miss 00.1"],
        "Ben": ["20 begin 00", "12 miss 00.1"],
        "Chloé": ["40 begin 00", "25 miss 00.1", "2 miss 00.1"],
        "Dmitri": ["9 begin 00"],
        "Esi": ["60 begin 00"],
        "Farid": [*FIRST, "9 solve 01.1", "8 solve 01.2", "7 solve 01.3"],
    }
    copies = [Copy(name, progress(*deeds, learner=name)) for name, deeds in class_.items()]
    found = standings(TWO, copies, NOW)
    assert [one.learner for one in found] == ["Chloé", "Ben", "Ada", "Dmitri", "Esi", "Farid"]
    assert [one.done for one in found] == [0, 0, 0, 0, 0, 6]
    assert sorted({one.state for one in found}, key=STATES.index) == list(STATES)


def test_an_exercise_that_several_hang_on_is_named_with_what_most_were_told() -> None:
    deeds = {
        "Ada": ["5 miss 00.1", "4 miss 00.2"],
        "Ben": ["9 miss 00.2"],
        "Chloé": ["3 stop 00.2"],
        "Dmitri": ["3 miss 00.3"],  # alone there
        "Esi": ["50 miss 00.2"],  # away
        "Farid": ["2 hint 00.2"],  # has missed nothing
    }
    copies = [Copy(name, progress(*each, learner=name)) for name, each in deeds.items()]
    found = snags(standings(TWO, copies, NOW))
    assert found == (Snag("00.2", ("Ben", "Ada", "Chloé"), "said miss"),)


@given(states)
def test_whatever_a_class_holds_has_a_standing(anybody: Progress) -> None:
    found = standing(LESSONS, Copy("key", anybody), NOW)
    assert found.state in STATES
    assert found.since is None or found.since <= NOW
