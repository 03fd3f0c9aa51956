"""Files that are written whole or not at all, and files that are put aside instead of lost."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path


def write_atomically(path: Path, text: str, *, own: bool = False) -> None:
    """Put a text in a file's place, whole or not at all, and on the disk when this returns.

    Under a lock the new file's name may always be the same, so that whoever is killed leaves
    one scrap at most; ``own`` names it after this process where there is no lock.
    """
    scrap = path.with_suffix(f".{os.getpid()}.new" if own else ".new")
    try:
        with scrap.open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        scrap.replace(path)
    except OSError:
        scrap.unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    """Make a rename last through a power cut, where the system lets a folder be opened."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:
        return
    try:
        os.fsync(handle)
    except OSError:
        return
    finally:
        os.close(handle)


def put_aside(path: Path, at: datetime) -> Path:
    """Rename a file or a folder to a name with a date, which nothing else has."""
    dated = f"{path.stem}-{at:%Y-%m-%dT%H-%M-%S}"
    number, aside = 1, path.with_name(f"{dated}.aside")
    while aside.exists():
        number += 1
        aside = path.with_name(f"{dated}-{number}.aside")
    path.rename(aside)
    return aside
