"""Commits, read from git: what a folder held at one, and where two of them parted.

Git itself is asked, by its own plumbing: it is there wherever there is a pull request, reads
every kind of repository that it can make, and finds thousands of files in two calls. A library
would be one more thing to install and to keep as able as git is. Nothing is ever written: no
index, no reference, no working tree.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from prevention.decision import NotJudged, Obstacle

PATIENCE: Final = 120.0
"""Seconds that one question to git may take."""

TRUSTED: Final = re.compile(
    r"GIT_(CONFIG_(GLOBAL|SYSTEM|NOSYSTEM|COUNT|KEY_\d+|VALUE_\d+)|CEILING_DIRECTORIES"
    r"|DISCOVERY_ACROSS_FILESYSTEM|EXEC_PATH|SSH|SSH_COMMAND|ASKPASS)"
)
"""What is kept of git's environment: where its configuration is (which says whom to trust, by
``safe.directory``), and how to reach a server that keeps the files of a partial clone. All else
leads elsewhere: a hook, for one, is handed an index and a folder that are not those of here."""

QUIET: Final = {
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_LITERAL_PATHSPECS": "1",
    "LC_ALL": "C",
}
SETTINGS: Final = ("core.fsmonitor=false", "core.quotePath=false", "core.attributesFile=")

UNTRACKED: Final = ("ls-files", "-z", "--others", "--exclude-standard", "--full-name")
"""What asks for the files that git would track."""

_RECORD: Final = re.compile(rb"(\d{6}) (\w+) ([0-9a-f]+) +(\d+|-)\t(.*)", re.DOTALL)

Kind = Literal["file", "link", "module"]
_KINDS: Final[Mapping[bytes, Kind]] = {b"120000": "link", b"160000": "module"}


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of a commit.

    path:  from the root of the repository, with ``/``, whatever the system.
    id:    what git knows the content by: equal contents have equal ids, wherever they are.
    size:  bytes of the content.
    kind:  ``link`` is a symbolic link, whose content is where it leads; ``module`` a submodule,
           whose files are in a repository of their own.
    """

    path: str
    id: str
    size: int
    kind: Kind = "file"


