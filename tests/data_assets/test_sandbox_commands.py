"""The commands as they are typed: what is printed where, and with which exit code."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import psycopg
import pytest
from click.testing import CliRunner

from data_assets import sandbox, server, urls
from prevention.cli import main
from prevention.commands import sandbox as commands
from tests.conftest import REPOSITORY, omit
from tests.data_assets.conftest import a_record, comment, rows

Environment = dict[str, str]
Write = Callable[..., Path]


def docent(*words: str, environment: Environment | None = None) -> subprocess.CompletedProcess[str]:
    """Run the command as a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "prevention.cli", *words],
        cwd=REPOSITORY, env=os.environ | (environment or {}), capture_output=True, text=True,
        check=False,
    )  # fmt: skip


@pytest.mark.parametrize("command", commands.COMMANDS, ids=lambda command: command.name)
def test_each_command_has_help_with_an_example(command: click.Command) -> None:
    shown = CliRunner().invoke(command, ["--help"])
    assert shown.exit_code == 0
    assert re.search(rf"Examples?:\n  .*docent {command.name}", shown.output)


def test_the_commands() -> None:
    names = [command.name for command in commands.COMMANDS]
    assert names == ["up", "down", "reset", "url", "lab", "seed"]


def test_nothing_heavy_is_imported_for_the_help() -> None:
    code = (
        "import sys, prevention.commands.sandbox; print([m for m in "
        "('psycopg', 'alembic', 'sqlalchemy', 'data_assets.postgres') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=REPOSITORY, capture_output=True,
                          text=True, check=True)  # fmt: skip
    assert done.stdout == "[]\n"


@pytest.fixture
def home() -> Iterator[Path]:
    """A home with a space in its path, in a folder that the server's user may pass through."""
    folder = Path(tempfile.mkdtemp(prefix="home-"))
    folder.chmod(0o755)
    yield folder / "a home"
    server.stop(folder / "a home")
    shutil.rmtree(folder, ignore_errors=True)


def test_a_session_from_up_to_down(home: Path) -> None:
    environment = {"DOCENT_HOME": str(home), "DOCENT_LEARNER": "anna"}
    up = docent("up", environment=environment)
    url = server.url(home, "docent_anna")
    assert up.stderr.splitlines() == [
        "docent: making a PostgreSQL server of its own",
        "docent: starting PostgreSQL",
        "docent: creating the museum's tables",
        "docent: loading the sample",
        "docent: making the database docent_anna",
    ]
    assert (up.returncode, up.stdout) == (0, f"{url}\nNext: docent check\n")
    records = json.loads((REPOSITORY / "data_assets" / "raw_data" / "objects.json").read_text())
    assert rows(url, "select count(*) from object") == [(len(records),)]
    again = docent("up", environment=environment)
    assert (again.returncode, again.stdout, again.stderr) == (0, up.stdout, "")

    shown = docent("url", environment=environment)
    assert (shown.returncode, shown.stdout, shown.stderr) == (0, f"{url}\n", "")

    reset = docent("reset", environment=environment)
    assert (reset.returncode, reset.stdout) == (0, up.stdout)
    assert re.fullmatch(r"docent: the old database is kept as docent_anna-20[-\d]+\n",
                        reset.stderr)  # fmt: skip

    down = docent("down", environment=environment)
    assert (down.returncode, down.stdout) == (0, "")
    assert down.stderr == "docent: stopped; docent up starts it again\n"
    assert docent("down", environment=environment).stderr == (
        "docent: no server of ours is running\n"
    )

    restarted = docent("url", environment=environment)
    assert restarted.stdout == f"{url}\n"
    assert restarted.stderr == "docent: starting PostgreSQL\n"
    assert rows(url, "select count(*) from object") == [(len(records),)]


def test_psql_takes_the_address(environment: Environment, sample: Path) -> None:
    if not shutil.which("psql"):
        omit("psql")
    sandbox.up(environment, sample=sample)
    url = f"$('{sys.executable}' -m prevention.cli url)"
    done = subprocess.run(
        ["bash", "-c", f'psql "{url}" -Atc "select distinct title from object"'],
        cwd=REPOSITORY, env=os.environ | environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.stdout, done.stderr) == ("Kitten in a Cradle\n", "")


@pytest.mark.parametrize("words", [("url",), ("seed", "objects.json")])
def test_outside_a_sandbox_nothing_is_started(tmp_path: Path, words: tuple[str, ...]) -> None:
    done = docent(*words, environment={"DOCENT_HOME": str(tmp_path / "home")})
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        f"docent: No database is named, and there is no sandbox in {tmp_path / 'home'}.\n"
        "Next: type docent up to make one, or set DATABASE_URL to the database you mean\n"
    )
    assert list(tmp_path.iterdir()) == []


# ------------------------------------------------------------------ DATABASE_URL


