"""The tour walked by machine, and the two commands."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import click
import nbformat
import pytest
from click.testing import CliRunner
from nbformat.v4 import new_code_cell, new_notebook

from docent import commands, touring
from docent.lessons.lesson_00 import LESSON
from docent.touring import Mode, Walk, read_outcomes

ONE, TWO, _ = LESSON.exercises


def walked(mode: Mode, **outcomes: tuple[str, ...]) -> Walk:
    return Walk(
        "00", mode, 1.0, {key[1:].replace("_", "."): said for key, said in outcomes.items()}
    )


@pytest.mark.parametrize(
    ("walk", "faults"),
    [
        (walked("as shipped", x00_1=("not attempted",), x00_2=("incomplete",)), ()),
        (walked("as shipped", x00_1=("correct",), x00_2=("incomplete",)), ("00.1 says correct",)),
        (walked("as shipped", x00_1=("not attempted",)), ("00.2 says nothing",)),
        (walked("solved", x00_1=("correct",), x00_2=("wrong", "correct")), ()),
        (walked("solved", x00_1=("correct",), x00_2=("correct", "wrong")), ("00.2 says wrong",)),
        (walked("solved", x00_1=("correct",), x00_2=("stopped",)), ("00.2 says stopped",)),
        (replace(walked("solved"), stopped="NameError: x"), ("NameError: x",)),
        (
            replace(walked("solved", x00_1=("correct",), x00_2=("correct",)), unmet=("a",)),
            ("expected to break, and did not as expected: a",),
        ),
    ],
)
def test_faults(walk: Walk, faults: tuple[str, ...]) -> None:
    assert walk.faults([ONE, TWO]) == faults


HEAD = """\
from docent import begin, check, expect_violation, hint, progress, reset, solution, sql

