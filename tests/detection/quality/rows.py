"""A table of sign-ups with the rows of a test, a contract about it, and what is told of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import psycopg

from contracts.checks import arguments_text
from contracts.model import Check, Column, Contract, ForeignKey, Owner, ServiceLevel, Table
from detection.catalog import read_catalog
from detection.model import Violation
from detection.quality import Measurement, Terms, find_breaches, find_demands, measure, plan_scans

NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)
OWNER = Owner("Growth Team", "growth@guide.example")

SIGNUPS = """
create schema crm;
create table crm.signups (
  signup_id integer, email text, signup_source text, country_code char(2), price numeric(10, 2),
  score double precision, closed_at timestamptz, closed_at_null_reason text,
  created_at timestamptz, landed_at timestamptz, opened_on date, noted_at timestamp, extra json
);
create table crm.sources (source text, region text);
create table crm.watermark (produced_at timestamptz);
create schema secret;
create table secret.salaries (email text, salary integer);
"""
COLUMNS = (
    "signup_id", "email", "signup_source", "country_code", "price", "score", "closed_at",
    "closed_at_null_reason", "created_at", "landed_at", "opened_on", "noted_at", "extra",
)  # fmt: skip


def ago(**much: float) -> datetime:
    """So long before the time of the check."""
    return NOW - timedelta(**much)


def fill(connection: psycopg.Connection, column: str, values: Sequence[object]) -> None:
    """One row for each of these values, and nothing else in it but a number."""
    rows = [(number, value) for number, value in enumerate(values, 1)]
    fill_columns(connection, ("signup_id", column), rows)


def fill_columns(
    connection: psycopg.Connection, columns: Sequence[str], rows: Sequence[Sequence[object]]
) -> None:
    """Rows of these columns."""
    names = psycopg.sql.SQL(", ").join(map(psycopg.sql.Identifier, columns))
    with (
        connection.cursor() as cursor,
        cursor.copy(psycopg.sql.SQL("copy crm.signups ({}) from stdin").format(names)) as copy,
    ):
        for row in rows:
            copy.write_row(row)


def signups(*names: str, **facts: object) -> Table:
    """The table as it is promised: with all its columns, or with these."""
    columns = tuple(Column(name) for name in names or COLUMNS)
    return Table("signups", "crm", columns=columns, **facts)  # type: ignore[arg-type]


def promising(
    *checks: Check,
    tables: Sequence[Table] = (),
    levels: Sequence[ServiceLevel] = (),
    invariants: Sequence[str] = (),
) -> Contract:
    """A contract about sign-ups with these promises about rows."""
    return Contract(
        "salesforce_lead",
        "crm",
        owner=OWNER,
        tables=tuple(tables) or (signups(),),
        checks=checks,
        service_levels=tuple(levels),
        invariants=tuple(invariants),
    )


def check(
    what: str,
    *columns: str,
    bound: object = 0,
    operator: str = "mustBe",
    unit: str | None = None,
    filter: str | None = None,  # noqa: A002 - the check's own word
    query: str | None = None,
    **arguments: object,
) -> Check:
    """A check of a measure; a bound of several numbers is a tuple."""
    return Check(
        what,
        operator,
        bound if isinstance(bound, tuple) else (bound,),
        columns,
        unit=unit,
        filter=filter,
        query=query,
        arguments=arguments_text(arguments),
    )


def measured(
    connection: psycopg.Connection,
    *contracts: Contract,
    now: datetime = NOW,
    where: str | None = None,
    sample: float | None = None,
    role: str | None = None,
    time_limit: float = 60,
) -> tuple[Measurement, ...]:
    """What is measured for all that these contracts demand."""
    demands = find_demands(contracts, read_catalog(connection))
    scans = plan_scans(demands, Terms(now, where, sample))
    return measure(connection, scans, role=role, time_limit=time_limit)


def breaches(
    connection: psycopg.Connection, *contracts: Contract, **terms: object
) -> tuple[Violation, ...]:
    """The promises of these contracts that the rows do not keep."""
    return find_breaches(contracts, measured(connection, *contracts, **terms))  # type: ignore[arg-type]


def told(violations: Sequence[Violation]) -> list[tuple[str, str | None, str | None]]:
    """The rule, the column and what was found, of each."""
    return [(one.rule, one.column, one.found) for one in violations]


def reference(column: str, table: str, *keys: str) -> ForeignKey:
    """That a column occurs in another table of the schema."""
    return ForeignKey("", (column,), "crm", table, keys)
