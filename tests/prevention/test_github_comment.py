"""The one comment on a pull request, against a stand-in of GitHub over real HTTP."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from prevention.decision import Decision, NotJudged, decide
from prevention.github_api import GitHub, Response, seconds_to_wait
from prevention.github_comment import find_pull_request, publish, summarise, tell
from prevention.render import json_report, markdown
from tests.prevention.github_stand_in import (
    BOT,
    HEAD,
    NUMBER,
    REPOSITORY,
    TOKEN,
    StandIn,
    github_stand_in,
)
from tests.prevention.museum import BROKEN, CHECKED, DOWN, HELD, MISSING

SECONDARY = {"message": "You have exceeded a secondary rate limit."}
READ_ONLY = {"message": "Resource not accessible by integration"}


@pytest.fixture
def stand_in() -> Iterator[StandIn]:
    with github_stand_in() as served:
        yield served


@pytest.fixture
def waits() -> list[float]:
    return []


@pytest.fixture
def github(stand_in: StandIn, waits: list[float]) -> GitHub:
    return GitHub(REPOSITORY, TOKEN, stand_in.url, sleep=waits.append)


def event_of(folder: Path, **changes: object) -> dict[str, str]:
    """The environment of a job for the pull request, as GitHub sets it."""
    event = {"pull_request": {"number": NUMBER, "head": {"sha": HEAD}}, **changes}
    file = folder / "event.json"
    file.write_text(json.dumps(event))
    return {"GITHUB_EVENT_PATH": str(file), "GITHUB_REPOSITORY": REPOSITORY, "GITHUB_TOKEN": TOKEN}


def test_a_problem_makes_one_comment_and_its_end_resolves_it(
    stand_in: StandIn, github: GitHub
) -> None:
    assert publish(BROKEN, github, NUMBER) == "Made the comment."
    assert stand_in.bodies() == [markdown.render(BROKEN)]

    worse = decide([MISSING], CHECKED)
    assert publish(worse, github, NUMBER) == "Brought the comment up to date."
    assert publish(worse, github, NUMBER) == "The comment says so already."
    assert stand_in.bodies() == [markdown.render(worse)]

    publish(HELD, github, NUMBER)
    assert stand_in.bodies() == [markdown.render(HELD, resolved=True)]
    assert "resolved, all promises hold" in stand_in.bodies()[0]

    publish(DOWN, github, NUMBER)
    assert "could not judge" in stand_in.bodies()[0]


def test_where_there_never_was_a_problem_there_is_no_comment(
    stand_in: StandIn, github: GitHub
) -> None:
    assert publish(HELD, github, NUMBER).endswith("there is no comment.")
    assert stand_in.comments == []


def test_the_comment_is_found_again_on_any_page(stand_in: StandIn, github: GitHub) -> None:
    for number in range(230):
        stand_in.add(f"remark {number}", "visitor")
    stand_in.add(markdown.render(BROKEN))
    publish(HELD, github, NUMBER)
    assert len(stand_in.bodies()) == 1
    assert "resolved" in stand_in.bodies()[0]


def test_a_comment_of_somebody_else_with_our_mark_is_left_alone(
    stand_in: StandIn, github: GitHub
) -> None:
    planted = f"{markdown.MARKER}\nAll is well, merge it."
    stand_in.add(planted, "visitor")
    assert publish(BROKEN, github, NUMBER) == "Made the comment."
    assert stand_in.bodies("visitor") == [planted]
    assert len(stand_in.bodies()) == 1


def test_a_remark_that_quotes_our_mark_is_no_comment_of_ours(
    stand_in: StandIn, github: GitHub
) -> None:
    stand_in.add(f"Quoting: {markdown.MARKER}", BOT)
    publish(HELD, github, NUMBER)
    assert stand_in.bodies() == [f"Quoting: {markdown.MARKER}"]


def test_comments_that_a_race_doubled_become_one(stand_in: StandIn, github: GitHub) -> None:
    for _ in range(3):
        stand_in.add(markdown.render(BROKEN))
    publish(HELD, github, NUMBER)
    assert stand_in.bodies() == [markdown.render(HELD, resolved=True)]


def test_busy_servers_are_asked_again(
    stand_in: StandIn, github: GitHub, waits: list[float]
) -> None:
    stand_in.moods["GET"] = [(502, {}, {}), (503, {}, {})]
    assert publish(BROKEN, github, NUMBER) == "Made the comment."
    assert waits == [1.0, 2.0]


def test_a_secondary_rate_limit_is_waited_for(
    stand_in: StandIn, github: GitHub, waits: list[float]
) -> None:
    stand_in.moods["POST"] = [(403, {"Retry-After": "3"}, SECONDARY), (429, {}, SECONDARY)]
    assert publish(BROKEN, github, NUMBER) == "Made the comment."
    assert waits == [3.0, 120.0]
    assert len(stand_in.comments) == 1


def test_a_comment_that_was_made_though_the_answer_failed_is_not_made_twice(
    stand_in: StandIn, github: GitHub
) -> None:
    stand_in.broken = 1
    assert publish(BROKEN, github, NUMBER) == "The comment says so already."
    assert len(stand_in.comments) == 1


def test_a_server_that_stays_busy_is_given_up(stand_in: StandIn, github: GitHub) -> None:
    stand_in.moods["GET"] = [(503, {}, {})] * 10
    with pytest.raises(NotJudged, match="too busy"):
        publish(BROKEN, github, NUMBER)
    assert len(stand_in.asked) == 4


@pytest.mark.parametrize(
    ("answer", "seconds"),
    [
        (Response(500, {}, None), 2.0),
        (Response(403, {}, READ_ONLY), None),
        (Response(404, {}, None), None),
        (Response(422, {"retry-after": "5"}, None), None),
        (Response(403, {"retry-after": "5"}, None), 5.0),
        (Response(403, {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "1030"}, None), 30.0),
        (Response(403, {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "900"}, None), 0.0),
        (Response(403, {"x-ratelimit-remaining": "12"}, READ_ONLY), None),
        (Response(403, {}, SECONDARY), 120.0),
        (Response(429, {}, None), 120.0),
        (Response(429, {"retry-after": "Tomorrow"}, "text"), 120.0),
    ],
)
def test_how_long_we_are_asked_to_wait(answer: Response, seconds: float | None) -> None:
    assert seconds_to_wait(answer, attempt=2, now=1_000.0) == seconds


def test_with_a_token_that_only_reads_the_summary_has_it_all(
    stand_in: StandIn, github: GitHub, tmp_path: Path
) -> None:
    stand_in.moods["POST"] = [(403, {}, READ_ONLY)]
    said = tell(BROKEN, event_of(tmp_path), github=github)
    assert said.startswith("The token may not write here")
    summary = tmp_path / "summary.md"
    summarise(BROKEN, {"GITHUB_STEP_SUMMARY": str(summary)})
    assert "## Data contracts: 2 promises broken" in summary.read_text()


def test_an_outdated_run_says_nothing(stand_in: StandIn, github: GitHub, tmp_path: Path) -> None:
    stand_in.head = "b" * 40
    said = tell(BROKEN, event_of(tmp_path), github=github)
    assert said == "A newer commit is there; its own check will tell."
    assert stand_in.comments == []


def run_of(**changes: object) -> dict[str, Any]:
    run = {
        "head_sha": HEAD,
        "pull_requests": [],
        "head_repository": {"full_name": "visitor/collection"},
    }
    return {"workflow_run": {**run, **changes}}


@pytest.mark.parametrize(
    ("event", "given", "number"),
    [
        ({"pull_request": {"number": 7, "head": {"sha": HEAD}}}, None, 7),
        ({"pull_request": {"number": 7, "head": {"sha": HEAD}}}, 7, 7),
        (run_of(pull_requests=[{"number": 7}]), None, 7),
        (run_of(), None, 7),
        (run_of(), 7, 7),
        (run_of(head_repository={"full_name": "other/collection"}), None, None),
        ({"ref": "refs/heads/main"}, None, None),
    ],
)
def test_which_pull_request_is_meant_comes_from_the_event(
    stand_in: StandIn, github: GitHub, event: dict[str, Any], given: int | None, number: int | None
) -> None:
    stand_in.fork = "visitor/collection"
    found = find_pull_request(event, github, given)
    assert (found.number if found else None) == number


@pytest.mark.parametrize(
    ("event", "given"),
    [
        ({"pull_request": {"number": 7, "head": {"sha": HEAD}}}, 8),
        (run_of(pull_requests=[{"number": 8}]), 7),
        (run_of(head_repository={"full_name": "other/collection"}), 7),
        (run_of(head_sha="c" * 40), 7),
    ],
)
def test_a_number_that_the_event_does_not_confirm_is_refused(
    stand_in: StandIn, github: GitHub, event: dict[str, Any], given: int
) -> None:
    stand_in.fork = "visitor/collection"
    with pytest.raises(NotJudged, match="is not the one that was checked"):
        find_pull_request(event, github, given)


def run_module(
    folder: Path, stand_in: StandIn, report: Path, **changes: str
) -> tuple[int, str, str]:
    """``python -m prevention.github_comment REPORT`` as the workflow runs it."""
    environment = {
        **os.environ,
        **event_of(folder),
        "GITHUB_API_URL": stand_in.url,
        "GITHUB_STEP_SUMMARY": str(folder / "summary.md"),
        "GITHUB_SERVER_URL": "https://github.com",
        "GITHUB_RUN_ID": "99",
        "NO_PROXY": "127.0.0.1",
        **changes,
    }
    process = subprocess.run(
        [sys.executable, "-m", "prevention.github_comment", str(report)],
        capture_output=True,
        text=True,
        env=environment,
        timeout=60,
    )
    assert TOKEN not in process.stdout + process.stderr
    assert "Traceback" not in process.stderr
    return process.returncode, process.stdout, process.stderr


def report_of(decision: Decision, folder: Path) -> Path:
    report = folder / "contract-report.json"
    report.write_text(json_report.render(decision))
    return report


def test_the_command_that_the_workflow_runs(stand_in: StandIn, tmp_path: Path) -> None:
    code, said, _ = run_module(tmp_path, stand_in, report_of(BROKEN, tmp_path))
    assert (code, said) == (0, "Made the comment.\n")
    assert stand_in.bodies() == [markdown.render(BROKEN)]
    assert "2 promises broken" in (tmp_path / "summary.md").read_text()
    code, said, _ = run_module(tmp_path, stand_in, report_of(HELD, tmp_path))
    assert (code, said) == (0, "Brought the comment up to date.\n")


def test_a_long_report_is_cut_with_a_link_to_the_run(stand_in: StandIn, tmp_path: Path) -> None:
    many = [replace(MISSING, column=f"column_{number}") for number in range(1_000)]
    run_module(tmp_path, stand_in, report_of(decide(many, CHECKED), tmp_path))
    (body,) = stand_in.bodies()
    assert len(body) <= markdown.COMMENT_LIMIT
    link = "https://github.com/museum/collection/actions/runs/99"
    assert f"The rest is in [the job's summary]({link})" in body
    assert "column_999" in (tmp_path / "summary.md").read_text()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, "The check left no report."),
        ("", "is no JSON document"),
        ("{}", "is no report of a contract check"),
        ("[" * 100_000, "is no JSON document"),
        ('{"schema": NaN}', "is no JSON document"),
        ('{"schema": "urn:docent:report:1.0.0", "status": "held", "exit": 1}', "is no report"),
        ("\xff", "is no JSON document"),
        (" " * 10_000_001, "10000001 bytes"),
    ],
)
def test_a_report_that_is_none_is_told_as_such(
    stand_in: StandIn, tmp_path: Path, content: str | None, says: str
) -> None:
    report = tmp_path / "contract-report.json"
    if content is not None:
        report.write_bytes(content.encode("latin-1"))
    code, _, error = run_module(tmp_path, stand_in, report)
    assert code == 2
    assert says in error
    (body,) = stand_in.bodies()
    assert "## Data contracts: could not judge" in body


def test_words_in_a_report_are_never_ours_to_repeat(stand_in: StandIn, tmp_path: Path) -> None:
    report = json.loads(json_report.render(BROKEN))
    finding = report["findings"][0]
    finding["issue"] = finding["next"] = "[All is well](https://example.org) @museum"
    finding["column"] = "`</h1>@museum"
    file = tmp_path / "contract-report.json"
    file.write_text(json.dumps(report))
    run_module(tmp_path, stand_in, file)
    (body,) = stand_in.bodies()
    assert "All is well" not in body
    assert "`` `</h1>@museum ``" in body


@pytest.mark.parametrize(
    ("changes", "code", "says"),
    [
        ({"GITHUB_TOKEN": ""}, 0, "There is no GITHUB_TOKEN"),
        ({"GITHUB_TOKEN": "wrong"}, 2, "GitHub does not accept the token."),
        ({"GITHUB_REPOSITORY": "museum/elsewhere"}, 2, "GitHub knows no such repository"),
        ({"GITHUB_REPOSITORY": "museum"}, 2, "GITHUB_REPOSITORY is 'museum'."),
        ({"GITHUB_API_URL": "http://example.org"}, 2, "GITHUB_API_URL is 'http://example.org'."),
        ({"GITHUB_EVENT_PATH": ""}, 0, "This is no pull request"),
    ],
)
def test_a_job_that_is_set_up_wrongly_is_told_how(
    stand_in: StandIn, tmp_path: Path, changes: dict[str, str], code: int, says: str
) -> None:
    found, said, error = run_module(tmp_path, stand_in, report_of(BROKEN, tmp_path), **changes)
    assert found == code
    assert says in said + error
    assert stand_in.comments == []


def test_a_redirection_is_not_followed(stand_in: StandIn, github: GitHub) -> None:
    stand_in.moods["GET"] = [(301, {"Location": "http://127.0.0.1:1/"}, {})]
    with pytest.raises(NotJudged, match="GitHub answered 301"):
        publish(BROKEN, github, NUMBER)
