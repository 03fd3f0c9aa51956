"""What a machine cannot offer is left out by name, and named at the end; or fails the run."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY

SETUP = """
from tests.conftest import omit, pytest_terminal_summary
"""
TESTS = """
import pytest
from tests.conftest import omit

@pytest.fixture
def browser():
    omit("a browser")

def test_page(browser): pass
def test_button(browser): pass
def test_museum(): omit("shared test input")
def test_all(): pass
"""


def run(folder: Path, *, strict: bool, tests: str = TESTS) -> tuple[int, list[str]]:
    """The exit code of a run of its own, and what stands at its end."""
    (folder / "conftest.py").write_text(SETUP)
    (folder / "test_here.py").write_text(tests)
    settings = {"PYTHONPATH": str(REPOSITORY), "DOCENT_NO_OMISSIONS": "1" if strict else ""}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "--no-header", "-p", "no:cacheprovider",
         "-o", "addopts=", "--rootdir", folder, folder],
        capture_output=True, text=True, env={**os.environ, **settings}, check=False, timeout=120,
    )  # fmt: skip
    lines = done.stdout.splitlines()
    return done.returncode, [re.sub(r" in [0-9.]+s$", "", line) for line in lines]


def test_what_is_left_out_is_named_at_the_end(tmp_path: Path) -> None:
    code, lines = run(tmp_path, strict=False)
    assert code == 0
    assert lines[-3:] == [
        "2 tests left out for want of a browser",
        "1 test left out for want of shared test input",
        "1 passed, 3 skipped",
    ]


def test_where_nothing_may_be_left_out_it_fails_all_but_for_shared_input(tmp_path: Path) -> None:
    code, lines = run(tmp_path, strict=True)
    assert code == 1
    assert lines.count("a browser is missing, and nothing may be left out here") == 2
    assert "1 test left out for want of shared test input" in lines
    assert lines[-1] == "1 passed, 1 skipped, 2 errors"


def test_where_nothing_is_left_out_nothing_is_said(tmp_path: Path) -> None:
    code, lines = run(tmp_path, strict=True, tests="def test_all(): pass")
    assert code == 0
    assert not [line for line in lines if "left out" in line]


@pytest.mark.parametrize("way", [r"pytest\.skip\b", r"\bskipif\b", r"importorskip", r"mark\.skip"])
def test_no_test_is_left_out_in_another_way(way: str) -> None:
    files = [file for file in (REPOSITORY / "tests").rglob("*.py") if file != Path(__file__)]
    assert files
    found = [
        f"{file.relative_to(REPOSITORY)}:{number}"
        for file in files
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1)
        if re.search(way, line) and file != REPOSITORY / "tests" / "conftest.py"
    ]
    assert found == []


def test_no_test_is_there_for_some_people_only() -> None:
    """A test that is defined on a condition is left out without a word."""
    found = [
        f"{file.relative_to(REPOSITORY)}:{number}"
        for file in (REPOSITORY / "tests").rglob("test_*.py")
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1)
        if re.match(r"    def test_", line)
    ]
    assert found == []
