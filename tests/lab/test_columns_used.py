"""Which columns a query is sure to read, by the plan that a real Postgres has for it."""

from __future__ import annotations

import psycopg
import pytest

from detection.answers import Sight
from detection.plans import columns_used
from detection.replay import look

TABLES = """
create table loan (id integer primary key, lender text, fee integer, "The ""type"" of" text);
create table artist (id integer primary key, name text);
create view cheap as select id as number, lender from loan where fee < 10;
create table visit (day date, type text) partition by range (day);
create table visit_1 partition of visit for values from ('2025-01-01') to ('2026-01-01');
"""
ALL = {"id", "lender", "fee", 'The "type" of'}
CASES: dict[str, dict[str, set[str]]] = {
    "select lender from loan": {"loan": {"lender"}},
    "select count(*) from loan": {"loan": set()},
    "select sum(fee) from loan group by lender": {"loan": {"lender", "fee"}},
    "select 1 from loan where fee > 3 order by lender": {"loan": {"lender", "fee"}},
    'select "The ""type"" of" from loan': {"loan": {'The "type" of'}},
    # A window takes what it needs from a scan that hands on whole rows.
    "select rank() over (order by fee) from loan": {"loan": {"fee"}},
    "select generate_series(1, 2), lender from loan": {"loan": {"lender"}},
    "select l from loan l": {"loan": {"*"}},
    "select l.* from loan l": {"loan": ALL},
    "select lender from (select * from loan offset 0) as all_of_them": {"loan": {"lender"}},
    # The same name in two tables, and under other names.
    "select a.id, b.lender from artist a, loan b": {"artist": {"id"}, "loan": {"lender"}},
    "select l.name from artist l, loan a where a.fee = l.id": {
        "artist": {"id", "name"}, "loan": {"fee"},
    },
    "select one.id, two.lender from loan one, loan two": {"loan": {"id", "lender"}},
    # What only looks like a column.
    "select 'loan.fee' as type, lender from loan": {"loan": {"lender"}},
    # Behind a view, in a part of a query, and in a partition.
    "select number from cheap": {"loan": {"id", "fee"}},
    "select name from artist where exists (select from loan where fee = artist.id)": {
        "artist": {"id", "name"}, "loan": {"fee"},
    },
    "with w as materialized (select lender from loan) select * from w": {"loan": {"lender"}},
    "select day from visit": {"visit_1": {"day"}},
    "select 1": {},
}  # fmt: skip


@pytest.mark.parametrize("query", CASES)
def test_columns_by_the_plan(any_connection: psycopg.Connection, query: str) -> None:
    any_connection.execute(TABLES.encode())
    (sight,) = look(any_connection, [query])
    assert isinstance(sight, Sight)
    found: dict[str, set[str]] = {}
    for read in columns_used(sight.plan):
        assert read.schema == "public"
        found.setdefault(read.table, set()).add(read.column)
    expected = {table: {*columns, ""} for table, columns in CASES[query].items()}
    assert found == expected
