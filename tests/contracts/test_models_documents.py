"""Contracts with models: elements with a life cycle, and fields of the older specification."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
import yaml

from contracts import DocumentError
from contracts.documents import scan_document
from contracts.loading import contract_in
from contracts.logical_types import logical
from contracts.model import (
    Channel,
    Check,
    Column,
    Contract,
    Deprecation,
    ForeignKey,
    JsonShape,
    Link,
    Notice,
    Owner,
    Role,
    Server,
    ServiceLevel,
)
from contracts.types import parse_type
from detection.catalog import read_catalog
from detection.violations import find_violations
from tests.contracts.samples import CUSTOMERS, CUSTOMERS_DEPRECATED, MODELS, ORDERS
from tests.detection.promises import told

STRING = logical("string")


def read(text: str) -> Contract:
    return contract_in(scan_document("models.yaml", text.encode()))


def problems_of(text: str) -> list[str]:
    with pytest.raises(DocumentError) as refused:
        read(text)
    return [str(problem).removeprefix("models.yaml:") for problem in refused.value.problems]


def customers(**stated: object) -> Contract:
    value = {"models": {"customers": {"elements": {"email": {"type": "string"}}}}, **stated}
    return read(str(yaml.safe_dump(value, sort_keys=False)))


@pytest.mark.parametrize("text", MODELS.values(), ids=list(MODELS))
def test_every_printed_document_loads(text: str) -> None:
    assert read(text).dialect == "models"


def test_elements_are_read() -> None:
    contract = read(CUSTOMERS)
    assert (contract.identity, contract.version) == ("customers", "1.2.0")
    assert contract.tables[0].qualified_name == "public.customers"
    assert contract.tables[0].columns == (
        Column("email", STRING, nullable=False),
        Column("nickname", STRING, nullable=True),
    )


def test_the_end_of_a_contract_is_read() -> None:
    contract = read(CUSTOMERS_DEPRECATED)
    assert (contract.identity, contract.status) == ("customers-v1", "deprecated")
    assert contract.tables == ()
    assert contract.deprecation == Deprecation(
        "2026-01-03",
        "2026-02-03",
        "customers-v2",
        "https://wiki.example.com/migrate-customers-v2",
        "Replacing with unified customer model",
    )


IDENTITIES = [
    ({"name": "customers-v2"}, "customers-v2"),
    ({"name": "customers-v2", "id": 7}, "customers-v2"),
    ({"id": "urn:customers"}, "urn:customers"),
    ({}, "customers"),
]


@pytest.mark.parametrize(("stated", "identity"), IDENTITIES)
def test_a_name_identifies_before_an_id_before_the_only_model(
    stated: dict[str, Any], identity: str
) -> None:
    assert customers(**stated).identity == identity


VERSIONS = [(1, "1.0.0"), ("2", "2.0.0"), ("1.3.0", "1.3.0"), (None, None)]


@pytest.mark.parametrize(("stated", "version"), VERSIONS)
def test_a_bare_version_is_whole(stated: object, version: str | None) -> None:
    assert customers(version=stated).version == version
    assert customers(info={"version": stated}).version == version


FAMILIES = [
    ({"extends": "enterprise-base"}, ("enterprise-base", None)),
    ({"extends": "enterprise-base", "extends_version": 1}, ("enterprise-base", "1.0.0")),
    ({"extends": {"name": "enterprise-base", "version": "1.2.0"}}, ("enterprise-base", "1.2.0")),
    ({"parent": {"name": "enterprise-base"}}, ("enterprise-base", None)),
]


@pytest.mark.parametrize(("stated", "family"), FAMILIES)
def test_the_parent_of_a_contract_is_read(
    stated: dict[str, Any], family: tuple[str, str | None]
) -> None:
    contract = customers(**stated)
    assert (contract.extends, contract.extends_version) == family


def test_service_levels_in_short() -> None:
    contract = customers(sla={"freshness": "4h", "availability": "99.9%", "support": "on call"})
    assert contract.service_levels == (
        ServiceLevel("freshness", 4, "hours"),
        ServiceLevel("availability", 99.9, "percent"),
        ServiceLevel("support", "on call"),
    )


def test_the_fields_of_the_older_specification_are_read() -> None:
    contract = read(ORDERS)
    assert contract.identity == "urn:datacontract:checkout:orders-latest"
    assert (contract.version, contract.spec_version) == ("2.0.0", "1.2.0")
    assert contract.owner == Owner("Checkout Team")
    assert contract.notice == Notice(lead_days=90)
    assert contract.channels == (
        Channel(
            "John Doe (Data Product Owner)",
            "https://teams.microsoft.com/l/channel/example/checkout",
        ),
    )
    assert contract.roles == (Role("analyst_us", description="Access to the data for US region"),)
    assert contract.servers == (
        Server("production", "postgres", "prod", "localhost", 5432, "shop", "checkout"),
    )
    assert contract.links == (Link("https://cli.datacontract.com", "datacontractCli"),)
    orders, items = contract.tables
    assert [orders.qualified_name, items.qualified_name] == [
        "checkout.orders",
        "checkout.line_items",
    ]
    order_id = orders.column("order_id")
    assert order_id is not None
    assert order_id.business_name == "Order ID"  # taken over from the definition
    assert (order_id.nullable, order_id.unique, order_id.primary_key) == (False, True, True)
    total = orders.column("order_total")
    assert total is not None
    assert total.data_type == parse_type("bigint")
    assert items.primary_key == ("order_id", "line_item_id")
    assert items.foreign_keys == (
        ForeignKey("", ("order_id",), "checkout", "orders", ("order_id",)),
    )
    assert Check(
        "invalidValues",
        "mustBe",
        (0,),
        ("customer_id",),
        table="checkout.orders",
        arguments='{"maxLength": 20, "minLength": 10}',
    ) in contract.checks  # fmt: skip
    row_count = next(check for check in contract.checks if check.description == "Row Count")
    assert (row_count.measure, row_count.operator, row_count.bound, row_count.custom) == (
        "sql",
        "mustBeGreaterThan",
        (5,),
        (),
    )
    levels = {level.property: level for level in contract.service_levels}
    assert levels["availability"].value == 99.9
    assert levels["retention"] == ServiceLevel(
        "retention", 1, "years", custom=(("unlimited", "false"),)
    )
    assert levels["freshness"] == ServiceLevel(
        "freshness",
        25,
        "hours",
        "orders.order_timestamp",
        description="The age of the youngest row in a table.",
    )
    assert levels["frequency"].value == "daily"
    assert {"definitions", "info.title", "terms.billing", "terms.noticePeriod"} <= set(
        dict(contract.custom)
    )


MODELS_OF_TABLES: list[tuple[dict[str, Any], str, dict[str, Any]]] = [
    ({"gold.customers_v1": {"elements": {}}}, "gold.customers_v1", {}),
    ({"customers": {"type": "view", "fields": {}}}, "public.customers", {"kind": "view"}),
    ({"customers": {"title": "Customers"}}, "public.customers", {"business_name": "Customers"}),
    ({"customers": {"type": "object"}}, "public.customers", {"custom": (("type", '"object"'),)}),
    ({"customers": {"grain": ["email"]}}, "public.customers", {"grain": ("email",)}),
]


@pytest.mark.parametrize(("models", "name", "facts"), MODELS_OF_TABLES)
def test_a_model_is_a_table(models: dict[str, Any], name: str, facts: dict[str, Any]) -> None:
    (table,) = read(str(yaml.safe_dump({"models": models}))).tables
    assert table.qualified_name == name
    assert {fact: getattr(table, fact) for fact in facts} == facts


def test_models_that_may_have_more_fields() -> None:
    one = {"fields": {"a": {"type": "int"}}, "additionalFields": True}
    other = {"fields": {"a": {"type": "int"}}, "additionalFields": False}

    def strict(**models: object) -> bool | None:
        return read(str(yaml.safe_dump({"name": "orders", "models": models}))).strict

    assert (strict(a=one), strict(a=other), strict(a=one, b=other), strict(a={})) == (
        False,
        True,
        None,
        None,
    )


def test_what_a_field_says_itself_stands_over_its_definition() -> None:
    text = """\
