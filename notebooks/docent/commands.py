"""The commands that the guide adds to ``docent``: ``tour`` and ``progress``.

Everything that takes time to import is imported inside the commands.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from docent.exercise import Lesson
    from docent.touring import Mode, Walk


@click.command()
@click.option("--class", "place", metavar="PLACE",
              help="Show everybody in a class: a folder, or a Postgres's address.")  # fmt: skip
def progress(place: str | None) -> None:
    """Show how far you have come on the tour.

    \b
    Examples:
      docent progress
      docent progress --class /srv/class
      docent progress --class postgresql://docent@server/school
    """  # noqa: D301 - click reads \b
    if place is None:
        from docent import guide

        click.echo(str(guide.progress()))
        return
    from docent.class_cards import class_card
    from docent.classroom import ClassTrouble, classroom
    from docent.lessons import LESSONS
    from docent.place import now
    from docent.standing import standings

    room = classroom(place)
    try:
        roll = room.read()
    except ClassTrouble as error:
        step = "Next: name the class's folder, or the address of its database."
        raise click.UsageError(f"The class in {room.name}: {error}. {step}") from None
    found = standings(LESSONS, roll.copies, now())
    click.echo(str(class_card(LESSONS, found, now(), room.name)))
    for trouble in roll.troubles:
        click.echo(trouble, err=True)


@click.command()
@click.option("--only", multiple=True, metavar="LESSON", help="Walk this lesson; may be repeated.")
@click.option("--solved", "modes", flag_value="solved", help="Only with the exercises solved.")
@click.option("--as-shipped", "modes", flag_value="as shipped", help="Only as shipped.")
@click.option("--at-once", default=2, show_default=True, type=click.IntRange(1, 32),
              help="How many notebooks run at the same time.")  # fmt: skip
@click.option("--room", "learners", is_flag=False, flag_value=1, metavar="[LEARNERS]",
              type=click.IntRange(1, 1000),
              help="Only look whether so many learners could work here at once.")  # fmt: skip
@click.pass_context
def tour(
    context: click.Context,
    only: tuple[str, ...],
    modes: Mode | None,
    at_once: int,
    learners: int | None,
) -> None:
    """Run every notebook of the tour by machine, as shipped and solved.

    Each run gets a database of its own, in a sandbox made for the walk; yours is left alone.
    With --room nothing is run: in a few seconds, and without a network, it looks for whatever
    would stop a learner on this machine.

    \b
    Examples:
      docent tour
      docent tour --only 04 --solved
      docent tour --room
      docent tour --room 30

    Exit codes: 0 every exercise said what it should, 1 one did not, 2 the tour could not be walked.
    With --room: 1 something is red.
    """  # noqa: D301 - click reads \b
    if learners is not None:
        context.exit(_look_at_room(learners))
    from docent.touring import MODES, walk

    notebooks = find_notebooks(only)
    walks = walk(notebooks, (modes,) if modes else MODES, at_once=at_once, say=_say)
    lessons = {lesson.notebook: lesson for _, lesson in notebooks if lesson}
    faults = [fault for one in walks for fault in _told(one, lessons.get(one.notebook))]
    for fault in faults:
        click.echo(fault)
    exercises = sum(len(one.outcomes) for one in walks)
    click.echo(f"{len(walks)} walks, {exercises} exercises, {len(faults)} faults.")
    context.exit(1 if faults else 0)


def _look_at_room(learners: int) -> int:
    """Print the check of the room; 1 where something in it is red."""
    from docent.looks import room_card, worst
    from docent.room_check import look_at_room

    looks = look_at_room(learners)
    click.echo(str(room_card(looks, learners)))
    return int(worst(looks) == "red")


def find_notebooks(only: tuple[str, ...]) -> list[tuple[Path, Lesson | None]]:
    """The tour's notebooks, each with the lesson that it tells; ``only`` names some by number."""
    from data_assets.home import clone
    from docent.lessons import LESSONS

    lessons = {lesson.notebook: lesson for lesson in LESSONS}
    paths = sorted((clone() / "notebooks").glob("*.ipynb"))
    wanted = [path for path in paths if not only or _is_one_of(path, only)]
    for name in only:
        if not any(_is_one_of(path, (name,)) for path in wanted):
            raise click.UsageError(f"There is no notebook {name}. {_there_are(paths)}")
    if not wanted:
        raise click.UsageError(f"There is no notebook in {clone() / 'notebooks'}.")
    return [(path, lessons.get(path.stem)) for path in wanted]


def _is_one_of(path: Path, names: tuple[str, ...]) -> bool:
    return any(path.stem == name or path.stem.startswith(f"{name.zfill(2)}_") for name in names)


def _there_are(paths: list[Path]) -> str:
    return f"There are: {', '.join(path.stem for path in paths) or 'none'}."


def _told(walk: Walk, lesson: Lesson | None) -> list[str]:
    exercises = lesson.exercises if lesson else ()
    return [f"{walk.notebook}, {walk.mode}: {fault}" for fault in walk.faults(exercises)]


def _say(line: str) -> None:
    click.echo(line, err=True)
