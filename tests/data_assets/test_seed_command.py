"""``docent seed`` from end to end: wild files, little memory, a server that dies or is too old."""

from __future__ import annotations

import contextlib
import gzip
import json
import os
import resource
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data_assets import migrating, seeding, server, urls
from data_assets.columns import TABLES
from tests.conftest import REPOSITORY, omit
from tests.data_assets.conftest import KITTEN, a_record, rows
from tests.prevention.running import DOCENT, Ran, docent, docent_process, environment

Write = Callable[..., Path]


def counts(url: str) -> list[int]:
    return [rows(url, f"select count(*) from {table}")[0][0] for table in TABLES]


# ------------------------------------------------------------------ wild files

WILD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=6,
)
"""Any value that JSON has, and NaN."""
RECORDS = st.one_of(
    WILD,
    st.builds(lambda changes: KITTEN | changes,
              st.dictionaries(st.sampled_from([*KITTEN]), WILD, max_size=4)),
    st.builds(lambda lost: {key: value for key, value in KITTEN.items() if key not in lost},
              st.sets(st.sampled_from([*KITTEN]), max_size=4)),
    st.builds(a_record, st.integers(-(2**70), 2**70)),
)  # fmt: skip
"""Records, whole ones among them, and what stands in their place."""
LAID_OUT = st.sampled_from(["array", "lines", "pretty"])


def laid_out(records: list[object], how: str) -> bytes:
    if how == "lines":
        return "\n".join(map(json.dumps, records)).encode()
    return json.dumps(records, indent=2 if how == "pretty" else None).encode()


