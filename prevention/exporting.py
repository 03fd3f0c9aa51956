"""The files of a commit, or of the working tree, in a folder of their own.

There a project's migrations can be run as they were or are to be, while the clone stays as it is.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath
from typing import Final

from prevention.git import Entry, Repository

LARGEST: Final = 10_000_000
"""Bytes: a file of this size is data, and nothing that a migration is made of."""
BATCH: Final = 50_000_000
"""Bytes that are held in memory at once."""


def export(repository: Repository, commit: str | None, target: Path, below: str = "") -> None:
    """Write the files below a folder, each at its path in the repository.

    ``commit`` is ``None`` for the working tree, of which everything is written that git tracks
    or would. Files larger than :data:`LARGEST` are left out, and no hook or filter is run.
    """
    if commit is None:
        _copy(repository, target, below)
        return
    entries = [entry for entry in repository.entries(commit, below) if _is_exported(entry)]
    # Links come last, so that no file can be written through one.
    for batch in _batches(sorted(entries, key=lambda entry: entry.kind == "link")):
        contents = repository.contents(batch)
        for entry in batch:
            _write(target / entry.path, entry, contents[entry.id])


def _copy(repository: Repository, target: Path, below: str) -> None:
    for path in repository.working_files():
        file = repository.root / path
        if not PurePosixPath(path).is_relative_to(below) or not (
            file.is_symlink() or file.is_file()
        ):
            continue
        if file.lstat().st_size <= LARGEST:
            (target / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(file, target / path, follow_symlinks=False)


def _is_exported(entry: Entry) -> bool:
    """Whether a file is written: neither a submodule, nor huge, nor at a path that leads away."""
    steps = PurePosixPath(entry.path).parts
    leads_away = entry.path.startswith("/") or not {"..", ".git"}.isdisjoint(steps)
    return entry.kind != "module" and entry.size <= LARGEST and not leads_away


def _batches(entries: Iterable[Entry]) -> Iterator[list[Entry]]:
    """The entries in lists, each of which holds no more than :data:`BATCH` bytes."""
    batch: list[Entry] = []
    room = BATCH
    for entry in entries:
        if batch and entry.size > room:
            yield batch
            batch, room = [], BATCH
        batch.append(entry)
        room -= entry.size
    if batch:
        yield batch


def _write(file: Path, entry: Entry, content: bytes) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    if entry.kind == "link":
        file.symlink_to(os.fsdecode(content))
    else:
        file.write_bytes(content)
