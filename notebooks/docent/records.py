"""What is known of a learner's work on each exercise, and how that is written down. All pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import datetime
from typing import Final, TypeVar

from docent.exercise import KINDS, Kind, Outcome

VERSION: Final = 1
ATTEMPTS_BEFORE_SOLUTION: Final = 3

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Record:
    """What became of one exercise so far. Times are ISO 8601.

    attempts:  checks of an answer; an untouched starter is none.
    misses:    those among them that were wrong or stopped before the first correct one.
    hints:     hints taken.
    first_at:  when it was first worked on, be it with an answer or with a hint.
    """

    attempts: int = 0
    misses: int = 0
    hints: int = 0
    first_correct: str | None = None
    solution_opened: str | None = None
    last_kind: Kind | None = None
    last_message: str = ""
    last_at: str | None = None
    first_at: str | None = None

    @property
    def done(self) -> bool:
        """Whether it was ever answered correctly."""
        return self.first_correct is not None

    @property
    def solution_open(self) -> bool:
        """Whether its solution may be read."""
        return self.done or self.misses >= ATTEMPTS_BEFORE_SOLUTION

    def checked(self, outcome: Outcome, at: datetime) -> Record:
        """The record after one more check."""
        if outcome.kind == "not attempted" or not outcome.counts:
            return self
        missed = outcome.kind in ("wrong", "stopped") and not self.done
        first = at.isoformat() if outcome.kind == "correct" and not self.done else None
        return replace(
            self,
            attempts=self.attempts + 1,
            misses=self.misses + missed,
            first_correct=self.first_correct or first,
            last_kind=outcome.kind,
            last_message=outcome.seen,
            last_at=at.isoformat(),
            first_at=self.first_at or at.isoformat(),
        )

    def hinted(self, number: int, at: datetime) -> Record:
        """The record after the hint of this number was read."""
        first = self.first_at or at.isoformat()
        return replace(self, hints=max(self.hints, number), first_at=first)

    def opened(self, at: datetime) -> Record:
        """The record after the solution was read."""
        return replace(self, solution_opened=self.solution_opened or at.isoformat())


@dataclass(frozen=True, slots=True)
class Progress:
    """All that is kept of one learner.

    id:     tells two learners of one name apart in a class.
    begun:  when each lesson was last begun: its id -> the time.
    """

    learner: str
    id: str = ""
    exercises: Mapping[str, Record] = field(default_factory=dict)
    begun: Mapping[str, str] = field(default_factory=dict)

    def of(self, exercise: str) -> Record:
        """The record of an exercise; an empty one where nothing was done yet."""
        return self.exercises.get(exercise, Record())

    def with_record(self, exercise: str, record: Record) -> Progress:
        """The same, with one record changed."""
        return replace(self, exercises={**self.exercises, exercise: record})

    def with_lesson(self, lesson: str, at: datetime) -> Progress:
        """The same, with a lesson begun at this time."""
        return replace(self, begun={**self.begun, lesson: at.isoformat()})


def merged(one: Progress, other: Progress) -> Progress:
    """What two states know together, so that neither loses anything."""
    ids = {**one.exercises, **other.exercises}
    exercises = {id_: _merged(one.of(id_), other.of(id_)) for id_ in ids}
    return replace(one, exercises=exercises, begun=_later({**other.begun}, one.begun))


def _later(one: dict[str, str], other: Mapping[str, str]) -> dict[str, str]:
    return one | {key: max(at, one.get(key, at)) for key, at in other.items()}


def _merged(one: Record, other: Record) -> Record:
    latest = max(one, other, key=lambda record: record.last_at or "")
    return replace(
        latest,
        attempts=max(one.attempts, other.attempts),
        misses=max(one.misses, other.misses),
        hints=max(one.hints, other.hints),
        first_correct=_earlier(one.first_correct, other.first_correct),
        solution_opened=_earlier(one.solution_opened, other.solution_opened),
        first_at=_earlier(one.first_at, other.first_at),
    )


def _earlier(one: str | None, other: str | None) -> str | None:
    return min(filter(None, (one, other)), default=None)


class UnreadableProgress(ValueError):  # noqa: N818 - what it is, not whose fault
    """The text of a file that does not hold what we wrote."""


def to_text(progress: Progress) -> str:
    """The file's text."""
    document = {"version": VERSION, **asdict(progress)}
    return json.dumps(document, indent=1, sort_keys=True) + "\n"


def from_text(text: str) -> Progress:
    """The progress that a file's text holds; raises UnreadableProgress."""
    try:
        document = json.loads(text)
        if document["version"] != VERSION:
            raise UnreadableProgress("it was written by another version")
        records = {str(key): _record(value) for key, value in document["exercises"].items()}
        begun = {str(key): _time(value) for key, value in document.get("begun", {}).items()}
        learner, id_ = _checked(document["learner"], str), _checked(document["id"], str)
        return Progress(learner, id_, records, begun)
    except (KeyError, TypeError, AttributeError, ValueError, RecursionError) as error:
        raise UnreadableProgress(str(error)) from None


def _record(document: object) -> Record:
    # ``first_at`` came later than the other keys; a record without it is read all the same.
    values = {"first_at": None, **_checked(document, dict)}
    known = {one.name for one in fields(Record)}
    if set(values) != known:
        raise UnreadableProgress("an exercise has other keys than it should")
    for name in ("attempts", "misses", "hints"):
        if type(values[name]) is not int or values[name] < 0:
            raise UnreadableProgress(f"{name} is no count")
    for name in ("first_correct", "solution_opened", "last_at", "first_at"):
        if values[name] is not None:
            _time(values[name])
    if values["last_kind"] not in (None, *KINDS):
        raise UnreadableProgress("the last outcome is of no known kind")
    _checked(values["last_message"], str)
    return Record(**values)


def _time(value: object) -> str:
    text = _checked(value, str)
    datetime.fromisoformat(text)
    return text


def _checked(value: object, kind: type[Value]) -> Value:
    if not isinstance(value, kind):
        raise UnreadableProgress(f"{kind.__name__} expected")
    return value
