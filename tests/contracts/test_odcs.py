"""ODCS: a whole document, every key, types by their servers, names, keys, people; and back."""

from __future__ import annotations

import itertools
import json
import subprocess
import sys
from dataclasses import replace
from typing import Any

import pytest

from contracts.dialects import odcs
from contracts.model import (
    UNLIMITED,
    Check,
    Column,
    Contract,
    DataType,
    ForeignKey,
    JsonShape,
    Link,
    Location,
    Notice,
    NullReason,
    Owner,
    Role,
    Server,
    ServiceLevel,
    Table,
)
from contracts.types import completed, parse_type
from tests.conftest import REPOSITORY
from tests.contracts.odcs_documents import (
    LOANS,
    PLAIN,
    bent,
    document,
    read,
    read_column,
    value_of,
)

POSTGRES = {
    "server": "s", "type": "postgresql", "host": "h", "port": 5432, "database": "d",
    "schema": "public",
}  # fmt: skip
SNOWFLAKE = {"server": "s", "type": "snowflake", "account": "a", "database": "d", "schema": "p"}


def test_a_document_is_read_whole() -> None:
    contract = read(LOANS)
    assert contract.identity == "met-museum-data/loans"
    assert replace(contract, tables=(), checks=(), custom=()) == Contract(
        "loans",
        namespace="met-museum-data",
        id="6f0c9a52-loans",
        dialect="odcs",
        spec_version="v3.1.0",
        version="1.2.0",
        status="active",
        owner=Owner("Registry", "registrar@museum.org"),
        technical_owner=Owner("dba@museum.org", "dba@museum.org"),
        strict=True,
        purpose="Which work is where, and until when.",
        usage="Join on object_id.",
        notice=Notice("#loans", 90),
        service_levels=(ServiceLevel("freshness", 4, "h", "loans.returned"),),
        channels=contract.channels,
        roles=(Role("loan_reader", "read", custom=(("firstLevelApprovers", '"Registrar"'),)),),
        servers=(
            Server("collection", "postgres", "prod", "db.museum.example", 5432, "museum", "public"),
        ),
        tags=("loans",),
        links=(Link("https://museum.example/loans", "businessDefinition"),),
    )
    assert [name for name, _ in contract.custom] == [
        "tenant", "dataProduct", "price", "team", "contractCreatedTs", "refRulesetName",
    ]  # fmt: skip


def test_a_table_is_read_with_its_columns_and_keys() -> None:
    loans, works = read(LOANS).tables
    assert loans == Table(
        "loan",
        "art",
        kind="table",
        columns=(
            Column(
                "object_id", completed(parse_type("integer")), nullable=False, primary_key=True,
                description="The work.",
            ),
            Column(
                "borrower_code", DataType("character varying", length=20), primary_key=True,
                classification="sensitive",
                custom=(
                    ("name", '"borrower"'), ("classification", '"confidential"'),
                    ("partitioned", "true"), ("partitionKeyPosition", "1"),
                ),
            ),
            Column(
                "returned", completed(parse_type("timestamptz")), nullable=True,
                timezone="America/New_York", examples=("2026-01-31T10:00:00Z", None),
                null_reasons=(NullReason("out", "The work has not come back yet."),),
                custom=(
                    ("logicalTypeOptions", '{"timezone": true}'),
                    ("customProperties",
                     '[{"property": "anonymizationStrategy", "description": "Nothing to hide."}]'),
                    ("anonymizationStrategy", '"none"'),
                ),
            ),
        ),
        primary_key=("borrower_code", "object_id"),
        foreign_keys=(
            ForeignKey("", ("object_id",), "public", "works", ("object_id",), on_delete="CASCADE"),
        ),
        description="One row a loan of a work.",
        grain=("One row per work and borrower.",),
        filter="only loans that were signed",
        business_name="Loans",
        custom=(("id", '"loans_tbl"'), ("name", '"loans"')),
    )  # fmt: skip
    assert loans.foreign_keys[0].custom == (("cardinality", '"many-to-one"'),)
    assert works == Table("works", columns=(Column("object_id", DataType("integer", "logical")),))


