"""A figure that is a value of a classified column is judged, and not told; a count is told."""

from __future__ import annotations

from dataclasses import replace

import psycopg
import pytest

from contracts.model import Check, Column, Contract, ServiceLevel, Table
from detection.history.observing import freshness_of
from detection.quality.headroom import without_headroom
from detection.quality.planning import AGGREGATES
from tests.detection.quality.rows import (
    COLUMNS,
    ago,
    breaches,
    check,
    fill_columns,
    measured,
    promising,
    signups,
)

SECRET = 4711
"""The price of one sign-up; the contract says that prices are sensitive, and so is closing."""
STRICT = {"price": "sensitive", "closed_at": "internal"}
CLASSIFIED = Table(
    "signups",
    "crm",
    columns=tuple(Column(name, classification=STRICT.get(name, "public")) for name in COLUMNS),  # type: ignore[arg-type]
)
OUT = "not shown: price is classified"
ALL = "not shown: closed_at, price is classified"


@pytest.fixture
def priced(any_rows: psycopg.Connection) -> psycopg.Connection:
    """Two sign-ups, one of them with a price, and closed two hours and a bit ago."""
    late = (ago(hours=2, minutes=11), ago(hours=3), ago(hours=4))
    given = ("signup_id", "email", "price", "score", "closed_at", "created_at", "opened_on")
    rows = [(30001, "ada", SECRET, 17, *late), (30002, "bob", None, 19, None, ago(hours=5), None)]
    fill_columns(any_rows, given, rows)
    return any_rows


def told(connection: psycopg.Connection, promise: Check | ServiceLevel) -> str:
    """What is said of a promise that is broken."""
    levels = [promise] if isinstance(promise, ServiceLevel) else []
    checks = [promise] if isinstance(promise, Check) else []
    (broken,) = breaches(connection, promising(*checks, tables=[CLASSIFIED], levels=levels))
    return str(broken.found)


def aggregate(function: str, column: str = "price", **more: object) -> Check:
    return check("sql", column, bound=-1, function=function, **more)  # type: ignore[arg-type]


def query(text: str) -> Check:
    return Check("sql", "mustBe", (-1,), query=text)


@pytest.mark.parametrize("function", AGGREGATES)
def test_no_aggregate_but_a_count_is_told(priced: psycopg.Connection, function: str) -> None:
    assert told(priced, aggregate(function)) == {
        "count": "1",
        "count_distinct": "1",
        **dict.fromkeys(("stddev", "stddev_samp", "variance", "var_samp"), "no value"),
    }.get(function, OUT)


@pytest.mark.parametrize("function", ["min", "max", "avg", "sum"])
@pytest.mark.parametrize("filtered", [None, "price > 5"])
def test_a_figure_of_a_public_column_is_told(
    priced: psycopg.Connection, function: str, filtered: str | None
) -> None:
    figure = {"min": 17, "max": 17, "avg": 17, "sum": 17} if filtered else {
        "min": 17, "max": 19, "avg": 18, "sum": 36,
    }  # fmt: skip
    promise = replace(aggregate(function, "score"), filter=filtered)
    assert told(priced, promise) == str(figure[function])


@pytest.mark.parametrize(
    ("expression", "function", "found"),
    [
        ("price", "max", OUT),
        ("price * 2 + score", "max", OUT),
        ("coalesce(price, 0)", "sum", OUT),
        ("greatest(score, (select max(price) from crm.signups))", "max", OUT),
        ("case when price > 5 then price else 0 end", "max", OUT),
        ("(signups).price", "max", ALL),
        ("score * 2", "max", "38"),
        ("price", "count", "1"),
        ("case when price > 5 then 1 else 0 end", "sum", "1"),
        ("case when price > 5 then score end", "max", OUT),  # whose score it is, the price says
    ],
)
def test_an_expression_is_told_by_what_it_is_made_of(
    priced: psycopg.Connection, expression: str, function: str, found: str
) -> None:
    promise = check("sql", bound=-1, expression=expression, function=function)
    assert told(priced, promise) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("select max(price) from signups", OUT),
        ("select price from {table} where signup_id = 30001", OUT),
        ("select max(price)::integer % 100000 from signups", OUT),
        ("select max(p) from (select price as p from signups) as hidden", OUT),
        ("with hidden as (select price as p from signups) select max(p) from hidden", OUT),
        ("select max(score) from signups where price > 5", OUT),
        ("select count(*) + (select max(price) from signups) from signups", OUT),
        ("select count(*) from signups union select max(price)::bigint from signups limit 1", OUT),
        ("select case when true then max(price) end from signups", OUT),
        ("select max((signups).price) from signups", ALL),
        ("select max(t.price) from signups as t", OUT),
        ('select max("price") from "crm"."signups"', OUT),
        ("select max(score) from signups", "19"),
        ("select count(*) from signups", "2"),
        ("select count(price) from signups", "1"),
        ("select count(distinct price) from signups", "1"),
        ("select count(*) from signups where price > 5", "1"),
        ("select count(*) filter (where price is null) from signups", "1"),
        ("select 100.0 * count(price) / count(*) from signups", "50"),
        ("select sum(case when price is null then 1 else 0 end) from signups", "1"),
        ("select sum((price is null)::integer) from signups", "1"),
        ("select bool_or(price > 5) from signups", "1"),
        ("select exists (select 1 from signups where price > 5)", "1"),
        ("select (select count(price) from signups) - (select count(*) from signups) - 1", "-2"),
        ("select count(*) from (select price from signups where price > 5) as dear", "1"),
    ],
)
def test_a_query_that_reads_a_classified_column_tells_no_more_than_counts(
    priced: psycopg.Connection, text: str, found: str
) -> None:
    assert told(priced, query(text)) == found


