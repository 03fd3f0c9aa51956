"""``docent monitor``: check everything, keep what was found, say what changed."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from prevention.commands.options import connection_option, format_option, schema_option
from prevention.commands.row_options import moment

if TYPE_CHECKING:
    from prevention.monitoring import Monitored

SECONDS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
LONGEST: Final = 366 * SECONDS["d"]
"""Seconds between two runs; no system sleeps for as long as a number can say."""

history_option = click.option(
    "--history-url",
    metavar="URL",
    help="Keep the history there: postgresql://… or sqlite:///FILE. Default: history-url in "
    "[tool.docent]; else the sandbox's own database, or a local file beside any other.",
)
read_history_option = click.option(
    "--history-url",
    metavar="URL",
    help="Read the history that is there: postgresql://… or sqlite:///FILE. Default: as docent "
    "monitor, which keeps it.",
)


def seconds(_context: click.Context, _option: click.Parameter, value: str | None) -> int | None:
    """The seconds that a text such as ``5m`` means."""
    if value is None:
        return None
    match = re.fullmatch(r"([1-9][0-9]*)([smhd])", value.strip())
    if match is None:
        what = f"{value!r} is no time to wait; write it like 30s, 5m, 1h or 1d"
        raise click.BadParameter(what)
    if len(match[1]) > 9 or int(match[1]) * SECONDS[match[2]] > LONGEST:
        raise click.BadParameter(f"{value!r} is too long to wait; a year (366d) is the longest")
    return int(match[1]) * SECONDS[match[2]]


def age(_context: click.Context, _option: click.Parameter, value: str | None) -> timedelta | None:
    """The days that a text such as ``400d`` means."""
    if value is None:
        return None
    match = re.fullmatch(r"([1-9][0-9]{0,4})d", value.strip())
    if match is None:
        raise click.BadParameter(f"{value!r} is no number of days; write it like 400d")
    return timedelta(days=int(match[1]))


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="[PATH]...")
@click.option(
    "--every",
    callback=seconds,
    metavar="TIME",
    help="Go on until Ctrl-C, with a run every 30s, 5m, 1h … Default: one run, for cron.",
)
@click.option(
    "--now",
    callback=moment,
    metavar="TIME",
    help="Check as if it were this time, such as 2026-07-01T12:00. Default: the server's time, "
    "in a sandbox the sandbox's; the run itself is dated by your clock.",
)
@history_option
@click.option(
    "--metrics-file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write how it stands there, whole, after each run, in Prometheus's text format.",
)
@click.option(
    "--baseline",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Accept what this file says was broken before (see docent check).",
)
@click.option(
    "--keep",
    callback=age,
    metavar="TIME",
    help="Take runs out of the history that are older than 400d or so; breaches that last stay. "
    "Default: keep everything.",
)
@format_option(("text", "json"), "How a run is told; json is a line for each (docs/history.md).")
@click.option(
    "--notices/--no-notices",
    default=True,
    help="Tell owners and consumers of what began and ended, by the ways that are set up "
    "(docs/notices.md). Default: tell.",
)
@schema_option
@connection_option
@click.pass_context
def monitor(
    context: click.Context,
    /,
    paths: tuple[Path, ...],
    every: int | None,
    now: datetime | None,
    history_url: str | None,
    metrics_file: Path | None,
    baseline: Path | None,
    keep: timedelta | None,
    form: str,
    notices: bool,
    schemas: tuple[str, ...],
    connection_name: str | None,
) -> None:
    """Check all contracts, keep the outcome, and say what changed.

    A breach begins in the first run that finds a promise broken, and ends in the first that does
    not find it any more. docent report shows the history.

    \b
    Examples:
      docent monitor
      docent monitor --every 5m --metrics-file /var/lib/node_exporter/docent.prom
      */5 * * * *  cd /srv/museum && docent monitor --connection production
      docent monitor --history-url sqlite:////var/lib/docent/history.db

    Exit codes: 0 all promises hold, 1 a promise is broken, 2 could not judge. With --every, that
    of the last run.
    """  # noqa: D301 - click reads \b
    if every and now:
        raise click.UsageError("--now would stand still while --every goes on; leave out one")

    def once() -> Monitored:
        from prevention.baseline import read_baseline
        from prevention.configuration import configure
        from prevention.monitoring import monitor as run
        from prevention.rows import RowTerms

        settings = configure()
        return run(
            *paths,
            database=settings.connection(connection_name) if connection_name else None,
            history_url=history_url,
            schemas=schemas,
            accepted=read_baseline(baseline) if baseline else (),
            configuration=settings,
            rows=RowTerms(now=now),
            notices=notices,
            keep=keep,
        )

    def run_and_tell() -> int:
        return _tell(once(), form, metrics_file)

    context.exit(run_and_tell() if every is None else _repeat(run_and_tell, every))


def _tell(monitored: Monitored, form: str, metrics_file: Path | None) -> int:
    """Print a run, write the metrics, and return its exit code."""
    from prevention.delivering import wants_colour
    from prevention.metrics import write_metrics
    from prevention.output import write_result, write_whole

    if form == "json":
        from prevention.render.history_json import render_run

        write_result(render_run(monitored), None)
    else:
        from prevention.render.monitored import render

        write_result(render(monitored, colour=wants_colour()), None)
    if metrics_file:
        appended = monitored.appended
        write_whole(metrics_file, write_metrics(appended.run, appended.transition.open))
    return monitored.exit


def _repeat(once: Callable[[], int], every: int) -> int:
    """Run again and again until Ctrl-C or SIGTERM; what stands in the way of one run is told."""
    import signal
    import time

    signal.signal(signal.SIGTERM, signal.default_int_handler)
    runs, code = 0, 2
    try:
        while True:
            began = time.monotonic()
            code = _survive(once)
            runs += 1
            time.sleep(max(0.0, every - (time.monotonic() - began)))
    except KeyboardInterrupt:
        from prevention.render.plain import count

        click.echo(f"docent: Stopped after {count(runs, 'run')}. All are in the history.", err=True)
    return code


def _survive(once: Callable[[], int]) -> int:
    """Run once; what stands in the way is told, and the next run may go well."""
    from prevention.failures import describe

    try:
        return once()
    except BrokenPipeError:
        raise
    except Exception as error:
        obstacles = describe(error)
        if not obstacles:
            raise
        for obstacle in obstacles:
            click.echo(f"docent: {obstacle}", err=True)
        return 2


COMMANDS: tuple[click.Command, ...] = (monitor,)
