"""A check from end to end: whatever the answer is and whatever it does, an outcome comes of it."""

from __future__ import annotations

import linecache
import sysconfig
import traceback
from dataclasses import replace
from pathlib import Path
from typing import Final

from docent.answers import is_untouched, type_name
from docent.exercise import Exercise, Outcome, hindered, stopped
from docent.room import Room

LONGEST_ERROR: Final = 300
"""Characters of an error's text that are shown."""

_CLONE: Final = Path(__file__).resolve().parents[2]

_OURS: Final = tuple(
    str(folder)
    for folder in (
        Path(__file__).resolve().parent,
        *(_CLONE / name for name in ("contracts", "data_assets", "detection", "prevention")),
        sysconfig.get_path("stdlib"),
        sysconfig.get_path("purelib"),
        sysconfig.get_path("platlib"),
        "<frozen",
    )
)

NOT_ATTEMPTED: Final = Outcome(
    "not attempted",
    "There is no answer here yet; that is not a wrong one.",
    next_step="Put your answer in place of the ... and run the cell again.",
)


def examine(exercise: Exercise, answer: object, room: Room) -> Outcome:
    """The outcome of an answer to an exercise. Never raises."""
    try:
        if is_untouched(answer, exercise.starter, exercise.id):
            outcome = NOT_ATTEMPTED
        else:
            outcome = exercise.examine(answer, room)
    except BaseException as error:  # noqa: BLE001 - the learner's code may raise anything at all
        outcome = what_stopped(error, answer)
    return replace(outcome, why=outcome.why or exercise.why)


def what_stopped(error: BaseException, answer: object = None) -> Outcome:
    """Say what ended a check before its time: one relevant line, and what to do about it."""
    if isinstance(error, KeyboardInterrupt):
        return hindered("You stopped the check before it was done.", "Run the cell again.")
    if outcome := _from_the_database(error, answer):
        return outcome
    said = error_text(error)
    place = _learners_line(error)
    if place is None:
        return stopped(
            f"The check could not cope with this answer: {said}",
            "Compare the kind of your answer with what the task asks for; hint helps.",
        )
    number, code = place
    return stopped(f"Your code stopped at line {number}: {said}", "Mend that line.", code)


def error_text(error: BaseException) -> str:
    """An error in one line, even one that cannot describe itself."""
    name = type_name(error)
    try:
        lines = str(error).strip().splitlines()
    except BaseException:  # noqa: BLE001 - a learner's exception may refuse to be shown
        return name
    said = lines[0][:LONGEST_ERROR] if lines else ""
    return f"{name}: {said}" if said else name


def _learners_line(error: BaseException) -> tuple[int, str] | None:
    """The deepest line of the traceback that is neither ours nor a library's."""
    frames = [
        (frame.f_code.co_filename, number)
        for frame, number in traceback.walk_tb(error.__traceback__)
        if not frame.f_code.co_filename.startswith(_OURS)
    ]
    if not frames:
        return None
    file, number = frames[-1]
    return number, linecache.getline(file, number).strip()


def _from_the_database(error: BaseException, answer: object) -> Outcome | None:
    """What Postgres has against a query, or why there is no database to ask."""
    import psycopg

    from data_assets.errors import SandboxError
    from docent.sql import explain, point_at

    if isinstance(error, SandboxError):
        return hindered(error.what, error.next_step)
    if isinstance(error, psycopg.errors.QueryCanceled):
        return stopped(
            "Your query took too long and was ended.", "See whether a join lacks its condition."
        )
    if isinstance(error, psycopg.errors.ReadOnlySqlTransaction):
        return stopped(
            "Your query would change the database, and only may look. Nothing was changed.",
            "Ask with select, or try it in a cell with sql(…): a fresh start is one command away.",
        )
    if isinstance(error, psycopg.errors.SyntaxError) and "multiple commands" in str(error):
        return stopped(
            "Your answer holds more than one statement.", "Leave one query, without a semicolon."
        )
    if isinstance(error, psycopg.Error):
        query = answer if isinstance(answer, str) else ""
        lines = explain(error, query).splitlines()
        place = error.diag.statement_position
        at = point_at(query, int(place) - 1) if place and query else []
        hint = next((line for line in lines if line.startswith("Next: ")), "Next: Mend the query.")
        return stopped(lines[0], hint.removeprefix("Next: "), "\n".join(line[4:] for line in at))
    return None
