"""How long promises about the rows of a large table take to measure, beside SQL written by hand."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from datetime import UTC, datetime

import psycopg
from psycopg import sql

from benchmarks.measure import Measurement, measure
from contracts.model import (
    Check,
    Column,
    Contract,
    ForeignKey,
    NullReason,
    ServiceLevel,
    Table,
)
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

TICKETS = """
create table sources (source text primary key);
insert into sources values ('web'), ('mobile'), ('api'), ('partner');
create table tickets (
  ticket_id bigint, status text, source text, opened_at timestamptz, closed_at timestamptz,
  closed_at_null_reason text);
insert into tickets
  select n, case when n % 3 > 0 then 'CLOSED' else 'OPEN' end,
         (array['web', 'mobile', 'api', 'partner'])[1 + n % 4],
         '2026-07-01 11:59:00+00'::timestamptz - n * interval '1 second',
         case when n % 3 > 0 then '2026-07-01 11:59:30+00'::timestamptz end,
         case when n % 3 = 0 then 'STILL_OPEN' end
  from generate_series(1, {rows}) as n;
"""
TICKETS_BY_HAND = """
select count(*),
       extract(epoch from '2026-07-01 12:00:00+00' - min(opened_at)),
       count(*) filter (where opened_at < '2016-07-01 12:00:00+00'::timestamptz),
       count(*) filter (where status not in ('OPEN', 'CLOSED')),
       count(*) filter (where status = 'CLOSED' and closed_at is null),
       count(*) filter (where case when closed_at is null
         then closed_at_null_reason is distinct from 'STILL_OPEN'
         else closed_at_null_reason is not null end),
       count(*) filter (where not (closed_at >= opened_at)),
       100.0 * count(opened_at) / count(*),
       count(*) filter (where tickets.source is not null and sources.source is null)
from tickets left join sources on sources.source = tickets.source
"""
TICKETS_GROUPED_BY_HAND = """
select sum(many - 1) filter (where kind = 0), sum(many - 1) filter (where kind = 1)
from (select count(*) as many, grouping(ticket_id) as kind
      from tickets group by grouping sets ((ticket_id), (source, opened_at))) as groups
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

CLOSED = Column(
    "closed_at",
    null_reasons=(NullReason("STILL_OPEN", ""),),
    custom=(("required_when", "\"status = 'CLOSED'\""),),
)
TICKET = Table(
    "tickets",
    columns=(
        Column("ticket_id"), Column("status", states=("OPEN", "CLOSED")), Column("source"),
        Column("opened_at"), CLOSED, Column("closed_at_null_reason"),
    ),
    foreign_keys=(ForeignKey("", ("source",), "public", "sources", ("source",)),),
)  # fmt: skip
"""What a contract implies without a check of its own: states, a value on a condition, a reason
for each null, a reference."""
KEPT = (
    ServiceLevel("retention", 10, "years", "opened_at"),
    ServiceLevel("completeness", 99, "percent", "opened_at"),
)


def ten_checks(url: str) -> Measurement:
    """Eight checks and two service levels in one reading, beside one aggregate written by hand."""
    return _beside(url, "ten promises about rows", TEN, LEVELS, BY_HAND, "one aggregate by hand")


def grouped_checks(url: str) -> Measurement:
    """Duplicates and different values in one reading, beside one grouping written by hand."""
    return _beside(url, "duplicates and distinct values", GROUPED, (), GROUPED_BY_HAND,
                   "one grouping by hand")  # fmt: skip


def implied_checks(url: str) -> Measurement:
    """All other kinds that rows tell one by one, beside one aggregate written by hand."""
    contract = Contract(
        "tickets", tables=(TICKET,), service_levels=KEPT, invariants=("closed_at >= opened_at",)
    )
    return _measured(
        url, "seven promises that follow from what a contract says", contract, 7, TICKETS_BY_HAND,
        "one aggregate by hand",
    )  # fmt: skip


def grains(url: str) -> Measurement:
    """The grain, and duplicates of several columns, beside one grouping written by hand."""
    table = replace(TICKET, columns=tuple(map(Column, ("ticket_id", "source", "opened_at"))),
                    foreign_keys=(), grain=("ticket_id",))  # fmt: skip
    twice = _check("duplicateValues", "source", "opened_at")
    contract = Contract("tickets", tables=(table,), checks=(twice,))
    return _measured(url, "the grain and duplicates of two columns", contract, 2,
                     TICKETS_GROUPED_BY_HAND, "one grouping by hand")  # fmt: skip


def _beside(
    url: str,
    what: str,
    checks: tuple[Check, ...],
    levels: tuple[ServiceLevel, ...],
    by_hand: str,
    baseline: str,
) -> Measurement:
    names = ("email", "signup_source", "country_code", "price", "score", "created_at", "landed_at")
    table = Table("signups", columns=tuple(map(Column, names)))
    contract = Contract("lead", tables=(table,), checks=checks, service_levels=levels)
    return _measured(url, what, contract, len(checks) + len(levels), by_hand, baseline)


def _measured(
    url: str, what: str, contract: Contract, many: int, by_hand: str, baseline: str
) -> Measurement:
    fill(url, contract.tables[0].name)
    catalog = read_structure(url)
    terms = RowTerms(now=NOW, time_limit=600)

    def ours() -> None:
        found = measure_rows([contract], catalog, url, terms)
        assert len(found) == many
        assert not any(one.trouble for one in found)

    def theirs() -> None:
        with psycopg.connect(url) as connection:
            connection.execute(by_hand.encode()).fetchall()

    return measure(
        f"{what}, a table of {ROWS:,} rows", ours, baseline, theirs, rounds=3, ratio_budget=1.3
    )


def fill(url: str, table: str = "signups") -> None:
    """Make a table, once."""
    with psycopg.connect(url, autocommit=True) as connection:
        there = connection.execute("select to_regclass(%s)", [table]).fetchone()
        if there == (None,):
            made = SIGNUPS if table == "signups" else TICKETS
            connection.execute(sql.SQL(made).format(rows=sql.Literal(ROWS)))
            connection.execute(sql.SQL("vacuum analyze {}").format(sql.Identifier(table)))
