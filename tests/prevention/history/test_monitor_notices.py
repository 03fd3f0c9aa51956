"""Whom a run of the monitor tells, over a real mail server and a webhook."""

from __future__ import annotations

import pytest

from prevention.acknowledgements import change_fingerprint
from prevention.history.deliveries import deliveries
from tests.prevention.history.office import PLAIN, Office
from tests.prevention.history.watched import FRESH, STALE, run_sql

ENDING = """
customProperties:
  - property: deprecation
    value: {announced: 2026-01-10, sunsetDate: 2026-03-31, replacement: crm/lead-v2}
"""
ACKNOWLEDGEMENTS = "acknowledgements: 7\n"


BROKEN = "crm/lead is broken: crm.signups.created_at (rows-stale)"
OVER = "crm/lead holds again: crm.signups.created_at"


def everybody(said: str) -> list[str]:
    people = ("crm@museum.example", "hook", "revops@guide.example")
    return [f"{each}: {said}" for each in people]


def test_a_breach_is_told_once_when_it_begins_and_once_when_it_is_over(office: Office) -> None:
    assert office.monitor("--now", FRESH).code == 0
    assert office.told() == []
    ran = office.monitor("--now", STALE)
    assert office.told() == everybody(BROKEN)
    assert ran.code == 1
    assert ran.out.splitlines()[-1].strip() == (
        "told   #lead-data, mail to crm@museum.example, mail to revops@guide.example"
    )
    assert office.monitor("--now", STALE).code == 1
    assert office.told() == []
    assert office.monitor("--now", FRESH).code == 0
    assert office.told() == everybody(OVER)


def test_a_breach_of_which_something_else_is_found_is_not_told_again(office: Office) -> None:
    for found in ("smallint", "bigint", "numeric"):
        run_sql(office.url, f"alter table crm.signups alter signup_id type {found}")
        ran = office.monitor("--now", FRESH)
        assert ran.code == 1
        assert ("lasts" if found != "smallint" else "began") in ran.out
    (told,) = {said.partition(": ")[2] for said in office.told()}
    assert told == "crm/lead is broken: crm.signups.signup_id (type-differs)"
    run_sql(office.url, "alter table crm.signups alter signup_id type integer")
    office.monitor("--now", FRESH)
    assert {said.partition(": ")[2] for said in office.told()} == {
        "crm/lead holds again: crm.signups.signup_id"
    }


def test_what_a_baseline_accepts_is_not_told_as_mended(office: Office) -> None:
    office.monitor("--now", STALE)
    office.told()
    office.check("--now", STALE, "--write-baseline", "known.json")
    ran = office.monitor("--now", STALE, "--baseline", "known.json")
    assert ran.code == 0
    assert "accepted  crm/lead  rows-stale  crm.signups.created_at" in ran.out
    assert office.told() == everybody("crm/lead stays as it is: crm.signups.created_at is accepted")
    office.monitor("--now", FRESH)
    assert office.told() == []


def test_a_channel_that_is_down_fails_nothing_and_is_told_at_the_next_run(office: Office) -> None:
    office.hook.mood = 503
    ran = office.monitor("--now", STALE)
    assert ran.code == 1
    assert ran.err == ""
    assert "not told  #lead-data: Failed to send JSON POST notification" in ran.out
    assert "secret" not in ran.out
    office.told()
    office.hook.mood = 200
    office.monitor("--now", STALE)
    assert office.told() == [f"hook: {BROKEN}"]


def test_a_claim_is_dated_by_the_clock_of_the_run(office: Office) -> None:
    office.monitor()
    with office.history() as history:
        last = history.last_run()
        assert last is not None
        assert {each.at for each in deliveries(history)} == {last.at}
    office.monitor("--now", FRESH)
    office.monitor("--now", STALE)
    with office.history() as history:
        assert min(each.at for each in deliveries(history)) == last.at


def test_nobody_is_told_where_one_says_so(office: Office) -> None:
    assert office.monitor("--now", STALE, "--no-notices").code == 1
    assert office.told() == []


def test_an_end_that_is_announced_is_told_once(office: Office) -> None:
    lead = office.folder / "contracts" / "lead.yaml"
    lead.write_text(lead.read_text().replace("status: active", "status: deprecated") + ENDING)
    for _ in range(2):
        assert office.monitor("--now", FRESH).code == 0
    assert office.told() == everybody("crm/lead 1.2.0 is deprecated and ends on 2026-03-31")


