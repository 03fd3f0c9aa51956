"""The project of lesson 07: it works from anywhere, and the learner's clone is never touched."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
import yaml

from docent import building, workflow
from docent.lessons.lesson_07 import THE_REQUEST
from docent.own_git import EMAIL, WorkflowError, git
from docent.workflow import BASE, Project, lay_out, open_project
from tests.conftest import REPOSITORY

HERE = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org", "-c", "commit.gpgSign=false")
VERSIONS = "data_assets/migrations/versions"
BRANCH = "update-objects-images-schema"


def in_clone(clone: Path, *words: str) -> str:
    """What a learner's own git says in the clone; it writes no index while it looks."""
    environment = {**os.environ, "GIT_OPTIONAL_LOCKS": "0"}
    done = subprocess.run(["git", *HERE, *words], cwd=clone, env=environment, check=True,
                          capture_output=True, text=True)  # fmt: skip
    return done.stdout


def state(clone: Path) -> dict[str, str]:
    """Every file of a clone with its content, .git included."""
    return {
        str(path.relative_to(clone)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(clone.rglob("*"))
        if path.is_file()
    }


@pytest.fixture
def unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The project's files as from a zip: no .git, and a space in the path."""
    folder = tmp_path / "a learner's clone"
    folder.mkdir()
    leave_out = shutil.ignore_patterns("__pycache__", "objects.json")
    for name in workflow.COPIED:
        source = REPOSITORY / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=leave_out)
        else:
            shutil.copy(source, folder / name)
    monkeypatch.setattr("data_assets.home.clone", lambda: folder)
    return folder


@pytest.fixture
def clone(unpacked: Path) -> Path:
    """A clone with a commit, on a branch that the learner calls by a name of their own."""
    in_clone(unpacked, "init", "--quiet", "--initial-branch=trying-things")
    in_clone(unpacked, "add", "--all")
    in_clone(unpacked, "commit", "--quiet", "--message", "Where I am")
    return unpacked


