"""The lessons, one module each. A new one is imported here and added to the list."""

from typing import Final

from docent.exercise import Exercise, register
from docent.lessons import (
    lesson_00,
    lesson_01,
    lesson_02,
    lesson_03,
    lesson_04,
    lesson_05,
    lesson_06,
    lesson_07,
    lesson_08,
    lesson_09,
    lesson_10,
    lesson_11,
    lesson_12,
    lesson_13,
)

LESSONS: Final = register(
    lesson_00.LESSON,
    lesson_01.LESSON,
    lesson_02.LESSON,
    lesson_03.LESSON,
    lesson_04.LESSON,
    lesson_05.LESSON,
    lesson_06.LESSON,
    lesson_07.LESSON,
    lesson_08.LESSON,
    lesson_09.LESSON,
    lesson_10.LESSON,
    lesson_11.LESSON,
    lesson_12.LESSON,
    lesson_13.LESSON,
)

EXERCISES: Final[dict[str, Exercise]] = {
    exercise.id: exercise for lesson in LESSONS for exercise in lesson.exercises
}
"""Every exercise by its id."""
