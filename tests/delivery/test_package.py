"""The package as others install it: complete, and at home beside contracts of their own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.delivery.delivered import REPOSITORY

BIN = Path(sys.executable).parent
PACKAGES = ("contracts", "data_assets", "detection", "prevention", "notebooks")
OF_THE_CLONE = {"prevention/conftest.py"}
"""What stands in a package for our own suite, and would bend that of others."""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from a copy of the repository, without a network."""
    folder = tmp_path_factory.mktemp("build") / "docent x"
    caches = shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints")
    for name in PACKAGES:
        shutil.copytree(REPOSITORY / name, folder / name, ignore=caches)
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(REPOSITORY / name, folder)
    subprocess.run(
        [BIN / "hatchling", "build", "--target", "wheel"],
        cwd=folder, check=True, capture_output=True,
    )  # fmt: skip
    (built,) = (folder / "dist").glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder into which the wheel, and nothing else, is installed."""
    folder = tmp_path_factory.mktemp("installed")
    install: list[str | Path] = [
        BIN / "uv",
        "pip",
        "install",
        "--offline",
        "--no-deps",
        "--target",
        folder,
        wheel,
    ]
    subprocess.run(install, check=True, capture_output=True)
    return folder


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    """Somebody's repository, with a contracts folder that is even a Python package."""
    (tmp_path / "contracts").mkdir()
    (tmp_path / "contracts/__init__.py").write_text("raise RuntimeError('not yours to import')\n")
    shutil.copy(
        REPOSITORY / "contracts/object_images_contract_spec.json",
        tmp_path / "contracts/pictures.json",
    )
    return tmp_path


def docent(
    installed: Path, folder: Path, arguments: Sequence[str]
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, installed / "bin/docent", *arguments],
        cwd=folder, env={**os.environ, "PYTHONPATH": str(installed)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_the_wheel_holds_the_packages_and_all_that_they_read(wheel: Path) -> None:
    held = set(zipfile.ZipFile(wheel).namelist())
    read = {
        path.relative_to(REPOSITORY).as_posix().removeprefix("notebooks/")
        for name in (*PACKAGES[:-1], "notebooks/docent")
        for path in (REPOSITORY / name).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert read - held == OF_THE_CLONE
    strangers = {name for name in held - read if ".dist-info/" not in name}
    assert strangers == set()


def test_it_reads_the_contracts_where_it_is_and_not_its_own(
    installed: Path, elsewhere: Path
) -> None:
    sound = docent(installed, elsewhere, ["check", "--documents"])
    assert (sound.returncode, sound.stderr) == (0, "")
    (elsewhere / "contracts/pictures.json").write_text("{")
    broken = docent(installed, elsewhere, ["check", "--documents"])
    assert broken.returncode == 2
    assert "contracts/pictures.json" in broken.stdout + broken.stderr


def test_it_says_so_where_there_are_no_contracts(installed: Path, tmp_path: Path) -> None:
    assert docent(installed, tmp_path, ["check", "--documents"]).returncode == 2


def test_pre_commit_takes_the_configuration_and_the_hooks() -> None:
    for command in ("validate-config", "validate-manifest"):
        subprocess.run([BIN / "pre-commit", command], cwd=REPOSITORY, check=True)
