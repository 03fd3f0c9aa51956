"""The command ``docent``: parse, call, print, exit.

This module imports next to nothing, so that Ctrl-C finds somebody at home from the first
moment; the commands are in ``prevention.commands``.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import click

    from prevention.decision import Obstacle

STOPPED: Mapping[str, str] = {
    **dict.fromkeys(
        (
            "catalog",
            "check",
            "consumers",
            "convert",
            "diff",
            "draft",
            "explain",
            "gate",
            "parity",
            "postmortem",
            "progress",
            "report",
            "url",
        ),
        "Stopped. Nothing was changed.",
    ),
    **dict.fromkeys(
        ("down", "lab", "pull", "up"),
        "Stopped before the end. What was done stays.\nNext: the same command again carries on.",
    ),
    "ack": "Stopped. The list of acknowledgements is as it was, or has the whole entry.\n"
    "Next: docent gate shows which changes may pass.",
    "deprecate": "Stopped. The contract is as it was, or the whole step was written.\n"
    "Next: git status shows what was.",
    "seed": "Stopped. Of a file, all records are loaded or none.\n"
    "Next: the same command again loads what is not there yet.",
    "grants": "Stopped. Either all rights were put right, or none was touched.\n"
    "Next: docent grants shows what still differs.",
    "monitor": "Stopped. The history has every run that was told, and no half of one.",
    "plan": "Stopped. Your database is as it was; of a plan, some files may be in its folder.\n"
    "Next: put that folder aside, then the same command again.",
    "reset": "Stopped. Your database is as it was, or fresh with the old one kept aside.\n"
    "Next: docent up, to go on with the one that is there; docent reset, for a fresh one.",
    "tour": "Stopped. Your own database and progress were left alone.\n"
    "Next: the same command again begins anew.",
}
"""What is true after Ctrl-C, by command."""
STOPPED_ANYWHERE = "Stopped before the end."
RARELY: Final = 500_000
"""After how many new objects cycles are looked for: most commands are over before."""


def __getattr__(name: str) -> click.Group:
    """``docent``, the group of all commands, once somebody asks for it."""
    if name != "docent":
        raise AttributeError(name)
    from prevention.commands.group import docent

    return docent


def main(arguments: Sequence[str] | None = None) -> int:
    """Run ``docent`` and return its exit code: 0 held, 1 broken, 2 could not judge."""

    def load() -> click.Command:
        from prevention.commands.group import docent

        return docent

    if arguments is None:  # a process of our own, of which importing is half the work
        gc.set_threshold(RARELY)
    return run(load, "docent", arguments)


def run(
    load: Callable[[], click.Command], name: str, arguments: Sequence[str] | None = None
) -> int:
    """Run a command so that every failure ends in one message and an exit code of ours."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    try:
        _print_whatever_comes()
        _invoke(load(), name, words)
        sys.stdout.flush()
    except SystemExit as end:
        return _told(end.code)
    except KeyboardInterrupt:
        return _stopped(words)
    except BaseException as error:  # noqa: BLE001 - whatever comes, a person gets a message
        return _failed(error, words)
    return 0


def _invoke(command: click.Command, name: str, words: list[str]) -> None:
    """Call the command. Click's own ``main`` would end some failures in codes of its own."""
    import click

    if instruction := os.environ.get(f"_{name.upper()}_COMPLETE"):
        from click.shell_completion import shell_complete

        sys.exit(shell_complete(command, {}, name, f"_{name.upper()}_COMPLETE", instruction))
    try:
        with command.make_context(name, words) as context:
            command.invoke(context)
    except click.exceptions.Exit as end:
        sys.stdout.flush()
        sys.exit(end.exit_code)


def _print_whatever_comes() -> None:
    """Let no character fail to print: a terminal that does not know it shows its escape.

    A stream that was closed before we came takes everything and shows nothing.
    """
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open("w"))  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def _told(code: object) -> int:
    """The exit code of a command that ended by itself; words instead of a number are told."""
    if code is None or code in {0, 1, 2}:
        return int(code or 0)
    if isinstance(code, str):
        _say(code)
    return 2


def _stopped(words: Sequence[str]) -> int:
    _say(f"docent: {STOPPED.get(words[0] if words else '', STOPPED_ANYWHERE)}")
    return 2


def _failed(error: BaseException, words: Sequence[str]) -> int:
    """Tell of a failure in one message, and return 2."""
    import click

    from prevention.failures import defect, describe

    _give_up_output(error)
    if isinstance(error, BrokenPipeError):
        return 2
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        _say(error.format_message())
        return 2
    if isinstance(error, click.Abort):
        return _stopped(words)
    obstacles = describe(error)
    if not obstacles and os.environ.get("DOCENT_DEBUG"):
        import traceback

        _say("".join(traceback.format_exception(error)))
    _say("\n".join(_message(obstacle) for obstacle in obstacles or (defect(error),)))
    return 2


def _message(obstacle: Obstacle) -> str:
    from prevention.render.plain import one_line, place

    at = obstacle.location
    where = f"{place(at)}:{at.column}" if at else "docent"
    what = "\n  ".join(one_line(line) for line in obstacle.what.splitlines())
    return f"{where}: {what}\nNext: {one_line(obstacle.next_step)}"


def _give_up_output(error: BaseException) -> None:
    """Where standard output takes no more, let the interpreter's last flush go nowhere."""
    try:
        sys.stdout.flush()
    except (OSError, ValueError):
        _redirect_to_nowhere()
    if isinstance(error, BrokenPipeError):
        _redirect_to_nowhere()


def _redirect_to_nowhere() -> None:
    try:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
    except (OSError, ValueError):
        pass


def _say(message: str) -> None:
    try:
        sys.stderr.write(message.rstrip("\n") + "\n")
        sys.stderr.flush()
    except (OSError, ValueError):
        pass


if __name__ == "__main__":
    sys.exit(main())
