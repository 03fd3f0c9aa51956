from __future__ import annotations

from collections.abc import Sequence

import psycopg
import pytest

from contracts.consumers import Consumer, Query, Subscription
from contracts.model import Contract
from detection.changing import Change
from detection.experiment import Experiment, try_change

IMAGES = ("public", "object_images")
OBJECT = ("public", "object")
GALLERY = ("public", "object_gallery_info")


def outcomes(experiment: Experiment) -> dict[str, str]:
    """What became of each query for which anything did."""
    return {
        f"{each.consumer.name}/{each.query.name}": each.difference.outcome
        for each in experiment.evidence
        if each.difference.outcome != "same"
    }


def rules(experiment: Experiment) -> list[tuple[str, str]]:
    return [(each.rule, each.element.removeprefix("public.")) for each in experiment.violations]


# A change of the museum; the promises that it breaks; the queries for which it changes anything.
CHANGES: dict[Change, tuple[list[tuple[str, str]], dict[str, str]]] = {
    Change("rename column", *IMAGES, "primary_image", "image"): (
        [("column-renamed", "object_images.primary_image")],
        {
            "data-science-training/training-pictures": "fails",
            "data-science-training/pictures-per-label": "fails",
            "guide-app/work-cards": "fails",
            "gallery-map/works-by-gallery": "fails",
        },
    ),
    Change("drop column", *IMAGES, "additional_images"): (
        [("column-missing", "object_images.additional_images")],
        {
            "data-science-training/training-pictures": "fails",
            "data-science-training/pictures-per-label": "fails",
        },
    ),
    Change("drop column", *IMAGES, "created_at"): (
        [("column-missing", "object_images.created_at")], {},
    ),
    Change("retype column", *GALLERY, "object_id", "bigint"): (
        [("type-differs", "object_gallery_info.object_id")], {},
    ),
    Change("retype column", *OBJECT, "object_id", "bigint"): (
        [("type-differs", "object.object_id")],
        {
            "guide-app/work-cards": "other types",
            "search-index/documents": "other types",
            "search-index/changed-works": "other types",
        },
    ),
    Change("retype column", *OBJECT, "object_id", "text"): (
        [("type-differs", "object.object_id")],
        {
            "guide-app/work-cards": "fails",
            "rights-desk/works-to-clear": "fails",
            "search-index/documents": "fails",
            "search-index/changed-works": "fails",
        },
    ),
    Change("retype column", *OBJECT, "title", "varchar(20)", cast=True): (
        [("type-differs", "object.title")],
        {
            "guide-app/work-cards": "other types",
            "rights-desk/works-to-clear": "other types",
            "search-index/documents": "other rows",
        },
    ),
    Change("retype column", *OBJECT, "title", "varchar(500)"): (
        [("type-differs", "object.title")],
        {"guide-app/work-cards": "other types", "rights-desk/works-to-clear": "other types"},
    ),
    Change("retype column", *IMAGES, "additional_images", "text"): (
        [("type-differs", "object_images.additional_images")],
        {
            "data-science-training/training-pictures": "fails",
            "data-science-training/pictures-per-label": "fails",
        },
    ),
    Change("retype column", "public", "object_tags", "tags", "jsonb[]"): (
        [("array-element-differs", "object_tags.tags")], {},
    ),
    Change("allow null", *IMAGES, "created_at"): (
        [("nullability-differs", "object_images.created_at")], {},
    ),
    Change("forbid null", *IMAGES, "additional_images"): (
        [("nullability-differs", "object_images.additional_images")], {},
    ),
    Change("add column", *GALLERY, "note", "text"): (
        [("column-undeclared", "object_gallery_info.note")], {},
    ),
    Change("blank values", *GALLERY, "department"): (
        [("rows-null", "object_gallery_info.department")],
        {
            "data-science-training/training-pictures": "other rows",
            "data-science-training/pictures-per-label": "other rows",
            "gallery-map/works-by-gallery": "other rows",
        },
    ),
    Change("blank values", *GALLERY, "accession_number"): ([], {}),
    Change("rename table", "public", "object_tags", to="tags"): (
        [("table-missing", "object_tags")], {"search-index/documents": "fails"},
    ),
    Change("drop table", "public", "object_copyright"): (
        [("table-missing", "object_copyright")],
        {
            "data-science-training/training-pictures": "fails",
            "rights-desk/open-share": "fails",
            "rights-desk/works-to-clear": "fails",
            "rights-desk/free-without-picture": "fails",
        },
    ),
}  # fmt: skip


