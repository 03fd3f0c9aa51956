from __future__ import annotations

import psycopg
import pytest

from contracts.model import Column, DataType, Table
from detection.catalog import read_catalog
from detection.coverage import find_uncovered
from tests.detection.promises import as_observed, catalog_of, contract_of, told

TEXT, INTEGER = DataType("text"), DataType("integer", precision=32, scale=0)

MUSEUM = """
create table object (object_id integer primary key, title text, medium text, created_at timestamp);
create table object_images (
    object_id integer primary key, primary_image text, additional_images text[],
    created_at timestamp
);
create table object_tags (object_id integer primary key, tags json[], created_at timestamp);
create schema archive;
"""


@pytest.fixture
def museum(any_connection: psycopg.Connection) -> psycopg.Connection:
    any_connection.execute(MUSEUM)
    return any_connection


CASES: dict[str, tuple[str, set[tuple[str, str, str | None]]]] = {
    "nothing happens": ("select 1", set()),
    "a table is dropped": ("drop table object", {("table-missing", "object", None)}),
    "a table is renamed": (
        "alter table object_images rename to object_pictures",
        {("table-missing", "object_images", "object_pictures")},
    ),
    "a table is renamed and loses a column": (
        "alter table object rename to work; alter table work drop column medium",
        # three of four columns are too few to be sure
        {("table-missing", "object", None), ("table-uncovered", "work", "table")},
    ),
    "a table moves to another schema": (
        "alter table object_images set schema archive",
        {("table-missing", "object_images", "archive.object_images")},
    ),
    "a view goes by the old name": (
        "alter table object rename to work; create view object as select * from work",
        {("table-uncovered", "work", "table")},
    ),
    "two tables look like the missing one": (
        (
            "drop table object_images;"
            "create table pictures_a (object_id integer, primary_image text,"
            " additional_images text[], created_at timestamp);"
            "create table pictures_b (like pictures_a)"
        ),
        {
            ("table-missing", "object_images", None),
            ("table-uncovered", "pictures_a", "table"),
            ("table-uncovered", "pictures_b", "table"),
        },
    ),
    "a table of the same names and other types is another table": (
        (
            "drop table object_images; create table object_pictures (object_id text,"
            " primary_image integer, additional_images text, created_at date)"
        ),
        {
            ("table-missing", "object_images", None),
            ("table-uncovered", "object_pictures", "table"),
        },
    ),
    "a table, a view and a materialised view are added": (
        (
            "create table letter (id integer); create view titles as select title from object;"
            "create materialized view counted as select count(*) from object"
        ),
        {
            ("table-uncovered", "letter", "table"),
            ("table-uncovered", "titles", "view"),
            ("table-uncovered", "counted", "materialized view"),
        },
    ),
    "partitions go with their parent": (
        (
            "create table visit (at date) partition by range (at);"
            "create table visit_2026 partition of visit"
            " for values from ('2026-01-01') to ('2027-01-01')"
        ),
        {("table-uncovered", "visit", "partitioned table")},
    ),
    "what belongs to Alembic and to Docent": (
        (
            "create table alembic_version (version_num text); create schema docent;"
            "create table docent.progress (id integer); create schema docent_history;"
            "create table docent_history.seen (id integer)"
        ),
        set(),
    ),
    "what an extension brought along, and what only reads it": (
        (
            "create table lookup (code integer); alter extension plpgsql add table lookup;"
            "create view looked as select code from lookup"
        ),
        {("table-uncovered", "looked", "view")},
    ),
    "a missing table is not sought among those of an extension": (
        (
            "alter table object_images rename to object_pictures;"
            "alter extension plpgsql add table object_pictures"
        ),
        {("table-missing", "object_images", None)},
    ),
    "a promised table becomes an extension's": (
        "alter extension plpgsql add table object",
        set(),
    ),
    "near misses of what is ours": (
        (
            "create table alembic_versions (id integer); create schema docents;"
            "create table docents.person (id integer); create table docent (id integer)"
        ),
        {
            ("table-uncovered", "alembic_versions", "table"),
            ("table-uncovered", "docents.person", "table"),
            ("table-uncovered", "docent", "table"),
        },
    ),
    "names are exact": (
        'create table "Object" (id integer); alter table object_tags rename to "object tags"',
        {
            ("table-uncovered", "Object", "table"),
            ("table-missing", "object_tags", "object tags"),
        },
    ),
}


def test_every_case(museum: psycopg.Connection) -> None:
    contracts = as_observed(museum)
    failed = {}
    for name, (after, expected) in CASES.items():
        with museum.transaction(force_rollback=True):
            museum.execute(after)
            violations = find_uncovered(contracts, read_catalog(museum))
        found = {(one.rule, one.element.removeprefix("public."), one.found) for one in violations}
        if found != expected or len(violations) != len(expected):
            failed[name] = sorted(found, key=str)
    assert failed == {}


def test_a_missing_table_holds_each_promised_column() -> None:
    images = Table(
        "object_images", columns=(Column("object_id", INTEGER), Column("primary_image", TEXT))
    )
    contracts = [contract_of(images, name="images"), contract_of(images, name="training")]
    found = find_uncovered(contracts, catalog_of())
    assert [(one.rule, one.level, one.contract, one.promised) for one in found] == [
        ("table-missing", "error", "met-museum-data/images", "object_images"),
        ("table-missing", "error", "met-museum-data/training", "object_images"),
    ]
    assert [(part.rule, part.column, part.promised) for part in found[0].parts] == [
        ("column-missing", "object_id", "integer"),
        ("column-missing", "primary_image", "text"),
    ]


def test_levels() -> None:
    found = find_uncovered([], catalog_of(Table("object", kind="table")))
    assert told(found) == {("table-uncovered", "object")}
    assert [(one.level, one.contract, one.location) for one in found] == [("warning", None, None)]


def test_one_table_cannot_be_two_missing_ones() -> None:
    columns = (Column("object_id", INTEGER), Column("note", TEXT))
    contracts = [contract_of(Table("letter", columns=columns), Table("memo", columns=columns))]
    found = find_uncovered(contracts, catalog_of(Table("message", columns=columns)))
    assert [(one.rule, one.table, one.found) for one in found] == [
        ("table-missing", "letter", None),
        ("table-missing", "memo", None),
        ("table-uncovered", "message", None),
    ]


def test_a_table_that_hundreds_look_like_is_looked_for_among_none() -> None:
    columns = (Column("object_id", INTEGER), Column("note", TEXT))
    tenants = (Table(f"letter_{number}", columns=columns) for number in range(300))
    found = find_uncovered([contract_of(Table("letter", columns=columns))], catalog_of(*tenants))
    assert [(one.rule, one.found) for one in found[:2]] == [
        ("table-missing", None),
        ("table-uncovered", None),
    ]
    assert len(found) == 301
