"""A schema to tear down, and the URL that leads into it and nowhere else."""

from __future__ import annotations

import psycopg
import pytest

from data_assets import migrating
from data_assets.errors import SandboxError
from data_assets.postgres import connect
from docent.own_schema import fresh_schema, inside


def tables(url: str, schema: str) -> set[str]:
    with psycopg.connect(url) as connection:
        found = connection.execute(
            "select table_name from information_schema.tables where table_schema = %s", [schema]
        )
        return {row[0] for row in found.fetchall()}


def test_a_migration_goes_up_and_down_there_and_touches_nothing_else(own_museum: str) -> None:
    before = tables(own_museum, "public")
    rehearsal = fresh_schema("docent_rehearsal", own_museum)
    assert tables(own_museum, "docent_rehearsal") == set()
    migrating.upgrade(rehearsal, "00e9b3375a5f")
    assert tables(own_museum, "docent_rehearsal") == before
    with connect(rehearsal) as connection:
        row = connection.execute("select count(*) from object").fetchone()
        assert row == (0,)
    migrating.downgrade(rehearsal)
    assert tables(own_museum, "docent_rehearsal") == {"alembic_version"}
    assert tables(own_museum, "public") == before
    with connect(own_museum) as connection:
        row = connection.execute("select count(*) > 0 from object").fetchone()
        assert row == (True,)


def test_who_goes_on_to_the_crm_there_loses_nothing(own_museum: str) -> None:
    rehearsal = fresh_schema("docent_rehearsal", own_museum)
    with pytest.raises(SandboxError, match="Nothing was changed"):
        migrating.upgrade(rehearsal)
    with connect(own_museum) as connection:
        row = connection.execute("select count(*) > 0 from crm.signups").fetchone()
        assert row == (True,)


def test_it_is_empty_each_time(own_museum: str) -> None:
    with connect(fresh_schema("docent_rehearsal", own_museum)) as connection:
        connection.execute("create table left_over ()")
    fresh_schema("docent_rehearsal", own_museum)
    assert tables(own_museum, "docent_rehearsal") == set()


@pytest.mark.parametrize("name", ["public", "museum", "", "documents"])
def test_no_schema_of_somebody_elses_is_dropped(name: str) -> None:
    with pytest.raises(ValueError, match="docent_"):
        fresh_schema(name, "postgresql://nowhere/none")


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("postgresql:///museum", "postgresql:///museum?options=-csearch_path%3Ddocent_x"),
        (
            "postgresql://ada@/museum?host=%2Ftmp&port=1",
            "postgresql://ada@/museum?host=%2Ftmp&port=1&options=-csearch_path%3Ddocent_x",
        ),
        (
            "postgresql://h/m?options=-cwork_mem%3D8MB",
            "postgresql://h/m?options=-cwork_mem%3D8MB%20-csearch_path%3Ddocent_x",
        ),
    ],
)
def test_the_url_says_where_to_look(url: str, expected: str) -> None:
    assert inside(url, "docent_x") == expected
