"""The options by which a command is told how to put consumers' queries to databases."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

from prevention.commands.numbers import Number

if TYPE_CHECKING:
    from prevention.asking import QueryTerms

Command = TypeVar("Command", bound=Callable[..., Any])

_OPTIONS: Final = (
    click.option(
        "--evidence/--no-evidence",
        default=None,
        help="Whether the queries that consumers have registered are run on both databases. "
        "Default: they are.",
    ),
    click.option(
        "--time-limit",
        type=Number(0, min_open=True),
        metavar="SECONDS",
        help="How long one of these queries may take; what takes longer is told. Default: 10.",
    ),
)


parity_option: Final = click.option(
    "--parity",
    "parities",
    multiple=True,
    metavar="OLD=NEW:KEY",
    help="Take as evidence that these two views say the same: OLD asks what a view asked before, "
    "NEW what it asks now, and KEY tells rows apart (several columns with commas). May be "
    "repeated.",
)
"""The option that asks for parity as evidence for a view's new query."""

rows_option: Final = click.option(
    "--rows-from",
    metavar="DATABASE",
    help="Run the migrations on copies of this database, by its name on the same server, so that "
    "there are rows to judge by. It stays as it is; the copies are dropped.",
)
"""The option that names rows for the databases that migrations make."""


def query_options(command: Command) -> Command:
    """Give a command the options that say how queries are asked."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def query_terms(
    context: click.Context, evidence: bool | None, time_limit: float | None, *, applies: bool
) -> QueryTerms | None:
    """How queries are to be asked; ``None`` where they are not.

    applies:  whether there are databases to put them to.
    """
    from prevention.asking import QueryTerms

    if not applies and (evidence or time_limit is not None):
        raise click.UsageError("--evidence and --time-limit go with two databases.", context)
    if not applies or evidence is False:
        return None
    return QueryTerms() if time_limit is None else QueryTerms(patience=time_limit)