def test_checks_stand_table_by_table_and_column_by_column() -> None:
    assert read(LOANS).checks == (
        Check("duplicateValues", "mustBe", (0,), ("object_id", "borrower_code"), table="art.loan"),
        Check(
            "sql", "mustBe", (0,), table="art.loan",
            query="select count(*) from art.loan where returned > now()",
            custom=(("scheduler", '"cron"'), ("schedule", '"0 6 * * *"')),
        ),
        Check(
            "invalidValues", "mustBeLessThan", (5,), ("borrower_code",), "warning", unit="percent",
            severity="warning", table="art.loan", arguments='{"pattern": "^[A-Z]+$"}',
        ),
    )  # fmt: skip


def test_every_promise_has_the_place_where_it_is_written() -> None:
    contract = read(LOANS)
    loans = contract.tables[0]
    borrower = loans.column("borrower_code")
    assert contract.source
    assert loans.source
    assert borrower
    assert borrower.source
    assert contract.source.at("version") == Location("contract.odcs.yaml", 8, 1)
    assert loans.source.at("table_name", "name") == Location("contract.odcs.yaml", 29, 5)
    assert borrower.source.location.line == 50
    assert borrower.source.at("physicalType").line == 55
    assert [check.source.location.line for check in contract.checks if check.source] == [
        83, 88, 60,
    ]  # fmt: skip


def test_what_is_written_is_read_again_and_always_laid_out_alike() -> None:
    contract = read(LOANS)
    text = odcs.write(contract)
    again = read(text)
    assert again == contract
    assert odcs.write(again) == text
    before, after = value_of(LOANS), value_of(text)
    moved = {"schema", "description"}
    assert {key: before[key] for key in before if key not in moved} == {
        key: after[key] for key in after if key not in moved
    }
    assert list(after) == [
        "apiVersion", "kind", "id", "name", "version", "status", "domain", "tenant", "dataProduct",
        "description", "tags", "authoritativeDefinitions", "servers", "schema", "price", "team",
        "roles", "slaProperties", "support", "customProperties", "contractCreatedTs",
    ]  # fmt: skip


def of(text: str) -> DataType:
    return completed(parse_type(text))


def logical(name: str) -> DataType:
    return DataType(name, "logical")


TYPES: list[tuple[dict[str, Any], list[dict[str, Any]], DataType | None, dict[str, Any]]] = [
    # what the property says, the servers, the type, and what is kept beside it
    ({"physicalType": "int4"}, [], of("integer"), {}),
    ({"physicalType": "INT", "logicalType": "integer"}, [POSTGRES], of("integer"), {}),
    ({"physicalType": "int4", "logicalType": "number"}, [], of("integer"),
     {"logicalType": "number"}),
    ({"physicalType": "varchar"}, [], DataType("character varying", length=UNLIMITED), {}),
    ({"physicalType": "numeric(6,2)"}, [], DataType("numeric", precision=6, scale=2), {}),
    ({"physicalType": "uuid", "logicalType": "string"}, [], DataType("uuid"), {}),
    ({"physicalType": "text[]"}, [], DataType("ARRAY", "array", element=DataType("text")), {}),
    ({"physicalType": "public.mood"}, [], DataType("mood", "unknown", schema="public"), {}),
    ({"physicalType": '"Mood"'}, [POSTGRES], DataType("Mood", "unknown"), {}),
    # a type that somebody made, as a driver of JDBC prints it
    ({"physicalType": "Name", "logicalType": "object"}, [], DataType("Name", "unknown"),
     {"logicalType": "object"}),
    ({"physicalType": "Flag", "logicalType": "object"}, [POSTGRES], DataType("Flag", "unknown"),
     {"logicalType": "object"}),
    ({"physicalType": "name", "logicalType": "string"}, [], DataType("name"), {}),
    ({"physicalType": "JSONB", "logicalType": "object"}, [], DataType("jsonb"), {}),
    ({"physicalType": "varchar[50]", "logicalType": "string"}, [],
     DataType("character varying", length=50), {}),
    ({"physicalType": "varchar[2147483647]", "logicalType": "string"}, [],
     DataType("character varying", length=UNLIMITED), {}),
    ({"physicalType": "varchar[50]", "logicalType": "array"}, [],
     DataType("ARRAY", "array", element=DataType("character varying", length=UNLIMITED)), {}),
    ({"physicalType": "serial"}, [POSTGRES], of("integer"), {"physicalType": "serial"}),
    # what other systems have, where no server is named
    ({"physicalType": "double"}, [], of("double precision"), {"physicalType": "double"}),
    ({"physicalType": "string", "logicalType": "string"}, [], logical("string"),
     {"physicalType": "string"}),
    ({"physicalType": "float(3,2)", "logicalType": "number"}, [], logical("number"),
     {"physicalType": "float(3,2)"}),
    ({"physicalType": "list", "logicalType": "array"}, [], DataType("ARRAY", "array"),
     {"physicalType": "list"}),
    ({"physicalType": "ROWVERSION"}, [], None, {"physicalType": "ROWVERSION"}),
    # a server that is not Postgres has types of its own
    ({"physicalType": "VARIANT", "logicalType": "object"}, [SNOWFLAKE],
     DataType("VARIANT", "unknown"), {"logicalType": "object"}),
    ({"physicalType": "NUMBR(3)"}, [SNOWFLAKE], DataType("NUMBR(3)", "unknown"), {}),
    # what a value is, and nothing about how it is kept
    ({"logicalType": "timestamp"}, [], logical("timestamp"), {}),
    ({"logicalType": "array"}, [], DataType("ARRAY", "array"), {}),
    ({"logicalType": "array", "items": {"logicalType": "string"}}, [],
     DataType("ARRAY", "array", element=logical("string")), {}),
    ({"logicalType": "array", "items": {"physicalType": "text", "description": "a"}}, [],
     DataType("ARRAY", "array", element=DataType("text")), {"items": {"description": "a"}}),
    ({"physicalType": "${TYPE}", "logicalType": "date"}, [POSTGRES], logical("date"),
     {"physicalType": "${TYPE}"}),
    ({}, [], None, {}),
]  # fmt: skip


