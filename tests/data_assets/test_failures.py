"""What goes wrong with a database is told in one message, and nothing is left half done."""

from __future__ import annotations

import contextlib
import json
import os
import resource
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest

from data_assets import migrating, postgres, sandbox, seeding, server, urls
from data_assets.columns import TABLES
from data_assets.errors import SandboxError
from tests.conftest import POSTGRES_15, REPOSITORY, omit
from tests.data_assets.conftest import a_record, comment, rows

Write = Callable[..., Path]


def counts(url: str) -> list[int]:
    return [rows(url, f"select count(*) from {table}")[0][0] for table in TABLES]


@pytest.fixture(scope="module")
def strict_server() -> Iterator[str]:
    """Address of a server on TCP that asks for a password (Debian's 15)."""
    if not (POSTGRES_15 / "initdb").exists():
        omit("PostgreSQL 15")
    folder = Path(tempfile.mkdtemp(prefix="docent-strict-"))
    user = "postgres" if os.geteuid() == 0 else None
    if user:
        shutil.chown(folder, user)
    (folder / "secret").write_text("sesame")
    (folder / "secret").chmod(0o644)

    def run(*command: str) -> None:
        subprocess.run(command, check=True, capture_output=True, user=user, cwd=folder)

    data = str(folder / "data")
    run(str(POSTGRES_15 / "initdb"), "-D", data, "-U", "postgres", "-A", "scram-sha-256",
        "--pwfile", str(folder / "secret"), "--no-sync")  # fmt: skip
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    options = f"-k {folder} -p {port} -c listen_addresses=127.0.0.1 -c max_connections=8"
    run(str(POSTGRES_15 / "pg_ctl"), "-D", data, "-w", "-o", options, "-l", str(folder / "log"),
        "start")  # fmt: skip
    try:
        yield f"127.0.0.1:{port}"
    finally:
        run(str(POSTGRES_15 / "pg_ctl"), "-D", data, "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)


@pytest.mark.parametrize(
    ("account", "name", "said"),
    [
        ("postgres:opensesame", "postgres", "refuses the user or the password"),
        ("postgres", "postgres", "refuses the user or the password"),
        ("anna:sesame", "postgres", "refuses the user or the password"),
        ("postgres:sesame", "museum", "has no database of this name"),
    ],
)
def test_who_is_refused(
    strict_server: str, account: str, name: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"postgresql://{account}@{strict_server}/{name}"
    monkeypatch.setenv("DATABASE_URL", url)
    with pytest.raises(SandboxError, match=said) as caught:
        postgres.connect(url)
    assert "sesame" not in str(caught.value)
    assert strict_server in caught.value.what
    assert "DATABASE_URL" in caught.value.next_step


def test_a_server_without_a_connection_to_spare(strict_server: str) -> None:
    url = f"postgresql://postgres:sesame@{strict_server}/postgres"
    with contextlib.ExitStack() as stack:

        def take_all() -> None:
            for _ in range(20):
                stack.enter_context(contextlib.closing(postgres.connect(url)))

        with pytest.raises(SandboxError, match="no connection left"):
            take_all()


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("postgresql://u:secret@127.0.0.1:1/d", "is down, or not at this address"),
        ("postgresql:///d?host=/nowhere", "is down, or not at this address"),
        ("postgresql://u:secret@nowhere.invalid/d", "nobody knows its host's name"),
        ("postgresql://u:secret@h/d?nonsense=secret", "cannot be read"),
        ("postgresql://u:secret@h:port/d", "cannot be read as an address"),
    ],
)
def test_who_cannot_be_reached(url: str, said: str) -> None:
    with pytest.raises(SandboxError, match=said) as caught:
        postgres.connect(url)
    assert "secret" not in str(caught.value)
    assert caught.value.next_step


@pytest.mark.parametrize(
    ("given", "asked", "said", "place"),
    [
        ("postgresql://u@127.0.0.1:1/d", "postgresql://u@127.0.0.1:1/d", "is down", "DATABASE_URL"),
        ("postgresql://u@127.0.0.1:1/d", "postgresql://u@127.0.0.1:1/e", "is down", "DATABASE_URL"),
        ("postgresql://u@127.0.0.1:1/d", "postgresql://u@127.0.0.1:2/d", "is down", "the URL"),
        ("", "postgresql://u@127.0.0.1:2/d", "is down", "the URL"),
        ("mysql://u@h/d", "postgresql://u@127.0.0.1:2/d", "is down", "the URL"),
    ],
)
def test_what_to_correct_is_where_the_address_was_written(
    monkeypatch: pytest.MonkeyPatch, given: str, asked: str, said: str, place: str
) -> None:
    monkeypatch.setenv("DATABASE_URL", given)
    with pytest.raises(SandboxError, match=said) as caught:
        postgres.connect(asked)
    assert caught.value.next_step == f"start it, or correct host and port in {place}"


