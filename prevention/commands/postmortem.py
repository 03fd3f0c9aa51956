"""``docent postmortem``: what the history knows of some breaches, as the draft of a document."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from prevention.commands.monitor import read_history_option
from prevention.commands.options import connection_option, days_back_option
from prevention.commands.row_options import moment


@click.command()
@click.argument("names", nargs=-1, metavar="[NAME]...")
@days_back_option(7)
@click.option(
    "--now",
    callback=moment,
    metavar="TIME",
    help="Look back from this time, such as 2026-01-19T10:00. Default: now.",
)
@click.option(
    "--harm",
    multiple=True,
    metavar="TEXT",
    help="A sentence that says how much was hurt; may be repeated.",
)
@click.option(
    "--output",
    "-o",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write it there; a file that is there is left as it is.",
)
@read_history_option
@connection_option
def postmortem(
    names: tuple[str, ...],
    days: float,
    now: datetime | None,
    harm: tuple[str, ...],
    output: Path | None,
    history_url: str | None,
    connection_name: str | None,
) -> None:
    """Draft a postmortem of the breaches that lasted within some days.

    NAME is a contract's identity; without one, all are looked at. The history of the monitor says
    when each breach began and was over and who was told; the contracts and the registry, which
    promise it was, where it is written and who read it. What only people can say is left open, and
    marked.

    \b
    Examples:
      docent postmortem
      docent postmortem salesforce_lead_v2 lead_score_v1 --days 30 --output postmortem.md
      docent postmortem --harm "821 leads lost their source."

    Exit codes: 0 drafted, 2 there is no such breach, or no history.
    """  # noqa: D301 - click reads \b
    from prevention.configuration import configure
    from prevention.output import write_new, write_result
    from prevention.postmortem import postmortem as draft

    settings = configure()
    text = draft(
        *names,
        days=days,
        now=now,
        database=settings.connection(connection_name) if connection_name else None,
        history_url=history_url,
        harm=harm,
        configuration=settings,
    )
    if output is None:
        write_result(text, None)
        return
    write_new(output, text)
    click.echo(f"Wrote {output}.")


COMMANDS: tuple[click.Command, ...] = (postmortem,)
