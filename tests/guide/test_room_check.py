"""The check of a room: each light beside its near miss, nothing changed, no network asked."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import webbrowser
from collections import namedtuple
from collections.abc import Callable, Iterator
from datetime import timedelta
from importlib.metadata import version
from pathlib import Path

import nbformat
import psycopg
import pytest
from click.testing import CliRunner
from psycopg import sql

from data_assets import sandbox, urls
from docent import commands, machine, place, room_check
from docent.class_table import SharedTable, open_class
from docent.classroom import SharedFolder
from docent.lessons import LESSONS
from docent.looks import Look, amber, green, looked, red, room_card, worst
from docent.room_check import look_at_room
from tests.conftest import REPOSITORY

OURS = version("click")


@pytest.mark.parametrize(
    ("found", "light"),
    [((3, 10, 14), "red"), ((3, 11, 0), "green"), ((3, 14, 9), "green"), ((3, 15, 0), "amber")],
)
def test_python(found: tuple[int, ...], light: str) -> None:
    assert machine.look_at_python(found).light == light


@pytest.mark.parametrize(
    ("lock", "light", "words"),
    [
        (f"click=={OURS} \\\n    --hash=sha256:1\n    # via x", "green", "1, each"),
        ("click==0.0.1 \\", "amber", "1 of 1 in another version: click"),
        (f"click=={OURS}\nno-such-thing==1 \\", "red", "1 of 2 missing: no-such-thing"),
        (f"click=={OURS}\nno-such-thing==1 ; sys_platform == 'plan9' \\", "green", "1, each"),
        (f"click[extra]=={OURS} ; python_version > '3' \\", "green", "1, each"),
    ],
)
def test_packages(lock: str, light: str, words: str, tmp_path: Path) -> None:
    (tmp_path / "requirements.lock").write_text(lock)
    look = machine.look_at_packages(tmp_path / "requirements.lock")
    assert (look.light, words in look.seen) == (light, True), look


def test_packages_without_a_lock(tmp_path: Path) -> None:
    assert machine.look_at_packages(tmp_path / "requirements.lock").light == "amber"


@pytest.mark.parametrize(
    ("free", "light"), [(None, "amber"), (1199, "amber"), (1200, "green"), (64_000, "green")]
)
def test_memory(free: int | None, light: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "free_memory", lambda: free)
    assert machine.look_at_memory(3).light == light


def test_this_machine_has_some_memory() -> None:
    assert (machine.free_memory() or 0) > 0


def test_ports() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        look = machine.look_at_ports(1, first=port)
        assert (look.light, look.seen) == ("amber", f"taken: {port}")
    assert machine.look_at_ports(1, first=port) == green("Ports", f"{port} free")


def test_a_browser_or_none(monkeypatch: pytest.MonkeyPatch) -> None:
    def none(*_: object) -> object:
        raise webbrowser.Error

    monkeypatch.setattr(webbrowser, "get", none)
    assert machine.look_at_browser().light == "amber"
    monkeypatch.setattr(webbrowser, "get", lambda: webbrowser.GenericBrowser("firefox"))
    assert machine.look_at_browser() == green("Browser", "firefox")


def test_git_or_none(monkeypatch: pytest.MonkeyPatch) -> None:
    assert machine.look_at_git().light == "green"
    monkeypatch.setattr(shutil, "which", lambda _: None)
    assert machine.look_at_git().light == "red"


# ---------------------------------------------------------------- the clone


@pytest.fixture
def notebooks(tmp_path: Path) -> Path:
    folder = tmp_path / "notebooks"
    folder.mkdir()
    for path in (REPOSITORY / "notebooks").glob("*.ipynb"):
        shutil.copy(path, folder)
    return folder


def test_notebooks_as_they_are_committed(notebooks: Path) -> None:
    count = len(list(notebooks.iterdir()))
    look = room_check.look_at_notebooks(notebooks, LESSONS)
    assert look == green("Notebooks", f"{count}, without outputs")


def test_a_notebook_that_was_run_is_amber_and_one_that_is_missing_red(notebooks: Path) -> None:
    path = notebooks / "00_start_here.ipynb"
    used = nbformat.read(path, as_version=4)
    next(cell for cell in used.cells if cell.cell_type == "code").execution_count = 1
    nbformat.write(used, path)
    look = room_check.look_at_notebooks(notebooks, LESSONS)
    assert (look.light, "with outputs in 00_start_here" in look.seen) == ("amber", True)
    (notebooks / "03_the_catalog.ipynb").unlink()
    look = room_check.look_at_notebooks(notebooks, LESSONS)
    assert (look.light, look.seen) == ("red", "missing: 03_the_catalog")


@pytest.mark.parametrize(
    ("text", "light"),
    [
        ("[the Met](https://metmuseum.github.io/)", "green"),
        ("![a loop](../docs/loop.svg)", "green"),
        ("![a cat](https://example.org/cat.png)", "amber"),
        ('<img width="9" src="http://example.org/cat.png">', "amber"),
        ('<script src="https://example.org/x.js"></script>', "amber"),
        ("https://example.org/cat.png", "green"),
    ],
)
def test_what_a_notebook_would_fetch(text: str, light: str, notebooks: Path) -> None:
    made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell(text)])
    nbformat.write(made, notebooks / "extra.ipynb")
    assert room_check.look_at_network(notebooks.parent).light == light


# ---------------------------------------------------------------- the server


def test_a_museum_in_each_state(own_museum: str) -> None:
    look = room_check.look_at_museum
    assert look(own_museum).light == "green"
    with psycopg.connect(own_museum, autocommit=True) as connection:
        connection.execute("alter table object_images rename column primary_image to image")
        assert look(own_museum).light == "amber"
        connection.execute("truncate object cascade")
        assert look(own_museum).seen == "it holds no works"
        connection.execute("drop table object cascade")
        assert look(own_museum).light == "red"
        name = sql.Identifier(urls.name_in(own_museum))
        connection.execute(sql.SQL("comment on database {} is null").format(name))
    assert look(own_museum).seen == "this database is not marked as a sandbox"


def test_so_many_learners_fit_and_one_more_does_not(museum: str) -> None:
    with psycopg.connect(museum) as connection:
        row = connection.execute(
            "select current_setting('max_connections')::int "
            "- current_setting('superuser_reserved_connections')::int"
        ).fetchone()
    assert row is not None
    fits = (row[0] - 10) // room_check.CONNECTIONS_EACH
    assert room_check.look_at_connections(museum, fits).light == "green"
    look = room_check.look_at_connections(museum, fits + 6)
    assert (look.light, "max_connections" in look.next_step) == ("red", True)


@pytest.mark.parametrize(("share", "light"), [(0.9, "red"), (1.1, "amber"), (2.1, "green")])
def test_disk(share: float, light: str, museum: str, home: Path,
              monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    with psycopg.connect(museum) as connection:
        row = connection.execute("select pg_database_size(current_database())").fetchone()
    assert row is not None
    free = int(row[0] * room_check.DATABASES_EACH * 4 * share)
    usage = namedtuple("usage", "free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(free))
    assert room_check.look_at_disk(museum, 4, {"DOCENT_HOME": str(home)}).light == light


def test_a_disk_elsewhere_cannot_be_seen(museum: str) -> None:
    assert room_check.look_at_disk(museum, 1, {"DATABASE_URL": museum}).light == "amber"


def test_who_may_not_create_databases_gets_no_fresh_start(museum: str) -> None:
    assert room_check.look_at_fresh_starts({"DATABASE_URL": museum}).light == "green"
    with psycopg.connect(museum, autocommit=True) as connection:
        connection.execute("create role guest login")
    try:
        address = museum.replace("postgres:@", "guest@", 1)
        look = room_check.look_at_fresh_starts({"DATABASE_URL": address})
        assert look.light == "amber"
        assert look.next_step == "its administrator types: alter role guest createdb"
    finally:
        with psycopg.connect(museum, autocommit=True) as connection:
            connection.execute("drop role guest")


# ---------------------------------------------------------------- the class


def test_a_class_that_is_there_and_one_that_is_not(
    tmp_path: Path, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    look = room_check.look_at_class
    assert look(SharedFolder(tmp_path)).light == "green"
    assert look(SharedFolder(tmp_path / "no")).light == "amber"
    assert "no class is open" in look(SharedTable(database)).seen
    open_class(database, urls.name_in(database))
    assert look(SharedTable(database)).light == "green"
    now = place.now()
    monkeypatch.setattr(place, "now", lambda: now + timedelta(minutes=9))
    assert "minutes apart" in look(SharedTable(database)).seen


# ---------------------------------------------------------------- all of it


@pytest.mark.parametrize(
    ("looks", "light", "title"),
    [
        ([green("a", "1"), green("b", "2")], "green", "All is ready"),
        ([green("a", "1"), amber("b", "2", "3")], "amber", "look at what is amber"),
        ([red("a", "1", "2"), amber("b", "2", "3")], "red", "begin with what is red"),
        ([], "green", "All is ready"),
    ],
)
def test_the_worst_light_decides_and_stands_first(
    looks: list[Look], light: str, title: str
) -> None:
    assert worst(looks) == light
    shown = room_card(looks, 1)
    assert title in shown.title
    first = repr(shown).splitlines()[2:3]
    assert not looks or first[0].startswith(light)
    for look in looks:
        for word in (look.what, look.seen, look.next_step):
            assert word in repr(shown)
            assert word in shown.html()


def test_a_look_that_fails_is_red_and_says_why() -> None:
    def fail() -> Look:
        raise PermissionError(13, "Permission denied", "/srv/class")

    look = looked("Class", fail)
    assert (look.light, look.seen) == ("red", "/srv/class: Permission denied.")
    assert look.next_step


BLOCKED = """
import sys
def refuse(event, arguments):
    if event == "socket.getaddrinfo":
        raise SystemExit("asked for " + str(arguments[0]))
    if event == "socket.connect" and isinstance(arguments[1], tuple):
        raise SystemExit("asked for " + str(arguments[1]))
