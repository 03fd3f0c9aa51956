"""Every field of every noun: when it alone changes, something is told."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import pytest

from contracts.meaning import (
    Backfill,
    ChangeStream,
    Consistency,
    Deletion,
    Invariant,
    RowLifecycle,
)
from contracts.model import (
    Channel,
    Check,
    CheckConstraint,
    Column,
    Contract,
    Deprecation,
    ForeignKey,
    Function,
    JsonShape,
    Link,
    Notice,
    NullReason,
    Owner,
    Role,
    Server,
    ServiceLevel,
    Storage,
    Table,
    UniqueKey,
)
from contracts.types import parse_type
from detection.diff import diff

KEY = Column("object_id", parse_type("integer"))
TIE = ForeignKey("made_by", ("object_id",), "public", "artist", ("artist_id",))
USED = Function("public", "open_works", "function", "integer", "integer", "select 1")

COLUMN: dict[str, Any] = {
    "name": "caption", "data_type": parse_type("varchar(9)"), "nullable": False,
    "primary_key": True, "unique": True, "updatable": True, "default": "''",
    "identity": "always", "generated": "upper(title)", "collation": "C", "description": "a",
    "examples": ("a",), "meaning": "a", "unit": "cm", "classification": "sensitive",
    "null_reasons": (NullReason("a", "b"),), "states": ("a",), "unknown_value_policy": "a",
    "extensible": True, "json_shape": JsonShape(("a",)), "timezone": "UTC", "currency": "USD",
    "deprecated": True, "replaced_by": "caption", "business_name": "a", "tags": ("a",),
    "links": (Link("https://museum.org"),), "optional": True, "custom": (("a", "1"),),
    "terminal_states": ("a",), "transient_states": ("a",), "external_terms": (("a", "b"),),
    "transition_history": "a", "origin": "a", "correction": "a", "warning": "a",
}  # fmt: skip
TABLE: dict[str, Any] = {
    "name": "pictures", "schema": "gallery", "kind": "view", "columns": (KEY,),
    "primary_key": ("object_id",), "unique_keys": (UniqueKey("k", ("object_id",)),),
    "foreign_keys": (TIE,), "checks": (CheckConstraint("c", ("object_id",), "object_id > 0"),),
    "description": "a", "definition": "select 1", "partition_of": "public.visit",
    "grain": ("object_id",), "meaning": "a", "filter": "a", "ordered": True,
    "business_name": "a", "tags": ("a",), "links": (Link("https://museum.org"),),
    "custom": (("a", "1"),), "storage": Storage(publications=("all",)),
}  # fmt: skip
CONTRACT: dict[str, Any] = {
    "name": "pictures", "namespace": "museum", "id": "7", "dialect": "odcs",
    "spec_version": "v3.1.0", "status": "draft", "documentation": "a", "owner": Owner("a"),
    "asset": "a", "strict": True, "tables": (), "functions": (USED,), "producer": "a",
    "purpose": "a", "usage": "a", "limitations": "a", "source_of_truth": "a",
    "technical_owner": Owner("a"), "business_owner": Owner("a"), "consumers": ("a",),
    "enforcement": "docent gate", "notice": Notice("a", 30), "compatibility": (("a", "b"),),
    "extends": "base", "extends_version": "1", "deprecation": Deprecation(sunset_date="2026-06-30"),
    "service_levels": (ServiceLevel("freshness", 4, "h"),), "checks": (Check("rowCount"),),
    "deletes": "soft", "time": "UTC", "backfills": "a", "consistency": "a", "invariants": ("a",),
    "row_lifecycle": "a", "cdc": "a",
    "channels": (Channel("a"),), "roles": (Role("a"),), "servers": (Server("a", "postgres"),),
    "tags": ("a",), "links": (Link("https://museum.org"),), "custom": (("a", "1"),),
}  # fmt: skip
PARTS: dict[str, tuple[str, Any, dict[str, Any]]] = {
    "role": ("roles", Role("a"), {
        "name": "b", "access": "write", "description": "a", "classifications": ("public",),
        "custom": (("a", "1"),),
    }),
    "server": ("servers", Server("a", "postgres"), {
        "name": "b", "kind": "local", "environment": "prod", "host": "a", "port": 1,
        "database": "a", "schema": "a", "description": "a", "custom": (("a", "1"),),
    }),
    "service level": ("service_levels", ServiceLevel("freshness", 4, "h"), {
        "property": "retention", "value": 5, "unit": "d", "element": "a", "value_end": 9,
        "driver": "a", "description": "a", "operator": "mustBe", "level": "note",
        "custom": (("a", "1"),),
    }),
    "check": ("checks", Check("rowCount", "mustBe", (4,)), {
        "measure": "nullValues", "operator": "mustNotBe", "bound": (5,), "columns": ("object_id",),
        "level": "warning", "dimension": "a", "query": "a", "table": "public.object", "name": "a",
        "description": "a", "unit": "percent", "severity": "a", "filter": "a", "arguments": "{}",
        "custom": (("a", "1"),),
    }),
    "deletion": ("deletes", Deletion(table="hard", retention="1 year"), {
        "table": "soft", "view": "a", "stream": "a", "projections": "a", "warehouse": "a",
        "delay": "a", "retention": "2 years", "legal_hold": "a", "restore": "a", "purge": "a",
        "custom": (("a", "1"),),
    }),
    "row lifecycle": ("row_lifecycle", RowLifecycle("a"), {
        "creation": "b", "update": "a", "correction": "a", "custom": (("a", "1"),),
    }),
    "backfill": ("backfills", Backfill("a"), {
        "what": "b", "reason": "a", "origin": "a", "backfilled_at": "a", "effective_at": "a",
        "confidence": "a", "treat_as": "a", "recalculate": "a", "events": "a",
        "custom": (("a", "1"),),
    }),
    "consistency": ("consistency", Consistency("a"), {
        "read_from": "b", "row_level": "a", "cross_row": "a", "reproducibility": "a",
        "max_staleness": "5 minutes", "custom": (("a", "1"),),
    }),
    "invariant": ("invariants", Invariant("a"), {
        "rule": "b", "meaning": "a", "correction": "a", "custom": (("a", "1"),),
    }),
    "stream": ("cdc", ChangeStream("a"), {
        "source_table": "b", "publication": "a", "key": ("a",), "ordering": "a",
        "delete_mode": "a", "snapshot_mode": "a", "schema_change_policy": "a",
        "idempotency_required": True, "custom": (("a", "1"),),
    }),
    "function": ("functions", USED, {
        "schema": "gallery", "name": "works", "kind": "procedure", "arguments": "text",
        "result": "text", "definition": "select 2", "description": "a",
    }),
}  # fmt: skip


def contract(**facts: Any) -> Contract:
    column = Column("title", parse_type("text"))
    usual = {"tables": (Table("object", columns=(KEY, column)),)}
    return Contract(**{"name": "object", **usual, **facts})


def with_column(**facts: Any) -> Contract:
    (table,) = contract().tables
    title = replace(table.columns[1], **facts)
    return contract(tables=(replace(table, columns=(KEY, title)),))


def with_table(**facts: Any) -> Contract:
    return contract(tables=(replace(contract().tables[0], **facts),))


CHANGED = {
    **{f"column {name}": with_column(**{name: value}) for name, value in COLUMN.items()},
    **{f"table {name}": with_table(**{name: value}) for name, value in TABLE.items()},
    **{f"contract {name}": contract(**{name: value}) for name, value in CONTRACT.items()},
}


@pytest.mark.parametrize("name", CHANGED)
def test_a_field_that_changes_alone_is_told_both_ways(name: str) -> None:
    assert diff([contract()], [CHANGED[name]]) != ()
    assert diff([CHANGED[name]], [contract()]) != ()


@pytest.mark.parametrize(
    ("part", "name"), [(part, name) for part, (_, _, values) in PARTS.items() for name in values]
)
def test_so_is_a_field_of_what_a_contract_holds(part: str, name: str) -> None:
    field, noun, values = PARTS[part]
    changed = replace(noun, **{name: values[name]})
    alone = isinstance(noun, Deletion | RowLifecycle | Consistency | ChangeStream)
    before = contract(**{field: noun if alone else (noun,)})
    after = contract(**{field: changed if alone else (changed,)})
    assert diff([before], [after]) != ()
    assert diff([after], [before]) != ()


@pytest.mark.parametrize(
    ("noun", "tried"),
    [(Column, COLUMN), (Table, TABLE), (Contract, CONTRACT),
     *((type(noun), values) for _, noun, values in PARTS.values())],
)  # fmt: skip
def test_no_field_is_forgotten(noun: Any, tried: dict[str, Any]) -> None:
    compared = {field.name for field in fields(noun) if field.compare}
    # a version says how much changed, and is held to that by itself
    assert compared - {"version"} == tried.keys()
