"""`make`: what it lists, and how `make setup` gets to a whole environment from any beginning.

The set-up runs here with a stand-in for Python that notes what it is asked to do, so that every
beginning can be tried in a moment and without a network. The real one, in a folder with a space
in its name, without .git and as an ordinary user, is a step of `.ci/run`.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
MAKEFILE = (REPOSITORY / "Makefile").read_text()
TARGETS = re.findall(r"^([a-z-]+):", MAKEFILE, re.MULTILINE)

STAND_IN = """#!/bin/sh
# Stands in for Python, and for the uv that it installs: notes the call and leaves the same traces.
echo "$(basename "$0") $*" >>"$CALLS"
make_program() { mkdir -p "$(dirname "$1")"; cp "$STAND_IN" "$1"; chmod +x "$1"; }
case "$*" in
    *version_info*) exit "${TOO_OLD:-0}" ;;
    *ensurepip*) exit "${NO_ENSUREPIP:-0}" ;;
    --version) echo "Python 3.99" ;;
    "-m venv "*) make_program "$3/bin/python"; : >"$3/pyvenv.cfg" ;;
    "-m pip install"*) make_program "$(dirname "$0")/uv" ;;
    "pip sync"*) exit "${NO_NETWORK:-0}" ;;
    "pip install"*) make_program "$(dirname "$0")/docent" ;;
