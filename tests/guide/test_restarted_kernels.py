"""Jupyter's own kernel, killed in the middle of a cell and started again, as JupyterLab does it."""

from __future__ import annotations

import os
import signal
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import KernelManager

from data_assets import sandbox
from docent.lessons import EXERCISES
from docent.records import from_text
from tests.conftest import REPOSITORY

PATIENCE = 120
GONE = 15.0
"""Seconds in which the server notices that a kernel is gone."""


@dataclass
class Kernel:
    """A kernel with its client."""

    manager: KernelManager
    client: BlockingKernelClient

    def run(self, cell: str) -> str:
        """Run a cell to its end; all that it put out, as text."""
        said: list[str] = []

        def note(message: dict[str, Any]) -> None:
            content = message["content"]
            said.append(content.get("text") or content.get("data", {}).get("text/plain", ""))
            said.extend(content.get("traceback", []))

        reply = self.client.execute_interactive(cell, timeout=PATIENCE, output_hook=note)
        assert reply["content"]["status"] == "ok", said
        return "".join(said)

    def kill_in(self, cell: str) -> None:
        """Run a cell until it has printed ``now``; then kill the kernel, and start it again."""
        self.client.execute(cell)
        deadline = time.monotonic() + PATIENCE
        printed = ""
        while "now" not in printed:
            assert time.monotonic() < deadline, printed
            message = self.client.get_iopub_msg(timeout=PATIENCE)
            content = message["content"]
            assert message["msg_type"] != "error", content
            printed += content.get("text", "") if message["msg_type"] == "stream" else ""
        provisioner: Any = self.manager.provisioner
        os.kill(provisioner.pid, signal.SIGKILL)
        self.manager.restart_kernel(now=True)
        self.client.wait_for_ready(timeout=PATIENCE)


@contextmanager
def started(environment: dict[str, str]) -> Iterator[Kernel]:
    manager = KernelManager(kernel_name="python3")
    manager.start_kernel(env=environment, cwd=str(REPOSITORY / "notebooks"))
    client = manager.blocking_client()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=PATIENCE)
        yield Kernel(manager, client)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
        manager.cleanup_resources()


@pytest.fixture(scope="module")
def environment() -> Iterator[dict[str, str]]:
    """The environment of a learner called Ada, with a sandbox of her own."""
    folders = [str(REPOSITORY), str(REPOSITORY / "notebooks")]
    with tempfile.TemporaryDirectory(prefix="docent-ipy-", ignore_cleanup_errors=True) as folder:
        ours = {
            "DOCENT_HOME": folder, "DOCENT_LEARNER": "Ada", "IPYTHONDIR": f"{folder}/ipython",
            "JUPYTER_RUNTIME_DIR": f"{folder}/runtime", "PYTHONPATH": os.pathsep.join(folders),
        }  # fmt: skip
        whole = {**os.environ, **ours}
        sandbox.up(whole)
        try:
            yield whole
        finally:
            sandbox.down(whole)


@pytest.fixture(scope="module")
def url(environment: dict[str, str]) -> str:
    """Ada's database."""
    return sandbox.up(environment)


@pytest.fixture(scope="module")
def kernel(environment: dict[str, str]) -> Iterator[Kernel]:
    """Ada's kernel."""
    with started(environment) as ready:
        yield ready


def locks_in(url: str) -> list[str]:
    """Which tables of Ada's are locked by others; it waits for the locks to go."""
    deadline = time.monotonic() + GONE
    with psycopg.connect(url, autocommit=True) as connection:
        while True:
            held = connection.execute(
                "select relation::regclass::text from pg_locks"
                " where database = (select oid from pg_database where datname = current_database())"
                "   and pid <> pg_backend_pid() and relation >= 16384"
            ).fetchall()
            if not held or time.monotonic() > deadline:
                return [row[0] for row in held]
            time.sleep(0.05)


IN_A_TRANSACTION = """\
import time
from data_assets.postgres import connect
from docent.place import current_url

connection = connect(current_url())
connection.execute("alter table object_images rename column primary_image to image")
print("now", flush=True)
time.sleep(600)"""

IN_A_STATEMENT = """\
import threading
from docent import check

answer = {
    "upgrade": "alter table object_gallery_info add column on_loan boolean; select pg_sleep(600)",
    "downgrade": "alter table object_gallery_info drop column on_loan",
}
threading.Timer(0.7, print, ["now"], {"flush": True}).start()
check("02.2", answer)"""

IN_AN_EXPERIMENT = """\
import time
import detection.experiment
from docent.lab import try_out

read = detection.experiment.read_catalog
times = []

def slowly(*words):
    times.append(1)
    if len(times) > 1:  # once the change is made
        print("now", flush=True)
        time.sleep(600)
    return read(*words)

detection.experiment.read_catalog = slowly
try_out("object_tags", None, "drop table")"""

IN_A_RESET = """\
import time
from data_assets import sandbox
from docent import reset

def slowly(*words):
    print("now", flush=True)
    time.sleep(600)

sandbox.send_out = slowly
reset("00")"""

WRITING_PROGRESS = """\
import os
import time
from docent import check

def slowly(_):
    print("now", flush=True)
    time.sleep(600)

os.fsync = slowly
check("00.3", "column-renamed")"""

IN_A_STEP_OF_THE_WORKFLOW = """\
import threading
from docent.workflow import open_project

project = open_project()
threading.Timer(0.4, print, ["now"], {"flush": True}).start()
project.run("python -c 'import time; time.sleep(20)'")"""

CELLS = {
    "an open transaction": IN_A_TRANSACTION,
    "a statement of a check": IN_A_STATEMENT,
    "an experiment": IN_AN_EXPERIMENT,
    "a reset": IN_A_RESET,
    "progress being written": WRITING_PROGRESS,
    "a step of the workflow": IN_A_STEP_OF_THE_WORKFLOW,
}


@pytest.mark.parametrize("where", CELLS)
def test_a_kernel_that_is_killed_and_started_again_goes_on(
    kernel: Kernel, environment: dict[str, str], url: str, where: str
) -> None:
    home = Path(environment["DOCENT_HOME"])
    kernel.run('from docent import begin\nbegin("00")')
    assert "CORRECT" in kernel.run("from docent import check\n" + EXERCISES["00.1"].solution)
    (own,) = (home / "work").iterdir()
    (own / "00" / "notes.txt").write_text(where, encoding="utf-8")

    kernel.kill_in(CELLS[where])

    assert locks_in(url) == []
    again = kernel.run("from docent import begin, check\n" + EXERCISES["00.1"].solution)
    assert "CORRECT" in again
    assert "Your database is fresh" in kernel.run('from docent import reset\nreset("07")')
    said = kernel.run("import prevention\nprint(prevention.check().status)")
    assert said.strip() == "held"
    # A reset puts files aside, and never away.
    assert where in [path.read_text(encoding="utf-8") for path in own.rglob("notes.txt")]
    (progress,) = (home / "progress").glob("*.json")
    assert from_text(progress.read_text(encoding="utf-8")).of("00.1").done