@pytest.mark.parametrize("asked", ["mysql://u@h/d", "nonsense", "postgresql://u:a@b@h/d"])
def test_an_address_that_was_handed_over_is_not_called_by_another_name(asked: str) -> None:
    with pytest.raises(SandboxError) as caught:
        postgres.connect(asked)
    assert caught.value.what.startswith("This URL ")


def test_a_server_that_does_not_answer() -> None:
    with socket.socket() as mute:
        mute.bind(("127.0.0.1", 0))
        mute.listen()
        url = f"postgresql://u@127.0.0.1:{mute.getsockname()[1]}/d"
        with pytest.raises(SandboxError, match="does not answer in time"):
            postgres.connect(url, timeout=2)


def test_a_server_that_is_too_old(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres, "OLDEST_VERSION", 99)
    with pytest.raises(SandboxError, match="is PostgreSQL 18, and Docent reads 99 and newer"):
        postgres.connect(database)


# ------------------------------------------------------------------ while seeding


def test_a_read_only_database(museum: str, write: Write, sample: Path) -> None:
    name = urls.name_in(museum)
    with psycopg.connect(museum, autocommit=True) as connection:
        connection.execute(f'alter database "{name}" set default_transaction_read_only = on')
    with psycopg.connect(museum) as connection, pytest.raises(SandboxError, match="is read-only"):
        seeding.seed(connection, write(a_record()))
    for command in (
        migrating.downgrade,
        lambda url: sandbox.up({"DATABASE_URL": url}, sample=sample),
    ):
        with pytest.raises(SandboxError, match="is read-only") as caught:
            command(museum)
        assert "may be written" in caught.value.next_step
    assert counts(museum) == [0] * 8


def test_an_empty_read_only_database(database: str) -> None:
    name = urls.name_in(database)
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(f'alter database "{name}" set default_transaction_read_only = on')
    with pytest.raises(SandboxError, match="is read-only"):
        sandbox.up({"DATABASE_URL": database})


def cut_off(url: str) -> None:
    """End the sessions of a database from another one."""
    with psycopg.connect(urls.with_name(url, "postgres"), autocommit=True) as connection:
        connection.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity where datname = %s",
            [urls.name_in(url)],
        )


def test_a_connection_that_is_cut_while_seeding(museum: str, write: Write, tmp_path: Path) -> None:
    path = write(*(a_record(n, title=None if n == 5 else "x") for n in range(1, 1500)))
    told = threading.Event()

    def cut(records: int) -> None:
        if records == 1000 and not told.is_set():
            told.set()
            cut_off(museum)

    with (
        psycopg.connect(museum) as connection,
        pytest.raises(SandboxError, match="broke off in the middle of the work") as caught,
    ):
        seeding.seed(connection, path, skip_bad=True, progress=cut)
    assert told.is_set()
    assert "then repeat" in caught.value.next_step
    assert counts(museum) == [0] * 8
    assert list(tmp_path.iterdir()) == [path]


SEED = (
    "import sys, pathlib, psycopg; from data_assets.seeding import seed;"
    "connection = psycopg.connect(sys.argv[1]);"
    "seed(connection, pathlib.Path(sys.argv[2]), progress=lambda n: print(n, flush=True))"
)