@dataclass(frozen=True, slots=True)
class Repository:
    """A repository with a working tree. ``root`` is its topmost folder."""

    root: Path
    shallow: bool = False

    def commit(self, name: str) -> str:
        """The full id of the commit that a branch, a tag or anything else names."""
        if name.startswith("-") or not name.strip():
            raise NotJudged(Obstacle(f"{name!r} names no commit.", "Name a branch: --base main."))
        done = self._ask("rev-parse", "--verify", "--quiet", f"{name}^{{commit}}")
        if done.returncode:
            raise self._unknown(name)
        return _line(done.stdout)

    def merge_base(self, base: str, head: str) -> str:
        """The newest commit that two have in common; raises NotJudged where there is none."""
        first, second = self.commit(base), self.commit(head)
        done = self._ask("merge-base", first, second)
        if done.returncode == 1 and not done.stderr:
            raise self._unrelated(base, head)
        return _line(_sound(done, "merge-base").stdout).partition("\n")[0]

    def path_of(self, folder: Path) -> str:
        """A folder or file of the working tree as the repository calls it; ``""`` is the root."""
        path = Path(os.path.abspath(folder))  # noqa: PTH100 - a link in it is kept as it is
        for candidate in (path, path.parent.resolve() / path.name, path.resolve()):
            if candidate.is_relative_to(self.root):
                below = candidate.relative_to(self.root).as_posix()
                return "" if below == "." else below
        raise NotJudged(
            Obstacle(
                f"{folder} is not in the repository {self.root}.",
                "Run docent in the repository that holds it.",
            )
        )

    def entries(self, commit: str, folder: str = "") -> tuple[Entry, ...]:
        """Every file below a folder (or at the path of a file) at a commit, sorted by path."""
        words = ["ls-tree", "-r", "-z", "--long", "--full-tree", commit]
        done = _sound(self._ask(*words, *(["--", folder] if folder else [])), "ls-tree")
        return tuple(_entry(record) for record in done.stdout.split(b"\0") if record)

    def contents(self, entries: Iterable[Entry]) -> dict[str, bytes]:
        """What is in files of commits, by the ids of their content; each is read once."""
        ids = list(dict.fromkeys(entry.id for entry in entries))
        if not ids:
            return {}
        asked = "".join(f"{each}\n" for each in ids).encode()
        done = _sound(self._ask("cat-file", "--batch", asked=asked), "cat-file")
        return dict(zip(ids, _contents(done.stdout, ids), strict=True))

    def changed(self, old: str, new: str | None) -> tuple[str, ...]:
        """The paths that differ between two commits, or from one to the working tree (``None``)."""
        words = ("-r", "-z", "--name-only", "--no-renames")
        if new is None:
            paths = self._paths("diff-index", *words, old)
            return tuple(sorted(paths | self._paths(*UNTRACKED)))
        return tuple(sorted(self._paths("diff-tree", *words, old, new))) if old != new else ()

    def working_files(self) -> tuple[str, ...]:
        """The paths in the working tree that git tracks or would: all but what it ignores."""
        paths = self._paths("ls-files", "-z", "--cached", "--full-name") | self._paths(*UNTRACKED)
        return tuple(sorted(path for path in paths if os.path.lexists(self.root / path)))

    def _paths(self, *words: str) -> set[str]:
        answer = _sound(self._ask(*words), words[0]).stdout
        return {os.fsdecode(path) for path in answer.split(b"\0") if path}

    def _ask(self, *words: str, asked: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        return ask(words, self.root, asked)

    def _unknown(self, name: str) -> NotJudged:
        if name == "HEAD":
            step = "Commit something first, or look at git status."
            return NotJudged(Obstacle("This repository has no commit yet.", step))
        return NotJudged(Obstacle(f"There is no commit {name} here.", self._how_to_get(name)))

    def _how_to_get(self, name: str) -> str:
        remotes = self._ask("remote").stdout.decode(errors="replace").split("\n")
        remote, slash, branch = name.partition("/")
        fetch = f"git fetch {remote} {branch}" if slash and remote in remotes else "git fetch"
        if self.shallow:
            return f"{DEEPEN}; or fetch it: {fetch}."
        branches = self._branches()
        known = f" Branches here: {', '.join(branches)}." if branches else ""
        return f"{fetch}, or name another branch.{known}"

    def _branches(self) -> list[str]:
        words = ("for-each-ref", "--count=8", "--sort=-committerdate", "--format=%(refname:short)")
        done = self._ask(*words, "refs/heads", "refs/remotes")
        return done.stdout.decode(errors="replace").split()

    def _unrelated(self, base: str, head: str) -> NotJudged:
        if self.shallow:
            what = f"This clone is shallow: where {head} left {base} lies before its first commit."
            return NotJudged(Obstacle(what, f"{DEEPEN}."))
        what = f"{base} and {head} have no commit in common."
        return NotJudged(Obstacle(what, "Name the branch that this one came from: --base BRANCH."))


DEEPEN: Final = "Deepen it: git fetch --unshallow (in actions/checkout: fetch-depth: 0)"


def find_repository(folder: Path | None = None) -> Repository:
    """The repository that a folder is in; raises NotJudged where there is none that can be read."""
    place = folder or Path.cwd()
    done = ask(("rev-parse", "--is-shallow-repository", "--show-toplevel"), place)
    if done.returncode:
        raise _no_repository(place, done.stderr.decode(errors="replace"))
    shallow, _, root = _line(done.stdout).partition("\n")
    return Repository(Path(root), shallow == "true")


def ask(
    words: Sequence[str], folder: Path, asked: bytes = b""
) -> subprocess.CompletedProcess[bytes]:
    """Ask git something in a folder, whatever the caller's own settings for git are."""
    options = [part for setting in SETTINGS for part in ("-c", setting)]
    try:
        return subprocess.run(  # noqa: S603 - no shell reads it
            ["git", "--no-pager", *options, *words],  # noqa: S607 - the git of whoever runs this
            cwd=folder,
            env=environment(os.environ),
            input=asked,
            capture_output=True,
            check=False,
            timeout=PATIENCE,
        )
    except FileNotFoundError:
        if not folder.is_dir():
            raise
        raise NotJudged(
            Obstacle("Git is not installed, or not on the PATH.", "Install git, then repeat.")
        ) from None
    except subprocess.TimeoutExpired:
        what = f"Git did not answer within {PATIENCE:.0f} seconds (git {words[0]})."
        raise NotJudged(Obstacle(what, f"See what hinders it: git {words[0]}.")) from None


def environment(inherited: Mapping[str, str]) -> dict[str, str]:
    """The environment that git is asked in."""
    kept = {
        name: value
        for name, value in inherited.items()
        if not name.startswith("GIT_") or TRUSTED.fullmatch(name)
    }
    return kept | QUIET


def _no_repository(folder: Path, said: str) -> NotJudged:
    if "dubious ownership" in said:
        named = re.search(r"repository at '(.*)'", said)
        root = named[1] if named else str(folder)
        trust = shlex.join(["git", "config", "--global", "--add", "safe.directory", root])
        what = f"Git does not read {root}: it belongs to another user."
        return NotJudged(Obstacle(what, f"If you trust it: {trust}"))
    if "must be run in a work tree" in said:
        what = f"{folder} is a repository without files, or inside .git."
        return NotJudged(Obstacle(what, "Run docent in a clone with files."))
    if "not a git repository" in said:
        what = f"{folder} is in no git repository, so there is nothing to compare with."
        step = "Run this in a clone, or compare files: docent diff OLD NEW."
        return NotJudged(Obstacle(what, step))
    return NotJudged(Obstacle(f"Git failed: {_first_line(said)}", "See what git status says."))


def _sound(
    done: subprocess.CompletedProcess[bytes], what: str
) -> subprocess.CompletedProcess[bytes]:
    """What git answered, unless it failed."""
    if done.returncode:
        said = _first_line(done.stderr.decode(errors="replace")) or f"exit code {done.returncode}"
        step = "See whether the repository is whole: git fsck."
        raise NotJudged(Obstacle(f"git {what} failed: {said}", step))
    return done


def _first_line(said: str) -> str:
    lines = [line for line in said.splitlines() if line.strip()]
    fatal = [line for line in lines if line.startswith(("fatal:", "error:"))]
    return next(iter(fatal or lines), "")


def _line(answer: bytes) -> str:
    """An answer without the end of its last line; a path in it may hold one of its own."""
    return os.fsdecode(answer.removesuffix(b"\n"))


def _entry(record: bytes) -> Entry:
    match = _RECORD.fullmatch(record)
    if match is None:
        raise NotJudged(Obstacle("Git listed files in an unknown way.", "Update git."))
    mode, _, name, size, path = match.groups()
    length = int(size) if size.isdigit() else 0
    return Entry(os.fsdecode(path), name.decode(), length, _KINDS.get(mode, "file"))


def _contents(answer: bytes, ids: Iterable[str]) -> Iterator[bytes]:
    """Cut the answer to ``cat-file --batch`` into contents: a head line, then so many bytes."""
    at = 0
    for name in ids:
        end = answer.find(b"\n", at)
        words = answer[at:end].split()
        if end < 0 or len(words) != 3 or words[1] != b"blob":
            what = f"Git does not have the content {name} of a file."
            raise NotJudged(Obstacle(what, "See whether the repository is whole: git fsck."))
        start, size = end + 1, int(words[2])
        yield answer[start : start + size]
        at = start + size + 1
