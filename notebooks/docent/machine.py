"""Looks at a machine before a workshop: whether all is here that the tour needs.

Each look changes nothing and asks nobody outside. ``room_check`` puts them together.
"""

from __future__ import annotations

import importlib.metadata
import os
import re
import shutil
import socket
import subprocess
import sys
import webbrowser
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from docent.looks import Look, amber, green, red

OLDEST_PYTHON: Final = (3, 11)
NEWEST_PYTHON: Final = (3, 14)
"""The versions that the lock was resolved for."""

FIRST_PORT: Final = 8888

MEMORY_EACH: Final = 400
"""MB for a learner: two kernels with pandas, of which one took 160 at the most in the tour."""

LOCKED: Final = re.compile(r"([A-Za-z0-9._-]+)(?:\[[^]]*\])?==([^\s;\\]+)\s*(?:;\s*([^\\]+))?")


def look_at_python(version: tuple[int, ...] = sys.version_info[:3]) -> Look:
    """Whether this Python is one that the packages were locked for."""
    told = f"Python {'.'.join(map(str, version))}"
    if version[:2] < OLDEST_PYTHON:
        oldest = ".".join(map(str, OLDEST_PYTHON))
        step = f"install Python {oldest} or newer, then type make setup"
        return red("Python", told, step)
    if version[:2] > NEWEST_PYTHON:
        newest = ".".join(map(str, NEWEST_PYTHON))
        step = (
            f"if something fails, take {newest}: make clean, then make setup PYTHON=python{newest}"
        )
        return amber("Python", f"{told}, newer than what was tried", step)
    return green("Python", told)


def look_at_packages(lock: Path) -> Look:
    """Whether every package that the lock names for this machine is here, in its version."""
    if not lock.exists():
        return amber("Packages", "no lock to compare with", "work in a clone, then make setup")
    wanted = dict(locked_packages(lock.read_text(encoding="utf-8")))
    found = {name: _installed(name) for name in wanted}
    missing = [name for name in wanted if found[name] is None]
    others = [name for name in wanted if found[name] not in (None, wanted[name])]
    if missing:
        said = f"{len(missing)} of {len(wanted)} missing: {_some(missing)}"
        return red("Packages", said, "type make setup; it needs the network once")
    if others:
        said = f"{len(others)} of {len(wanted)} in another version: {_some(others)}"
        return amber("Packages", said, "type make setup")
    return green("Packages", f"{len(wanted)}, each in the version of the lock")


def locked_packages(lock: str) -> Iterator[tuple[str, str]]:
    """The packages of a lock that this machine should have, each with its version."""
    from packaging.markers import Marker

    for line in lock.splitlines():
        if found := LOCKED.match(line):
            name, version, marker = found.groups()
            if marker is None or Marker(marker.strip()).evaluate():
                yield name, version


def _installed(name: str) -> str | None:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def _some(names: list[str]) -> str:
    return ", ".join(names[:3]) + (" and more" if len(names) > 3 else "")


def look_at_git() -> Look:
    """Whether there is a git, in which lesson 07 does its work."""
    program = shutil.which("git")
    if program is None:
        return red("git", "there is none", "install it; lesson 07 works in a real repository")
    done = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)  # noqa: S603
    return green("git", done.stdout.strip() or program)


def look_at_memory(learners: int) -> Look:
    """Whether the kernels of so many learners fit into the memory that is free."""
    free = free_memory()
    needed = learners * MEMORY_EACH
    if free is None:
        return amber("Memory", "cannot be seen here", f"see that about {needed} MB are free")
    said = f"{free:,} MB free, about {needed:,} MB needed"
    if free < needed:
        return amber("Memory", said, "close other programs; shut down kernels after each lesson")
    return green("Memory", said)


def free_memory() -> int | None:
    """MB that are free, or would be if they were asked for."""
    try:
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
        told = next(line for line in lines if line.startswith("MemAvailable"))
        return int(told.split()[1]) // 1024
    except (OSError, StopIteration, ValueError, IndexError):
        return _all_memory()


def _all_memory() -> int | None:
    """MB of the machine: all that macOS tells without a program of its own."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20
    except (AttributeError, OSError, ValueError):
        return None


def look_at_ports(learners: int, first: int = FIRST_PORT) -> Look:
    """Whether JupyterLab finds a port for each learner, from the usual one on."""
    taken = [port for port in range(first, first + learners) if not _is_free(port)]
    if not taken:
        span = f"{first}" if learners == 1 else f"{first} to {first + learners - 1}"
        return green("Ports", f"{span} free")
    said = f"taken: {', '.join(map(str, taken[:5]))}{' and more' if len(taken) > 5 else ''}"
    step = "a JupyterLab that runs? It takes the next free one; read the address that it prints"
    return amber("Ports", said, step)


def _is_free(port: int) -> bool:
    with socket.socket(socket.AF_INET) as knock:
        knock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            knock.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def look_at_browser() -> Look:
    """Whether a browser can be opened from here."""
    try:
        found = webbrowser.get()
    except webbrowser.Error:
        step = "open the address that make lab prints in any browser that reaches this machine"
        return amber("Browser", "none can be opened from here", step)
    return green("Browser", str(getattr(found, "name", "") or "there is one"))
