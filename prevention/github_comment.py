"""Keeps one comment on a pull request up to date: ``python -m prevention.github_comment REPORT``.

It runs in a job that may write and therefore runs none of the pull request's code. The report
comes from the job that did run it, so it is taken as a stranger's: its size and shape are
checked, and every sentence is written anew from its facts. Which pull request is meant comes
from GitHub's own event, never from the report.

The comment is found again by a hidden first line, and only among those of our own author. When
there is nothing to complain about, none is made; one that is there is turned to "resolved".
The job's summary gets the whole report in any case, which is all there is with a token that
only reads, as a fork's.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import click

from prevention.decision import Decision, NotJudged, Obstacle, not_judged
from prevention.github_api import ATTEMPTS, GitHub, ReadOnlyError, UncertainError
from prevention.render import markdown
from prevention.report import read_report

AUTHOR: Final = "github-actions[bot]"
"""Who writes with the token that GitHub gives to a job."""


@dataclass(frozen=True, slots=True)
class PullRequest:
    """A pull request, and the commit that was checked."""

    number: int
    head: str


@click.command()
@click.argument("report", type=click.Path(path_type=Path))
@click.option(
    "--pull-request",
    type=click.IntRange(min=1),
    help="The number, where the event names none (workflow_run); it is verified.",
)
@click.option(
    "--author", default=AUTHOR, show_default=True, help="Whose comments are ours to change."
)
def comment(report: Path, pull_request: int | None, author: str) -> None:
    """Tell a pull request the outcome of docent check --format json --output REPORT."""
    decision, readable = _read(report)
    summarise(decision, os.environ)
    click.echo(tell(decision, os.environ, pull_request=pull_request, author=author))
    if not readable:
        raise NotJudged(*decision.obstacles)


def tell(
    decision: Decision,
    environment: Mapping[str, str],
    *,
    pull_request: int | None = None,
    author: str = AUTHOR,
    github: GitHub | None = None,
) -> str:
    """Bring the comment up to date, and say in a sentence what was done."""
    if not environment.get("GITHUB_TOKEN") and github is None:
        return "There is no GITHUB_TOKEN, so there is no comment; the job's summary has it all."
    github = github or github_of(environment)
    try:
        target = find_pull_request(read_event(environment), github, pull_request)
        if target is None:
            return "This is no pull request, so there is no comment."
        if github.get(f"pulls/{target.number}")["head"]["sha"] != target.head:
            return "A newer commit is there; its own check will tell."
        rest = _rest(environment)
        return publish(decision, github, target.number, author=author, elsewhere=rest)
    except ReadOnlyError:
        return "The token may not write here, so there is no comment; the job's summary has it all."
    except (KeyError, TypeError) as error:
        what = "GitHub's answer, or its event, is not as it should be."
        raise NotJudged(Obstacle(what, "Run the job again.")) from error


def publish(
    decision: Decision,
    github: GitHub,
    number: int,
    *,
    author: str = AUTHOR,
    elsewhere: str = markdown.ELSEWHERE,
) -> str:
    """Make, change or resolve the one comment, and say in a sentence which it was."""
    for _ in range(ATTEMPTS):
        ours = own_comments(github, number, author)
        body = markdown.render(decision, resolved=bool(ours), elsewhere=elsewhere)
        if not ours and decision.status == "held":
            return "All promises hold, and nobody had to be told otherwise: there is no comment."
        try:
            if not ours:
                github.post(f"issues/{number}/comments", {"body": body})
                return "Made the comment."
            return _bring_up_to_date(github, ours, body)
        except UncertainError:
            github.sleep(2.0)  # it may be there by now: look again before making another
    raise NotJudged(Obstacle("GitHub does not take the comment.", "Run the job again later."))


def own_comments(github: GitHub, number: int, author: str) -> list[Mapping[str, Any]]:
    """The comments that carry our mark and are by our author, oldest first."""
    return [
        found
        for found in github.pages(f"issues/{number}/comments")
        if str(found["body"] or "").startswith(markdown.MARKER)
        and (found["user"] or {}).get("login") == author
    ]


def _bring_up_to_date(github: GitHub, ours: list[Mapping[str, Any]], body: str) -> str:
    """Change the oldest comment, and take away what a race may have added to it."""
    first, *others = ours
    for other in others:
        github.delete(f"issues/comments/{int(other['id'])}")
    if _same(str(first["body"]), body):
        return "The comment says so already."
    github.patch(f"issues/comments/{int(first['id'])}", {"body": body})
    return "Brought the comment up to date."


def find_pull_request(
    event: Mapping[str, Any], github: GitHub, given: int | None = None
) -> PullRequest | None:
    """The pull request of an event; ``None`` for an event of another kind.

    A number that is ``given`` must agree with the event; raises NotJudged where it does not.
    """
    if "pull_request" in event:
        target = PullRequest(
            int(event["pull_request"]["number"]), event["pull_request"]["head"]["sha"]
        )
        if given not in (None, target.number):
            raise _not_ours(given)
        return target
    if "workflow_run" in event:
        return _of_a_run(event["workflow_run"], github, given)
    return None


def _of_a_run(run: Mapping[str, Any], github: GitHub, given: int | None) -> PullRequest | None:
    """The pull request of the run that this one follows; for a fork the event names none."""
    named = [int(pull["number"]) for pull in run["pull_requests"]]
    if not named:
        asked = [github.get(f"pulls/{given}")] if given else github.pages(_pulls_of(run))
        named = [int(pull["number"]) for pull in asked if _is_what_ran(pull, run)]
    if given is not None and given not in named:
        raise _not_ours(given)
    number = given or (named[0] if named else None)
    return PullRequest(number, run["head_sha"]) if number else None


def _pulls_of(run: Mapping[str, Any]) -> str:
    return f"commits/{run['head_sha']}/pulls"


def _is_what_ran(pull: Mapping[str, Any], run: Mapping[str, Any]) -> bool:
    """Whether the pull request's newest commit is the one that was checked, in the same fork."""
    repository = (pull["head"]["repo"] or {}).get("full_name")
    return bool(
        pull["head"]["sha"] == run["head_sha"] and repository == run["head_repository"]["full_name"]
    )


