"""Types that say what a value is: which words mean one, and which types of Postgres keep it."""

from __future__ import annotations

import json

import psycopg
import pytest

from contracts.dialects import book
from contracts.logical_types import (
    EXACT,
    KEPT_BY,
    WORDS,
    is_kept_by,
    logical,
    logical_name,
    parse_word,
)
from contracts.model import Column, Contract, DataType, Owner, Table
from contracts.types import UnknownTypeError, completed, parse_type, type_name
from detection.catalog import read_catalog
from detection.violations import find_violations
from tests.detection.promises import contract_of, promising, told

MEANS = [
    ("string", logical("string")),
    ("Text", logical("string")),
    ("varchar", logical("string")),
    ("varchar(20)", parse_type("varchar(20)")),
    ("int", parse_type("integer")),
    ("long", parse_type("bigint")),
    ("decimal", logical("number")),
    ("decimal(6,2)", parse_type("numeric(6,2)")),
    ("double", parse_type("double precision")),
    ("timestamp", logical("timestamp")),
    ("timestamp_ntz", parse_type("timestamp")),
    ("timestamptz", parse_type("timestamptz")),
    ("json", logical("object")),
    ("jsonb", parse_type("jsonb")),
    ("array", DataType("ARRAY", "array")),
    ("uuid", parse_type("uuid")),
]


@pytest.mark.parametrize(("word", "data_type"), MEANS)
def test_a_word_means_a_logical_type_or_an_exact_one(word: str, data_type: DataType) -> None:
    assert parse_word(word) == data_type


def test_a_number_with_a_precision_is_exact() -> None:
    assert parse_word("decimal", precision=6, scale=2) == parse_type("numeric(6,2)")
    assert parse_word("number", precision=6) == parse_type("numeric(6,0)")


@pytest.mark.parametrize("word", ["strong", "", "numbr", "timestampp"])
def test_a_word_that_means_nothing_is_refused(word: str) -> None:
    with pytest.raises(UnknownTypeError):
        parse_word(word)


def test_every_word_means_a_type_that_there_is() -> None:
    assert set(WORDS.values()) <= KEPT_BY.keys()
    assert all(parse_word(word).kind == "base" for word in EXACT)


NARROWEST = [
    ("smallint", "integer"),
    ("numeric(6,2)", "number"),
    ("varchar(20)", "string"),
    ("timestamptz", "timestamp"),
    ("timetz", "time"),
    ("text[]", "array"),
    ("jsonb", "object"),
    ("uuid", None),
    ("interval", None),
    ("time", "time"),
]


@pytest.mark.parametrize(("spelling", "name"), NARROWEST)
def test_the_narrowest_logical_type_of_an_exact_one(spelling: str, name: str | None) -> None:
    assert logical_name(parse_type(spelling)) == name


def test_a_logical_type_is_named_kept_and_completed_as_itself() -> None:
    for name in KEPT_BY:
        assert type_name(logical(name)) == name
        assert completed(logical(name)) == logical(name)
        assert is_kept_by(logical(name), logical(name))
    assert not is_kept_by(logical("string"), logical("number"))


def test_the_columns_that_keep_a_logical_type_and_those_that_do_not(
    any_connection: psycopg.Connection,
) -> None:
    any_connection.execute("create type medium as enum ('oil', 'bronze')")
    any_connection.execute("create domain gallery as varchar(8)")
    any_connection.execute("create type size as (width integer, height integer)")
    any_connection.execute(
        """create table object (
            title text, accession varchar(20), code char(3), medium medium, gallery gallery,
            year integer, weight numeric(6,2), width real, on_view boolean, acquired date,
            opened time, created timestamptz, updated timestamp, notes jsonb, size size,
            tags text[], id uuid)"""
    )
    (table,) = read_catalog(any_connection).tables
    kept = {
        "string": {"title", "accession", "code", "medium", "gallery"},
        "integer": {"year"},
        "number": {"year", "weight", "width"},
        "boolean": {"on_view"},
        "date": {"acquired"},
        "time": {"opened"},
        "timestamp": {"created", "updated"},
        "object": {"notes", "size"},
        "array": {"tags"},
    }
    assert kept.keys() == {*KEPT_BY, "array"}
    catalog = read_catalog(any_connection)
    for name, columns in kept.items():
        for column in table.columns:
            promise = promising(table, column.name, data_type=logical(name))
            found = told(find_violations([contract_of(promise)], catalog))
            broken = (
                set() if column.name in columns else {("type-differs", f"object.{column.name}")}
            )
            assert found == broken, (name, column.name)


def test_an_array_of_a_logical_type(connection: psycopg.Connection) -> None:
    connection.execute("create table object (tags varchar(9)[], years integer[])")
    catalog = read_catalog(connection)
    (table,) = catalog.tables
    texts = DataType("ARRAY", "array", element=logical("string"))
    promised = promising(promising(table, "tags", data_type=texts), "years", data_type=texts)
    found = find_violations([contract_of(promised)], catalog)
    assert told(found) == {("array-element-differs", "object.years")}
    assert (found[0].promised, found[0].found) == ("string", "integer")


def test_the_book_leaves_a_logical_type_out(connection: psycopg.Connection) -> None:
    nested = DataType("ARRAY", "array", element=DataType("ARRAY", "array", element=logical("date")))
    contract = Contract(
        "object",
        "met-museum-data",
        owner=Owner("Registrar", "registrar@museum.org"),
        tables=(
            Table(
                "object",
                columns=(Column("title", logical("string")), Column("dates", nested)),
            ),
        ),
    )
    columns = json.loads(book.write(contract))["schema"]["properties"]
    assert columns["title"] == {"constraints": {}}
    assert columns["dates"] == {"constraints": {"data_type": "ARRAY"}}
