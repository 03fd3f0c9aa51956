"""Two real databases, one before and one after, and the consumers' queries put to both."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest

from contracts.consumers import Consumer, Query, Subscription, Tolerances
from detection.testimony import replay, withhold
from prevention.witnesses import describe
from tests.conftest import new_database

TABLE = """
create table loan (id integer primary key, lender text not null, fee numeric(8, 2), state text);
insert into loan select n, 'lender ' || n, n, case when n % 2 = 0 then 'open' else 'closed' end
from generate_series(1, 200) n;
"""
SLOW_VIEW = """
alter table loan rename to loans;
create view loan as select l.* from loans l, (select pg_sleep({}) offset 0) as late
"""
FEES = Query("fees", "select id, fee from loan order by id")
LENDERS = Query("lenders", "select lender from loan order by lender")
RETURNED = Query("returned", "select id from loan where state = 'returned'")


def reader(*queries: Query, name: str = "rights-desk", **tolerances: object) -> Consumer:
    return Consumer(
        name, "Rights", "dashboard", "rights@museum.org",
        (Subscription("loan", ("id", "lender", "fee", "state")),), queries,
        tolerances=Tolerances(**tolerances),  # type: ignore[arg-type]
    )  # fmt: skip


CLASSIFIED = {("public", "loan", "lender"), ("public", "debts", "owed"), ("hr", "staff", "name")}
"""Columns whose values stay: of a table, of a view on it, and of a table that nobody reads."""


@pytest.mark.parametrize(
    ("change", "sql", "expected"),
    [
        ("update loan set lender = 'secret' where id = 7", LENDERS.sql,
         "returns 1 row different; not shown: lender is classified"),
        ("update loan set fee = 4711 where id = 7", "select fee from loan where lender > 'a'",
         "returns 1 row different; not shown: lender is classified"),
        ("update loan set lender = 'secret' where id = 7", "select l from loan as l order by id",
         "returns 1 row different; not shown: lender is classified"),
        ("update loan set lender = 'secret' where id = 7",
         "with l as (select lender as x from loan) select max(x) from l",
         "returns 1 row different; not shown: lender is classified"),
        ("update loan set fee = 4711 where id = 7", "select owed from debts order by 1",
         "returns 1 row different; not shown: owed is classified"),
        ("update loan set fee = 4711 where id = 7", "select * from debts order by 1",
         "returns 1 row different; not shown: owed is classified"),
        ("update loan set lender = 'secret' where id = 7",
         "select 1 / (length(lender) - 6) from loan where id = 7", "fails: division by zero"),
        ("update loan set lender = 'secret' where id = 7",
         "select replace(lender, 'lender ', '')::int from loan where id = 7",
         "fails: invalid input syntax for type integer: …"),
        ("alter table loan drop lender cascade", LENDERS.sql,
         'fails: column "lender" does not exist'),
        ("update loan set fee = 4711 where id = 7", "select fee from loan order by id",
         "returns 1 row different, such as one row less ('7.00')"),
    ],
)  # fmt: skip
def test_no_value_of_a_query_that_reads_a_classified_column_is_told(
    server_18: str, change: str, sql: str, expected: str
) -> None:
    debts = "create view debts as select fee as owed from loan;"
    with before_and_after(server_18, "select 1") as (before, after):
        before.execute(debts.encode())
        after.execute(f"{debts}{change}".encode())
        (found,) = replay(before, after, [reader(Query("asked", sql))])
    (told,) = withhold([found], CLASSIFIED)
    assert describe(told) == f"rights-desk's query asked {expected}"
    assert (told.hurt, told.difference.outcome) == (found.hurt, found.difference.outcome)


@contextmanager
def before_and_after(
    server: str, change: str
) -> Iterator[tuple[psycopg.Connection, psycopg.Connection]]:
    with (
        new_database(server) as old,
        new_database(server) as new,
        psycopg.connect(old, autocommit=True) as before,
        psycopg.connect(new, autocommit=True) as after,
    ):
        before.execute(TABLE)
        after.execute(TABLE)
        after.execute(change)
        yield before, after


@pytest.fixture(params=[18, 15])
def server(request: pytest.FixtureRequest) -> str:
    url: str = request.getfixturevalue(f"server_{request.param}")
    return url


# What is done to the second database, the query, what becomes of it, and whether that is harm.
CASES: dict[str, tuple[str, Consumer, str, bool]] = {
    "nothing": ("select 1", reader(FEES), "same", False),
    "column renamed": ("alter table loan rename fee to price", reader(FEES), "fails", True),
    "another column renamed": (
        "alter table loan rename fee to price", reader(LENDERS), "same", False,
    ),
    "type widened": (
        "alter table loan alter fee type numeric(9, 2)", reader(FEES), "other types", True,
    ),
    "a value less": ("update loan set fee = null where id = 7", reader(FEES), "other rows", True),
    "two rows less": ("delete from loan where id > 198", reader(FEES), "other rows", True),
    "two rows less, of which 1 % are borne": (
        "delete from loan where id > 198", reader(FEES, row_count_drift=1), "other rows", False,
    ),
    "three rows less, of which 1 % are borne": (
        "delete from loan where id > 197", reader(FEES, row_count_drift=1), "other rows", True,
    ),
    "as many rows, but others": (
        "update loan set fee = 0 where id = 7", reader(FEES, row_count_drift=50),
        "other rows", True,
    ),
    "a column more under a star": (
        "alter table loan add note text", reader(Query("all", "select * from loan")),
        "other columns", True,
    ),
    "a column more that is borne": (
        "alter table loan add note text",
        reader(Query("all", "select * from loan"), new_columns=True), "other columns", False,
    ),
    "a column less is never borne": (
        "alter table loan drop state",
        reader(Query("all", "select * from loan"), new_columns=True), "other columns", True,
    ),
    "a slow view in its place": (
        SLOW_VIEW.format(0.2),
        reader(FEES), "same", True,
    ),
    "a slow view that is borne": (
        SLOW_VIEW.format(0.06),
        reader(FEES, slowdown=1_000_000), "same", False,
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_what_a_query_says(server: str, case: str) -> None:
    change, consumer, outcome, hurt = CASES[case]
    with before_and_after(server, change) as (before, after):
        (said,) = replay(before, after, [consumer])
        assert (said.difference.outcome, said.hurt) == (outcome, hurt), describe(said)
        assert said.clears is not hurt


def test_both_databases_stay_as_they_were(server: str) -> None:
    greedy = reader(Query("greedy", "select nextval('numbers')"))
    with before_and_after(server, "create sequence numbers") as (before, after):
        before.execute("create sequence numbers")
        (said,) = replay(before, after, [greedy])
        assert said.difference.outcome == "not asked"
        row = after.execute("select is_called from numbers").fetchone()
        assert row == (False,)


def test_no_time_is_no_answer(server: str) -> None:
    with before_and_after(server, "select 1") as (before, after):
        (said,) = replay(before, after, [reader(FEES)], seconds=0)
        assert said.difference.outcome == "unanswered"
        assert not said.hurt  # nobody has seen any harm
        assert not said.clears


def test_a_server_of_its_own_is_asked_for_each_side(server_18: str, server_15: str) -> None:
    """The databases may stand on servers of different versions."""
    with new_database(server_15) as old, new_database(server_18) as new:
        with psycopg.connect(old) as before, psycopg.connect(new) as after:
            before.execute(TABLE)
            after.execute(TABLE)
            (said,) = replay(before, after, [reader(FEES)])
        assert said.difference.outcome == "same"
