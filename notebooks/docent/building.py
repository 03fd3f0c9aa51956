"""What the workflow does with a pushed commit, done here: its own steps, read from its own file.

The commit is laid out in a folder of its own, as a build server does. Two kinds of step are not
repeated: what fetches the code, and what installs packages that are here already. A ``make``
step is shown with the command that the Makefile runs for it.
"""

from __future__ import annotations

import io
import shlex
import subprocess
import tarfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from docent.display import Code, Paragraph, Shown
from docent.scraps import scrap_folder
from docent.shell import Ran, start
from prevention.decision import Decision, Obstacle, not_judged

if TYPE_CHECKING:
    from docent.workflow import Project

WORKFLOW: Final = ".github/workflows/contracts.yml"
REPORT: Final = "contract-report.json"
RECIPES: Final[Mapping[str, tuple[str, ...]]] = {
    "migrate": ("alembic", "upgrade", "head"),
    "check": ("docent", "check"),
}
"""What ``make`` runs for a target."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the job: the command as the workflow has it, and what it came to."""

    command: str
    ran: Ran


@dataclass(frozen=True, slots=True)
class Build:
    """One run of the workflow on one commit.

    told:  what the second job did about the comment.
    """

    commit: str
    steps: tuple[Step, ...]
    decision: Decision
    told: str

    def _card(self) -> Shown[Build]:
        pieces: list[Paragraph | Code] = []
        for step in self.steps:
            pieces.append(Paragraph(f"`{step.command}` → exit code {step.ran.exit}", look="topic"))
            output = step.ran.output.strip()
            pieces.append(Code(f"$ {step.ran.command}\n{output}".rstrip()))
        pieces.append(Paragraph(f"Job comment: {self.told}", look="topic"))
        title = f"{WORKFLOW} on {self.commit[:7]}"
        words = {"held": "passed", "broken": "failed", "not-judged": "could not judge"}
        red = self.decision.status != "held"
        kind = words[self.decision.status]
        return Shown(self, title, tuple(pieces), kind, full=red, red=red)

    def __repr__(self) -> str:
        return self._card().plain()

    def _repr_mimebundle_(self, **_asked_for: object) -> dict[str, object]:
        return self._card()._repr_mimebundle_()


def build(project: Project, commit: str) -> Build:
    """Check a commit in a folder of its own, from an empty database, and tell the pull request."""
    from docent.branch_databases import empty
    from docent.own_git import git_environment
    from docent.workflow import environment_for
    from prevention.github_comment import publish

    with scrap_folder("build", project.place.parent) as folder:
        checkout = folder / "museum-guide"
        lay_out(project.remote, commit, checkout)
        empty(project.checks)
        environment = {**git_environment(checkout.parent), **environment_for(project.checks)}
        del environment["PYTHONDONTWRITEBYTECODE"]  # the second check need not compile it again
        steps = tuple(run_steps(job_steps(checkout), checkout, environment))
        decision = read(checkout / REPORT)
    return Build(commit, steps, decision, publish(decision, project.github, number=1))


def lay_out(remote: Path, commit: str, checkout: Path) -> None:
    """Put the files of a commit into a folder."""
    from docent.own_git import git_environment

    done = subprocess.run(  # noqa: S603 - our own words
        ["git", "--git-dir", str(remote), "archive", "--format=tar", commit],  # noqa: S607
        env=git_environment(remote.parent), stdout=subprocess.PIPE, check=True, timeout=120,
    )  # fmt: skip
    checkout.mkdir()
    with tarfile.open(fileobj=io.BytesIO(done.stdout)) as archive:
        archive.extractall(checkout, filter="data")


def job_steps(checkout: Path) -> list[Mapping[str, Any]]:
    """The commands of the job ``check`` that are run here too."""
    import yaml

    workflow = yaml.safe_load((checkout / WORKFLOW).read_text(encoding="utf-8"))
    steps = workflow["jobs"]["check"]["steps"]
    return [step for step in steps if recipe(str(step.get("run", "")))]


def recipe(command: str) -> list[str]:
    """The words of the command that a ``make`` step runs; none for one that is not repeated."""
    words = shlex.split(command)
    if len(words) < 2 or words[0] != "make" or words[1] not in RECIPES:
        return []
    given = (word.removeprefix("ARGS=") for word in words[2:] if word.startswith("ARGS="))
    return [*RECIPES[words[1]], *shlex.split(" ".join(given))]


def run_steps(
    steps: list[Mapping[str, Any]], checkout: Path, environment: Mapping[str, str]
) -> Iterator[Step]:
    """Run the steps in order; after one that failed, only those that ask to run even then."""
    failed = False
    for step in steps:
        if failed and "if" not in step:
            continue
        ran = start(recipe(step["run"]), checkout, environment)
        failed = failed or ran.exit != 0
        yield Step(step["run"], ran)


def read(report: Path) -> Decision:
    """What the check handed on, read as the second job reads it."""
    from prevention.decision import NotJudged
    from prevention.report import read_report

    if not report.exists():
        return not_judged(Obstacle("The check left no report.", "Look at the log of the check."))
    try:
        return read_report(report)
    except NotJudged as error:
        return not_judged(*error.obstacles)
