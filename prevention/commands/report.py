"""``docent report``: what the history says of every contract."""

from __future__ import annotations

from pathlib import Path

import click

from prevention.commands.monitor import read_history_option
from prevention.commands.options import (
    connection_option,
    days_back_option,
    format_option,
    output_option,
)


@click.command()
@click.option(
    "--html",
    "page",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write a page there that needs nothing besides itself, instead of text.",
)
@format_option(("text", "json"), "How it is told; docs/history.md has the keys of json.")
@output_option
@days_back_option(30)
@read_history_option
@connection_option
def report(
    page: Path | None,
    form: str,
    output: Path | None,
    days: float,
    history_url: str | None,
    connection_name: str | None,
) -> None:
    """Show the history: how each contract stood, and its breaches.

    Nothing is checked and nothing is changed; docent monitor writes the history.

    \b
    Examples:
      docent report
      docent report --days 7 --html report.html
      docent report --format json --output report.json

    Exit codes: 0 shown, 2 no history.
    """  # noqa: D301 - click reads \b
    if page and (output or form != "text"):
        raise click.UsageError("--html writes a page; leave out --format and --output")
    from prevention.configuration import configure
    from prevention.output import write_result
    from prevention.reporting import report as read

    settings = configure()
    found = read(
        database=settings.connection(connection_name) if connection_name else None,
        history_url=history_url,
        days=days,
        configuration=settings,
    )
    if page:
        from prevention.render.page import render as as_page

        write_result(as_page(found), page)
        click.echo(f"Wrote {page}.")
        return
    if form == "json":
        from prevention.render.history_json import render_report

        write_result(render_report(found), output)
        return
    from prevention.delivering import wants_colour
    from prevention.render.history import render as as_text

    write_result(as_text(found, colour=not output and wants_colour()), output)


COMMANDS: tuple[click.Command, ...] = (report,)