def test_down_leaves_a_server_of_others_alone(museum_18: str) -> None:
    done = docent("down", environment={"DATABASE_URL": museum_18})
    assert done.returncode == 0
    assert done.stderr.endswith("; that server is not ours to stop\n")
    assert "running" not in done.stderr
    rows(museum_18, "select 1")


def test_a_database_that_is_not_there_is_to_be_created(database: str) -> None:
    url = urls.with_name(database, "the till")
    done = docent("up", environment={"DATABASE_URL": url})
    assert (done.returncode, done.stdout) == (2, "")
    assert "has no database of this name" in done.stderr
    said = done.stderr.partition("Next: ")[2]
    assert re.fullmatch(
        r"create it \(createdb -h \S+ -U postgres 'the till'\), "
        r"or correct the name in DATABASE_URL\n",
        said,
    )
    command = shlex.split(said.removeprefix("create it (").partition("),")[0])
    if not shutil.which(command[0]):
        omit("createdb")
    try:
        subprocess.run(command, check=True)
        rows(url, "select 1")
    finally:
        with psycopg.connect(database, autocommit=True) as connection:
            connection.execute('drop database if exists "the till"')


def test_a_database_of_ours_that_is_not_there_is_made_by_up(environment: Environment) -> None:
    server.start(Path(environment["DOCENT_HOME"]), lambda _: None)
    done = docent("seed", "objects.json", environment=environment)
    assert done.returncode == 2
    assert "has no database of this name" in done.stderr
    assert done.stderr.endswith("Next: type docent up, which makes it\n")


def test_a_database_with_tables_of_others_is_refused(any_database: str) -> None:
    with psycopg.connect(any_database) as connection:
        connection.execute("create table till (id int)")
    for word in ("up", "reset"):
        done = docent(word, environment={"DATABASE_URL": any_database})
        assert (done.returncode, done.stdout) == (2, "")
        assert "is not marked as a sandbox" in done.stderr
        assert "Next: " in done.stderr
        assert "Traceback" not in done.stderr


def test_the_url_is_printed_whole_and_shown_without_its_password(museum_18: str) -> None:
    url = museum_18.replace("postgres:@", "postgres:sesame@")
    environment = {"DATABASE_URL": url.replace("postgresql://", "postgresql+psycopg://")}
    assert docent("url", environment=environment).stdout == f"{url}\n"
    for word in ("up", "down"):
        done = docent(word, environment=environment)
        assert done.returncode == 0
        assert "sesame" not in done.stdout + done.stderr
        assert "postgres:***@" in done.stdout + done.stderr


# ------------------------------------------------------------------ seed


def test_seed_says_what_it_did(museum_18: str, write: Write) -> None:
    path = write(a_record(1), a_record(2), a_record(2, title=""))
    environment = {"DATABASE_URL": museum_18}
    done = docent("seed", str(path), environment=environment)
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert lines[:3] == [
        f"{path}: 3 records, 2 works.",
        "1 record left out, because a later one in the file speaks of the same work.",
        "  object: 2 inserted, 0 updated, 0 unchanged",
    ]
    assert "  object.title: 1" in lines
    again = docent("seed", str(path), environment=environment)
    assert again.returncode == 0
    assert "Nothing changed: all of it was there already." in again.stdout


def test_seed_says_what_it_left_out(museum_18: str, write: Write) -> None:
    with psycopg.connect(museum_18) as connection:
        connection.execute("alter table object_images drop column additional_images")
    path = write(a_record(1), *(a_record(n, title=None) for n in range(2, 15)))
    environment = {"DATABASE_URL": museum_18}
    refused = docent("seed", str(path), environment=environment)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "13 of 14 records are bad, and nothing was loaded:" in refused.stderr
    assert f"Next: mend them, or type docent seed --skip-bad {path}" in refused.stderr
    done = docent("seed", "--skip-bad", str(path), environment=environment)
    assert done.returncode == 0
    assert f"13 bad records left out, and kept in {path}.rejects.jsonl:" in done.stdout
    assert "  record 2 (line 1, objectID 2): title: expected text, found null" in done.stdout
    assert "  and 3 more" in done.stdout
    assert "Not filled, since the database lacks them: object_images.additional_images." in (
        done.stdout
    )


def test_seed_leaves_a_database_of_others_alone(museum_18: str, write: Write) -> None:
    comment(museum_18, "the till")
    done = docent("seed", str(write(a_record(1))), environment={"DATABASE_URL": museum_18})
    assert done.returncode == 2
    assert "is not marked as a sandbox" in done.stderr


def test_ctrl_c_while_seeding(museum_18: str, tmp_path: Path) -> None:
    pipe = tmp_path / "objects.jsonl"
    os.mkfifo(pipe)
    running = subprocess.Popen(
        [sys.executable, "-m", "prevention.cli", "seed", str(pipe)], cwd=REPOSITORY, text=True,
        env=os.environ | {"DATABASE_URL": museum_18}, stderr=subprocess.PIPE,
    )  # fmt: skip
    with running, pipe.open("w") as stream:
        for number in range(1, 2000):
            stream.write(json.dumps(a_record(number)) + "\n")
        stream.flush()
        time.sleep(0.5)
        running.send_signal(signal.SIGINT)
        running.wait(30)
        assert running.stderr
        said = running.stderr.read()
    assert running.returncode == 2
    assert said.startswith("docent: Stopped")
    assert "Traceback" not in said
    assert rows(museum_18, "select count(*) from object") == [(0,)]


