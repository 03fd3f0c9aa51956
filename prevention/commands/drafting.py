"""``docent draft``: a first contract for a table that has none.

Everything that takes time to import is imported inside the command.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click
from click.core import ParameterSource

from prevention.commands.contracts import structure_of
from prevention.commands.options import connection_option, new_output_option

if TYPE_CHECKING:
    from contracts.model import Contract, Table
    from detection.model import Catalog


@click.command()
@click.argument("table")
@click.option(
    "--namespace",
    metavar="NAME",
    help="The namespace of the contract; without it, that of the project's contracts.",
)
@click.option(
    "--dialect",
    type=click.Choice(("book", "odcs", "soda", "dbt")),
    default="book",
    show_default=True,
    help="The way of writing: the book's spec; ODCS, which has keys, versions and more; "
    "Soda's language; or a model contract of dbt.",
)
@click.option(
    "--with-quality",
    is_flag=True,
    help="Promise something of the rows as well: what they keep today, with the reason, in "
    "ODCS or Soda's language. Without --dialect it is ODCS.",
)
@connection_option
@new_output_option
@click.pass_context
def draft(
    context: click.Context,
    /,
    table: str,
    namespace: str | None,
    dialect: str,
    with_quality: bool,
    connection_name: str | None,
    output: Path | None,
) -> None:
    """Write a contract for TABLE from the database as it is.

    A draft promises what is there today. Go through it with the people who read the table,
    and take out what you do not want to promise. A file that exists is left as it is; a
    folder that does not is made.

    \b
    Examples:
      docent draft object_images
      docent draft public.orders --output contracts/orders_contract_spec.json
      docent draft object_tags --dialect odcs --output contracts/object_tags.odcs.yaml
      docent draft object --with-quality
    """  # noqa: D301 - click reads \b
    from importlib import import_module

    from contracts.drafting import draft as draft_contract
    from contracts.drafting import draft_in_full
    from prevention.output import write_new
    from prevention.tables import find_table

    if output and os.path.lexists(output):
        _refuse_to_overwrite(output)
    if with_quality:
        dialect = _with_words_for_rows(context, dialect)
    seen = structure_of((), connection_name)
    found = find_table(table, seen)
    if found.extension:
        click.echo(
            f"docent: {found.qualified_name} came with the extension {found.extension}, "
            "and changes when that does.",
            err=True,
        )
    name = namespace or _namespace(seen)
    if dialect == "odcs":
        contract = draft_in_full(found, namespace=name)
    else:
        contract = draft_contract(found, namespace=name, catalog=seen.database)
    if with_quality:
        contract = _promising_rows(contract, seen, connection_name)
    text = import_module(f"contracts.dialects.{dialect}").write(contract)
    if output is None or os.fspath(output) == "-":
        sys.stdout.write(text)
        return
    try:
        write_new(output, text)
    except FileExistsError:
        _refuse_to_overwrite(output)
    click.echo(f"Wrote {output}. Next: put in the owner's name, then docent check {output}")


COMMANDS: tuple[click.Command, ...] = (draft,)


def _with_words_for_rows(context: click.Context, dialect: str) -> str:
    """The dialect to write promises about rows in; a usage error for one that has no words."""
    if context.get_parameter_source("dialect") is not ParameterSource.COMMANDLINE:
        return "odcs"
    if dialect not in ("odcs", "soda"):
        raise click.UsageError(
            f"--dialect {dialect} has no words for promises about rows; write --dialect odcs "
            "or --dialect soda beside --with-quality",
            context,
        )
    return dialect


def _promising_rows(contract: Contract, seen: Catalog, connection_name: str | None) -> Contract:
    """The draft with what its rows keep today; says why, and where there is no headroom."""
    from contracts.loading import load_folder
    from prevention.configuration import configure
    from prevention.families import with_inherited
    from prevention.proposing import with_quality
    from prevention.render.proposals import as_text

    settings = configure()
    database = settings.connection(connection_name) if connection_name else None
    folder = settings.contracts
    read = load_folder(folder) if folder.is_dir() else ()  # one unread could hide a column
    beside = with_inherited(read)
    promising, proposals = with_quality(contract, seen, database, beside=beside)
    click.echo(as_text(contract.tables[0], proposals), err=True, nl=False)
    _tell_without_headroom(beside, seen, contract.tables[0], database)
    return promising


def _tell_without_headroom(
    contracts: Sequence[Contract], seen: Catalog, table: Table, database: str | None
) -> None:
    """Warn of promises that contracts of the project make of the table, and hardly keep."""
    from prevention.proposing import promises_without_headroom
    from prevention.render.proposals import warning

    about = [
        replace(contract, tables=(own,))
        for contract in contracts
        for own in contract.tables
        if (own.schema, own.name) == (table.schema, table.name)
    ]
    for tight in promises_without_headroom(about, seen, database):
        click.echo(warning(*tight), err=True)


def _contracts(folder: Path) -> tuple[Contract, ...]:
    """The project's contracts; none where there is no folder, or one of them cannot be read."""
    from contracts.loading import load_folder
    from contracts.problems import DocumentError

    try:
        return load_folder(folder) if folder.is_dir() else ()
    except DocumentError:
        return ()


def _namespace(catalog: Catalog) -> str:
    """The namespace that the project's contracts share; without one, the database's name."""
    from prevention.configuration import configure

    contracts = _contracts(configure().contracts)
    names = {contract.namespace for contract in contracts if contract.namespace}
    return names.pop() if len(names) == 1 else catalog.database


def _refuse_to_overwrite(file: Path) -> NoReturn:
    from prevention.decision import NotJudged, Obstacle

    raise NotJudged(
        Obstacle(f"{file} is there already, and was left as it is.", "Name another file.")
    )
