"""What a contract demands of rows without a check: grain, states, nulls, keys, invariants."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace

import psycopg
import pytest

from contracts.model import Check, Column, Contract, NullReason, Table
from detection.quality.authored import reads_as_condition
from detection.quality.implied import condition_as_sql
from tests.detection.quality.rows import (
    ago,
    breaches,
    check,
    fill,
    fill_columns,
    measured,
    promising,
    reference,
    signups,
    told,
)


def with_column(column: Column, *others: str, **facts: object) -> Table:
    """The table with one column that says more."""
    return replace(signups(*others, **facts), columns=(*signups(*others).columns, column))


@pytest.mark.parametrize(
    ("rows_there", "found"),
    [
        ([("ada", "web"), ("ada", "mobile")], None),
        ([], None),
        ([("ada", "web"), ("ada", "web")], "1 of 2 rows (50 percent)"),
        # Unlike with UNIQUE, a null is a value of the grain.
        ([("ada", None), ("ada", None), (None, None)], "1 of 3 rows (33.3333 percent)"),
    ],
)
def test_rows_keep_the_grain(
    any_rows: psycopg.Connection, rows_there: Sequence[tuple[object, ...]], found: str | None
) -> None:
    fill_columns(any_rows, ("email", "signup_source"), rows_there)
    table = signups(grain=("email", "signup_source"))
    broken = breaches(any_rows, promising(tables=[table]))
    assert told(broken) == ([("rows-off-grain", None, found)] if found else [])
    assert {one.promised for one in broken} <= {"one row for each email, signup_source"}


def test_a_grain_in_words_is_for_people(rows: psycopg.Connection) -> None:
    table = signups(grain=("one row per person and day",))
    assert measured(rows, promising(tables=[table])) == ()


POLICY = "dashboards: display as UNKNOWN and alert owner"


@pytest.mark.parametrize(
    ("extensible", "level"), [(None, "error"), (False, "error"), (True, "note")]
)
def test_an_unknown_state_is_told_with_what_readers_do_with_it(
    rows: psycopg.Connection, extensible: bool | None, level: str
) -> None:
    fill(rows, "signup_source", ["web", None, "ios"])
    column = Column(
        "signup_source",
        states=("web", "mobile"),
        unknown_value_policy=POLICY,
        extensible=extensible,
    )
    (broken,) = breaches(rows, promising(tables=[with_column(column, "email")]))
    assert (broken.rule, broken.level, broken.column) == (
        "rows-of-unknown-state", level, "signup_source",
    )  # fmt: skip
    assert broken.promised == f"one of web, mobile; of others: {POLICY}"
    assert broken.found == "1 of 3 rows (33.3333 percent)"


def test_a_check_of_the_same_values_says_it_once(rows: psycopg.Connection) -> None:
    fill(rows, "signup_source", ["ios"])
    column = Column("signup_source", states=("web",))
    listed = check("invalidValues", "signup_source", validValues=["web"])
    broken = breaches(rows, promising(listed, tables=[with_column(column, "email")]))
    assert [one.rule for one in broken] == ["rows-unlisted"]


def test_an_enum_type_keeps_its_states_by_itself(connection: psycopg.Connection) -> None:
    connection.execute(
        "create type source as enum ('web', 'mobile'); create table signup (source source)"
    )
    for states, many in ((("web", "mobile", "api"), 0), (("web",), 1)):
        table = Table("signup", columns=(Column("source", states=states),))
        assert len(measured(connection, Contract("lead", tables=(table,)))) == many


REASONS = (NullReason("CASE_NOT_CLOSED", ""), NullReason("MIGRATION_UNKNOWN", ""))


@pytest.mark.parametrize(
    ("closed", "reason", "is_fine"),
    [
        (None, "CASE_NOT_CLOSED", True),
        (None, "MIGRATION_UNKNOWN", True),
        (ago(days=1), None, True),
        (None, None, False),
        (None, "LOST", False),
        (ago(days=1), "CASE_NOT_CLOSED", False),
    ],
)
def test_a_null_has_one_of_the_reasons_that_the_contract_lists(
    rows: psycopg.Connection, closed: object, reason: object, is_fine: bool
) -> None:
    fill_columns(rows, ("closed_at", "closed_at_null_reason"), [(closed, reason)])
    column = Column("closed_at", null_reasons=REASONS)
    table = with_column(column, "closed_at_null_reason")
    broken = breaches(rows, promising(tables=[table]))
    assert [(one.rule, one.column) for one in broken] == (
        [] if is_fine else [("rows-null-unexplained", "closed_at")]
    )


def test_the_reason_can_stand_in_any_column(rows: psycopg.Connection) -> None:
    fill(rows, "closed_at", [None])
    custom = (("null_reason_column", '"email"'),)
    column = Column("closed_at", null_reasons=REASONS, custom=custom)
    broken = breaches(rows, promising(tables=[with_column(column, "email")]))
    assert [one.rule for one in broken] == ["rows-null-unexplained"]
    elsewhere = promising(tables=[with_column(replace(column, custom=()), "email")])
    assert measured(rows, elsewhere) == ()  # nowhere could a reason be


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        ("signup_source = web", "1 of 2 rows (50 percent)"),
        ("signup_source == web", "1 of 2 rows (50 percent)"),
        ("signup_source != web", None),
        ("signup_source in (web, mobile)", "2 of 3 rows (66.6667 percent)"),
        ("signup_source = 'web' and signup_id > 1", None),
        ("signup_id < 3", "1 of 2 rows (50 percent)"),
        ("closed_at is not null", None),
    ],
)
def test_a_value_is_required_on_a_condition(
    rows: psycopg.Connection, condition: str, found: str | None
) -> None:
    fill_columns(
        rows,
        ("signup_id", "signup_source", "email"),
        [(1, "web", None), (2, "web", "ada"), (3, "mobile", None), (4, None, "bob")],
    )
    column = Column("email", custom=(("required_when", json.dumps(condition)),))
    table = with_column(column, "signup_id", "signup_source", "closed_at")
    broken = breaches(rows, promising(tables=[table]))
    if condition == "signup_source != web":
        found = "1 of 1 rows (100 percent)"
    assert told(broken) == ([("rows-required-null", "email", found)] if found else [])
    assert {one.promised for one in broken} <= {f"a value where {condition}"}


@pytest.mark.parametrize(
    ("text", "sql"),
    [
        ("email = CLOSED", "email = 'CLOSED'"),
        ("email = signup_source", "email = signup_source"),
        ("email = true", "email = true"),
        ("email != 'a'", "email != 'a'"),
        ("email == A-1", "email = 'A-1'"),
        ("email in (A, B)", "email in ('A', 'B')"),
        ("email in (A, 'B')", "email in (A, 'B')"),
        ("status = CLOSED", "status = CLOSED"),
        ("email = A or email = B", "email = A or email = B"),
        ("email is null", "email is null"),
    ],
)
def test_a_bare_word_stands_for_itself(text: str, sql: str) -> None:
    assert condition_as_sql(text, signups("email", "signup_source")) == sql


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("signup_id > 0", True),
        ("email is not null", True),
        ("lower(email) = email", True),
        ("closed_at >= created_at", True),
        ("price between 0 and 10", True),
        ("email in (select source from crm.sources)", True),
        ("Must equal sum(line_items where voided_at is null) after invoice finalization.", False),
        ("A work is in one gallery at most", False),
        ("An email is not shared", False),
        ("values must be in order", False),
        ("email", False),
        ("(email is null", False),
        ("email = 'open", False),
        ("1 = 1", False),
        ("", False),
    ],
)
def test_an_invariant_is_a_condition_or_a_sentence(text: str, is_one: bool) -> None:
    columns = frozenset({"email", "signup_id", "closed_at", "created_at", "price"})
    assert reads_as_condition(text, columns) is is_one


@pytest.mark.parametrize(
    ("invariant", "found"),
    [
        ("closed_at >= created_at", "1 of 3 rows (33.3333 percent)"),
        ("closed_at: closed_at >= created_at", "1 of 3 rows (33.3333 percent)"),
        ("signup_id > 0", None),
        ("A person signs up once.", None),
        ("signup_id <= (select count(*) from crm.sources)", "2 of 3 rows (66.6667 percent)"),
    ],
)
def test_an_invariant_is_true_of_every_row(
    rows: psycopg.Connection, invariant: str, found: str | None
) -> None:
    rows.execute("insert into crm.sources values ('web', 'north')")
    fill_columns(
        rows,
        ("signup_id", "created_at", "closed_at"),
        [(1, ago(days=2), ago(days=1)), (2, ago(days=1), ago(days=2)), (3, ago(days=1), None)],
    )
    tables = [signups(), Table("sources", "crm", columns=(Column("source"),))]
    broken = breaches(rows, promising(tables=tables, invariants=[invariant]))
    assert told(broken) == ([("rows-against-invariant", None, found)] if found else [])
    assert {one.promised for one in broken} <= {invariant}


def test_a_key_occurs_in_the_table_that_it_refers_to(any_rows: psycopg.Connection) -> None:
    any_rows.execute(
        "insert into crm.sources values ('web', 'north'), ('web', 'south'), (null, 'x')"
    )
    fill(any_rows, "signup_source", ["web", None, "ios"])
    key = reference("signup_source", "sources", "source")
    table = signups(foreign_keys=(key,))
    asked = check(
        "invalidValues", "signup_source", references={"table": "sources", "column": "source"}
    )
    broken = breaches(any_rows, promising(asked, tables=[table]))
    row = ("rows-orphaned", "signup_source", "1 of 3 rows (33.3333 percent)")
    assert told(broken) == [row, row]
    assert broken[0].promised == "no row with a value that does not occur in sources.source"


def test_a_foreign_key_of_the_database_needs_no_counting(connection: psycopg.Connection) -> None:
    connection.execute(
        "create table source (name text primary key);"
        "create table signup (source text references source)"
    )
    key = replace(reference("source", "source", "name"), references_schema="public")
    table = Table("signup", columns=(Column("source"),), foreign_keys=(key,))
    assert measured(connection, Contract("lead", tables=(table,))) == ()


def test_a_check_about_one_table_of_several(rows: psycopg.Connection) -> None:
    rows.execute("insert into crm.sources values (null, 'north')")
    tables = [signups(), Table("sources", "crm", columns=(Column("source"), Column("region")))]
    for named in ("crm.sources", "sources", None):
        asked = Check("nullValues", "mustBe", (0,), ("source",), table=named)
        (broken,) = breaches(rows, promising(asked, tables=tables))
        assert broken.element == "crm.sources.source"
    gone = Check("nullValues", "mustBe", (0,), ("source",), table="crm.origins")
    assert breaches(rows, promising(gone, tables=tables)) == ()


def test_a_table_is_about_the_rows_that_its_filter_keeps(rows: psycopg.Connection) -> None:
    fill(rows, "email", [None, "ada"])
    nulls = check("nullValues", "email")
    for text, many in (("signup_id > 1", 0), ("people who signed up", 1), (None, 1)):
        table = signups(filter=text)
        assert len(breaches(rows, promising(nulls, tables=[table]))) == many
