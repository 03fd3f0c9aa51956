"""Fresh starts: of one learner or of all, on a shared sandbox and on a Postgres of one's own."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

import docent
from data_assets import postgres, sandbox, server, urls
from docent import guide, place
from docent.instructor import reset_class, reset_learner
from docent.ledger import Ledger
from tests.conftest import REPOSITORY, new_database

NAMES = ("Ada", "Ben", "Chloé")


@pytest.fixture(scope="session")
def shared_home() -> Iterator[Path]:
    """The home of a sandbox that several learners share."""
    folder = Path(tempfile.mkdtemp(prefix="class-"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        server.stop(folder)
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def instructor(
    monkeypatch: pytest.MonkeyPatch, shared_home: Path, tmp_path: Path
) -> Iterator[Path]:
    """The folder of a class whose learners share a sandbox; the environment is the instructor's."""
    school = tmp_path / "class"
    school.mkdir()
    monkeypatch.setenv("DOCENT_HOME", str(shared_home))
    monkeypatch.setenv("DOCENT_CLASS_FOLDER", str(school))
    monkeypatch.delenv("DOCENT_CLASS_URL", raising=False)
    monkeypatch.setattr(guide, "_ledgers", {})
    monkeypatch.setattr(place, "_told", {})
    monkeypatch.chdir(REPOSITORY / "notebooks")
    for name in NAMES:
        learn(name, monkeypatch)
    monkeypatch.setenv("DOCENT_LEARNER", "Ines")
    yield school
    for kept in ("work", "progress"):
        shutil.rmtree(shared_home / kept, ignore_errors=True)