@st.composite
def files(draw: st.DrawFn) -> bytes:
    """The content of a file: of records, that is cut, spoilt, repeated or packed now and then."""
    content = laid_out(draw(st.lists(RECORDS, max_size=4)), draw(LAID_OUT))
    for _ in range(draw(st.integers(0, 2))):
        at = draw(st.integers(0, max(0, len(content))))
        content = draw(
            st.sampled_from([
                content[:at], content[at:], content + content[at:],
                content[:at] + draw(st.binary(max_size=3)) + content[at:],
                b"\xef\xbb\xbf" + content, content.decode("utf-8", "replace").encode("utf-16"),
            ])
        )  # fmt: skip
    if draw(st.booleans()):
        packed = gzip.compress(content, mtime=0)
        content = packed[: draw(st.sampled_from([len(packed), len(packed) // 2, 10]))]
    return content


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(files(), st.sampled_from(["a.json", "a.jsonl", "a.json.gz"]), st.booleans())
def test_a_wild_file_is_loaded_or_refused_and_never_half(
    museum_18: str, tmp_path: Path, content: bytes, name: str, skip: bool
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    before = counts(museum_18)
    option = ["--skip-bad"] if skip else []
    ran = docent("seed", *option, path, settings={"DATABASE_URL": museum_18})
    after = counts(museum_18)
    assert len(set(after)) == 1  # every work is in every table
    if ran.code == 0:
        assert (ran.err, ran.out != "") == ("", True)
        return
    assert (ran.code, ran.out) == (2, "")
    assert after == before
    assert ran.err.startswith("docent: ")
    assert "\nNext: " in ran.err
    assert ran.err.replace("\n", "").isprintable()


# ------------------------------------------------------------------ little memory

MUCH = 320 << 20
"""Bytes of a file that is large; a process of Docent may have half as much beside itself."""


@pytest.fixture(scope="module")
def large() -> Iterator[Path]:
    """A file of records, each of them bulky by what no table takes."""
    folder = Path(tempfile.mkdtemp(prefix="docent-large-"))
    bulk = "x" * (1 << 20)
    try:
        with (folder / "large.jsonl").open("w") as file:
            for number in range(1, (MUCH >> 20) + 1):
                file.write(json.dumps(a_record(number, constituents=None, note=bulk)) + "\n")
        yield folder / "large.jsonl"
    finally:
        shutil.rmtree(folder)


PEAK = (
    "import sys; from prevention import cli; code = cli.main(['seed', sys.argv[1]]);"
    "print([line for line in open('/proc/self/status') if line.startswith('VmPeak')][0])"
)


def limited(command: list[str], url: str, most: int) -> Ran:
    """A process that may have so many bytes of memory."""
    done = subprocess.run(
        command, cwd=REPOSITORY, env=environment({"DATABASE_URL": url}), capture_output=True,
        text=True, timeout=300,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (most, most)),
    )  # fmt: skip
    return Ran(done.returncode, done.stdout, done.stderr)


@pytest.mark.parametrize("how", ["lines", "array", "packed"])
def test_a_file_may_be_larger_than_the_memory(
    museum_18: str, tmp_path: Path, write: Write, large: Path, how: str
) -> None:
    if not Path("/proc/self/status").exists():
        omit("/proc, which tells how much memory a process has")
    small = [sys.executable, "-c", PEAK, str(write(a_record(1)))]
    peak = int(limited(small, museum_18, 1 << 40).out.split()[-2]) << 10
    most = peak + MUCH // 2
    path = large
    if how == "array":
        path = tmp_path / "large.json"
        with large.open("rb") as lines, path.open("wb") as file:
            for number, line in enumerate(lines):
                file.write((b"," if number else b"[") + line)
            file.write(b"]")
    if how == "packed":
        path = tmp_path / "large.jsonl.gz"
        with large.open("rb") as lines, gzip.open(path, "wb", compresslevel=1) as packed:
            shutil.copyfileobj(lines, packed)
    ran = limited([*DOCENT, "seed", str(path)], museum_18, most)
    assert (ran.code, ran.err) == (0, "")
    assert counts(museum_18) == [MUCH >> 20] * 8
    at_once = [sys.executable, "-c", "import sys; open(sys.argv[1]).read()", str(large)]
    assert "MemoryError" in limited(at_once, museum_18, most).err  # so it is too large indeed


# ------------------------------------------------------------------ a dead server


@pytest.fixture
def own_server() -> Iterator[Path]:
    """The home of a server that the test may kill."""
    home = Path(tempfile.mkdtemp(prefix="home-"))
    home.chmod(0o755)
    server.start(home)
    yield home
    server.stop(home)
    shutil.rmtree(home, ignore_errors=True)


def end_sessions(home: Path) -> None:
    with psycopg.connect(server.url(home, "template1"), autocommit=True) as connection:
        connection.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity where datname = 'postgres'"
        )


def kill(home: Path) -> None:
    pid = int((server.data_folder(home) / "postmaster.pid").read_text().splitlines()[0])
    os.kill(pid, signal.SIGQUIT)  # at once, without a word to anybody


@pytest.mark.parametrize("end", [end_sessions, kill])
def test_a_database_that_is_killed_in_the_middle_of_a_seed(
    own_server: Path, tmp_path: Path, write: Write, end: Callable[[Path], None]
) -> None:
    """The file is a pipe that stays open until the database is gone."""
    url = server.url(own_server, "postgres")
    migrating.upgrade(url)
    with psycopg.connect(url) as connection:
        seeding.seed(connection, write(a_record(1)))
    pipe = tmp_path / "objects.jsonl"
    os.mkfifo(pipe)
    running = subprocess.Popen(
        [*DOCENT, "seed", str(pipe)], cwd=REPOSITORY, text=True,
        env=environment({"DATABASE_URL": url}), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    with running, pipe.open("w") as stream:
        stream.write("".join(json.dumps(a_record(n)) + "\n" for n in range(1, 2000)))
        stream.flush()
        wait_for_the_copy(url)
        end(own_server)
        with contextlib.suppress(BrokenPipeError):
            stream.write("".join(json.dumps(a_record(n)) + "\n" for n in range(2000, 9000)))
            stream.close()
        out, err = running.communicate(timeout=120)
    assert (running.returncode, out) == (2, "")
    assert "Traceback" not in err
    assert err.startswith("docent: ")
    assert "broke off in the middle of the work" in err
    assert "\nNext: " in err
    server.start(own_server)
    assert counts(url) == [1] * 8


def wait_for_the_copy(url: str) -> None:
    """Until a session is in the middle of its transaction."""
    for _ in range(400):
        query = "select from pg_stat_activity where pid <> pg_backend_pid() and query ilike 'copy%'"
        if rows(url, query):
            return
        time.sleep(0.05)
    raise AssertionError("nothing is being copied")


# ------------------------------------------------------------------ a server of another version


@contextlib.contextmanager
def server_of_version(version: str) -> Iterator[str]:
    """A server that takes any user, says of which version it is, and answers nothing else."""
    listening = socket.create_server(("127.0.0.1", 0))

    def message(kind: bytes, body: bytes) -> bytes:
        return kind + struct.pack("!I", len(body) + 4) + body

    told = {"server_version": version, "client_encoding": "UTF8", "server_encoding": "UTF8"}
    welcome = message(b"R", struct.pack("!I", 0))
    welcome += b"".join(
        message(b"S", f"{name}\0{value}\0".encode()) for name, value in told.items()
    )
    welcome += message(b"K", struct.pack("!II", 1, 1)) + message(b"Z", b"I")

    def answer() -> None:
        while True:
            try:
                client, _ = listening.accept()
            except OSError:
                return
            with client:
                (length,) = struct.unpack("!I", client.recv(4))
                client.recv(length - 4)
                client.sendall(welcome)
                client.recv(1 << 16)  # until they go

    answering = threading.Thread(target=answer)
    answering.start()
    port = listening.getsockname()[1]
    try:
        yield f"postgresql://guide@127.0.0.1:{port}/museum?sslmode=disable&gssencmode=disable"
    finally:
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        answering.join()


@pytest.mark.parametrize(
    "arguments",
    [
        ("check",), ("catalog",), ("seed", "objects.json"), ("up",), ("reset",), ("report",),
        ("draft", "object"), ("monitor", "--history-url", "sqlite:///history.db"),
    ],
)  # fmt: skip
def test_a_server_that_is_too_old_ends_every_command_with_2(
    tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    (tmp_path / "objects.json").write_text(json.dumps([a_record()]))
    shutil.copytree(REPOSITORY / "contracts", tmp_path / "contracts")
    with server_of_version("14.11") as url:
        ran = docent_process(*arguments, folder=tmp_path, settings={"DATABASE_URL": url})
    assert ran.code == 2
    if arguments[0] == "monitor":  # whose history keeps that it could not judge
        assert "Could not judge: The server of" in ran.out
        assert "is PostgreSQL 14, and Docent reads 15 and newer." in ran.out
        return
    assert ran.out == ""
    shown = urls.shown(url).partition("/museum")[0]
    assert f"docent: The server of {shown}" in ran.err
    assert "is PostgreSQL 14, and Docent reads 15 and newer." in ran.err
    assert "Next: point DATABASE_URL at a newer server" in ran.err
