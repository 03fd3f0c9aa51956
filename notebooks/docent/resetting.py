"""A fresh start that an instructor gives to a learner: database, files and progress.

Nothing is lost. The database, the files and the progress are put aside under names with a date,
as ``reset`` does, and whatever cannot be reached from here is left as it is, and said.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from docent.classroom import Classroom, ClassTrouble, Copy


@dataclass(frozen=True, slots=True)
class Reach:
    """What of a learner's can be reached from here.

    database:  the name of their database on this server; ``""`` where it has none of theirs.
    why_not:   why the database is not to be touched, although there is one.
    files:     their folder; ``None`` where there is none.
    progress:  the file that their own guide keeps, other than the class's copy; or ``None``.
    """

    copy: Copy
    environment: Mapping[str, str]
    database: str = ""
    why_not: str = ""
    files: Path | None = None
    progress: Path | None = None


@dataclass(frozen=True, slots=True)
class FreshStart:
    """What became of a learner's things: where each was put, or why it is as it was."""

    learner: str
    database: str
    files: str
    progress: str


def reach(copy: Copy, classroom: Classroom, environment: Mapping[str, str]) -> Reach:
    """Look what of a learner's is here. Raises SandboxError when the server cannot be asked.

    Somebody of the same name on another machine is somebody else: that it is this one is told by
    the id in the progress. On a server that ``DATABASE_URL`` names, the name has to do.
    """
    from data_assets.home import learner
    from data_assets.postgres import given_url
    from docent.classroom import ThisSandbox
    from docent.place import home, learner_slug

    name = copy.progress.learner
    theirs = environment_of(name, environment)
    slug, folder = learner_slug(theirs), home(environment)
    files, progress = folder / "work" / slug, folder / "progress" / f"{slug}.json"
    apart = not isinstance(classroom, ThisSandbox)  # there the copy is the file itself
    here = not apart or _is_same_learner(progress, copy)
    shared_server = given_url(environment) is not None and name != learner(environment)
    database, why_not = _find_database(theirs) if here or shared_server else ("", "")
    return Reach(
        copy,
        theirs,
        database,
        why_not,
        files if here and files.exists() else None,
        progress if here and apart else None,
    )


def _is_same_learner(path: Path, copy: Copy) -> bool:
    """Whether a progress file of this sandbox is the one that the copy was made of."""
    from docent.records import UnreadableProgress, from_text

    try:
        return from_text(path.read_text(encoding="utf-8")).id == copy.progress.id
    except (OSError, UnreadableProgress, UnicodeError):
        return False


def environment_of(learner: str, environment: Mapping[str, str]) -> Mapping[str, str]:
    """The environment in which this learner's database is the one in use.

    On a server that ``DATABASE_URL`` names, a learner's database is called as it would be in the
    sandbox; only whoever works in this very environment has the database that it names.
    """
    from data_assets import home, urls
    from data_assets.postgres import given_url

    given = given_url(environment)
    if given is None or learner == home.learner(environment):
        return {**environment, "DOCENT_LEARNER": learner}
    url = urls.with_name(given, home.database_name(learner))
    return {**environment, "DOCENT_LEARNER": learner, "DATABASE_URL": url}


def _find_database(environment: Mapping[str, str]) -> tuple[str, str]:
    """A learner's database on the server in use, and why it is not to be touched, if so."""
    from data_assets import postgres
    from data_assets.marking import read_marks
    from data_assets.place import find_place

    place = find_place(environment, lambda _: None)
    with contextlib.closing(postgres.connect(place.maintenance)) as connection:
        mark = read_marks(connection).get(place.name)
        if mark is None or mark.kind not in ("learner", "adopted"):
            return "", ""
        row = connection.execute(
            "select pg_catalog.pg_get_userbyid(datdba), current_user "
            "from pg_catalog.pg_database where datname = %s",
            [place.name],
        ).fetchone()
    owner, we = row or ("", "")
    if owner == we:
        return place.name, ""
    return place.name, f"it belongs to {owner}, and a fresh one would belong to {we}"


def fresh_start(found: Reach, classroom: Classroom, now: datetime) -> FreshStart:
    """Put a learner's things aside. Where the database cannot be, nothing else is touched."""
    from data_assets.errors import SandboxError

    try:
        database = _fresh_database(found)
    except SandboxError as error:
        kept = "as it was, because the database could not be put aside"
        return FreshStart(found.copy.progress.learner, f"as it was: {error.what}", kept, kept)
    files = _aside(found.files, now) if found.files else "none here"
    return FreshStart(
        found.copy.progress.learner, database, files, _fresh_progress(found, classroom, now)
    )


def _fresh_database(found: Reach) -> str:
    from data_assets import sandbox
    from data_assets.errors import SandboxError
    from docent.branch_databases import make_afresh
    from docent.lessons import LESSONS

    if not found.database:
        return "not on this server: they type docent reset on their own machine"
    if found.why_not:
        raise SandboxError(
            f"{found.database} is left alone: {found.why_not}.", "connect as they do"
        )
    done = sandbox.reset(found.environment)
    for purpose in sorted({one for lesson in LESSONS for one in lesson.databases}):
        make_afresh(purpose, found.environment)
    return f"fresh; the one before is kept as {done.put_aside}"


def _fresh_progress(found: Reach, classroom: Classroom, now: datetime) -> str:
    """Put the class's copy aside, and the learner's own file where it is here.

    A guide on another machine finds the copy put aside, and puts its own file aside then.
    """
    own = f"{_aside(found.progress, now)}; " if found.progress else ""
    try:
        return f"{own}kept as {classroom.put_aside(found.copy.key, now)}"
    except ClassTrouble as error:
        return f"{own}the class's copy is as it was: {error}"


def _aside(path: Path, now: datetime) -> str:
    from docent.files import put_aside

    try:
        return f"kept as {put_aside(path, now)}"
    except OSError as error:
        return f"as they were: {error.strerror}"