@pytest.mark.parametrize(("stated", "servers", "expected", "kept"), TYPES)
def test_a_type_is_read_by_its_server(
    stated: dict[str, Any],
    servers: list[dict[str, Any]],
    expected: DataType | None,
    kept: dict[str, Any],
) -> None:
    column = read_column(stated, servers=servers)
    assert column.data_type == expected
    assert {name: json.loads(text) for name, text in column.custom} == kept


COLUMNS: list[tuple[dict[str, Any], Column]] = [
    ({"required": True}, Column("it", nullable=False)),
    ({"required": False}, Column("it", nullable=True)),
    ({"required": False, "primaryKey": False}, Column("it", nullable=True, primary_key=False)),
    # the standard's own examples say "required: false" beside a key
    ({"required": False, "primaryKey": True},
     Column("it", primary_key=True, custom=(("required", "false"),))),
    ({"unique": True}, Column("it", unique=True)),
    ({"classification": "restricted"},
     Column("it", classification="highly sensitive", custom=(("classification", '"restricted"'),))),
    ({"classification": "public"}, Column("it", classification="public")),
    ({"classification": "c1"}, Column("it", custom=(("classification", '"c1"'),))),
    ({"description": None, "tags": []}, Column("it")),
    ({"logicalType": "object", "logicalTypeOptions": {"required": ["a"], "maxProperties": 5}},
     Column("it", logical("object"), json_shape=JsonShape(("a",)),
            custom=(("logicalTypeOptions", '{"maxProperties": 5}'),))),
    ({"logicalType": "string", "logicalTypeOptions": {"minLength": 2, "format": "email"}},
     Column("it", logical("string"), custom=(("logicalTypeOptions", '{"format": "email"}'),))),
    ({"logicalType": "date", "logicalTypeOptions": {"minimum": "2020-01-01"}},
     Column("it", logical("date"),
            custom=(("logicalTypeOptions", '{"minimum": "2020-01-01"}'),))),
    ({"enum": [{"value": "a"}, {"value": "b"}]}, Column("it", states=("a", "b"))),
    ({"enum": [{"value": 1, "label": "One"}]},
     Column("it", states=("1",), custom=(("enum", '[{"value": 1, "label": "One"}]'),))),
    ({"deprecated": True}, Column("it", deprecated=True)),
    ({"primaryKeyPosition": -1}, Column("it")),
    ({"customProperties": [{"property": "default", "value": ""}]}, Column("it", default="")),
    ({"customProperties": [{"property": "unit", "value": "cm"}, {"property": "Unit", "value": 1}]},
     Column("it", unit="cm", custom=(("Unit", "1"),))),
    ({"customProperties": [{"property": "docent:unit", "value": 1}]},
     Column("it", custom=(("unit", "1"),))),
    ({"physicalType": "public.mood", "customProperties": [{"property": "dataType", "value":
      {"name": "mood", "kind": "enum", "schema": "public", "labels": ["calm"]}}]},
     Column("it", DataType("mood", "enum", schema="public", labels=("calm",)))),
]  # fmt: skip