models: {a: {fields: {b: {$ref: '#/definitions/c', description: mine}}}}
definitions: {c: {$ref: '#/definitions/d', description: theirs}, d: {type: int, title: D}}
"""
    assert read(text).tables[0].columns == (
        Column("b", parse_type("integer"), description="mine", business_name="D"),
    )


def test_objects_keep_their_keys_and_exact_types_count() -> None:
    text = """\
models:
  orders:
    fields:
      address:
        type: object
        fields: {street: {type: string, required: true}, floor: {type: int}}
      code: {type: string, config: {postgresType: "varchar(8)"}}
      total: {type: decimal, precision: 6, scale: 2}
      tags: {type: array, items: {type: string}}
"""
    address, code, total, tags = read(text).tables[0].columns
    assert address.json_shape == JsonShape(("street",), ("floor",))
    assert "fields" in dict(address.custom)
    assert code.data_type == parse_type("varchar(8)")
    assert total.data_type == parse_type("numeric(6,2)")
    assert tags.data_type is not None
    assert tags.data_type.element == STRING


REFUSED = [
    (
        "models:\ncustomers:\nelements:\nemail:\ntype: string\nrequired: true\n",
        [
            "1 at models: models holds nothing, and elements stands beside it: the indentation is",
            "3 at elements: elements holds nothing, and type and required stand beside it: the",
        ],
    ),
    (
        "version: 1.3.0\nelements:\n  ssn:\n    type: string\n",
        ["2 at elements: elements stand below a model, and there is none above them. Next: Name"],
    ),
    (
        "models: {a: {}, b: {}}\n",
        ['1: There are 2 models, and the key "name" is missing. Next: Add "name".'],
    ),
    ("models: {}\n", ['1: There are no models, and the key "name" is missing.']),
    (
        "models: {a: {fields: {b: {$ref: '#/definitions/c'}}}}\ndefinitions: {cc: {type: int}}\n",
        ['1 at models.a.fields.b.$ref: "#/definitions/c" leads to no definition in this document.'],
    ),
    (
        "models: {a: {fields: {b: {$ref: 'other.yaml#/c'}}}}\n",
        ['1 at models.a.fields.b.$ref: "other.yaml#/c" leads to no definition in this document.'],
    ),
    (
        """\
