"""``docent explain``: what a contract promises with all that it inherits, and where it is from.

Everything that takes time to import is imported inside the command.
"""

from __future__ import annotations

from pathlib import Path

import click

from prevention.commands.contracts import output_option


@click.command()
@click.argument("name")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="[PATH]...")
@click.option(
    "--format",
    "form",
    type=click.Choice(("text", "json", "markdown")),
    default="text",
    show_default=True,
)
@output_option
def explain(name: str, paths: tuple[Path, ...], form: str, output: Path | None) -> None:
    """Explain a contract: each promise, and where it comes from.

    NAME is the contract's identity, its bare name, or a table that it is about. What it inherits
    from the contract that it extends is told with the rest. PATH is a contract or a folder of
    contracts; without one, the project's folder is read. No database is asked.

    \b
    Examples:
      docent explain object-contract-spec
      docent explain object_images --format markdown
      docent explain visitors contracts families --format json

    Exit codes: 0 explained, 2 no contract goes by that name, or several do.
    """  # noqa: D301 - click reads \b
    from prevention.explaining import explain as explained
    from prevention.output import write_result
    from prevention.render import explanation as rendering

    found = explained(name, *paths)
    renders = {
        "text": rendering.as_text,
        "json": rendering.as_json,
        "markdown": rendering.as_markdown,
    }
    write_result(renders[form](found), output)


COMMANDS: tuple[click.Command, ...] = (explain,)
