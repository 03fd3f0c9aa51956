"""However many checks there are of a table, it is read once, and once more for all groupings."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest

from contracts.model import Check, Column, Contract, ServiceLevel, Table
from detection.quality import measuring
from tests.detection.quality.rows import (
    ago,
    check,
    fill,
    fill_columns,
    measured,
    promising,
    signups,
)
from tests.detection.quality.test_situations import CASES, promising_alone

ROW_BY_ROW = (
    check("rowCount"),
    check("nullValues", "email"),
    check("missingValues", "email", missingValues=[None, ""]),
    check("invalidValues", "signup_source", validValues=["web"]),
    check("invalidValues", "score", minimum=0, maximum=1),
    check("invalidValues", "email", pattern="@"),
    check("invalidValues", "country_code", maxLength=2),
    check("nullValues", "email", filter="signup_source = 'web'"),
    check("sql", "score", function="avg"),
    check("sql", expression="closed_at < created_at", counts="rows"),
)
GROUPED = (
    check("duplicateValues", "email"),
    check("duplicateValues", "email", filter="signup_source = 'web'"),
    check("duplicateValues", "email", "signup_source"),
    check("distinctValues", "signup_source"),
)
FRESH = ServiceLevel("freshness", 5, "minutes", "created_at")


@pytest.fixture
def statements(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The statements that read rows, as they are put to Postgres."""
    seen: list[str] = []
    execute = measuring.execute

    def recorded(cursor: object, text: str, readings: object) -> object:
        seen.append(text)
        return execute(cursor, text, readings)  # type: ignore[arg-type]

    monkeypatch.setattr(measuring, "execute", recorded)
    return seen


@pytest.mark.parametrize(
    ("checks", "levels", "many"),
    [
        ((), (), 0),
        (ROW_BY_ROW[:1], (), 1),
        (ROW_BY_ROW, (FRESH,), 1),
        (GROUPED[:1], (), 1),
        (GROUPED, (), 1),
        ((*ROW_BY_ROW, *GROUPED), (FRESH,), 2),
        ((*ROW_BY_ROW, Check("sql", "mustBe", (1,), query="select 1"), ), (), 3),
    ],
)  # fmt: skip
def test_a_table_is_read_once_for_its_rows_and_once_for_its_groups(
    rows: psycopg.Connection,
    statements: list[str],
    checks: tuple[Check, ...],
    levels: tuple[ServiceLevel, ...],
    many: int,
) -> None:
    fill(rows, "email", ["ada", "ada", None])
    found = measured(rows, promising(*checks, levels=levels))
    assert len(statements) == many
    assert len(found) == len(checks) + len(levels)
    assert not any(one.trouble for one in found)


QUERIES = [
    name for name, case in CASES.items() if isinstance(case.promise, Check) and case.promise.query
]
GROUPS = [name for name, case in CASES.items() if case.rule in
          ("rows-duplicate", "rows-distinct-values", "rows-off-grain")]  # fmt: skip
FUSED = [name for name in CASES if name not in QUERIES]


@pytest.mark.parametrize(
    ("named", "many"),
    [
        *(([name], 1) for name in CASES),
        ([name for name in FUSED if name not in GROUPS], 1),
        (GROUPS, 1),
        (FUSED, 2),
        ([*FUSED, *reversed(FUSED)], 2),
        ([*CASES], 2 + len(QUERIES)),  # a query of the author's own is put by itself
    ],
)
def test_whatever_is_promised_a_table_is_read_at_most_twice(
    rows: psycopg.Connection, statements: list[str], named: list[str], many: int
) -> None:
    """All that can be promised of rows (``test_situations`` has it), in a contract each."""
    fill_columns(rows, ("signup_id", "email", "score"), [(1, "ada", 1), (2, "ada", None)])
    found = measured(rows, *(promising_alone(CASES[name]) for name in named))
    assert len(found) == len(named)
    assert not any(one.trouble for one in found)
    reading = [text for text in statements if not text.endswith("limit 0")]  # which is no reading
    assert len(reading) == many


def test_postgres_itself_counts_two_readings(rows: psycopg.Connection) -> None:
    fill(rows, "email", ["ada", "ada", None])
    contract = promising(*ROW_BY_ROW, *GROUPED, levels=[FRESH])
    with rows.transaction():
        before = readings(rows)  # Postgres hands its counts on once a second, not at each end
        measured(rows, contract)
        assert readings(rows) - before == 2


