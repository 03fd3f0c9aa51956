"""The words of the class: who needs help first, where everybody is, what was put aside."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from docent.display import Facts, Grid, Paragraph, Piece, Shown
from docent.drawings import Bar, Light, Square, Squares
from docent.exercise import Exercise, Lesson
from docent.records import Progress
from docent.resetting import FreshStart, Reach
from docent.standing import (
    AWAY_AFTER,
    STUCK_AFTER,
    STUCK_MISSES,
    Snag,
    Standing,
    State,
    snags,
)

LIGHTS: Final[dict[State, Light]] = {
    "stuck": Light("red", "stuck"),
    "trying": Light("amber", "trying"),
    "reading": Light("green", "reading"),
    "away": Light("off", "away"),
    "through": Light("green", "through"),
}

NBSP: Final = "\u00a0"
"""A space at which no line is broken."""

PRIVACY: Final = (
    "Shown is what the check said, and how often it was asked. What somebody wrote is never "
    "sent here: a … stands where a message repeated it."
)

STUCK_MEANS: Final = (
    f"Stuck: {STUCK_MISSES} answers that were not it, or the solution read, or "
    f"{STUCK_AFTER.seconds // 60} minutes at an exercise that was missed once or took a hint. "
    "Trying: on the way there."
)

LEGEND: Final = (
    "A square is an exercise: full when it is done, half when it is begun, with a ring where "
    "somebody is now. Reading: the exercise there is not tried yet. "
    f"Away: no sign for {AWAY_AFTER.seconds // 60} minutes."
)


def class_card(
    lessons: Sequence[Lesson],
    found: Sequence[Standing],
    now: datetime,
    name: str,
    troubles: Sequence[str] = (),
) -> Shown[Sequence[Standing]]:
    """The class at this moment: who needs help first, what many hang on, where everybody is."""
    pieces: list[Piece] = [
        *_help_first(found, now),
        *_snags(snags(found)),
        *_board(lessons, found, now),
        *(Paragraph(trouble) for trouble in troubles),
        Paragraph(STUCK_MEANS, look="aside"),
        Paragraph(PRIVACY, look="aside"),
        Paragraph(f"{_clock(now)} · {name}", look="aside"),
    ]
    return Shown(found, _headline(found), tuple(pieces), kind="class")


def _headline(found: Sequence[Standing]) -> str:
    counts = Counter(one.state for one in found)
    several = [f"{counts[state]} {state}" for state in LIGHTS if counts[state]]
    return " · ".join([learners(len(found)), *several])


def learners(count: int) -> str:
    """So many learners."""
    return f"{count} learner{'' if count == 1 else 's'}"


def _help_first(found: Sequence[Standing], now: datetime) -> list[Piece]:
    if not found:
        return [Paragraph("Nobody has begun a lesson yet.")]
    working = [one for one in found if one.state in ("stuck", "trying")]
    if not working:
        return [Paragraph("Nobody is stuck.")]
    names = called(found)
    rows = tuple(
        (names[one.key], LIGHTS[one.state], one.exercise, _since(one, now), _tries(one), _said(one))
        for one in working
    )
    columns = ("learner", "is", "at", "for", "tries", "and was told")
    return [
        Paragraph("Who needs help first", look="topic"),
        Grid(columns, rows),
    ]


def _tries(one: Standing) -> str:
    hints, opened = one.record.hints, one.record.solution_opened
    more = [f"{hints}{NBSP}hint{'' if hints == 1 else 's'}"] if hints else []
    return ", ".join([str(one.record.attempts), *more, *(["solution read"] if opened else [])])


def _said(one: Standing) -> str:
    if one.last_kind is None:
        return "no answer yet"
    kind = "" if one.last_kind in ("wrong", "correct") else f"{one.last_kind}: "
    return kind + one.record.last_message


def _snags(several: Sequence[Snag]) -> list[Piece]:
    """What more than one hangs on, which is worth a word to the room."""
    if not several:
        return []
    facts = tuple(
        (f"{snag.exercise}, {learners(len(snag.learners))}", snag.message) for snag in several
    )
    return [Paragraph("Worth a word to everybody", look="topic"), Facts(facts)]


def _board(lessons: Sequence[Lesson], found: Sequence[Standing], now: datetime) -> list[Piece]:
    if not found:
        return []
    names = called(found)
    by_name = sorted(found, key=lambda one: (one.learner.casefold(), one.key))
    rows = tuple(
        (
            names[one.key],
            _place(one),
            _since(one, now),
            *(_squares(lesson, one) for lesson in lessons),
        )
        for one in by_name
    )
    columns = ("learner", "is", "for", *(lesson.id for lesson in lessons))
    return [
        Paragraph("Where everybody is", look="topic"),
        Grid(columns, rows),
        Paragraph(LEGEND, look="aside"),
        Paragraph("How far the class is", look="topic"),
        Grid(("lesson", "through, in it, not there", ""), tuple(_bars(lessons, found))),
    ]


def _place(one: Standing) -> Light:
    """Whether somebody is stuck, and at which exercise or in which lesson."""
    light = LIGHTS[one.state]
    at = "" if one.state == "through" else one.exercise or one.lesson
    return Light(light.colour, f"{light.word} {at}".rstrip())


def _squares(lesson: Lesson, one: Standing) -> Squares:
    progress = one.copy.progress
    ids = [exercise.id for exercise in lesson.exercises]
    here = ids.index(one.exercise) if one.exercise in ids and one.state != "through" else None
    return Squares(tuple(_square(exercise, progress) for exercise in lesson.exercises), here)


def _square(exercise: Exercise, progress: Progress) -> Square:
    record = progress.of(exercise.id)
    if record.done:
        return "done"
    return "begun" if record.attempts or record.hints else "open"


def _bars(lessons: Sequence[Lesson], found: Sequence[Standing]) -> list[tuple[object, ...]]:
    rows: list[tuple[object, ...]] = []
    for lesson in lessons:
        states = [
            [_square(exercise, one.copy.progress) for exercise in lesson.exercises] for one in found
        ]
        through = sum(set(state) == {"done"} for state in states)
        inside = sum(
            set(state) != {"done"} and (state.count("open") < len(state) or one.lesson == lesson.id)
            for state, one in zip(states, found, strict=True)
        )
        bar = Bar((through, inside, len(found) - through - inside))
        rows.append((f"{lesson.id} {lesson.title}", bar, f"{through} of {len(found)}"))
    return rows


def called(found: Sequence[Standing]) -> dict[str, str]:
    """What each is called, by key: the name, and where two share it the key with it."""
    counts = Counter(one.learner.casefold() for one in found)
    return {
        one.key: one.learner
        if counts[one.learner.casefold()] == 1
        else f"{one.learner} ({one.key})"
        for one in found
    }


def _since(one: Standing, now: datetime) -> str:
    return told_span(now - one.since) if one.since else ""


def told_span(span: timedelta) -> str:
    """A span of time in one word or two, as somebody would say it over their shoulder."""
    minutes = max(0, round(span.total_seconds() / 60))
    if minutes < 60:
        return f"{minutes}{NBSP}min"
    hours = minutes // 60
    if hours < 24:
        return f"{hours}{NBSP}h {minutes % 60:02}{NBSP}min"
    return f"{hours // 24}{NBSP}day{'' if hours < 48 else 's'}"


def _clock(now: datetime) -> str:
    return f"{now.astimezone():%H:%M:%S}"


def preview_card(found: Sequence[Reach], confirm: str) -> Shown[Sequence[Reach]]:
    """What a reset would put aside, and the word that says yes."""
    rows = tuple(
        (
            one.copy.progress.learner,
            one.database or "not on this server",
            one.why_not or ("files and progress" if one.files else "progress"),
        )
        for one in found
    )
    pieces = (
        Grid(("learner", "database", "put aside with it"), rows),
        Paragraph(f"Nothing has been changed yet. To do it, add `confirm={confirm}` to the call."),
        Paragraph(
            "Whoever is connected to a database that is put aside is cut off; the next cell that "
            "they run finds the fresh one.",
            look="aside",
        ),
    )
    return Shown(found, f"A fresh start for {learners(len(found))}", pieces, kind="not yet")


def fresh_starts_card(done: Sequence[FreshStart]) -> Shown[Sequence[FreshStart]]:
    """What became of each learner's things."""
    pieces: list[Piece] = []
    for one in done:
        facts = (("database", one.database), ("files", one.files), ("progress", one.progress))
        pieces += [Paragraph(one.learner, look="topic"), Facts(facts)]
    title = f"{learners(len(done))} begin{'s' if len(done) == 1 else ''} afresh"
    return Shown(done, title, tuple(pieces), kind="reset", full=True)
