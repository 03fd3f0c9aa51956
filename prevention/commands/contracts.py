"""``docent check``, ``catalog`` and ``draft``: what is promised, and what is there.

Everything that takes time to import is imported inside the commands.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final, NoReturn

import click

if TYPE_CHECKING:
    from detection.model import Catalog
    from prevention.configuration import Configuration
    from prevention.decision import Decision

FORMATS: Final = ("text", "json", "markdown", "junit", "github")

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
output_option = click.option(
    "--output",
    "-o",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write the result there, whole, instead of to standard output.",
)


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="[PATH]...")
@click.option("--documents", is_flag=True, help="Only read the documents; needs no database.")
@click.option(
    "--structure-only",
    is_flag=True,
    help="Stay with tables and columns. Every check does today; "
    "the flag is for scripts that want to do so when rows are judged too.",
)
@click.option(
    "--strict/--lenient",
    default=None,
    help="Whether a column that the contract does not declare breaks it. "
    "Default: strict in [tool.docent], else lenient; a contract's own word comes first.",
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
@click.option("--format", "form", type=click.Choice(FORMATS), default="text", show_default=True)
@output_option
@click.option("--unfold", is_flag=True, help="List everything that follows from one cause.")
@click.pass_context
def check(
    context: click.Context,
    paths: tuple[Path, ...],
    documents: bool,
    structure_only: bool,  # noqa: ARG001 - rows are not judged yet
    strict: bool | None,
    schemas: tuple[str, ...],
    connection_name: str | None,
    baseline: Path | None,
    write_baseline: Path | None,
    form: str,
    output: Path | None,
    unfold: bool,
) -> None:
    """Compare what contracts promise with what the database has.

    PATH is a contract or a folder of contracts; without one, the project's folder is read. The
    database is only read, and only its structure: rows are not judged yet.

    \b
    Examples:
      docent check
      docent check contracts/object_images_contract_spec.json --format json
      docent check --documents
      docent check --write-baseline known.json; docent check --baseline known.json

    Exit codes: 0 all promises hold, 1 a promise is broken, 2 could not judge, which includes
    having had nothing to check.
    """  # noqa: D301 - click reads \b
    from prevention.decision import NotJudged, not_judged
    from prevention.delivering import deliver
    from prevention.failures import describe
    from prevention.output import is_file
    from prevention.render.plain import could_not_judge

    try:
        decision = _judge(paths, documents, strict, schemas, connection_name, baseline)
    except Exception as error:
        obstacles = describe(error)
        if not obstacles or (form == "text" and not output):
            raise
        decision = not_judged(*obstacles)
    if decision.obstacles and form == "text" and not output:
        raise NotJudged(*decision.obstacles)
    if write_baseline and decision.status != "not-judged":
        _keep_baseline(decision, write_baseline)
        return
    deliver(decision, form, output, unfold)
    if decision.obstacles and is_file(output):
        raise NotJudged(*decision.obstacles)
    if decision.obstacles and form != "github":
        click.echo(f"docent: {could_not_judge(decision)}", err=True)
    context.exit(decision.exit)


@click.command()
@click.argument("table", required=False)
@schema_option
@connection_option
@click.option(
    "--format", "form", type=click.Choice(("text", "json")), default="text", show_default=True
)
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

    seen = _read_structure(schemas, connection_name)
    tables = (find_table(table, seen),) if table else seen.tables
    if form == "json":
        write_result(rendering.as_json(seen, tables), output)
    else:
        write_result(rendering.as_text(seen, tables, in_full=table is not None), output)


@click.command()
@click.argument("table")
@click.option(
    "--namespace",
    metavar="NAME",
    help="The namespace of the contract; without it, that of the project's contracts.",
)
@connection_option
@output_option
def draft(
    table: str, namespace: str | None, connection_name: str | None, output: Path | None
) -> None:
    """Write a contract for TABLE from the database as it is.

    A draft promises what is there today. Go through it with the people who read the table,
    and take out what you do not want to promise. A file that exists is left as it is; a
    folder that does not is made.

    \b
    Examples:
      docent draft object_images
      docent draft public.orders --output contracts/orders_contract_spec.json
    """  # noqa: D301 - click reads \b
    from contracts.dialects import book
    from contracts.drafting import draft as draft_contract
    from prevention.output import write_new
    from prevention.tables import find_table

    if output and os.path.lexists(output):
        _refuse_to_overwrite(output)
    seen = _read_structure((), connection_name)
    contract = draft_contract(
        find_table(table, seen), namespace=namespace or _namespace(seen), catalog=seen.database
    )
    text = book.write(contract)
    if output is None or os.fspath(output) == "-":
        sys.stdout.write(text)
        return
    try:
        write_new(output, text)
    except FileExistsError:
        _refuse_to_overwrite(output)
    click.echo(f"Wrote {output}. Next: put in the owner's name, then docent check {output}")


COMMANDS: tuple[click.Command, ...] = (check, catalog, draft)


def _judge(
    paths: Sequence[Path],
    documents: bool,
    strict: bool | None,
    schemas: Sequence[str],
    connection_name: str | None,
    baseline: Path | None,
) -> Decision:
    from prevention.baseline import read_baseline
    from prevention.checking import check as judge
    from prevention.configuration import configure

    settings = configure()
    return judge(
        *paths,
        database=None if documents else _database(settings, connection_name),
        documents_only=documents,
        schemas=schemas,
        strict=strict,
        accepted=read_baseline(baseline) if baseline else (),
        configuration=settings,
    )


def _database(settings: Configuration, name: str | None) -> str | None:
    """The URL of a named connection; ``None`` for the database that is in use anyway."""
    return settings.connection(name) if name else None


def _read_structure(schemas: Sequence[str], connection_name: str | None) -> Catalog:
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


def _namespace(catalog: Catalog) -> str:
    """The namespace that the project's contracts share; without one, the database's name."""
    from contracts.loading import load_folder
    from contracts.problems import DocumentError
    from prevention.configuration import configure

    folder = configure().contracts
    try:
        contracts = load_folder(folder) if folder.is_dir() else ()
    except DocumentError:
        return catalog.database
    names = {contract.namespace for contract in contracts if contract.namespace}
    return names.pop() if len(names) == 1 else catalog.database


def _refuse_to_overwrite(file: Path) -> NoReturn:
    from prevention.decision import NotJudged, Obstacle

    raise NotJudged(
        Obstacle(f"{file} is there already, and was left as it is.", "Name another file.")
    )
