"""Where a result goes: to standard output, or whole into a file."""

from __future__ import annotations

import contextlib
import os
import re
import stat
import sys
import tempfile
from pathlib import Path
from typing import TypeGuard


def write_result(text: str, file: Path | None) -> None:
    """Write to standard output (also for ``-``), or to the file as a whole."""
    if is_file(file):
        write_whole(file, text)
    else:
        sys.stdout.write(text)
        sys.stdout.flush()


def is_file(file: Path | None) -> TypeGuard[Path]:
    """Whether a result goes to a file, and not to standard output."""
    return file is not None and os.fspath(file) != "-"


def write_whole(file: Path, text: str) -> None:
    """Replace the file's contents at once: a reader, or a full disk, never leaves half of it.

    What is no ordinary file, such as ``/dev/stderr``, is written to directly.
    """
    target = Path(os.path.realpath(file))
    if target.exists() and not target.is_file():
        target.write_text(text, encoding="utf-8", errors="backslashreplace")
        return
    try:
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name[:100]}.")
    except OSError as error:  # of a name that nobody has asked for
        raise OSError(error.errno, error.strerror, os.fspath(file)) from None
    temporary = Path(name)
    try:
        # Line ends are those of the text, on every system.
        with os.fdopen(
            handle, "w", encoding="utf-8", errors="backslashreplace", newline=""
        ) as stream:
            stream.write(text)
        temporary.chmod(_mode(target))
        temporary.replace(target)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise


def write_new(file: Path, text: str) -> None:
    """Create the file, and the folder for it; raises FileExistsError where there is one already.

    What is there stays as it is; and what could not be written whole does not stay.
    """
    if not os.path.lexists(file.parent):
        file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("x", encoding="utf-8", newline="") as stream:
        try:
            stream.write(text)
            stream.flush()
        except BaseException:
            file.unlink(missing_ok=True)
            raise


def as_file_name(text: str) -> str:
    """A text as one part of a path: letters, digits, ``_`` and ``-``, and never too long."""
    plain = re.sub(r"[^\w]+", "-", text).strip("-")
    return plain.encode("utf-8", "ignore")[:120].decode("utf-8", "ignore") or "unnamed"


def _mode(target: Path) -> int:
    """The rights of the file that is replaced, or those of any new one."""
    if target.exists():
        return stat.S_IMODE(target.stat().st_mode)
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