esac
"""

EVERY_PYTHON = ("python3", "python3.14", "python3.13", "python3.12", "python3.11")

# What the stand-in is asked to do, step by step.
CHECK = "python -c import click"
USABLE = ["python -c import sys; sys.exit(sys.version_info < (3, 11))", "python -c import pip"]
MAKE = [
    "python3 -c import sys; sys.exit(sys.version_info < (3, 11))",
    "python3 -c import ensurepip, venv",
    "python3 --version",
    "python3 -m venv .venv",
]
INSTALL = [
    (
        "python -m pip install --quiet --disable-pip-version-check --no-deps --only-binary :all: "
        "--require-hashes -r .venv/uv.txt"
    ),
    "uv pip sync --quiet --python .venv/bin/python --require-hashes requirements.lock",
    "uv pip install --quiet --python .venv/bin/python --no-deps --no-build-isolation --editable .",
]


# What the make that runs these tests hands down, or the person who runs it has set.
NOT_INHERITED = {
    "ARGS",
    "PORT",
    "REPORT",
    "VENV",
    "PYTHON",
    "DOCENT_SHARED",
    "MAKEFLAGS",
    "MAKEOVERRIDES",
    "MFLAGS",
    "MAKELEVEL",
}


class Clone:
    """A clone with nothing but what the set-up reads, in a folder with a space in its name."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "docent x"
        self.folder.mkdir()
        self.venv = self.folder / ".venv"
        (self.folder / ".ci").mkdir()
        for name in (".ci/setup", "Makefile", "pyproject.toml", "requirements.lock"):
            shutil.copy(REPOSITORY / name, self.folder / name)
        self.programs = folder / "bin"
        self.programs.mkdir()
        for name in (*EVERY_PYTHON, "stand_in"):
            (self.programs / name).write_text(STAND_IN)
            (self.programs / name).chmod(0o755)
        self.calls = folder / "calls"

    def make(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run make with the stand-in as the only Python."""
        self.calls.write_text("")
        inherited = {name: v for name, v in os.environ.items() if name not in NOT_INHERITED}
        path = f"{self.programs}:/usr/bin:/bin"
        ours = {"PATH": path, "CALLS": str(self.calls), "STAND_IN": str(self.programs / "stand_in")}
        return subprocess.run(
            ["make", "--no-print-directory", *arguments],
            cwd=self.folder, env={**inherited, **ours, **environment},
            capture_output=True, text=True, check=False,
        )  # fmt: skip

    def called(self) -> list[str]:
        return self.calls.read_text().splitlines()


@pytest.fixture
def clone(tmp_path: Path) -> Clone:
    return Clone(tmp_path)


def test_help_is_the_default_and_lists_every_target(clone: Clone) -> None:
    shown = clone.make()
    assert re.findall(r"^  make ([a-z-]+) +\S", shown.stdout, re.MULTILINE) == TARGETS
    assert shown.stdout == clone.make("help").stdout
    assert max(map(len, shown.stdout.splitlines())) <= 100


def test_every_target_is_known_to_be_no_file() -> None:
    phony = re.search(r"^\.PHONY:((?:.*\\\n)*.*)", MAKEFILE, re.MULTILINE)
    assert phony is not None
    assert phony[1].replace("\\\n", " ").split() == TARGETS


def test_the_targets_that_people_are_told_of_are_there() -> None:
    assert {"help", "setup", "lab", "test", "check", "bench", "lint", "clean"} <= set(TARGETS)


@pytest.mark.parametrize("target", TARGETS)
def test_every_target_can_be_expanded(clone: Clone, target: str) -> None:
    done = clone.make("--dry-run", target)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_first_setup_makes_and_installs_the_second_does_nothing(clone: Clone) -> None:
    first = clone.make("setup")
    assert (first.returncode, clone.called()) == (0, MAKE + INSTALL)
    assert first.stdout.splitlines()[-1] == "Ready. Next: make lab"
    second = clone.make("setup")
    assert (second.returncode, second.stdout, second.stderr) == (0, "", "")
    assert clone.called() == [CHECK]


@pytest.mark.parametrize(
    ("goals", "told"), [(["setup"], True), (["lab"], False), (["setup", "check"], False)]
)
def test_only_a_setup_by_itself_says_what_is_next(
    clone: Clone, goals: list[str], told: bool
) -> None:
    done = clone.make(*goals)
    assert done.returncode == 0
    assert clone.called()[: len(MAKE + INSTALL)] == MAKE + INSTALL
    assert ("Next: make lab" in done.stdout) == told


def test_pip_gets_uv_alone_with_its_hashes(clone: Clone) -> None:
    clone.make("setup")
    uv = (clone.venv / "uv.txt").read_text().splitlines()
    assert re.fullmatch(r"uv==[0-9.]+ \\", uv[0])
    assert len(uv) > 1
    assert all(re.fullmatch(r"    --hash=sha256:[0-9a-f]{64}( \\)?", line) for line in uv[1:])
    assert not uv[-1].endswith("\\")


@pytest.mark.parametrize("name", ["requirements.lock", "pyproject.toml", ".ci/setup"])
def test_what_changed_is_installed_again_into_the_same_environment(clone: Clone, name: str) -> None:
    clone.make("setup")
    with (clone.folder / name).open("a") as file:
        file.write("# changed\n")
    assert clone.make("setup").returncode == 0
    assert clone.called() == USABLE + INSTALL


def test_what_was_only_touched_is_not_installed_again(clone: Clone) -> None:
    clone.make("setup")
    (clone.folder / "requirements.lock").touch()
    clone.make("setup")
    assert clone.called() == [CHECK]


def test_a_moved_clone_is_installed_again(clone: Clone) -> None:
    clone.make("setup")
    clone.folder = clone.folder.rename(clone.folder.with_name("docent y"))
    assert clone.make("setup").returncode == 0
    assert clone.called() == USABLE + INSTALL


def test_an_install_cut_short_begins_again_from_nothing(clone: Clone) -> None:
    failed = clone.make("setup", NO_NETWORK="1")
    assert failed.returncode != 0
    assert "make setup: The packages could not be installed.\nNext: " in failed.stderr
    (clone.venv / "half a package").touch()
    assert clone.make("setup").returncode == 0
    assert clone.called() == MAKE + INSTALL
    assert not (clone.venv / "half a package").exists()


def test_an_update_cut_short_is_no_finished_environment(clone: Clone) -> None:
    clone.make("setup")
    with (clone.folder / "requirements.lock").open("a") as file:
        file.write("# changed\n")
    assert clone.make("setup", NO_NETWORK="1").returncode != 0
    shutil.copy(REPOSITORY / "requirements.lock", clone.folder)
    clone.make("setup")
    assert clone.called() == MAKE + INSTALL


def test_an_environment_whose_python_is_gone_is_made_anew(clone: Clone) -> None:
    clone.make("setup")
    (clone.venv / "bin/python").unlink()
    assert clone.make("setup").returncode == 0
    assert clone.called() == MAKE + INSTALL


def test_an_environment_that_was_only_begun_is_made_anew(clone: Clone) -> None:
    clone.venv.mkdir()
    (clone.venv / ".docent-unfinished").touch()
    assert clone.make("setup").returncode == 0
    assert clone.called() == MAKE + INSTALL


def test_two_terminals_do_not_install_at_once(clone: Clone) -> None:
    clone.venv.mkdir()
    with subprocess.Popen(["sleep", "2"]) as other, ThreadPoolExecutor() as pool:
        pool.submit(other.wait)  # else it stays on as a zombie, which still counts as a process
        (clone.venv / ".docent-unfinished").write_text(f"{other.pid}\n")
        impatient = clone.make("setup", PATIENCE="0")
        assert f"make setup: Process {other.pid} does not end.\nNext: if it is" in impatient.stderr
        assert clone.called() == []
        waiting = clone.make("setup")
    assert f"Waiting for the make setup that is under way (process {other.pid})" in waiting.stdout
    assert (waiting.returncode, clone.called()) == (0, MAKE + INSTALL)


def test_an_environment_made_by_hand_is_used(clone: Clone) -> None:
    (clone.venv / "bin").mkdir(parents=True)
    (clone.venv / "pyvenv.cfg").touch()
    shutil.copy(clone.programs / "stand_in", clone.venv / "bin/python")
    assert clone.make("setup").returncode == 0
    assert clone.called() == USABLE + INSTALL


def test_a_folder_that_is_no_environment_is_left_alone(clone: Clone) -> None:
    clone.venv.mkdir()
    (clone.venv / "thesis.txt").write_text("years of work")
    refused = clone.make("setup")
    assert refused.returncode != 0
    assert refused.stderr.startswith(
        "make setup: .venv holds files but is no virtual environment.\nNext: move it away"
    )
    clone.make("clean")
    assert (clone.venv / "thesis.txt").read_text() == "years of work"


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        (
            {"TOO_OLD": "1"},
            f"No Python 3.11 or newer (looked for: {' '.join(EVERY_PYTHON)}).\nNext: install one",
        ),
        (
            {"TOO_OLD": "1", "PYTHON": "/opt/my python"},
            "No Python 3.11 or newer (looked for: /opt/my python).\nNext: install one",
        ),
        (
            {"NO_ENSUREPIP": "1"},
            "python3 cannot make virtual environments (it has no ensurepip).\nNext: on Debian or",
        ),
    ],
)
def test_a_machine_without_a_fitting_python_is_told_what_to_install(
    clone: Clone, environment: dict[str, str], said: str
) -> None:
    refused = clone.make("setup", **environment)
    assert refused.returncode != 0
    assert f"make setup: {said}" in refused.stderr
    assert not clone.venv.exists()


def test_another_environment_is_used_where_one_is_named(clone: Clone, tmp_path: Path) -> None:
    elsewhere = tmp_path / "my venv"
    assert clone.make("setup", VENV=str(elsewhere)).returncode == 0
    assert (elsewhere / "bin/docent").exists()
    assert not clone.venv.exists()


def test_clean_takes_packages_and_caches_and_nothing_a_person_made(clone: Clone) -> None:
    clone.make("setup")
    kept = [".docent/data/PG_VERSION", "notebooks/mine.ipynb", "notebooks/.ipynb_checkpoints/mine",
            "contracts/mine.json", "test_output.log"]  # fmt: skip
    gone = [".ruff_cache/a", ".pytest_cache/a", "build/a", "contracts/__pycache__/a.pyc",
            "notebooks/docent/__pycache__/a.pyc"]  # fmt: skip
    for name in kept + gone:
        (clone.folder / name).parent.mkdir(parents=True, exist_ok=True)
        (clone.folder / name).touch()
    assert clone.make("clean").returncode == 0
    assert clone.called() == ["docent down"]
    assert [name for name in kept if not (clone.folder / name).exists()] == []
    assert [name for name in [*gone, ".venv"] if (clone.folder / name).exists()] == []
    assert clone.make("clean").returncode == 0


@pytest.mark.parametrize(
    ("given", "lies_beside", "expected"),
    [
        (None, True, "{clone}/../shared"),
        (None, False, "unset"),
        ("/elsewhere", True, "/elsewhere"),
        ("", True, ""),
    ],
)
def test_the_shared_input_is_found_and_never_overruled(
    clone: Clone, given: str | None, lies_beside: bool, expected: str
) -> None:
    if lies_beside:
        (clone.folder.parent / "shared/met").mkdir(parents=True)
        (clone.folder.parent / "shared/met/met_api_records.json.gz").touch()
    (clone.folder / "probe.mk").write_text('show:\n\t@echo "$${DOCENT_SHARED-unset}"\n')
    named = {} if given is None else {"DOCENT_SHARED": given}
    shown = clone.make("-f", "Makefile", "-f", "probe.mk", "show", **named)
    assert shown.stdout.strip() == expected.format(clone=clone.folder)


@pytest.mark.parametrize("script", [".ci/setup", ".ci/run"])
def test_scripts_can_be_read_by_their_shell(script: str) -> None:
    path = REPOSITORY / script
    shell = path.read_text().splitlines()[0].removeprefix("#!").removeprefix("/usr/bin/env ")
    assert os.access(path, os.X_OK)
    assert subprocess.run([shell, "-n", path], capture_output=True, check=False).returncode == 0
