"""The book's spec: the printed specs, every promise, every mistake by its exact words."""

from __future__ import annotations

import copy
import json
from typing import Any

import jsonschema
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from contracts.dialects import book
from contracts.documents import scan_document
from contracts.loading import contract_in
from contracts.model import UNLIMITED, Column, Contract, DataType, Location, Owner, Table
from contracts.problems import DocumentError
from tests.contracts.mistakes import MISTAKES
from tests.contracts.specs import IMAGES, NORMALIZED, column, document, images, read


def test_the_printed_spec_of_object_images_loads_exactly() -> None:
    contract = read(IMAGES)
    assert contract.identity == "met-museum-data/object-images-contract-spec"
    assert contract.dialect == "book"
    assert contract.spec_version == "1.0.0"
    assert contract.version is None
    assert contract.owner == Owner("Data Engineering Team", "data-eng@museum.org")
    assert contract.asset == "postgresql://postgres:5432/postgres.object_images"
    assert contract.documentation == IMAGES["doc"]
    assert contract.strict is None
    (table,) = contract.tables
    assert (table.qualified_name, table.catalog) == ("public.object_images", "postgres")
    assert table.primary_key is None
    assert table.columns == (
        Column(
            "object_id", DataType("integer", precision=32), nullable=False, primary_key=True,
            updatable=True, examples=(437133,),
            description="Identifying number for each artwork (unique, can be used as key field)",
        ),
        Column(
            "primary_image", DataType("text"), nullable=True, primary_key=False, updatable=True,
            examples=("https://images.metmuseum.org/.../DT1234.jpg",),
            description="URL to the primary image of an object (JPEG)",
        ),
        Column(
            "additional_images", DataType("ARRAY", "array", element=DataType("text")),
            nullable=True, primary_key=False, updatable=True,
            description="Array of URLs to additional JPEG images of the object",
        ),
        Column(
            "created_at", DataType("timestamp without time zone", precision=6),
            nullable=False, primary_key=False, updatable=True,
            examples=("2025-01-15T10:30:00.000Z",),
            description="Timestamp when this record was created in the database",
        ),
    )  # fmt: skip


def test_the_printed_spec_of_object_images_normalized_loads_exactly() -> None:
    (table,) = read(NORMALIZED).tables
    assert [(column.name, column.data_type) for column in table.columns] == [
        ("object_id", DataType("integer", precision=32)),
        ("image", DataType("text")),
        ("is_primary_image", DataType("boolean")),
        ("created_at", DataType("timestamp without time zone", precision=6)),
    ]


def test_every_promise_has_the_place_where_it_is_written() -> None:
    contract = read(IMAGES)
    assert contract.file == "spec.json"
    assert contract.source is not None
    assert contract.source.location == Location("spec.json", 1, 1)
    assert contract.source.at("owner.email") == Location("spec.json", 9, 5)
    (table,) = contract.tables
    assert table.source is not None
    assert table.source.at("table_name") == Location("spec.json", 16, 5)
    array = table.column("additional_images")
    assert array is not None
    assert array.source is not None
    assert array.source.location == Location("spec.json", 43, 7)
    assert array.source.at("constraints.data_type") == Location("spec.json", 47, 11)
    assert array.source.at("array_element.data_type") == Location("spec.json", 52, 11)


