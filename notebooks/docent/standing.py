"""Where a learner stands: in which lesson, at which exercise, since when, and whether stuck.

All pure. Times are those of the learners' machines; a clock that runs ahead counts as now.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final, Literal

from docent.classroom import Copy
from docent.exercise import Exercise, Kind, Lesson
from docent.records import ATTEMPTS_BEFORE_SOLUTION, Progress, Record

State = Literal["stuck", "trying", "reading", "away", "through"]

STATES: Final[tuple[State, ...]] = ("stuck", "trying", "reading", "away", "through")
"""In the order in which somebody should come by."""

STUCK_MISSES: Final = ATTEMPTS_BEFORE_SOLUTION
"""Answers that were not it: from here on even the solution is open."""

STUCK_AFTER: Final = timedelta(minutes=10)
"""At one exercise, after a first answer that was not it, or a first hint."""

AWAY_AFTER: Final = timedelta(minutes=30)
"""Without a sign: longer than any lesson keeps somebody reading."""

NEVER: Final = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one learner stands.

    key:      what tells learners of one name apart.
    lesson:   the lesson in which they last did something; ``""`` before the first.
    exercise: the one that they are at; ``""`` when none of the lesson is left.
    since:    when they came to it; ``None`` before the first lesson.
    heard:    the last sign of them.
    message:  what the check said to their last answer there.
    """

    copy: Copy
    state: State
    done: int
    lesson: str = ""
    exercise: str = ""
    since: datetime | None = None
    heard: datetime | None = None
    record: Record = field(default_factory=Record)

    @property
    def learner(self) -> str:
        """The learner's name."""
        return self.copy.progress.learner

    @property
    def key(self) -> str:
        """What the learner's copy is called in the class."""
        return self.copy.key

    @property
    def last_kind(self) -> Kind | None:
        """What the last check there came to."""
        return self.record.last_kind


@dataclass(frozen=True, slots=True)
class Snag:
    """An exercise that several learners hang on, and what most of them were told last."""

    exercise: str
    learners: tuple[str, ...]
    message: str


def standings(
    lessons: Sequence[Lesson], copies: Sequence[Copy], now: datetime
) -> tuple[Standing, ...]:
    """Where everybody stands; who needs help first comes first, and among those who waits longest.

    ``now`` has a time zone.
    """
    found = [standing(lessons, copy, now) for copy in copies]

    def urgency(one: Standing) -> tuple[object, ...]:
        return STATES.index(one.state), one.since or now, one.learner.casefold(), one.key

    return tuple(sorted(found, key=urgency))


def standing(lessons: Sequence[Lesson], copy: Copy, now: datetime) -> Standing:
    """Where one learner stands."""
    progress = copy.progress
    exercises = [exercise for lesson in lessons for exercise in lesson.exercises]
    done = sum(progress.of(exercise.id).done for exercise in exercises)
    signs = sorted(_signs(lessons, progress, now), key=lambda sign: sign[0])
    if not signs:
        return Standing(copy, "reading", done)
    heard, lesson, exercise = signs[-1]
    at = _exercise_at(lesson, exercise, progress)
    record = progress.of(at) if at else Record()
    since = heard
    if _worked_on(record):  # whoever comes back another day begins to count anew
        first = record.first_at or record.last_at
        since = max(_read(first, now), _read(progress.begun.get(lesson.id), now))
    state = _state(record, now - since, now - heard, through=done == len(exercises))
    return Standing(copy, state, done, lesson.id, at, since, heard, record)


def _signs(
    lessons: Sequence[Lesson], progress: Progress, now: datetime
) -> Iterator[tuple[datetime, Lesson, Exercise | None]]:
    """Whatever tells where a learner was, and when: lessons begun, exercises worked on."""
    for lesson in lessons:
        if lesson.id in progress.begun:
            yield _read(progress.begun[lesson.id], now), lesson, None
        for exercise in lesson.exercises:
            record = progress.of(exercise.id)
            times = (record.first_at, record.last_at, record.solution_opened)
            if any(times):
                yield max(_read(time, now) for time in times), lesson, exercise


def _exercise_at(lesson: Lesson, last: Exercise | None, progress: Progress) -> str:
    """The exercise that somebody is at whose last sign was this one of the lesson's.

    It is that one while it is unsolved; then the next that is unsolved, and where none follows,
    one that was skipped. Who has begun the lesson again goes on where they were.
    """
    unsolved = [one for one in lesson.exercises if not progress.of(one.id).done]
    if last is None:
        begun = [one for one in unsolved if _worked_on(progress.of(one.id))]
        chosen = max(begun, key=lambda one: progress.of(one.id).last_at or "", default=None)
    elif last in unsolved:
        chosen = last
    else:
        after = lesson.exercises[lesson.exercises.index(last) :]
        chosen = next((one for one in after if one in unsolved), None)
    chosen = chosen or next(iter(unsolved), None)
    return chosen.id if chosen else ""


def _worked_on(record: Record) -> bool:
    return bool(record.attempts or record.hints)


def _state(record: Record, here: timedelta, silent: timedelta, *, through: bool) -> State:
    if through:
        return "through"
    if silent > AWAY_AFTER:
        return "away"
    if not _worked_on(record):
        return "reading"
    needed_help = bool(record.misses or record.hints)
    opened = record.solution_opened is not None
    if record.misses >= STUCK_MISSES or opened or (needed_help and here >= STUCK_AFTER):
        return "stuck"
    return "trying"


def _read(time: str | None, now: datetime) -> datetime:
    """A time of a record, at the latest now; one without a zone is in UTC."""
    if time is None:
        return NEVER
    read = datetime.fromisoformat(time)
    return min(read if read.tzinfo else read.replace(tzinfo=UTC), now)


def snags(found: Sequence[Standing]) -> tuple[Snag, ...]:
    """The exercises that more than one learner hangs on now, the most learners first.

    Worth a word to the whole room.
    """
    hanging = [one for one in found if one.state in ("stuck", "trying") and one.record.misses]
    by_exercise: dict[str, list[Standing]] = {}
    for one in hanging:
        by_exercise.setdefault(one.exercise, []).append(one)
    several = [
        Snag(exercise, tuple(one.learner for one in those), _most_common(those))
        for exercise, those in by_exercise.items()
        if len(those) > 1
    ]
    return tuple(sorted(several, key=lambda snag: (-len(snag.learners), snag.exercise)))


def _most_common(those: Sequence[Standing]) -> str:
    return Counter(one.record.last_message for one in those).most_common(1)[0][0]
