"""Git with settings of our own: no hook, no signature and no identity of the reader's is used."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Final

EMAIL: Final = "backend-eng@museum.org"
SETTINGS: Final[Mapping[str, str]] = {
    "advice.detachedHead": "false", "commit.gpgSign": "false", "core.autocrlf": "false",
    "core.fsmonitor": "false", "core.hooksPath": os.devnull, "gc.auto": "0",
    "maintenance.auto": "false", "protocol.file.allow": "always", "push.default": "simple",
    "safe.directory": "*",
}  # fmt: skip


class WorkflowError(Exception):
    """Why there is no project to work in, and what to do about it."""

    def _render_traceback_(self) -> list[str]:
        return str(self).splitlines()


def git_environment(ceiling: Path, environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """An environment in which git knows nothing of the reader's own settings and repositories.

    ceiling:  git looks for a repository below this folder only, never in the clone around it.
    """
    kept = {name: value for name, value in environ.items() if not name.startswith("GIT_")}
    kept |= {
        "GIT_CEILING_DIRECTORIES": str(ceiling.resolve()), "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1", "GIT_TEMPLATE_DIR": "", "GIT_TERMINAL_PROMPT": "0",
        "GIT_OPTIONAL_LOCKS": "0", "GIT_PAGER": "cat", "GIT_EDITOR": "true", "LC_ALL": "C.UTF-8",
        "GIT_CONFIG_COUNT": str(len(SETTINGS)),
    }  # fmt: skip
    for who in ("AUTHOR", "COMMITTER"):
        kept |= {f"GIT_{who}_NAME": "Backend Engineer", f"GIT_{who}_EMAIL": EMAIL}
    for number, (key, value) in enumerate(SETTINGS.items()):
        kept |= {f"GIT_CONFIG_KEY_{number}": key, f"GIT_CONFIG_VALUE_{number}": value}
    return kept


def git(*words: str, folder: Path) -> str:
    """What git says to a command of ours; raises WorkflowError when it refuses."""
    done = subprocess.run(  # noqa: S603 - our own words
        ["git", *words],  # noqa: S607 - the reader's own git
        cwd=folder, env=git_environment(folder.parent), stdin=subprocess.DEVNULL,
        capture_output=True, encoding="utf-8", errors="replace", check=False, timeout=120,
    )  # fmt: skip
    if done.returncode:
        said = done.stderr.strip() or done.stdout.strip()
        raise WorkflowError(f"git {words[0]} did not work: {said}\nNext: open the project again.")
    return done.stdout.strip()
