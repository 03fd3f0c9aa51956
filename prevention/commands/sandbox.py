"""``docent up``, ``down``, ``reset``, ``url``, ``seed`` and ``lab``: the museum's database.

What a script may want to read goes to standard output; all the rest is for the person at the
terminal and goes to standard error. Everything that takes time to import is imported inside
the commands.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from prevention.commands.numbers import WholeNumber

if TYPE_CHECKING:
    from data_assets.seed_report import SeedReport

FIRST_NOTEBOOK: Final = Path("notebooks") / "00_start_here.ipynb"
LOUDNESS: Final = ("--log-level", "--debug", "--Application.log_level", "--ServerApp.log_level")
"""Options by which somebody says how much JupyterLab is to tell."""
LAB_SETTINGS: Final = Path("notebooks") / "docent" / "jupyterlab"


def say(line: str) -> None:
    """Tell the person at the terminal what is going on."""
    click.echo(f"docent: {line}", err=True)


@click.command()
def up() -> None:
    """Make the database ready: start, migrate, load the sample.

    Uses the database that DATABASE_URL names, if it is empty or was made by Docent; otherwise
    an embedded PostgreSQL, which it starts, and in it a database for you alone. What is there
    already is left as it is, so that it can be typed at any time.

    \b
    Example:
      docent up
    """  # noqa: D301 - click reads \b
    from data_assets import sandbox, urls

    url = sandbox.up(say=say)
    click.echo(urls.shown(url))
    click.echo("Next: docent check")


@click.command()
def down() -> None:
    """Stop the embedded server. All data stays.

    \b
    Example:
      docent down
    """  # noqa: D301
    from data_assets import postgres, sandbox, urls

    if given := postgres.given_url():
        say(f"DATABASE_URL names {urls.shown(given)}; that server is not ours to stop")
        return
    say("stopped; docent up starts it again" if sandbox.down() else "no server of ours is running")


@click.command()
def reset() -> None:
    """Give you a fresh database; the old one is kept aside.

    It goes on under a name with the date, and the last three are kept. Whoever is connected to
    it, such as a notebook, is cut off.

    \b
    Example:
      docent reset
    """  # noqa: D301
    from data_assets import sandbox, urls

    done = sandbox.reset(say=say)
    if done.put_aside:
        say(f"the old database is kept as {done.put_aside}")
    click.echo(urls.shown(done.url))
    click.echo("Next: docent check")


@click.command()
def url() -> None:
    """Print the address of the database that check would use.

    Whole, with its password where it has one. The server of a sandbox is started when it
    is stopped.

    \b
    Example:
      psql "$(docent url)"
    """  # noqa: D301
    from data_assets import postgres

    click.echo(postgres.database_url(say=say))


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--skip-bad",
    is_flag=True,
    help="Load the others when some records are bad, and keep those in a file beside FILE.",
)
def seed(file: Path, skip_bad: bool) -> None:
    """Load records of the Met API from FILE: all, or none.

    FILE holds a JSON array, or one record to a line, plain or gzipped; it may be larger than
    the memory. A work that is there already is brought up to date.

    \b
    Examples:
      docent seed objects.json
      docent seed --skip-bad objects.jsonl.gz
    """  # noqa: D301
    from contextlib import closing

    from data_assets import postgres
    from data_assets.seeding import seed as load

    address = postgres.database_url(say=say)
    with closing(postgres.connect(address)) as connection:
        report = load(connection, file, skip_bad=skip_bad, progress=count_records)
    if sys.stderr.isatty():
        click.echo(err=True)
    for line in describe(report):
        click.echo(line)


def count_records(records: int) -> None:
    """Count the records on one line of a terminal; say nothing into a log file."""
    if sys.stderr.isatty():
        click.echo(f"\rdocent: {records:,} records read", nl=False, err=True)


def describe(report: SeedReport) -> list[str]:
    """A seed's report in words."""
    lines = [f"{report.path}: {_count(report.records, 'record')}, {_count(report.works, 'work')}."]
    if report.superseded:
        lines.append(
            f"{_count(report.superseded, 'record')} left out, because a later one "
            "in the file speaks of the same work."
        )
    if report.rejected:
        lines.append(
            f"{_count(report.rejected, 'bad record')} left out, and kept in {report.rejects_file}:"
        )
        lines += [f"  {bad}" for bad in report.bad]
        if report.rejected > len(report.bad):
            lines.append(f"  and {report.rejected - len(report.bad):,} more")
    if report.changed:
        lines += [
            f"  {table.table}: {table.inserted:,} inserted, {table.updated:,} updated, "
            f"{table.unchanged:,} unchanged"
            for table in report.tables
        ]
    else:
        lines.append("Nothing changed: all of it was there already.")
    if report.emptied:
        lines.append('Empty text ("") stored as NULL, since it stands for a gap:')
        lines += [f"  {column}: {count:,}" for column, count in report.emptied.items()]
    if report.left_out:
        lines.append(f"Not filled, since the database lacks them: {', '.join(report.left_out)}.")
    return lines


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


