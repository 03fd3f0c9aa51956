"""The official examples of the standard: each loads by itself, and nothing of it is lost."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from contracts.dialects import odcs
from contracts.documents import read_document
from contracts.loading import load, load_folder
from contracts.model import Contract
from contracts.types import UnknownTypeError, parse_type, type_name
from tests.contracts.odcs_documents import LOANS, document, read, value_of

TABLES = {
    "all-data-types": 1,
    "column-completeness": 1,
    "column-custom": 1,
    "database-table-sla": 0,
    "full-example": 2,
    "postgresql-adventureworks-contract": 68,
    "table-columns-with-partition": 1,
}


@pytest.fixture
def examples(shared: Path) -> dict[str, Path]:
    files = sorted((shared / "odcs").glob("*.odcs.yaml"))
    return {file.name.removesuffix(".odcs.yaml"): file for file in files}


def test_each_official_example_loads_by_itself(examples: dict[str, Path]) -> None:
    assert {name: len(load(file).tables) for name, file in examples.items()} == TABLES


def test_what_the_examples_say_comes_back(examples: dict[str, Path]) -> None:
    for name, file in examples.items():
        contract = load(file)
        again = read(odcs.write(contract))
        assert replace(again, spec_version=contract.spec_version) == contract, name


@pytest.mark.parametrize("name", [*TABLES, "loans"])
def test_a_document_comes_back_as_it_was_but_for_what_is_documented(
    examples: dict[str, Path], name: str
) -> None:
    before = document(LOANS) if name == "loans" else read_document(examples[name])
    after = value_of(odcs.write(odcs.read(before)))
    assert plainly(after) == plainly(before.value)


def test_what_is_written_keeps_to_the_official_schema_of_its_version(
    examples: dict[str, Path], shared: Path
) -> None:
    schema = json.loads((shared / "odcs" / "odcs-json-schema-v3.1.0.json").read_text())
    official = jsonschema_rs.Draft201909Validator(schema)
    contracts = [load(file) for file in examples.values()] + [read(LOANS), Contract("a")]
    for contract in contracts:
        value = value_of(odcs.write(contract))
        assert value["apiVersion"] == "v3.1.0"
        assert [error.message for error in official.iter_errors(value)] == []


def test_two_examples_of_one_identity_are_refused_in_one_folder(examples: dict[str, Path]) -> None:
    with pytest.raises(Exception, match="The contract my_table is stated in"):
        load_folder(*examples.values())


def plainly(value: Any) -> Any:
    """A document without what is written otherwise than it was read; see docs/odcs.md."""
    whole = _without_nothing(value)
    whole.pop("apiVersion")
    for table in whole.get("schema", []):
        table.setdefault("properties", [])
        moved = [
            {"from": f"{table['name']}.{column['name']}", **relationship}
            for column in table["properties"]
            for relationship in column.pop("relationships", [])
        ]
        relationships = [{"type": "foreignKey", **one} for one in table.get("relationships", [])]
        table["relationships"] = sorted(
            [*relationships, *({"type": "foreignKey", **one} for one in moved)], key=str
        )
        for element in (table, *table["properties"]):
            if element.get("physicalName") == element["name"]:
                del element["physicalName"]
            for check in element.get("quality", []):
                check.setdefault("type", "library")
        for column in table["properties"]:
            if column.get("primaryKeyPosition") == -1:
                del column["primaryKeyPosition"]
            if "physicalType" in column:
                column["physicalType"] = _spelled(column["physicalType"])
    return whole


def _spelled(text: str) -> str:
    """A type as Postgres prints it; one that somebody made by its name, without quotes."""
    text = text.strip('"').replace("varchar[2147483647]", "varchar")
    if text.startswith("varchar["):
        text = text.replace("[", "(").replace("]", ")")
    try:
        return text if text.istitle() else type_name(parse_type(text))
    except UnknownTypeError:
        return text


def _without_nothing(value: Any) -> Any:
    """A value without nulls and empty lists, except in what the authors add of their own."""
    if isinstance(value, dict):
        return {
            key: inner if key in ("customProperties", "value") else _without_nothing(inner)
            for key, inner in value.items()
            if inner is not None and inner != [] and inner != {}
        }
    return [_without_nothing(item) for item in value] if isinstance(value, list) else value
