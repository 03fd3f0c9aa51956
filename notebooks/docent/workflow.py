"""A project to change for real: a branch, commits, a remote, a build, a pull request.

Everything lies in one folder of the lesson, below the sandbox's home: a working copy, a bare
repository that it pushes to, and databases of their own. What the learner has committed in the
clone is fetched as the project's past; nothing is ever written to the clone, so that its HEAD,
index, branches and files are what they were, whatever is interrupted. Git is asked with
settings of our own: no hook, no signature and no identity of the reader's is used.
"""

from __future__ import annotations

import shlex
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from docent.own_git import EMAIL, WorkflowError, git, git_environment
from docent.pull_page import Check, Commit, LocalGitHub, Page, State
from docent.scraps import scrap_folder
from docent.shell import Ran, start

if TYPE_CHECKING:
    from docent.building import Build

LESSON: Final = "07"
PROJECT: Final = "pull-request"
"""The folder of it all: it is made beside its place, and put there by one rename."""
BASE: Final = "main"
REVISIONS: Final = ("00e9b3375a5f", "7c1e4a9d2b60")
"""The migrations that a clone comes with."""
NEEDED: Final = (
    "alembic.ini", "pyproject.toml", "Makefile", ".github/workflows/contracts.yml",
    "contracts/object_images_contract_spec.json", "data_assets/migrations/env.py",
    "prevention/test_data_contract_violations.py",
)  # fmt: skip
COPIED: Final = (
    ".gitignore", ".github", "Makefile", "alembic.ini", "contracts", "data_assets", "detection",
    "prevention", "pyproject.toml",
)  # fmt: skip
"""What a project without a past is made of."""


@dataclass(frozen=True)
class Project:
    """A working copy with a remote, and what has happened to it since it was opened.

    place:      the folder of it all.
    database:   the database that belongs to the branch; the learner's own stays as it is.
    checks:     the database that each build empties and makes from nothing.
    builds:     the builds so far, by the commit's full name.
    """

    place: Path
    database: str
    checks: str
    github: LocalGitHub = field(default_factory=LocalGitHub)
    builds: dict[str, Build] = field(default_factory=dict)

    @property
    def folder(self) -> Path:
        """The working copy."""
        return self.place / "museum-guide"

    @property
    def remote(self) -> Path:
        """The bare repository that stands for GitHub."""
        return self.place / "origin.git"

    def run(self, command: str) -> Ran:
        """Run a command in the working copy, on the branch's database, as in a terminal."""
        environment = {**git_environment(self.folder.parent), **environment_for(self.database)}
        return start(shlex.split(command), self.folder, environment)

    def read(self, name: str) -> str:
        """The text of a file of the working copy."""
        return (self.folder / name).read_text(encoding="utf-8")

    def write(self, name: str, text: str) -> str:
        """Write a file of the working copy, and return its name."""
        path = (self.folder / name).resolve()
        if not path.is_relative_to(self.folder.resolve()):
            raise ValueError(f"{name!r} lies outside the project")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
        return f"wrote {name}"

    def build(self) -> Build:
        """Do what the workflow does with the branch's newest commit at the remote, once."""
        from docent.building import build

        commit = self._git("rev-parse", self._branch())
        if commit not in self.builds:
            self.builds[commit] = build(self, commit)
        return self.builds[commit]

    def pull_request(self, title: str) -> Page:
        """The page of the pull request, once its newest commit is built."""
        from prevention.render.plain import summary

        branch, newest = self._branch(), self.build()
        listed = self._git("log", "--reverse", "--format=%H %s", f"{BASE}..{branch}").splitlines()
        commits = tuple(self._commit(*line.split(" ", 1)) for line in listed)
        comment = self.github.comments[0]["body"] if self.github.comments else ""
        checks = (
            Check("contracts / check", newest.decision.status, summary(newest.decision)),
            Check("contracts / comment", "held", newest.told),
        )
        return Page(title, branch, commits=commits, checks=checks, comment=comment)

    def _commit(self, name: str, title: str) -> Commit:
        state: State = self.builds[name].decision.status if name in self.builds else "waiting"
        return Commit(name[:7], title, state)

    def _branch(self) -> str:
        """The branch at the remote that was pushed to last, other than the base."""
        found = self._git(
            "for-each-ref", "--sort=-committerdate", "--format=%(refname:short)", "refs/heads"
        )
        branches = [name for name in found.splitlines() if name != BASE]
        if not branches:
            raise WorkflowError(
                "Nothing was pushed yet, so there is no pull request.\n"
                "Next: run the cells above in their order; git push sends the branch."
            )
        return branches[0]

    def _git(self, *words: str) -> str:
        return git("--git-dir", str(self.remote), *words, folder=self.place)

    def __repr__(self) -> str:
        return (
            f"working copy   {self.folder}\nremote         {self.remote}\n"
            f"last commit    {self._git('log', '-1', '--format=%h %s', BASE)}"
        )


def open_project() -> Project:
    """Make the project afresh, with databases of its own, and return it.

    One that is there is replaced; when somebody has worked in it by hand it is put aside.
    """
    from docent.branch_databases import databases

    place = project_in(LESSON)
    return Project(place, *databases(place / "museum-guide"))


