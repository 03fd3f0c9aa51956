"""The museum's own eight contracts."""

from __future__ import annotations

import re

import psycopg
import pytest

from contracts import load_folder
from contracts.dialects import book
from data_assets.migrating import upgrade
from detection.catalog import read_catalog
from detection.coverage import find_uncovered
from detection.violations import find_violations
from tests.conftest import REPOSITORY

TABLES = [
    "object",
    "object_api_metadata",
    "object_copyright",
    "object_gallery_info",
    "object_history",
    "object_images",
    "object_physical_properties",
    "object_tags",
]


def test_every_table_of_the_museum_has_one_contract() -> None:
    contracts = load_folder(REPOSITORY / "contracts")
    assert sorted(contract.tables[0].qualified_name for contract in contracts) == [
        f"public.{table}" for table in TABLES
    ]
    assert [contract.identity for contract in contracts] == sorted(
        f"met-museum-data/{table.replace('_', '-')}-contract-spec" for table in TABLES
    )


def test_the_contracts_hold_in_the_database_that_the_migrations_make(any_database: str) -> None:
    upgrade(any_database)
    with psycopg.connect(any_database) as connection:
        catalog = read_catalog(connection)
    contracts = load_folder(REPOSITORY / "contracts")
    assert find_violations(contracts, catalog, strict=True) == ()
    assert find_uncovered(contracts, catalog) == ()


@pytest.mark.parametrize("table", TABLES)
def test_a_contract_is_laid_out_as_it_would_be_written(table: str) -> None:
    path = REPOSITORY / "contracts" / f"{table}_contract_spec.json"
    (contract,) = load_folder(path)
    assert path.read_text(encoding="utf-8") == book.write(contract)


@pytest.mark.parametrize("table", TABLES)
def test_a_contract_says_what_it_means_and_whom_to_ask(table: str) -> None:
    (contract,) = load_folder(REPOSITORY / "contracts" / f"{table}_contract_spec.json")
    assert contract.owner is not None
    assert contract.owner.email is not None
    assert contract.owner.email.endswith("@museum.org")
    for column in contract.tables[0].columns:
        assert column.description is not None
        assert len(column.description) > 40
        assert column.nullable is (column.name not in ("object_id", "created_at"))
        assert column.primary_key is (column.name == "object_id")
        if column.nullable and column.data_type and column.data_type.name == "text":
            plain = ("department", "accession_number")
            assert re.search(r"\b[Nn]ull\b", column.description) or column.name in plain
