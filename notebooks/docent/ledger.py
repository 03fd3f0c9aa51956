"""What a learner has done: kept in one small file, which no crash and no second kernel can spoil.

Every change is made under a lock, to what the file says at that moment, and is written to a new
file that takes the old one's place. So whoever is killed in between leaves the old state or the
new one. Where nothing can be kept, the learner goes on all the same: it is remembered until the
kernel ends, and said.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from docent.classroom import WasPutAside, reason
from docent.files import put_aside, write_atomically
from docent.locking import locked
from docent.records import Progress, Record, UnreadableProgress, from_text, merged, to_text
from docent.sending import Sender

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Kept:
    """The state after a change, and what the learner must be told about how it was kept."""

    progress: Progress
    notes: tuple[str, ...] = ()


@dataclass(slots=True)
class Ledger:
    """A learner's progress on disk.

    path:    the file.
    clock:   tells the time.
    sender:  sends a copy to the class, if there is one.
    """

    path: Path
    learner: str
    clock: Clock
    sender: Sender | None = None
    _remembered: Progress | None = None

    def read(self) -> Kept:
        """What was done so far."""
        return self._kept(lambda progress: progress, changes=False)

    def update(self, exercise: str, change: Callable[[Record], Record]) -> Kept:
        """Change one record. Never raises on account of the disk: the notes say what failed."""
        return self._kept(
            lambda progress: progress.with_record(exercise, change(progress.of(exercise))),
            changes=True,
        )

    def begin(self, lesson: str) -> Kept:
        """Note that a lesson was begun."""
        return self._kept(lambda progress: progress.with_lesson(lesson, self.clock()), changes=True)

    def hand_in(self) -> Kept:
        """What was done so far; and the class gets it, even one that did not answer just now."""
        return self._kept(lambda progress: progress, changes=False, at_once=True)

    def class_trouble(self) -> str | None:
        """Why the class has not got the last state, if it has not."""
        return self.sender.trouble if self.sender else None

    def _kept(
        self, change: Callable[[Progress], Progress], *, changes: bool, at_once: bool = False
    ) -> Kept:
        kept = self._on_disk(change, changes=changes)
        try:
            note = self._send(kept.progress, at_once=at_once)
        except WasPutAside:
            return self._begin_anew(change, kept)
        return Kept(kept.progress, (*kept.notes, note)) if note else kept

    def _on_disk(self, change: Callable[[Progress], Progress], *, changes: bool) -> Kept:
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
        return Kept(progress, tuple(notes))

    def _begin_anew(self, change: Callable[[Progress], Progress], before: Kept) -> Kept:
        """Follow the instructor, who has put this progress aside: keep it, and count from here."""
        try:
            with locked(self.path.with_suffix(".lock")):
                aside = put_aside(self.path, self.clock())
        except OSError:  # nothing was kept, or nothing can be: the next change comes back here
            return before
        self._remembered = None
        kept = self._on_disk(change, changes=True)
        with suppress(WasPutAside):  # under a new id, nobody can have done that yet
            self._send(kept.progress, at_once=True)
        note = (
            "Your instructor has given you a fresh start; what you had done is kept in "
            f"{aside}, and your progress begins here."
        )
        return Kept(kept.progress, (*kept.notes, note))

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

    def _send(self, progress: Progress, *, at_once: bool) -> str | None:
        """Send a copy to the class, where there is one and something to tell."""
        if self.sender is None or not (progress.exercises or progress.begun):
            return None
        key = f"{self.path.stem}-{progress.id}"
        return self.sender.send(key, to_text(progress), at_once=at_once)


def _not_kept(path: Path, error: OSError) -> str:
    return (
        f"Your progress could not be kept in {path.parent} ({reason(error)}); "
        "it is remembered until the kernel ends."
    )