@pytest.fixture
def without_databases(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("docent.branch_databases.databases", lambda _: ("branch", "checks"))


def dirty(clone: Path) -> None:
    (clone / "alembic.ini").write_text("in the middle of something")
    (clone / "new.txt").write_text("not added")
    (clone / "staged.txt").write_text("added")
    in_clone(clone, "add", "staged.txt")


def detached(clone: Path) -> None:
    in_clone(clone, "checkout", "--quiet", "--detach")


def in_the_middle_of_a_merge(clone: Path) -> None:
    (clone / ".git/MERGE_HEAD").write_text(in_clone(clone, "rev-parse", "HEAD"))


def with_the_story_s_branch(clone: Path) -> None:
    in_clone(clone, "branch", BRANCH)


def packed(clone: Path) -> None:
    in_clone(clone, "gc", "--quiet")


def as_it_is(clone: Path) -> None:
    """Nothing special about it."""


@pytest.mark.parametrize(
    "change",
    [as_it_is, dirty, detached, in_the_middle_of_a_merge, with_the_story_s_branch, packed],
)
def test_what_is_committed_is_the_past_and_the_clone_stays_as_it_is(
    clone: Path, tmp_path: Path, change: Callable[[Path], None]
) -> None:
    change(clone)
    before = state(clone)
    lay_out(tmp_path / "at work" / "place")
    assert state(clone) == before
    copy = tmp_path / "at work" / "place" / "museum-guide"
    assert git("rev-parse", BASE, folder=copy) == in_clone(clone, "rev-parse", "HEAD").strip()
    assert git("status", "--porcelain", folder=copy) == ""
    assert git("branch", "--format=%(refname:short)", folder=copy) == BASE


def no_commit_yet(folder: Path) -> None:
    in_clone(folder, "init", "--quiet")


def something_else(folder: Path) -> None:
    no_commit_yet(folder)
    in_clone(folder, "commit", "--quiet", "--allow-empty", "--message", "no project in here")


def ahead(folder: Path) -> None:
    """The learner has merged this lesson's result into their own clone."""
    no_commit_yet(folder)
    (folder / VERSIONS / "c4a7f2e81d36_create.py").write_text("later")
    (folder / "contracts" / "object_images_normalized_contract_spec.json").write_text("{}")
    in_clone(folder, "add", "--all")
    in_clone(folder, "commit", "--quiet", "--message", "the story's end")


def broken(folder: Path) -> None:
    (folder / ".git").write_text("gitdir: /nowhere/at/all")


@pytest.mark.parametrize("change", [as_it_is, no_commit_yet, something_else, ahead, broken])
def test_without_a_past_that_fits_a_fresh_one_is_begun(
    unpacked: Path, tmp_path: Path, change: Callable[[Path], None]
) -> None:
    change(unpacked)
    before = state(unpacked)
    lay_out(tmp_path / "place")
    assert state(unpacked) == before
    copy = tmp_path / "place" / "museum-guide"
    assert git("log", "--format=%s", folder=copy) == "The museum guide as it is today"
    versions = sorted(path.name for path in (copy / VERSIONS).glob("*.py"))
    assert versions == [
        "00e9b3375a5f_create_met_museum_seed_tables.py", "7c1e4a9d2b60_create_crm_tables.py",
    ]  # fmt: skip
    assert not list((copy / "contracts").glob("*normalized*"))


def test_the_reader_s_own_settings_are_not_asked(
    clone: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No identity, hooks that refuse, signatures that cannot be made, a repository in GIT_DIR."""
    hooks = tmp_path / "hooks"
    hooks.mkdir()
    for name in ("pre-commit", "pre-push", "post-checkout", "reference-transaction"):
        (hooks / name).write_text("#!/bin/sh\nexit 1\n")
        (hooks / name).chmod(0o755)
    settings = tmp_path / ".gitconfig"
    settings.write_text(
        f"[core]\nhooksPath = {hooks}\n[commit]\ngpgSign = true\n[init]\ntemplateDir = {hooks}\n"
    )
    before = state(clone)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(settings))
    monkeypatch.setenv("GIT_DIR", str(clone / ".git"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(clone / ".git/index"))
    lay_out(tmp_path / "place")
    project = Project(tmp_path / "place", "branch", "checks")
    project.write("new.txt", "mine\n")
    commands = (f"git switch -c {BRANCH}", "git add .", "git commit -m 'Mine'", "git push -u origin HEAD")  # noqa: E501  # fmt: skip
    assert [project.run(command).exit for command in commands] == [0, 0, 0, 0]
    assert project.run("git log -1 --format=%an,%ae").output.strip() == f"Backend Engineer,{EMAIL}"
    assert state(clone) == before


def test_git_never_looks_above_the_project(
    clone: Path, home: Path, without_databases: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The sandbox lies inside the clone; a working copy without its .git is not the clone's."""
    monkeypatch.setenv("DOCENT_HOME", str(clone / ".docent"))
    project = open_project()
    shutil.rmtree(project.folder / ".git")
    before = in_clone(clone, "rev-parse", "HEAD")
    assert project.run("git commit --allow-empty -m 'Oh'").exit == 128
    assert in_clone(clone, "rev-parse", "HEAD") == before


def test_interrupted_at_any_step_nothing_is_lost_and_the_next_time_works(
    clone: Path, home: Path, without_databases: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    dirty(clone)
    before, real = state(clone), git
    calls = 0

    def counted(*words: str, folder: Path) -> str:
        nonlocal calls
        calls += 1
        return real(*words, folder=folder)

    monkeypatch.setattr(workflow, "git", counted)
    open_project()
    for last in range(1, calls + 1):
        left = iter(range(last))

        def interrupted(*words: str, folder: Path, left: object = left) -> str:
            if next(left, None) is None:  # type: ignore[call-overload]
                raise KeyboardInterrupt
            return real(*words, folder=folder)

        monkeypatch.setattr(workflow, "git", interrupted)
        with contextlib.suppress(KeyboardInterrupt):
            open_project()
        assert state(clone) == before
        monkeypatch.setattr(workflow, "git", real)
        project = open_project()
        assert project.run("git status --porcelain").output == ""
        assert [path.name for path in project.place.parent.iterdir()] == ["pull-request"]


@pytest.mark.parametrize("by_hand", [False, True])
def test_what_somebody_did_by_hand_is_put_aside_and_the_story_s_own_is_not(
    clone: Path, home: Path, without_databases: None, by_hand: bool
) -> None:
    project = open_project()
    project.write("new.txt", "mine\n")
    if not by_hand:
        for command in (f"git switch -c {BRANCH}", "git add .", "git commit -m 'A step'"):
            assert project.run(command).exit == 0
    again = open_project()
    aside = [path for path in again.place.parent.iterdir() if path.name.endswith(".aside")]
    assert len(aside) == by_hand
    for path in aside:  # it still works where it is now
        assert (path / "museum-guide/new.txt").read_text() == "mine\n"
        assert git("fetch", folder=path / "museum-guide") == ""


def test_a_page_before_the_first_push_says_what_to_do(
    clone: Path, home: Path, without_databases: None
) -> None:
    with pytest.raises(WorkflowError, match="Next: run the cells above"):
        open_project().pull_request("Too early")


def test_a_file_outside_the_project_is_not_written(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="outside"):
        Project(tmp_path, "", "").write("../../else.txt", "no")


def test_without_git_it_says_so(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    with pytest.raises(WorkflowError, match="install git"):
        open_project()


def test_a_step_s_command_is_the_makefile_s() -> None:
    makefile = (REPOSITORY / "Makefile").read_text()
    for target, words in building.RECIPES.items():
        recipe = makefile.partition(f"\n{target}: ")[2].splitlines()[1].replace('"', "")
        assert " ".join(words) in recipe.replace("$(BIN)/", "")


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("make migrate", ["alembic", "upgrade", "head"]),
        ('make check ARGS="--format github"', ["docent", "check", "--format", "github"]),
        (
            "make pr-text FILE=pull-request.txt",
            ["python", "-m", "prevention.pull_request_text", "pull-request.txt"],
        ),
        (
            'make gate ARGS="--pr-body-file pull-request.txt --format github"',
            ["docent", "gate", "--pr-body-file", "pull-request.txt", "--format", "github"],
        ),
        ("make setup", []),
        ("make comment REPORT=x", []),
        ("rm -rf /", []),
        ("", []),
    ],
)
def test_which_command_a_step_runs(command: str, words: list[str]) -> None:
    assert building.recipe(command) == words


def test_every_step_of_the_workflow_is_repeated_but_fetching_and_installing() -> None:
    """A step that joins the workflow is shown in the lesson, or named here."""
    workflow = yaml.safe_load((REPOSITORY / building.WORKFLOW).read_text())
    steps = workflow["jobs"]["check"]["steps"]
    shown = [step["run"] for step in building.job_steps(REPOSITORY)]
    assert [step["run"] for step in steps if "run" in step and step["run"] not in shown] == [
        "make setup"
    ]
    assert [command.split()[1] for command in shown] == [
        "migrate", "check", "check", "pr-text", "gate", "gate",
    ]  # fmt: skip


def test_a_build_has_the_past_of_the_branch(clone: Path, tmp_path: Path) -> None:
    """The gate looks for the commit at which the branch began, below origin/main."""
    lay_out(tmp_path / "place")
    copy = tmp_path / "place" / "museum-guide"
    for words in (["switch", "-c", BRANCH], ["commit", "--allow-empty", "-m", "A step"]):
        git(*words, "--quiet", folder=copy)
    git("push", "--quiet", "origin", BRANCH, folder=copy)
    commit = git("rev-parse", "HEAD", folder=copy)
    building.check_out(tmp_path / "place" / "origin.git", commit, tmp_path / "built")
    built = tmp_path / "built"
    assert git("rev-parse", "HEAD", folder=built) == commit
    began = git("merge-base", "HEAD", f"origin/{BASE}", folder=built)
    assert began == git("rev-parse", BASE, folder=copy)
    assert git("status", "--porcelain", folder=built) == ""


def test_the_story_red_and_green_and_the_learner_s_database_stays(
    clone: Path, learner: Path, own_museum: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", own_museum)
    counted = "select count(primary_image), count(*) from object_images"
    with psycopg.connect(own_museum) as connection:
        before = connection.execute(counted).fetchone()
    project = open_project()
    assert project.run(f"git switch -c {BRANCH}").exit == 0
    project.write(f"{VERSIONS}/5b1d6c0f7a21_normalise_object_images.py", THE_REQUEST)
    assert project.run("alembic upgrade head").exit == 0
    red = project.run("python -m unittest prevention/test_data_contract_violations.py -v")
    assert (red.exit, red.output.count("Issue: ")) == (1, 2), str(red)
    for command in ("git add .", "git commit -m 'Normalise'", f"git push -u origin {BRANCH}"):
        assert project.run(command).exit == 0
    page = project.pull_request("Normalise")
    assert (page.state, [commit.state for commit in page.commits]) == ("broken", ["broken"])
    assert [step.ran.exit for step in project.build().steps] == [0, 1, 1, 0, 1, 1]
    assert "3 reasons to stop" in page.comment
    assert page.comment.count("(`migration-unannounced`)") == 3
    for command in ("git revert --no-edit HEAD", "git push"):
        assert project.run(command).exit == 0
    page = project.pull_request("Normalise")
    assert [commit.state for commit in page.commits] == ["broken", "held"]
    assert "resolved" in page.comment
    assert project.github.calls == ["POST", "PATCH"]
    with psycopg.connect(own_museum) as connection:
        assert connection.execute(counted).fetchone() == before
