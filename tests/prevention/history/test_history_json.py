"""Runs and reports as JSON: in the published shapes, and with nothing that these do not name."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from prevention.render.history_json import render_report
from tests.prevention.history.places import DATABASE, NOON, opened, run
from tests.prevention.history.test_report import reported
from tests.prevention.history.watched import FRESH, SIGNUPS, STALE, run_sql, write_contract
from tests.prevention.running import REPOSITORY, Ran, docent


def shape(name: str) -> Any:
    """A published shape, closed: a key that it does not name is a mistake of ours."""
    schema = json.loads((REPOSITORY / "prevention" / f"{name}.schema.json").read_text("utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    return _closed(schema)


def _closed(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_closed(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {key: _closed(value) for key, value in schema.items()}
    return {**closed, "additionalProperties": False} if "properties" in schema else closed


def fits(document: Any, name: str) -> None:
    jsonschema.validate(document, shape(name), format_checker=jsonschema.FormatChecker())


@pytest.fixture
def file(tmp_path: Path) -> str:
    return str(tmp_path / "history.db")


def monitor(url: str, folder: Path, *arguments: str) -> Ran:
    settings = {"DATABASE_URL": url, "DOCENT_HOME": str(folder / "home")}
    return docent("monitor", "--format", "json", *arguments, folder=folder, settings=settings)


def test_a_run_is_a_line_that_says_what_the_text_says(database: str, tmp_path: Path) -> None:
    run_sql(database, SIGNUPS)
    write_contract(tmp_path)
    runs = []
    for time in (FRESH, STALE, STALE, FRESH):
        ran = monitor(database, tmp_path, "--now", time)
        (line,) = ran.out.splitlines()
        runs.append(json.loads(line))
        fits(runs[-1], "monitor")
        assert runs[-1]["exit"] == ran.code
    assert [run["run"]["number"] for run in runs] == [1, 2, 3, 4]
    assert [(len(r["began"]), len(r["lasting"]), len(r["ended"])) for r in runs] == [
        (0, 0, 0), (1, 0, 0), (0, 1, 0), (0, 0, 1),
    ]  # fmt: skip
    (began,), (ended,) = runs[1]["began"], runs[3]["ended"]
    assert began["id"] == ended["id"]
    assert {**began, "id": ""} == {
        "id": "", "contract": "crm/lead", "rule": "rows-stale",
        "element": "crm.signups.created_at", "state": "lasts",
        "promised": "the newest row less than 5 minutes old",
        "found": "the newest is 1 hour 1 minute old",
        "began_at": "2026-01-15T13:00:00Z", "ended_at": None,
    }  # fmt: skip
    assert (ended["state"], ended["ended_at"]) == ("ended", "2026-01-15T12:02:00Z")
    assert runs[1]["run"]["coverage"] == {"tables": 2, "covered": 1}
    assert runs[1]["contracts"][0]["owner"] == "crm@museum.example"
    assert runs[1]["freshness"][0] == {
        "contract": "crm/lead", "element": "crm.signups.created_at", "age_seconds": 3660,
        "limit_seconds": 300, "kept": False,
    }  # fmt: skip


def test_who_was_told_is_part_of_it(database: str, tmp_path: Path) -> None:
    run_sql(database, SIGNUPS)
    write_contract(tmp_path)
    lead = tmp_path / "contracts" / "lead.yaml"
    lead.write_text(f"{lead.read_text()}\nsupport: [{{channel: here}}, {{channel: nowhere}}]\n")
    (tmp_path / "pyproject.toml").write_text(
        '[tool.docent]\ncontracts = "contracts"\n[tool.docent.channels]\nhere = "file:told.jsonl"\n'
    )
    document = json.loads(monitor(database, tmp_path, "--now", STALE).out)
    fits(document, "monitor")
    subject = "crm/lead is broken: crm.signups.created_at (rows-stale)"
    told = {each["channel"]: (each["notices"], each["trouble"]) for each in document["told"]}
    assert told["here"] == ([subject], None)
    assert told["nowhere"] == ([subject], "nothing says where it leads")


def test_a_run_that_could_not_judge(database: str, tmp_path: Path) -> None:
    (tmp_path / "contracts").mkdir()
    ran = monitor(database, tmp_path)
    document = json.loads(ran.out)
    fits(document, "monitor")
    assert (ran.code, document["exit"], document["run"]["outcome"]) == (2, 2, "not-judged")
    assert "no contract" in document["run"]["obstacle"]


def test_a_report(file: str) -> None:
    accepted = replace(run(40, "b"), accepted=run(40, "a").broken)
    found = reported(file, run(0), run(20, "a"), accepted, run(50, judged=False))
    document = json.loads(render_report(found))
    fits(document, "history")
    assert (document["from"], document["to"], document["runs"]) == (
        "2026-07-01T12:00:00Z", "2026-07-01T13:00:00Z", 4,
    )  # fmt: skip
    (contract,) = document["contracts"]
    assert contract["runs"] == {"held": 1, "broken": 2, "not_judged": 1}
    assert contract["availability"] == {"percent": 25, "promised_percent": 99.5, "kept": False}
    assert [(each["state"], each["ended_at"]) for each in document["breaches"]] == [
        ("lasts", None), ("accepted", "2026-07-01T12:40:00Z"),
    ]  # fmt: skip


def test_the_command_writes_it_to_a_file_and_refuses_two_forms(file: str, tmp_path: Path) -> None:
    with opened(file) as history:
        history.append(replace(run(0, "a"), at=datetime.now(NOON.tzinfo)))
    where = ("report", "--history-url", file, "--format", "json")
    output = tmp_path / "a folder" / "report.json"
    output.parent.mkdir()
    made = docent(*where, "--output", str(output), settings={"DATABASE_URL": DATABASE})
    assert made.code == 0
    fits(json.loads(output.read_text()), "history")
    for other in (("--output", "a.json"), ()):
        both = docent(*where, *other, "--html", "a.html", settings={"DATABASE_URL": DATABASE})
        assert both.code == 2
        assert "--html writes a page; leave out --format and --output" in both.err
    assert docent("monitor", "--format", "yaml").code == 2