sys.addaudithook(refuse)
from prevention.cli import main
sys.exit(main(["tour", "--room", "30"]))
"""


def docent_tour_room(home: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "DOCENT_HOME": str(home), "DOCENT_LEARNER": "Ada"}
    command = [sys.executable, "-c", BLOCKED]
    return subprocess.run(
        command, env=environment, capture_output=True, text=True, cwd=REPOSITORY, check=False
    )


@pytest.fixture
def new_home() -> Iterator[Path]:
    """A place for a sandbox, where the account that runs its server can reach it."""
    folder = Path(tempfile.mkdtemp(prefix="room-"))
    folder.chmod(0o755)
    yield folder / "home"
    shutil.rmtree(folder, ignore_errors=True)


def test_the_command_says_what_is_missing_makes_nothing_and_then_all_is_well(
    new_home: Path,
) -> None:
    home = new_home
    before = docent_tour_room(home)
    assert before.returncode == 1, before.stderr
    assert "begin with what is red" in before.stdout
    (line,) = [line for line in before.stdout.splitlines() if line.startswith("red")]
    assert "there is no sandbox in" in line
    assert "type docent up" in line
    assert not home.exists()

    sandbox.up({"DOCENT_HOME": str(home), "DOCENT_LEARNER": "Ada"})
    try:
        after = docent_tour_room(home)
        assert (after.returncode, after.stderr) == (0, "")
        assert "Checked for 30 learners" in after.stdout
        seen = {line.split()[1] for line in after.stdout.splitlines()[2:-1]}
        assert seen >= {"Python", "Packages", "Postgres", "Museum", "Fresh", "Connections", "Disk"}
    finally:
        sandbox.down({"DOCENT_HOME": str(home)})


def test_without_a_number_the_command_looks_for_one(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    def look(learners: int) -> tuple[Look, ...]:
        asked.append(learners)
        return (red("a", "1", "2"),) if learners > 9 else (amber("a", "1", "2"),)

    monkeypatch.setattr(room_check, "look_at_room", look)
    run: Callable[..., int] = lambda *words: (  # noqa: E731 - three calls, side by side
        CliRunner().invoke(commands.tour, list(words)).exit_code
    )
    assert [run("--room"), run("--room", "9"), run("--room", "10")] == [0, 0, 1]
    assert asked == [1, 9, 10]
    assert run("--room", "0") == 2


def test_the_room_is_looked_at_for_a_learner_who_has_a_class(learner: Path, tmp_path: Path) -> None:
    environment = {**os.environ, "DOCENT_CLASS_FOLDER": str(tmp_path)}
    whats = [look.what for look in look_at_room(environment=environment)]
    assert whats[-1] == "Class"
    assert "Class" not in [look.what for look in look_at_room(environment=os.environ)]


def test_the_settings_of_jupyterlab_fetch_nothing() -> None:
    text = (REPOSITORY / "notebooks/docent/jupyterlab/overrides.json").read_text()
    (settings,) = json.loads(text).values()
    assert settings == {"fetchNews": "false", "checkForUpdates": False}
