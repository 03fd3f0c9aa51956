"""What compose, the dev container and the workflows run: one command each, and it runs here too."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.delivery.delivered import (
    REPOSITORY,
    commands,
    compose,
    is_one_of_ours,
    read_devcontainer,
    workflows,
)
from tests.prevention.histories import git

# Commands that are not run from here, and where they are.
ELSEWHERE = {
    ".ci/run": "runs these tests",
    "make lint": "a step of .ci/run",
    "make test": "runs these tests",
    "make setup": "test_make.py, with a stand-in for Python; for real, a step of .ci/run",
    "make format": "changes the files it is given",
    "make lab": "the same as in compose, on one address; for real, a step of .ci/run",
    "make compose": "needs Docker; what its containers run is run here",
    "make compose-test": "needs Docker; what its containers run is run here",
    "make devcontainer": "needs Docker; what its container runs is run here",
}
RUN_HERE = {
    "make up",
    'make lab ARGS="--no-browser --ip 0.0.0.0"',
    "make migrate",
    'make check ARGS="--structure-only --format json --output contract-report.json"',
    'make check ARGS="--structure-only --format github"',
    "make check ARGS=--documents",
    "make pr-text FILE=pull-request.txt",
    'make gate ARGS="--pr-body-file pull-request.txt --format json --output contract-report.json"',
    'make gate ARGS="--pr-body-file pull-request.txt --format github"',
    "make comment REPORT=contract-report/contract-report.json",
    "docent check --documents",
    "docent check --structure-only --output test_output.log",
}


@pytest.mark.parametrize(("where", "command"), commands())
def test_every_command_is_one_of_ours(where: str, command: str) -> None:
    assert is_one_of_ours(command)


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("make check", True),
        ('make check ARGS="--structure-only --format github"', True),
        ("docent check --documents", True),
        (".ci/run", True),
        ("make love", False),
        ("docent dance", False),
        ("make check && make lint", False),
        ("make check | tee log", False),
        ("make check\nmake lint", False),
        ("make check ARGS=$(whoami)", False),
        ("make check ARGS=${{ github.head_ref }}", False),
        ("pip install docent", False),
    ],
)
def test_what_counts_as_one_of_ours(command: str, expected: bool) -> None:
    assert is_one_of_ours(command) is expected


def test_every_command_is_run_here_or_known_to_run_elsewhere() -> None:
    assert {command for _, command in commands()} == RUN_HERE | set(ELSEWHERE)


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A copy of the repository without .git, in a folder with a space in its name.

    Its set-up does nothing: the packages of these very tests are there to be used, and would
    otherwise be bound to the copy.
    """
    folder = tmp_path / "docent x"
    leave_out = shutil.ignore_patterns(
        ".git", ".venv", ".docent", ".*_cache", "__pycache__", "tests"
    )
    shutil.copytree(REPOSITORY, folder, ignore=leave_out)
    (folder / ".ci/setup").write_text("exit 0\n")
    return folder


def environment(database: str, **more: str) -> dict[str, str]:
    """What a command meets: the packages of this very Python, a database, no GitHub."""
    packages = Path(sys.executable).parent
    handed_down = ("GITHUB_", "MAKE", "ARGS", "REPORT", "PORT")  # by the make that runs the tests
    inherited = {k: v for k, v in os.environ.items() if not k.startswith(handed_down)}
    ours = {
        "PATH": f"{packages}:{os.environ['PATH']}",
        "VENV": str(packages.parent),
        "DATABASE_URL": database,
        "MAKEFLAGS": "--no-print-directory",
    }
    return {**inherited, **ours, **more}


def run(clone: Path, command: str, database: str, **more: str) -> subprocess.CompletedProcess[str]:
    """Run a command in the clone as a shell does."""
    return subprocess.run(
        command, shell=True, cwd=clone, env=environment(database, **more),
        capture_output=True, text=True, check=False,
    )  # fmt: skip


def runs(clone: Path, database: str, *steps: str) -> None:
    for step in steps:
        done = run(clone, step, database)
        assert done.returncode == 0, f"{step}\n{done.stdout}{done.stderr}"


