"""How long promises about the rows of a large table take to measure, beside SQL written by hand."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime

import psycopg
from psycopg import sql

from benchmarks.measure import Measurement, measure
from contracts.model import Check, Column, Contract, ServiceLevel, Table
from prevention.checking import read_structure
from prevention.rows import RowTerms, measure_rows

ROWS = int(os.environ.get("DOCENT_BENCH_ROWS", "10000000"))
"""Rows of the table; fewer where somebody only wants to see that it works."""
NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)

SIGNUPS = """
create table signups (
  signup_id bigint not null, email text, signup_source text, country_code text, price numeric(8, 2),
  score double precision, created_at timestamptz, landed_at timestamptz);
insert into signups
  select n, case when n % 1000 > 0 then n || '@guide.example' end,
         (array['web', 'mobile', 'api', 'partner'])[1 + n % 4], 'DE', n % 500, n % 97,
         '2026-07-01 11:59:00+00'::timestamptz - n * interval '1 second',
         '2026-07-01 11:59:30+00'::timestamptz - n * interval '1 second'
  from generate_series(1, {rows}) as n;
"""

BY_HAND = """
select count(*),
       100.0 * count(*) filter (where email is null) / count(*),
       count(*) filter (where email is null or email in ('', 'n/a')),
       count(*) filter (where signup_source not in ('web', 'mobile', 'api', 'partner')),
       count(*) filter (where length(country_code) not between 2 and 2),
       count(*) filter (where price not between 0 and 1000),
       count(*) filter (where email !~ '@'),
       avg(score),
       extract(epoch from '2026-07-01 12:00:00+00' - max(created_at)),
       max(extract(epoch from landed_at - created_at))
from signups
"""
GROUPED_BY_HAND = """
select sum(many - 1), count(*)
from (select count(*) as many from signups where email is not null group by email) as emails
"""


def _check(measure_: str, *columns: str, unit: str | None = None, **arguments: object) -> Check:
    text = json.dumps(arguments) if arguments else None
    return Check(
        measure_, "mustBeGreaterOrEqualTo", (0,), columns, unit=unit, arguments=text
    )  # fmt: skip


TEN = (
    _check("rowCount"),
    _check("nullValues", "email", unit="percent"),
    _check("missingValues", "email", missingValues=[None, "", "n/a"]),
    _check("invalidValues", "signup_source", validValues=["web", "mobile", "api", "partner"]),
    _check("invalidValues", "country_code", minLength=2, maxLength=2),
    _check("invalidValues", "price", minimum=0, maximum=1000),
    _check("invalidValues", "email", pattern="@"),
    _check("sql", "score", function="avg"),
)
LEVELS = (
    ServiceLevel("freshness", 5, "minutes", "created_at"),
    ServiceLevel("latency", 5, "minutes", "created_at, landed_at"),
)
GROUPED = (_check("duplicateValues", "email"), _check("distinctValues", "email"))


def ten_checks(url: str) -> Measurement:
    """Eight checks and two service levels in one reading, beside one aggregate written by hand."""
    return _beside(url, "ten promises about rows", TEN, LEVELS, BY_HAND, "one aggregate by hand")


def grouped_checks(url: str) -> Measurement:
    """Duplicates and different values in one reading, beside one grouping written by hand."""
    return _beside(url, "duplicates and distinct values", GROUPED, (), GROUPED_BY_HAND,
                   "one grouping by hand")  # fmt: skip


def _beside(
    url: str,
    what: str,
    checks: tuple[Check, ...],
    levels: tuple[ServiceLevel, ...],
    by_hand: str,
    baseline: str,
) -> Measurement:
    fill(url)
    names = ("email", "signup_source", "country_code", "price", "score", "created_at", "landed_at")
    table = Table("signups", columns=tuple(map(Column, names)))
    contract = Contract("lead", tables=(table,), checks=checks, service_levels=levels)
    catalog = read_structure(url)
    terms = RowTerms(now=NOW, time_limit=600)

    def ours() -> None:
        found = measure_rows([contract], catalog, url, terms)
        assert len(found) == len(checks) + len(levels)
        assert not any(one.trouble for one in found)

    def theirs() -> None:
        with psycopg.connect(url) as connection:
            connection.execute(by_hand.encode()).fetchall()

    return measure(
        f"{what}, a table of {ROWS:,} rows", ours, baseline, theirs, rounds=3, ratio_budget=1.3
    )


def fill(url: str) -> None:
    """Make the table, once."""
    with psycopg.connect(url, autocommit=True) as connection:
        there = connection.execute("select to_regclass('signups')").fetchone()
        if there == (None,):
            connection.execute(sql.SQL(SIGNUPS).format(rows=sql.Literal(ROWS)))
            connection.execute("vacuum analyze signups")