def test_a_column_that_is_deprecated_is_told_once_to_who_reads_it(office: Office) -> None:
    lead = office.folder / "contracts" / "lead.yaml"
    promised = lead.read_text()
    for name, told in (
        ("signup_id", ["crm@museum.example", "hook"]),
        ("email", ["crm@museum.example", "hook", "revops@guide.example"]),
    ):
        marked = "deprecated: true, logicalType"
        lead.write_text(promised.replace(f"{name}, logicalType", f"{name}, {marked}"))
        for _ in range(2):
            assert office.monitor("--now", FRESH).code == 0
        said = f"crm/lead deprecates crm.signups.{name}"
        assert office.told() == [f"{each}: {said}" for each in told]


def acknowledge(office: Office, column: str, expires: str) -> str:
    """Let the removal of a column pass until a day; the fingerprint of that change."""
    change = ("column-removed", "crm/lead", f"crm.signups.{column}", "text", None)
    fingerprint = change_fingerprint(*change)
    (office.folder / "contracts" / "acknowledgements.yaml").write_text(
        f"""
        acknowledgements:
          - fingerprint: {fingerprint}
            rule: column-removed
            contract: crm/lead
            element: crm.signups.{column}
            old: text
            new: null
            reason: No longer asked for.
            approver: Ada Lovelace
            expires: "{expires}"
        """
    )
    return fingerprint


def test_a_breaking_change_that_may_pass_is_told_once_to_who_reads_it(office: Office) -> None:
    announced = "crm/lead breaks its promise on purpose: crm.signups.{} (column-removed)"
    acknowledge(office, "email", "2026-02-14")
    for _ in range(2):
        assert office.monitor("--now", FRESH).code == 0  # it is announced, and breaks nothing yet
    letters = {", ".join(to): letter.get_content() for to, letter in office.mail.letters}  # type: ignore[attr-defined]
    assert office.told() == everybody(announced.format("email"))
    for letter in letters.values():
        assert "What: crm.signups.email: text becomes nothing. Ada Lovelace lets it pass" in letter
        assert "When: with the merge that brings it; no notice is promised" in letter
    acknowledge(office, "signup_id", "2026-02-14")  # which nobody reads
    office.monitor("--now", FRESH)
    told = announced.format("signup_id")
    assert office.told() == [f"crm@museum.example: {told}", f"hook: {told}"]


def test_a_breaking_change_that_may_no_longer_pass_is_not_told(office: Office) -> None:
    acknowledge(office, "email", "2026-01-14")  # FRESH is a day later
    assert office.monitor("--now", FRESH).code == 0
    assert office.told() == []


def test_acknowledgements_that_cannot_be_read_stop_no_other_notice(office: Office) -> None:
    (office.folder / "contracts" / "acknowledgements.yaml").write_text(ACKNOWLEDGEMENTS)
    ran = office.monitor("--now", STALE)
    assert "not told  acknowledgements.yaml: nobody can be told of planned changes" in ran.out
    assert office.told() == everybody(BROKEN)


def test_whoever_reads_a_document_that_is_named_alone_is_told_too(office: Office) -> None:
    assert office.monitor("contracts/lead.yaml", "--now", STALE).code == 1
    assert office.told() == everybody(BROKEN)


def test_whoever_reads_what_lies_in_a_folder_of_the_project_is_told_too(office: Office) -> None:
    """The registry is the project's; only one folder below it is looked at."""
    inner = office.folder / "contracts" / "crm"
    inner.mkdir()
    (office.folder / "contracts" / "lead.yaml").rename(inner / "lead.yaml")
    assert office.monitor("contracts/crm", "--now", STALE).code == 1
    assert office.told() == everybody(BROKEN)


def test_a_defect_in_telling_costs_neither_the_run_nor_its_code(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("prevention.notices.notifying.notice_of", lambda *_: 1 / 0)
    ran = office.monitor("--now", STALE)
    assert ran.code == 1
    assert "not told  notices: nobody could be told (ZeroDivisionError)." in ran.out


def test_without_a_way_to_anybody_nothing_is_said(office: Office) -> None:
    (office.folder / "pyproject.toml").write_text(PLAIN)
    office.mail.url = ""
    ran = office.monitor("--now", STALE)
    assert ran.code == 1
    assert "told" not in ran.out
