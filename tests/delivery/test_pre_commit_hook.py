"""The hook as other repositories use it: run by pre-commit itself, when somebody commits there."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.conftest import REPOSITORY
from tests.prevention.histories import git

PROGRAMS = Path(sys.executable).parent


@pytest.fixture
def theirs(tmp_path: Path) -> Path:
    """A repository of somebody else, with two contracts and the hook.

    The programs are those that are installed: pre-commit would fetch them anew.
    """
    (hook,) = yaml.safe_load((REPOSITORY / ".pre-commit-hooks.yaml").read_text())
    assert hook["language"] == "python"
    here: dict[str, Any] = {**hook, "language": "system"}
    del here["language_version"]
    repositories = [{"repo": "local", "hooks": [here]}]
    folder = tmp_path / "their shop"
    (folder / "contracts").mkdir(parents=True)
    for name in ("object_images", "object_tags"):
        shutil.copy(REPOSITORY / f"contracts/{name}_contract_spec.json", folder / "contracts")
    (folder / ".pre-commit-config.yaml").write_text(yaml.safe_dump({"repos": repositories}))
    (folder / "README.md").write_text("A shop.\n")
    git(folder, "init", "--quiet", "--initial-branch", "main")
    git(folder, "config", "user.name", "Ada")
    git(folder, "config", "user.email", "ada@shop.example")
    return folder


def committed(folder: Path, message: str = "A change") -> tuple[bool, str]:
    """Whether git takes a commit of all that is there, and what the hook said."""
    home = {"PRE_COMMIT_HOME": str(folder.parent / "cache"), "DOCENT_HOME": "/nonexistent/docent"}
    path = f"{PROGRAMS}{os.pathsep}{os.environ['PATH']}"
    ours = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    environment = {**ours, **home, "PATH": path, "PRE_COMMIT_COLOR": "never"}
    for command in (
        [str(PROGRAMS / "pre-commit"), "install", "--overwrite"],
        ["git", "add", "--all"],
    ):
        subprocess.run(command, cwd=folder, env=environment, check=True, capture_output=True)
    done = subprocess.run(
        ["git", "commit", "--message", message], cwd=folder, env=environment, check=False,
        capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    return done.returncode == 0, done.stdout + done.stderr


def test_a_commit_of_contracts_that_are_well_formed_goes_through(theirs: Path) -> None:
    taken, said = committed(theirs)
    assert taken, said
    assert "data contracts are well formed" in said
    assert "Passed" in said


def test_a_commit_of_a_contract_with_a_mistake_is_stopped_with_its_place(theirs: Path) -> None:
    assert committed(theirs)[0]
    spec = theirs / "contracts" / "object_tags_contract_spec.json"
    lines = spec.read_text().splitlines()
    (at,) = [number for number, line in enumerate(lines, 1) if '"data_type": "ARRAY"' in line]
    lines[at - 1] = lines[at - 1].replace("data_type", "data_typ")
    spec.write_text("\n".join(lines) + "\n")
    taken, said = committed(theirs)
    assert not taken
    assert f"contracts/object_tags_contract_spec.json:{at}" in said
    assert "data_type" in said
    assert git(theirs, "log", "--format=%s").split("\n") == ["A change"]


def test_the_folder_is_judged_whole_whichever_of_its_files_is_committed(theirs: Path) -> None:
    assert committed(theirs)[0]
    first = theirs / "contracts" / "object_tags_contract_spec.json"
    shutil.copy(first, theirs / "contracts" / "again.json")
    taken, said = committed(theirs)
    assert not taken
    assert "object_tags_contract_spec.json" in said
    assert "again.json" in said


def test_a_commit_of_other_files_is_not_held_up(theirs: Path) -> None:
    assert committed(theirs)[0]
    (theirs / "README.md").write_text("A shop, open.\n")
    taken, said = committed(theirs)
    assert taken
    assert "(no files to check)Skipped" in said
