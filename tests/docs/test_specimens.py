"""A specimen in each dialect that says all it can: the page about dialects is made from them."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
import yaml

from contracts.conversion import TARGETS, convert
from contracts.dialects import WAYS_OF_WRITING
from contracts.dialects.form import form
from contracts.loading import load
from contracts.model import Column, Contract, Table
from tests.conftest import REPOSITORY

FOLDER = REPOSITORY / "docs" / "specimens"
FILES = {
    "book": "book.json",
    "odcs": "odcs.yaml",
    "soda": "soda.yaml",
    "one_pager": "one_pager.yaml",
    "models": "models.yaml",
    "dbt": "dbt.yml",
}
ELSEWHERE = {
    "soda": {"checks", "check_attributes", "soda_runner", "soda_agent"},
    "one_pager": {
        "contract_name", "owner_team", "consumer", "shape", "semantics", "freshness", "lifecycle",
        "deletes", "backfills", "invariant", "extends_version", "parent", "unknown_status_policy",
        "cdc",
    },
    "models": {
        "apiVersion", "kind", "owners", "parent", "extends_version", "elements", "sla",
        "serviceLevels", "quality", "examples",
    },
    "dbt": {
        "sources", "seeds", "snapshots", "analyses", "macros", "exposures", "metrics",
        "semantic_models", "saved_queries", "groups", "unit_tests", "data_tests",
    },
}  # fmt: skip
"""Keys that a specimen leaves out: second names for what it says, and what no promise is."""


def test_every_dialect_has_a_specimen_and_no_other_file_is_there() -> None:
    assert FILES.keys() == WAYS_OF_WRITING.keys()
    assert {path.name for path in FOLDER.iterdir()} == set(FILES.values())


@pytest.mark.parametrize("dialect", FILES)
def test_a_specimen_is_of_its_dialect_and_comes_back_whole(dialect: str) -> None:
    contract = load(FOLDER / FILES[dialect])
    assert contract.dialect == dialect
    if dialect in TARGETS:
        converted = convert(contract, dialect)
        assert (converted.left_behind, converted.added) == ((), ())


@pytest.mark.parametrize("dialect", ELSEWHERE)
def test_a_specimen_says_all_that_its_form_has_a_key_for(dialect: str) -> None:
    value = yaml.safe_load(Path(FOLDER / FILES[dialect]).read_text())
    missing = form(dialect).known() - value.keys()
    assert missing <= ELSEWHERE[dialect]


def test_the_specimen_of_odcs_fills_every_field_of_the_model() -> None:
    contract = load(FOLDER / FILES["odcs"])
    (table,) = contract.tables
    found: list[tuple[type, list[Any]]] = [
        (Contract, [contract]),
        (Table, [table]),
        (Column, list(table.columns)),
    ]
    for noun, those in found:
        unsaid = [
            field.name
            for field in fields(noun)
            if field.compare
            and field.name != "storage"  # is only ever observed
            and all(getattr(one, field.name) in (field.default, "") for one in those)
        ]
        # A key is said once: in its order, by the table.
        assert set(unsaid) <= {"primary_key"}, noun
