"""The class: where each learner's guide leaves a copy of the progress, and an instructor reads it.

It is a folder that everybody can reach, or a table in a Postgres that everybody can reach. Where
neither is named, it is the progress of those who learn in this sandbox.

A copy holds which exercises were worked on, when, how often, and what the check said last. It
holds no answer, no query and no file of anybody's (see ``discretion``).
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final, Protocol

from docent.files import put_aside, write_atomically
from docent.locking import locked
from docent.records import Progress, UnreadableProgress, from_text

URL_VARIABLE: Final = "DOCENT_CLASS_URL"
FOLDER_VARIABLE: Final = "DOCENT_CLASS_FOLDER"


class ClassTrouble(Exception):  # noqa: N818 - what it is, not whose fault
    """The class cannot be reached, or is none: the reason, as the end of a sentence."""


class WasPutAside(Exception):  # noqa: N818 - an instructor's decision, and no error
    """The instructor has put this progress aside; the learner begins anew."""


@dataclass(frozen=True, slots=True)
class Copy:
    """A learner's progress as the class has it, under a key that no two learners share."""

    key: str
    progress: Progress


@dataclass(frozen=True, slots=True)
class Roll:
    """Everybody in a class, and what could not be read there."""

    copies: tuple[Copy, ...] = ()
    troubles: tuple[str, ...] = ()

    @property
    def everybody(self) -> tuple[Progress, ...]:
        """The progress of each."""
        return tuple(copy.progress for copy in self.copies)


class Classroom(Protocol):
    """A place where a class's progress lies. Its name holds no password."""

    @property
    def name(self) -> str:
        """What it is called in messages."""

    def knock(self) -> None:
        """See that it is there; ClassTrouble when it is not."""

    def send(self, key: str, text: str) -> None:
        """Leave a learner's progress there; ClassTrouble, or WasPutAside."""

    def read(self) -> Roll:
        """Everybody who has left theirs; ClassTrouble when there is nothing to read from."""

    def put_aside(self, key: str, at: datetime) -> str:
        """Take a learner's copy off the roll and keep it; the name that it is kept under."""


@dataclass(frozen=True, slots=True)
class SharedFolder:
    """A folder with a file for each learner."""

    folder: Path

    @property
    def name(self) -> str:
        """The folder's path."""
        return str(self.folder)

    def knock(self) -> None:
        """See that files may be left there."""
        self._require_folder()
        if not os.access(self.folder, os.W_OK | os.X_OK):
            raise ClassTrouble("nothing may be written there")

    def send(self, key: str, text: str) -> None:
        """Write a learner's file, whole or not at all."""
        self._require_folder()
        if self._is_aside(key):
            raise WasPutAside
        try:
            write_atomically(self.folder / f"{key}.json", text, own=True)
        except OSError as error:
            raise ClassTrouble(reason(error)) from error

    def read(self) -> Roll:
        """Read every file; one that cannot be read is named, and hides nobody else."""
        self._require_folder()
        texts, troubles = [], []
        for path in sorted(self.folder.glob("*.json")):
            try:
                texts.append((path.stem, path.read_text(encoding="utf-8")))
            except (OSError, UnicodeError) as error:
                troubles.append(f"{path.stem} cannot be read: {reason(error)}")
        return roll_of([(key, text) for key, text in texts if not self._is_aside(key)], troubles)

    def put_aside(self, key: str, at: datetime) -> str:
        """Rename a learner's file to one with a date, which is not read any more."""
        try:
            return str(put_aside(self.folder / f"{key}.json", at))
        except OSError as error:
            raise ClassTrouble(reason(error)) from error

    def _is_aside(self, key: str) -> bool:
        """Whether it was put aside, even if a guide that was writing just then wrote it again."""
        return next(self.folder.glob(f"{key}-*.aside"), None) is not None

    def _require_folder(self) -> None:
        if not self.folder.is_dir():
            raise ClassTrouble("there is no such folder")


class ThisSandbox(SharedFolder):
    """The progress of all who learn in one sandbox, where their guides keep it anyway.

    The key is the learner's name: whoever begins anew goes on under the same one.
    """

    def put_aside(self, key: str, at: datetime) -> str:
        """Rename a learner's file, while no guide writes it."""
        try:
            with locked(self.folder / f"{key}.lock"):
                return SharedFolder.put_aside(self, key, at)
        except OSError as error:
            raise ClassTrouble(reason(error)) from error

    def _is_aside(self, key: str) -> bool:  # noqa: ARG002 - an older one of this name
        return False

    def _require_folder(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)


def roll_of(texts: list[tuple[str, str]], troubles: list[str]) -> Roll:
    """The roll out of what each learner's guide has written under its key."""
    copies = []
    for key, text in texts:
        try:
            copies.append(Copy(key, from_text(text)))
        except UnreadableProgress as error:
            troubles.append(f"{key} cannot be read: {reason(error)}")
    return Roll(tuple(copies), tuple(troubles))


def named_class(environment: Mapping[str, str] = os.environ) -> Classroom | None:
    """The class that a learner's environment names: a table goes before a folder."""
    url = environment.get(URL_VARIABLE, "").strip()
    folder = environment.get(FOLDER_VARIABLE, "").strip()
    return classroom(url or folder) if url or folder else None


def classroom(place: str = "", environment: Mapping[str, str] = os.environ) -> Classroom:
    """The class at an address or in a folder; without either the named one, else this sandbox's."""
    from docent.class_table import SharedTable
    from docent.place import home

    named = place.strip()
    if "://" in named:
        return SharedTable(named)
    if named:
        return SharedFolder(Path(named).expanduser())
    return named_class(environment) or ThisSandbox(home(environment) / "progress")


def reason(error: Exception) -> str:
    """Why something could not be done, as the end of a sentence."""
    return (getattr(error, "strerror", None) or str(error) or type(error).__name__).lower()