@pytest.mark.parametrize("change", CHANGES, ids=str)
def test_what_a_change_breaks_and_for_whom(
    collection: psycopg.Connection,
    promises: tuple[Contract, ...],
    readers: tuple[Consumer, ...],
    change: Change,
) -> None:
    experiment = try_change(collection, change, promises, readers)
    broken, hurt = CHANGES[change]
    assert experiment.refusal is None
    assert rules(experiment) == broken
    assert outcomes(experiment) == hurt
    assert [owner.email for owner in experiment.owners] != []
    assert experiment.mended == ()


# A change that cannot be made, and what Postgres says.
REFUSED = {
    Change("retype column", *OBJECT, "title", "integer", cast=True): "22P02",
    Change("retype column", *OBJECT, "title", "integer"): "42804",
    Change("retype column", *OBJECT, "title", "varchar(3)"): "22001",
    Change("retype column", *OBJECT, "title", "blurb"): "42704",
    Change("retype column", *OBJECT, "title", "no; such type"): "42704",
    Change("retype column", *OBJECT, "object_id", "smallint"): "22003",
    Change("forbid null", *OBJECT, "artist_display_name"): "23502",
    Change("allow null", *OBJECT, "object_id"): "42P16",
    Change("blank values", *OBJECT, "created_at"): "23502",
    Change("rename column", *OBJECT, "title", "created_at"): "42701",
    Change("rename column", *OBJECT, "title", ""): "42601",
    Change("add column", *OBJECT, "title", "text"): "42701",
    Change("drop column", *OBJECT, "lost"): "42703",
    Change("drop table", "public", "lost"): "42P01",
    Change("drop table", "lost", "object"): "3F000",
    Change("rename table", *OBJECT, to="object_images"): "42P07",
}


@pytest.mark.parametrize("change", REFUSED, ids=str)
def test_an_impossible_change_is_an_answer(
    collection: psycopg.Connection,
    promises: tuple[Contract, ...],
    readers: tuple[Consumer, ...],
    change: Change,
) -> None:
    experiment = try_change(collection, change, promises, readers)
    assert experiment.refusal
    assert experiment.refusal.code == REFUSED[change]
    assert experiment.refusal.message
    assert (experiment.violations, experiment.evidence) == ((), ())


def test_several_changes_in_a_row(
    collection: psycopg.Connection, promises: tuple[Contract, ...], readers: tuple[Consumer, ...]
) -> None:
    """NOT NULL keeps the nulls away; once it is dropped, they change answers without an error."""
    blank = Change("blank values", *OBJECT, "created_at")
    assert try_change(collection, blank, promises, readers).refusal
    changes = (Change("allow null", *OBJECT, "created_at"), blank)
    experiment = try_change(collection, changes, promises, readers)
    assert rules(experiment) == [("nullability-differs", "object.created_at")]
    assert outcomes(experiment) == {"search-index/changed-works": "other rows"}
    assert len(experiment.ddl) == 2


def test_a_change_can_mend(
    any_connection: psycopg.Connection, promises: tuple[Contract, ...]
) -> None:
    any_connection.execute("create table object_tags (object_id integer primary key)")
    tags = [contract for contract in promises if "tags" in contract.name]
    change = Change("add column", "public", "object_tags", "tags", "json[]")
    experiment = try_change(any_connection, change, tags)
    assert experiment.violations == ()
    assert [each.element for each in experiment.mended] == ["public.object_tags.tags"]
    assert any_connection.execute("select count(*) from object_tags").fetchone() == (0,)


def test_what_was_broken_before_is_no_effect_of_the_change(
    any_connection: psycopg.Connection, promises: tuple[Contract, ...]
) -> None:
    any_connection.execute("create table object_tags (object_id integer primary key, tags text)")
    tags = [contract for contract in promises if "tags" in contract.name]
    change = Change("drop column", "public", "object_tags", "tags")
    experiment = try_change(any_connection, change, tags)
    assert rules(experiment) == [("column-missing", "object_tags.tags")]
    assert [each.rule for each in experiment.mended] == ["type-differs"]


