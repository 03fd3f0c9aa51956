"""Contracts in other dialects: what is carried over, what is left behind, and that all is told."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import jsonschema
import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contracts import load, load_folder
from contracts.conversion import TARGETS, ConversionError, Converted, convert
from contracts.differences import Difference, find_differences
from contracts.documents import scan_document
from contracts.loading import contract_in, contracts_in
from contracts.logical_types import logical
from contracts.model import (
    Check,
    Column,
    Contract,
    ForeignKey,
    Owner,
    ServiceLevel,
    Table,
    UniqueKey,
)
from contracts.types import parse_type
from detection.catalog import read_catalog
from tests.conftest import REPOSITORY
from tests.contracts.samples import BIRDS, DBT_MODELS, LEADS, ORDERS
from tests.contracts.wild_contracts import contracts

WRITTEN = sorted(TARGETS)


def read(text: str) -> Contract:
    return contract_in(scan_document("contract.yaml", text.encode()))


def museum(*columns: Column, **facts: Any) -> Contract:
    return Contract(
        "object-contract",
        "met-museum-data",
        owner=Owner("Registrar", "registrar@museum.org"),
        documentation="Works.",
        asset="postgresql:///museum.object",
        tables=(Table("object", columns=columns or (Column("id", parse_type("integer")),)),),
        **facts,
    )


def told(differences: tuple[Difference, ...]) -> set[tuple[str, str]]:
    return {(one.element, one.property) for one in differences}


TITLE = Column("title", parse_type("varchar(20)"), nullable=False, description="Its name.")
LOST: list[tuple[str, Contract, set[tuple[str, str]], set[tuple[str, str]]]] = [
    ("book", museum(TITLE), set(), {("public.object", "description")}),
    (
        "book",
        museum(TITLE, version="1.0.0", status="active", tags=("art",)),
        {("contract", "version"), ("contract", "status"), ("contract", "tags")},
        {("public.object", "description")},
    ),
    (
        "book",
        replace(museum(TITLE), owner=None, documentation=None),
        set(),
        {
            ("contract", "owner"),
            ("contract", "documentation"),
            ("public.object", "description"),
        },
    ),
    (
        "book",
        museum(Column("title", logical("string"), states=("a", "b"))),
        {("public.object.title", "data_type"), ("public.object.title", "states")},
        {("public.object", "description")},
    ),
    (
        "soda",
        museum(TITLE),
        {
            ("contract", "name"),
            ("contract", "namespace"),
            ("contract", "owner"),
            ("contract", "asset"),
            ("public.object.title", "nullable"),
        },
        {
            ("contract", "strict"),
            ("public.object", "ordered"),
            ("check nullValues of title", "checks"),
        },
    ),
    ("soda", read(BIRDS), set(), set()),
    (
        "dbt",
        museum(TITLE),
        {("contract", "name"), ("contract", "namespace"), ("contract", "asset")},
        {("contract", "strict"), ("contract", "enforcement")},
    ),
    (
        "jsonschema",
        museum(TITLE),
        {
            ("contract", "owner"),
            ("contract", "asset"),
            ("public.object", "name"),
            ("public.object", "schema"),
        },
        set(),
    ),
]


@pytest.mark.parametrize(("to", "contract", "left_behind", "added"), LOST)
def test_what_a_dialect_cannot_say_is_told_and_nothing_else(
    to: str,
    contract: Contract,
    left_behind: set[tuple[str, str]],
    added: set[tuple[str, str]],
) -> None:
    converted = convert(contract, to)
    assert told(converted.left_behind) == left_behind
    assert told(converted.added) == added


def test_the_values_that_were_lost_are_named() -> None:
    contract = museum(TITLE, service_levels=(ServiceLevel("freshness", 4, "hours"),))
    left = {(one.element, one.property): one for one in convert(contract, "dbt").left_behind}
    assert left["contract", "namespace"].before == "met-museum-data"
    assert left["contract", "namespace"].after is None
    assert left["contract", "name"].after == "object"
    freshness = left["service level freshness", "service_levels"]
    assert freshness.before == {"property": "freshness", "value": 4, "unit": "hours"}


REFUSED: list[tuple[str, Contract, str | None, str, str]] = [
    ("book", Contract("leads"), None, "leads promises no table.", "Write it as odcs."),
    (
        "soda",
        read(ORDERS),
        None,
        (
            "soda is about one table, and urn:datacontract:checkout:orders-latest promises 2: "
            "checkout.orders, checkout.line_items."
        ),
        "Name one by --table checkout.orders, or write it as odcs.",
    ),
    (
        "dbt",
        read(ORDERS),
        "order",
        "There is no table order.",
        "Name one of these: checkout.orders, checkout.line_items.",
    ),
    (
        "book",
        read(LEADS),
        None,
        "salesforce_lead_v2 names no table, and book must name one.",
        "Name it by table: schema.table in the document, or in [tool.docent.bind].",
    ),
    (
        "book",
        museum(Column("x" * 64)),
        None,
        "As book this contract would be refused: at schema.properties." + "x" * 64 + ": Expected a "
        "name of 1 to 63 characters, found " + '"' + "x" * 59 + '…".',
        "Use the name that Postgres has.",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("to", "contract", "table", "what", "next_step"), REFUSED)
def test_what_cannot_be_written_at_all_is_refused(
    to: str, contract: Contract, table: str | None, what: str, next_step: str
) -> None:
    with pytest.raises(ConversionError) as refused:
        convert(contract, to, table=table)
    assert (refused.value.what, refused.value.next_step) == (what, next_step)


def test_one_table_of_several_leaves_the_others_behind() -> None:
    converted = convert(read(ORDERS), "soda", table="orders")
    assert "dataset: postgres/postgres/checkout/orders" in converted.text
    assert ("contract", "tables") in told(converted.left_behind)
    whole = next(one for one in converted.left_behind if one.property == "tables")
    assert whole.before == "checkout.line_items"


def test_what_is_said_of_the_other_tables_is_not_said_of_this_one() -> None:
    assert "SELECT count(*)" in convert(read(ORDERS), "soda", table="orders").text
    written = convert(read(ORDERS), "soda", table="line_items").text
    assert "SELECT count(*)" not in written
    assert "freshness" not in written


def test_a_contract_on_one_page_becomes_a_json_schema() -> None:
    value = json.loads(convert(read(LEADS), "jsonschema").text)
    assert value["properties"] == {
        "email": {"type": "string"},
        "signup_source": {
            "type": ["string", "null"],
            "enum": ["web", "mobile", "api", "partner", None],
        },
        "created_at": {"type": ["string", "null"]},
    }


def test_the_rows_of_a_table_keep_its_json_schema(any_connection: psycopg.Connection) -> None:
    any_connection.execute("create type medium as enum ('oil', 'bronze')")
    any_connection.execute("create domain gallery as varchar(8)")
    any_connection.execute(
        """create table object (
            id integer primary key, small smallint, big bigint not null, price numeric(6,2),
            width real, title text, code varchar(5), letters char(3), medium medium,
            gallery gallery, on_view boolean, acquired date, made timestamptz, noted timestamp,
            opened time, tags text[] not null, counts integer[], notes jsonb, id2 uuid,
            address inet, span interval, picture bytea)"""
    )
    catalog = read_catalog(any_connection)
    contract = Contract("object", "museum", strict=True, tables=catalog.tables)
    schema = json.loads(convert(contract, "jsonschema").text)
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(
        schema, format_checker=jsonschema.FormatChecker(["date", "date-time", "uuid"])
    )
    any_connection.execute(
        """insert into object values (1, 2, 3, 4.5, 6.5, 'a', 'b', 'c', 'oil', 'd', true,
            '2024-01-31', '2024-01-31T10:00:00Z', '2024-01-31T10:00:00', '10:00', '{a,null}',
            '{1}', '{"a": [1]}', gen_random_uuid(), '10.0.0.1', '1 day', 'x')"""
    )
    any_connection.execute("insert into object (id, big, tags) values (2, 3, '{}')")
    rows = [row for (row,) in any_connection.execute("select row_to_json(object) from object")]
    assert [error.message for row in rows for error in validator.iter_errors(row)] == []
    broken: list[dict[str, object]] = [
        {"big": None}, {"small": 40_000}, {"code": "abcdef"}, {"medium": "glass"}, {"extra": 1},
        {"tags": "a"}, {"on_view": "yes"}, {"id": 1.5}, {"gallery": "123456789"},
    ]  # fmt: skip
    for wrong in broken:
        assert not validator.is_valid({**rows[0], **wrong}), wrong
    without = {key: value for key, value in rows[0].items() if key != "title"}
    assert not validator.is_valid(without)


LIMITS: list[tuple[Any, str, dict[str, Any]]] = [
    ("text", '{"maxLength": 9, "minLength": 2}', {"maxLength": 9, "minLength": 2}),
    ("varchar(5)", '{"maxLength": 9}', {"maxLength": 5}),
    ("integer", '{"minimum": 0}', {"minimum": 0, "maximum": 2147483647}),
    ("text", '{"pattern": "^a"}', {"pattern": "^a"}),
    ("text", '{"pattern": "("}', {}),
    ("text", '{"minLength": -1}', {}),
    ("text", '{"validValues": ["a"], "minLength": 2}', {}),
]


@pytest.mark.parametrize(("data_type", "arguments", "limits"), LIMITS)
def test_a_check_that_json_schema_can_say_is_said(
    data_type: str, arguments: str, limits: dict[str, Any]
) -> None:
    check = Check("invalidValues", "mustBe", (0,), ("it",), arguments=arguments)
    contract = museum(Column("it", parse_type(data_type), nullable=False), checks=(check,))
    value = json.loads(convert(contract, "jsonschema").text)["properties"]["it"]
    assert {key: value[key] for key in value if key != "type"} == limits


def test_the_museums_contracts_survive_odcs_and_the_book() -> None:
    for contract in load_folder(REPOSITORY / "contracts"):
        assert convert(contract, "odcs").left_behind == (), contract.identity
        if contract.dialect == "book":
            converted = convert(contract, "book")
            assert (converted.left_behind, converted.added) == ((), ())


def test_real_contracts_survive_odcs_whole_and_others_as_far_as_is_told(shared: Path) -> None:
    files = sorted([*(shared / "odcs").glob("*.yaml"), *(shared / "soda").glob("*.yaml")])
    assert files
    for file in files:
        contract = load(file)
        whole = convert(contract, "odcs")
        assert (whole.left_behind, whole.added) == ((), ()), file
        for to in WRITTEN if contract.tables else ():
            table = contract.tables[0].qualified_name
            converted = convert(contract, to, table=table)
            _assert_all_is_told(contract, again(converted, to), converted)


SAME: list[tuple[Contract, Contract]] = [
    (
        museum(Column("id", parse_type("integer"), primary_key=True)),
        replace(
            museum(),
            tables=(
                Table(
                    "object",
                    columns=(Column("id", parse_type("integer")),),
                    primary_key=("id",),
                ),
            ),
        ),
    ),
    (museum(TITLE), museum(replace(TITLE, position=7))),
    (
        museum(service_levels=(ServiceLevel("freshness", 4, "h"),)),
        museum(service_levels=(ServiceLevel("freshness", 4, "hours"),)),
    ),
    (museum(tags=("a", "b")), museum(tags=("a", "b"))),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_two_ways_of_saying_the_same_are_no_difference(one: Contract, other: Contract) -> None:
    assert find_differences(one, other) == ()
    assert find_differences(other, one) == ()


KEY = ForeignKey("", ("b",), "c", "d", ())
DIFFERENT: list[tuple[Contract, Contract, Difference]] = [
    (museum(), museum(purpose="x"), Difference("contract", "purpose", None, "x")),
    (
        museum(),
        replace(museum(), owner=Owner("Registrar", "a@b.c")),
        Difference("contract", "owner.email", "registrar@museum.org", "a@b.c"),
    ),
    (museum(tags=("a", "b")), museum(tags=("b",)), Difference("contract", "tags", "a", None)),
    (
        museum(custom=(("a", "1"),)),
        museum(custom=(("a", "2"),)),
        Difference("contract", "custom.a", "1", "2"),
    ),
    (
        museum(Column("a", parse_type("numeric(6,2)"))),
        museum(Column("a", parse_type("numeric(6,3)"))),
        Difference("public.object.a", "data_type.scale", 2, 3),
    ),
    (
        museum(Column("a", parse_type("text"))),
        museum(Column("a", logical("string"))),
        Difference("public.object.a", "data_type", "text", "string (logical)"),
    ),
    (
        museum(Column("a")),
        museum(Column("a"), Column("b")),
        Difference("public.object", "columns", None, "b"),
    ),
    (
        museum(checks=(Check("rowCount", "mustBe", (1,)),)),
        museum(checks=(Check("rowCount", "mustBe", (2,)),)),
        Difference("check rowCount of the rows", "bound", [1], [2]),
    ),
    (
        replace(museum(), tables=(Table("a", unique_keys=(UniqueKey("k", ("b", "c")),)),)),
        replace(museum(), tables=(Table("a", unique_keys=(UniqueKey("", ("b", "c")),)),)),
        Difference("public.a unique key (b, c)", "name", "k", ""),
    ),
    (
        replace(museum(), tables=(Table("a", foreign_keys=(KEY,)),)),
        replace(museum(), tables=(Table("a"),)),
        Difference(
            "public.a foreign key (b)",
            "foreign_keys",
            {
                "name": "",
                "columns": ["b"],
                "referencesSchema": "c",
                "referencesTable": "d",
                "referencesColumns": [],
            },
            None,
        ),
    ),
]  # fmt: skip


@pytest.mark.parametrize(("one", "other", "difference"), DIFFERENT)
def test_a_difference_names_element_property_and_both_values(
    one: Contract, other: Contract, difference: Difference
) -> None:
    assert find_differences(one, other) == (difference,)
    (reverse,) = find_differences(other, one)
    assert (reverse.before, reverse.after) == (difference.after, difference.before)


def test_the_models_of_dbt_are_carried_over_one_by_one() -> None:
    for contract in contracts_in(scan_document("schema.yml", DBT_MODELS.encode())):
        converted = convert(contract, "dbt")
        assert (converted.left_behind, converted.added) == ((), ())


@given(contracts(), st.sampled_from(WRITTEN))
@settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_whatever_is_different_after_reading_back_is_named(contract: Contract, to: str) -> None:
    try:
        converted = convert(contract, to, table=_some_table(contract))
    except ConversionError:
        return
    _assert_all_is_told(contract, again(converted, to), converted)


@given(contracts(), st.data())
@settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_one_field_that_changes_is_one_that_is_named(
    contract: Contract, data: st.DataObject
) -> None:
    name = data.draw(st.sampled_from([one.name for one in fields(Contract) if one.compare]))
    other = replace(contract, **{name: getattr(data.draw(contracts()), name)})
    _assert_all_is_told(contract, other, Converted("", find_differences(contract, other)))


def again(converted: Converted, to: str) -> Contract:
    from contracts.dialects.json_schema import read_back

    if to == "jsonschema":
        return read_back(converted.text)
    return contract_in(scan_document(f"contract{TARGETS[to]}", converted.text.encode()))


def _some_table(contract: Contract) -> str | None:
    return contract.tables[0].qualified_name if contract.tables else None


def _assert_all_is_told(before: Contract, after: Contract, converted: Converted) -> None:
    """Compare by hand what can be compared by hand: the plain fields of contract and columns."""
    named = told((*converted.left_behind, *converted.added))
    for field in fields(Contract):
        one, other = getattr(before, field.name), getattr(after, field.name)
        simple = isinstance(one, str | bool | None) and isinstance(other, str | bool | None)
        if field.compare and simple and field.name not in ("dialect", "spec_version"):
            assert (one != other) == (("contract", field.name) in named), field.name
    for name in ("tags", "consumers", "invariants", "custom", "compatibility"):
        if sorted(getattr(before, name), key=repr) != sorted(getattr(after, name), key=repr):
            assert any(prop.partition(".")[0] == name for _, prop in named), name
    if len(before.tables) == len(after.tables) == 1:
        _assert_columns_are_told(before.tables[0], after.tables[0], named)


def _assert_columns_are_told(before: Table, after: Table, named: set[tuple[str, str]]) -> None:
    for column in before.columns:
        other = after.column(column.name)
        if other is None:
            assert (before.qualified_name, "columns") in named
            continue
        element = f"{before.qualified_name}.{column.name}"
        for field in (
            "nullable",
            "unique",
            "default",
            "identity",
            "generated",
            "collation",
            "unit",
        ):
            differs = getattr(column, field) != getattr(other, field)
            assert differs == ((element, field) in named), (element, field)


PLACES = Column("gallery", parse_type("text"))
NUMBERED = Check(
    "invalidValues", "mustBe", (0,), ("gallery",), name="a number", description="Three digits.",
    dimension="conformity", arguments='{"pattern": "^[0-9]{3}$"}',
)  # fmt: skip


@pytest.mark.parametrize(
    ("check", "pattern"),
    [
        (NUMBERED, "^[0-9]{3}$"),
        (replace(NUMBERED, level="warning"), None),
        (replace(NUMBERED, filter="gallery <> 'roof'"), None),
        (replace(NUMBERED, bound=(5,)), None),
    ],
)
def test_a_check_goes_into_a_json_schema_whatever_it_is_called(
    check: Check, pattern: str | None
) -> None:
    schema = json.loads(convert(museum(PLACES, checks=(check,)), "jsonschema").text)
    assert schema["properties"]["gallery"].get("pattern") == pattern


@pytest.mark.parametrize(("extensible", "listed"), [(None, True), (False, True), (True, False)])
def test_values_that_others_may_join_are_no_limit_in_soda(
    extensible: bool | None, listed: bool
) -> None:
    column = replace(PLACES, states=("roof", "hall"), extensible=extensible)
    converted = convert(museum(column), "soda")
    assert ("valid_values" in converted.text) == listed
    assert (("public.object.gallery", "states") in told(converted.left_behind)) == (not listed)


@pytest.mark.parametrize(("extensible", "severity"), [(None, False), (True, True)])
def test_values_that_others_may_join_warn_in_dbt(extensible: bool | None, severity: bool) -> None:
    column = replace(PLACES, states=("roof", "hall"), extensible=extensible)
    assert ("severity: warn" in convert(museum(column), "dbt").text) == severity


@pytest.mark.parametrize("element", ["hung", "object.hung", "public.object.hung"])
def test_freshness_goes_to_soda_however_its_column_is_named(element: str) -> None:
    hung = Column("hung", parse_type("timestamptz"))
    level = ServiceLevel("freshness", 4, "h", element, operator="mustBeLessOrEqualTo")
    converted = convert(museum(hung, service_levels=(level,)), "soda")
    (found,) = read(converted.text).service_levels
    assert found == replace(level, element="hung", unit="hours")
    assert not any("service level" in one.element for one in converted.left_behind)


@pytest.mark.parametrize("to", ["soda", "dbt", "jsonschema"])
def test_what_a_table_holds_is_said_where_the_contract_says_nothing_of_itself(to: str) -> None:
    bare = museum(TITLE)
    contract = replace(
        bare, documentation=None, tables=(replace(bare.tables[0], description="The works."),)
    )
    converted = convert(contract, to)
    assert "The works." in converted.text
    assert ("contract", "documentation") in told(converted.added)
