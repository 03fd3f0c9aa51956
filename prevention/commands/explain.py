"""``docent explain``: what a contract promises with all that it inherits, and where it is from.

Everything that takes time to import is imported inside the command.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from prevention.commands.options import connection_option, day_option, format_option, output_option

if TYPE_CHECKING:
    from datetime import date


@click.command()
@click.argument("name")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="[PATH]...")
@format_option(("text", "json", "markdown"))
@click.option(
    "--review",
    "is_review",
    is_flag=True,
    help="Answer the questions that a change to it must be asked; what is open stands on top.",
)
@click.option(
    "--base",
    metavar="COMMIT",
    help="With --review: what it is compared with. Default: base in [tool.docent].",
)
@click.option("--documents", is_flag=True, help="With --review: ask no database.")
@day_option("--now", "With --review: judge as of this day.")
@connection_option
@output_option
@click.pass_context
def explain(
    context: click.Context,
    name: str,
    paths: tuple[Path, ...],
    form: str,
    is_review: bool,
    base: str | None,
    documents: bool,
    now: date | None,
    connection_name: str | None,
    output: Path | None,
) -> None:
    """Explain a contract: each promise, and where it comes from.

    NAME is the contract's identity, its bare name, or a table that it is about. What it inherits
    from the contract that it extends is told with the rest. PATH is a contract or a folder of
    contracts; without one, the project's folder is read. No database is asked.

    --review asks what a change to the contract must be asked, and answers from the documents, the
    registry, the database, git and the history of the monitor, each with its evidence. What none
    of them can tell is open. Nothing is changed.

    \b
    Examples:
      docent explain object-contract-spec
      docent explain object_images --format markdown
      docent explain signup-list notebooks/docent/families --format json
      docent explain object_images --review --base main

    Exit codes: 0 explained or reviewed, 2 no contract goes by that name, or several do, or
    --base names no commit.
    """  # noqa: D301 - click reads \b
    from prevention.output import write_result

    if is_review:
        write_result(_review(name, paths, form, base, documents, now, connection_name), output)
        return
    given = {"--base": base, "--documents": documents, "--now": now,
             "--connection": connection_name}  # fmt: skip
    if stray := next((option for option, value in given.items() if value), None):
        raise click.UsageError(f"{stray} goes with --review.", context)
    from prevention.explaining import explain as explained
    from prevention.render import explanation as rendering

    found = explained(name, *paths)
    renders = {
        "text": rendering.as_text,
        "json": rendering.as_json,
        "markdown": rendering.as_markdown,
    }
    write_result(renders[form](found), output)


def _review(
    name: str,
    paths: tuple[Path, ...],
    form: str,
    base: str | None,
    documents: bool,
    today: date | None,
    connection_name: str | None,
) -> str:
    from prevention.configuration import configure
    from prevention.render import review as rendering
    from prevention.reviewing import review

    settings = configure()
    found = review(
        name,
        *paths,
        database=settings.connection(connection_name) if connection_name else None,
        documents_only=documents,
        base=base,
        today=today,
        configuration=settings,
    )
    renders = {
        "text": rendering.as_text,
        "json": rendering.as_json,
        "markdown": rendering.as_markdown,
    }
    return renders[form](found)


COMMANDS: tuple[click.Command, ...] = (explain,)
