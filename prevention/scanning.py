"""The queries in a repository: which files are looked at, within bounds, and what each reads."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from detection.discovery.extracting import ENDINGS, texts_in
from detection.discovery.model import Observation
from detection.discovery.readers import fits
from prevention.decision import NotJudged, Obstacle
from prevention.render.plain import count

if TYPE_CHECKING:
    from detection.discovery.statements import Reading

LARGEST: Final = 1_000_000
"""Bytes of a file that is read: what is larger is data, or was written by a program."""
MOST: Final = 20_000
"""Files that are read of one repository."""
PASSED_OVER: Final = frozenset({"node_modules", "__pycache__", "site-packages", "venv"})
"""Folders that nobody writes queries in, where there is no git to say what belongs to a project."""


@dataclass(frozen=True, slots=True)
class Scanned:
    """What was found in a repository: queries by file, and what was left out."""

    observations: tuple[Observation, ...]
    notes: tuple[str, ...]
    files: int


def scan(
    folder: Path,
    reading: Reading,
    registries: frozenset[Path] = frozenset(),
    excluded: Sequence[str] = (),
) -> Scanned:
    """Every query that reads a table, in the files that git knows or would add.

    Where there is no repository, all files are looked at but hidden ones. ``registries`` are left
    out: their queries are known, and belong to whoever is registered there. So are the files that
    an ``excluded`` pattern fits, as the registry's ``code`` would: a path, a folder, or one with
    ``*`` and ``?`` in it.
    """
    if not folder.exists():
        raise NotJudged(Obstacle(f"There is no {folder} to scan.", "Correct the path of --scan."))
    found: list[Observation] = []
    large = 0
    files = [
        each for each in _files(folder)
        if each[1].suffix.lower() in ENDINGS and each[1].resolve() not in registries
    ]  # fmt: skip
    out = {each[0] for each in files if any(fits(each[0], one) for one in excluded)}
    idle = [one for one in excluded if not any(fits(each[0], one) for each in files)]
    files = [each for each in files if each[0] not in out]
    for name, path in files[:MOST]:
        if path.is_symlink() or not path.is_file():
            continue
        if path.stat().st_size > LARGEST:
            large += 1
            continue
        text = path.read_text(encoding="utf-8", errors="replace")
        if reading.mentions_a_table(text):
            found += _in_file(name, text, reading)
    notes = []
    if out:
        notes.append(f"{count(len(out), 'file')} of {folder} left out by --exclude")
    notes += [f"--exclude {one} fits no file of {folder}" for one in idle]
    if large:
        notes.append(f"{large} files of more than {LARGEST // 1_000_000} MB were not scanned")
    if len(files) > MOST:
        notes.append(f"only the first {MOST} of {len(files)} files were scanned")
    return Scanned(tuple(found), tuple(notes), min(len(files), MOST))


def _in_file(name: str, text: str, reading: Reading) -> Iterator[Observation]:
    for line, sql in texts_in(name, text):
        if statement := reading.read(sql):
            yield Observation(
                "file", name, "code", f"{name}:{line}", statement.reads,
                query=statement.shown, fingerprint=statement.fingerprint,
            )  # fmt: skip


def _files(folder: Path) -> list[tuple[str, Path]]:
    """The files below a folder, or the file itself: by the name that is shown, in its order."""
    if folder.is_file():
        return [(folder.name, folder)]
    from prevention.git import find_repository

    try:
        repository = find_repository(folder)
    except NotJudged:
        return sorted(_walked(folder))
    inside = repository.path_of(folder)
    prefix = f"{inside}/" if inside not in ("", ".") else ""
    return [
        (path, repository.root / path)
        for path in sorted(repository.working_files())
        if path.startswith(prefix)
    ]


def _walked(folder: Path) -> Iterator[tuple[str, Path]]:
    for here, folders, names in os.walk(folder):
        folders[:] = [
            each for each in sorted(folders) if not each.startswith(".") and each not in PASSED_OVER
        ]
        for name in names:
            path = Path(here) / name
            if not name.startswith("."):
                yield path.relative_to(folder).as_posix(), path