@pytest.mark.parametrize(("stated", "expected"), COLUMNS)
def test_a_column_is_read_by_its_keys(stated: dict[str, Any], expected: Column) -> None:
    assert read_column(stated, apiVersion="v3.2.0") == expected


NAMES: list[tuple[dict[str, Any], str, tuple[str, str, str | None]]] = [
    ({"name": "object"}, "public", ("public", "object", None)),
    ({"name": "Air_Quality"}, "public", ("public", "Air_Quality", None)),
    ({"name": "object"}, "art", ("art", "object", None)),
    ({"name": "object"}, "${SCHEMA}", ("public", "object", None)),
    ({"name": "works", "physicalName": "object"}, "art", ("art", "object", None)),
    ({"name": "works", "physicalName": "raw.object"}, "art", ("raw", "object", None)),
    ({"name": "art.object"}, "public", ("art", "object", None)),
    ({"name": "works", "physicalName": "museum.art.object"}, "p", ("art", "object", "museum")),
    ({"name": "a", "physicalName": '"a.b"."say ""no"""'}, "p", ("a.b", 'say "no"', None)),
    ({"name": "a", "physicalName": "a.b.c.d"}, "p", ("p", "a.b.c.d", None)),
]  # fmt: skip


@pytest.mark.parametrize(("stated", "schema", "expected"), NAMES)
def test_a_table_is_found_by_its_physical_name(
    stated: dict[str, Any], schema: str, expected: tuple[str, str, str | None]
) -> None:
    text = bent(schema=[stated], servers=[POSTGRES | {"schema": schema}])
    (table,) = read(text).tables
    assert (table.schema, table.name, table.catalog) == expected
    assert read(odcs.write(read(text))).tables == (table,)


KEYS: list[tuple[list[tuple[str, dict[str, Any]]], tuple[str, ...] | None]] = [
    ([("a", {}), ("b", {})], None),
    ([("a", {"primaryKey": True}), ("b", {})], None),
    ([("a", {"primaryKey": True, "primaryKeyPosition": 1}), ("b", {"primaryKeyPosition": -1})],
     ("a",)),
    ([("a", {"primaryKey": True, "primaryKeyPosition": 2}),
      ("b", {"primaryKey": True, "primaryKeyPosition": 1})], ("b", "a")),
    ([("a", {"primaryKey": True, "primaryKeyPosition": 1}), ("b", {"primaryKey": True})], None),
]  # fmt: skip


@pytest.mark.parametrize(("columns", "expected"), KEYS)
def test_a_key_has_an_order_where_each_of_its_columns_has_a_place(
    columns: list[tuple[str, dict[str, Any]]], expected: tuple[str, ...] | None
) -> None:
    properties = [{"name": name, **stated} for name, stated in columns]
    contract = read(bent(schema__0__properties=properties))
    assert contract.tables[0].primary_key == expected
    assert read(odcs.write(contract)).tables == contract.tables


RELATED = [
    {"id": "w", "name": "works", "physicalName": "art.object",
     "properties": [{"id": "w1", "name": "number", "physicalName": "object_id"}]},
]  # fmt: skip
RELATIONSHIPS: list[tuple[dict[str, Any], ForeignKey | None]] = [
    ({"to": "works.number"}, ForeignKey("", ("it",), "art", "object", ("object_id",))),
    ({"to": "schema/w/properties/w1"}, ForeignKey("", ("it",), "art", "object", ("object_id",))),
    ({"to": "elsewhere.id", "type": "foreignKey"},
     ForeignKey("", ("it",), "public", "elsewhere", ("id",))),
    ({"to": "elsewhere.id", "customProperties": [
        {"property": "schema", "value": "art"}, {"property": "name", "value": "it_fk"},
        {"property": "onUpdate", "value": "SET NULL"}]},
     ForeignKey("it_fk", ("it",), "art", "elsewhere", ("id",), "SET NULL")),
    ({"to": "works.address.street"}, None),
    ({"to": "schema/w/properties/gone"}, None),
    ({"to": "https://museum.example/c.yaml#/schema/w/properties/w1"}, None),
]  # fmt: skip


