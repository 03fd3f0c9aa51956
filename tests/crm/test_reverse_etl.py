"""The job that makes leads of sign-ups: what it reads, writes and refuses, on a real sandbox."""

from __future__ import annotations

import subprocess
import sys
from datetime import timedelta

import psycopg
import pytest

import prevention
from contracts import load
from contracts.consumers import load_consumers
from contracts.queries import without_end
from data_assets.errors import SandboxError
from data_assets.raw_data.signups import LAST, make_signups
from docent.crm import rev_ops_reverse_etl
from docent.crm.lead_scoring import make_leads
from docent.crm.rev_ops_reverse_etl import PROMISES, QUERY, READS, sync
from prevention.decision import NotJudged
from prevention.rows import RowTerms
from tests.conftest import REPOSITORY
from tests.crm.conftest import CRM, rows, run
from tests.prevention.running import environment

LEADS = (
    "select email, lead_source, signed_up_at, score, rating from crm.salesforce_leads order by 1"
)


def test_it_writes_a_lead_for_everybody_who_can_be_called(crm: str) -> None:
    done = sync(crm)
    expected = make_leads(
        sorted((one._asdict() for one in make_signups()), key=lambda one: one["created_at"])
    )
    assert done.signups == len(list(make_signups()))
    assert rows(crm, LEADS) == sorted(
        (lead.email, lead.source, lead.signed_up_at, lead.score, lead.rating) for lead in expected
    )
    assert 0 < done.hot < len(done.leads) / 4
    assert prevention.check(CRM, database=crm).status == "held"


def test_a_second_run_writes_the_same_and_drops_who_is_gone(crm: str) -> None:
    sync(crm)
    before = rows(crm, LEADS)
    sync(crm)
    assert rows(crm, LEADS) == before
    gone = str(before[0][0])
    run(crm, f"delete from crm.signups where lower(trim(email)) = '{gone}'")
    sync(crm)
    assert rows(crm, LEADS) == before[1:]


def test_it_reads_what_the_contract_promises_and_the_registry_says(crm: str) -> None:
    (job,) = (each for each in load_consumers() if each.name == "rev-ops-reverse-etl")
    (query,) = job.queries
    assert " ".join(query.sql.split()) == " ".join(without_end(QUERY).split())
    contract = load(READS)
    assert contract.consumers == (job.name,)
    (read,) = job.subscriptions
    assert (read.contract, read.version) == (contract.identity, contract.version)
    assert set(read.columns) <= {column.name for column in contract.tables[0].columns}
    with psycopg.connect(crm) as connection:
        described = connection.execute(QUERY.encode()).description
        assert described is not None
        assert tuple(column.name for column in described) == read.columns


def test_it_needs_no_right_to_any_other_column(crm: str) -> None:
    role = "crm_reader_of_the_test"
    run(crm, f"drop role if exists {role}", f"create role {role}",
        f"grant usage on schema crm to {role}",
        f"grant select (email, signup_source, created_at) on crm.signups to {role}")  # fmt: skip
    with psycopg.connect(crm) as connection:
        connection.execute(f"set role {role}")
        assert len(rev_ops_reverse_etl.read(connection, QUERY)) == len(list(make_signups()))
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            rev_ops_reverse_etl.read(connection, rev_ops_reverse_etl.AS_THEY_COME)
    run(crm, f"drop owned by {role}", f"drop role {role}")


@pytest.mark.parametrize(
    ("statement", "rule"),
    [
        ("alter table crm.signups rename column signup_source to signup_channel", "column-renamed"),
        ("alter table crm.signups drop column signup_source", "column-missing"),
        ("alter table crm.signups alter column email drop not null", "nullability-differs"),
        ("update crm.signups set signup_source = null where signup_id % 10 = 0", "rows-missing"),
        (
            "update crm.signups set signup_source = 'ios' where signup_id = 41201",
            "rows-of-unknown-state",
        ),
        ("update crm.signups set created_at = created_at - interval '3 days'", "rows-late"),
        ("truncate crm.signups", "rows-stale"),
    ],
)
def test_a_broken_promise_stops_it_before_it_writes(crm: str, statement: str, rule: str) -> None:
    sync(crm)
    before = rows(crm, LEADS)
    run(crm, statement)
    with pytest.raises(prevention.BrokenPromiseError) as stopped:
        sync(crm)
    assert rule in {finding.rule for finding in stopped.value.decision.findings}
    assert rows(crm, LEADS) == before


def test_what_it_wrote_is_verified_too(crm: str) -> None:
    """Promises that the sign-ups keep, and the leads made of them do not: nobody has a source."""
    run(
        crm,
        "update crm.signups set email = signup_id || '(at)example.org'"
        " where signup_source <> 'web'",
        "update crm.signups set signup_source = null"
        " where signup_id in (select signup_id from crm.signups where signup_source = 'web'"
        " order by signup_id limit 25)",
    )
    with pytest.raises(prevention.BrokenPromiseError) as stopped:
        sync(crm)
    assert [finding.contract for finding in stopped.value.decision.findings] == ["lead_score_v1"]
    assert "lead_source" in str(stopped.value)


def test_a_seeded_sandbox_is_green_tomorrow_too(crm: str) -> None:
    assert prevention.verify(READS, database=crm).status == "held"
    late = RowTerms(now=LAST + timedelta(days=1))
    with pytest.raises(prevention.BrokenPromiseError, match="rows-stale"):
        prevention.verify(READS, database=crm, rows=late)


def test_a_database_that_is_no_sandbox_is_not_written_to(crm: str) -> None:
    run(crm, "do $$ begin execute format('comment on database %I is null', "
        "current_database()); end $$")  # fmt: skip
    with pytest.raises(SandboxError):
        sync(crm, with_contract=False)
    assert rows(crm, LEADS) == []


def test_what_cannot_be_judged_is_no_reason_to_write(crm: str) -> None:
    run(crm, "drop schema crm cascade", "drop schema public cascade")
    with pytest.raises((NotJudged, prevention.BrokenPromiseError)):
        sync(crm)


def process(url: str | None, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "docent.crm.rev_ops_reverse_etl", *words],
        cwd=REPOSITORY, env=environment({"DATABASE_URL": url}), capture_output=True, text=True,
        check=False, timeout=120,
    )  # fmt: skip


def test_as_a_process_it_tells_what_it_did_and_how_it_ended(crm: str) -> None:
    done = process(crm)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("rev-ops-reverse-etl: 843 sign-ups read, ")
    run(crm, "alter table crm.signups drop column signup_source")
    broken = process(crm)
    assert (broken.returncode, broken.stdout) == (1, "")
    assert "column-missing  crm.signups.signup_source" in broken.stderr
    for nowhere in (None, "postgresql://ada@127.0.0.1:1/museum"):
        ran = process(nowhere)
        assert (ran.returncode, ran.stdout) == (2, "")
        assert "Next: " in ran.stderr
        assert "Traceback" not in ran.stderr


def test_the_leads_are_promised_by_the_job(crm: str) -> None:
    contract = load(PROMISES)
    assert contract.producer == "rev-ops-reverse-etl"
    assert contract.tables[0].qualified_name == "crm.salesforce_leads"
