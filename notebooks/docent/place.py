"""Where this kernel's learner stands: which database, which folders, since the last ``begin``.

Nothing here needs to be kept: after a restart of the kernel the sandbox gives the same learner
the same place again.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from docent.exercise import Lesson
from docent.room import Room

_told: dict[str, str] = {}


def now() -> datetime:
    """The time of day, in whole seconds, for whatever is dated."""
    return datetime.now(UTC).replace(microsecond=0)


def use_database(url: str) -> None:
    """Work on this database from now on; ``""`` is the sandbox's again."""
    _told["database_url"] = url


def current_url() -> str:
    """The URL of the database that this kernel works on; may start the sandbox's server.

    Raises SandboxError when there is none.
    """
    from data_assets.postgres import database_url

    return _told.get("database_url") or database_url()


def learner_slug(environment: Mapping[str, str] = os.environ) -> str:
    """The learner's name, safe as the name of a file."""
    from data_assets.home import database_name, learner

    return database_name(learner(environment)).removeprefix("docent_")


def home(environment: Mapping[str, str] = os.environ) -> Path:
    """The folder of all that the sandbox keeps."""
    from data_assets.home import home_folder

    return home_folder(environment)


def lesson_folder(lesson: str, environment: Mapping[str, str] = os.environ) -> Path:
    """The folder that a learner's files of one lesson lie in."""
    return home(environment) / "work" / learner_slug(environment) / lesson


def room_for(lesson: Lesson) -> Room:
    """The learner's room for a lesson."""
    url = _told.get("database_url", "")
    return Room(lesson.id, lesson_folder(lesson.id), url, lesson.files)


def environment_in_use() -> Mapping[str, str]:
    """The environment, naming the database that this kernel was told to work on, if another."""
    told = _told.get("database_url")
    if not told or told == _sandbox_url():
        return os.environ
    return {**os.environ, "DATABASE_URL": told}


def _sandbox_url() -> str | None:
    """What this learner would get without having been told a database."""
    from data_assets.errors import SandboxError
    from data_assets.postgres import database_url

    try:
        return database_url()
    except SandboxError:
        return None