@pytest.mark.parametrize(("stated", "expected"), RELATIONSHIPS)
def test_a_relationship_is_a_foreign_key_where_it_leads_to_a_column(
    stated: dict[str, Any], expected: ForeignKey | None
) -> None:
    own = {"name": "object", "properties": [{"name": "it", "relationships": [stated]}]}
    contract = read(bent(schema=[own, *RELATED]))
    assert contract.tables[0].foreign_keys == (() if expected is None else (expected,))
    (column,) = contract.tables[0].columns
    assert bool(column.custom) is (expected is None)
    assert read(odcs.write(contract)).tables == contract.tables


CHECKS: list[tuple[dict[str, Any], Check]] = [
    ({"metric": "nullValues", "mustBe": 0}, Check("nullValues", "mustBe", (0,), ("it",))),
    ({"type": "library", "metric": "nullValues", "mustBeBetween": [1, 2], "unit": "percent"},
     Check("nullValues", "mustBeBetween", (1, 2), ("it",), unit="percent")),
    ({"type": "sql", "query": "select 1", "mustNotBe": 2, "severity": "info"},
     Check("sql", "mustNotBe", (2,), ("it",), "note", query="select 1", severity="info")),
    ({"type": "custom", "engine": "soda", "implementation": "row_count > 0"},
     Check("custom", columns=("it",), query="row_count > 0", custom=(("engine", '"soda"'),))),
    ({"type": "custom", "engine": "soda", "implementation": {"type": "x"}},
     Check("custom", columns=("it",),
           custom=(("engine", '"soda"'), ("implementation", '{"type": "x"}')))),
    ({"type": "text", "description": "It was read twice."},
     Check("text", columns=("it",), description="It was read twice.")),
    ({"rule": "nullCheck", "mustBe": 0},
     Check("nullValues", "mustBe", (0,), ("it",), custom=(("rule", '"nullCheck"'),))),
    ({"type": "library", "rule": "between"},
     Check("between", columns=("it",), custom=(("rule", '"between"'),))),
    ({"metric": "invalidValues", "mustBe": 0, "arguments": {"validValues": ["", None]},
      "customProperties": [{"property": "level", "value": "note"}]},
     Check("invalidValues", "mustBe", (0,), ("it",), "note",
           arguments='{"validValues": ["", null]}')),
]  # fmt: skip


@pytest.mark.parametrize(("stated", "expected"), CHECKS)
def test_a_check_of_a_column_is_read_and_written(stated: dict[str, Any], expected: Check) -> None:
    contract = read(bent(schema__0__properties=[{"name": "it", "quality": [stated]}]))
    assert contract.checks == (expected,)
    assert read(odcs.write(contract)).checks == (expected,)


LIMITS: list[tuple[dict[str, Any], str | None]] = [
    ({"logicalType": "string", "logicalTypeOptions": {"minLength": 2, "pattern": "a"}},
     '{"minLength": 2, "pattern": "a"}'),
    ({"logicalType": "integer", "logicalTypeOptions": {"maximum": 9, "format": "i64"}},
     '{"maximum": 9}'),
    ({"logicalType": "number", "logicalTypeOptions": {"exclusiveMinimum": 0}},
     '{"exclusiveMinimum": 0}'),
    # no bound of a value
    ({"logicalType": "string", "logicalTypeOptions": {"format": "email"}}, None),
    ({"logicalType": "array", "logicalTypeOptions": {"minItems": 1}}, None),
]  # fmt: skip


@pytest.mark.parametrize(("stated", "limits"), LIMITS)
def test_the_limits_of_a_type_are_a_promise_about_rows(
    stated: dict[str, Any], limits: str | None
) -> None:
    contract = read(bent(schema__0__properties=[{"name": "it", **stated}]))
    outside = Check("invalidValues", "mustBe", (0,), ("it",), arguments=limits)
    assert contract.checks == ((outside,) if limits else ())
    assert read(odcs.write(contract)) == contract
    (column,) = value_of(odcs.write(contract))["schema"][0]["properties"]
    assert (column["logicalTypeOptions"], "quality" in column) == (
        stated["logicalTypeOptions"], False,
    )  # fmt: skip


