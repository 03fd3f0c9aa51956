"""The verbs of the notebooks: begin, check, hint, solution, reset, progress, expect_violation.

Each returns a result that shows itself when it is a cell's last line. None of them raises:
a lesson goes on whatever the learner hands in and whatever the disk or the database do.
What takes time to import is imported inside.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docent.expecting import Expectation
from docent.place import home, learner_slug, lesson_folder, now, room_for, use_database

if TYPE_CHECKING:
    from data_assets.sandbox import Reset
    from docent.display import Shown
    from docent.exercise import Exercise, Lesson, Outcome
    from docent.ledger import Kept, Ledger

_ledgers: dict[tuple[Path, str], Ledger] = {}


def begin(lesson: str, database_url: str = "") -> Shown[Any]:
    """Open a lesson: say what it is about, and work on this database from now on.

    database_url:  ``""`` is what ``DATABASE_URL`` names, else the sandbox's.
    """
    from docent.cards import lesson_card, note_card

    use_database(database_url)
    found = _lesson(lesson)
    if found is None:
        return _unknown(lesson)
    try:
        room_for(found).lay_out()
    except OSError as error:
        return note_card(found.title, f"The lesson's files could not be laid out: {error}.")
    kept = _ledger().begin(found.id)
    return lesson_card(found, kept.notes)


def check(exercise: str, answer: object = ...) -> Shown[Any]:
    """Look at an answer and say what came of it."""
    from docent.cards import outcome_card
    from docent.examination import examine

    found = _exercise(exercise)
    if found is None:
        return _unknown(exercise)
    outcome = examine(found, answer, room_for(_lesson_of(found)))
    kept = _keep_check(found, outcome, answer)
    return outcome_card(found, outcome, kept.progress.of(found.id), kept.notes)


def _keep_check(exercise: Exercise, outcome: Outcome, answer: object) -> Kept:
    from docent.discretion import discreet

    if outcome.kind == "not attempted" or not outcome.counts:
        return _ledger().read()
    at = now()
    # What is kept may go to the class, which is told what the check said, and not the answer.
    said = discreet(outcome, answer, lesson_folder(exercise.lesson))
    kept = replace(outcome, seen=said)
    return _ledger().update(exercise.id, lambda record: record.checked(kept, at))


def hint(exercise: str) -> Shown[Any]:
    """Give the next hint; after the last one, the last one again."""
    from docent.cards import hint_card

    found = _exercise(exercise)
    if found is None:
        return _unknown(exercise)
    record = _ledger().read().progress.of(found.id)
    number = min(record.hints + 1, len(found.hints))
    at = now()
    _ledger().update(found.id, lambda record: record.hinted(number, at))
    return hint_card(found, number, record)


def solution(exercise: str) -> Shown[Any]:
    """Show the solution, once the answer is correct or three attempts were wrong."""
    from docent.cards import closed_card, solution_card

    found = _exercise(exercise)
    if found is None:
        return _unknown(exercise)
    record = _ledger().read().progress.of(found.id)
    if not record.solution_open:
        return closed_card(found, record)
    at = now()
    _ledger().update(found.id, lambda record: record.opened(at))
    return solution_card(found)


def reset(lesson: str) -> Shown[Any]:
    """Give a fresh database and the lesson's files as they were; the old ones are put aside.

    What is done stays done: progress is kept.
    """
    from docent.cards import note_card

    found = _lesson(lesson)
    if found is None:
        return _unknown(lesson)
    done = [_fresh_files(found), _fresh_database(), *map(_fresh_other, found.databases)]
    return note_card(f"Lesson {found.id} begins afresh", *filter(None, done))


def _fresh_files(lesson: Lesson) -> str:
    from docent.files import put_aside

    room = room_for(lesson)
    try:
        if _untouched(room.folder, lesson):
            room.lay_out()
            return "You had changed no file of this lesson."
        aside = put_aside(room.folder, now())
        room.lay_out()
    except OSError as error:
        return f"Your files are as they were, because they could not be put aside: {error}."
    return f"Your files of this lesson were put aside in {aside}"


def _untouched(folder: Path, lesson: Lesson) -> bool:
    """Whether a learner's folder holds nothing but what the lesson gave out."""
    if not folder.exists():
        return True
    found = {str(path.relative_to(folder)): path for path in folder.rglob("*") if path.is_file()}
    given = {str(Path(name)): text.encode() for name, text in lesson.files.items()}
    return all(given.get(name) == path.read_bytes() for name, path in found.items())


