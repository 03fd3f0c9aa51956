"""The tools beside which ours is measured, each in a virtual environment of its own.

They are installed from the package index when they are wanted, and never into the project: their
packages and ours need not agree. Without the index nothing is lost but these rows.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from benchmarks.measure import LeftOut

PACKAGES: Final[Mapping[str, str]] = {
    "datacontract": "datacontract-cli[postgres]==1.2.8",
    "soda": "soda-postgres==4.28.0",
}
"""What is installed for each program. The versions are named here and nowhere else."""

SILENT: Final[Mapping[str, str]] = {"SODA_CORE_TELEMETRY_ENABLED": "false"}
"""What keeps a program from reporting its use to its makers: a measurement is none."""


def program(
    name: str, folder: Path, environment: Mapping[str, str] = os.environ
) -> tuple[str, Path]:
    """A program by what a row calls it (``datacontract-cli 1.2.8``), and its path.

    Its environment is made below ``folder``, once. Raises LeftOut when it cannot be installed.
    """
    package, version = PACKAGES[name].split("==")
    home = folder / name
    found = home / "bin" / name
    if not found.exists():
        _install(PACKAGES[name], home, environment)
    return f"{package.split('[')[0]} {version}", found


def _install(requirement: str, home: Path, environment: Mapping[str, str]) -> None:
    uv = Path(sys.executable).with_name("uv")
    python = str(home / "bin" / "python")
    make, install = (
        ([str(uv), "venv", "--quiet", "--clear", "--python", sys.executable, str(home)],
         [str(uv), "pip", "install", "--quiet", "--python", python, requirement])
        if uv.exists()
        else ([sys.executable, "-m", "venv", "--clear", str(home)],
              [python, "-m", "pip", "install", "--quiet", requirement])
    )  # fmt: skip
    for command in (make, install):
        done = subprocess.run(
            command, env=dict(environment), capture_output=True, text=True, check=False
        )
        if done.returncode:
            last = (done.stderr.strip().splitlines() or ["no word why"])[-1].strip()
            raise LeftOut(f"{requirement} cannot be installed ({last})")
