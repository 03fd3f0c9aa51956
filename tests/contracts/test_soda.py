"""Soda's language: what its words mean here, what is refused, what is written."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from contracts import DocumentError, load, load_folder
from contracts.dialects import soda
from contracts.documents import scan_document
from contracts.loading import contract_in
from contracts.logical_types import logical
from contracts.model import Check, Column, Contract, Owner, ServiceLevel, Table, UniqueKey
from contracts.types import parse_type
from detection.catalog import read_catalog
from detection.violations import find_violations
from tests.conftest import REPOSITORY
from tests.detection.promises import told


def read(text: str, file: str = "soda.yaml") -> Contract:
    return contract_in(scan_document(file, text.encode()))


def museum(columns: object, checks: object = None, **more: object) -> Contract:
    value: dict[str, Any] = {"dataset": "museum/public/object", "columns": columns, **more}
    if checks is not None:
        value["checks"] = checks
    return read(str(yaml.safe_dump(value, sort_keys=False)))


@pytest.mark.parametrize(
    ("dataset", "table", "catalog"),
    [
        ("ebird.fct_daily_bird_observations", "ebird.fct_daily_bird_observations", None),
        ("noaa.fct_daily_weather", "noaa.fct_daily_weather", None),
        ("databox/analytics/platform_health", "analytics.platform_health", "databox"),
        ("pg/museum/public/object", "public.object", "pg/museum"),
        ("object", "public.object", None),
        ("museum/public/a.b", "public.a.b", "museum"),
    ],
)
def test_a_dataset_identifies_the_contract_and_names_the_table(
    dataset: str, table: str, catalog: str | None
) -> None:
    contract = read(f"dataset: {dataset}\ncolumns: []\n")
    assert contract.identity == dataset
    assert contract.tables[0].qualified_name == table
    assert contract.tables[0].catalog == catalog
    assert contract.version is None
    assert contract.dialect == "soda"


TYPES = [
    ({"data_type": "VARCHAR"}, parse_type("varchar")),
    ({"data_type": "varchar", "character_maximum_length": 20}, parse_type("varchar(20)")),
    ({"data_type": "NUMERIC", "numeric_precision": 6, "numeric_scale": 2}, "numeric(6,2)"),
    ({"data_type": "timestamp with time zone"}, "timestamptz"),
    ({"data_type": "TIMESTAMP_TZ"}, "timestamptz"),
    ({"data_type": "text[]"}, "text[]"),
    ({"data_type": "DOUBLE"}, "double precision"),
    ({"data_type": "NUMBER(38,0)"}, "numeric(38,0)"),
    ({"data_type": "STRING"}, logical("string")),
    ({}, None),
]


@pytest.mark.parametrize(("stated", "data_type"), TYPES)
def test_a_type_is_read(stated: dict[str, object], data_type: object) -> None:
    expected = parse_type(data_type) if isinstance(data_type, str) else data_type
    (column,) = museum([{"name": "title", **stated}]).tables[0].columns
    assert column == Column("title", expected)  # type: ignore[arg-type]


def count(measure: str, *columns: str, **more: Any) -> Check:
    return Check(measure, "mustBe", (0,), columns, **more)


COLUMN_CHECKS: list[tuple[Any, Check]] = [
    ({"missing": None}, count("nullValues", "title")),
    ({"missing": {"must_be": 0}}, count("nullValues", "title")),
    ({"missing": {"threshold": {"must_be": 0}}}, count("nullValues", "title")),
    (
        {"missing": {"missing_values": ["-"]}},
        count("missingValues", "title", arguments='{"missingValues": [null, "-"]}'),
    ),
    (
        {"missing": {"threshold": {"metric": "percent", "must_be_less_than": 5, "level": "warn"}}},
        Check("nullValues", "mustBeLessThan", (5,), ("title",), "warning", unit="percent"),
    ),
    (
        {"invalid": {"valid_values": ["oil", "bronze"], "must_be": 0}},
        count("invalidValues", "title", arguments='{"validValues": ["oil", "bronze"]}'),
    ),
    (
        {
            "invalid": {
                "valid_format": {"regex": "^[A-Z]", "name": "capital"},
                "valid_min_length": 2,
            }
        },
        count(
            "invalidValues",
            "title",
            arguments='{"minLength": 2, "pattern": "^[A-Z]"}',
            custom=(("valid_format.name", '"capital"'),),
        ),
    ),
    (
        {"duplicate": {"threshold": {"must_be_between": [0, 3]}, "name": "few", "filter": "a > 1"}},
        Check("duplicateValues", "mustBeBetween", (0, 3), ("title",), name="few", filter="a > 1"),
    ),
    (
        {
            "duplicate": {
                "must_be_between": {"greater_than_or_equal": 0, "less_than_or_equal": 3},
            }
        },
        Check("duplicateValues", "mustBeBetween", (0, 3), ("title",)),
    ),
    (
        {"missing": {"must_be_greater_than": 1, "must_be_less_than": 9}},
        Check(
            "nullValues",
            columns=("title",),
            custom=(("soda.threshold", '{"must_be_greater_than": 1, "must_be_less_than": 9}'),),
        ),
    ),
    (
        {"aggregate": {"function": "avg", "threshold": {"must_be_less_than": 40}}},
        Check("sql", "mustBeLessThan", (40,), ("title",), arguments='{"function": "avg"}'),
    ),
    (
        {"guess": {"a": 1}},
        Check(
            "custom",
            columns=("title",),
            arguments='{"a": 1}',
            custom=(("soda.check", '"guess"'),),
        ),
    ),
]


@pytest.mark.parametrize(("stated", "check"), COLUMN_CHECKS)
def test_a_check_on_a_column_is_read_and_written(stated: object, check: Check) -> None:
    contract = museum([{"name": "title", "checks": [stated]}])
    assert contract.checks == (check,)
    assert contract.tables[0].columns[0].nullable is None
    assert read(soda.write(contract)) == contract


def test_what_a_column_says_for_all_its_checks() -> None:
    contract = museum(
        [
            {
                "name": "medium",
                "valid_values": ["oil", "bronze"],
                "valid_max_length": 9,
                "checks": [{"invalid": None}, {"invalid": {"valid_values": ["oil"]}}],
            }
        ]
    )
    (column,) = contract.tables[0].columns
    assert column.states == ("oil", "bronze")
    assert [check.arguments for check in contract.checks] == [
        '{"maxLength": 9, "validValues": ["oil", "bronze"]}',
        '{"maxLength": 9, "validValues": ["oil"]}',
    ]
    assert read(soda.write(contract)) == contract


DATASET_CHECKS: list[tuple[Any, Check]] = [
    ({"row_count": None}, Check("rowCount", "mustBeGreaterThan", (0,))),
    ({"row_count": {"must_be": 6}}, Check("rowCount", "mustBe", (6,))),
    ({"duplicate": {"columns": ["title", "year"]}}, count("duplicateValues", "title", "year")),
    (
        {"failed_rows": {"query": "select 1"}},
        count("sql", query="select 1", arguments='{"counts": "rows"}'),
    ),
    (
        {"failed_rows": {"expression": "year > 2100"}},
        count("sql", arguments='{"counts": "rows", "expression": "year > 2100"}'),
    ),
    (
        {"metric": {"query": "select 1", "threshold": {"must_be": 1}}},
        Check("sql", "mustBe", (1,), query="select 1"),
    ),
]


@pytest.mark.parametrize(("stated", "check"), DATASET_CHECKS)
def test_a_check_on_the_dataset_is_read_and_written(stated: object, check: Check) -> None:
    contract = museum([{"name": "title"}, {"name": "year"}], [stated])
    assert contract.checks == (check,)
    assert read(soda.write(contract)) == contract


FRESHNESS: list[tuple[Any, ServiceLevel]] = [
    ({"threshold": {"must_be_less_than": 2}}, ServiceLevel("freshness", 2, "hours", "made")),
    (
        {"threshold": {"unit": "day", "must_be_less_than_or_equal": 1}},
        ServiceLevel("freshness", 1, "days", "made", operator="mustBeLessOrEqualTo"),
    ),
    (
        {"must_be_less_than": 30, "unit": "minute", "level": "warn", "filter": "a"},
        ServiceLevel(
            "freshness", 30, "minutes", "made", level="warning", custom=(("filter", '"a"'),)
        ),
    ),
]


@pytest.mark.parametrize(("stated", "level"), FRESHNESS)
def test_freshness_is_a_service_level(stated: dict[str, Any], level: ServiceLevel) -> None:
    contract = museum([{"name": "made"}], [{"freshness": {"column": "made", **stated}}])
    assert contract.service_levels == (level,)
    assert contract.checks == ()
    assert read(soda.write(contract)) == contract


@pytest.mark.parametrize(
    ("checks", "strict", "ordered"),
    [
        ([{"schema": None}], True, True),
        ([{"schema": {"allow_extra_columns": True}}], False, True),
        ([{"schema": {"allow_other_column_order": True}}], True, False),
        ([{"row_count": None}], None, None),
    ],
)
def test_the_check_of_the_schema_says_what_is_borne_with(
    checks: list[object], strict: bool | None, ordered: bool | None
) -> None:
    contract = museum([{"name": "title"}], checks)
    assert (contract.strict, contract.tables[0].ordered) == (strict, ordered)
    assert read(soda.write(contract)) == contract


def test_an_optional_column_may_be_missing(connection: Any) -> None:
    connection.execute("create table object (id integer)")
    contract = museum([{"name": "id"}, {"name": "title", "optional": True}, {"name": "year"}])
    found = find_violations([contract], read_catalog(connection))
    assert told(found) == {("column-missing", "object.year")}


def test_keys_of_the_authors_own_are_kept() -> None:
    text = """\
