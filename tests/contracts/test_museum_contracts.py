"""The museum's own contracts, five in the book's spec and three in ODCS; those of its CRM."""

from __future__ import annotations

import re
from pathlib import Path

import psycopg
import pytest

from contracts import load_folder
from contracts.consumers import load_consumers
from contracts.dialects import book, odcs
from contracts.documents import read_document, scan_document
from contracts.loading import load
from data_assets.migrating import upgrade
from detection.catalog import read_catalog
from detection.coverage import find_uncovered
from detection.violations import find_violations
from tests.conftest import REPOSITORY

FOLDER = REPOSITORY / "contracts"
IN_THE_BOOK = [
    "object_api_metadata",
    "object_history",
    "object_images",
    "object_physical_properties",
    "object_tags",
]
IN_ODCS = ["object", "object_copyright", "object_gallery_info"]
TABLES = sorted(IN_THE_BOOK + IN_ODCS)


def file_of(table: str) -> Path:
    return FOLDER / (f"{table}.odcs.yaml" if table in IN_ODCS else f"{table}_contract_spec.json")


def test_every_table_of_the_museum_has_one_contract() -> None:
    contracts = load_folder(FOLDER)
    assert {contract.identity: contract.tables[0].qualified_name for contract in contracts} == {
        **{
            f"met-museum-data/{table.replace('_', '-')}-contract-spec": f"public.{table}"
            for table in TABLES
        },
        "lead_score_v1": "crm.salesforce_leads",
        "salesforce_lead_v2": "crm.signups",
    }


def test_the_contracts_hold_in_the_database_that_the_migrations_make(any_database: str) -> None:
    upgrade(any_database)
    with psycopg.connect(any_database) as connection:
        catalog = read_catalog(connection)
    contracts = load_folder(FOLDER)
    assert find_violations(contracts, catalog, strict=True) == ()
    assert find_uncovered(contracts, catalog) == ()


@pytest.mark.parametrize("table", IN_THE_BOOK)
def test_a_contract_is_laid_out_as_it_would_be_written(table: str) -> None:
    contract = load(file_of(table))
    assert file_of(table).read_text(encoding="utf-8") == book.write(contract)


@pytest.mark.parametrize("table", TABLES)
def test_a_contract_says_what_it_means_and_whom_to_ask(table: str) -> None:
    contract = load(file_of(table))
    assert contract.owner is not None
    assert contract.owner.email is not None
    assert contract.owner.email.endswith("@museum.org")
    for column in contract.tables[0].columns:
        assert column.description is not None
        assert len(column.description) > 40
        assert column.nullable is (column.name not in ("object_id", "created_at"))
        assert bool(column.primary_key) is (column.name == "object_id")
        if column.nullable and column.data_type and column.data_type.name == "text":
            plain = ("department", "accession_number")
            assert re.search(r"\b[Nn]ull\b", column.description) or column.name in plain


@pytest.mark.parametrize("table", IN_ODCS)
def test_a_contract_in_odcs_says_all_that_the_book_s_spec_has_no_key_for(table: str) -> None:
    contract = load(file_of(table))
    said = (
        contract.version, contract.status, contract.purpose, contract.usage, contract.limitations,
        contract.technical_owner, contract.producer, contract.source_of_truth, contract.notice,
        contract.enforcement, contract.channels, contract.service_levels, contract.checks,
        contract.deletes, contract.time, contract.backfills, contract.tables[0].grain,
    )  # fmt: skip
    assert all(said)
    assert all(check.name and check.dimension for check in contract.checks)
    announced = contract.notice.channel if contract.notice else None
    assert announced in {channel.name for channel in contract.channels}


@pytest.mark.parametrize("table", IN_ODCS)
def test_a_contract_in_odcs_comes_back_from_odcs_and_keeps_nothing_that_nobody_holds(
    table: str,
) -> None:
    contract = load(file_of(table))
    again = odcs.read(scan_document("again.odcs.yaml", odcs.write(contract).encode()))
    assert again == contract
    assert [name for name, _ in contract.custom] == ["team"]  # its name, beside its members
    assert not any(column.custom for column in contract.tables[0].columns)


def test_whoever_subscribes_names_the_version_of_a_contract_that_has_one() -> None:
    """A version that was there already: the same major one, and no later than today's."""
    versions = {one.identity: one.version for one in load_folder(FOLDER)}
    for consumer in load_consumers():
        for read in consumer.subscriptions:
            today = versions[str(read.contract)]
            assert (read.version is None) == (today is None)
            if read.version and today:
                built, now = ([int(n) for n in v.split(".")] for v in (read.version, today))
                assert built[0] == now[0]
                assert built <= now


def test_the_contracts_and_the_registry_name_the_same_consumers() -> None:
    readers: dict[str, set[str]] = {}
    for consumer in load_consumers():
        for read in consumer.subscriptions:
            readers.setdefault(str(read.contract), set()).add(consumer.name)
    for contract in load_folder(FOLDER):
        if contract.dialect == "odcs":
            assert set(contract.consumers) == readers[contract.identity]


def test_the_documents_are_of_the_dialects_that_they_are_said_to_be() -> None:
    dialects = {table: load(file_of(table)).dialect for table in TABLES}
    assert dialects == {table: "odcs" if table in IN_ODCS else "book" for table in TABLES}
    for table in IN_ODCS:
        value = read_document(file_of(table)).value
        assert isinstance(value, dict)
        assert value["apiVersion"] == "v3.1.0"
