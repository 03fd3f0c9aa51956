"""The timetable of a workshop, out of what each lesson says that it takes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from docent.display import Facts, Grid, Paragraph, Piece, Shown
from docent.exercise import Lesson

LESSONS_BEFORE_A_PAUSE: Final = 3


@dataclass(frozen=True, slots=True)
class Slot:
    """A stretch of a workshop: a lesson, or a pause where there is none."""

    begins: datetime
    minutes: int
    lesson: Lesson | None


def slots(lessons: Sequence[Lesson], begins: datetime, pause: timedelta) -> Iterator[Slot]:
    """The lessons one after the other, with a pause after every third."""
    for number, lesson in enumerate(lessons):
        if number and number % LESSONS_BEFORE_A_PAUSE == 0 and pause:
            yield Slot(begins, round(pause.total_seconds() / 60), None)
            begins += pause
        yield Slot(begins, lesson.minutes, lesson)
        begins += timedelta(minutes=lesson.minutes)


def timetable_card(
    lessons: Sequence[Lesson], begins: datetime, pause: timedelta
) -> Shown[tuple[Slot, ...]]:
    """The timetable, and what to keep in mind in each lesson."""
    planned = tuple(slots(lessons, begins, pause))
    rows = tuple(
        (
            f"{slot.begins:%H:%M}",
            f"{slot.lesson.id} {slot.lesson.title}" if slot.lesson else "a pause",
            str(slot.minutes),
            str(len(slot.lesson.exercises)) if slot.lesson else "",
        )
        for slot in planned
    )
    notes = Facts(tuple((lesson.id, "\n".join(lesson.room_notes)) for lesson in lessons))
    pieces: tuple[Piece, ...] = (
        Grid(("at", "what", "minutes", "exercises"), rows),
        Paragraph("For the room", look="topic"),
        notes,
    )
    total = sum(slot.minutes for slot in planned)
    title = f"{total // 60} h {total % 60:02} min"
    return Shown(planned, title, pieces, kind="timetable")
