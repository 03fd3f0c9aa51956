"""A lock that two kernels share, and that a killed one gives back."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final

PATIENCE: Final = 5.0
"""Seconds to wait for somebody else; the work under the lock takes a few milliseconds."""


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the lock of this file; OSError when it cannot be had in time."""
    with path.open("a+") as file:
        deadline = time.monotonic() + PATIENCE
        while not _try_lock(file):
            if time.monotonic() > deadline:
                raise TimeoutError(110, "another notebook holds it", str(path))
            time.sleep(0.01)
        yield  # closing the file, or the end of the process, gives the lock back


def is_held(path: Path) -> bool:
    """Whether somebody who lives holds the lock of this file."""
    with path.open("a+") as file:
        return not _try_lock(file)


if sys.platform == "win32":
    import msvcrt

    def _try_lock(file: IO[str]) -> bool:
        try:
            file.seek(0)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _try_lock(file: IO[str]) -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