def consumer(*queries: str) -> Consumer:
    return Consumer(
        name="guide-app",
        team="Museum Assistant",
        mode="operational",
        migration_contact="assistant@museum.org",
        subscriptions=(Subscription("object", ("object_id",)),),
        queries=tuple(Query(f"query-{n}", sql) for n, sql in enumerate(queries)),
    )


def became(
    connection: psycopg.Connection, change: Change | Sequence[Change], *queries: str
) -> list[str]:
    """What becomes of queries by a change; a query that is not asked about it is left out."""
    experiment = try_change(connection, change, (), [consumer(*queries)])
    assert experiment.refusal is None, experiment.refusal
    return [each.difference.outcome for each in experiment.evidence]


@pytest.fixture
def works(any_connection: psycopg.Connection) -> psycopg.Connection:
    any_connection.execute(
        "create table object (object_id integer primary key, title text, note text);"
        "insert into object select n, 'Work ' || n, 'note' from generate_series(1, 60) as n;"
        "create table gallery (name text primary key)"
    )
    return any_connection


def test_only_queries_that_may_read_the_table_are_asked(works: psycopg.Connection) -> None:
    change = Change("drop table", "public", "gallery")
    found = became(works, change, "select title from object", "select name from gallery")
    assert found == ["fails"]
    assert became(works, change, 'select name from "gallery"', "select NAME from GALLERY") == [
        "fails", "fails",
    ]  # fmt: skip
    assert became(works, change, "select 1 as gallery_count") == []


def test_a_star_and_a_whole_row_notice_a_new_column(works: psycopg.Connection) -> None:
    change = Change("add column", "public", "object", "mark", "text")
    found = became(
        works,
        change,
        "select * from object",
        "select o from object o",
        "select o::text from object o",
        "select title from object",
        "select row_to_json(o)::text as work from object o join object p using (object_id)",
    )
    assert found == ["other columns", "other rows", "other rows", "same", "other rows"]


def test_a_whole_row_notices_values(works: psycopg.Connection) -> None:
    query = "select o::text as work from object o join object p on p.object_id = o.object_id"
    assert became(works, Change("blank values", "public", "object", "note"), query) == [
        "other rows"
    ]


def test_another_order_is_told(works: psycopg.Connection) -> None:
    change = Change("retype column", "public", "object", "object_id", "text")
    query = "select title from object order by object_id"
    assert became(works, change, query) == ["other order"]


def test_a_query_that_failed_before_is_no_witness(works: psycopg.Connection) -> None:
    change = Change("rename column", "public", "object", "title", "name")
    found = became(works, change, "select lost from object", "select name from object")
    assert found == ["failed before", "mended"]


def test_a_query_that_breaks_only_as_it_runs(works: psycopg.Connection) -> None:
    works.execute("update object set note = '7'")
    change = Change("retype column", "public", "object", "title", "varchar(4)", cast=True)
    query = "select note::integer / (length(title) - 4) as ratio from object"
    assert became(works, change, query) == ["fails"]


def test_a_table_may_take_the_place_of_another(works: psycopg.Connection) -> None:
    works.execute("create schema attic; create table attic.titles (name text)")
    works.execute("set search_path = public, attic")
    change = Change("rename table", "public", "gallery", to="titles")
    works.execute("insert into gallery values ('800')")
    assert became(works, change, "select name from titles") == ["other rows"]


SPREADING = {
    "a function": (
        "create function titles() returns setof text language sql as 'select title from object'",
        "select title from titles() as title",
    ),
    "a generated column": (
        "alter table object add shout text generated always as (upper(title)) stored",
        "select shout from object",
    ),
    "a foreign key": (
        """alter table object add unique (title);
           create table label (title text references object (title) on update set null);
           insert into label select title from object""",
        "select title from label",
    ),
    "a trigger": (
        """create function follow() returns trigger language plpgsql as
               'begin update gallery set name = ''closed''; return new; end';
           insert into gallery values ('800');
           create trigger follows after update on object execute function follow()""",
        "select name from gallery",
    ),
    "a trigger of Postgres's own": (
        """alter table object add words tsvector;
           create trigger keeps before update on object for each row execute function
               tsvector_update_trigger(words, 'pg_catalog.simple', title);
           update object set title = title""",
        "select words from object",
    ),
    "a view": ("create view titles as select title from object", "select title from titles"),
    "a view of a view": (
        """create view titles as select title from object;
           create view shouted as select upper(title) as title from titles""",
        "select title from shouted",
    ),
}