# ------------------------------------------------------------------ Windows

NEEDS_THE_SANDBOX = [
    ["up"], ["down"], ["reset"], ["url"], ["lab"], ["seed", "objects.json"],
    ["check"], ["catalog"], ["draft", "object"],
]  # fmt: skip


@pytest.mark.parametrize("words", NEEDS_THE_SANDBOX, ids=lambda words: words[0])
def test_windows_itself_is_told_at_once_what_to_do(
    words: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The system is simulated: what Windows lacks is not there to be imported."""
    monkeypatch.setattr(server, "ON_WINDOWS", True)
    for name in ("fcntl", "pwd"):
        monkeypatch.setitem(sys.modules, name, None)
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setenv("DOCENT_HOME", str(tmp_path / "home"))
    assert main(words) == 2
    said = capsys.readouterr().err
    assert said.startswith(
        "docent: No database is named, and the sandbox does not run on Windows itself.\n"
        "Next: work in WSL, Windows's own Linux (wsl --install; the README has the steps), "
    )
    assert said.count("Next:") == 1
    assert not (tmp_path / "home").exists()


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["check", "--structure-only"], 0),
        (["catalog"], 0),
        (["check", "--documents"], 0),
        (["--help"], 0),
    ],
)
def test_what_needs_no_sandbox_is_not_refused_on_windows(
    museum_18: str, words: list[str], code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "ON_WINDOWS", True)
    monkeypatch.setenv("DATABASE_URL", museum_18)
    assert main(words) == code


# ------------------------------------------------------------------ lab


@pytest.mark.parametrize(
    ("root", "browser", "options", "expected"),
    [
        (False, True, {}, []),
        (False, False, {}, ["--no-browser"]),
        (True, True, {}, ["--allow-root"]),
        (False, True, {"no_browser": True, "port": 8890}, ["--no-browser", "--port=8890"]),
        (True, True, {"arguments": ("--allow-root", "--ip", "0.0.0.0")},
         ["--allow-root", "--ip", "0.0.0.0"]),
    ],
)  # fmt: skip
def test_the_command_that_opens_jupyterlab(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    root: bool,
    browser: bool,
    options: dict[str, object],
    expected: list[str],
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0 if root else 1000)
    monkeypatch.setattr(commands, "_has_browser", lambda: browser)
    defaults: dict[str, object] = {"no_browser": False, "port": None, "arguments": ()}
    first_notebook = "--LabApp.default_url=/lab/tree/notebooks/00_start_here.ipynb"
    command = commands.lab_command(tmp_path, **(defaults | options))  # type: ignore[arg-type]
    assert command[:4] == [sys.executable, "-m", "jupyterlab", f"--ServerApp.root_dir={tmp_path}"]
    assert [word for word in command[4:] if "App." not in word] == expected
    assert first_notebook not in command

    (tmp_path / "notebooks").mkdir()
    (tmp_path / "notebooks" / "00_start_here.ipynb").touch()
    command = commands.lab_command(tmp_path, **(defaults | options))  # type: ignore[arg-type]
    assert first_notebook in command
    assert command[len(command) - len(expected) :] == expected


@pytest.mark.parametrize(
    ("arguments", "quiet"),
    [
        ((), True),
        (("--ip", "0.0.0.0"), True),
        (("--debug",), False),
        (("--log-level=INFO",), False),
    ],
)
def test_jupyterlab_tells_its_address_and_little_else_unless_asked(
    tmp_path: Path, arguments: tuple[str, ...], quiet: bool
) -> None:
    command = commands.lab_command(tmp_path, no_browser=True, port=None, arguments=arguments)
    assert ("--ServerApp.log_level=WARN" in command) is quiet


def test_lab_answers_over_a_seeded_database(environment: Environment, sample: Path) -> None:
    import socket
    import urllib.request

    sandbox.up(environment)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    running = subprocess.Popen(
        [sys.executable, "-m", "prevention.cli", "lab", "--no-browser", "--port", str(port),
         "--IdentityProvider.token=museum"],
        cwd=REPOSITORY, env=os.environ | environment, stderr=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        address = f"http://127.0.0.1:{port}/api/status?token=museum"
        for _ in range(300):
            try:
                with urllib.request.urlopen(address) as answer:
                    assert answer.status == 200
                    break
            except OSError:
                assert running.poll() is None
                time.sleep(0.2)
        else:
            pytest.fail("JupyterLab does not answer")
    finally:
        running.terminate()
        running.wait(30)
