"""A folder for a moment's work. What a killed kernel has left of one is swept up by the next."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from docent.locking import is_held, locked

IN_USE: Final = ".in-use"
"""The file that is locked for as long as whoever made the folder lives."""


@contextmanager
def scrap_folder(kind: str, beside: Path) -> Iterator[Path]:
    """Make a folder called ``kind-…`` in another one, and take it away at the end."""
    sweep(kind, beside)
    with (
        tempfile.TemporaryDirectory(prefix=f"{kind}-", dir=beside) as folder,
        locked(Path(folder) / IN_USE),
    ):
        yield Path(folder)


def sweep(kind: str, beside: Path) -> None:
    """Take away the folders of this kind that nobody uses any more."""
    for folder in beside.glob(f"{kind}-*"):
        mark = folder / IN_USE
        if mark.is_file() and not is_held(mark):
            shutil.rmtree(folder, ignore_errors=True)
