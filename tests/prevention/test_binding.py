"""Contracts that name no table: the one that the project names for them is checked."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest

from contracts import DocumentError, load_folder
from contracts.binding import bind, find_unbound
from prevention.checking import check
from prevention.configuration import configure
from tests.contracts.samples import BIRDS, LEADS

BOUND = [
    ({"salesforce_lead_v2": "crm.signups"}, "crm.signups"),
    ({"salesforce_lead_v2": "signups"}, "public.signups"),
    ({"salesforce_lead": "crm.signups"}, "salesforce_lead_v2"),
    ({}, "salesforce_lead_v2"),
]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the contract of the leads, which is where the command is typed."""
    (tmp_path / "contracts").mkdir()
    (tmp_path / "contracts" / "leads.yaml").write_text(LEADS)
    (tmp_path / "pyproject.toml").write_text('[tool.docent]\ncontracts = "contracts"\n')
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(("bindings", "table"), BOUND)
def test_a_contract_is_about_the_table_that_is_named_for_it(
    project: Path, bindings: dict[str, str], table: str
) -> None:
    (contract,) = bind(load_folder("contracts"), bindings)
    assert contract.tables[0].qualified_name == table
    assert [*find_unbound([contract], bindings)] == [] or table == contract.name


def test_what_a_document_names_itself_stands(project: Path) -> None:
    (project / "contracts" / "birds.yaml").write_text(BIRDS)
    (project / "contracts" / "leads.yaml").write_text(LEADS + "table: crm.leads\n")
    bindings = {"salesforce_lead_v2": "a.b", "ebird.fct_daily_bird_observations": "a.b"}
    bound = bind(load_folder("contracts"), bindings)
    assert {contract.tables[0].qualified_name for contract in bound} == {
        "crm.leads",
        "ebird.fct_daily_bird_observations",
    }


def test_a_contract_without_a_table_cannot_be_checked_but_read(
    project: Path, database: str
) -> None:
    assert check(documents_only=True).exit == 0
    with pytest.raises(DocumentError) as refused:
        check(database=database)
    assert str(refused.value) == (
        "contracts/leads.yaml:1: salesforce_lead_v2 names no table. Next: Name it by table: "
        "schema.table in the document, or bind it in pyproject.toml: "
        '[tool.docent.bind] "salesforce_lead_v2" = "schema.table".'
    )
    (project / "pyproject.toml").write_text('[tool.docent.bind]\nsalesforce_lead_v1 = "crm.a"\n')
    with pytest.raises(DocumentError) as refused:
        check(database=database)
    assert (
        'Did you mean "salesforce_lead_v2" where [tool.docent.bind] has "salesforce_lead_v1"?'
        in str(refused.value)
    )


def test_the_bound_table_is_checked(project: Path, any_database: str) -> None:
    (project / "pyproject.toml").write_text(
        '[tool.docent.bind]\nsalesforce_lead_v2 = "crm.signups"\n'
    )
    assert configure().bind == {"salesforce_lead_v2": "crm.signups"}
    with psycopg.connect(any_database) as connection:
        connection.execute("create schema crm")
        connection.execute("create type crm.source as enum ('web', 'mobile', 'api', 'partner')")
        connection.execute(
            "create table crm.signups (email text not null unique, signup_source crm.source,"
            " created_at timestamptz)"
        )
        connection.execute("insert into crm.signups values ('ada@museum.org', 'web', now())")
    assert [finding.rule for finding in check(database=any_database).findings] == []
    with psycopg.connect(any_database) as connection:
        connection.execute("alter table crm.signups rename signup_source to signup_channel")
        connection.execute("alter table crm.signups alter email drop not null")
        connection.execute("alter table crm.signups alter created_at type text")
    decision = check(database=any_database, structure_only=True)
    assert {(finding.rule, finding.element) for finding in decision.findings} == {
        ("column-renamed", "crm.signups.signup_source"),
        ("nullability-differs", "crm.signups.email"),
        ("type-differs", "crm.signups.created_at"),
    }
    lines = {finding.location.line for finding in decision.findings if finding.location}
    assert lines == {5, 6, 7}
