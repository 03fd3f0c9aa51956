"""The book's spec: one JSON (or YAML) document about one table, ``spec-version`` 1.0.0."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from contracts.dialects.book_columns import read_column, write_column
from contracts.dialects.layout import laid_out
from contracts.documents import Document
from contracts.model import Contract, Owner, Table
from contracts.problems import DocumentError

if TYPE_CHECKING:
    import jsonschema_rs

SPEC_VERSION: Final = "1.0.0"
SCHEMA_FILE: Final = Path(__file__).parent.parent / "contract_spec.schema.json"
JSON_SCHEMA_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"


def recognises(value: object) -> bool:
    """Whether a document is meant to be in the book's spec, correctly or not."""
    if not isinstance(value, dict):
        return False
    schema = value.get("schema")
    return (
        "spec-version" in value
        or "dataAssetResourceName" in value
        or (isinstance(schema, dict) and not schema.keys().isdisjoint({"table_name", "properties"}))
    )


def read(document: Document) -> Contract:
    """The contract that a document states; :class:`DocumentError` names all that is wrong."""
    value: Any = document.value
    if not _validator().is_valid(value):
        from contracts.dialects.validation import find_faults

        problems = find_faults(_validator(), schema(), document)
        raise DocumentError([*document.problems, *problems])
    columns, problems = [], list(document.problems)
    for name, column in value["schema"]["properties"].items():
        try:
            columns.append(read_column(document, name, column, len(columns) + 1))
        except DocumentError as error:
            problems.extend(error.problems)
    if problems:
        raise DocumentError(sorted(problems))
    described = value["schema"]
    table = Table(
        name=described["table_name"],
        schema=described["table_schema"],
        columns=tuple(columns),
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


@cache
def _validator() -> jsonschema_rs.Draft202012Validator:
    import jsonschema_rs

    return jsonschema_rs.Draft202012Validator(schema())
