"""What a learner has done: kept in one small file, which no crash and no second kernel can spoil.

Every change is made under a lock, to what the file says at that moment, and is written to a new
file that takes the old one's place. So whoever is killed in between leaves the old state or the
new one. Where nothing can be kept, the learner goes on all the same: it is remembered until the
kernel ends, and said.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from docent.locking import locked
from docent.records import Progress, Record, UnreadableProgress, from_text, merged, to_text
from docent.soft_limit import TookTooLong, within

CLASS_PATIENCE: Final = 2.0
"""Seconds to wait for the class's folder, which may lie on a slow network."""

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Kept:
    """The state after a change, and what the learner must be told about how it was kept."""

    progress: Progress
    notes: tuple[str, ...] = ()


@dataclass(slots=True)
class Ledger:
    """A learner's progress on disk.

    path:          the file.
    clock:         tells the time.
    class_folder:  where a copy goes for the instructor, if anywhere.
    """

    path: Path
    learner: str
    clock: Clock
    class_folder: Path | None = None
    _remembered: Progress | None = None
    _class_trouble: str | None = None

    def read(self) -> Kept:
        """What was done so far."""
        return self._kept(lambda progress: progress, changes=False)

    def update(self, exercise: str, change: Callable[[Record], Record]) -> Kept:
        """Change one record. Never raises on account of the disk: the notes say what failed."""

        def changed(progress: Progress) -> Progress:
            return progress.with_record(exercise, change(progress.of(exercise)))

        return self._kept(changed, changes=True)

    def _kept(self, change: Callable[[Progress], Progress], *, changes: bool) -> Kept:
        notes: list[str] = []
        try:
            self._make_folder()
            with locked(self.path.with_suffix(".lock")):
                progress = change(self._current(notes))
                if changes or self._remembered is not None:
                    write_atomically(self.path, to_text(progress))
            self._remembered = None
        except OSError as error:
            progress = change(self._remembered or self._best_known())
            self._remembered = progress
            notes.append(_not_kept(self.path, error))
        else:
            self._send_to_class(progress)
        return Kept(progress, tuple(notes))

    def _make_folder(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)

    def _current(self, notes: list[str]) -> Progress:
        """What the file holds now, together with what could not be kept before."""
        try:
            written = from_text(self.path.read_text(encoding="utf-8"))
            return merged(written, self._remembered) if self._remembered else written
        except FileNotFoundError:
            if self._remembered is not None:
                return self._remembered
            return self._new()
        except (UnreadableProgress, UnicodeError):
            aside = put_aside(self.path, self.clock())
            notes.append(
                f"The file of your progress could not be read. It was put aside as {aside}; "
                "your progress begins anew."
            )
            return self._new()

    def _best_known(self) -> Progress:
        """What can be read without being allowed to write."""
        try:
            return from_text(self.path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return self._new()

    def _new(self) -> Progress:
        return Progress(self.learner, uuid.uuid4().hex[:8])

    def _send_to_class(self, progress: Progress) -> None:
        """Send a copy to the class; what keeps it from getting there is told in ``progress()``."""
        if self.class_folder is None or not progress.exercises:
            return
        target = self.class_folder / f"{self.path.stem}-{progress.id}.json"
        try:
            within(CLASS_PATIENCE, lambda: _copy_to_class(self.path, target))
            self._class_trouble = None
        except (OSError, TookTooLong) as error:
            said = "it does not answer" if isinstance(error, TookTooLong) else _reason(error)
            self._class_trouble = f"Your progress did not reach the class ({target}): {said}."

    def class_trouble(self) -> str | None:
        """Why the class has not got the last state, if it has not."""
        return self._class_trouble


def _copy_to_class(source: Path, target: Path) -> None:
    if not target.parent.is_dir():
        raise FileNotFoundError(2, "there is no such folder", str(target.parent))
    write_atomically(target, source.read_text(encoding="utf-8"), own=True)


def read_class(folder: Path) -> tuple[tuple[Progress, ...], tuple[str, ...]]:
    """The progress of everybody in a class's folder, and what could not be read there."""
    found, troubles = [], []
    for path in sorted(folder.glob("*.json")):
        try:
            found.append(from_text(path.read_text(encoding="utf-8")))
        except (OSError, UnreadableProgress, UnicodeError) as error:
            troubles.append(f"{path.name} cannot be read: {_reason(error)}")
    return tuple(found), tuple(troubles)


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


def _not_kept(path: Path, error: OSError) -> str:
    return (
        f"Your progress could not be kept in {path.parent} ({_reason(error)}); "
        "it is remembered until the kernel ends."
    )


def _reason(error: Exception) -> str:
    return (getattr(error, "strerror", None) or str(error) or type(error).__name__).lower()