@pytest.mark.parametrize("way", SPREADING)
def test_new_values_are_seen_wherever_they_spread(works: psycopg.Connection, way: str) -> None:
    ddl, query = SPREADING[way]
    works.execute(ddl)
    assert became(works, Change("blank values", "public", "object", "title"), query) == [
        "other rows"
    ]


def test_a_change_of_a_partition_reaches_the_whole(any_connection: psycopg.Connection) -> None:
    any_connection.execute(
        "create table work (id integer, title text) partition by range (id);"
        "create table early partition of work for values from (0) to (100);"
        "create table late partition of work for values from (100) to (200);"
        "insert into work select n, 'Work' from generate_series(1, 150) as n"
    )
    change = Change("blank values", "public", "early", "title")
    queries = ("select title from work", "select title from early")
    assert became(any_connection, change, *queries) == ["other rows", "other rows"]
    change = Change("retype column", "public", "work", "title", "varchar(9)")
    assert became(any_connection, change, *queries) == ["other types", "other types"]


def test_views_in_the_way_are_shown_and_dropped(works: psycopg.Connection) -> None:
    works.execute(
        "create view titles as select object_id, title from object;"
        'create view "Shouted Titles" as select upper(title) as title from titles;'
        "create materialized view notes as select note from object;"
        "create materialized view title_list as select title from titles"
    )
    names = ["titles", "Shouted Titles", "title_list"]
    change = Change("retype column", "public", "object", "title", "varchar(99)")
    query = 'select title from "Shouted Titles"'
    experiment = try_change(works, change, (), [consumer(query)])
    assert [(view.name, view.dropped) for view in experiment.views] == [
        (name, True) for name in names
    ]
    assert experiment.ddl == (
        'drop materialized view "public"."title_list"',
        'drop view "public"."Shouted Titles"',
        'drop view "public"."titles"',
        'alter table "public"."object" alter column "title" type character varying(99)',
    )
    assert [each.difference.outcome for each in experiment.evidence] == ["fails"]

    change = Change("rename column", "public", "object", "title", "name")
    experiment = try_change(works, change, (), [consumer(query)])
    assert [(view.name, view.dropped) for view in experiment.views] == [
        (name, False) for name in names
    ]
    assert [each.difference.outcome for each in experiment.evidence] == ["same"]

    experiment = try_change(works, Change("drop table", "public", "object"), ())
    assert {view.name for view in experiment.views} == {*names, "notes"}
    assert experiment.refusal is None


def test_a_view_can_be_changed_too(works: psycopg.Connection) -> None:
    works.execute("create view titles as select title from object")
    change = Change("rename column", "public", "titles", "title", "name")
    assert became(works, change, "select title from titles", "select * from titles") == [
        "fails", "other columns",
    ]  # fmt: skip
    assert became(works, Change("drop table", "public", "titles"), "select title from titles") == [
        "fails"
    ]
    assert try_change(works, Change("drop column", "public", "titles", "title"), ()).refusal


def test_names_that_need_quoting(any_connection: psycopg.Connection) -> None:
    any_connection.execute(
        'create schema "On View"; create table "On View"."100% ""new"" {works}" ("a ; b" text);'
        'insert into "On View"."100% ""new"" {works}" values (\'x\');'
    )
    query = 'select "a ; b" from "On View"."100% ""new"" {works}"'
    place = ("On View", '100% "new" {works}')
    assert became(any_connection, Change("drop column", *place, "a ; b"), query) == ["fails"]
    assert became(any_connection, Change("blank values", *place, "a ; b"), query) == ["other rows"]
    renamed = Change("rename column", *place, "a ; b", '"; drop schema "On View"')
    assert became(any_connection, renamed, query) == ["fails"]
    assert became(any_connection, Change("drop table", *place), query) == ["fails"]


def test_two_in_a_hundred_values_are_blanked(works: psycopg.Connection) -> None:
    change = Change("blank values", "public", "object", "title")
    (evidence,) = try_change(
        works, change, (), [consumer("select title from object where title is not null")]
    ).evidence
    rows = evidence.difference.rows
    assert rows
    assert (rows.before, rows.after, rows.differing) == (60, 58, 2)
