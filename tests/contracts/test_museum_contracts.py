"""The museum's own eight contracts."""

from __future__ import annotations

from contracts import load_folder
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