def begin_history(clone: Path) -> None:
    """Let the copy be a branch that began where the repository's main branch is."""
    git(clone, "init", "--quiet", "--initial-branch=work")
    git(clone, "add", "--all")
    git(clone, "commit", "--quiet", "--message", "as it is")
    git(clone, "update-ref", "refs/remotes/origin/main", "HEAD")


def steps_of(job: str) -> list[str]:
    steps = workflows()["contracts.yml"]["jobs"][job]["steps"]
    return [step["run"] for step in steps if step.get("run", "make setup") != "make setup"]


def test_the_check_of_a_pull_request_runs_here_step_by_step(clone: Path, database: str) -> None:
    begin_history(clone)
    runs(clone, database, *steps_of("check"))
    report = json.loads((clone / "contract-report.json").read_text())
    assert (report["status"], report["compared"]["migrated"]) == ("held", True)


def test_red_leaves_a_report_which_goes_to_the_summary_for_want_of_a_token(
    clone: Path, database: str, tmp_path: Path
) -> None:
    migrate, report, annotate, fetch, judge, annotate_lines = steps_of("check")
    begin_history(clone)
    runs(clone, database, migrate)
    contract = clone / "contracts/object_images_contract_spec.json"
    contract.write_text(contract.read_text().replace('"primary_image"', '"front_image"'))
    git(clone, "commit", "--quiet", "--all", "--message", "another name")
    assert run(clone, report, database).returncode != 0
    assert "::error file=contracts/object_images_contract_spec.json" in (
        run(clone, annotate, database).stdout
    )
    runs(clone, database, fetch)
    assert run(clone, judge, database).returncode != 0
    assert "column-name-changed public.object_images.front_image::" in (
        run(clone, annotate_lines, database).stdout
    )
    (clone / "contract-report").mkdir()
    (clone / "contract-report.json").rename(clone / "contract-report/contract-report.json")
    (comment,) = steps_of("comment")
    summary = tmp_path / "summary.md"
    done = run(clone, comment, database, GITHUB_STEP_SUMMARY=str(summary))
    assert (done.returncode, done.stdout.startswith("There is no GITHUB_TOKEN")) == (0, True)
    assert "front_image" in summary.read_text()


def test_the_containers_seed_and_start_again_with_what_is_there(clone: Path, database: str) -> None:
    """The seed of compose, then the dev container's start, which finds it done."""
    seed = compose()["services"]["seed"]["command"]
    runs(clone, database, seed, read_devcontainer()["postStartCommand"])


def test_the_workspace_of_compose_becomes_healthy(clone: Path, database: str) -> None:
    """JupyterLab starts in the clone and answers what the health check asks."""
    workspace = compose()["services"]["workspace"]
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port = str(listening.getsockname()[1])
    settings = environment(database, PORT=port, HOME=str(clone.parent))
    asked = [text.replace("8888", port) for text in workspace["healthcheck"]["test"][1:]]
    log = clone.parent / "log"
    with log.open("w") as output:
        lab = subprocess.Popen(
            workspace["command"], shell=True, cwd=clone, env=settings,
            stdout=output, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
    try:
        for _ in range(120):
            if not subprocess.run(asked, env=settings, capture_output=True, check=False).returncode:
                break
            assert lab.poll() is None, log.read_text()
            time.sleep(0.5)
        else:
            pytest.fail(log.read_text())
    finally:
        os.killpg(lab.pid, signal.SIGKILL)
        lab.wait()
    assert re.search(
        rf"http://127\.0\.0\.1:{port}/lab/tree/notebooks/00_start_here\.ipynb\?token=\w",
        log.read_text(),
    )


def test_the_test_run_of_compose(clone: Path, database: str) -> None:
    services = compose()["services"]
    runs(clone, database, services["migrate"]["command"], services["test"]["command"])
    assert (clone / "test_output.log").read_text()


def test_the_hooks_need_no_database(clone: Path) -> None:
    nowhere = "postgresql://nobody@127.0.0.1:1/nothing"
    runs(clone, nowhere, "make check ARGS=--documents", "docent check --documents")
    (clone / "contracts/broken.json").write_text("{")
    for hook in ("make check ARGS=--documents", "docent check --documents"):
        broken = run(clone, hook, nowhere)
        assert broken.returncode != 0
        assert "contracts/broken.json" in broken.stdout + broken.stderr
