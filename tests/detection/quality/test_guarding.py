"""SQL that a contract holds and that would do more than read what the contract is about.

Each attack is tried twice: as it comes, which the first wall refuses, and with that wall taken
down, where the role, the read-only transaction and the time limit must hold by themselves.
"""

from __future__ import annotations

import re
import time
from dataclasses import replace

import psycopg
import pytest
from psycopg import sql

from contracts.model import Check, Column, Contract, Table
from detection.catalog import read_catalog
from detection.quality import Terms, find_demands, measure, plan_scans
from detection.quality.authored import RefusedError
from detection.quality.model import Reading
from tests.detection.quality.rows import NOW, breaches, check, fill, measured, promising, signups

ROLE = "docent_test_reader"
ABOUT_EMAIL = signups("signup_id", "email")

SETUP = f"""
do $$ begin create role {ROLE} nologin; exception when duplicate_object then null; end $$;
grant usage on schema crm to {ROLE};
grant select (signup_id, email) on crm.signups to {ROLE};
"""


@pytest.fixture
def guarded(any_rows: psycopg.Connection) -> psycopg.Connection:
    """Sign-ups, and a role that can read the columns that are promised of them."""
    any_rows.execute(SETUP)
    fill(any_rows, "email", ["ada"])
    any_rows.execute("insert into secret.salaries values ('ada', 100)")
    return any_rows


ATTACKS = [
    ("delete from crm.signups", "no query"),
    ("with gone as (delete from crm.signups returning 1) select count(*) from gone", "DELETE"),
    ("select count(*) from crm.signups for update", "FOR UPDATE"),
    ("select 1 into crm.copied", "SELECT INTO"),
    ("select 1; delete from crm.signups", "semicolon|one statement"),
    ("select 1) as q; delete from crm.signups; --", "semicolon|one statement"),
    ("select 1) as q; commit; delete from crm.signups; --", "semicolon|one statement"),
    ("select nextval('crm.numbers')", "nextval"),
    ("select setval('crm.numbers', 5)", "setval"),
    ("select lo_create(0)", "lo_create"),
    ("select pg_notify('a', 'b')", "pg_notify"),
    ("select pg_advisory_lock(1)", "pg_advisory_lock"),
    ("select pg_terminate_backend(pg_backend_pid())", "pg_"),
    ("select set_config('role', 'none', false)", "set_config"),
    ("select set_config('transaction_read_only', 'off', false)", "set_config"),
    ("select count(set_config('statement_timeout', '0', false)) from crm.signups", "set_config"),
    ("reset role", "no query"),
    ("set role none", "no query"),
    ("select salary from secret.salaries", "secret.salaries, and the contract is about crm"),
    ("select count(*) from secret.salaries", "secret.salaries"),
    ("select (select max(salary) from secret.salaries)", "secret.salaries"),
    ("select 1 where exists (select from secret.salaries)", "secret.salaries"),
    ("with s as (select * from secret.salaries) select count(*) from s", "secret.salaries"),
    ("select count(*) from crm.signups union select salary from secret.salaries", "secret"),
    ("table secret.salaries", "secret.salaries"),
    ("select 1 limit (select salary from secret.salaries)", "secret.salaries"),
    ("select count(*) from crm.sources", "crm.sources, which the contract does not promise"),
    ("select count(*) from watermark", "crm.watermark, which"),
    ("select count(price) from crm.signups", "price of crm.signups"),
    ("select count(*) from signups where score > 1", "score of crm.signups"),
    ("select count(s) from signups as s", "which the contract does not promise"),
    ("select count(to_jsonb(signups)) from signups", "which the contract does not promise"),
    ("select * from signups", "which the contract does not promise"),
    ("select count(*) from pg_catalog.pg_authid", "pg_catalog.pg_authid"),
    ("select count(*) from pg_authid", "pg_authid, which"),
    ("select count(*) from information_schema.tables", "information_schema"),
    ("select length(pg_read_file('PG_VERSION'))", "pg_read_file"),
    ("select query_to_xml('select * from secret.salaries', true, true, '')", "query_to_xml"),
    ("select table_to_xml('secret.salaries', true, true, '')", "table_to_xml"),
    ("select ts_stat('select email::tsvector from secret.salaries')", "ts_stat"),
    ("select random()", "random"),
    ("select gen_random_uuid()", "gen_random_uuid"),
    ("select clock_timestamp()", "clock_timestamp"),
    ("select pg_sleep(60)", "pg_sleep"),
    ("select count(*) from signups where (select true from pg_sleep(60)) is null", "pg_sleep"),
    ('select "pg_sleep"(60)', "pg_sleep"),
    ("select pg_catalog.pg_sleep(60)", "pg_sleep"),
    ("select pg_sleep/**/(60)", "pg_sleep"),
    ('select U&"pg\\005fsleep"(60)', "U&"),
    ("select * from (values (pg_sleep(60)), (null)) as v", "pg_sleep"),
    ("select 1 limit length(pg_sleep(60)::text)", "pg_sleep"),
    ("select sum(1) over (rows between length(pg_sleep(60)::text) preceding and current row)",
     "pg_sleep|cannot"),
    ("select (60).pg_sleep", "pg_sleep"),
    ("select (array['crm.numbers'::regclass])[1].nextval", "nextval"),
    ("select crm.evil()", "evil"),
    ("select evil()", "evil"),
    ("select first(1)", "first"),  # a word of SQL as well
    ("select 1 && 2", "&&, which is no operator of Postgres's own"),
    ("select 1 operator(crm.&&) 2", "operator together with its schema"),
    ("select count(*) from signups where signup_id*-signup_id&&2 = 100", "&&, which is no"),
    ("select 101::trap::integer", "trap, which is no type of Postgres's own"),
    ("select cast(101 as crm.trap)", "trap, which is no type"),
    ("select (1::pair).a", "pair, which is no type"),
    ("select a from json_to_record('{\"a\": 101}') as x(a crm.trap)", "trap, which is no type"),
    ("select $1", "not read as plain SQL"),
    (("select 1 from (select set_config('role', 'none', true)) as r, "
      "query_to_xml('select salary from secret.salaries', true, true, '')"), "_to_xml|set_config"),
    ("", "no query"),
]  # fmt: skip