begin("00", database_url)"""


def write(path: Path, *cells: str) -> Path:
    parameters = new_code_cell('database_url = ""\nmode = ""', metadata={"tags": ["parameters"]})
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    made = new_notebook(cells=[parameters, *map(new_code_cell, [HEAD, *cells])], metadata=kernel)
    nbformat.write(made, path)
    return path


RENAMED = """\
with expect_violation("column-renamed"):
    sql("alter table object_images rename primary_image to image")"""


@pytest.fixture(scope="module")
def walks(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[tuple[str, str], Walk], Path]:
    """Two notebooks, walked in both modes at once: a good one, and one that stops."""
    clone_like = tmp_path_factory.mktemp("clone")
    (clone_like / "contracts").symlink_to(
        touring.__file__.rpartition("/notebooks/")[0] + "/contracts"
    )
    notebooks = clone_like / "notebooks"
    notebooks.mkdir()
    starters = [exercise.starter for exercise in LESSON.exercises]
    good = write(
        notebooks / "00_good.ipynb", *starters, RENAMED, 'reset("00")', "expect_violation()"
    )
    bad = write(
        notebooks / "00_bad.ipynb", starters[0], 'expect_violation("type-differs")', "1 / 0"
    )
    lesson = replace(LESSON, notebook="00_good")
    found = touring.walk([(good, lesson), (bad, None)], at_once=2)
    return {(walk.notebook, walk.mode): walk for walk in found}, notebooks


def test_as_shipped_nothing_is_attempted_and_solved_all_is_correct(
    walks: tuple[dict[tuple[str, str], Walk], Path],
) -> None:
    by_name, _ = walks
    shipped, solved = by_name["00_good", "as shipped"], by_name["00_good", "solved"]
    assert shipped.faults(LESSON.exercises) == ()
    assert solved.faults(LESSON.exercises) == ()
    assert set(solved.outcomes) == {exercise.id for exercise in LESSON.exercises}
    assert solved.outcomes["00.1"] == ("correct",)


def test_a_notebook_that_stops_says_why_and_what_it_had_said_before(
    walks: tuple[dict[tuple[str, str], Walk], Path],
) -> None:
    by_name, _ = walks
    bad = by_name["00_bad", "as shipped"]
    assert ("00_bad", "solved") not in by_name
    assert "ZeroDivisionError" in bad.stopped
    assert bad.unmet == ("type-differs",)
    assert bad.outcomes == {"00.1": ("not attempted",)}


def test_a_walk_leaves_nothing_beside_the_notebooks(
    walks: tuple[dict[tuple[str, str], Walk], Path],
) -> None:
    _, notebooks = walks
    assert {path.name for path in notebooks.iterdir()} == {"00_good.ipynb", "00_bad.ipynb"}


def test_a_notebook_that_was_never_run_says_nothing() -> None:
    assert read_outcomes(new_notebook(cells=[new_code_cell("1")])) == ({}, ())


# ---------------------------------------------------------------- the commands


@pytest.fixture
def runner() -> CliRunner:
    return CliRunner()


def faked(*walks: Walk) -> Callable[..., tuple[Walk, ...]]:
    return lambda *_, **__: walks


@pytest.mark.parametrize(
    ("walk", "code", "words"),
    [
        (walked("as shipped", x00_1=("not attempted",)), 0, "1 walks, 1 exercises, 0 faults."),
        (replace(walked("solved"), stopped="NameError: x"), 1, "00, solved: NameError: x"),
    ],
)
def test_tour_ends_with_0_or_1(
    runner: CliRunner, monkeypatch: pytest.MonkeyPatch, walk: Walk, code: int, words: str
) -> None:
    monkeypatch.setattr(touring, "walk", faked(walk))
    monkeypatch.setattr(commands, "find_notebooks", lambda only: [(Path("00.ipynb"), None)])
    result = runner.invoke(commands.tour, [])
    assert (result.exit_code, words in result.output) == (code, True), result.output


def test_tour_of_an_unknown_lesson_ends_with_2(runner: CliRunner) -> None:
    result = runner.invoke(commands.tour, ["--only", "77"])
    assert result.exit_code == 2
    assert "There is no notebook 77. There are: 00_start_here" in result.output


@pytest.mark.parametrize("name", ["00", "0", "00_start_here"])
def test_a_lesson_may_be_named_in_short(name: str) -> None:
    found = commands.find_notebooks((name,))
    assert [(path.stem, lesson and lesson.id) for path, lesson in found] == [
        ("00_start_here", "00")
    ]
    with pytest.raises(click.UsageError):
        commands.find_notebooks((name, "7x"))


def test_progress_shows_the_map(runner: CliRunner, home: Path) -> None:
    result = runner.invoke(commands.progress, [])
    assert result.exit_code == 0
    assert result.output.startswith("PROGRESS  Ada: 0 of ")


def test_progress_shows_a_class(
    runner: CliRunner, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import docent

    school = tmp_path / "class"
    school.mkdir()
    monkeypatch.setenv("DOCENT_CLASS_FOLDER", str(school))
    for name, answer in (("Ada", "table-missing"), ("Ben", "column-renamed")):
        monkeypatch.setenv("DOCENT_LEARNER", name)
        docent.check("00.3", answer)
    (school / "scrap.json").write_text("")
    result = runner.invoke(commands.progress, ["--class", str(school)])
    lines = [" ".join(line.split()) for line in result.output.splitlines()]
    assert lines[0] == "CLASS 2 learners · 1 trying · 1 reading"
    assert any(line.startswith("Ada trying 00.3 0 min 1 The table keeps its") for line in lines)
    assert any(line.startswith("Ben reading 00.1 0 min >..x") for line in lines)
    assert "scrap cannot be read" in result.output
    assert runner.invoke(commands.progress, ["--class", str(school / "no")]).exit_code == 2


@pytest.mark.parametrize("command", [commands.tour, commands.progress])
def test_every_command_has_help_with_an_example(runner: CliRunner, command: click.Command) -> None:
    said = runner.invoke(command, ["--help"]).output
    assert f"docent {command.name}" in said
    assert "Examples" in said


def test_importing_the_guide_and_its_commands_is_cheap() -> None:
    code = "import sys, docent, docent.commands; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=os.environ
    )
    heavy = {"psycopg", "pandas", "IPython", "nbformat", "papermill", "jsonschema_rs", "yaml"}
    assert heavy & set(done.stdout.split()) == set()