@click.command(context_settings={"ignore_unknown_options": True})
@click.option("--no-browser", is_flag=True, help="Open no browser; print the address only.")
@click.option("--port", type=WholeNumber(1, 65535), help="The port JupyterLab listens on.")
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED, metavar="[JUPYTER OPTIONS]...")
def lab(no_browser: bool, port: int | None, arguments: tuple[str, ...]) -> None:
    """Make the database ready and open JupyterLab on the first notebook.

    Ctrl-C ends JupyterLab; the server goes on running until docent down. Options that are
    not known here go to JupyterLab.

    \b
    Examples:
      docent lab
      docent lab --no-browser --port 8888 --ip 0.0.0.0
    """  # noqa: D301
    import os
    from importlib.util import find_spec

    from data_assets import sandbox
    from data_assets.errors import SandboxError
    from data_assets.home import clone

    if find_spec("jupyterlab") is None:
        raise SandboxError(
            "JupyterLab is not installed.", "pip install 'docent-data-contracts[sandbox]'"
        )
    sandbox.up(say=say)
    command = lab_command(clone(), no_browser=no_browser, port=port, arguments=arguments)
    say("opening JupyterLab; Ctrl-C ends it")
    sys.stdout.flush()
    # A terminal in JupyterLab is where the lessons say "type docent check".
    programs = str(Path(sys.executable).parent)
    os.environ["PATH"] = os.pathsep.join([programs, os.environ.get("PATH", os.defpath)])
    os.execv(sys.executable, command)  # noqa: S606 - this process becomes JupyterLab


def lab_command(
    folder: Path, *, no_browser: bool, port: int | None, arguments: tuple[str, ...]
) -> list[str]:
    """The command that opens JupyterLab on the first notebook of a clone.

    JupyterLab serves the whole clone, since the lessons show pictures and change contracts that
    stand beside the notebooks; the address that it prints leads to the notebook, too.
    """
    import os

    shell = os.environ.get("SHELL") or "/bin/sh"
    command = [
        sys.executable,
        "-m",
        "jupyterlab",
        f"--ServerApp.root_dir={folder}",
        # A login shell would set PATH anew, and not find docent.
        f"--ServerApp.terminado_settings=shell_command={shell}",
        # Its overrides: the sandbox works offline, and asks nobody whether it may fetch news.
        f"--LabApp.app_settings_dir={folder / LAB_SETTINGS}",
    ]
    if not any(word.startswith(LOUDNESS) for word in arguments):
        # Or the address is lost among its news of itself.
        command += ["--ServerApp.log_level=WARN", "--LabApp.log_level=WARN"]
    if (folder / FIRST_NOTEBOOK).exists():
        command.append(f"--LabApp.default_url=/lab/tree/{FIRST_NOTEBOOK}")
    if no_browser or not _has_browser():
        command.append("--no-browser")
    if port is not None:
        command.append(f"--port={port}")
    if hasattr(os, "geteuid") and os.geteuid() == 0 and "--allow-root" not in arguments:
        command.append("--allow-root")
    return [*command, *arguments]


def _has_browser() -> bool:
    import webbrowser

    try:
        webbrowser.get()
    except webbrowser.Error:
        return False
    return True


COMMANDS: Final[tuple[click.Command, ...]] = (up, down, reset, url, lab, seed)
"""The commands of this module, for the group ``docent``."""
