"""The draft of a postmortem: what the history knows is in it, and nothing else is made up."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from detection.history import Breach, BrokenPromise
from prevention.postmortem import ACTIONS, SECTIONS, TO_SAY, Incident, draft, open_places
from tests.prevention.history.office import Office
from tests.prevention.history.watched import FRESH, STALE, run_sql
from tests.prevention.running import docent

PROMISE = BrokenPromise("crm/lead", "f1", "column-missing", "crm.signups.source", "source")
BREACH = Breach("museum", PROMISE, 2, datetime(2026, 1, 16, 17, 5, tzinfo=UTC))
OVER = replace(BREACH, ended=4, ended_at=datetime(2026, 1, 19, 9, 5, tzinfo=UTC))
SECOND = replace(
    BREACH,
    promise=replace(PROMISE, contract="crm/score", element="crm.leads.score", fingerprint="f2"),
    began=3,
    began_at=datetime(2026, 1, 16, 18, 5, tzinfo=UTC),
)


def timeline(text: str) -> list[list[str]]:
    """The rows of the timeline, cell by cell."""
    rows = text.partition("## Timeline")[2].partition("\n\n## ")[0].splitlines()
    cells = [[cell.strip() for cell in row.strip("|").split(" |")] for row in rows if "|" in row]
    return cells[2:]


def test_every_part_is_there_once_and_in_its_order() -> None:
    text = draft(Incident((OVER,)))
    assert [line[3:] for line in text.splitlines() if line.startswith("## ")] == list(SECTIONS)
    assert [action for action in ACTIONS if f"| {action} | {TO_SAY}" in text] == list(ACTIONS)
    assert len(list(open_places(text))) == 15


def test_the_timeline_is_in_order_with_a_place_for_who_saw_it_first() -> None:
    ended = replace(SECOND, ended=4, ended_at=OVER.ended_at)
    held = datetime(2026, 1, 16, 16, tzinfo=UTC)
    told = {event_id(OVER): ["mail to ada@museum.example", "#leads"]}
    text = draft(Incident((ended, OVER), held, told))
    assert timeline(text) == [
        ["2026-01-16 16:00", "the last run of the monitor before it", ""],
        ["2026-01-16 17:05", "crm/lead is broken: crm.signups.source (column-missing)",
         "ada@museum.example, #leads"],
        ["2026-01-16 18:05", "crm/score is broken: crm.leads.score (column-missing)", "nobody"],
        ["(to say: when)", "(to say: who noticed it first, and by what)", ""],
        ["2026-01-19 09:05", "crm/lead holds again: crm.signups.source", "nobody"],
        ["2026-01-19 09:05", "crm/score holds again: crm.leads.score", "nobody"],
    ]  # fmt: skip
    assert "it lasted 2 days 16 hours" in text
    assert "It lasts" not in text


def event_id(breach: Breach) -> str:
    from detection.history import Event

    return Event("began", breach).id


@pytest.mark.parametrize("breaches", [(BREACH,), (OVER, SECOND)])
def test_what_lasts_is_not_said_to_be_over(breaches: tuple[Breach, ...]) -> None:
    text = draft(Incident(breaches))
    assert "It lasts." in text
    assert "it lasted" not in text


def test_what_others_wrote_breaks_no_table() -> None:
    odd = replace(OVER, promise=replace(PROMISE, element="crm.signups.a|b\nc"))
    assert all(len(row) == 3 for row in timeline(draft(Incident((odd,)))))


def test_harm_that_was_counted_takes_the_place_of_the_question() -> None:
    assert "(to say: how many rows, people, hours)" in draft(Incident((OVER,)))
    text = draft(Incident((OVER,), harm=("821 leads lost their source.",)))
    assert "- 821 leads lost their source.\n" in text
    assert "how many rows" not in text


# ------------------------------------------------------------------ from a history


def test_it_is_drafted_from_what_the_monitor_kept(office: Office) -> None:
    for now in (FRESH, STALE):
        office.monitor("--now", now)
    (office.folder / "old.md").write_text("mine")
    ran = office.docent("postmortem", "--now", STALE)
    assert (ran.code, ran.err) == (0, "")
    rows = timeline(ran.out)
    assert [row[1] for row in rows[:2]] == [
        "the last run of the monitor before it",
        "crm/lead is broken: crm.signups.created_at (rows-stale)",
    ]
    assert rows[1][2] == "#lead-data, crm@museum.example, revops@guide.example"
    assert "- lead-scoring (Revenue Operations): it reads `crm.signups.created_at`." in ran.out
    assert "in contracts/lead.yaml, line " in ran.out
    assert office.docent("postmortem", "--now", STALE, "--output", "new.md").code == 0
    assert (office.folder / "new.md").read_text() == ran.out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--now", STALE, "crm/leads"), "No breach of crm/leads lasted within the last 7 days."),
        (("--days", "0"), "Invalid value for '--days'"),
        (("--now", "soon"), "'soon' is no time"),
        (("--output", "old.md", "--now", STALE), "old.md"),
        (("--history-url", "nowhere/history.db"), "There is no history yet"),
        (("--connection", "nobody"), "nobody"),
    ],
)
def test_what_cannot_be_drafted_is_told(office: Office, words: tuple[str, ...], said: str) -> None:
    for now in (FRESH, STALE):
        office.monitor("--now", now)
    (office.folder / "old.md").write_text("mine")
    ran = office.docent("postmortem", *words)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err
    assert (office.folder / "old.md").read_text() == "mine"


def test_without_a_breach_or_a_run_there_is_nothing_to_look_back_on(
    office: Office, tmp_path: Path
) -> None:
    none = office.docent("postmortem")
    assert (none.code, "Next: docent monitor" in none.err) == (2, True)
    office.monitor("--now", FRESH)
    none = office.docent("postmortem", "--now", FRESH)
    assert (none.code, "docent report shows" in none.err) == (2, True)
    run_sql(office.url, "alter table crm.signups alter signup_id type smallint")
    office.monitor("--now", FRESH)
    run_sql(office.url, "alter table crm.signups alter signup_id type integer")
    office.monitor("--now", FRESH)
    late = office.docent("postmortem", "--now", "2030-01-01T00:00", "--days", "1")
    assert (late.code, "name one that was broken: crm/lead" in late.err) == (2, True)
    nowhere = docent(
        "postmortem", folder=tmp_path, settings={"DATABASE_URL": "postgresql://a@127.0.0.1:1/b"}
    )
    assert nowhere.code == 2
