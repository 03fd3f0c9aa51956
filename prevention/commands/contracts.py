"""``docent check`` and ``catalog``: what is promised, and what is there.

Everything that takes time to import is imported inside the commands.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click
from click.core import ParameterSource

from prevention.commands.options import (
    FORMATS,
    connection_option,
    format_option,
    output_option,
    schema_option,
)
from prevention.commands.row_options import ABOUT_ROWS, row_options, row_terms
from prevention.commands.telling import decision_of, tell

if TYPE_CHECKING:
    from detection.model import Catalog
    from prevention.configuration import Configuration
    from prevention.decision import Decision

ABOUT_THE_DATABASE: Final = frozenset(
    {
        "structure_only", "strict", "queries", "access", "health", "schemas", "connection_name",
        "baseline",
        "write_baseline", *ABOUT_ROWS,
    }
) - {"now"}  # fmt: skip
"""The options of check that mean nothing where documents alone are read: contracts have their
days there too."""


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="[PATH]...")
@click.option("--documents", is_flag=True, help="Only read the documents; needs no database.")
@click.option(
    "--structure-only",
    is_flag=True,
    help="Stay with tables and columns, and look at no row.",
)
@click.option(
    "--strict/--lenient",
    default=None,
    help="Whether a column that the contract does not declare breaks it. "
    "Default: strict in [tool.docent], else lenient; a contract's own word comes first.",
)
@click.option(
    "--queries",
    is_flag=True,
    help="Read the consumers' queries too: do they read what they are registered for?",
)
@click.option(
    "--access",
    is_flag=True,
    help="Judge rights too: are they as the contracts say, and does anybody read around them?",
)
@click.option(
    "--health",
    is_flag=True,
    help="Look for the ways in which contracts die: unchanged while their tables change, enforced "
    "nowhere, about the easy tables only, never kept.",
)
@schema_option
@connection_option
@click.option(
    "--baseline",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Accept what this file says was broken before.",
)
@click.option(
    "--write-baseline",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write such a file from what is broken now, and exit with 0.",
)
@format_option(FORMATS)
@output_option
@click.option("--unfold", is_flag=True, help="List everything that follows from one cause.")
@row_options
@click.pass_context
def check(
    context: click.Context,
    /,
    paths: tuple[Path, ...],
    documents: bool,
    structure_only: bool,
    strict: bool | None,
    queries: bool,
    access: bool,
    health: bool,
    schemas: tuple[str, ...],
    connection_name: str | None,
    baseline: Path | None,
    write_baseline: Path | None,
    form: str,
    output: Path | None,
    unfold: bool,
    **about_rows: Any,
) -> None:
    """Compare what contracts promise with what the database has.

    PATH is a contract or a folder of contracts; without one, the project's folder is read. The
    database is only read: its structure, and its rows where a contract promises something of
    them (their number, their nulls, how fresh they are).

    \b
    Examples:
      docent check
      docent check --show-failures 5 --now 2026-07-01T12:00
      docent check contracts/object_images_contract_spec.json --format json
      docent check --documents --now 2026-02-03
      docent check --queries --health
      docent check --access
      docent check --write-baseline known.json; docent check --baseline known.json

    Exit codes: 0 all promises hold, 1 a promise is broken, 2 could not judge, which includes
    having had nothing to check.
    """  # noqa: D301 - click reads \b
    if documents:
        _refuse(context, ABOUT_THE_DATABASE, "--documents asks no database")
    if structure_only:
        _refuse(context, {*ABOUT_ROWS} - {"now"}, "--structure-only looks at no row")

    def judge() -> Decision:
        from prevention.baseline import read_baseline
        from prevention.checking import check as judge_contracts
        from prevention.configuration import configure

        settings = configure()
        return judge_contracts(
            *paths,
            database=None if documents else _database(settings, connection_name),
            documents_only=documents,
            structure_only=structure_only,
            schemas=schemas,
            strict=strict,
            accepted=read_baseline(baseline) if baseline else (),
            configuration=settings,
            rows=row_terms(about_rows),
            queries=queries,
            access=access,
            health=health,
        )

    decision = decision_of(judge, form, output)
    if write_baseline and decision.status != "not-judged":
        _keep_baseline(decision, write_baseline)
        return
    tell(context, decision, form, output, unfold=unfold)


@click.command()
@click.argument("table", required=False)
@schema_option
@connection_option
@format_option(("text", "json"))
@output_option
def catalog(
    table: str | None,
    schemas: tuple[str, ...],
    connection_name: str | None,
    form: str,
    output: Path | None,
) -> None:
    """Show the tables of the database, or one TABLE in full.

    \b
    Examples:
      docent catalog
      docent catalog object_images
      docent catalog public.object_images --format json
    """  # noqa: D301 - click reads \b
    from prevention.output import write_result
    from prevention.render import catalog as rendering
    from prevention.tables import find_table

    seen = structure_of(schemas, connection_name)
    tables = (find_table(table, seen),) if table else seen.tables
    if form == "json":
        write_result(rendering.as_json(seen, tables), output)
    else:
        write_result(rendering.as_text(seen, tables, in_full=table is not None), output)


COMMANDS: tuple[click.Command, ...] = (check, catalog)


def _refuse(context: click.Context, unheard: Collection[str], why: str) -> None:
    """A usage error where an option stands beside one that would leave it unheard."""
    for option in context.command.params:
        given = context.get_parameter_source(str(option.name)) is ParameterSource.COMMANDLINE
        if given and option.name in unheard:
            names = option.opts if context.params[option.name] else option.secondary_opts
            raise click.UsageError(
                f"{why}, and so {names[0]} has no meaning beside it; leave out one of the two",
                context,
            )


def _database(settings: Configuration, name: str | None) -> str | None:
    """The URL of a named connection; ``None`` for the database that is in use anyway."""
    return settings.connection(name) if name else None


def structure_of(schemas: Sequence[str], connection_name: str | None) -> Catalog:
    """What a database has in some schemas: of a named connection, or the one in use."""
    from prevention.checking import read_structure
    from prevention.configuration import configure

    settings = configure()
    return read_structure(_database(settings, connection_name), schemas or settings.schemas)


def _keep_baseline(decision: Decision, file: Path) -> None:
    from prevention import baseline
    from prevention.output import write_whole
    from prevention.render.plain import count

    write_whole(file, baseline.write_baseline(decision))
    known = count(sum(finding.level != "note" for finding in decision.findings), "finding")
    click.echo(f"Wrote {file}: {known} accepted. Next: docent check --baseline {file}")
