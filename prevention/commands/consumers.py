"""``docent consumers``: who reads what is under contract, and who of them is registered.

Everything that takes time to import is imported inside the command.
"""

from __future__ import annotations

from pathlib import Path

import click

from prevention.commands.options import connection_option, format_option, output_option

FORMATS = ("text", "json", "markdown")


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="[CONTRACT]...")
@click.option(
    "--log",
    "logs",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Read a log of Postgres too: csvlog, jsonlog, or stderr; may be repeated.",
)
@click.option(
    "--scan",
    "scans",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="PATH",
    help="Look for queries in a repository too: .sql, strings in .py, .yml and .json (dashboards), "
    "notebooks; may be repeated.",
)
@click.option(
    "--exclude",
    "excluded",
    multiple=True,
    metavar="PATTERN",
    help="Leave these files out of --scan: a path, a folder, or a pattern such as 'old/*.sql'; "
    "may be repeated.",
)
@connection_option
@format_option(FORMATS)
@output_option
@click.pass_context
def consumers(
    context: click.Context,
    /,
    paths: tuple[Path, ...],
    logs: tuple[Path, ...],
    scans: tuple[Path, ...],
    excluded: tuple[str, ...],
    connection_name: str | None,
    form: str,
    output: Path | None,
) -> None:
    """Find who reads what is under contract, and who is not registered.

    The registry is put beside rights, views, functions, pg_stat_statements, publications and
    replication slots. No value of any query is shown. CONTRACT is a contract or a folder of them;
    without one, the project's folder is read.

    \b
    Examples:
      docent consumers
      docent consumers --scan . --exclude tests --format markdown
      docent consumers --log postgresql.csv

    Exit codes: 0 every reader is registered, 1 one is not, 2 could not judge.
    """  # noqa: D301 - click reads \b
    from prevention.configuration import configure
    from prevention.discovering import discover
    from prevention.output import write_result
    from prevention.render import discovery as rendering

    if excluded and not scans:
        raise click.UsageError("--exclude goes with --scan.", context)
    if not all(each.strip() for each in excluded):
        raise click.UsageError("--exclude needs a path or a pattern.", context)
    settings = configure()
    database = settings.connection(connection_name) if connection_name else None
    found = discover(
        *paths, database=database, logs=logs, scans=scans, excluded=excluded, configuration=settings
    )
    render = {
        "text": rendering.as_text, "json": rendering.as_json, "markdown": rendering.as_markdown,
    }[form]  # fmt: skip
    write_result(render(found), output)
    context.exit(found.exit)


COMMANDS: tuple[click.Command, ...] = (consumers,)
