"""The group ``docent``: which commands there are, and where each one lives.

A command's module is imported when the command is called; ``docent --help`` imports those
of all commands, which therefore import nothing but click before they run.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import click

SECTIONS: Final[Mapping[str, Mapping[str, str]]] = {
    "Sandbox": {
        "up": "prevention.commands.sandbox",
        "down": "prevention.commands.sandbox",
        "reset": "prevention.commands.sandbox",
        "url": "prevention.commands.sandbox",
        "lab": "prevention.commands.sandbox",
        "seed": "prevention.commands.sandbox",
        "pull": "prevention.commands.pull",
    },
    "Contracts": {
        "catalog": "prevention.commands.contracts",
        "draft": "prevention.commands.drafting",
        "convert": "prevention.commands.convert",
        "grants": "prevention.commands.grants",
        "consumers": "prevention.commands.consumers",
        "explain": "prevention.commands.explain",
        "deprecate": "prevention.commands.deprecate",
    },
    "Watch": {
        "check": "prevention.commands.contracts",
        "diff": "prevention.commands.diff",
        "parity": "prevention.commands.parity",
        "plan": "prevention.commands.plan",
        "gate": "prevention.commands.gate",
        "ack": "prevention.commands.gate",
        "monitor": "prevention.commands.monitor",
        "report": "prevention.commands.report",
        "postmortem": "prevention.commands.postmortem",
    },
}
"""The commands of Docent itself by section of the help, in its order, and their modules."""

ENTRY_POINTS: Final = "docent.commands"
"""The group of entry points by which an installed package adds commands, such as the guide."""


class Commands(click.Group):
    """The commands by section, imported late; those that others add form the last section."""

    def list_commands(self, _context: click.Context) -> list[str]:
        """Every command, in the order of the help."""
        return [name for section in self.sections().values() for name in section]

    def sections(self) -> dict[str, list[str]]:
        """The names of the commands by section."""
        sections = {title: list(commands) for title, commands in SECTIONS.items()}
        added = [name for name in added_commands() if not _home(name)]
        return {**sections, "Tour": added} if added else sections

    def get_command(self, _context: click.Context, name: str) -> click.Command | None:
        """The command of this name, imported now."""
        if home := _home(name):
            known: tuple[click.Command, ...] = import_module(home).COMMANDS
            return next(command for command in known if command.name == name)
        if address := added_commands().get(name):
            module, _, attribute = address.partition(":")
            added: click.Command = getattr(import_module(module), attribute)
            return added
        return None

    def resolve_command(
        self, context: click.Context, arguments: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that is called; an unknown one is answered with the nearest."""
        name = arguments[0]
        if not context.resilient_parsing and self.get_command(context, name) is None:
            close = get_close_matches(name, self.list_commands(context), n=1)
            hint = f" Did you mean '{close[0]}'?" if close else ""
            raise click.UsageError(f"There is no command '{name}'.{hint}", context)
        return super().resolve_command(context, arguments)

    def format_commands(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands by section, each with the first sentence of its help."""
        for title, names in self.sections().items():
            commands = ((name, self.get_command(context, name)) for name in names)
            rows = [
                (name, command.get_short_help_str(limit=70))
                for name, command in commands
                if command and not command.hidden
            ]
            with formatter.section(title):
                formatter.write_dl(rows)


def _home(name: str) -> str | None:
    return next((commands[name] for commands in SECTIONS.values() if name in commands), None)


def added_commands() -> dict[str, str]:
    """The commands that installed packages add: name -> ``module:attribute``.

    ``importlib.metadata`` would find them as well, in a third of the time that the whole help may
    take; so the files that it reads are read here.
    """
    found: dict[str, str] = {}
    for file in _entry_point_files():
        for name, address in _entries(file.read_text(encoding="utf-8", errors="replace")):
            found.setdefault(name, address)
    return found


def _entry_point_files() -> Iterator[Path]:
    for folder in dict.fromkeys(sys.path):
        try:
            entries = sorted(Path(folder).iterdir())
        except OSError:
            continue
        for entry in entries:
            file = entry / "entry_points.txt"
            if entry.name.endswith((".dist-info", ".egg-info")) and file.is_file():
                yield file


def _entries(text: str) -> Iterator[tuple[str, str]]:
    """The lines ``name = module:attribute`` below ``[docent.commands]``."""
    inside = False
    for line in text.splitlines():
        if line.startswith("["):
            inside = line.strip() == f"[{ENTRY_POINTS}]"
        elif inside and "=" in line:
            name, _, address = line.partition("=")
            yield name.strip(), address.strip()


def _print_version(context: click.Context, _parameter: click.Parameter, wanted: Any) -> None:
    if wanted and not context.resilient_parsing:
        from importlib.metadata import version

        click.echo(f"docent {version('docent-data-contracts')}")
        context.exit()


@click.group(
    name="docent",
    cls=Commands,
    epilog="Exit codes: 0 all promises hold, 1 a promise is broken, 2 could not judge.",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_print_version,
    help="Show the version and exit.",
)
def docent() -> None:
    """Data contracts for Postgres: promise, check, and learn by breaking.

    \b
    New here?     docent up        makes the museum's database
    Then          docent check     compares it with the contracts
    """  # noqa: D301 - click reads \b