PROMISES: list[tuple[dict[str, Any], Column]] = [
    ({}, Column("it")),
    ({"is_nullable": False}, Column("it", nullable=False)),
    ({"unique": True}, Column("it", unique=True)),
    ({"column_default": "now()"}, Column("it", default="now()")),
    ({"column_default": None}, Column("it", default="")),
    ({"is_identity": True}, Column("it")),
    ({"is_identity": False}, Column("it", identity="")),
    ({"is_identity": True, "identity_generation": "ALWAYS"}, Column("it", identity="always")),
    ({"identity_generation": "BY DEFAULT"}, Column("it", identity="by default")),
    ({"is_generated": "NEVER"}, Column("it", generated="")),
    ({"is_generated": "ALWAYS", "generation_expression": "a + 1"}, Column("it", generated="a + 1")),
    ({"collation_name": "C"}, Column("it", collation="C")),
    ({"data_type": "varchar(20)"},
     Column("it", DataType("character varying", length=20))),
    ({"data_type": "character varying", "character_maximum_length": 20},
     Column("it", DataType("character varying", length=20))),
    ({"data_type": "character varying", "character_maximum_length": None},
     Column("it", DataType("character varying", length=UNLIMITED))),
    ({"data_type": "text", "character_maximum_length": None}, Column("it", DataType("text"))),
    ({"data_type": "integer", "numeric_precision": None}, Column("it", DataType("integer"))),
    ({"data_type": "date", "datetime_precision": 0}, Column("it", DataType("date"))),
    ({"data_type": "numeric", "numeric_precision": 6.0, "numeric_scale": 2.0},
     Column("it", DataType("numeric", precision=6, scale=2))),
    ({"data_type": "numeric", "numeric_precision": 2, "numeric_scale": -1},
     Column("it", DataType("numeric", precision=2, scale=-1))),
    ({"data_type": "numeric", "numeric_precision": None, "numeric_scale": None},
     Column("it", DataType("numeric", precision=UNLIMITED, scale=UNLIMITED))),
    ({"data_type": "interval", "interval_type": "YEAR TO MONTH"},
     Column("it", DataType("interval", fields="year to month"))),
    ({"data_type": "timestamp with time zone", "datetime_precision": 3},
     Column("it", DataType("timestamp with time zone", precision=3))),
    ({"data_type": "USER-DEFINED", "udt_schema": "art", "udt_name": "mood"},
     Column("it", DataType("mood", "unknown", schema="art"))),
    ({"data_type": "USER-DEFINED", "udt_schema": "art", "udt_name": "mood", "enum_labels": ["a"]},
     Column("it", DataType("mood", "enum", schema="art", labels=("a",)))),
    ({"data_type": "character varying", "character_maximum_length": 3, "domain_schema": "art",
      "domain_name": "code"},
     Column("it", DataType("code", "domain", schema="art",
                           base=DataType("character varying", length=3)))),
    ({"data_type": "numeric", "numeric_precision": None, "domain_schema": "art",
      "domain_name": "n"},
     Column("it", DataType("n", "domain", schema="art",
                           base=DataType("numeric", precision=UNLIMITED)))),
    ({"data_type": "text[]"}, Column("it", DataType("ARRAY", "array", element=DataType("text")))),
]  # fmt: skip


@pytest.mark.parametrize(("constraints", "expected"), PROMISES)
def test_every_promise_is_read(constraints: dict[str, Any], expected: Column) -> None:
    assert read(column(constraints)).tables[0].columns == (expected,)


@pytest.mark.parametrize("expected", [expected for _, expected in PROMISES])
def test_every_promise_comes_back_as_it_was_written(expected: Column) -> None:
    contract = Contract(
        name="a", namespace="b", spec_version="1.0.0", documentation="c", asset="d",
        owner=Owner("e", "e@f.g"), strict=True,
        tables=(Table("it", "art", columns=(expected,), description="A title", catalog="x"),),
    )  # fmt: skip
    text = book.write(contract)
    again = contract_in(scan_document("again.json", text.encode()))
    assert again == contract
    assert again.tables[0].catalog == "x"
    assert book.write(again) == text


@pytest.mark.parametrize("spec", [IMAGES, NORMALIZED])
def test_a_printed_spec_is_written_with_the_same_promises(spec: dict[str, Any]) -> None:
    text = book.write(read(spec))
    written = json.loads(text)
    expected = copy.deepcopy(spec)
    del expected["schema"]["properties"]["created_at"]["items"]
    assert written == expected
    assert text.splitlines()[:4] == [
        "{",
        '  "spec-version": "1.0.0",',
        f'  "name": "{spec["name"]}",',
        '  "namespace": "met-museum-data",',
    ]
    assert '        "examples": [437133],' in text.splitlines()


@pytest.mark.parametrize(("spec", "expected"), MISTAKES)
def test_a_mistake_is_named_with_its_place_and_the_way_out(
    spec: dict[str, Any], expected: tuple[str, ...]
) -> None:
    with pytest.raises(DocumentError) as refused:
        read(spec)
    found = [
        f"{problem.location.line}:{problem.location.column} {problem.path}: {problem.what}"
        f" | {problem.next_step}"
        for problem in refused.value.problems
    ]
    assert found == list(expected)


NEAR_MISSES: list[dict[str, Any]] = [
    column({"primaryKey": True, "is_nullable": False}),
    column({"primaryKey": False, "is_nullable": True}),
    column({"data_type": "varchar(20)", "character_maximum_length": 20}),
    column({"data_type": "bpchar", "character_maximum_length": None}),
    column({"data_type": "int4", "udt_name": "int4"}),
    column({"data_type": "numeric(6,2)", "numeric_scale": 2}),
    column({"data_type": "text[]"}, array_element={"data_type": "text"}),
    column({"data_type": "text", "numeric_scale": None}),
    column({"is_generated": "NEVER", "column_default": "1"}),
    column({"is_identity": True, "identity_generation": None, "column_default": None}),
    images(owner__email="a.b+c@d.e.museum"),
    images(strict=True),
    images(schema__table_catalog=None),
    images(schema__properties={"a.b/c ~ é": {}}),
]


