"""The workflows: little allowed, all pinned, and whoever may write runs no pull request's code."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.delivery.delivered import REPOSITORY, objections, read_yaml, workflows

BIN = Path(sys.executable).parent
TEXT = "pull-request.txt"
JOBS = [
    pytest.param(job, id=f"{file}/{name}")
    for file, workflow in workflows().items()
    for name, job in workflow["jobs"].items()
]


@pytest.mark.parametrize("workflow", [pytest.param(w, id=n) for n, w in workflows().items()])
def test_github_would_accept_them(workflow: dict[str, Any]) -> None:
    assert objections("vendor.github-workflows", workflow) == []
    assert objections("vendor.github-workflows", {**workflow, "permission": {}}) != []


def test_dependabot_would_accept_its_file() -> None:
    assert objections("vendor.dependabot", read_yaml(".github/dependabot.yml")) == []


def test_zizmor_finds_nothing() -> None:
    command: list[str | Path] = [BIN / "zizmor", "--offline", "--quiet", REPOSITORY / ".github"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, ""), done.stdout


def test_the_three_workflows_are_there() -> None:
    assert set(workflows()) == {"tests.yml", "sandbox.yml", "contracts.yml"}


@pytest.mark.parametrize("workflow", [pytest.param(w, id=n) for n, w in workflows().items()])
def test_nothing_is_allowed_unless_a_job_asks(workflow: dict[str, Any]) -> None:
    assert workflow["permissions"] == {}
    assert set(workflow["on"]) <= {"push", "pull_request", "schedule"}


@pytest.mark.parametrize("job", JOBS)
def test_jobs_end_and_actions_are_pinned_and_the_token_is_not_left_in_the_clone(
    job: dict[str, Any],
) -> None:
    assert 0 < job["timeout-minutes"] <= 45
    for step in job["steps"]:
        if "uses" in step:
            assert re.fullmatch(r"actions/[a-z-]+@[0-9a-f]{40}", step["uses"])
        if step.get("uses", "").startswith("actions/checkout@"):
            assert step["with"]["persist-credentials"] is False


def test_the_tests_run_on_the_oldest_and_the_newest_python() -> None:
    job = workflows()["tests.yml"]["jobs"]["test"]
    assert job["strategy"]["matrix"]["python"] == ["3.11", "3.14"]


def may_write(job: dict[str, Any]) -> bool:
    return "write" in job["permissions"].values()


@pytest.mark.parametrize("job", JOBS)
def test_a_job_that_may_write_runs_the_base_and_not_the_pull_request(job: dict[str, Any]) -> None:
    checkout = job["steps"][0]["with"]
    if may_write(job):
        assert checkout["ref"] == "${{ github.event.pull_request.base.sha }}"
        assert job["permissions"] == {"contents": "read", "pull-requests": "write"}
    else:
        assert "ref" not in checkout
        assert set(job["permissions"].items()) <= {("contents", "read"), ("pull-requests", "read")}


def test_one_job_may_write() -> None:
    writing = [
        (file, name)
        for file, workflow in workflows().items()
        for name, job in workflow["jobs"].items()
        if may_write(job)
    ]
    assert writing == [("contracts.yml", "comment")]


def test_the_report_is_handed_from_the_one_job_to_the_other() -> None:
    """By one name; into a folder of its own, since its content is the pull request's to choose."""
    jobs = workflows()["contracts.yml"]["jobs"]
    (up,) = (s["with"] for s in jobs["check"]["steps"] if "/upload-artifact@" in s.get("uses", ""))
    (down,) = (
        step["with"]
        for step in jobs["comment"]["steps"]
        if "/download-artifact@" in step.get("uses", "")
    )
    runs = [step["run"] for job in jobs.values() for step in job["steps"] if "run" in step]
    assert jobs["comment"]["needs"] == "check"
    assert down["name"] == up["name"]
    assert f'make check ARGS="--structure-only --format json --output {up["path"]}"' in runs
    gates = [run for run in runs if run.startswith("make gate ") and up["path"] in run]
    assert gates == [
        f'make gate ARGS="--pr-body-file {TEXT} --format json --output {up["path"]}"'
    ]  # fmt: skip
    assert runs[-1] == f"make comment REPORT={down['path']}/{up['path']}"
    assert not (REPOSITORY / down["path"]).exists()


def test_the_gate_has_the_history_the_base_and_the_text_of_this_moment() -> None:
    workflow = workflows()["contracts.yml"]
    job = workflow["jobs"]["check"]
    runs = [step.get("run", "") for step in job["steps"]]
    assert workflow["on"]["pull_request"]["types"] == [
        "opened", "synchronize", "reopened", "edited",
    ]  # fmt: skip
    assert job["steps"][0]["with"]["fetch-depth"] == 0
    assert job["env"]["DOCENT_BASE"] == "origin/${{ github.base_ref }}"
    fetched = runs.index(f"make pr-text FILE={TEXT}")
    told = [number for number, run in enumerate(runs) if f"--pr-body-file {TEXT}" in run]
    assert told == [fetched + 1, fetched + 2]
    assert all(step.get("if") == "${{ !cancelled() }}" for step in job["steps"][fetched:])


def test_only_the_comment_and_the_text_see_the_token() -> None:
    seen = [
        (file, step["run"].split()[1])
        for file in workflows()
        for job in workflows()[file]["jobs"].values()
        for step in job["steps"]
        if "token" in str(step.get("env", ""))
    ]
    assert seen == [("contracts.yml", "pr-text"), ("contracts.yml", "comment")]
    for path in (REPOSITORY / ".github/workflows").iterdir():
        assert "secrets." not in path.read_text()


def test_a_step_that_tells_comes_after_a_step_that_failed() -> None:
    """Red stops a job; the annotations, the report and the comment are for exactly then."""
    jobs = workflows()["contracts.yml"]["jobs"]
    assert jobs["comment"]["if"] == "${{ !cancelled() }}"
    assert [step.get("if") for step in jobs["check"]["steps"][-2:]] == ["${{ !cancelled() }}"] * 2


def test_the_service_is_the_database_that_is_judged() -> None:
    job = workflows()["contracts.yml"]["jobs"]["check"]
    service = job["services"]["postgres"]
    env = service["env"]
    assert service["ports"] == ["127.0.0.1:5432:5432"]
    assert job["env"]["DATABASE_URL"] == (
        f"postgresql://{env['POSTGRES_USER']}:{env['POSTGRES_PASSWORD']}"
        f"@127.0.0.1:5432/{env['POSTGRES_DB']}"
    )
    assert service["image"] == read_yaml("docker-compose.yml")["services"]["postgres"]["image"]
