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
@click.option("--class", "folder", type=click.Path(path_type=Path), metavar="FOLDER",
              help="Show everybody whose progress is in this folder.")  # fmt: skip
def progress(folder: Path | None) -> None:
    """Show how far you have come on the tour.

    \b
    Examples:
      docent progress
      docent progress --class /srv/class
    """  # noqa: D301 - click reads \b
    from docent import guide
    from docent.cards import class_table
    from docent.ledger import read_class
    from docent.lessons import LESSONS

    if folder is None:
        click.echo(str(guide.progress()))
        return
    if not folder.is_dir():
        raise click.UsageError(f"There is no folder {folder}. Next: name the class's folder.")
    found, troubles = read_class(folder)
    click.echo(str(class_table(LESSONS, found)))
    for trouble in troubles:
        click.echo(trouble, err=True)


@click.command()
@click.option("--only", multiple=True, metavar="LESSON", help="Walk this lesson; may be repeated.")
@click.option("--solved", "modes", flag_value="solved", help="Only with the exercises solved.")
@click.option("--as-shipped", "modes", flag_value="as shipped", help="Only as shipped.")
@click.option("--at-once", default=2, show_default=True, type=click.IntRange(1, 32),
              help="How many notebooks run at the same time.")  # fmt: skip
@click.pass_context
def tour(context: click.Context, only: tuple[str, ...], modes: Mode | None, at_once: int) -> None:
    """Run every notebook of the tour by machine, as shipped and solved.

    Each run gets a database of its own, in a sandbox made for the walk; yours is left alone.

    \b
    Examples:
      docent tour
      docent tour --only 04 --solved

    Exit codes: 0 every exercise said what it should, 1 one did not, 2 the tour could not be walked.
    """  # noqa: D301 - click reads \b
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
