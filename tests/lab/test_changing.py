from __future__ import annotations

import psycopg
import pytest

from contracts.model import TableKind
from contracts.types import UnknownTypeError
from detection.catalog import read_catalog
from detection.changing import Change, drop_statement, statement
from detection.choices import possible_changes

STATEMENTS = {
    Change("rename column", "public", "object", "title", "name"):
        'alter table "public"."object" rename column "title" to "name"',
    Change("drop column", "public", "object", "title"):
        'alter table "public"."object" drop column "title"',
    Change("retype column", "public", "object", "title", "varchar(20)"):
        'alter table "public"."object" alter column "title" type character varying(20)',
    Change("retype column", "public", "object", "title", "int4", cast=True):
        'alter table "public"."object" alter column "title" type integer using "title"::integer',
    Change("retype column", "public", "object", "title", 'museum."Mood"'):
        'alter table "public"."object" alter column "title" type museum."Mood"',
    Change("allow null", "public", "object", "created_at"):
        'alter table "public"."object" alter column "created_at" drop not null',
    Change("forbid null", "public", "object", "title"):
        'alter table "public"."object" alter column "title" set not null',
    Change("add column", "public", "object", "note", "text[]"):
        'alter table "public"."object" add column "note" text[]',
    Change("stop the clock", "public", "object", 'seen"at'):
        'select max("seen""at") + \'30 days\'::interval as now from "public"."object"',
    Change("rename table", "public", "object", to="work"):
        'alter table "public"."object" rename to "work"',
    Change("drop table", "public", "object"): 'drop table "public"."object"',
    Change("drop column", "On View", 'the "new" %s {wing}', "select"):
        'alter table "On View"."the ""new"" %s {wing}" drop column "select"',
}  # fmt: skip


@pytest.mark.parametrize("change", STATEMENTS, ids=str)
def test_a_change_as_sql(change: Change) -> None:
    assert statement(change).as_string() == STATEMENTS[change]


NOUNS: dict[TableKind | None, str] = {
    None: "table", "table": "table", "partitioned table": "table", "partition": "table",
    "view": "view", "materialized view": "materialized view", "foreign table": "foreign table",
}  # fmt: skip


@pytest.mark.parametrize("kind", NOUNS)
def test_a_relation_is_called_what_it_is(kind: TableKind | None) -> None:
    rename = Change("rename table", "public", "object", to="work")
    noun = NOUNS[kind]
    assert statement(rename, kind).as_string() == f'alter {noun} "public"."object" rename to "work"'
    assert drop_statement("public", "object", kind).as_string() == f'drop {noun} "public"."object"'


@pytest.mark.parametrize("spelling", ["text; drop table object", "blurb", "", "text using (1)"])
def test_what_names_no_type_reaches_no_sql(spelling: str) -> None:
    with pytest.raises(UnknownTypeError):
        statement(Change("retype column", "public", "object", "title", spelling))


def test_the_choices_for_a_column(any_connection: psycopg.Connection) -> None:
    any_connection.execute("create table object (title text not null)")
    catalog = read_catalog(any_connection)
    place = ("public", "object", "title")
    assert possible_changes(catalog, "object", "title") == (
        Change("rename column", *place, "new_title"),
        Change("drop column", *place),
        Change("retype column", *place, "character varying(20)"),
        Change("retype column", *place, "character varying(20)", cast=True),
        Change("retype column", *place, "integer", cast=True),
        Change("allow null", *place),
        Change("blank values", *place),
        Change("repeat a value", *place),
    )
    assert possible_changes(catalog, "object")[-3:] == (
        Change("add column", "public", "object", "note", "text"),
        Change("rename table", "public", "object", to="new_object"),
        Change("drop table", "public", "object"),
    )
    assert possible_changes(catalog) == possible_changes(catalog, "object")
    assert possible_changes(catalog, "lost") == ()


@pytest.mark.parametrize(
    ("data_type", "is_one"),
    [("date", True), ("timestamp", True), ("timestamptz", True), ("time", False), ("text", False)],
)
def test_the_clock_is_stopped_where_a_column_tells_of_time(
    connection: psycopg.Connection, data_type: str, is_one: bool
) -> None:
    connection.execute(f"create table visit (seen {data_type})".encode())
    kinds = [each.kind for each in possible_changes(read_catalog(connection), "visit", "seen")]
    assert ("stop the clock" in kinds) is is_one


RETYPES = {
    "integer": ["bigint", "smallint", "numeric", "text"],
    "varchar(30)": ["text", "character varying(60)", "character varying(15)",
                    "character varying(15)"],
    "varchar": ["character varying(20)", "character varying(20)", "integer"],
    "char(1)": ["text", "character(2)", "character(1)", "character(1)"],
    "numeric(6,2)": ["numeric(8,2)", "integer", "double precision"],
    "numeric": ["integer", "double precision"],
    "timestamp": ["timestamp with time zone", "date"],
    "text[]": ["character varying(20)[]", "character varying(20)[]", "integer[]", "text"],
    "json[]": ["jsonb[]", "text[]", "text"],
    "boolean": ["text", "integer"],
    "jsonb": ["json", "text"],
    "mood": ["text"],
    "year": ["integer"],
    "int4range": ["text"],
    "uuid": ["text"],
}  # fmt: skip


@pytest.mark.parametrize("data_type", RETYPES)
def test_the_types_to_choose_from(connection: psycopg.Connection, data_type: str) -> None:
    connection.execute("create type mood as enum ('calm'); create domain year as integer")
    connection.execute(f"create table object (shown {data_type})")
    changes = possible_changes(read_catalog(connection), "object", "shown")
    assert [c.to for c in changes if c.kind == "retype column"] == RETYPES[data_type]
    for change in changes:
        statement(change)


def test_a_view_can_only_be_renamed_and_dropped(connection: psycopg.Connection) -> None:
    connection.execute("create table object (title text); create view titles as table object")
    changes = possible_changes(read_catalog(connection), "titles")
    assert [change.kind for change in changes] == ["rename column", "rename table", "drop table"]


def test_new_names_fit_and_are_free(connection: psycopg.Connection) -> None:
    long = "ü" * 31
    connection.execute(
        f'create table object (note text, title text, new_title text, "{long}" text)'
    )
    changes = possible_changes(read_catalog(connection), "object")
    names = [change.to for change in changes if change.kind == "rename column"]
    assert names == ["new_note", "new_title_2", "new_new_title", f"new_{'ü' * 29}"]
    assert [c.column for c in changes if c.kind == "add column"] == ["note_2"]
