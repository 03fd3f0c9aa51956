"""The lock is complete, hashed and bound to no address.

That it has wheels for every supported system is shown by `make lock-check`, which asks an index
and so belongs to `.ci/run`: `make test` needs no network.
"""

from __future__ import annotations

import itertools
import re
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

REPOSITORY = Path(__file__).resolve().parents[2]
LOCK = (REPOSITORY / "requirements.lock").read_text()
PROJECT = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())

PYTHONS = ("3.11.0", "3.11.9", "3.12.4", "3.13.1", "3.14.0")
SYSTEMS = (
    {"sys_platform": "linux", "platform_system": "Linux", "os_name": "posix"},
    {"sys_platform": "darwin", "platform_system": "Darwin", "os_name": "posix"},
    {"sys_platform": "win32", "platform_system": "Windows", "os_name": "nt"},
)
PROCESSORS = ("x86_64", "arm64")


@dataclass(frozen=True)
class Entry:
    """One locked package: what is required, under which condition, and the hashes of its files."""

    name: str
    version: str
    marker: Marker | None
    hashes: tuple[str, ...]

    def applies(self, environment: dict[str, str]) -> bool:
        return self.marker is None or self.marker.evaluate(environment)


def entries(lock: str) -> tuple[Entry, ...]:
    """Read a lock: an entry begins with a line that has no space in front."""
    found = []
    for block in re.split(r"\n(?=\S)", lock):
        requirement = Requirement(block.splitlines()[0].rstrip(" \\"))
        (pin,) = requirement.specifier
        hashes = re.findall(r"--hash=sha256:([0-9a-f]{64})\b", block)
        found.append(
            Entry(
                canonicalize_name(requirement.name), pin.version, requirement.marker, tuple(hashes)
            )
        )
    return tuple(found)


def required(project: dict[str, Any]) -> Iterator[Requirement]:
    """Everything that pyproject.toml asks for, in all extras, and what builds the project."""
    stated = project["project"]
    for texts in (
        stated["dependencies"],
        *stated["optional-dependencies"].values(),
        project["build-system"]["requires"],
    ):
        yield from map(Requirement, texts)


def environments() -> Iterator[dict[str, str]]:
    """Every supported Python on every supported system, as markers see it."""
    for python, system, processor in itertools.product(PYTHONS, SYSTEMS, PROCESSORS):
        yield {
            **system,
            "platform_machine": processor,
            "python_full_version": python,
            "python_version": python.rpartition(".")[0],
            "implementation_name": "cpython",
            "platform_python_implementation": "CPython",
        }


def faults(lock: str, project: dict[str, Any]) -> list[str]:
    """What is wrong with a lock for a project; nothing, when it can be installed from."""
    if astray := [line for line in lock.splitlines() if "://" in line or line.startswith("-")]:
        return [f"line with an address or an option: {line}" for line in astray]
    locked = entries(lock)
    found = [f"no hash: {entry.name}" for entry in locked if not entry.hashes]
    for environment in environments():
        versions: dict[str, list[str]] = defaultdict(list)
        for entry in locked:
            if entry.applies(environment):
                versions[entry.name].append(entry.version)
        found += [f"twice for one environment: {n}" for n, these in versions.items() if these[1:]]
        for wanted in required(project):
            if wanted.marker and not wanted.marker.evaluate(environment):
                continue
            name = canonicalize_name(wanted.name)
            if name not in versions:
                found.append(f"not locked: {name}")
            found += [
                f"{name} {version} is not {wanted.specifier}"
                for version in versions[name]
                if not wanted.specifier.contains(version, prereleases=True)
            ]
    return sorted(set(found))


def test_the_lock_can_be_installed_from() -> None:
    assert faults(LOCK, PROJECT) == []


HASH = "--hash=sha256:" + "0" * 64
SMALL = {
    "project": {"dependencies": ["click>=8.2"], "optional-dependencies": {"dev": ["ruff"]}},
    "build-system": {"requires": ["hatchling"]},
}
SOUND = f"click==8.5.1 \\\n    {HASH}\nhatchling==1.0 \\\n    {HASH}\nruff==0.17 \\\n    {HASH}\n"


@pytest.mark.parametrize(
    ("what", "lock", "expected"),
    [
        ("sound", SOUND, []),
        ("a comment on the origin is no fault", SOUND + "    # via docent\n", []),
        ("missing", SOUND.replace("ruff==0.17", "rough==0.17"), ["not locked: ruff"]),
        ("too old", SOUND.replace("8.5.1", "8.1"), ["click 8.1 is not >=8.2"]),
        ("no hash", SOUND.replace(f"8.5.1 \\\n    {HASH}", "8.5.1"), ["no hash: click"]),
        (
            "a short hash is none",
            SOUND.replace(f"8.5.1 \\\n    {HASH}", f"8.5.1 \\\n    {HASH[:-1]}"),
            ["no hash: click"],
        ),
        (
            "an index",
            "--index-url https://example.org/simple\n" + SOUND,
            ["line with an address or an option: --index-url https://example.org/simple"],
        ),
        (
            "an address",
            SOUND.replace("ruff==0.17", "ruff @ https://example.org/ruff.whl"),
            ["line with an address or an option: ruff @ https://example.org/ruff.whl \\"],
        ),
        (
            "two for one Python",
            SOUND + f"ruff==0.16 ; python_version < '3.12' \\\n    {HASH}\n",
            ["twice for one environment: ruff"],
        ),
        (
            "one for each Python",
            SOUND.replace("ruff==0.17", "ruff==0.17 ; python_version >= '3.12'")
            + f"ruff==0.16 ; python_version < '3.12' \\\n    {HASH}\n",
            [],
        ),
    ],
)
def test_faults_are_found(what: str, lock: str, expected: list[str]) -> None:
    assert faults(lock, SMALL) == expected


def test_uv_can_be_taken_out_of_the_lock() -> None:
    """`.ci/setup` hands pip the lines from `uv==` to the first that does not go on."""
    (uv,) = (entry for entry in entries(LOCK) if entry.name == "uv")
    block = re.search(r"^uv==.*?[^\\]$", LOCK, re.MULTILINE | re.DOTALL)
    assert block is not None
    assert uv.marker is None
    assert entries(block[0]) == (uv,)
