"""A small repository with a branch in it, for trying out what judges a branch."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from docent.own_git import git

BRANCH: Final = "change"
"""The name of the branch; it is one commit ahead of ``main``."""


def repository(folder: Path, main: Mapping[str, str], branch: Mapping[str, str]) -> Path:
    """Make a repository in a folder anew: one commit on ``main``, and one more on a branch.

    ``main`` and ``branch`` are texts of files by their path in the repository. What was in the
    folder before is gone: nobody is asked to write anything there.
    """
    if folder.exists():
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    git("init", "--quiet", "--initial-branch=main", folder=folder)
    _commit(folder, main, "What is promised today")
    git("switch", "--quiet", "--create", BRANCH, folder=folder)
    _commit(folder, branch, "What somebody would like to change")
    return folder


def _commit(folder: Path, files: Mapping[str, str], message: str) -> None:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    git("add", "--all", folder=folder)
    git("commit", "--quiet", "--message", message, folder=folder)
