"""What the workflow does with a pushed commit, done here: its own steps, read from its own file.

The commit is checked out in a folder of its own, with all that was before it, as a build server
does. Two kinds of step are not repeated: what fetches the code, and what installs packages that
are here already. A ``make`` step is shown with the command that the Makefile runs for it.
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from docent.display import Code, Paragraph, Shown
from docent.own_git import git
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
    "pr-text": ("python", "-m", "prevention.pull_request_text"),
    "gate": ("docent", "gate"),
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
    from docent.workflow import BASE, environment_for
    from prevention.github_comment import publish

    with scrap_folder("build", project.place.parent) as folder:
        checkout = folder / "museum-guide"
        check_out(project.remote, commit, checkout)
        empty(project.checks)
        environment = {**git_environment(checkout.parent), **environment_for(project.checks)}
        del environment["PYTHONDONTWRITEBYTECODE"]  # the second check need not compile it again
        environment.pop("GITHUB_TOKEN", None)  # nobody is asked: the event says all that there is
        environment |= {
            "DOCENT_BASE": f"origin/{BASE}",
            "GITHUB_EVENT_PATH": str(_event(folder / "event.json")),
        }
        steps = tuple(run_steps(job_steps(checkout), checkout, environment))
        decision = read(checkout / REPORT)
    return Build(commit, steps, decision, publish(decision, project.github, number=1))


def check_out(remote: Path, commit: str, checkout: Path) -> None:
    """Put a commit into a folder, with its history: the gate looks for where the branch began."""
    git("clone", "--quiet", "--no-checkout", str(remote), checkout.name, folder=checkout.parent)
    git("checkout", "--quiet", "--detach", commit, folder=checkout)


def _event(file: Path) -> Path:
    """Write what GitHub tells a job of the pull request that started it."""
    file.write_text(json.dumps({"pull_request": {"number": 1, "body": ""}}), encoding="utf-8")
    return file


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
    given = (word.partition("=") for word in words[2:])
    values = (value for name, _, value in given if name in ("ARGS", "FILE"))
    return [*RECIPES[words[1]], *shlex.split(" ".join(values))]


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