def summarise(decision: Decision, environment: Mapping[str, str]) -> None:
    """Add the whole outcome to the job's summary, where there is one."""
    if file := environment.get("GITHUB_STEP_SUMMARY"):
        elsewhere = "The rest is in the report that the job keeps."
        text = markdown.render(decision, limit=markdown.SUMMARY_LIMIT, elsewhere=elsewhere)
        with Path(file).open("a", encoding="utf-8") as summary:
            summary.write(text + "\n")


def _read(report: Path) -> tuple[Decision, bool]:
    """The decision that was handed on, and whether it could be read at all."""
    if not report.exists():
        missing = Obstacle("The check left no report.", "Look at the log of the check.")
        return not_judged(missing), False
    try:
        return read_report(report), True
    except NotJudged as error:
        return not_judged(*error.obstacles), False


def read_event(environment: Mapping[str, str]) -> Mapping[str, Any]:
    """The event that started the job, as GitHub has written it down; empty where it has not."""
    file = environment.get("GITHUB_EVENT_PATH")
    if not file:
        return {}
    event = json.loads(Path(file).read_bytes())
    return event if isinstance(event, dict) else {}


def github_of(environment: Mapping[str, str]) -> GitHub:
    """The repository that the job is about, seen with its token."""
    repository = environment.get("GITHUB_REPOSITORY", "")
    if repository.count("/") != 1:
        what = f"GITHUB_REPOSITORY is {repository!r}."
        raise NotJudged(Obstacle(what, "Set it to owner/name; in a workflow it is set."))
    url = environment.get("GITHUB_API_URL") or "https://api.github.com"
    return GitHub(repository, environment["GITHUB_TOKEN"], url)


def _rest(environment: Mapping[str, str]) -> str:
    """Where the rest of a long comment is, with a link where GitHub says which run this is."""
    names = ("GITHUB_SERVER_URL", "GITHUB_REPOSITORY", "GITHUB_RUN_ID")
    if not all(environment.get(name) for name in names):
        return markdown.ELSEWHERE
    server, repository, run = (environment[name] for name in names)
    link = f"{server}/{repository}/actions/runs/{run}"
    return f"The rest is in [the job's summary]({link}) and in the report that it keeps."


def _same(before: str, after: str) -> bool:
    return before.replace("\r\n", "\n").strip() == after.strip()


def _not_ours(given: int | None) -> NotJudged:
    what = f"Pull request {given} is not the one that was checked."
    return NotJudged(Obstacle(what, "Leave out --pull-request: the event names it."))


if __name__ == "__main__":
    from prevention.cli import run

    sys.exit(run(lambda: comment, "python -m prevention.github_comment"))
