"""The text of a pull request as it is now, against a stand-in of GitHub over real HTTP."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from prevention.decision import NotJudged
from prevention.github_api import GitHub
from prevention.pull_request_text import text_now
from tests.prevention.github_stand_in import (
    HEAD,
    NUMBER,
    REPOSITORY,
    TOKEN,
    StandIn,
    github_stand_in,
)
from tests.prevention.running import REPOSITORY as CLONE

OLD = "accept-breaking-change: object_images"


@pytest.fixture
def stand_in() -> Iterator[StandIn]:
    with github_stand_in() as served:
        yield served


@pytest.fixture
def github(stand_in: StandIn) -> GitHub:
    return GitHub(REPOSITORY, TOKEN, stand_in.url, sleep=lambda _: None)


def environment(folder: Path, **event: object) -> dict[str, str]:
    """The environment of a job, with an event from the time when the text was another one."""
    usual = {"pull_request": {"number": NUMBER, "head": {"sha": HEAD}, "body": OLD}}
    file = folder / "event.json"
    file.write_text(json.dumps({**usual, **event}))
    return {"GITHUB_EVENT_PATH": str(file), "GITHUB_REPOSITORY": REPOSITORY}


def test_the_text_of_now_counts_and_not_that_of_the_event(
    stand_in: StandIn, github: GitHub, tmp_path: Path
) -> None:
    stand_in.text = "Nothing is accepted any more.\r\n"
    assert text_now(environment(tmp_path), github) == stand_in.text
    assert stand_in.asked == [f"GET /repos/{REPOSITORY}/pulls/{NUMBER}"]
    stand_in.text = None
    assert text_now(environment(tmp_path), github) is None


def test_without_a_token_the_event_has_to_do(tmp_path: Path) -> None:
    assert text_now(environment(tmp_path)) == OLD
    assert text_now({}) is None
    assert text_now(environment(tmp_path, pull_request=None)) is None


@pytest.mark.parametrize(
    ("mood", "says"),
    [
        ((403, {}, {"message": "Resource not accessible"}), "pull-requests: read"),
        ((404, {}, {"message": "Not Found"}), "no such repository or pull request"),
        ((200, {}, {"number": NUMBER}), "is not as it should be"),
        ((200, {}, {}), "is not as it should be"),
    ],
)
def test_an_old_text_is_no_answer(
    stand_in: StandIn,
    github: GitHub,
    tmp_path: Path,
    mood: tuple[int, dict[str, str], dict[str, object]],
    says: str,
) -> None:
    stand_in.moods["GET"] = [mood]
    with pytest.raises(NotJudged, match=says):
        text_now(environment(tmp_path), github)


def test_it_is_written_into_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in environment(tmp_path).items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("GITHUB_TOKEN", raising=False)
    file = tmp_path / "text.txt"
    command = [sys.executable, "-m", "prevention.pull_request_text", str(file)]
    done = subprocess.run(command, cwd=CLONE, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, f"Wrote {file}: 1 line.\n")
    assert file.read_text() == OLD
