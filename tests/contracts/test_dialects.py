"""Every document belongs to exactly one way of writing, and every way keeps its own word."""

from __future__ import annotations

import json
from importlib import import_module
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from contracts.dialects import MARKS, WAYS_OF_WRITING
from contracts.documents import read_document, scan_document
from contracts.loading import contracts_in, find_documents
from tests.conftest import REPOSITORY
from tests.contracts.odcs_documents import LOANS, PLAIN
from tests.contracts.samples import DBT, MODELS, ONE_PAGERS, SODA
from tests.contracts.specs import IMAGES, NORMALIZED

SAMPLES: dict[str, list[Any]] = {
    "book": [IMAGES, NORMALIZED],
    "odcs": [LOANS, PLAIN],
    "one_pager": list(ONE_PAGERS.values()),
    "models": list(MODELS.values()),
    "soda": list(SODA.values()),
    "dbt": list(DBT.values()),
}
CASES = [
    pytest.param(dialect, sample, id=f"{dialect} {number}")
    for dialect, samples in SAMPLES.items()
    for number, sample in enumerate(samples)
]
FORMS = sorted((REPOSITORY / "contracts" / "dialects").glob("*.schema.json"))


def taken_by(value: object) -> list[str]:
    """The dialects that recognise a document."""
    ways = {dialect: import_module(f"contracts.dialects.{dialect}") for dialect in WAYS_OF_WRITING}
    return [dialect for dialect, way in ways.items() if way.recognises(value)]


@pytest.mark.parametrize(("dialect", "sample"), CASES)
def test_a_sample_belongs_to_one_dialect_and_loads(dialect: str, sample: Any) -> None:
    text = sample if isinstance(sample, str) else json.dumps(sample)
    document = scan_document("sample.yaml", text.encode())
    assert taken_by(document.value) == [dialect]
    contracts = contracts_in(document)
    assert {contract.dialect for contract in contracts} == {dialect}
    assert all(contract.source for contract in contracts)


def test_the_projects_own_contracts_belong_to_one_dialect_each() -> None:
    for file in find_documents(REPOSITORY / "contracts"):
        assert len(taken_by(read_document(file).value)) == 1, file


@pytest.mark.parametrize("folder", ["soda", "odcs"])
def test_real_contracts_belong_to_one_dialect_each(shared: Path, folder: str) -> None:
    files = sorted((shared / folder).glob("*.yaml"))
    assert files
    for file in files:
        assert taken_by(read_document(file).value) == [folder], file


MISTAKEN = [
    ({"datset": "a", "columns": [{"name": "b"}]}, ["soda"]),
    ({"models": None, "customers": None, "elements": None}, ["models"]),
    ({"models": [{"name": "a", "columns": []}]}, ["dbt"]),
    ({"models": [{"name": "a", "elements": {}}]}, []),
    ({"contract": "a", "columns": []}, ["one_pager"]),
    ({"contract": None}, ["one_pager"]),
    ({"contract": 5, "models": {}}, []),
    ({"contract": 5, "apiVersion": "v3.1.0"}, []),
    ({"apiVersion": "v2.2.2", "dataset": []}, []),
    ({"columns": {}}, []),
    ([], []),
    (None, []),
]


@pytest.mark.parametrize(("value", "dialects"), MISTAKEN)
def test_a_document_with_a_mistake_is_still_somebodys(value: object, dialects: list[str]) -> None:
    assert [dialect for dialect in taken_by(value) if dialect != "odcs"] == dialects


def test_every_dialect_says_what_tells_it_apart() -> None:
    for dialect, mark in WAYS_OF_WRITING.items():
        way = import_module(f"contracts.dialects.{dialect}")
        assert any(key in mark for key in MARKS), dialect
        assert hasattr(way, "read") != hasattr(way, "read_all")


@pytest.mark.parametrize("file", FORMS, ids=lambda file: file.name)
def test_a_form_is_a_json_schema_that_describes_every_key(file: Path) -> None:
    schema = json.loads(file.read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    undescribed = [path for path, part in _parts(schema, "") if not _told(part, schema)]
    assert undescribed == []


def _parts(part: Any, path: str) -> list[tuple[str, Any]]:
    """Every key that a schema describes, with its path."""
    if not isinstance(part, dict):
        return []
    found = [
        (f"{path}.{key}", child)
        for keyword in ("properties", "$defs")
        for key, child in part.get(keyword, {}).items()
        if path.rpartition(".")[2] != "if"
    ]
    inner = [
        (f"{path}.{keyword}", part[keyword])
        for keyword in ("items", "additionalProperties", "then", "else")
        if keyword in part
    ]
    return found + [one for below, child in found + inner for one in _parts(child, below)]


def _told(part: Any, schema: Any) -> bool:
    reference = part.get("$ref", "").removeprefix("#/$defs/")
    return bool(
        part.get("description") or (reference and schema["$defs"][reference]["description"])
    )
