"""The page that takes Docent home does what it says, in a repository made from nothing."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg

from prevention.configuration import TEMPLATE
from tests.conftest import REPOSITORY
from tests.delivery.delivered import objections, read_yaml
from tests.prevention.histories import ALONE, git

PAGE = (REPOSITORY / "docs" / "take-it-home.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
NAMED = re.compile(r"`([\w./]+)`:\s*\Z")


@dataclass(frozen=True)
class Block:
    """A block of code, with the file that the words before it name, if they do."""

    language: str
    text: str
    file: str | None


def blocks() -> Iterator[Block]:
    for match in BLOCK.finditer(PAGE):
        named = NAMED.search(PAGE[: match.start()])
        yield Block(match[1], match[2], named[1] if named else None)


def commands(text: str) -> Iterator[tuple[str, int]]:
    """Each command with the exit code that stands beside it, which is 0 where none does."""
    for line in text.splitlines():
        told = re.search(r"# exit (\d)", line)
        yield line, int(told[1]) if told else 0


def is_done_otherwise(command: str) -> bool:
    """Whether a command fetches from the network, or names somebody's own server."""
    return command.startswith(("python -m pip install ", "export DATABASE_URL="))


def settings_of(home: Path, database: str) -> dict[str, str]:
    """What a person's terminal has: git with a name, Docent on the path, a database."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    return {
        **kept, **ALONE, "HOME": str(home), "DOCENT_HOME": str(home / ".docent"),
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "DATABASE_URL": database,
    }  # fmt: skip


def test_every_command_does_what_the_page_says(tmp_path: Path, database: str) -> None:
    shop = tmp_path / "museum shop"
    shop.mkdir()
    git(shop, "init", "--quiet", "--initial-branch=main")
    settings = settings_of(tmp_path, database)
    for block in blocks():
        if block.language == "sql":
            with psycopg.connect(database, autocommit=True) as connection:
                connection.execute(block.text)
        elif block.language == "sh":
            for command, code in commands(block.text):
                if is_done_otherwise(command):
                    continue
                done = subprocess.run(
                    command, shell=True, cwd=shop, env=settings,
                    capture_output=True, text=True, check=False,
                )  # fmt: skip
                assert done.returncode == code, f"{command}\n{done.stdout}{done.stderr}"
                assert "Traceback" not in done.stderr
        elif block.file:
            (shop / block.file).parent.mkdir(parents=True, exist_ok=True)
            (shop / block.file).write_text(block.text)
    assert json.loads((shop / "known.json").read_text())["accepted"]


def test_the_page_tells_of_every_outcome() -> None:
    told = [
        code for block in blocks() if block.language == "sh" for _, code in commands(block.text)
    ]
    assert {0, 1} <= set(told)
    assert sum("docent gate" in block.text for block in blocks() if block.language == "sh") >= 4


def test_every_docent_command_of_the_page_is_run() -> None:
    run = [
        command
        for block in blocks()
        if block.language == "sh"
        for command, _ in commands(block.text)
        if not is_done_otherwise(command)
    ]
    assert {shlex.split(command)[0] for command in run} == {"docent", "git", "sed", "rm"}
    for flag in ("--write-baseline", "--baseline", "--accept", "--documents", "--base"):
        assert any(flag in command for command in run), flag


def test_what_is_installed_is_this_package() -> None:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]
    assert f'"{project["name"]} @ ' in PAGE


def test_the_settings_are_settings() -> None:
    (block,) = [block for block in blocks() if block.file == "pyproject.toml"]
    shown = tomllib.loads(block.text)["tool"]["docent"]
    known = tomllib.loads(TEMPLATE)["tool"]["docent"]
    assert shown.keys() <= known.keys()


def test_github_would_accept_the_workflow(tmp_path: Path) -> None:
    (block,) = [block for block in blocks() if block.language == "yaml" and not block.file]
    file = tmp_path / "contracts.yml"
    file.write_text(block.text)
    assert objections("vendor.github-workflows", read_yaml(str(file))) == []
