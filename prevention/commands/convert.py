"""``docent convert``: a contract in another dialect, and what that dialect cannot say.

Everything that takes time to import is imported inside the command.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from prevention.commands.options import format_option, new_output_option

if TYPE_CHECKING:
    from contracts.model import Contract

DIALECTS = ("odcs", "book", "soda", "dbt", "jsonschema")


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--to", required=True, type=click.Choice(DIALECTS), help="The dialect to write.")
@click.option(
    "--table",
    metavar="NAME",
    help="The table that is meant, where the file promises several.",
)
@format_option(("text", "json"), "json puts the text and what was left behind into one object.")
@new_output_option
@click.option("--overwrite", is_flag=True, help="Replace the output file if it exists.")
def convert(
    file: Path, to: str, table: str | None, form: str, output: Path | None, overwrite: bool
) -> None:
    """Write the contract in FILE in another dialect.

    No dialect can say everything. What the new one could not say is named on standard error:
    every element, property and value, found by reading the new text back. A file that exists is
    left as it is, unless --overwrite says otherwise.

    \b
    Examples:
      docent convert contracts/object_images_contract_spec.json --to odcs
      docent convert leads.yaml --to jsonschema --output leads.schema.json
      docent convert models/schema.yml --table orders --to soda --format json
    """  # noqa: D301 - click reads \b
    from contracts.conversion import ConversionError
    from contracts.conversion import convert as convert_contract
    from prevention.decision import NotJudged, Obstacle
    from prevention.output import is_file
    from prevention.render.conversion import as_json, as_text

    if is_file(output) and not overwrite and os.path.lexists(output):
        _refuse_to_overwrite(output)
    contract = _contract_in(file, table)
    try:
        converted = convert_contract(contract, to, table=table)
    except ConversionError as error:
        place = contract.source.location if contract.source else None
        raise NotJudged(Obstacle(error.what, error.next_step, place)) from error
    if is_file(output):
        _write(output, converted.text, overwrite)
    if form == "json":
        name = os.fspath(output) if is_file(output) else None
        report = as_json(contract, to, converted, name)
        click.echo(json.dumps(report, indent=2, ensure_ascii=False))
        return
    if is_file(output):
        click.echo(f"Wrote {output}.")
    else:
        click.echo(converted.text, nl=False)
    click.echo(as_text(contract, to, converted), nl=False, err=True)


COMMANDS: tuple[click.Command, ...] = (convert,)


def _contract_in(file: Path, table: str | None) -> Contract:
    """The contract in a file, about the table that the project binds it to; of several, one."""
    from contracts.binding import bind
    from contracts.loading import load_all
    from prevention.configuration import configure
    from prevention.decision import NotJudged, Obstacle

    contracts = bind(load_all(file), configure().bind)
    meant = [one for one in contracts if len(contracts) == 1 or _is_about(one, table)]
    if len(meant) == 1:
        return meant[0]
    names = ", ".join(one.qualified_name for contract in contracts for one in contract.tables)
    what = f"{file} states {len(contracts)} contracts, about {names}."
    raise NotJudged(Obstacle(what, "Name one of these tables by --table."))


def _is_about(contract: Contract, table: str | None) -> bool:
    return any(table in (one.name, one.qualified_name) for one in contract.tables)


def _write(output: Path, text: str, overwrite: bool) -> None:
    from prevention.output import write_new, write_whole

    if overwrite:
        write_whole(output, text)
        return
    try:
        write_new(output, text)
    except FileExistsError:
        _refuse_to_overwrite(output)


def _refuse_to_overwrite(file: Path) -> None:
    from prevention.decision import NotJudged, Obstacle

    raise NotJudged(
        Obstacle(
            f"{file} is there already, and was left as it is.",
            "Name another file, or say --overwrite.",
        )
    )