models: {a: {fields: {b: {$ref: '#/definitions/c'}}}}
definitions: {c: {$ref: '#/definitions/c'}}
""",
        ['1 at models.a.fields.b.$ref: "#/definitions/c" leads back to itself.'],
    ),
    (
        "models: {a: {fields: {b: {type: strng}}, primaryKey: [bb]}}\n",
        [
            '1 at models.a.fields.b.type: "strng" is no type that Postgres has. Next: Did you mean',
            '1 at models.a.primaryKey[0]: The contract promises no field "bb".',
        ],
    ),
    (
        "models: {a: {feilds: {b: {type: int}}}}\n",
        ['1 at models.a.feilds: The key "feilds" is not known. Next: Did you mean "fields"?'],
    ),
    (
        "models: {a: {fields: {b: {requird: true}}}}\nstatus: deprected\nversion: 1.5\n",
        [
            '1 at models.a.fields.b.requird: The key "requird" is not known.',
            "2 at status: Expected",
            "3 at version: Expected a text or a whole number or null, found 1.5.",
        ],
    ),
    (
        """\
models: {a: {fields: {b: {type: int}}}}
servicelevels: {freshness: {threshold: 1h, timestampField: a.c}}
""",
        ['2 at servicelevels.freshness: The contract promises no field "c".'],
    ),
]


@pytest.mark.parametrize(("text", "said"), REFUSED)
def test_a_document_that_is_wrong_says_all_of_it(text: str, said: list[str]) -> None:
    problems = problems_of(text)
    assert len(problems) == len(said)
    for problem, start in zip(problems, said, strict=True):
        assert problem.startswith(start)


def test_a_child_promises_levels_of_fields_that_it_inherits() -> None:
    text = """\
name: visits
extends: base
models: {a: {fields: {b: {type: int}}}}
servicelevels: {freshness: {threshold: 1h, timestampField: a.c}}
"""
    (level,) = contract_in(scan_document("x.yaml", text.encode())).service_levels
    assert level.element == "c"


def test_a_document_is_checked_against_the_database(any_connection: psycopg.Connection) -> None:
    any_connection.execute("create table customers (email varchar(80) not null, nickname text)")
    assert find_violations([read(CUSTOMERS)], read_catalog(any_connection)) == ()
    any_connection.execute("alter table customers alter email type integer using 1")
    any_connection.execute("alter table customers alter nickname set not null")
    found = find_violations([read(CUSTOMERS)], read_catalog(any_connection))
    assert told(found) == {
        ("type-differs", "customers.email"),
        ("nullability-differs", "customers.nickname"),
    }
