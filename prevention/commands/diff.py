"""``docent diff``: what changed between two contracts, or two databases, and what that demands.

Everything that takes time to import is imported inside the command.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final, NoReturn

import click

from prevention.commands.options import (
    FORMATS,
    connection_option,
    day_option,
    format_option,
    output_option,
    schema_option,
)
from prevention.commands.query_options import (
    parity_option,
    query_options,
    query_terms,
    rows_option,
)
from prevention.commands.telling import decision_of, tell

if TYPE_CHECKING:
    from prevention.asking import QueryTerms
    from prevention.decision import Decision
    from prevention.parity_evidence import ParityTerms

CHANGELOG: Final = "changelog"
"""The format that is for readers of a contract, and about contracts alone."""


@click.command()
@click.argument("sides", nargs=-1, metavar="[OLD NEW]")
@click.option("--databases", is_flag=True, help="OLD and NEW are the URLs of two databases.")
@click.option(
    "--pending",
    is_flag=True,
    help="Compare a database with what the migrations make of it that it has not seen yet.",
)
@schema_option
@connection_option
@rows_option
@query_options
@parity_option
@day_option("--now", "Judge as of this day, such as 2026-03-31.")
@format_option((*FORMATS, CHANGELOG), "changelog writes an entry for each contract that changed.")
@output_option
@click.option("--unfold", is_flag=True, help="List everything that follows from one cause.")
@click.pass_context
def diff(
    context: click.Context,
    sides: tuple[str, ...],
    databases: bool,
    pending: bool,
    schemas: tuple[str, ...],
    connection_name: str | None,
    rows_from: str | None,
    evidence: bool | None,
    time_limit: float | None,
    parities: tuple[str, ...],
    now: date | None,
    form: str,
    output: Path | None,
    unfold: bool,
) -> None:
    """Say what changed between OLD and NEW, and what that demands.

    Each side is a contract, a folder of them, or what was there at a commit: REF:path. Every
    change is told with its rule, what it means for readers and for writers, who is hurt, and
    the safe path; then the version that each contract declares, and the one that its changes
    demand. The pages of the rules are in docs/rules.md.

    Between databases, the queries that consumers have registered are run on both, and what
    becomes of them is the evidence for a verdict. Nothing is changed in either. --parity compares
    two views of OLD, or with --pending of the database, as evidence for a view's new query.

    \b
    Examples:
      docent diff datacontract.yaml.bak datacontract.yaml
      docent diff main:contracts contracts --format markdown
      docent diff --databases postgresql:///before postgresql:///after
      docent diff --pending
      docent diff --pending --parity reporting.card=reporting.card_next:object_id

    Exit codes: 0 nothing breaks, 1 a change breaks something or a version is too low, 2 could
    not judge, which includes having had nothing to compare.
    """  # noqa: D301 - click reads \b
    terms = query_terms(context, evidence, time_limit, applies=databases or pending)
    if rows_from and not pending:
        raise click.UsageError("--rows-from goes with --pending.", context)
    if parities and not (databases or pending):
        raise click.UsageError("--parity goes with --databases and --pending.", context)
    compare = _comparing(
        context,
        sides,
        databases,
        pending,
        schemas,
        connection_name,
        now,
        terms,
        rows_from,
        parities,
    )
    if form == CHANGELOG:
        _tell_changelog(context, compare, now, output, applies=not databases and not pending)
    tell(context, decision_of(compare, form, output), form, output, unfold=unfold)


def _tell_changelog(
    context: click.Context,
    compare: Callable[[], Decision],
    now: date | None,
    output: Path | None,
    *,
    applies: bool,
) -> NoReturn:
    """Write an entry for each contract that changed, and end with the exit code of a diff."""
    from contracts.days import today
    from prevention.changelog import changelog_of
    from prevention.output import is_file, write_result

    if not applies:
        raise click.UsageError("--format changelog is about contracts, not databases.", context)
    decision = compare()
    write_result(changelog_of(decision, now or today()), output)
    if is_file(output):
        click.echo(f"Wrote {output}.")
    context.exit(decision.exit)


def _comparing(
    context: click.Context,
    sides: tuple[str, ...],
    databases: bool,
    pending: bool,
    schemas: tuple[str, ...],
    connection_name: str | None,
    now: date | None,
    terms: QueryTerms | None,
    rows_from: str | None,
    parities: tuple[str, ...],
) -> Callable[[], Decision]:
    """What to call, once it is clear that the words fit together."""
    from contracts.days import today
    from prevention import comparing
    from prevention.parity_evidence import read_parity_terms

    if databases and pending:
        raise click.UsageError("Compare two databases, or look at what is pending.", context)
    if len(sides) != (0 if pending else 2):
        asked = "two URLs" if databases else "OLD and NEW"
        wanted = "--pending takes no name" if pending else f"Name {asked}"
        raise click.UsageError(f"{wanted}; there were {len(sides)}.", context)
    asked_parities = read_parity_terms(parities)
    if pending:
        return partial(_pending, schemas, connection_name, terms, rows_from, asked_parities)
    if connection_name:
        raise click.UsageError("--connection goes with --pending.", context)
    if databases:
        return partial(_databases, sides, schemas, terms, asked_parities)
    if schemas:
        raise click.UsageError("--schema goes with --databases and --pending.", context)
    return partial(comparing.compare, *sides, today=now or today())


def _databases(
    sides: tuple[str, ...],
    schemas: tuple[str, ...],
    terms: QueryTerms | None,
    parities: tuple[ParityTerms, ...],
) -> Decision:
    from prevention.comparing import compare_databases
    from prevention.configuration import configure
    from prevention.parity_evidence import compare_for_evidence

    settings = configure()
    old, new = sides
    found = compare_for_evidence(parities, old, settings)
    return compare_databases(
        old, new, schemas=schemas or None, configuration=settings, queries=terms, parities=found
    )


def _pending(
    schemas: tuple[str, ...],
    connection_name: str | None,
    terms: QueryTerms | None,
    rows_from: str | None,
    parities: tuple[ParityTerms, ...],
) -> Decision:
    from prevention.comparing import compare_pending
    from prevention.configuration import configure
    from prevention.parity_evidence import compare_for_evidence

    settings = configure()
    database = settings.connection(connection_name) if connection_name else None
    return compare_pending(
        database=database,
        parities=compare_for_evidence(parities, database, settings),
        schemas=schemas or None,
        configuration=settings,
        queries=terms,
        rows_from=rows_from,
    )


COMMANDS: tuple[click.Command, ...] = (diff,)
