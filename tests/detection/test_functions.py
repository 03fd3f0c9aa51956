"""Functions and procedures under contract: how they are told apart, and what breaks the promise."""

from __future__ import annotations

from dataclasses import replace

import psycopg
import pytest

from contracts.model import Contract, Function
from detection.catalog import read_catalog
from detection.functions import argument_types, same_names
from detection.violations import find_violations
from tests.detection.promises import told

ARGUMENTS = [
    ("", ()),
    ("integer", ("integer",)),
    ("gallery integer, title text", ("integer", "text")),
    ("IN gallery int4, INOUT title varchar(20)", ("integer", "character varying(20)")),
    ("gallery integer, OUT title text", ("integer",)),
    ("VARIADIC titles text[]", ("text[]",)),
    ("gallery integer DEFAULT 1, title text = 'a'", ("integer", "text")),
    ("double precision, weight double precision", ("double precision", "double precision")),
    ("date date, seen timestamp with time zone", ("date", "timestamp with time zone")),
    ("price numeric(10,2), day date", ("numeric(10,2)", "date")),
    ('"the, gallery" integer', ("integer",)),
    ("kind public.medium, medium", ("medium", "medium")),
]


@pytest.mark.parametrize(("arguments", "types"), ARGUMENTS)
def test_arguments_are_told_by_their_types(arguments: str, types: tuple[str, ...]) -> None:
    assert argument_types(arguments) == types


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("gallery integer", "integer", True),
        ("gallery integer", "gallery int", True),
        ("gallery integer", "room integer", False),
    ],
)
def test_names_count_as_far_as_both_give_them(one: str, other: str, *, same: bool) -> None:
    assert same_names(one, other) is same


MUSEUM = """
create table object (object_id integer primary key);
create type medium as enum ('oil');
create function open_works(gallery integer) returns integer language sql as 'select 1';
create procedure close_gallery(gallery integer, kind medium) language sql as 'select 1'
"""
PROMISED = (
    Function("public", "open_works", "function", "int", "int4"),
    Function("public", "close_gallery", "procedure", "integer, public.medium", None),
)
OPEN = "open_works(integer)"
AGAIN = "drop function open_works; create function open_works"
SQL = "language sql as"
CASES: dict[str, tuple[str, set[tuple[str, str]]]] = {
    "nothing happens": ("select 1", set()),
    "a function goes": ("drop function open_works", {("function-missing", OPEN)}),
    "a procedure goes": (
        "drop procedure close_gallery",
        {("function-missing", "close_gallery(integer, medium)")},
    ),
    "a function moves": (
        "create schema archive; alter function open_works set schema archive",
        {("function-missing", OPEN)},
    ),
    "another type is taken": (
        f"{AGAIN}(gallery text) returns integer {SQL} 'select 1'",
        {("function-differs", OPEN)},
    ),
    "another type is returned": (
        f"{AGAIN}(gallery integer) returns text {SQL} $$select 'a'$$",
        {("function-differs", OPEN)},
    ),
    "several rows are returned": (
        f"{AGAIN}(gallery integer) returns setof integer {SQL} 'select 1'",
        {("function-differs", OPEN)},
    ),
    "a function becomes a procedure": (
        f"drop function open_works; create procedure open_works(gallery integer) {SQL} 'select 1'",
        {("function-differs", OPEN)},
    ),
    "another argument, with a default, makes it another function": (
        f"{AGAIN}(gallery integer, day date default null) returns integer {SQL} 'select 1'",
        {("function-differs", OPEN)},
    ),
    # what looks alike and breaks nothing
    "an argument has another name": (
        f"{AGAIN}(room integer) returns integer {SQL} 'select 1'",
        set(),
    ),
    "a second one beside it": (
        f"create function open_works(gallery text) returns text {SQL} $$select 'a'$$",
        set(),
    ),
    "another body": (
        f"create or replace function open_works(gallery integer) returns integer {SQL} 'select 2'",
        set(),
    ),
    "one that nobody promised": (
        f"create function count_works() returns bigint {SQL} 'select 1::bigint'",
        set(),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_what_breaks_the_promise_of_a_function(
    any_connection: psycopg.Connection, name: str
) -> None:
    change, expected = CASES[name]
    contract = Contract("works", "museum", functions=PROMISED)
    any_connection.execute(MUSEUM.encode())
    assert find_violations([contract], read_catalog(any_connection)) == ()
    any_connection.execute(change.encode())
    assert told(find_violations([contract], read_catalog(any_connection))) == expected


def test_the_nearest_one_is_named(connection: psycopg.Connection) -> None:
    connection.execute(MUSEUM.encode())
    connection.execute(
        b"create function open_works(a text) returns text language sql as $$select ''$$"
    )
    promised = replace(PROMISED[0], result="bigint")
    (found,) = find_violations([Contract("works", functions=(promised,))], read_catalog(connection))
    assert (found.promised, found.found) == (
        "function open_works(int) returns bigint",
        "function open_works(gallery integer) returns integer",
    )