dataset: museum/public/object
description: Artworks.
filter: is_public_domain
variables:
  most:
    default: 5
x-team: registrar
columns:
  - name: title
    description: What it is called.
    x-source: card
    missing_values: ['-']
    checks:
      - missing:
          qualifier: all
          attributes:
            team: registrar
          threshold:
            must_be: ${var.most}
checks:
  - schema:
      name: shape
"""
    contract = read(text)
    assert contract.custom == (("variables", '{"most": {"default": 5}}'), ("x-team", '"registrar"'))
    assert contract.tables[0].filter == "is_public_domain"
    assert contract.tables[0].custom == (("schema.name", '"shape"'),)
    assert contract.tables[0].columns[0].custom == (
        ("x-source", '"card"'),
        ("missing_values", '["-"]'),
    )
    assert read(soda.write(contract)) == contract
    assert yaml.safe_load(soda.write(contract))["x-team"] == "registrar"


REFUSED = [
    ("columns: []\n", '1: The key "dataset" is missing.'),
    ("columns:\n- name: id\n", '1: The key "dataset" is missing.'),
    ("dataset: a.b\n", '1: The key "columns" is missing.'),
    ("dataset: a.b\ncolums: []\n", '2 at colums: The key "colums" is not known.'),
    ("dataset: a..b\ncolumns: []\n", "1 at dataset: "),
    ("dataset: a.b\ncolumns:\n- id\n", '3 at columns[0]: Expected an object, found "id".'),
    ("dataset: a.b\ncolumns:\n- nme: id\n", '3 at columns[0].nme: The key "nme" is not known.'),
    (
        "dataset: a.b\ncolumns:\n- {name: id, data_type: strong}\n",
        '3 at columns[0].data_type: "strong" is no type that Postgres has. Next: Did you mean',
    ),
    (
        "dataset: a.b\ncolumns:\n- name: id\n- name: id\n",
        '4 at columns[1].name: The column "id" is here already.',
    ),
    (
        "dataset: a.b\ncolumns:\n- name: id\n  checks:\n  - missng:\n",
        '5 at columns[0].checks[0].missng: The key "missng" is not known. Next: Did you mean "mis',
    ),
    (
        "dataset: a.b\ncolumns:\n- name: id\n  checks:\n  - missing:\n    must_be: 0\n",
        "5 at columns[0].checks[0]: Expected only one entry, found an object of 2 keys.",
    ),
    (
        "dataset: a.b\ncolumns:\n- name: id\n  checks:\n  - missing: {must_be: none}\n",
        "5 at columns[0].checks[0].missing.must_be: Expected",
    ),
    (
        "dataset: a.b\ncolumns: [{name: id}]\nchecks: [{freshness: {column: idd}}]\n",
        '3 at checks[0].freshness.column: The contract promises no column "idd". Next: Did you mea',
    ),
]


@pytest.mark.parametrize(("text", "said"), REFUSED)
def test_a_document_that_is_wrong_says_where(text: str, said: str) -> None:
    with pytest.raises(DocumentError) as refused:
        read(text)
    assert str(refused.value).startswith(f"soda.yaml:{said}")


def test_all_that_is_wrong_comes_at_once() -> None:
    text = "datset: a.b\ncolumns:\n- nme: id\n- {name: x, data_type: strong, optinal: y}\n- 3\n"
    with pytest.raises(DocumentError) as refused:
        read(text)
    assert [(one.location.line, one.path) for one in refused.value.problems] == [
        (1, "datset"),
        (3, "columns[0].nme"),
        (4, "columns[1].data_type"),
        (4, "columns[1].optinal"),
        (5, "columns[2]"),
    ]


def test_what_soda_cannot_say_is_left_out_or_stood_in_for() -> None:
    table = Table(
        "object",
        "public",
        columns=(
            Column("id", parse_type("integer"), nullable=False, primary_key=True),
            Column("title", logical("string"), nullable=True),
            Column("tags", parse_type("text[]"), default="'{}'"),
            Column("mood", parse_type("public.mood"), unique=True),
        ),
        unique_keys=(UniqueKey("u", ("title", "tags")),),
        catalog="museum",
    )
    contract = Contract(
        "object-contract",
        "met-museum-data",
        version="1.0.0",
        owner=Owner("Registrar", "registrar@museum.org"),
        tables=(table,),
        custom=(("ticket", "7"),),
    )
    assert yaml.safe_load(soda.write(contract)) == {
        "dataset": "postgres/museum/public/object",
        "columns": [
            {
                "name": "id",
                "data_type": "integer",
                "checks": [
                    {"missing": {"threshold": {"must_be": 0}}},
                    {"duplicate": {"threshold": {"must_be": 0}}},
                ],
            },
            {"name": "title"},
            {"name": "tags", "data_type": "text[]"},
            {
                "name": "mood",
                "data_type": "public.mood",
                "checks": [{"duplicate": {"threshold": {"must_be": 0}}}],
            },
        ],
        "checks": [
            {"schema": {"allow_extra_columns": True, "allow_other_column_order": True}},
            {"duplicate": {"columns": ["title", "tags"], "threshold": {"must_be": 0}}},
        ],
    }
    # What is checked of the rows already is not checked twice.
    again = replace(contract, checks=(count("nullValues", "id"),))
    assert soda.write(again) == soda.write(contract)


def test_the_museums_contracts_can_be_written() -> None:
    for contract in load_folder(REPOSITORY / "contracts"):
        if len(contract.tables) == 1:
            again = read(soda.write(contract))
            assert [column.name for column in again.tables[0].columns] == [
                column.name for column in contract.tables[0].columns
            ]


def test_real_contracts_load_and_are_written_as_they_were(shared: Path) -> None:
    files = sorted((shared / "soda").glob("*.yaml"))
    assert len(files) == 5
    for file in files:
        contract = load(file)
        assert contract.identity == yaml.safe_load(file.read_text())["dataset"]
        assert contract.tables[0].columns
        assert contract.checks
        assert read(soda.write(contract)) == contract


def test_a_key_near_to_one_that_is_there_is_the_authors_own() -> None:
    (column,) = museum([{"name": "title", "name_de": "Titel"}]).tables[0].columns
    assert column.custom == (("name_de", '"Titel"'),)
