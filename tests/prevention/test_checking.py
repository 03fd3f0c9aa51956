"""The check as one call: how the catalogue is read, and which schemas are looked at."""

from __future__ import annotations

from dataclasses import replace

import psycopg
import pytest
from psycopg.pq import TransactionStatus

import detection.catalog
import prevention
from contracts import load_folder
from contracts.model import Contract, Function, Owner, Table
from detection.catalog import read_catalog
from detection.model import Catalog
from prevention.checking import read_structure
from prevention.judging import is_empty
from prevention.render import text
from tests.conftest import REPOSITORY


def test_the_catalogue_is_read_outside_a_transaction(
    museum: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Inside one, a catalogue that changes while it is read could not be read a second time."""
    seen: list[TransactionStatus] = []

    def read(connection: psycopg.Connection, schemas: list[str] | None = None) -> Catalog:
        seen.append(connection.info.transaction_status)
        return read_catalog(connection, schemas)

    monkeypatch.setattr(detection.catalog, "read_catalog", read)
    assert read_structure(museum, ["public"]).schemas == ("public",)
    assert seen == [TransactionStatus.IDLE]


@pytest.mark.parametrize(
    ("schemas", "status", "rules"),
    [
        (("public",), "broken", {"table-missing"}),
        # The schema of a promise was dropped with everything in it: the promise is broken.
        (("public", "crm"), "broken", {"table-missing"}),
        # A schema in which nobody promised anything is a slip of the pen.
        (("public", "crn"), "not-judged", set()),
    ],
)
def test_a_dropped_schema_breaks_what_was_promised_in_it(
    museum: str, schemas: tuple[str, ...], status: str, rules: set[str]
) -> None:
    contracts = load_folder(REPOSITORY / "contracts")
    (images,) = [each for each in contracts if each.name == "object-images-contract-spec"]
    moved = replace(images, name="leads", tables=(replace(images.tables[0], schema="crm"),))
    catalog = read_structure(museum, ["public", "crm"])
    decision = prevention.judge([*contracts, moved], catalog, schemas=schemas)
    assert (decision.status, {finding.rule for finding in decision.findings}) == (status, rules)


@pytest.mark.parametrize(
    ("table", "promised", "empty"),
    [
        (Table("alembic_version"), False, True),
        (Table("visit", extension="postgis"), False, True),
        (Table("visit", extension="postgis"), True, False),
        (Table("visit"), False, False),
    ],
)
def test_what_came_with_an_extension_is_nothing_to_judge_unless_it_is_promised(
    table: Table, promised: bool, empty: bool
) -> None:
    contracts = [Contract("visits", tables=(Table("visit"),))] if promised else []
    catalog = Catalog("museum", 180000, ("public",), (table,))
    assert is_empty(catalog, contracts) == empty


@pytest.mark.parametrize(("schema", "status"), [("public", "held"), ("till", "broken")])
def test_a_contract_about_functions_alone_is_something_to_judge(
    database: str, schema: str, status: str
) -> None:
    with psycopg.connect(database) as connection:
        connection.execute(
            b"create schema till;"
            b"create function sell(visitors integer) returns bigint language sql as 'select 1'"
        )
    promised = Function(schema, "sell", "function", "int", "int8")
    contract = Contract("calls", owner=Owner("Box Office"), functions=(promised,))
    catalog = read_structure(database, [schema])
    decision = prevention.judge([contract], catalog, schemas=[schema])
    assert (decision.status, decision.checked.functions) == (status, 1)
    assert "Checked 1 contract, 1 function, 0 tables" in text.render(decision)


def test_a_contract_of_nothing_is_not_judged() -> None:
    decision = prevention.judge([Contract("calls")], Catalog("museum", 180000, ("public",), ()))
    assert decision.status == "not-judged"