@pytest.fixture
def logged(rows: psycopg.Connection) -> Iterator[list[str]]:
    """The statements about the table that Postgres itself writes down for this connection."""
    seen: list[str] = []

    def noted(notice: psycopg.errors.Diagnostic) -> None:
        text = notice.message_primary or ""
        if notice.severity_nonlocalized == "LOG" and '"crm"."signups"' in text:
            seen.append(text)

    rows.add_notice_handler(noted)
    rows.execute("set log_statement = 'all'; set client_min_messages = 'log'")
    yield seen
    rows.execute("reset log_statement; reset client_min_messages")
    rows.remove_notice_handler(noted)


@pytest.mark.parametrize("many", [1, 2, 7, 30, 120])
@pytest.mark.parametrize(
    ("kinds", "statements"), [(ROW_BY_ROW, 1), (GROUPED, 1), ((*ROW_BY_ROW, *GROUPED), 2)]
)
def test_postgres_logs_as_many_statements_whatever_the_number_of_checks(
    rows: psycopg.Connection,
    logged: list[str],
    kinds: tuple[Check, ...],
    statements: int,
    many: int,
) -> None:
    fill(rows, "email", ["ada", "ada", None])
    checks = [kinds[number % len(kinds)] for number in range(max(many, statements))]
    checks += kinds[-1:]  # one of the groupings at least, where there are some
    logged.clear()
    found = measured(rows, promising(*checks))
    assert not any(one.trouble for one in found)
    assert len(logged) == statements


def test_postgres_itself_counts_two_readings_whatever_is_promised(
    rows: psycopg.Connection,
) -> None:
    fill(rows, "email", ["ada", "ada", None])
    contracts = [promising_alone(CASES[name]) for name in FUSED]
    with rows.transaction():
        before = readings(rows)
        measured(rows, *contracts)
        assert readings(rows) - before == 2


def readings(rows: psycopg.Connection) -> int:
    """How often the table was read, as far as this connection has not yet reported it."""
    counted = rows.execute(
        "select seq_scan from pg_stat_xact_user_tables where relid = 'crm.signups'::regclass"
    ).fetchone()
    assert counted
    return int(counted[0])


def test_two_contracts_about_a_table_share_its_reading(
    rows: psycopg.Connection, statements: list[str]
) -> None:
    other = Contract(
        "marketing", "crm", tables=(signups(),), checks=(check("nullValues", "email"),)
    )
    found = measured(rows, promising(*ROW_BY_ROW), other)
    assert [one.demand.contract for one in found][-1] == "crm/marketing"
    assert len(statements) == 1


def test_groupings_together_count_what_each_counts_alone(rows: psycopg.Connection) -> None:
    together = [("ada", "web"), ("ada", "mobile"), ("ada", "web"), (None, "web"), (None, "web")]
    fill_columns(rows, ("email", "signup_source"), together)
    grain = signups(grain=("signup_source", "email"))
    alone = [measured(rows, promising(one))[0].value for one in GROUPED]
    found = measured(rows, promising(*GROUPED, tables=[grain]))
    assert [one.value for one in found] == [*alone, 2]
    assert alone == [2, 1, 1, 2]


def test_more_columns_than_one_grouping_can_hold(connection: psycopg.Connection) -> None:
    names = [f"column_{number}" for number in range(70)]
    columns = ", ".join(f"{name} integer" for name in names)
    connection.execute(f"create table wide ({columns}); insert into wide values (1), (1)".encode())
    table = Table("wide", columns=tuple(map(Column, names)))
    checks = tuple(check("duplicateValues", name) for name in names)
    found = measured(connection, Contract("wide", tables=(table,), checks=checks))
    assert [one.value for one in found] == [1, *([0] * 69)]


def test_more_figures_than_one_statement_can_return(
    rows: psycopg.Connection, statements: list[str]
) -> None:
    fill(rows, "score", [1, 2])
    checks = [check("invalidValues", "score", minimum=number) for number in range(1600)]
    found = measured(rows, promising(*checks))
    assert [one.failing for one in found] == [0, 0, 1, *([2] * 1597)]
    assert len(statements) == 2


