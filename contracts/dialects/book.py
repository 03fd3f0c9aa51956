"""The book's spec: one JSON (or YAML) document about one table, ``spec-version`` 1.0.0."""

from __future__ import annotations

import json
from collections.abc import Mapping, Set
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from contracts.dialects.book_columns import read_column, write_column
from contracts.dialects.layout import laid_out
from contracts.documents import Document
from contracts.model import Column, Contract, Owner, Table
from contracts.problems import DocumentError, Problem
from contracts.reading import KeyPath

if TYPE_CHECKING:
    import jsonschema_rs

    from contracts.dialects.validation import Finding

SPEC_VERSION: Final = "1.0.0"
SCHEMA_FILE: Final = Path(__file__).parent.parent / "contract_spec.schema.json"
TABLE_KEYS: Final = ("table_name", "table_schema", "properties")
JSON_SCHEMA_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"


def recognises(value: object) -> bool:
    """Whether a document is meant to be in the book's spec, correctly or not."""
    if not isinstance(value, dict):
        return False
    keys = {key.lower().replace("-", "").replace("_", "") for key in value}
    described = value.get("schema")
    named = isinstance(described, dict) and not described.keys().isdisjoint(TABLE_KEYS)
    return named or not keys.isdisjoint({"specversion", "dataassetresourcename"})


def read(document: Document) -> Contract:
    """The contract that a document states; :class:`DocumentError` names all that is wrong."""
    findings = _against_schema(document)
    faulty = {*document.faulty, *(path for path, _ in findings)}
    columns, contradictions = _read_columns(document, faulty)
    problems = [*document.problems, *(problem for _, problem in findings), *contradictions]
    if problems:
        raise DocumentError(sorted(problems))
    value: Any = document.value
    described = value["schema"]
    table = Table(
        name=described["table_name"],
        schema=described["table_schema"],
        columns=columns,
        description=described.get("title"),
        catalog=described.get("table_catalog"),
        source=document.source("schema"),
    )
    return Contract(
        name=value["name"],
        namespace=value["namespace"],
        dialect="book",
        spec_version=value["spec-version"],
        documentation=value["doc"],
        owner=Owner(value["owner"]["name"], value["owner"]["email"]),
        asset=value["dataAssetResourceName"],
        strict=value.get("strict"),
        tables=(table,),
        source=document.source(),
    )


def _against_schema(document: Document) -> list[Finding]:
    """What the schema finds wrong, except where the text itself was at fault already."""
    if is_valid(document.value):
        return []
    from contracts.dialects.validation import faults_by_path

    findings = faults_by_path(validator(), schema(), document)
    return [finding for finding in findings if finding[0] not in document.faulty]


def _read_columns(
    document: Document, faulty: Set[KeyPath]
) -> tuple[tuple[Column, ...], list[Problem]]:
    """The columns of a document, as far as they are sound, and their contradictions."""
    described: Any = document.value
    for key in ("schema", "properties"):
        described = described.get(key) if isinstance(described, dict) else None
    columns: list[Column] = []
    problems: list[Problem] = []
    for name, value in described.items() if isinstance(described, dict) else ():
        if isinstance(value, dict):
            sound = _sound(value, ("schema", "properties", name), faulty) if faulty else value
            column, found = read_column(document, name, sound, len(columns) + 1)
            columns.append(column)
            problems += found
    return tuple(columns), problems


def _sound(value: Mapping[str, Any], path: KeyPath, faulty: Set[KeyPath]) -> dict[str, Any]:
    """A column without what is at fault in it, so that the rest can be judged all the same.

    Constraints whose type is at fault are left out whole: nothing can be said about them.
    """
    sound: dict[str, Any] = {}
    for key, stated in value.items():
        part = (*path, key)
        if part in faulty:
            continue
        wrong = {fault[4] for fault in faulty if fault[:4] == part}
        if not wrong:
            sound[key] = stated
        elif isinstance(stated, dict):  # a list has faults below it, too, and is left out
            rest = {each: said for each, said in stated.items() if each not in wrong}
            if "data_type" in rest:
                sound[key] = rest
    return sound


def write(contract: Contract) -> str:
    """A contract about one table as text in the book's spec, always in the same layout."""
    (table,) = contract.tables
    owner = contract.owner or Owner("")
    value: dict[str, Any] = {
        "spec-version": contract.spec_version or SPEC_VERSION,
        "name": contract.name,
        "namespace": contract.namespace,
        "dataAssetResourceName": contract.asset,
        "doc": contract.documentation,
        "owner": {"name": owner.name, "email": owner.email},
    }
    if contract.strict is not None:
        value["strict"] = contract.strict
    value["schema"] = {
        "$schema": JSON_SCHEMA_DIALECT,
        "title": table.description or f"{table.name} table",
        **({"table_catalog": table.catalog} if table.catalog else {}),
        "table_schema": table.schema,
        "table_name": table.name,
        "properties": {column.name: write_column(column) for column in table.columns},
    }
    return laid_out(value)


@cache
def schema() -> dict[str, Any]:
    """The JSON Schema of the book's spec."""
    read_schema: dict[str, Any] = json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))
    return read_schema


def is_valid(value: object) -> bool:
    """Whether a value keeps to the schema; contradictions are not looked for."""
    return validator().is_valid(value)


@cache
def validator() -> jsonschema_rs.Draft202012Validator:
    """The quick validator of the schema."""
    import jsonschema_rs

    return jsonschema_rs.Draft202012Validator(schema())