EVIL = """
create or replace function crm.evil() returns integer immutable security definer
  language sql as 'select max(salary) from secret.salaries';
create or replace function crm.first(integer) returns integer immutable security definer
  language sql as 'select max(salary) from secret.salaries';
create sequence if not exists crm.numbers;
drop operator if exists crm.&& (integer, integer);
drop domain if exists crm.trap;
drop type if exists crm.pair cascade;
create or replace function secret.hand_out(integer, integer) returns integer immutable
  security definer language sql as 'select max(salary) from secret.salaries';
create operator crm.&& (leftarg = integer, rightarg = integer, function = secret.hand_out);
create domain crm.trap as integer check (secret.hand_out(value, value) < value);
create type crm.pair as (a integer);
create or replace function secret.pair(integer) returns crm.pair immutable
  security definer language sql as 'select row(max(salary))::crm.pair from secret.salaries';
create cast (integer as crm.pair) with function secret.pair(integer);
"""


@pytest.fixture
def with_evil(guarded: psycopg.Connection) -> psycopg.Connection:
    """With functions that say of themselves that they are harmless, and hand out the salaries."""
    guarded.execute(EVIL)
    return guarded


@pytest.mark.parametrize(("query", "what"), ATTACKS)
def test_sql_that_does_more_than_read_its_contract_is_not_run(
    with_evil: psycopg.Connection, query: str, what: str
) -> None:
    attack = Check("sql", "mustBe", (0,), query=query or ";", name="attack")
    started = time.perf_counter()
    (broken,) = breaches(with_evil, promising(attack, tables=[ABOUT_EMAIL]))
    assert (broken.rule, broken.level) == ("rows-refused", "error")
    assert re.search(what, str(broken.found))
    assert time.perf_counter() - started < 30


OPEN_TO_ALL = (
    "select crm.evil()",
    "select evil()",
    "select first(1)",
    "select 1 && 2",
    "select 1 operator(crm.&&) 2",
    "select (1::pair).a",
)
"""What anybody who is connected can do: it takes the first wall to stop that."""


@pytest.mark.parametrize(
    "query", [query for query, _ in ATTACKS if query not in ("", *OPEN_TO_ALL)]
)
def test_behind_the_first_wall_nothing_changes_and_nothing_else_is_read(
    with_evil: psycopg.Connection, query: str
) -> None:
    """The query goes to Postgres unseen: role, transaction and time limit hold by themselves."""
    before = state(with_evil)
    found = unguarded(with_evil, query)
    assert state(with_evil) == before
    assert found != 100, "the salary got out"


