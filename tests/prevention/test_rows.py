"""``docent check`` with promises about rows, from end to end; and without, as before."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import jsonschema_rs
import psycopg
import pytest

import prevention
from contracts.model import Check, Column, Contract, Owner, Table
from data_assets import urls
from data_assets.clock import set_clock
from data_assets.postgres import ROW_READER
from data_assets.roles import make_role
from prevention.checking import read_structure
from prevention.decision import NotJudged
from prevention.report import read_report
from prevention.rows import RowTerms, measure_rows, promise_rows
from tests.prevention.running import REPOSITORY, Ran, docent, docent_process, environment

SCHEMA = json.loads((REPOSITORY / "prevention" / "report.schema.json").read_text())

LEAD = """
dataset: museum/crm/signups
columns:
  - name: signup_id
    data_type: integer
  - name: email
    data_type: text
    checks:
      - missing:
          threshold:
            metric: percent
            must_be_less_than: 0.5
      - duplicate:
  - name: signup_source
    data_type: text
    valid_values: [web, mobile, api, partner]
    checks:
      - invalid:
          threshold:
            level: warn
  - name: created_at
    data_type: timestamp with time zone
checks:
  - schema:
      allow_extra_columns: true
      allow_other_column_order: true
  - row_count:
  - freshness:
      column: created_at
      threshold:
        unit: minute
        must_be_less_than: 5
"""
SIGNUPS = """
create schema crm;
create table crm.signups (
  signup_id integer primary key, email text, signup_source text,
  created_at timestamptz not null default now(), note text);
insert into crm.signups
  select n, n || '@guide.example', (array['web', 'mobile', 'api', 'partner'])[1 + n % 4],
         '2026-01-15 12:00+00'::timestamptz - (1000 - n) * interval '1 minute'
  from generate_series(1, 1000) as n;