@pytest.mark.parametrize(
    "change",
    [
        {"level": "warning"}, {"description": "Too long."}, {"operator": "mustBeLessThan"},
        {"arguments": '{"maxLength": 9, "validValues": ["a"]}'},
        {"arguments": '{"maxLength": "a"}'},
        {"columns": ("it", "id")}, {"filter": "id > 1"},
    ],
)  # fmt: skip
def test_what_is_more_than_limits_stays_a_check(change: dict[str, Any]) -> None:
    contract = read(bent(schema__0__properties=[
        {"name": "it", "logicalType": "string", "logicalTypeOptions": {"maxLength": 9}},
        {"name": "id", "logicalType": "string"},
    ]))  # fmt: skip
    changed = replace(contract, checks=(replace(contract.checks[0], **change),))
    assert read(odcs.write(changed)) == changed
    columns = value_of(odcs.write(changed))["schema"][0]["properties"]
    assert not any("logicalTypeOptions" in column for column in columns)


def test_limits_keep_their_place_among_the_checks() -> None:
    length = Check("invalidValues", "mustBe", (0,), ("it",), arguments='{"maxLength": 9}')
    form = Check("invalidValues", "mustBe", (0,), ("it",), arguments='{"pattern": "a"}')
    nulls = Check("nullValues", "mustBe", (0,), ("id",))
    contract = read(bent(schema__0__properties=[
        {"name": "it", "logicalType": "string"}, {"name": "id", "logicalType": "string"},
    ]))  # fmt: skip
    for checks in itertools.permutations((length, form, nulls)):
        ordered = replace(contract, checks=checks)
        assert read(odcs.write(ordered)) == ordered


TEAMS: list[tuple[Any, Owner | None, bool]] = [
    ({"name": "registry"}, Owner("registry"), True),
    ({"members": [{"username": "a@b.c", "role": "owner", "name": "Ada"}]}, Owner("Ada", "a@b.c"),
     False),
    ([{"username": "ada", "role": "Data Product Owner"}], Owner("ada"), True),
    ({"name": "x", "members": [{"username": "a@b.c", "role": "owner", "dateOut": "2026-01-01"}]},
     Owner("x"), True),
    ({"members": [{"username": "ada", "role": "steward"}]}, None, True),
]  # fmt: skip


@pytest.mark.parametrize(("team", "owner", "kept"), TEAMS)
def test_a_team_names_the_owner(team: Any, owner: Owner | None, kept: bool) -> None:
    contract = read(bent(team=team))
    assert contract.owner == owner
    assert ("team" in dict(contract.custom)) is kept
    written = value_of(odcs.write(contract))
    assert written["team"] == team


IDENTITIES: list[tuple[dict[str, Any], tuple[str, str | None, str | None, str | None]]] = [
    ({}, ("met-museum-data/work", "museum-work", "1.0.0", "active")),
    ({"name": ...}, ("museum-work", "museum-work", "1.0.0", "active")),
    ({"domain": ...}, ("work", "museum-work", "1.0.0", "active")),
    ({"version": 7}, ("met-museum-data/work", "museum-work", "7.0.0", "active")),
    ({"version": "7"}, ("met-museum-data/work", "museum-work", "7.0.0", "active")),
    ({"version": "2.0.0-rc.1+b5"},
     ("met-museum-data/work", "museum-work", "2.0.0-rc.1+b5", "active")),
    ({"status": "sunset"}, ("met-museum-data/work", "museum-work", "1.0.0", "sunset")),
    ({"status": "in development"}, ("met-museum-data/work", "museum-work", "1.0.0", "draft")),
    ({"status": "production"}, ("met-museum-data/work", "museum-work", "1.0.0", "active")),
    ({"status": ..., "apiVersion": "v3.2.0"},
     ("met-museum-data/work", "museum-work", "1.0.0", None)),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "expected"), IDENTITIES)
