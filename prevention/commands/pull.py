"""``docent pull``: real records from the museum's API, in a file that ``docent seed`` loads."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from prevention.commands.numbers import Number, WholeNumber

if TYPE_CHECKING:
    from data_assets.raw_data.pulling import PullReport, Request


ENDINGS: Final = (".json", ".jsonl", ".ndjson")
"""How the name of a file of records may end; .gz may follow."""


def check_ending(_: click.Context, __: click.Parameter, output: Path) -> Path:
    """The file to write, unless its name promises something other than records."""
    if not output.name.removesuffix(".gz").endswith(ENDINGS):
        raise click.BadParameter(
            f"{output} ends in neither .jsonl nor .json (.gz may follow); "
            "name it so, such as met_objects.jsonl"
        )
    return output


@click.command()
@click.option("--limit", type=WholeNumber(min=1), default=100, show_default=True,
              help="How many records to pull.")  # fmt: skip
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False),
              callback=check_ending,
              default=Path("met_objects.jsonl"), show_default=True,
              help="File to write: .jsonl or .json, and .gz after it to compress.")  # fmt: skip
@click.option("--query", help="Only objects that a search for these words finds.")
@click.option("--department", help="Only objects of this department, by name or number.")
@click.option("--rate", type=Number(min=0, min_open=True, max=80), default=1.0,
              show_default=True, help="Requests a second, at most.")  # fmt: skip
@click.option("--base-url", hidden=True)
def pull(
    limit: int,
    output: Path,
    query: str | None,
    department: str | None,
    rate: float,
    base_url: str | None,
) -> None:
    """Pull real records from the museum's API into a file.

    About one request a second, as the museum's servers like it. It can be stopped at any time:
    the same command again carries on, and asks for nothing twice.

    \b
    Example:
      docent pull --limit 50 --query horses --output horses.jsonl
      docent seed horses.jsonl
    """  # noqa: D301 - click reads \b
    from data_assets.raw_data.pulling import Request

    request = Request(limit, output, query, department)
    try:
        report = _pull(request, base_url, rate)
    except KeyboardInterrupt:
        from data_assets.errors import SandboxError

        kept = request.journal.exists()
        raise SandboxError(
            f"Stopped. What was pulled so far is kept in {request.journal}."
            if kept
            else "Stopped before anything was pulled.",
            "The same command again carries on." if kept else "The same command again begins.",
        ) from None
    _print(report, request)


def _pull(request: Request, base_url: str | None, rate: float) -> PullReport:
    from tqdm import tqdm

    from data_assets.raw_data import pulling
    from data_assets.raw_data.met_api import BASE_URL, MetApi

    # A bar in a log file would be a heap of lines.
    quiet = not sys.stderr.isatty()
    with (
        tqdm(total=request.limit, unit=" records", disable=quiet, file=sys.stderr) as bar,
        MetApi(base_url or BASE_URL, rate=rate, tell=_tell) as api,
    ):
        return pulling.pull(request, api, progress=bar.update)


def _tell(sentence: str) -> None:
    """Say what is being waited for, above the bar."""
    from tqdm import tqdm

    tqdm.write(f"docent: {sentence}", file=sys.stderr)


def _print(report: PullReport, request: Request) -> None:
    if report.already_there:
        click.echo(f"{request.output} is already there, with {request.limit} records or more.")
    else:
        click.echo(f"{_count(report.records, 'record')} in {request.output}")
    if report.records < request.limit:
        click.echo("The museum has no more that fit.")
    if report.missing:
        click.echo(
            f"{_count(report.missing, 'id')} without a record, which is usual: loans, and gaps"
        )
    if report.rejected:
        click.echo(
            f"{_count(report.rejected, 'answer')} not as promised, kept in {report.rejects}:"
        )
        for problem in report.problems:
            click.echo(f"  {problem}")
    click.echo(f"Next: docent seed {request.output}")


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


COMMANDS: tuple[click.Command, ...] = (pull,)