"""
LAST = datetime(2026, 1, 15, 12, tzinfo=UTC)


@pytest.fixture
def lead(database: str, tmp_path: Path) -> str:
    """URL of a sandbox with sign-ups; the contract about them is in ``tmp_path``."""
    (tmp_path / "contracts").mkdir()
    (tmp_path / "contracts" / "lead.yaml").write_text(LEAD)
    run(database, "do $$ begin execute format('comment on database %I is %L', "
        "current_database(), 'docent sandbox'); end $$", SIGNUPS)  # fmt: skip
    return database


def run(url: str, *statements: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement.encode())


def checked(url: str, folder: Path, *arguments: str) -> Ran:
    where = ("check", str(folder / "contracts"), "--schema", "crm")
    return docent(*where, *arguments, folder=folder, settings={"DATABASE_URL": url})


def found(url: str, folder: Path, *arguments: str) -> list[tuple[str, str, str]]:
    """The rules about rows that are broken, with their level and what was found."""
    ran = checked(url, folder, "--format", "json", *arguments)
    report = json.loads(ran.out)
    jsonschema_rs.validator_for(SCHEMA).validate(report)
    return [
        (each["rule"], each["level"], each["found"])
        for each in report["findings"]
        if each["rule"].startswith("rows-")
    ]


def test_a_seeded_sandbox_is_green_tomorrow_too(lead: str, tmp_path: Path) -> None:
    ran = checked(lead, tmp_path)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.split("\n\n")[-1].startswith("All promises hold; 2 warnings. ")
    assert ran.out.rstrip().endswith("Measured 5 promises about rows.")


def test_the_clock_is_turned_for_a_check_or_for_good(lead: str, tmp_path: Path) -> None:
    stale = ("rows-stale", "error", "the newest is 10 minutes old")
    assert found(lead, tmp_path, "--now", "2026-01-15T12:10:00Z") == [stale]
    assert found(lead, tmp_path, "--now", "2026-01-15T12:04") == []
    assert found(lead, tmp_path, "--now", "2026-01-15T13:10+01:00") == [stale]
    with psycopg.connect(lead) as connection:
        set_clock(connection, LAST + timedelta(minutes=10))
    assert found(lead, tmp_path) == [stale]
    assert found(lead, tmp_path, "--now", "2026-01-15T12:04") == []
    with psycopg.connect(lead) as connection:
        set_clock(connection, None)
    assert found(lead, tmp_path) == []


def test_outside_a_sandbox_it_is_as_late_as_the_server_says(lead: str, tmp_path: Path) -> None:
    run(lead, "do $$ begin execute format('comment on database %I is null', "
        "current_database()); end $$")  # fmt: skip
    ((rule, _, _),) = found(lead, tmp_path)
    assert rule == "rows-stale"
    run(lead, "update crm.signups set created_at = now() where signup_id = 1000")
    assert found(lead, tmp_path) == []


def test_rows_that_break_their_promises_are_told(lead: str, tmp_path: Path) -> None:
    run(
        lead,
        "update crm.signups set email = null where signup_id <= 9",
        "update crm.signups set email = 'ada' where signup_id in (10, 11, 12)",
        "update crm.signups set signup_source = 'ios' where signup_id = 500",
    )
    ran = checked(lead, tmp_path, "--show-failures", "2")
    assert (ran.code, ran.err) == (1, "")
    block = next(block for block in ran.out.split("\n\n") if "rows-null" in block)
    promise = tmp_path / "contracts" / "lead.yaml"
    assert block == (
        "error  rows-null  crm.signups.email\n"
        "  Column 'email' of 'signups' is null more often than promised\n"
        "  contract  museum/crm/signups\n"
        "  promised  less than 0.5 percent of the rows with a null\n"
        "  found     9 of 1000 rows (0.9 percent)\n"
        "  rows      signup_id 1; signup_id 2\n"
        f"  promise   {promise}:9\n"
        "  next      Find out where these rows come from and since when, "
        "or agree with the contract's owner on a promise that can be kept."
    )
    assert found(lead, tmp_path) == [
        ("rows-null", "error", "9 of 1000 rows (0.9 percent)"),
        ("rows-duplicate", "error", "2 of 1000 rows (0.2 percent)"),
        ("rows-unlisted", "warning", "1 of 1000 rows (0.1 percent)"),
    ]
    assert found(lead, tmp_path, "--where", "signup_id > 100") == [
        ("rows-unlisted", "warning", "1 of 900 rows (0.1111 percent)")
    ]
    assert found(lead, tmp_path, "--structure-only") == []


def test_every_format_names_the_rows(lead: str, tmp_path: Path) -> None:
    run(lead, "update crm.signups set email = null where signup_id <= 9")
    told = {
        form: checked(lead, tmp_path, "--show-failures", "2", "--format", form).out
        for form in ("text", "json", "markdown", "junit")
    }
    assert all("signup_id 1" in text and "signup_id 2" in text for text in told.values())
    assert not any("signup_id 3" in text for text in told.values())
    report = tmp_path / "report.json"
    report.write_text(told["json"])
    decision = read_report(report)
    assert decision.checked.measured == 5
    told_rows = [one.rows for one in decision.findings if one.rule == "rows-null"]
    assert told_rows == [("signup_id 1", "signup_id 2")]


def test_one_more_row_tomorrow_is_still_what_was_accepted(lead: str, tmp_path: Path) -> None:
    run(lead, "update crm.signups set email = null where signup_id <= 9")
    known = str(tmp_path / "known.json")
    assert checked(lead, tmp_path, "--write-baseline", known).code == 0
    run(lead, "update crm.signups set email = null where signup_id <= 10")
    assert checked(lead, tmp_path, "--baseline", known).code == 0
    run(lead, "truncate crm.signups")
    assert checked(lead, tmp_path, "--baseline", known).code == 1


def test_a_sample_leaves_out_what_it_cannot_tell(lead: str, tmp_path: Path) -> None:
    rules = [rule for rule, _, _ in found(lead, tmp_path, "--sample", "99.999")]
    assert rules == ["rows-unsampled"] * 3
    assert checked(lead, tmp_path, "--sample", "99.999").code == 0


@pytest.mark.parametrize(
    ("arguments", "what"),
    [
        (("--now", "yesterday"), "'yesterday' is no time"),
        (("--sample", "0"), "0"),
        (("--sample", "101"), "101"),
        (("--show-failures", "-1"), "-1"),
        (("--time-limit", "0"), "0"),
        (("--where", "1) or (1"), "The rows to look at cannot be chosen"),
        (("--where", "pg_sleep(9) is null"), "pg_sleep"),
        (("--structure-only", "--sample", "5"), "--sample has no meaning beside it"),
        (("--structure-only", "--show-failures", "5"), "--show-failures has no meaning"),
    ],
)
def test_what_cannot_be_followed_is_said(
    lead: str, tmp_path: Path, arguments: tuple[str, ...], what: str
) -> None:
    ran = checked(lead, tmp_path, *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert what in " ".join(ran.err.split())


def test_without_a_database_no_row_is_looked_at(lead: str, tmp_path: Path) -> None:
    documents = ("check", tmp_path / "contracts", "--documents")
    assert docent(*documents).code == 0
    assert docent(*documents, "--now", "2026-01-01").code == 0  # a contract's life has days, too
    ran = docent(*documents, "--sample", "5")
    assert (ran.code, "--sample has no meaning beside it" in ran.err) == (2, True)


def test_in_a_sandbox_rows_are_read_by_a_role_that_sees_the_promised_columns(
    lead: str, tmp_path: Path
) -> None:
    assert checked(lead, tmp_path).code == 0
    with psycopg.connect(lead, autocommit=True) as connection:
        connection.execute(f"set role {ROW_READER}".encode())
        assert connection.execute("select count(email) from crm.signups").fetchone() == (1000,)
        for statement in (
            "select note from crm.signups",
            "select * from crm.signups",
            "delete from crm.signups",
            "select count(*) from pg_authid",
            "create table crm.mine ()",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(statement.encode())


READER = """
dataset: museum/crm/reader
columns:
  - name: name
    valid_values: [docent_row_reader]
    checks:
      - invalid:
checks:
  - schema:
      allow_extra_columns: true
"""
"""A contract that holds for whoever reads as the role: the view says who asks it."""
AS_ANYBODY = [("rows-unlisted", "error", "1 of 1 rows (100 percent)")]


def test_a_check_measures_as_the_role_in_a_sandbox(lead: str, tmp_path: Path) -> None:
    (tmp_path / "contracts" / "reader.yaml").write_text(READER)
    run(lead, "create view crm.reader as select current_user::text as name")
    assert found(lead, tmp_path) == []
    for _ in range(2):  # and again, once the rights are there
        assert found(lead, tmp_path, "--show-failures", "1") == []


def test_elsewhere_a_check_measures_as_the_role_if_that_can_read_all_it_must(
    lead: str, tmp_path: Path
) -> None:
    (tmp_path / "contracts" / "lead.yaml").unlink()
    (tmp_path / "contracts" / "reader.yaml").write_text(READER)
    run(lead, "do $$ begin execute format('comment on database %I is null', "
        "current_database()); end $$", "create view crm.reader as select current_user::text as"
        " name, 1 as secret")  # fmt: skip
    with psycopg.connect(lead, autocommit=True) as connection:
        make_role(connection, ROW_READER)
    assert found(lead, tmp_path) == AS_ANYBODY
    run(lead, f"grant usage on schema crm to {ROW_READER}")
    assert found(lead, tmp_path) == AS_ANYBODY
    run(lead, f"grant select (secret) on crm.reader to {ROW_READER}")
    assert found(lead, tmp_path) == AS_ANYBODY
    run(lead, f"grant select (name) on crm.reader to {ROW_READER}")
    assert found(lead, tmp_path) == []


def test_a_statement_that_takes_too_long_is_given_up_and_no_other(
    lead: str, tmp_path: Path
) -> None:
    slow = READER.replace("reader", "slow").replace("docent_row_slow", "ada")
    (tmp_path / "contracts" / "slow.yaml").write_text(slow)
    run(lead, "create view crm.slow as select 'ada' as name from pg_sleep(20)",
        "update crm.signups set email = null where signup_id <= 9")  # fmt: skip
    told = found(lead, tmp_path, "--time-limit", "0.5")
    given_up = "It took longer than it may. Check a part (--sample, --where), or give more time."
    assert told == [
        ("rows-null", "error", "9 of 1000 rows (0.9 percent)"),
        ("rows-unmeasured", "error", given_up),
    ]
    run(lead, "create or replace view crm.slow as select 'ada' as name from pg_sleep(0.6)")
    assert [rule for rule, *_ in found(lead, tmp_path, "--time-limit", "30")] == ["rows-null"]


def rights(url: str) -> set[str]:
    with psycopg.connect(url) as connection:
        rows = connection.execute(
            "select a.attname from pg_attribute as a,"
            " lateral aclexplode(a.attacl) as given"
            " join pg_roles as r on r.oid = given.grantee and r.rolname = %s"
            " where a.attrelid = 'crm.signups'::regclass",
            [ROW_READER],
        ).fetchall()
        return {row[0] for row in rows}


def test_the_rights_are_kept_as_the_contracts_are(lead: str, tmp_path: Path) -> None:
    document = tmp_path / "contracts" / "lead.yaml"
    promised = {"signup_id", "email", "signup_source", "created_at"}
    assert checked(lead, tmp_path).code == 0
    assert rights(lead) == promised
    document.write_text(LEAD.replace("columns:\n", "columns:\n  - name: note\n"))
    assert checked(lead, tmp_path).code == 0
    assert rights(lead) == {*promised, "note"}
    document.write_text(LEAD)
    alone = docent("check", str(document), settings={"DATABASE_URL": lead})
    assert alone.code == 0
    assert rights(lead) == {*promised, "note"}  # there may be other contracts than this one
    assert checked(lead, tmp_path).code == 0
    assert rights(lead) == promised


def test_outside_a_sandbox_no_right_is_given(lead: str, tmp_path: Path) -> None:
    run(lead, "do $$ begin execute format('comment on database %I is null', "
        "current_database()); end $$")  # fmt: skip
    checked(lead, tmp_path)
    assert rights(lead) == set()


def test_checks_at_the_same_time_do_each_other_no_harm(lead: str, tmp_path: Path) -> None:
    command = [
        sys.executable, "-m", "prevention.cli",
        "check", str(tmp_path / "contracts"), "--schema", "crm",
    ]  # fmt: skip
    running = [
        subprocess.Popen(command, cwd=REPOSITORY, env=environment({"DATABASE_URL": lead}),
                         stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(4)
    ]  # fmt: skip
    ended = [(process.wait(120), *process.communicate()) for process in running]
    assert [(code, err) for code, _, err in ended] == [(0, "")] * 4


def test_whoever_may_grant_nothing_reads_rows_all_the_same(lead: str, tmp_path: Path) -> None:
    run(
        lead,
        "do $$ begin create role guest_of_test login; exception when duplicate_object then null;"
        " end $$",
        "grant usage on schema crm to guest_of_test",
        "grant select on crm.signups to guest_of_test",
    )
    guest = lead.replace("postgres:@", "guest_of_test@").replace("postgres@", "guest_of_test@")
    assert guest != lead
    ran = checked(guest, tmp_path)
    assert (ran.code, ran.err) == (0, "")
    assert rights(lead) == set()


def test_where_nothing_is_promised_of_rows_nothing_more_is_imported(museum: str) -> None:
    contract = "contracts/object_images_contract_spec.json"
    code = (
        f"import sys; from prevention.cli import main; main(['check', {contract!r}]);"
        "print([name for name in sys.modules if name.startswith('detection.quality')])"
    )
    process = subprocess.run(
        [sys.executable, "-c", code], cwd=REPOSITORY, text=True, capture_output=True,
        env=environment({"DATABASE_URL": museum}), check=False, timeout=120,
    )  # fmt: skip
    name = urls.name_in(museum)
    assert process.stdout.splitlines() == [
        f"All promises hold. Checked 1 contract, 1 table and 4 columns in {name}.",
        "[]",
    ]


def test_a_process_tells_it_too(lead: str, tmp_path: Path) -> None:
    ran = docent_process(
        "check", str(tmp_path / "contracts"), "--schema", "crm", settings={"DATABASE_URL": lead}
    )
    assert ran.code == 0
    assert "Measured 5 promises about rows." in ran.out


def test_the_same_as_one_python_call(lead: str, tmp_path: Path) -> None:
    run(lead, "truncate crm.signups")
    decision = prevention.check(
        tmp_path / "contracts", database=lead, schemas=["crm"], rows=RowTerms(now=LAST)
    )
    rules = [finding.rule for finding in decision.findings if finding.is_about_rows]
    assert rules == ["rows-count", "rows-stale"]


def test_a_pipeline_stops_where_it_broke_a_promise(lead: str, tmp_path: Path) -> None:
    contract = tmp_path / "contracts" / "lead.yaml"
    assert prevention.verify(contract, database=lead).status == "held"
    run(lead, "update crm.signups set email = 'ada'")
    with pytest.raises(prevention.BrokenPromiseError, match="rows-duplicate") as broken:
        prevention.verify(contract, database=lead)
    assert broken.value.decision.status == "broken"
    assert "999 of 1000 rows" in str(broken.value)
    (tmp_path / "empty").mkdir()
    with pytest.raises(NotJudged):
        prevention.verify(tmp_path / "empty", database=lead)


def test_measurements_are_at_hand_whether_kept_or_not(lead: str) -> None:
    table = Table("signups", "crm", columns=(Column("email"),))
    contract = Contract(
        "lead",
        owner=Owner("Ada"),
        tables=(table,),
        checks=(Check("nullValues", "mustBe", (0,), ("email",)), Check("rowCount", "mustBe", (1,))),
    )
    found = measure_rows([contract], read_structure(lead, ["crm"]), lead)
    assert [(one.demand.rule, one.value) for one in found] == [
        ("rows-null", 0),
        ("rows-count", 1000),
    ]


@pytest.mark.parametrize(
    ("contract", "answer"),
    [
        (Contract("lead"), False),
        (Contract("lead", tables=(Table("signups", columns=(Column("email"),)),)), False),
        (Contract("lead", checks=(Check("rowCount"),)), True),
        (Contract("lead", invariants=("email is null",)), True),
        (Contract("lead", tables=(Table("signups", grain=("email",)),)), True),
        (Contract("lead", tables=(Table("t", columns=(Column("a", states=("b",)),)),)), True),
        (Contract("lead", tables=(
            Table("t", columns=(Column("a", custom=(("x", "1"),)),)),)), False),
        (Contract("lead", tables=(
            Table("t", columns=(Column("a", custom=(("required_when", '"b"'),)),)),)), True),
    ],
)  # fmt: skip
def test_what_promises_something_of_rows(contract: Contract, answer: bool) -> None:
    assert promise_rows([contract]) is answer
