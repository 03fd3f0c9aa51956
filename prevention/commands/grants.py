"""``docent grants``: who may do what, as the contracts say; printed, judged or applied.

Everything that takes time to import is imported inside the command.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from prevention.commands.options import connection_option, output_option
from prevention.commands.telling import decision_of, tell

if TYPE_CHECKING:
    from prevention.decision import Decision

FORMATS = ("sql", "text", "json", "markdown", "junit", "github")


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="[CONTRACT]...")
@click.option(
    "--check",
    "judges",
    is_flag=True,
    help="Judge instead: rights that differ, who reads around the contracts, who sees columns "
    "above a clearance, and how rows are guarded.",
)
@click.option("--apply", "applies", is_flag=True, help="Run the statements, in one transaction.")
@click.option(
    "--create-roles",
    is_flag=True,
    help="Make roles that contracts name and the server lacks, too, with what they are given.",
)
@connection_option
@click.option(
    "--format",
    "form",
    type=click.Choice(FORMATS),
    help="sql or json; with --check text, json, markdown, junit or github.",
)
@output_option
@click.option("--unfold", is_flag=True, help="With --check: list everything that was folded.")
@click.pass_context
def grants(
    context: click.Context,
    /,
    paths: tuple[Path, ...],
    judges: bool,
    applies: bool,
    create_roles: bool,
    connection_name: str | None,
    form: str | None,
    output: Path | None,
    unfold: bool,
) -> None:
    """Print the GRANTs and REVOKEs that the contracts ask of a database.

    CONTRACT is a contract or a folder of them; without one, the project's folder is read. Only
    what differs is printed. Nothing is changed without --apply, and no role is made without
    --create-roles.

    \b
    Examples:
      docent grants
      docent grants contracts/object.odcs.yaml
      docent grants --check --format markdown
      docent grants --apply

    Exit codes: 0 the rights are as the contracts say, 1 they differ, 2 could not judge.
    """  # noqa: D301 - click reads \b
    form = form or ("text" if judges else "sql")
    _refuse_what_does_not_fit(context, judges, applies, create_roles, form, unfold)
    from prevention.configuration import configure

    if judges:

        def judge() -> Decision:
            from prevention.granting import check_access

            settings = configure()
            database = settings.connection(connection_name) if connection_name else None
            return check_access(*paths, database=database, configuration=settings)

        tell(context, decision_of(judge, form, output), form, output, unfold=unfold)
        return
    from prevention.granting import apply_grants, find_grants
    from prevention.output import write_result
    from prevention.render.grants import as_json, as_sql

    settings = configure()
    database = settings.connection(connection_name) if connection_name else None
    ask = apply_grants if applies else find_grants
    found = ask(*paths, database=database, create_roles=create_roles, configuration=settings)
    write_result(as_json(found) if form == "json" else as_sql(found), output)
    context.exit(found.exit)


def _refuse_what_does_not_fit(
    context: click.Context,
    judges: bool,
    applies: bool,
    create_roles: bool,
    form: str,
    unfold: bool,
) -> None:
    """A usage error for options that have no meaning beside one another."""
    wrong = None
    if judges and (applies or create_roles):
        wrong = "--check changes nothing; leave out --apply and --create-roles beside it"
    elif judges and form == "sql":
        wrong = "--check tells findings; write --format text, or leave it out"
    elif not judges and form not in ("sql", "json"):
        wrong = f"--format {form} tells findings; write --check beside it"
    elif unfold and not judges:
        wrong = "--unfold lists findings; write --check beside it"
    if wrong:
        raise click.UsageError(wrong, context)


COMMANDS: tuple[click.Command, ...] = (grants,)