def test_a_contract_is_known_by_domain_and_name_or_else_by_its_id(
    changes: dict[str, Any], expected: tuple[str, str | None, str | None, str | None]
) -> None:
    contract = read(bent(**changes))
    assert (contract.identity, contract.id, contract.version, contract.status) == expected
    assert read(odcs.write(contract)) == contract


def test_what_the_standard_demands_and_a_contract_does_not_say_has_a_stand_in() -> None:
    written = value_of(odcs.write(Contract("work", namespace="museum")))
    assert written == {
        "apiVersion": "v3.1.0",
        "kind": "DataContract",
        "id": "museum/work",
        "name": "work",
        "version": "0.0.0",
        "status": "draft",
        "domain": "museum",
        "customProperties": [{"property": "unstated", "value": ["id", "version", "status"]}],
    }


VERSIONS: list[tuple[Contract, str]] = [
    (Contract("a"), "v3.1.0"),
    (Contract("a", spec_version="1.0.0"), "v3.1.0"),
    (Contract("a", dialect="odcs", spec_version="v3.0.2"), "v3.1.0"),
    (Contract("a", dialect="odcs", spec_version="v3.2.0"), "v3.2.0"),
    (Contract("a", custom=(("context", '"for agents"'),)), "v3.2.0"),
    (Contract("a", tables=(Table("b", columns=(Column("c", states=("d",)),)),)), "v3.1.0"),
]


@pytest.mark.parametrize(("contract", "version"), VERSIONS)
def test_a_document_is_of_the_version_that_it_needs(contract: Contract, version: str) -> None:
    assert value_of(odcs.write(contract))["apiVersion"] == version


RECOGNISED: list[tuple[object, bool]] = [
    ({"apiVersion": "v3.1.0"}, True),
    ({"api_version": "v3.1.0"}, True),
    ({"kind": "datacontract"}, True),
    ({"schema": [], "id": "a"}, True),
    ({"schema": {"table_name": "object"}}, False),
    ({"apiVersion": "v3.0.2", "kind": "DataContract", "models": {}}, False),
    ({"dataset": "a", "columns": []}, False),
    ([], False),
]


@pytest.mark.parametrize(("value", "recognised"), RECOGNISED)
def test_a_document_is_recognised_by_its_keys(value: object, recognised: bool) -> None:
    assert odcs.recognises(value) is recognised


def test_a_document_in_json_means_the_same() -> None:
    value = json.dumps(value_of(LOANS))
    assert odcs.read(document(value, "loans.json")) == read(LOANS)


def test_the_museum_is_checked_without_importing_any_of_it() -> None:
    """Nor is the package ever imported whose schema is read."""
    script = f"""
import sys
from contracts.loading import contracts_in, load
from contracts.documents import scan_document
load({str(REPOSITORY / "contracts" / "object_images_contract_spec.json")!r})
assert not [name for name in sys.modules if "odcs" in name]
contracts_in(scan_document("a.odcs.yaml", {PLAIN!r}.encode()))
assert "contracts.dialects.odcs_reading" in sys.modules
assert not {{"open_data_contract_standard", "pydantic", "sqlglot"}} & set(sys.modules)
"""
    subprocess.run([sys.executable, "-c", script], check=True, cwd=REPOSITORY)


LEVELS = """
slaDefaultElement: loans.due
slaProperties:
  - {property: freshness, value: 4, unit: h}
  - {property: retention, value: 3, unit: y, element: loans.returned}
"""


@pytest.mark.parametrize(
    ("stated", "elements"),
    [
        (LEVELS, ["loans.due", "loans.returned"]),
        (LEVELS.replace("slaDefaultElement: loans.due", ""), [None, "loans.returned"]),
        (LEVELS.replace("loans.due", "null"), [None, "loans.returned"]),
    ],
)
def test_a_service_level_without_an_element_is_about_the_default_one(
    stated: str, elements: list[str | None]
) -> None:
    head = "apiVersion: v3.0.2\nkind: DataContract\nid: a\nversion: 1.0.0\nstatus: active\n"
    contract = read(head + stated)
    assert [level.element for level in contract.service_levels] == elements
    again = read(odcs.write(contract))
    assert replace(again, spec_version=contract.spec_version) == contract
    without = replace(contract, service_levels=(ServiceLevel("freshness", 4, "h"),))
    again = read(odcs.write(without))
    assert replace(again, spec_version=contract.spec_version) == without