def test_names_that_need_quotes_are_read_like_all_others(
    any_connection: psycopg.Connection,
) -> None:
    schema, name, column = 'Crm "x"', "sign%ups; drop table y", "E mail{}%s'"
    quoted = [psycopg.sql.Identifier(each) for each in (schema, name, column)]
    any_connection.execute(
        psycopg.sql.SQL(
            "create schema {0}; create table {0}.{1} ({2} text); insert into {0}.{1} values (null)"
        ).format(*quoted)
    )
    table = Table(name, schema, columns=(Column(column),))
    checks = (
        check("nullValues", column),
        check("duplicateValues", column),
        Check(
            "sql",
            "mustBe",
            (1,),
            (column,),
            query="select count(*) from {table} where {column} is null",
        ),
        check(
            "invalidValues",
            column,
            references={"schema": schema, "table": name, "columns": [column]},
        ),
    )
    found = measured(any_connection, Contract("odd", tables=(table,), checks=checks))
    assert [(one.trouble, one.value) for one in found] == [
        (None, 1),
        (None, 0),
        (None, 1),
        (None, 0),
    ]


@pytest.mark.parametrize("kind", ["view", "materialized view"])
def test_a_view_is_read_like_a_table(any_connection: psycopg.Connection, kind: str) -> None:
    any_connection.execute(
        "create table signup (email text);"
        "insert into signup select nullif(n, 7)::text from generate_series(1, 2000) as n;"
        f"create {kind} lead as select email from signup".encode()
    )
    table = Table("lead", columns=(Column("email"),))
    contract = Contract(
        "lead", tables=(table,), checks=(check("nullValues", "email"), check("rowCount"))
    )
    assert [one.value for one in measured(any_connection, contract)] == [1, 2000]
    found = measured(any_connection, contract, sample=50)
    assert found[1].trouble is not None
    assert 0 < (found[0].rows or 0) < 2000


def test_a_sample_tells_shares_and_leaves_out_the_rest(connection: psycopg.Connection) -> None:
    connection.execute(
        "create table signup (email text, at timestamptz);"
        "insert into signup select case when n % 4 > 0 then n::text end, now()"
        " from generate_series(1, 100000) as n"
    )
    table = Table("signup", columns=(Column("email"), Column("at")))
    checks = (
        check("nullValues", "email", unit="percent"),
        check("nullValues", "email"),
        check("duplicateValues", "email"),
        check("rowCount"),
        Check("sql", "mustBe", (1,), query="select 1"),
    )
    contract = Contract(
        "lead", tables=(table,), checks=checks, service_levels=(ServiceLevel("freshness", 1, "h"),)
    )
    found = measured(connection, contract, sample=20)
    assert [one.trouble.reason if one.trouble else None for one in found] == [
        None, None, "unsampled", "unsampled", "unsampled", "unsampled",
    ]  # fmt: skip
    assert found[0].value == pytest.approx(25, abs=5)
    assert found[1].value == pytest.approx(25_000, rel=0.4)  # as many as there would be in all
    (nothing, *_) = measured(connection, contract, sample=1e-9)
    assert nothing.trouble is not None
    assert nothing.trouble.reason == "unsampled"


def test_only_some_rows_are_looked_at(rows: psycopg.Connection) -> None:
    fill_columns(
        rows,
        ("signup_id", "email", "created_at"),
        [(1, None, ago(days=3)), (2, "ada", ago(hours=1)), (3, "ada", ago(hours=2))],
    )
    checks = (check("nullValues", "email"), check("duplicateValues", "email"), check("rowCount"))
    recent = measured(rows, promising(*checks), where="created_at > '2026-06-30'")
    assert [one.value for one in recent] == [0, 1, 2]


def test_what_a_transaction_has_not_committed_counts_within_it(rows: psycopg.Connection) -> None:
    fill(rows, "email", ["ada"])
    contract = promising(check("nullValues", "email"))
    with rows.transaction(force_rollback=True):
        rows.execute("update crm.signups set email = null")
        assert [one.value for one in measured(rows, contract)] == [1]
        rows.execute("insert into crm.signups default values")  # it still can write
    assert [one.value for one in measured(rows, contract)] == [0]


def test_the_connection_is_left_as_it_was(rows: psycopg.Connection) -> None:
    settings = (
        "select current_setting('search_path'), current_setting('statement_timeout'),"
        " current_setting('row_security'), current_setting('transaction_read_only'), current_user"
    )
    before = rows.execute(settings.encode()).fetchone()
    measured(rows, promising(*ROW_BY_ROW, *GROUPED), time_limit=5)
    assert rows.execute(settings.encode()).fetchone() == before
    assert rows.info.transaction_status == psycopg.pq.TransactionStatus.IDLE
