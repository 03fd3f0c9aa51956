"""Fetches the text of the pull request: ``python -m prevention.pull_request_text FILE``.

GitHub hands a job the event that started it, and hands the same one to a job that is run again
later. So the text in it may be an old one: without a line that accepts a change by now, or with
one that somebody has taken away. The text of this moment is fetched, for which a token that only
reads is enough. Without a token, as on a laptop, the event's text has to do.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

import click

from prevention.decision import NotJudged, Obstacle
from prevention.github_api import GitHub, ReadOnlyError
from prevention.github_comment import github_of, read_event
from prevention.output import write_whole
from prevention.render.plain import count


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
def pull_request_text(file: Path) -> None:
    """Write the text of the pull request into FILE, for docent gate --pr-body-file FILE."""
    text = text_now(os.environ)
    write_whole(file, text or "")
    click.echo(f"Wrote {file}: {count(len((text or '').splitlines()), 'line')}.")


def text_now(environment: Mapping[str, str], github: GitHub | None = None) -> str | None:
    """The pull request's text as it is now; ``None`` where there is none, or no pull request.

    Raises NotJudged where GitHub does not tell: an old text is no answer.
    """
    stated = read_event(environment).get("pull_request")
    if not isinstance(stated, dict):
        return None
    if github is None and not environment.get("GITHUB_TOKEN"):
        return _text(stated)
    try:
        asked = (github or github_of(environment)).get(f"pulls/{int(stated['number'])}")
        return _text(asked)
    except ReadOnlyError as error:
        what = "GitHub does not show the pull request to this token."
        raise NotJudged(Obstacle(what, "Give the job pull-requests: read.")) from error
    except (KeyError, TypeError, ValueError) as error:
        what = "GitHub's answer, or its event, is not as it should be."
        raise NotJudged(Obstacle(what, "Run the job again.")) from error


def _text(pull_request: Mapping[str, object]) -> str | None:
    body = pull_request["body"]
    return None if body is None else str(body)


if __name__ == "__main__":
    from prevention.cli import run

    sys.exit(run(lambda: pull_request_text, "python -m prevention.pull_request_text"))