def learn(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Begin, answer once, write a file, and break the database beyond repair."""
    monkeypatch.setenv("DOCENT_LEARNER", name)
    sandbox.up(os.environ)
    docent.begin("00")
    docent.check("00.3", "column-missing")
    (docent.folder("00") / "notes.txt").write_text(f"by {name}")
    docent.sql("drop table if exists object_images")


def state(name: str) -> tuple[bool, int, bool]:
    """Whether somebody's tables are whole, how many answers count, whether their file is there."""
    environment = {**os.environ, "DOCENT_LEARNER": name}
    url = postgres.database_url(environment)
    with psycopg.connect(url) as connection:
        row = connection.execute("select to_regclass('object_images') is not null").fetchone()
    slug = place.learner_slug(environment)
    path = place.home() / "progress" / f"{slug}.json"
    attempts = Ledger(path, name, place.now).read().progress.of("00.3").attempts
    file = place.lesson_folder("00", environment) / "notes.txt"
    return bool(row and row[0]), attempts, file.exists()


BROKEN, FRESH = (False, 1, True), (True, 0, False)


@pytest.mark.parametrize("in_folder", [True, False], ids=["with a class folder", "without"])
def test_one_learner_begins_afresh_and_nobody_else(
    instructor: Path, in_folder: bool, monkeypatch: pytest.MonkeyPatch, shared_home: Path
) -> None:
    if not in_folder:
        monkeypatch.delenv("DOCENT_CLASS_FOLDER")
    preview = repr(reset_learner("Chloé"))
    assert "docent_chlo_" in preview
    assert 'add `confirm="Chloé"`' in preview
    assert {state(name) for name in NAMES} == {BROKEN}

    shown = repr(reset_learner("Chloé", confirm="Chloé"))

    assert [state(name) for name in NAMES] == [BROKEN, BROKEN, FRESH]
    # Nothing of it is lost
    (aside,) = [word for word in shown.split() if word.startswith("docent_chlo_") and "-20" in word]
    url = urls.with_name(postgres.database_url(os.environ), aside)
    with psycopg.connect(url) as connection:
        assert connection.execute("select to_regclass('object_images')").fetchone() == (None,)
    (files,) = (shared_home / "work").glob("chlo_*.aside")
    assert (files / "00" / "notes.txt").read_text() == "by Chloé"
    (progress,) = (shared_home / "progress").glob("chlo_*.aside")
    assert '"attempts": 1' in progress.read_text()
    for kept in (aside, files.name, progress.name):
        assert kept in shown
    assert len(list(instructor.glob("chlo_*.aside"))) == int(in_folder)

    # A cell that is run a second time finds nobody to reset
    assert "There is no Chloé" in repr(reset_learner("Chloé", confirm="Chloé"))


def test_the_second_museum_of_a_learner_begins_afresh_too_and_nobody_elses(
    instructor: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from docent.published import published

    seconds = {}
    for name in ("Ada", "Chloé"):
        monkeypatch.setenv("DOCENT_LEARNER", name)
        seconds[name] = published()
        with psycopg.connect(seconds[name]) as connection:
            connection.execute("create table of_mine ()")
    monkeypatch.setenv("DOCENT_LEARNER", "Ines")

    reset_learner("Chloé", confirm="Chloé")

    left = {}
    for name, url in seconds.items():
        with psycopg.connect(url) as connection:
            left[name] = connection.execute("select to_regclass('of_mine')").fetchone()
    assert left == {"Ada": ("of_mine",), "Chloé": (None,)}


def test_the_learner_goes_on_in_the_same_kernel(
    instructor: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reset_learner("Ada", confirm="Ada")
    monkeypatch.setenv("DOCENT_LEARNER", "Ada")
    assert docent.check("00.3", "column-renamed").subject.kind == "correct"
    assert "Ada: 1 of" in repr(docent.progress())
    assert len(docent.sql("select * from object_images limit 1")) == 1


def test_everybody_begins_afresh_once_they_have_been_counted(instructor: Path) -> None:
    for count in (0, 2, 4):
        preview = repr(reset_class(confirm=count))
        assert "A fresh start for 3 learners" in preview
        assert "add `confirm=3`" in preview
    assert {state(name) for name in NAMES} == {BROKEN}
    assert "3 learners begin afresh" in repr(reset_class(confirm=3))
    assert {state(name) for name in NAMES} == {FRESH}
    assert "There is nobody" in repr(reset_class(confirm=3))


def test_nobody_is_reset_by_a_slip(instructor: Path) -> None:
    for shown in (
        reset_learner(),
        reset_learner("Adda", confirm="Adda"),
        reset_learner("Ada", confirm="ada"),
        reset_learner("Ada", confirm="Ben"),
        reset_learner("Ada", confirm="Ada", place="/nowhere"),
    ):
        assert shown.kind != "reset"
    assert {state(name) for name in NAMES} == {BROKEN}
    assert "there is: Ada, Ben, Chloé" in repr(reset_learner("Adda"))


def test_of_two_of_one_name_neither_is_meant_before_one_is_named(
    instructor: Path, tmp_path: Path
) -> None:
    """Another Ada, on a machine of her own: her name leads to nothing that is here."""
    from docent.classroom import SharedFolder
    from docent.sending import Sender

    other = Ledger(tmp_path / "ada.json", "Ada", place.now, Sender(SharedFolder(instructor)))
    other.begin("00")
    assert "Several are called Ada" in repr(reset_learner("Ada", confirm="Ada"))
    key = f"ada-{other.read().progress.id}"
    shown = repr(reset_learner(key, confirm=key))
    assert "not on this server" in shown
    assert state("Ada") == BROKEN
    assert "fresh start" in " ".join(other.begin("01").notes)


def test_what_stands_in_the_way_leaves_all_as_it_was(
    instructor: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from data_assets.errors import SandboxError

    def refuse(*_: object, **__: object) -> None:
        raise SandboxError("The disk is full.", "free some room")

    monkeypatch.setattr(sandbox, "reset", refuse)
    assert "as it was: The disk is full." in repr(reset_learner("Ada", confirm="Ada"))
    assert state("Ada") == BROKEN


# ---------------------------------------------------------------- on a Postgres of one's own


@pytest.fixture(params=[18, 15])
def own_server(
    request: pytest.FixtureRequest, instructor: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[str]:
    """URL of the instructor's own museum, on a server that holds one for Dora as well."""
    maintenance: str = request.getfixturevalue(f"server_{request.param}")
    with new_database(maintenance) as url, named_database(maintenance, "docent_dora") as doras:
        monkeypatch.setenv("DOCENT_LEARNER", "Dora")
        monkeypatch.setenv("DATABASE_URL", doras)
        sandbox.up(os.environ)
        docent.begin("00")
        docent.check("00.3", "column-missing")
        docent.sql("drop table if exists object_images")
        monkeypatch.setenv("DOCENT_LEARNER", "Ines")
        monkeypatch.setenv("DATABASE_URL", url)
        sandbox.up(os.environ)
        yield url


class named_database:  # noqa: N801 - read as a word
    """A database of this name, and all that resets make of it, for a while."""

    def __init__(self, maintenance: str, name: str) -> None:
        self.maintenance, self.name = maintenance, name

    def __enter__(self) -> str:
        with psycopg.connect(self.maintenance, autocommit=True) as connection:
            connection.execute(sql.SQL("create database {}").format(sql.Identifier(self.name)))
        return urls.with_name(self.maintenance, self.name)

    def __exit__(self, *_: object) -> None:
        with psycopg.connect(self.maintenance, autocommit=True) as connection:
            found = connection.execute(
                "select datname from pg_database where datname like %s", [f"{self.name}%"]
            ).fetchall()
            for (name,) in found:
                drop = sql.SQL("drop database {} with (force)").format(sql.Identifier(name))
                connection.execute(drop)


def is_whole(url: str) -> bool:
    with psycopg.connect(url) as connection:
        row = connection.execute("select to_regclass('object_images') is not null").fetchone()
    return bool(row and row[0])


def test_a_learners_database_on_a_shared_server_is_put_aside(own_server: str) -> None:
    doras = urls.with_name(own_server, "docent_dora")
    assert "docent_dora" in repr(reset_learner("Dora"))
    assert not is_whole(doras)
    shown = repr(reset_learner("Dora", confirm="Dora"))
    assert "the one before is kept as docent_dora-20" in shown
    assert is_whole(doras)
    assert is_whole(own_server)


def test_a_database_of_another_owner_is_left_alone(own_server: str) -> None:
    doras = urls.with_name(own_server, "docent_dora")
    with psycopg.connect(own_server, autocommit=True) as connection:
        connection.execute("create role dora")
        connection.execute("alter database docent_dora owner to dora")
    try:
        assert "it belongs to dora" in repr(reset_learner("Dora"))
        assert "docent_dora is left alone" in repr(reset_learner("Dora", confirm="Dora"))
        assert not is_whole(doras)
    finally:
        with psycopg.connect(own_server, autocommit=True) as connection:
            connection.execute("alter database docent_dora owner to current_user")
            connection.execute("drop role dora")


def test_a_database_without_our_mark_is_nobodys_to_reset(own_server: str) -> None:
    with psycopg.connect(own_server, autocommit=True) as connection:
        connection.execute("comment on database docent_dora is 'payroll'")
    assert "not on this server" in repr(reset_learner("Dora"))
    reset_learner("Dora", confirm="Dora")
    assert not is_whole(urls.with_name(own_server, "docent_dora"))
