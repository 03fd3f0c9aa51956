"""Model contracts of dbt: several in a file, constraints as promises, tests as checks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import psycopg
import pytest
import yaml

from contracts import DocumentError, load, load_folder
from contracts.dialects import dbt
from contracts.dialects.dbt_tests import reference, referred
from contracts.documents import scan_document
from contracts.loading import contract_in, contracts_in, load_all
from contracts.logical_types import logical
from contracts.model import (
    Check,
    CheckConstraint,
    Column,
    Contract,
    Deprecation,
    ForeignKey,
    Owner,
    Table,
    UniqueKey,
)
from contracts.types import parse_type
from detection.catalog import read_catalog
from detection.violations import find_violations
from tests.conftest import REPOSITORY
from tests.contracts.samples import DBT_MODELS
from tests.detection.promises import told


def read_all(text: str) -> tuple[Contract, ...]:
    return contracts_in(scan_document("schema.yml", text.encode()))


def model(**stated: object) -> Contract:
    """The contract of one model, ``object``, with what is stated of it."""
    text = yaml.safe_dump({"version": 2, "models": [{"name": "object", **stated}]}, sort_keys=False)
    (contract,) = read_all(str(text))
    return contract


def column(**stated: object) -> Contract:
    """The contract of a model with one column, ``it``."""
    return model(columns=[{"name": "it", **stated}])


def problems_of(text: str) -> list[str]:
    with pytest.raises(DocumentError) as refused:
        read_all(text)
    return [str(problem).removeprefix("schema.yml:") for problem in refused.value.problems]


def test_each_model_of_a_file_is_a_contract(tmp_path: Path) -> None:
    customers, orders = read_all(DBT_MODELS)
    assert (customers.identity, customers.version) == ("dim_customers", "2.0.0")
    assert customers.tables[0].qualified_name == "marts.dim_customers_v2"
    assert (orders.identity, orders.version) == ("orders", None)
    file = tmp_path / "schema.yml"
    file.write_text(DBT_MODELS)
    assert load_all(file) == (customers, orders)
    assert load_folder(tmp_path) == (customers, orders)
    with pytest.raises(
        DocumentError, match="Expected one contract, found 2: dim_customers, orders"
    ):
        load(file)


def test_a_model_is_read_whole() -> None:
    customers, _ = read_all(DBT_MODELS)
    assert customers.owner == Owner("Registrar", "registrar@museum.org")
    assert (customers.strict, customers.enforcement) == (True, "dbt model contract")
    assert customers.tags == ("crm",)
    assert dict(customers.custom) == {
        "access": '"public"',
        "versions": '[{"v": 1}, {"v": 2}]',
        "meta.tier": '"gold"',
        "config.materialized": '"incremental"',
    }
    (table,) = customers.tables
    assert table.columns == (
        Column(
            "customer_id",
            parse_type("integer"),
            nullable=False,
            primary_key=True,
            unique=True,
            description="The key.",
        ),
        Column("region", parse_type("bigint")),
        Column(
            "status",
            logical("string"),
            tags=("status",),
            custom=(("meta", '{"contains_pii": true}'),),
        ),
    )
    assert table.primary_key == ("customer_id",)
    assert table.foreign_keys == (ForeignKey("", ("region",), "marts", "regions", ("id",)),)
    assert table.checks == (CheckConstraint("positive", ("customer_id",), "customer_id > 0"),)


def none_of(measure: str, *columns: str, **more: Any) -> Check:
    return Check(measure, "mustBe", (0,), columns, **more)


TESTS: list[tuple[Any, Check]] = [
    ("not_null", none_of("nullValues", "it")),
    ("unique", none_of("duplicateValues", "it")),
    (
        {"accepted_values": {"values": ["oil", "bronze"]}},
        none_of("invalidValues", "it", arguments='{"validValues": ["oil", "bronze"]}'),
    ),
    (
        {"accepted_values": {"arguments": {"values": [1]}, "name": "known"}},
        none_of("invalidValues", "it", arguments='{"validValues": [1]}', name="known"),
    ),
    (
        {"relationships": {"to": "source('crm', 'leads')", "field": "id"}},
        none_of(
            "invalidValues",
            "it",
            arguments='{"references": {"column": "id", "table": "crm.leads"}}',
        ),
    ),
    (
        {"not_null": {"config": {"severity": "warn", "where": "a > 1", "limit": 9}}},
        none_of(
            "nullValues", "it", level="warning", filter="a > 1", custom=(("config.limit", "9"),)
        ),
    ),
    (
        {"museum.is_an_address": {"strict": True}},
        Check(
            "custom",
            columns=("it",),
            arguments='{"strict": true}',
            custom=(("dbt.test", '"museum.is_an_address"'),),
        ),
    ),
]


@pytest.mark.parametrize("key", ["data_tests", "tests"])
@pytest.mark.parametrize(("stated", "check"), TESTS)
def test_a_test_is_a_check_and_is_written_as_one(stated: object, check: Check, key: str) -> None:
    contract = column(**{key: [stated]})
    assert contract.checks == (check,)
    assert contract.tables[0].columns[0].nullable is None
    assert contract_in(scan_document("x.yml", dbt.write(contract).encode())) == contract


CONSTRAINTS: list[tuple[Any, dict[str, Any]]] = [
    ({"type": "not_null"}, {"nullable": False}),
    ({"type": "unique"}, {"unique": True}),
    ({"type": "primary_key"}, {"primary_key": True}),
    (
        {"type": "custom", "expression": "masked"},
        {"custom": (("constraint", '{"type": "custom", "expression": "masked"}'),)},
    ),
    (
        {"type": "not_null", "warn_unsupported": False},
        {"nullable": False, "custom": (("constraints.not_null.warn_unsupported", "false"),)},
    ),
]


@pytest.mark.parametrize(("stated", "promise"), CONSTRAINTS)
def test_a_constraint_on_a_column_is_a_promise(stated: object, promise: dict[str, Any]) -> None:
    (table,) = column(constraints=[stated]).tables
    assert table.columns == (Column("it", **promise),)
    assert (table.primary_key, table.unique_keys) == (None, ())


OF_TABLES: list[tuple[Any, dict[str, Any]]] = [
    ({"type": "primary_key", "columns": ["a", "b"]}, {"primary_key": ("a", "b")}),
    ({"type": "primary_key", "columns": "a"}, {"primary_key": ("a",)}),
    ({"type": "unique", "columns": ["a", "b"]}, {"unique_keys": (UniqueKey("", ("a", "b")),)}),
    (
        {"type": "foreign_key", "columns": ["a"], "expression": "crm.leads (id)"},
        {"foreign_keys": (ForeignKey("", ("a",), "crm", "leads", ("id",)),)},
    ),
    (
        {"type": "foreign_key", "columns": ["a"], "to": "ref('leads')", "to_columns": ["id"]},
        {"foreign_keys": (ForeignKey("", ("a",), "public", "leads", ("id",)),)},
    ),
    (
        {"type": "check", "expression": "a > b", "name": "order"},
        {"checks": (CheckConstraint("order", (), "a > b"),)},
    ),
]


@pytest.mark.parametrize(("stated", "facts"), OF_TABLES)
def test_a_constraint_on_a_model_is_a_promise(stated: object, facts: dict[str, Any]) -> None:
    contract = model(columns=[{"name": "a"}, {"name": "b"}], constraints=[stated])
    (table,) = contract.tables
    assert {fact: getattr(table, fact) for fact in facts} == facts
    assert contract_in(scan_document("x.yml", dbt.write(contract).encode())) == contract


MODELS: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"config": {"schema": "marts", "alias": "objects"}}, {"table": "marts.objects"}),
    ({"latest_version": 2}, {"table": "public.object", "version": "2.0.0"}),
    ({"config": {"materialized": "view"}}, {"kind": "view", "custom": ()}),
    ({"config": {"contract": {"enforced": False}}}, {"enforcement": "none", "strict": None}),
    ({"contract": {"enforced": True}}, {"enforcement": "dbt model contract", "strict": True}),
    ({"contract": {"enforced": "Yes"}}, {"enforcement": "dbt model contract", "strict": True}),
    ({"contract": {"enforced": "off"}}, {"enforcement": "none", "strict": None}),
    ({"contract": {"enforced": "{{ var('x') }}"}}, {"enforcement": None, "strict": None}),
    ({}, {"enforcement": None, "strict": None, "owner": None}),
    ({"meta": {"owner": "Registrar"}}, {"owner": Owner("Registrar")}),
    ({"deprecation_date": "2026-02-03"}, {"deprecation": Deprecation(sunset_date="2026-02-03")}),
]


@pytest.mark.parametrize(("stated", "facts"), MODELS)
def test_what_is_said_of_a_model(stated: dict[str, Any], facts: dict[str, Any]) -> None:
    contract = model(**stated)
    found = {
        "table": contract.tables[0].qualified_name,
        "kind": contract.tables[0].kind,
        **{fact: getattr(contract, fact) for fact in facts if hasattr(contract, fact)},
    }
    assert {fact: found[fact] for fact in facts} == facts
    assert contract_in(scan_document("x.yml", dbt.write(contract).encode())) == contract


@pytest.mark.parametrize(
    ("text", "table"),
    [
        ("ref('leads')", ("public", "leads")),
        ('{{ ref("crm", "leads") }}', ("public", "leads")),
        ("source('crm', 'leads')", ("crm", "leads")),
        ("crm.leads", ("crm", "leads")),
        ("museum.crm.leads", ("crm", "leads")),
        ("leads", ("public", "leads")),
    ],
)
def test_what_is_referred_to(text: str, table: tuple[str, str]) -> None:
    assert referred(text, "public") == table
    assert referred(reference(*table, "public"), "public") == table


REFUSED = [
    (
        "models:\n- name: a\n  config: {contract: {enforced: perhaps}}\n",
        ["3 at models[0].config.contract.enforced: Expected a text of another form"],
    ),
    (
        "models:\n- nme: a\n",
        ['2 at models[0].nme: The key "nme" is not known. Next: Did you mean "name"?'],
    ),
    ("models: []\n", ["1 at models: Expected at least one item, found a list of 0 items."]),
    (
        "models:\n- name: a\n  columns:\n  - name: b\n    data_type: strng\n  - name: b\n",
        [
            '5 at models[0].columns[0].data_type: "strng" is no type that Postgres has.',
            '6 at models[0].columns[1].name: The column "b" is here already.',
        ],
    ),
    (
        "models:\n- name: a\n  colums:\n  - name: b\n",
        ['3 at models[0].colums: The key "colums" is not known. Next: Did you mean "columns"?'],
    ),
    (
        "models:\n- name: a\n  columns: [{name: b, constraints: [{type: not_nul}]}]\n",
        ['3 at models[0].columns[0].constraints[0].type: Expected "not_null" or "unique"'],
    ),
    (
        "models:\n- name: a\n  columns: [name: b]\n  constraints: [{type: check, columns: [c]}]\n",
        ['4 at models[0].constraints[0].columns: The contract promises no column "c".'],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("text", "said"), REFUSED)
def test_a_file_that_is_wrong_says_all_of_it(text: str, said: list[str]) -> None:
    problems = problems_of(text)
    assert len(problems) == len(said)
    for problem, start in zip(problems, said, strict=True):
        assert problem.startswith(start)


def test_the_same_model_twice_names_its_place(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_text("models:\n- name: a\n- name: a\n")
    with pytest.raises(DocumentError, match=r"a\.yml:3 at name: The contract a is stated in"):
        load_folder(tmp_path)


def test_what_is_written_is_read_as_it_was() -> None:
    for contract in read_all(DBT_MODELS):
        assert contract_in(scan_document("x.yml", dbt.write(contract).encode())) == contract


def test_a_contract_of_another_kind_is_enforced_where_all_types_are_known() -> None:
    def config(*columns: Column, strict: bool | None = None) -> object:
        table = Table("object", columns=columns)
        text = dbt.write(Contract("contract", "museum", strict=strict, tables=(table,)))
        return yaml.safe_load(text)["models"][0].get("config")

    exact, string = Column("a", parse_type("integer")), Column("b", logical("string"))
    enforced = {"contract": {"enforced": True}}
    assert config(exact, string) == enforced
    assert config(exact, Column("c")) is None
    assert config(exact, Column("c", logical("number"))) is None
    assert config(exact, strict=False) is None


def test_states_are_stood_in_for_by_a_test() -> None:
    table = Table("object", columns=(Column("medium", states=("oil", "bronze")),))
    written = yaml.safe_load(dbt.write(Contract("contract", "museum", tables=(table,))))
    assert written["models"][0]["columns"] == [
        {
            "name": "medium",
            "data_tests": [{"accepted_values": {"arguments": {"values": ["oil", "bronze"]}}}],
        }
    ]


def test_a_written_contract_holds_against_the_database(any_connection: psycopg.Connection) -> None:
    any_connection.execute(
        "create table object (id integer primary key, title varchar(40) not null unique,"
        " tags text[], price numeric(6,2), made timestamptz, unique (title, price))"
    )
    catalog = read_catalog(any_connection)
    promised = Contract("object", "museum", tables=catalog.tables)
    written = contract_in(scan_document("x.yml", dbt.write(promised).encode()))
    assert find_violations([written], catalog) == ()
    any_connection.execute("alter table object alter title drop not null, alter price type text")
    found = find_violations([written], read_catalog(any_connection))
    assert told(found) == {
        ("nullability-differs", "object.title"),
        ("type-differs", "object.price"),
    }


def test_the_museums_contracts_can_be_written() -> None:
    contracts = load_folder(REPOSITORY / "contracts")
    museum = [one for one in contracts if one.namespace == "met-museum-data"]
    assert len(museum) == 8
    for contract in museum:
        again = contract_in(scan_document("x.yml", dbt.write(contract).encode()))
        assert [column.data_type for column in again.tables[0].columns] == [
            column.data_type and parse_type(dbt_type(column))
            for column in contract.tables[0].columns
        ]


def dbt_type(column: Column) -> str:
    from contracts.types import type_name

    assert column.data_type is not None
    return type_name(column.data_type)
