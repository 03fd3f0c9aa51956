"""A figure that is a value of a classified column: no report, file or message holds it."""

from __future__ import annotations

import json
import sqlite3
from datetime import datetime

import pytest

import prevention
from prevention.rows import RowTerms
from prevention.verifying import BrokenPromiseError
from tests.prevention.history.office import Office
from tests.prevention.history.watched import STALE, run_sql

LATE = datetime.fromisoformat(f"{STALE}Z")
CHECKS = """
    quality:
      - {name: highest bonus, type: sql, query: "select max(bonus) from crm.signups", mustBe: 1}
      - {name: bonuses, type: sql, query: "select count(bonus) from crm.signups", mustBe: 1}
"""
CHANNELS = '"archive" = "file:notices.jsonl"\n'
ARCHIVE = '  - {channel: archive, url: "mailto:archive@museum.example", scope: issues}\n'
HIGHEST = "4711"
"""The highest bonus: it stands in the rows, and in no text of the project."""
AGES = ("1 hour 1 minute", "3660")
"""How old the newest sign-up is at the time of the check, as it is told and as it is kept."""
SHOWN = {
    "check text", "check json", "check markdown", "check junit", "monitor text", "monitor json",
    "history", "report text", "report json", "report html", "verify",
}  # fmt: skip
"""What holds the highest bonus where everybody may know it; a notice never says what was found."""


@pytest.fixture
def classified_office(office: Office) -> Office:
    """An office whose sign-ups have a bonus; it is sensitive, and so is when they were made."""
    lead = office.folder / "contracts" / "lead.yaml"
    text = lead.read_text().replace("\nslaProperties:", CHECKS + "slaProperties:")
    before, column, after = text.partition("      - {name: created_at,")
    assert column
    bonus = "      - {name: bonus, logicalType: integer, physicalType: integer,"
    label = " classification: sensitive,"
    text = f"{before}{bonus}{label[:-1]}}}\n{column}{label}{after}"
    lead.write_text(text + ARCHIVE)
    settings = office.folder / "pyproject.toml"
    settings.write_text(settings.read_text() + CHANNELS)
    run_sql(
        office.url,
        "alter table crm.signups add bonus integer",
        f"update crm.signups set bonus = {HIGHEST} - signup_id + 1",
    )
    return office


def everything_told(office: Office) -> dict[str, str]:
    """All that is told and kept of a check in which three promises are broken, by its way."""
    told = {}
    now = ("--now", STALE)
    for way in ("text", "json", "markdown", "junit", "github"):
        told[f"check {way}"] = office.check(*now, "--format", way, "--show-failures", "5").out
    office.check(*now, "--write-baseline", "known.json")
    told["baseline"] = (office.folder / "known.json").read_text()
    told["monitor text"] = office.monitor(*now, "--metrics-file", "docent.prom").out
    told["monitor json"] = office.monitor(*now, "--format", "json").out
    told["metrics"] = (office.folder / "docent.prom").read_text()
    told["letters"] = "".join(letter.get_content() for _, letter in office.mail.letters)  # type: ignore[attr-defined]
    told["webhook"] = "".join(content.decode() for _, _, content in office.hook.got)
    told["file"] = (office.folder / "notices.jsonl").read_text()
    with sqlite3.connect(office.folder / "home" / "history.db") as history:
        told["history"] = "\n".join(history.iterdump())
    told["report text"] = office.report().out
    told["report json"] = office.report("--format", "json").out
    office.report("--html", "report.html")
    told["report html"] = (office.folder / "report.html").read_text()
    told["verify"] = verified(office)
    return told


def verified(office: Office) -> str:
    """What a pipeline is told."""
    lead, terms = office.folder / "contracts" / "lead.yaml", RowTerms(now=LATE)
    with pytest.raises(BrokenPromiseError) as caught:
        prevention.verify(lead, database=office.url, rows=terms)
    return str(caught.value)


def test_no_way_of_telling_holds_a_classified_figure(classified_office: Office) -> None:
    told = everything_told(classified_office)
    secrets = {HIGHEST, *AGES}
    assert {
        way: [secret for secret in secrets if secret in text]
        for way, text in told.items()
        if any(secret in text for secret in secrets)
    } == {}
    assert {way for way, text in told.items() if "bonus is classified" in text} == SHOWN
    late = (
        "What: Table signups is older than promised. Promised: the newest row less than 5 minutes"
    )
    assert late in told["letters"]
    counted = json.loads(told["check json"])["findings"]
    assert "100" in {finding["found"] for finding in counted}  # a count is told


def test_where_nothing_is_classified_all_of_them_do(classified_office: Office) -> None:
    lead = classified_office.folder / "contracts" / "lead.yaml"
    lead.write_text(lead.read_text().replace("classification: sensitive", "required: false"))
    told = everything_told(classified_office)
    assert {way for way, text in told.items() if HIGHEST in text} == SHOWN
    assert {way for way, text in told.items() if "3660" in text} >= {"metrics", "history"}
    assert {way for way, text in told.items() if AGES[0] in text} >= SHOWN