def test_how_many_rows_a_query_returns_is_a_count(priced: psycopg.Connection) -> None:
    failing = Check("sql", query="select price from signups where price > 5")
    assert told(priced, failing).startswith("1")


@pytest.mark.parametrize(
    ("level", "found"),
    [
        (ServiceLevel("freshness", 1, "minutes", "closed_at"),
         "not shown: closed_at is classified"),
        (ServiceLevel("freshness", 1, "minutes", "created_at"), "the newest is 3 hours old"),
        (ServiceLevel("retention", 1, "minutes", "closed_at"),
         "not shown: closed_at is classified; 1 of 2 rows are older than promised"),
        (ServiceLevel("retention", 1, "minutes", "created_at"),
         "the oldest is 5 hours old; 2 of 2 rows are older than promised"),
        (ServiceLevel("latency", 1, "minutes", "created_at, closed_at"),
         "not shown: closed_at is classified; 1 of 2 rows were late"),
    ],
)  # fmt: skip
def test_an_age_is_a_value_of_the_row_that_has_it(
    priced: psycopg.Connection, level: ServiceLevel, found: str
) -> None:
    assert told(priced, level) == found


def test_an_age_that_must_not_be_told_is_not_written_down(priced: psycopg.Connection) -> None:
    levels = [ServiceLevel("freshness", 1, "days", name) for name in ("closed_at", "created_at")]
    found = measured(priced, promising(tables=[CLASSIFIED], levels=levels))
    assert [one.value is None for one in found] == [False, False]
    (fresh,) = freshness_of(found)
    assert fresh.element == "crm.signups.created_at"


def test_how_much_of_a_time_has_passed_is_told_roughly(priced: psycopg.Connection) -> None:
    levels = [
        ServiceLevel("freshness", 140, "minutes", "closed_at"),
        ServiceLevel("freshness", 200, "minutes", "created_at"),
    ]
    found = measured(priced, promising(tables=[CLASSIFIED], levels=levels))
    assert [without_headroom(one) for one in found] == [
        "nearly all of 2 hours 20 minutes have passed",
        "3 hours of 3 hours 20 minutes have passed",
    ]


def test_what_one_contract_classifies_no_other_tells(priced: psycopg.Connection) -> None:
    open_to_all = Contract("prices", "crm", tables=(signups("price"),), checks=(aggregate("max"),))
    strict = Contract("people", "crm", tables=(CLASSIFIED,))
    elsewhere = replace(strict, tables=(replace(CLASSIFIED, schema="hr"),))
    for contracts, found in (
        ([open_to_all, elsewhere], str(SECRET)),
        ([open_to_all, strict], OUT),
        ([strict, open_to_all], OUT),
    ):
        (broken,) = breaches(priced, *contracts)
        assert broken.found == found


def test_a_watermark_is_told_unless_a_contract_classifies_it(priced: psycopg.Connection) -> None:
    priced.execute("insert into crm.watermark values (%s)", [ago(hours=7)])
    level = ServiceLevel("freshness", 1, "minutes", "watermark.produced_at")
    column = Column("produced_at", classification="internal")
    other = Contract("times", "crm", tables=(Table("watermark", "crm", columns=(column,)),))
    contract = promising(tables=[CLASSIFIED], levels=[level])
    assert [one.found for one in breaches(priced, contract)] == [
        "the newest in crm.watermark is 7 hours old"
    ]
    assert [one.found for one in breaches(priced, contract, other)] == [
        "not shown: produced_at is classified"
    ]
