"""What went wrong, for a person: each expected failure becomes what, where and what next.

What is not expected here is a defect of Docent, and is told as one.
"""

from __future__ import annotations

import errno
import os
import re
import sys
import traceback
from dataclasses import replace
from pathlib import Path
from typing import Final

from contracts.problems import DocumentError
from data_assets.errors import SandboxError
from prevention.decision import NotJudged, Obstacle

NEXT_STEPS: Final = {
    errno.ENOENT: "Look at the path: is it complete, and are you in the right folder?",
    errno.ENOSPC: "Free some room, then repeat.",
    errno.EDQUOT: "Free some room, then repeat.",
    errno.EROFS: "Name a place that may be written.",
    errno.EISDIR: "Name a file in it.",
    errno.ENOTDIR: "Name a folder, or a file in one.",
}


def describe(error: BaseException) -> tuple[Obstacle, ...]:
    """The obstacles that an expected failure tells of; none where it was not expected."""
    return tuple(
        replace(obstacle, what=hide_secrets(obstacle.what)) for obstacle in _obstacles(error)
    )


def _obstacles(error: BaseException) -> tuple[Obstacle, ...]:
    if isinstance(error, NotJudged):
        return error.obstacles
    if isinstance(error, DocumentError):
        return tuple(
            Obstacle(_at_path(problem.path, problem.what), problem.next_step, problem.location)
            for problem in error.problems
        )
    if isinstance(error, SandboxError):
        return (Obstacle(error.what, error.next_step),)
    if isinstance(error, MemoryError):
        return (Obstacle("There is not enough memory for this.", "Check fewer contracts at once."),)
    if isinstance(error, OSError):
        return (_of_the_system(error),)
    return _of_the_database(error) or _of_the_command_line(error)


def defect(error: BaseException) -> Obstacle:
    """How to tell a person that Docent itself is wrong."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if _is_file(frame)]
    where = f" ({Path(frames[-1].filename).name}:{frames[-1].lineno})" if frames else ""
    said = hide_secrets(" ".join(str(error).split())[:200])
    return Obstacle(
        f"A defect of Docent, not of your contracts: {type(error).__name__}: {said}{where}.",
        "Please open an issue with what you typed and this line; "
        "with DOCENT_DEBUG=1 it says where it happened.",
    )


def hide_secrets(text: str) -> str:
    """The text with every password in it replaced."""
    text = re.sub(r"(://[^\s:/@]*):\S*@", r"\1:***@", text)
    return re.sub(r"(?i)\b((?:ssl)?password\s*=\s*)('[^']*'|[^\s&'\"]+)", r"\1***", text)


def _is_file(frame: traceback.FrameSummary) -> bool:
    return not frame.filename.startswith("<")


def _at_path(path: str, what: str) -> str:
    return f"at {path}: {what}" if path else what


def _of_the_system(error: OSError) -> Obstacle:
    where = f"{os.fsdecode(error.filename)}: " if isinstance(error.filename, str | bytes) else ""
    said = error.strerror or str(error) or type(error).__name__
    step = NEXT_STEPS.get(error.errno or 0, "See that it exists and that you may use it.")
    return Obstacle(f"{where}{said}.", step)


def _of_the_database(error: BaseException) -> tuple[Obstacle, ...]:
    if "psycopg" not in sys.modules:
        return ()
    import psycopg

    if not isinstance(error, psycopg.Error):
        return ()
    from data_assets.postgres import explain

    explained = explain(error, "")
    return (Obstacle(explained.what, explained.next_step),)


def _of_the_command_line(error: BaseException) -> tuple[Obstacle, ...]:
    import click

    if not isinstance(error, click.ClickException):
        return ()
    command = "docent"
    if isinstance(error, click.UsageError) and error.ctx:
        command = error.ctx.command_path
    what = " ".join(error.format_message().split())  # a list of choices is broken into lines
    return (Obstacle(what if what.endswith((".", "?", ")")) else f"{what}.", f"{command} --help"),)