@pytest.mark.parametrize("spec", NEAR_MISSES)
def test_what_is_unusual_but_right_is_accepted(spec: dict[str, Any]) -> None:
    read(spec)


def test_one_document_names_all_its_mistakes_in_the_text_the_schema_and_the_promises() -> None:
    spec = images(
        doc=...,
        schema__properties__object_id__constraints__is_nullable=True,
        schema__properties__primary_image__constraints__data_type="sring",
        schema__properties__additional_images__colour=1,
    )
    text = json.dumps(spec, indent=2).replace('"is_updatable": true', '"is_updatable": True', 1)
    with pytest.raises(DocumentError) as refused:
        contract_in(scan_document("spec.json", text.encode()))
    assert [(problem.location.line, problem.what) for problem in refused.value.problems] == [
        (1, 'The key "doc" is missing.'),
        (26, "A primary key is never null, but primaryKey is true and is_nullable is true."),
        (27, "Expected a value, found the word True."),
        (37, '"sring" is no type that Postgres has.'),
        (53, 'The key "colour" is not known.'),
    ]


@pytest.mark.parametrize(
    ("value", "recognised"),
    [
        (IMAGES, True),
        ({"spec_version": "1.0.0"}, True),
        ({"specVersion": "1.0.0"}, True),
        ({"schema": {"table_name": "object"}}, True),
        ({"schema": [{"name": "object"}], "apiVersion": "v3.1.0"}, False),
        ({"schema": {}}, False),
        (["spec-version"], False),
    ],
)
def test_a_document_that_is_meant_to_be_in_the_books_spec_is_recognised(
    value: object, recognised: bool
) -> None:
    assert book.recognises(value) is recognised


def test_the_schema_describes_every_field_and_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(book.schema())
    undescribed = list(_undescribed(book.schema(), ()))
    assert undescribed == []


def _undescribed(part: Any, path: tuple[str, ...]) -> Any:
    for name, inner in part.get("properties", {}).items():
        if len(inner.get("description", "")) < 10 and "$ref" not in inner:
            yield (*path, name)
        yield from _undescribed(inner, (*path, name))
    for name, inner in part.get("$defs", {}).items():
        if "description" not in inner:
            yield (name,)
        yield from _undescribed(inner, (name,))


wild = st.one_of(
    st.none(), st.booleans(), st.integers(-2, 40), st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from(["", "text", "ARRAY", "1.0.0", "a@b.c", "a\n", "a/b", "YEAR", "é" * 64]),
    st.builds(list), st.builds(dict), st.just([1, "a"]), st.just({"data_type": "text"}),
)  # fmt: skip


@given(st.data())
def test_the_quick_validator_and_the_one_of_the_lessons_agree(data: st.DataObject) -> None:
    spec = copy.deepcopy(data.draw(st.sampled_from([IMAGES, NORMALIZED])))
    for _ in range(data.draw(st.integers(0, 3))):
        part: Any = spec
        while True:
            keys = sorted(part)
            key = data.draw(st.sampled_from(keys)) if keys else "x"
            if isinstance(part.get(key), dict) and data.draw(st.integers(0, 4)):
                part = part[key]
                continue
            break
        new = data.draw(st.sampled_from([key, "x", "strict", "unique", "interval_type", ""]))
        if data.draw(st.booleans()):
            part[new] = copy.deepcopy(data.draw(wild))  # it may be changed in the next round
        elif key in part:
            part[new] = part.pop(key)
    lessons = jsonschema.Draft202012Validator(book.schema())
    assert book.is_valid(spec) == lessons.is_valid(spec)
    quick_paths = {tuple(error.instance_path) for error in book.validator().iter_errors(spec)}
    slow_paths = {tuple(error.absolute_path) for error in lessons.iter_errors(spec)}
    assert quick_paths == slow_paths


def test_a_document_in_yaml_means_the_same() -> None:
    text = yaml.safe_dump(IMAGES, sort_keys=False, allow_unicode=True)
    assert contract_in(scan_document("spec.yaml", text.encode())) == read(IMAGES)


def test_document_is_read_by_the_book_itself() -> None:
    assert book.read(document(IMAGES)) == read(IMAGES)