def unguarded(connection: psycopg.Connection, query: str) -> object:
    """What a query comes to that nobody looked through first."""
    harmless = Check("sql", "mustBe", (0,), query="select 1")
    contract = promising(harmless, tables=[ABOUT_EMAIL])
    (scan,) = plan_scans(find_demands([contract], read_catalog(connection)), Terms(NOW))
    smuggled = Reading(scan.readings[0].demand, "query", (query,))
    (told,) = measure(connection, [replace(scan, readings=(smuggled,))], role=ROLE, time_limit=0.3)
    return told.value


def state(connection: psycopg.Connection) -> object:
    """Everything that an attack could have changed."""
    return connection.execute(
        "select current_user::text, session_user::text,"
        " current_setting('transaction_read_only'), current_setting('statement_timeout'),"
        " current_setting('search_path'), (select count(*) from crm.signups),"
        " (select count(*) from pg_class), (select last_value from crm.numbers),"
        " (select count(*) from pg_largeobject_metadata),"
        " (select count(*) from pg_locks where locktype = 'advisory')"
    ).fetchall()


CONDITIONS = [
    ("price > 0", "price of crm.signups"),
    ("pg_sleep(60) is null", "pg_sleep"),
    ("signup_id > (select max(salary) from secret.salaries)", "secret.salaries"),
    ("exists (select from crm.sources)", "crm.sources"),
    ("1 = 1) or (1 = 1", "parentheses do not match"),
    ("true; drop table crm.signups", "more than one statement"),
    ("email = (select set_config('role', 'none', false))", "set_config"),
    ("signups is null", "which the contract does not promise"),
    ("email = any (array(select email from secret.salaries))", "secret.salaries"),
]


@pytest.mark.parametrize(("condition", "what"), CONDITIONS)
@pytest.mark.parametrize("as_filter", [True, False])
def test_a_condition_reads_only_what_the_contract_promises(
    guarded: psycopg.Connection, condition: str, what: str, as_filter: bool
) -> None:
    if as_filter:
        promise = check("nullValues", "email", filter=condition)
    else:
        promise = check("sql", expression=condition, counts="rows")
    broken = breaches(guarded, promising(promise, check("rowCount"), tables=[ABOUT_EMAIL]))
    assert [one.rule for one in broken] == ["rows-refused", "rows-count"]
    assert what in str(broken[0].found)


ALLOWED = [
    ("select count(*) from signups", 1),
    ("select count(*) from crm.signups as s where s.email like 'a%'", 1),
    ("select count(*) from {table} where {column} is not null", 1),
    ("select count(*) from ${object} where ${property} is not null", 1),
    ("SELECT COUNT(*) FROM signups;", 1),
    ("with s as (select email from signups) select count(*) from s where email = 'ada'", 1),
    ("with signups as (select 5 as n) select sum(n) from signups", 5),
    (("with recursive n(i) as (values (1) union all select i + 1 from n where i < 5)"
      " select max(i) from n"), 5),
    ("select count(*) filter (where email is null) from signups", 0),
    ("select count(*) from signups where exists (select from signups as s where s.email = 'ada')",
     1),
    ("select extract(epoch from {now} - '2026-07-01 11:59:00+00'::timestamptz)", 60),
    ("select true", 1),
    ("select 1.5", 1.5),
    ("select coalesce(max(length(email)), 0) from signups -- the longest", 3),
    ("(select 1)", 1),
    ("select count(*) from signups where array[signup_id] <@ array[1]", 1),
    ("select signup_id :: integer - -1 from signups where email ~~ 'a%' and not email ~ 'b'", 2),
    ("values (7)", 7),
    ("select count(*) from signups, lateral generate_series(1, 2) as g(n)", 2),
]  # fmt: skip


@pytest.mark.parametrize(("query", "value"), ALLOWED)
def test_a_query_may_do_what_a_reader_may(
    guarded: psycopg.Connection, query: str, value: float
) -> None:
    asked = Check("sql", "mustBe", (value,), ("email",), query=query)
    (told,) = measured(guarded, promising(asked, tables=[ABOUT_EMAIL]), role=ROLE)
    assert (told.trouble, told.value) == (None, value)


