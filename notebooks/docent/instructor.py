"""The verbs of the instructor's notebook: the room, the class, fresh starts, the timetable.

As in the lessons, each returns what shows itself, and none of them raises. ``place`` is a folder
or the address of a Postgres; left empty, it is the class that the environment names, else
everybody who learns in this sandbox.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from docent.classroom import Classroom, Copy
    from docent.display import Shown


def check_room(learners: int = 1, place: str = "") -> Shown[Any]:
    """Look at all that a workshop needs, without a network: green, amber or red."""
    from docent.looks import room_card
    from docent.place import environment_in_use
    from docent.room_check import look_at_room

    looks = look_at_room(learners, place=place, environment=environment_in_use())
    return room_card(looks, learners)


def show_class(place: str = "") -> Shown[Any]:
    """Show who is where, who is stuck and on which message, as it is now."""
    from docent.class_cards import class_card
    from docent.classroom import ClassTrouble, classroom
    from docent.lessons import LESSONS
    from docent.place import now
    from docent.standing import standings

    room = classroom(place)
    try:
        roll = room.read()
    except ClassTrouble as error:
        return _no_class(room, error)
    found = standings(LESSONS, roll.copies, now())
    return class_card(LESSONS, found, now(), room.name, roll.troubles)


def watch(place: str = "") -> Any:
    """The class with a button to look again; without widgets, as ``show_class`` shows it."""
    try:
        from docent.class_board import Board
    except ImportError:
        return show_class(place)
    return Board(place)


def open_class(url: str = "", database: str = "", learners: str = "") -> Shown[Any]:
    """Make the table of a class in a database that you name (see ``class_table.open_class``)."""
    from docent import class_table
    from docent.cards import note_card
    from docent.lab import told

    if not url:
        how = 'Give its address, and the name of the database: `open_class(url, "school")`.'
        return note_card("No class was opened", how)

    def opened() -> Shown[Any]:
        name = class_table.open_class(url, database, learners=learners)
        return note_card("The class is open", f"Progress goes to {name}.")

    return told(opened)


def reset_learner(learner: str = "", confirm: str = "", place: str = "") -> Shown[Any]:
    """Give one learner a fresh start; nothing of theirs is lost.

    Named once, it is shown what would be put aside; named again as ``confirm``, it is.
    """
    from docent.cards import note_card
    from docent.classroom import classroom
    from docent.lab import told

    if not learner:
        return note_card("Nobody was reset", 'Name a learner: `reset_learner("Ada")`.')

    def asked() -> Shown[Any]:
        room = classroom(place)
        several = _named(learner, room)
        if len(several) != 1:
            return _not_one(learner, several, room)
        if confirm != learner:
            return _preview(several, room, f'"{learner}"')
        return _reset(several, room)

    return told(asked)


def reset_class(confirm: int = 0, place: str = "") -> Shown[Any]:
    """Give everybody in the class a fresh start, confirmed by how many they are."""
    from docent.cards import note_card
    from docent.classroom import classroom
    from docent.lab import told

    def asked() -> Shown[Any]:
        room = classroom(place)
        everybody = list(_read(room))
        if not everybody:
            return note_card("Nobody was reset", f"There is nobody in {room.name}.")
        if confirm != len(everybody):
            return _preview(everybody, room, str(len(everybody)))
        return _reset(everybody, room)

    return told(asked)


def timetable(start: str = "09:30", lessons: Sequence[str] = (), pause: int = 15) -> Shown[Any]:
    """When which lesson begins, with notes for the room.

    start:    the time of day, such as ``09:30``.
    lessons:  some by number (``"00"``, ``"01"``); otherwise all.
    pause:    minutes after every third lesson.
    """
    from docent.cards import note_card
    from docent.lessons import LESSONS
    from docent.timing import timetable_card

    chosen = [one for one in LESSONS if not lessons or one.id in {str(x).zfill(2) for x in lessons}]
    try:
        begins = datetime.strptime(start, "%H:%M")  # noqa: DTZ007 - a time of day
    except ValueError:
        return note_card("There is no such time of day", f"Write {start!r} as 09:30.")
    return timetable_card(chosen, begins, timedelta(minutes=pause))


# ------------------------------------------------------------------ finding and telling


def _read(room: Classroom) -> Sequence[Copy]:
    from docent.classroom import ClassTrouble
    from prevention.decision import NotJudged, Obstacle

    try:
        return room.read().copies
    except ClassTrouble as error:
        step = "See that it is there, and that you may use it."
        raise NotJudged(Obstacle(f"The class in {room.name}: {error}.", step)) from None


def _no_class(room: Classroom, error: Exception) -> Shown[Any]:
    from docent.cards import note_card

    how = "Name a folder, or the address of a Postgres in which open_class was called."
    return note_card("The class cannot be read", f"{room.name}: {error}.", how)


def _named(learner: str, room: Classroom) -> list[Copy]:
    """Those who are called so; their key names one among several."""
    copies = _read(room)
    exact = [one for one in copies if one.key == learner]
    wanted = learner.strip().casefold()
    return exact or [one for one in copies if one.progress.learner.casefold() == wanted]


def _not_one(learner: str, several: Sequence[Copy], room: Classroom) -> Shown[Any]:
    from docent.cards import note_card

    if several:
        keys = ", ".join(one.key for one in several)
        return note_card(
            "Nobody was reset", f"Several are called {learner}; name one by key: {keys}."
        )
    names = ", ".join(sorted(one.progress.learner for one in _read(room))) or "nobody"
    return note_card(
        "Nobody was reset", f"There is no {learner} in {room.name}; there is: {names}."
    )


def _preview(several: Sequence[Copy], room: Classroom, confirm: str) -> Shown[Any]:
    """What a reset would put aside, and how to say yes."""
    from docent.class_cards import preview_card
    from docent.place import environment_in_use
    from docent.resetting import reach

    environment = environment_in_use()
    return preview_card([reach(one, room, environment) for one in several], confirm)


def _reset(several: Sequence[Copy], room: Classroom) -> Shown[Any]:
    from docent.class_cards import fresh_starts_card
    from docent.place import environment_in_use, now
    from docent.resetting import fresh_start, reach

    environment = environment_in_use()
    done = [fresh_start(reach(one, room, environment), room, now()) for one in several]
    return fresh_starts_card(done)
