"""The incident: a column is renamed, the job stays green, and nobody is called any more."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

import prevention
from data_assets.errors import SandboxError
from docent.crm import incident
from docent.crm.rev_ops_reverse_etl import main, sync
from tests.conftest import REPOSITORY, new_database
from tests.crm.conftest import CRM, rows, run
from tests.prevention.histories import History
from tests.prevention.running import Ran, docent

CALLS = "select count(*) from crm.salesforce_leads where rating = 'hot'"
WORTHLESS = "select count(*) filter (where lead_source is not null) from crm.salesforce_leads"
SOURCE = "crm.signups.signup_source"


def test_without_a_contract_the_job_is_green_and_the_leads_are_worthless(
    crm: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", crm)
    assert main(["--without-contract"]) == 0
    ((hot,),) = rows(crm, CALLS)
    assert isinstance(hot, int)
    assert hot > 20
    assert incident.stage(crm)
    assert main(["--without-contract"]) == 0  # nothing is red
    assert rows(crm, WORTHLESS) == [(0,)]
    assert rows(crm, CALLS) == [(0,)]  # and nobody is called


def test_with_one_the_job_stops_and_yesterday_s_leads_stay(crm: str) -> None:
    sync(crm)
    before = rows(crm, CALLS)
    incident.stage(crm)
    with pytest.raises(prevention.BrokenPromiseError) as stopped:
        sync(crm)
    said = str(stopped.value)
    assert f"column-renamed  {SOURCE}" in said
    assert "signup_channel" in said
    assert "Growth Engineering" in said
    assert "consumers rev-ops-reverse-etl" in said
    assert rows(crm, CALLS) == before


def test_it_is_staged_once_and_undone_once(crm: str) -> None:
    sync(crm)
    before = rows(crm, CALLS)
    columns = (
        "select attname from pg_attribute where attrelid = 'crm.signups'::regclass and attnum > 0"
    )
    there = rows(crm, columns)
    assert [incident.stage(crm), incident.stage(crm)] == [True, False]
    assert rows(crm, columns) != there
    sync(crm, with_contract=False)
    assert [incident.undo(crm), incident.undo(crm)] == [True, False]
    assert rows(crm, columns) == there
    assert "rows-null" in {
        finding.rule for finding in prevention.check(CRM, database=crm).findings
    }  # the leads are still those of the incident
    sync(crm)
    assert rows(crm, CALLS) == before
    assert prevention.check(CRM, database=crm).status == "held"


@pytest.mark.parametrize(
    ("statement", "why"),
    [
        ("alter table crm.signups drop column signup_source", "has no {}, or is not there"),
        ("alter table crm.signups add column signup_channel text", "has both {} and {}"),
        ("drop table crm.signups", "has no {}, or is not there"),
    ],
)
def test_a_table_that_is_another_by_now_is_left_alone(crm: str, statement: str, why: str) -> None:
    run(crm, statement)
    before, after = "signup_source", "signup_channel"
    for step, names in ((incident.stage, (before, after)), (incident.undo, (after, before))):
        said = f"Nothing was renamed: the table crm.signups {why.format(*names)}."
        with pytest.raises(SandboxError, match=re.escape(said)):
            step(crm)


def test_only_a_sandbox_is_changed(crm: str) -> None:
    run(crm, "do $$ begin execute format('comment on database %I is null', "
        "current_database()); end $$")  # fmt: skip
    with pytest.raises(SandboxError):
        incident.stage(crm)
    assert prevention.check(CRM, database=crm, structure_only=True).status == "held"


# ------------------------------------------------------------------ before the merge


@pytest.fixture
def project(tmp_path: Path) -> History:
    """The project as it is, with a branch of the producer."""
    made = History(tmp_path / "museum-guide")
    for name in ("contracts", "data_assets"):
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(REPOSITORY / name, made.root / name, ignore=ignored)
    for name in ("alembic.ini", "pyproject.toml"):
        shutil.copy(REPOSITORY / name, made.root)
    made.commit()
    made.branch("a-better-name")
    return made


@pytest.fixture
def gate(project: History, server_18: str) -> Callable[..., Ran]:
    """The gate in that project, with an empty server to work on."""

    def judge(*arguments: str) -> Ran:
        with new_database(server_18) as url:
            return docent(
                "gate", "--base", "main", *arguments,
                folder=project.root, settings={"DATABASE_URL": url},
            )  # fmt: skip

    return judge


def test_the_gate_is_red_before_the_merge(project: History, gate: Callable[..., Ran]) -> None:
    assert gate().code == 0
    project.commit({f"data_assets/migrations/versions/{incident.FILE}": incident.migration()})
    ran = gate("--format", "json")
    assert ran.code == 1
    report = json.loads(ran.out)
    errors = [each for each in report["findings"] if each["level"] == "error"]
    assert {each["contract"] for each in errors} == {"salesforce_lead_v2"}
    assert [(each["rule"], each["promised"], each["found"]) for each in errors] == [
        ("migration-unannounced", "signup_source", "signup_channel")
    ]
    assert [part["element"] for part in errors[0]["parts"]] == [SOURCE]
    consumers = {one["name"] for each in errors for one in each["consumers"]}
    assert consumers == {"rev-ops-reverse-etl"}
    assert errors[0]["owner"]["name"] == "Growth Engineering"
    assert errors[0]["location"]["file"] == "contracts/crm/salesforce_lead.yaml"
    assert errors[0]["changed_at"]["file"].endswith(incident.FILE)


def test_a_contract_that_is_renamed_along_is_red_too(
    project: History, gate: Callable[..., Ran]
) -> None:
    """The producer's own page says the new name; whoever reads the old one is hurt all the same."""
    page = project.root / "contracts/crm/salesforce_lead.yaml"
    project.commit(
        {
            f"data_assets/migrations/versions/{incident.FILE}": incident.migration(),
            "contracts/crm/salesforce_lead.yaml": page.read_text().replace(
                "signup_source", "signup_channel"
            ),
        }
    )
    ran = gate()
    assert ran.code == 1
    assert "rev-ops-reverse-etl" in ran.out
