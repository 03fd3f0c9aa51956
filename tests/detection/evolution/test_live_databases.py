"""Two real databases, or one before and after: what is kept beside the columns is seen as well."""

from __future__ import annotations

import psycopg
import pytest

from contracts.model import Storage
from detection.catalog import read_catalog
from detection.diff import diff_catalogs
from detection.judgement import judge

SHOWN = "select {} from object"
MUSEUM = """
create table object (object_id integer primary key, title text, weight numeric(10,2));
create table object_images (object_id integer references object, primary_image text);
create index object_title on object (title);
create view shown as select object_id, title from object;
create function open_works(gallery integer) returns integer language sql as 'select 1';
create table visit (at date, object_id integer) partition by range (at);
create table visit_2024 partition of visit for values from ('2024-01-01') to ('2025-01-01');
create table alembic_version (version_num text)
"""

CHANGES: dict[str, tuple[str, set[tuple[str, str]]]] = {
    "nothing": ("select 1", set()),
    "Alembic's own books": ("insert into alembic_version values ('2')", set()),
    "an index under another name": ("alter index object_title rename to by_title", set()),
    "an index that is gone": ("drop index object_title", {("index-removed", "public.object")}),
    "an index for some rows": (
        "create unique index on object (title) where weight > 1",
        {("unique-added", "public.object")},
    ),
    "a replica identity": (
        "alter table object replica identity full",
        {("replication-changed", "public.object")},
    ),
    "a publication": (
        "create publication everything for table object",
        {("replication-changed", "public.object")},
    ),
    "a publication of a whole schema": (
        "create publication everything for tables in schema public",
        {("replication-changed", f"public.{name}")
         for name in ("object", "object_images", "visit", "visit_2024")},
    ),
    "a grant": (
        "grant select on object to pg_monitor", {("grant-widened", "public.object")},
    ),
    "a grant to everybody": (
        "grant select on shown to public", {("grant-widened", "public.shown")},
    ),
    "a partition that is detached": (
        "alter table visit detach partition visit_2024",
        {("partition-detached", "public.visit_2024")},
    ),
    "a partition that is gone": (
        "drop table visit_2024", {("partition-removed", "public.visit_2024")},
    ),
    "a partition more": (
        "create table visit_2025 partition of visit default",
        {("partition-added", "public.visit_2025")},
    ),
    "a column of a parted table": (
        "alter table visit add column seconds integer", {("column-added", "public.visit.seconds")},
    ),
    "a function's signature": (
        """drop function open_works; create function open_works(gallery text) returns integer
         language sql as 'select 1'""",
        {("function-signature-changed", "public.open_works(gallery text)")},
    ),
    "a function's body": (
        """create or replace function open_works(gallery integer) returns integer
         language sql as 'select 2'""",
        {("function-body-changed", "public.open_works(gallery integer)")},
    ),
    "a procedure more": (
        "create procedure clean() language sql as 'select 1'",
        {("function-added", "public.clean()")},
    ),
    "a check that is a domain's": (
        """create domain mass as numeric(10,2) check (value > 0);
        alter table object alter weight type mass""",
        {("type-respelled", "public.object.weight"), ("check-tightened", "public.object")},
    ),
    "a table under another name, behind a view": (
        """alter table object_images rename to object_pictures;
        create view object_images as select * from object_pictures""",
        {("table-replaced-by-view", "public.object_images"),
         ("table-added", "public.object_pictures"),
         ("foreign-key-dropped", "public.object_images")},
    ),
    "a table under another name": (
        "alter table object_images rename to object_pictures",
        {("table-name-changed", "public.object_pictures")},
    ),
    "a column under another name, and the view of it": (
        "alter table object rename title to work_title",
        {("column-name-changed", "public.object.work_title"),
         ("view-base-renamed", "public.shown")},
    ),
    "a view with a column more": (
        "create or replace view shown as " + SHOWN.format("object_id, title, weight"),
        {("column-added", "public.shown.weight")},
    ),
    "a view with a column more, computed": (
        "create or replace view shown as " + SHOWN.format(
            "object_id, title, upper(coalesce(title, '?')) as caption"),
        {("column-added", "public.shown.caption")},
    ),
    "a view with a column less": (
        "drop view shown; create view shown as " + SHOWN.format("title"),
        {("column-removed", "public.shown.object_id")},
    ),
    "a view with a column more, and other rows": (
        "create or replace view shown as " + SHOWN.format("object_id, title, weight")
        + " where object_id > 7",
        {("column-added", "public.shown.weight"), ("view-query-changed", "public.shown")},
    ),
    "a view with a column more, which makes more rows": (
        "create or replace view shown as " + SHOWN.format(
            "object_id, title, generate_series(1, 2) as place"),
        {("column-added", "public.shown.place"), ("view-query-changed", "public.shown"),
         ("updatability-dropped", "public.shown.object_id"),
         ("updatability-dropped", "public.shown.title")},
    ),
    "a view with a column more, which makes rows alike": (
        "drop view shown; create view shown as " + SHOWN.format(
            "distinct object_id, title, weight"),
        {("column-added", "public.shown.weight"), ("view-query-changed", "public.shown"),
         ("updatability-dropped", "public.shown.object_id"),
         ("updatability-dropped", "public.shown.title")},
    ),
    "a view with a column more, and one that is asked from elsewhere": (
        "create or replace view shown as " + SHOWN.format(
            "object_id, upper(title) as title, weight"),
        {("column-added", "public.shown.weight"), ("view-query-changed", "public.shown"),
         ("updatability-dropped", "public.shown.title")},
    ),
    "a view with a column more, over a column under another name": (
        "alter table object rename title to work_title; create or replace view shown as "
        + SHOWN.format("object_id, work_title as title, weight"),
        {("column-name-changed", "public.object.work_title"),
         ("column-added", "public.shown.weight"), ("view-base-renamed", "public.shown")},
    ),
    "a key on two columns in another order": (
        "alter table object_images add primary key (object_id, primary_image)",
        {("primary-key-added", "public.object_images"),
         ("not-null-added", "public.object_images.object_id"),
         ("not-null-added", "public.object_images.primary_image")},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CHANGES)
def test_what_is_told_of_a_change_in_a_database(
    any_connection: psycopg.Connection, name: str
) -> None:
    change, expected = CHANGES[name]
    any_connection.execute(MUSEUM.encode())
    before = read_catalog(any_connection)
    any_connection.execute(change.encode())
    verdicts = judge(diff_catalogs(before, read_catalog(any_connection)))
    assert {(verdict.rule, verdict.change.element) for verdict in verdicts} == expected


def test_not_null_of_a_domain_counts_as_not_null(any_connection: psycopg.Connection) -> None:
    any_connection.execute("create table object (object_id integer, title text)")
    before = read_catalog(any_connection)
    any_connection.execute(
        b"create domain caption as text not null; alter table object alter title type caption"
    )
    verdicts = judge(diff_catalogs(before, read_catalog(any_connection)))
    assert {verdict.rule for verdict in verdicts} == {"type-respelled", "not-null-added"}


def test_how_a_table_is_kept_is_read(any_connection: psycopg.Connection) -> None:
    any_connection.execute(
        b"""
        create table plain (object_id integer primary key);
        create table object (object_id integer primary key, title text);
        create index "Title index" on object (title);
        alter table object replica identity full;
        create publication everything for all tables;
        grant select, insert on object to pg_monitor;
        drop publication everything;
        create publication works for table object;
        create table visit (at date) partition by range (at)
        """
    )
    kept = {table.name: table.storage for table in read_catalog(any_connection).tables}
    assert kept == {
        "plain": None,
        "object": Storage(
            ('CREATE INDEX "Title index" ON public.object USING btree (title)',),
            replica_identity="full",
            publications=("works",),
            grants=("pg_monitor INSERT", "pg_monitor SELECT"),
        ),
        "visit": Storage(partition_key="RANGE (at)"),
    }
