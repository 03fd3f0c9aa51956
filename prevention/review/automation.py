"""The lines of a repository's builds that check contracts, and which contracts those are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from contracts.model import Contract, Location
from prevention.configuration import Configuration, configure
from prevention.review.model import Evidence

BUILDS: Final = (
    ".github/workflows/*.yml", ".github/workflows/*.yaml", ".gitlab-ci.yml",
    "azure-pipelines.yml", ".circleci/config.yml", "Jenkinsfile", ".pre-commit-config.yaml",
)  # fmt: skip
"""Where a project says what its build runs, as seen from the root of the repository."""
_AUTOMATION: Final = re.compile(
    r"\b(?:docent|make)\s+(?:check|gate)\b|prevention\.(?:check|gate|verify)\b"
)
_WORD: Final = re.compile(r"[^\s\"'=(),]+")
_ENDS: Final = re.compile(r"[;&|#]")
_VALUED: Final = frozenset(
    "--output --baseline --write-baseline --schema --metrics-file --format --connection".split()  # noqa: SIM905
)
"""Options whose value may be the name of a file or a folder that is no contract."""


def find_automation(
    contract: Contract, configuration: Configuration | None = None
) -> dict[str, Any]:
    """The lines that check or gate this contract, and ``elsewhere`` those that do so for others.

    A line checks what it names, and where it names no file or folder, the project's contracts.
    """
    from prevention.git import find_repository

    settings = configuration or configure()
    root = find_repository(Path(contract.file).parent if contract.file else None).root
    file = Path(contract.file).resolve() if contract.file else None
    lines = list(_lines(root))
    reaching = [
        file is None or any(file.is_relative_to(each) for each in _checked(said, root, settings))
        for said, _ in lines
    ]
    return {
        "automation": tuple(one for (_, one), own in zip(lines, reaching, strict=True) if own),
        "elsewhere": tuple(one for (_, one), own in zip(lines, reaching, strict=True) if not own),
    }


def _lines(root: Path) -> Iterator[tuple[str, Evidence]]:
    """What each line runs from its command on, and the line itself."""
    for pattern in BUILDS:
        for file in sorted(root.glob(pattern)):
            text = file.read_text(encoding="utf-8", errors="replace")
            lines = text.splitlines()
            for number, line in enumerate(lines, 1):
                found = _AUTOMATION.search(line)
                if found and not line.lstrip().startswith("#"):
                    place = Location(file.relative_to(root).as_posix(), number)
                    whole = "\n".join([line[found.end() :], *lines[number:]])
                    said = whole.replace("\\\n", " ").partition("\n")[0]
                    yield _ENDS.split(said)[0], Evidence(" ".join(line.split()), place)


def _checked(said: str, root: Path, settings: Configuration) -> list[Path]:
    """The files and folders that a command is given, or the folder of the project's contracts."""
    words = _WORD.findall(said)
    named = [
        word
        for before, word in zip(["", *words], words, strict=False)
        if not word.startswith("-") and before not in _VALUED and (root / word).exists()
    ]
    return [(root / word).resolve() for word in named] or [settings.contracts.resolve()]
