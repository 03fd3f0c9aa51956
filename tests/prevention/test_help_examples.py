"""The examples of a command's help run as they are typed, in a project that has what they name."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from pathlib import Path

import click
import pytest

from data_assets import reporting
from prevention.commands.group import docent as group
from tests.prevention.running import REPOSITORY, docent
from tests.prevention.test_check import in_use

COMMANDS = ("parity", "grants", "consumers", "explain")
FOLDERS = ("contracts", "data_assets/reporting_contracts", "notebooks/docent/families")


def examples(name: str) -> list[str]:
    """The examples of a command's help, each on one line."""
    command = group.get_command(click.Context(group), name)
    assert command is not None
    text = (command.help or "").replace("\\\n", " ")
    return [" ".join(line.split()) for line in re.findall(r"^\s+docent (.+)$", text, re.MULTILINE)]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A repository with the museum's contracts, and a log of its server."""
    for folder in FOLDERS:
        shutil.copytree(REPOSITORY / folder, tmp_path / folder)
    (tmp_path / "pyproject.toml").write_text('[tool.docent]\nschemas = ["public", "crm"]\n')
    (tmp_path / "postgresql.csv").write_text("")
    made = ["-c", "user.name=a", "-c", "user.email=a@museum.org"]
    for words in (["init", "-qb", "main"], ["add", "."], [*made, "commit", "-qm", "made"]):
        subprocess.run(["git", *words], cwd=tmp_path, check=True)
    return tmp_path


@pytest.mark.parametrize("name", COMMANDS)
def test_the_examples_of_the_help_run(name: str, museum: str, project: Path) -> None:
    reporting.apply(museum)
    typed = examples(name)
    assert len(typed) >= 3
    for one in typed:
        ran = docent(*shlex.split(one), folder=project, settings=in_use(museum))
        assert (ran.code in {0, 1}, ran.err) == (True, ""), f"docent {one}: {ran.err}"
        assert ran.out