def project_in(lesson: str) -> Path:
    """Make a remote and a working copy afresh in the folder of a lesson; the folder of both."""
    from docent.place import lesson_folder

    if shutil.which("git") is None:
        raise WorkflowError("There is no git here.\nNext: install git, then run the cell again.")
    folder = lesson_folder(lesson)
    folder.mkdir(parents=True, exist_ok=True)
    place = folder / PROJECT
    with scrap_folder("making", folder) as making:
        made = making / PROJECT
        lay_out(made)
        if place.exists():
            _out_of_the_way(place, making)
        made.rename(place)
    return place


def lay_out(place: Path) -> None:
    """Make the remote, and a working copy of it, in a folder that is not there yet."""
    from data_assets.home import clone

    place.mkdir(parents=True)
    git("init", "--quiet", "--bare", f"--initial-branch={BASE}", "origin.git", folder=place)
    if not _fetched(clone(), place):
        _begun(clone(), place)
    git("clone", "--quiet", "origin.git", "museum-guide", folder=place)
    # By a relative path, so that the folder may be renamed.
    git("remote", "set-url", "origin", "../origin.git", folder=place / "museum-guide")


def _fetched(clone: Path, place: Path) -> bool:
    """Whether what is committed in the clone is the project's past now."""
    if not (clone / ".git").exists():
        return False
    try:
        git("fetch", "--quiet", "--no-tags", "--update-shallow", str(clone),
            f"+HEAD:refs/heads/{BASE}", folder=place / "origin.git")  # fmt: skip
        listed = git("ls-tree", "-r", "--name-only", BASE, folder=place / "origin.git")
    except WorkflowError:  # no commit yet, or not ours to read
        listed = ""
    files = set(listed.splitlines())
    if set(NEEDED) <= files and not any(map(_is_ahead, map(Path, files))):
        return True
    shutil.rmtree(place / "origin.git")
    git("init", "--quiet", "--bare", f"--initial-branch={BASE}", "origin.git", folder=place)
    return False


def _begun(clone: Path, place: Path) -> None:
    """Begin a history with the files of the clone as they are."""
    first = place / "museum-guide"
    first.mkdir()
    for name in COPIED:
        source = clone / name
        if source.is_dir():
            shutil.copytree(source, first / name, ignore=_not_ours)
        elif source.exists():
            shutil.copy(source, first / name)
    git("init", "--quiet", f"--initial-branch={BASE}", folder=first)
    git("add", "--all", folder=first)
    git("commit", "--quiet", "--message", "The museum guide as it is today", folder=first)
    git("push", "--quiet", "../origin.git", BASE, folder=first)
    shutil.rmtree(first)


def _not_ours(folder: str, names: list[str]) -> list[str]:
    paths = (Path(folder) / name for name in names)
    return [path.name for path in paths if path.name == "__pycache__" or _is_ahead(path)]


def _is_ahead(path: Path) -> bool:
    """Whether a file is of a clone that has been through this lesson's story already."""
    if path.parent.name == "versions" and path.suffix == ".py":
        return not path.name.startswith(REVISIONS)
    return path.parent.name == "contracts" and path.name.startswith("object_images_normalized")


def _out_of_the_way(place: Path, making: Path) -> None:
    """Put a project aside where somebody has worked in it by hand; else it may go."""
    from docent.files import put_aside
    from docent.place import now

    if worked_in(place / "museum-guide"):
        put_aside(place, now())
    else:
        place.rename(making / "old")


def worked_in(copy: Path) -> bool:
    """Whether a working copy holds what the story did not put there."""
    try:
        told = git("log", "--format=%ce", "--branches", f"^origin/{BASE}", folder=copy)
        untold = [line for line in told.splitlines() if line != EMAIL]
        return bool(untold or git("status", "--porcelain", folder=copy))
    except WorkflowError:
        return True


def environment_for(database: str) -> dict[str, str]:
    """What a program of the project is told: its database, and nothing of the clone's."""
    return {
        "DATABASE_URL": database, "DOCENT_CONTRACTS": "", "DOCENT_ALEMBIC": "",
        "DOCENT_SCHEMAS": "", "DOCENT_STRICT": "", "DOCENT_BASE": "", "PYTHONPATH": "",
        "PYTHONSAFEPATH": "",
        "PYTHONDONTWRITEBYTECODE": "1",
    }  # fmt: skip


def finished(exercise: str, name: str, example: str) -> str:
    """The learner's file where it holds, else the tour's example, so that the story goes on."""
    from docent.examination import examine
    from docent.lessons import EXERCISES, LESSONS
    from docent.place import room_for

    lesson = next(lesson for lesson in LESSONS if lesson.id == EXERCISES[exercise].lesson)
    room = room_for(lesson)
    if examine(EXERCISES[exercise], name, room).kind == "correct":
        print(f"with your {name}")  # noqa: T201 - a cell says whose file it goes on with
        return room.file(name).read_text(encoding="utf-8")
    print(f"with the tour's own {name}, until yours holds")  # noqa: T201
    return example
