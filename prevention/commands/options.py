"""The options that many commands share: each is spelled, explained and refused in one way."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from functools import wraps
from pathlib import Path
from typing import Any, Final, TypeVar, cast

import click

from prevention.commands.numbers import Number

Command = TypeVar("Command", bound=Callable[..., Any])

FORMATS: Final = ("text", "json", "markdown", "junit", "github")
"""The forms in which a decision is told."""

connection_option = click.option(
    "--connection",
    "connection_name",
    metavar="NAME",
    help="Use this one of [tool.docent.connections] instead of DATABASE_URL or the sandbox.",
)
schema_option = click.option(
    "--schema",
    "schemas",
    multiple=True,
    metavar="NAME",
    help="Look for tables in this schema; may be repeated.",
)


def new_output_option(command: Command) -> Command:
    """``--output`` of a command that looks itself whether the file is there already."""
    return click.option(
        "--output",
        "-o",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="Write the result there, whole, instead of to standard output.",
    )(command)


def output_option(command: Command) -> Command:
    """``--output``: an earlier result is replaced, and a document that Docent reads never is.

    That is seen to before the command does anything.
    """

    @wraps(command)
    def guarded(*arguments: Any, **named: Any) -> Any:
        if named["output"] is not None:
            from prevention.replaceable import require_replaceable

            others = [value for key, value in named.items() if key != "output"]
            folders = [path for path in named.get("paths", ()) if path.is_dir()]
            require_replaceable(named["output"], others, folders)
        return command(*arguments, **named)

    return new_output_option(cast("Command", guarded))


def format_option(
    forms: Sequence[str], explained: str | None = None
) -> Callable[[Command], Command]:
    """``--format``: the forms that a command has, of which the first is the usual one."""
    return click.option(
        "--format",
        "form",
        type=click.Choice(tuple(forms)),
        default=forms[0],
        show_default=True,
        help=explained,
    )


def days_back_option(usual: int) -> Callable[[Command], Command]:
    """``--days``: how far a look at the history goes back; ``usual`` without it."""
    return click.option(
        "--days",
        type=Number(0, 36_500, min_open=True),
        default=usual,
        show_default=True,
        help="How far to look back.",
    )


def day_option(
    name: str, explained: str, *, required: bool = False
) -> Callable[[Command], Command]:
    """An option that takes a day, as the command's ``date``; ``None`` where it is not given."""
    return click.option(name, metavar="DAY", callback=_day, required=required, help=explained)


def _day(context: click.Context, option: click.Parameter, text: str | None) -> date | None:
    if text is None:
        return None
    from contracts.days import day_of

    found = day_of(text)
    if found is None:
        what = f"{option.opts[0]} is {text!r}, which is no day; write it like 2026-03-31."
        raise click.UsageError(what, context)
    return found
