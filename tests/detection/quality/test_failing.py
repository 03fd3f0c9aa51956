"""The rows that break a promise: told by their keys, and nothing that is classified."""

from __future__ import annotations

from dataclasses import replace

import psycopg
import pytest

from contracts.model import Check, Classification, Column, Contract, Table
from detection.catalog import read_catalog
from detection.quality import (
    Terms,
    find_breaches,
    find_demands,
    find_failing_rows,
    measure,
    plan_scans,
)
from tests.detection.quality.rows import NOW, check, fill_columns, promising, signups

BY_NUMBER = replace(signups(), primary_key=("signup_id",))
ROWS = [
    (1, None, "web"),
    (2, "ada", "web"),
    (3, "ada", "ios"),
    (4, None, "ios"),
    (5, "ada", None),
    (6, "bob", None),
    (7, "bob", "x"),
]

SOURCES = {"table": "sources", "column": "source"}


def shown(
    connection: psycopg.Connection, *contracts: Contract, most: int = 3
) -> list[tuple[str, ...]]:
    demands = find_demands(contracts, read_catalog(connection))
    scans = plan_scans(demands, Terms(NOW))
    told = measure(connection, scans)
    found = find_failing_rows(connection, scans, told, most)
    return [one.rows for one in find_breaches(contracts, found)]


@pytest.mark.parametrize(
    ("promise", "expected"),
    [
        (check("nullValues", "email"), ("signup_id 1", "signup_id 4")),
        (check("nullValues", "email", operator="mustBeLessThan", bound=9), None),
        (
            check("invalidValues", "signup_source", validValues=["web"]),
            ("signup_id 3", "signup_id 4", "signup_id 7"),
        ),
        (check("nullValues", "email", filter="signup_id > 1"), ("signup_id 4",)),
        (check("duplicateValues", "email"), ("email ada, 3 rows", "email bob, 2 rows")),
        (check("sql", expression="signup_id > 6", counts="rows"), ("signup_id 7",)),
        (
            check("invalidValues", "signup_source", references=SOURCES),
            ("signup_id 1", "signup_id 2", "signup_id 3"),
        ),
        (check("rowCount"), ()),
        (check("distinctValues", "email"), ()),
        (Check("sql", query="select email from signups"), ()),
        (check("nullValues", "email", filter="signup_id / 0 > 1"), ()),
    ],
)  # fmt: skip
def test_a_row_is_told_by_its_key(
    any_rows: psycopg.Connection, promise: Check, expected: tuple[str, ...] | None
) -> None:
    fill_columns(any_rows, ("signup_id", "email", "signup_source"), ROWS)
    found = shown(any_rows, promising(promise, tables=[BY_NUMBER]))
    assert found == ([] if expected is None else [expected])


@pytest.mark.parametrize(
    "label", ["internal", "sensitive", "highly sensitive", "derived sensitive"]
)
def test_a_classified_value_is_never_shown(rows: psycopg.Connection, label: Classification) -> None:
    fill_columns(rows, ("signup_id", "email", "signup_source"), ROWS)
    email = Column("email", classification=label)
    others = [column for column in BY_NUMBER.columns if column.name != "email"]
    table = replace(BY_NUMBER, columns=(email, *others))
    by_email = replace(table, primary_key=("email",))
    doubles, nulls = check("duplicateValues", "email"), check("nullValues", "signup_source")
    assert shown(rows, promising(doubles, nulls, tables=[table])) == [
        ("not shown: email is classified",),
        ("signup_id 5", "signup_id 6"),
    ]
    assert shown(rows, promising(nulls, tables=[by_email])) == [("not shown: email is classified",)]


def test_what_one_contract_classifies_no_other_shows(rows: psycopg.Connection) -> None:
    fill_columns(rows, ("signup_id", "email"), [(1, "ada"), (2, "ada")])
    doubles = check("duplicateValues", "email")
    open_to_all = Contract("mailings", "crm", tables=(signups("email"),), checks=(doubles,))
    email = Column("email", classification="sensitive")
    strict = Contract("people", "crm", tables=(replace(signups("email"), columns=(email,)),))
    elsewhere = replace(strict, tables=(replace(strict.tables[0], schema="hr"),))
    assert shown(rows, open_to_all, elsewhere) == [("email ada, 2 rows",)]
    for contracts in ((open_to_all, strict), (strict, open_to_all)):
        assert shown(rows, *contracts) == [("not shown: email is classified",)]


def test_a_label_that_nobody_knows_hides_as_well(rows: psycopg.Connection) -> None:
    fill_columns(rows, ("email", "signup_source"), [("ada", "web"), ("ada", "web")])
    table = Table(
        "signups", "crm", columns=(Column("email", custom=(("classification", '"PII"'),)),)
    )
    found = shown(rows, promising(check("duplicateValues", "email"), tables=[table]))
    assert found == [("not shown: email is classified",)]


def test_what_is_public_is_shown(rows: psycopg.Connection) -> None:
    fill_columns(rows, ("email", "signup_source"), [("x" * 80, "web"), ("x" * 80, "web")])
    table = Table("signups", "crm", columns=(Column("email", classification="public"),))
    (found,) = shown(rows, promising(check("duplicateValues", "email"), tables=[table]))
    assert found == (f"email {'x' * 59}…, 2 rows",)


def test_without_a_promised_key_no_row_is_told(rows: psycopg.Connection) -> None:
    fill_columns(rows, ("signup_id", "email"), [(1, None)])
    nulls = check("nullValues", "email")
    keyed = replace(signups("email"), primary_key=("signup_id",))
    for table in (signups(), keyed):
        assert shown(rows, promising(nulls, tables=[table])) == [
            ("not shown: no key of the table is under contract",)
        ]
    grain = replace(signups(), grain=("signup_id", "email"))
    assert shown(rows, promising(nulls, tables=[grain])) == [("signup_id 1, email null",)]