@pytest.mark.parametrize("sent", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
def test_a_process_that_is_ended_while_seeding(
    museum_18: str, tmp_path: Path, sent: signal.Signals
) -> None:
    """The file is a pipe that stays open, so that the seed is in the middle for sure."""
    pipe = tmp_path / "objects.jsonl"
    os.mkfifo(pipe)
    running = subprocess.Popen([sys.executable, "-c", SEED, museum_18, str(pipe)], cwd=REPOSITORY,
                               stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)  # fmt: skip
    with running, pipe.open("w") as stream:
        for number in range(1, 4000):
            stream.write(json.dumps(a_record(number)) + "\n")
        stream.flush()
        assert running.stdout
        assert running.stdout.readline() == b"500\n"
        running.send_signal(sent)
        running.wait(120)
    assert running.returncode != 0
    wait_for_no_other_session(museum_18)
    assert counts(museum_18) == [0] * 8


def wait_for_no_other_session(url: str) -> None:
    for _ in range(200):
        query = (
            "select count(*) from pg_stat_activity "
            "where datname = current_database() and pid <> pg_backend_pid()"
        )
        if rows(url, query) == [(0,)]:
            return
        time.sleep(0.05)
    raise AssertionError("a session of the killed process lives on")


def test_two_seeds_at_once(museum_18: str, write: Write) -> None:
    path = write(*(a_record(n) for n in range(1, 800)))
    running = [
        subprocess.Popen([sys.executable, "-c", SEED, museum_18, str(path)], cwd=REPOSITORY,
                         stdout=subprocess.DEVNULL)
        for _ in range(3)
    ]  # fmt: skip
    assert [each.wait(60) for each in running] == [0, 0, 0]
    assert counts(museum_18) == [799] * 8


@pytest.fixture
def small_disk() -> Iterator[str]:
    """URL of a server that can write no file larger than a few megabytes, as on a full disk.

    A file-size limit on its process makes each write beyond it fail, which needs no right to
    mount anything.
    """
    folder = Path(tempfile.mkdtemp(prefix="home-"))
    folder.chmod(0o755)
    server.start(folder)
    server.stop(folder)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    # The write-ahead log's files have 16 MB; they must still fit.
    resource.setrlimit(resource.RLIMIT_FSIZE, (20 << 20, hard))
    try:
        server.start(folder)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    try:
        yield server.url(folder, "postgres")
    finally:
        server.stop(folder)
        shutil.rmtree(folder, ignore_errors=True)


def test_a_file_that_cannot_grow_while_seeding(small_disk: str, tmp_path: Path) -> None:
    migrating.upgrade(small_disk)
    with psycopg.connect(small_disk) as connection:
        seeding.seed(connection, one_of(tmp_path, [a_record(1)]))
    noise = "".join(chr(33 + (n * 7919) % 94) for n in range(1500))
    records = [a_record(n, title=f"{n} {noise}") for n in range(1, 20_000)]
    with (
        psycopg.connect(small_disk) as connection,
        pytest.raises(SandboxError, match=r"PostgreSQL says: could not (extend|write)"),
    ):
        seeding.seed(connection, one_of(tmp_path, records))
    assert counts(small_disk) == [1] * 8


def one_of(folder: Path, records: list[dict[str, object]]) -> Path:
    path = folder / "many.json"
    path.write_text(json.dumps(records))
    return path


def put_on_a_full_disk(url: str, table: str) -> None:
    """Let a table that is still empty be kept on a disk that is full to the last byte."""
    ((folder, file),) = rows(
        url, f"select current_setting('data_directory'), pg_relation_filepath('{table}')"
    )
    place = Path(folder) / file
    place.unlink()
    place.symlink_to("/dev/full")


def test_a_full_disk_while_seeding(museum_18: str, write: Write) -> None:
    if not Path("/dev/full").exists():
        omit("/dev/full")
    put_on_a_full_disk(museum_18, "object_tags")
    with (
        psycopg.connect(museum_18) as connection,
        pytest.raises(SandboxError, match="disk of its server is full") as caught,
    ):
        seeding.seed(connection, write(*map(a_record, range(1, 50))))
    assert "free some room" in caught.value.next_step
    assert counts(museum_18) == [0] * 8


def test_rejects_that_cannot_be_written(museum_18: str, tmp_path: Path, write: Write) -> None:
    path = write(a_record(1, title=None), a_record(2), name="x" * 250)
    with (
        psycopg.connect(museum_18) as connection,
        pytest.raises(SandboxError, match="cannot be kept beside it: File name too long"),
    ):
        seeding.seed(connection, path, skip_bad=True)
    assert counts(museum_18) == [0] * 8


def test_a_password_in_the_address_is_not_in_any_message(museum: str, write: Write) -> None:
    secret = quote("s3sam/e@%", safe="")
    url = museum.replace("postgres:@", f"postgres:{secret}@")
    url = url.replace("postgres@/", f"postgres:{secret}@/")
    comment(museum, "the till")
    with contextlib.closing(postgres.connect(url)) as connection:
        with pytest.raises(SandboxError) as caught:
            seeding.seed(connection, write(a_record()))
        assert "s3sam" not in str(caught.value)
    with pytest.raises(SandboxError) as caught:
        postgres.connect(urls.with_name(url, "none"))
    assert "s3sam" not in str(caught.value)
