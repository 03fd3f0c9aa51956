"""The options by which a command is told how to look at rows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

from prevention.commands.numbers import Number, WholeNumber

if TYPE_CHECKING:
    from prevention.rows import RowTerms

Command = TypeVar("Command", bound=Callable[..., Any])

ABOUT_ROWS: Final = ("now", "where", "sample", "show", "time_limit")
"""The options' names: they mean nothing where no row is looked at."""


def moment(_context: click.Context, _option: click.Parameter, value: str | None) -> datetime | None:
    """The moment that a text names as ISO 8601 has it; without a zone it is UTC."""
    if value is None:
        return None
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        what = f"{value!r} is no time; write it like 2026-07-01T12:00+02:00"
        raise click.BadParameter(what) from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


_OPTIONS: Final = (
    click.option(
        "--now",
        callback=moment,
        metavar="TIME",
        help="Check as if it were this time, such as 2026-07-01T12:00: freshness depends on it, "
        "and how far contracts are from their end. Default: the server's time, in a sandbox the "
        "sandbox's; for the ends of contracts, today in UTC.",
    ),
    click.option(
        "--where",
        metavar="SQL",
        help="Look at these rows only, such as \"created_at > '2026-07-01'\".",
    ),
    click.option(
        "--sample",
        type=Number(0, 100, min_open=True),
        metavar="PERCENT",
        help="Look at so many per cent of the rows; what a part cannot tell is left out.",
    ),
    click.option(
        "--show-failures",
        "show",
        type=WholeNumber(0, 1000),
        default=0,
        metavar="N",
        help="Name up to N of the rows that break a promise, by their keys.",
    ),
    click.option(
        "--time-limit",
        type=Number(0, min_open=True),
        default=60,
        show_default=True,
        metavar="SECONDS",
        help="How long one statement about rows may take.",
    ),
)


def row_options(command: Command) -> Command:
    """The command with these options."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def row_terms(stated: dict[str, Any]) -> RowTerms:
    """How rows are to be looked at, by what was given for these options."""
    from prevention.rows import RowTerms

    return RowTerms(**{name: stated[name] for name in ABOUT_ROWS})
