"""JupyterLab as ``docent lab`` serves it: from a copy of the clone, on a sandbox of its own."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.conftest import REPOSITORY

COPIED: Final = (
    ".github", "Makefile", "alembic.ini", "contracts", "data_assets", "detection", "docs",
    "notebooks", "prevention", "pyproject.toml",
)  # fmt: skip
"""What the tour shows and changes; JupyterLab saves notebooks, and not into the clone."""

PATIENCE: Final = 120
"""Seconds until JupyterLab must have answered; a first start makes a server and a museum."""


@dataclass(frozen=True, slots=True)
class Served:
    """A JupyterLab that runs.

    folder:       the copy of the clone that it serves.
    environment:  what it was started with; a sandbox of its own is named in it.
    """

    address: str
    token: str
    folder: Path
    environment: Mapping[str, str]

    def url_of(self, notebook: str) -> str:
        """Where a notebook is opened, in a workspace that nobody has left anything in."""
        return f"{self.address}lab/tree/notebooks/{notebook}.ipynb?reset&token={self.token}"

    def docent(self, word: str) -> str:
        """What ``docent`` prints to a word, in the copy and on its sandbox."""
        return _docent(word, self.folder, self.environment)


@contextmanager
def serve(folder: Path) -> Iterator[Served]:
    """Copy the clone into an empty folder, and serve it until the end; the database goes too."""
    clone = folder / "clone"
    for name in COPIED:
        copy_of(REPOSITORY / name, clone / name)
    environment = environment_for(folder, clone)
    process = _start(clone, environment, log := folder / "jupyterlab.log")
    try:
        yield Served(*_answered(process, folder / "runtime", log), clone, environment)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=30)
        _docent("down", clone, environment)


def copy_of(source: Path, target: Path) -> None:
    """Copy a file or a folder, without what Python has left in it."""
    if source.is_dir():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
    else:
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, target)


def environment_for(folder: Path, clone: Path) -> dict[str, str]:
    """An environment in which everything that is kept is kept in this folder."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("DOCENT_")}
    for name in ("DATABASE_URL", "BROWSER", "JUPYTER_TOKEN"):
        kept.pop(name, None)
    return kept | {
        "DOCENT_HOME": str(folder / "home"),
        "DOCENT_LEARNER": "Ada",
        "HOME": str(folder),
        "IPYTHONDIR": str(folder / "ipython"),
        "JUPYTER_CONFIG_DIR": str(folder / "config"),
        "JUPYTER_DATA_DIR": str(folder / "data"),
        "JUPYTER_RUNTIME_DIR": str(folder / "runtime"),
        "JUPYTERLAB_SETTINGS_DIR": str(folder / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(folder / "workspaces"),
        # This Python has the packages, and the copy has the code.
        "PYTHONPATH": os.pathsep.join([str(clone), str(clone / "notebooks")]),
    }


def _start(clone: Path, environment: Mapping[str, str], log: Path) -> subprocess.Popen[bytes]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    # The page then tells what its cells and its kernel are doing; nothing else is different.
    told = "--LabApp.expose_app_in_browser=True"
    command = [sys.executable, "-m", "prevention.cli", "lab", "--no-browser", "--port", port, told]
    with log.open("wb") as output:
        return subprocess.Popen(
            command, cwd=clone, env=dict(environment), stdin=subprocess.DEVNULL,
            stdout=output, stderr=output,
        )  # fmt: skip


def _answered(process: subprocess.Popen[bytes], runtime: Path, log: Path) -> tuple[str, str]:
    """The address and the token, as soon as the server accepts connections."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and process.poll() is None:
        for note in runtime.glob("jpserver-*.json"):
            said = json.loads(note.read_text(encoding="utf-8"))
            if _accepts("127.0.0.1", said["port"]):
                return f"http://127.0.0.1:{said['port']}/", said["token"]
        time.sleep(0.05)
    process.kill()
    last = log.read_text(errors="replace")[-2_000:]
    raise AssertionError(f"docent lab did not answer within {PATIENCE} seconds:\n{last}")


def _accepts(host: str, port: int) -> bool:
    try:
        with socket.create_connection((host, port), timeout=5):
            return True
    except OSError:
        return False


def _docent(word: str, clone: Path, environment: Mapping[str, str]) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "prevention.cli", word], cwd=clone, env=dict(environment),
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return done.stdout
