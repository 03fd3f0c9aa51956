"""Where an exercise takes place: a learner's folder for a lesson, and the learner's database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import psycopg


@dataclass(frozen=True, slots=True)
class Room:
    """A learner's place in one lesson.

    folder:        holds the files that the learner works on.
    database_url:  the database; ``""`` means the one that the sandbox gives to this learner,
                   which is looked for when it is first needed.
    given:         the files that the lesson gives out: name -> text.
    """

    lesson: str
    folder: Path
    database_url: str = ""
    given: Mapping[str, str] = field(default_factory=dict)

    def file(self, name: str) -> Path:
        """The path of one of the learner's files; it may not lie outside the folder."""
        path = (self.folder / name).resolve()
        if not path.is_relative_to(self.folder.resolve()):
            raise ValueError(f"{name!r} lies outside the folder of lesson {self.lesson}")
        return path

    def url(self) -> str:
        """The URL of the learner's database; may start the sandbox's server."""
        from data_assets.postgres import database_url

        return self.database_url or database_url()

    def connect(self) -> psycopg.Connection:
        """A connection to the learner's database that can change nothing."""
        from data_assets.postgres import connect

        connection = connect(self.url())
        connection.read_only = True
        return connection

    def lay_out(self) -> None:
        """Give out the lesson's files; what is there already stays as it is."""
        self.folder.mkdir(parents=True, exist_ok=True)
        for name, text in self.given.items():
            path = self.file(name)
            if not path.exists():
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