@pytest.mark.parametrize(
    ("query", "operator", "found"),
    [
        ("select email from signups where email = 'bob'", None, None),
        ("select email, signup_id from signups", None, "1"),
        ("select email from signups", "mustBe", "no single number"),
        ("select 1, 2", "mustBe", "no single number"),
        ("select 1 union all select 2", "mustBe", "more than one row"),
        ("select 1 where false", "mustBe", "no value"),
        ("select null::integer", "mustBe", "no value"),
        ("select 'NaN'::numeric", "mustBe", "NaN"),
        ("select 'infinity'::float8", "mustBe", "inf"),
        ("select 1 / 0", "mustBe", "division by zero"),
        ("select repeat('x', 100000000)", "mustBe", "no single number"),
    ],
)
def test_a_query_returns_a_number_or_rows(
    guarded: psycopg.Connection, query: str, operator: str | None, found: str | None
) -> None:
    asked = Check("sql", operator, (0,) if operator else (), query=query)
    broken = breaches(guarded, promising(asked, tables=[ABOUT_EMAIL]))
    assert [found in str(one.found) for one in broken] == ([True] if found else [])  # type: ignore[operator]


def test_a_query_does_not_run_for_ever(guarded: psycopg.Connection) -> None:
    endless = Check(
        "sql", "mustBe", (0,), query="select count(*) from generate_series(1, 1000000000) as g"
    )
    nulls = check("nullValues", "email")
    started = time.perf_counter()
    broken = breaches(guarded, promising(endless, nulls, tables=[ABOUT_EMAIL]), time_limit=0.2)
    assert [one.rule for one in broken] == ["rows-unmeasured"]
    assert "longer than it may" in str(broken[0].found)
    assert time.perf_counter() - started < 30


def test_a_slow_condition_takes_no_other_check_with_it(guarded: psycopg.Connection) -> None:
    slow = check(
        "nullValues",
        "email",
        filter="(select count(*) from generate_series(1, 1000000000) as g(n)) > signup_id",
    )
    nulls = check("missingValues", "email", missingValues=["ada"])
    broken = breaches(guarded, promising(slow, nulls, tables=[ABOUT_EMAIL]), time_limit=0.3)
    assert [one.rule for one in broken] == ["rows-unmeasured", "rows-missing"]


def test_each_contract_is_held_to_its_own_tables(guarded: psycopg.Connection) -> None:
    """That another contract of the same run promises a table gives this one no right to it."""
    query = "select count(*) from crm.sources"
    other = Contract(
        "origins", "crm", tables=(Table("sources", "crm", columns=(Column("source"),)),)
    )
    asked = Check("sql", "mustBe", (0,), query=query)
    own = promising(asked, tables=[ABOUT_EMAIL])
    assert [one.rule for one in breaches(guarded, own, other)] == ["rows-refused"]


def test_a_condition_for_all_checks_is_held_to_the_same(guarded: psycopg.Connection) -> None:
    fill(guarded, "email", [None])
    nulls = promising(check("nullValues", "email"), tables=[ABOUT_EMAIL])
    assert len(breaches(guarded, nulls, where="email = 'ada'")) == 0
    assert len(breaches(guarded, nulls, where="email is null")) == 1
    for where in ("pg_sleep(60) is null", "true; delete from crm.signups", "1) or (1"):
        with pytest.raises(RefusedError):
            breaches(guarded, nulls, where=where)


def test_the_role_sees_promised_columns_and_no_others(guarded: psycopg.Connection) -> None:
    """A check of a column that was granted to nobody fails by itself and takes none with it."""
    promises = promising(check("nullValues", "email"), check("nullValues", "price"))
    found = measured(guarded, promises, role=ROLE)
    assert [one.trouble is None for one in found] == [True, False]
    assert found[1].trouble is not None
    assert "permission denied" in found[1].trouble.what


def test_rows_hidden_by_a_policy_are_not_taken_for_all_rows(guarded: psycopg.Connection) -> None:
    guarded.execute(
        sql.SQL(
            "begin; alter table crm.signups enable row level security;"
            " create policy one on crm.signups using (signup_id = 1); commit"
        )
    )
    try:
        (told,) = measured(
            guarded, promising(check("nullValues", "email"), tables=[ABOUT_EMAIL]), role=ROLE
        )
        assert told.trouble is not None
        assert "row-level security" in told.trouble.what
    finally:
        guarded.execute(
            "alter table crm.signups disable row level security; drop policy one on crm.signups"
        )