def _fresh_database() -> str:
    from data_assets import sandbox
    from docent.place import environment_in_use

    return _afresh("database", lambda: sandbox.reset(environment_in_use()))


def _fresh_other(purpose: str) -> str:
    """A further database of a lesson's; nothing is said of one that is not there."""
    from docent.branch_databases import make_afresh

    return _afresh(f"database {purpose}", lambda: make_afresh(purpose))


def _afresh(name: str, make: Callable[[], Reset | None]) -> str:
    from data_assets.errors import SandboxError
    from docent.examination import error_text

    try:
        done = make()
    except SandboxError as error:
        return f"The {name} is as it was. {error.what} Next: {error.next_step}"
    except Exception as error:  # noqa: BLE001 - a lesson goes on with the database that it has
        return f"The {name} is as it was: {error_text(error)}."
    if done is None:
        return ""
    if done.put_aside is None:
        return f"Your {name} is fresh."
    return f"Your {name} is fresh; the one before is kept as {done.put_aside}."


def progress() -> Shown[Any]:
    """Show the map of the tour, with what is done."""
    from docent.cards import progress_map
    from docent.lessons import LESSONS

    ledger = _ledger()
    kept = ledger.hand_in()
    notes = [*kept.notes, ledger.class_trouble() or _said_to_the_class(ledger)]
    return progress_map(LESSONS, kept.progress, tuple(dict.fromkeys(filter(None, notes))))


def _said_to_the_class(ledger: Ledger) -> str:
    """What a class gets to know of a learner; nothing to say where there is none."""
    if ledger.sender is None:
        return ""
    return (
        f"Your class ({ledger.sender.classroom.name}) can see which exercises you have worked on, "
        "when, how often, and what the check said last; not what you wrote."
    )


def folder(lesson: str) -> Path:
    """The learner's folder for a lesson, with the lesson's files in it."""
    found = _lesson(lesson)
    if found is None:
        return lesson_folder("unknown")
    room = room_for(found)
    room.lay_out()
    return room.folder


def expect_violation(
    *rules: str, contracts: str | Path | Sequence[str | Path] = (), database_url: str = ""
) -> Expectation:
    """Check the contracts, expecting exactly these rules to be broken, and show what is.

    contracts:  a contract, a folder of them, or several; otherwise the museum's own.

    As a cell's last line it checks the database as it is. ``with expect_violation("…"):`` runs
    what is inside first, and shows an error of that instead of stopping the notebook.
    """
    paths = [contracts] if isinstance(contracts, (str, Path)) else contracts
    return Expectation(rules, tuple(map(Path, paths)), database_url)


# ------------------------------------------------------------------ finding things


def _ledger() -> Ledger:
    """The ledger of the learner of this moment; one for each, since it remembers."""
    from data_assets.home import learner
    from docent.classroom import named_class
    from docent.ledger import Ledger
    from docent.sending import Sender

    classroom = named_class()
    path = home() / "progress" / f"{learner_slug()}.json"
    key = (path, classroom.name if classroom else "")
    if key not in _ledgers:
        _ledgers[key] = Ledger(path, learner(), now, Sender(classroom) if classroom else None)
    return _ledgers[key]


def _lesson(name: object) -> Lesson | None:
    from docent.lessons import LESSONS

    number = str(name).strip().zfill(2) if isinstance(name, (str, int)) else ""
    return next((lesson for lesson in LESSONS if lesson.id == number), None)


def _exercise(name: object) -> Exercise | None:
    """The exercise of this id; 4.2 is understood as 04.2."""
    from docent.lessons import EXERCISES

    wanted = str(name).strip() if isinstance(name, (str, int, float)) else ""
    return EXERCISES.get(wanted) or EXERCISES.get(f"0{wanted}")


def _lesson_of(exercise: Exercise) -> Lesson:
    found = _lesson(exercise.lesson)
    assert found is not None  # noqa: S101 - the registry was made from lessons
    return found


def _unknown(name: object) -> Shown[Any]:
    from docent.answers import told
    from docent.cards import note_card
    from docent.lessons import EXERCISES, LESSONS

    lessons = ", ".join(lesson.id for lesson in LESSONS)
    return note_card(
        f"There is no {told(name)} on this tour",
        f"The lessons are {lessons}; the exercises {', '.join(EXERCISES)}. "
        'Write the id as a text: `check("00.1", answer)`.',
    )
