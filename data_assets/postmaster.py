"""The note that a server leaves in its data folder (``postmaster.pid``), and whether it is true."""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass
from pathlib import Path

from data_assets.programs import run


@dataclass(frozen=True, slots=True)
class Note:
    """What the server has written down in its data folder about itself (``postmaster.pid``)."""

    process: int
    data: Path
    socket_folder: Path
    ready: bool


def read_note(data: Path) -> Note | None:
    """The server's note; ``None`` where there is none, or it came here with a copy of the data."""
    try:
        lines = (data / "postmaster.pid").read_text().splitlines()
        note = Note(int(lines[0]), Path(lines[1]), Path(lines[4]), lines[7].strip() == "ready")
    except (OSError, ValueError, IndexError):
        return None
    return note if note.data == data else None


def lives(process: int) -> bool:
    """Whether a process runs; one that ended and that nobody has buried does not."""
    try:
        os.kill(process, 0)
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except ProcessLookupError:
        return False
    except OSError:  # no /proc here, or not ours to look at
        return True
    return state != "Z"


def is_server_of(process: int, data: Path) -> bool:
    """Whether a process is the server of this data, and not a stranger with its old number."""
    try:
        command = Path(f"/proc/{process}/cmdline").read_text(errors="replace")
    except OSError:  # macOS
        asked = ["ps", "-ww", "-o", "command=", "-p", str(process)]
        command = run(asked, None, data).stdout
    return "postgres" in command and str(data) in command


def is_at_work_in(data: Path) -> bool:
    """Whether a process works in the data: a session may outlive, for a while, a killed server.

    PostgreSQL looks after that itself as long as ``postmaster.pid`` is there; before it is
    removed, we have to. Where there is no ``/proc`` (macOS) nothing can be seen.
    """
    for folder in Path("/proc").glob("[0-9]*/cwd"):
        with contextlib.suppress(OSError):
            if folder.readlink() == data:
                return True
    return False
