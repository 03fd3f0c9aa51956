from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from data_assets import migrating, reporting, urls
from data_assets.errors import SandboxError
from data_assets.marking import Mark, write_mark
from data_assets.museum import SAMPLE
from data_assets.postgres import connect
from data_assets.seeding import seed
from tests.conftest import REPOSITORY, new_database
from tests.data_assets.conftest import a_record, rows

RELATIONS = """
select c.relname, c.relkind from pg_class c
where c.relnamespace = to_regnamespace('reporting') and c.relkind in ('r', 'v', 'm')
order by 1
"""


@pytest.fixture(scope="session", params=[18, 15])
def template(request: pytest.FixtureRequest) -> Iterator[tuple[str, str]]:
    """A server, and the name of a database on it: the museum with the sample, and its views."""
    server: str = request.getfixturevalue(f"server_{request.param}")
    with new_database(server) as url:
        migrating.upgrade(url)
        with contextlib.closing(connect(url)) as connection:
            seed(connection, SAMPLE)
        reporting.apply(url)
        yield server, urls.name_in(url)


@pytest.fixture
def published(template: tuple[str, str]) -> Iterator[str]:
    """URL of a museum of the test's own with the schema reporting, on PostgreSQL 18 and on 15."""
    with new_database(*template) as url:
        with psycopg.connect(url, autocommit=True) as connection:
            write_mark(connection, connection.info.dbname, Mark())
        yield url


def test_what_is_published(published: str) -> None:
    assert rows(published, RELATIONS) == [
        ("alembic_version", "r"),
        ("gallery_overview", "m"),
        ("object_card_v1", "v"),
        ("object_card_v2", "v"),
        ("object_images", "v"),
        ("object_images_normalized", "r"),
        ("published_object_card", "r"),
    ]
    (works,) = rows(published, "select count(*) from object")[0]
    for card in ("object_card_v1", "object_card_v2"):
        assert rows(published, f"select count(*), count(distinct object_id) from reporting.{card}")[
            0
        ] == (works, works)
    assert rows(
        published,
        "select contract_version, count(*) from reporting.published_object_card"
        " group by 1 order by 1",
    ) == [("object_card_v1", works), ("object_card_v2", works)]


def test_the_second_version_breaks_the_first_in_three_ways(published: str) -> None:
    both = (
        "from reporting.object_card_v1 a join reporting.object_card_v2 b using (object_id) where "
    )
    assert rows(
        published, f"select count(*) {both} a.artist is distinct from b.artist_display_name"
    ) == [(0,)]
    assert rows(
        published,
        f"select count(*) {both} a.gallery is distinct from"
        " coalesce(b.gallery_number, b.gallery_place)",
    ) == [(0,)]
    (places,) = rows(
        published, "select count(*) from reporting.object_card_v2 where gallery_place is not null"
    )[0]
    assert places > 0
    assert rows(
        published,
        f"select count(*) {both} b.pictures - a.pictures <> (a.picture is not null)::integer",
    ) == [(0,)]


def test_the_old_shape_over_the_normalised_pictures_is_the_old_table(published: str) -> None:
    different = """
        select count(*) from public.object_images a full join reporting.object_images b
        on a.object_id = b.object_id
        where (a.primary_image, a.additional_images, a.created_at)
            is distinct from (b.primary_image, b.additional_images, b.created_at)
    """
    assert rows(published, different) == [(0,)]
    # What would be lost without the place: some works have a picture twice.
    (twice,) = rows(
        published,
        "select count(*) from (select from reporting.object_images_normalized"
        " group by object_id, image having count(*) > 1) as pictures",
    )[0]
    assert twice > 0


def test_publishing_follows_the_museum(published: str, write: Callable[..., Path]) -> None:
    before: list[tuple[Any, ...]] = rows(
        published, "select max(refreshed_at) from reporting.gallery_overview"
    )
    changed = a_record(9_999_991, additionalImages=["b", "a", "b"], GalleryNumber="in a Tent")
    with connect(published) as connection:
        seed(connection, write(changed))
        seed_again = write(a_record(9_999_991, additionalImages=["c"], GalleryNumber=""))
        at = reporting.publish(connection)
        assert connection.execute(
            "select primary_image, additional_images from reporting.object_images"
            " where object_id = 9999991"
        ).fetchone() == ("https://example.org/kitten.jpg", ["b", "a", "b"])
        assert connection.execute(
            "select works, refreshed_at from reporting.gallery_overview where gallery = 'in a Tent'"
        ).fetchone() == (1, at)
        seed(connection, seed_again)
        reporting.publish(connection)
        assert connection.execute(
            "select additional_images from reporting.object_images where object_id = 9999991"
        ).fetchone() == (["c"],)
        connection.execute("delete from object where object_id = 9999991")
        reporting.publish(connection)
        assert connection.execute(
            "select count(*) from reporting.published_object_card where key = '9999991'"
        ).fetchone() == (0,)
    assert at > before[0][0]


def test_there_and_back_and_there_again(published: str) -> None:
    reporting.remove(published)
    assert rows(published, RELATIONS) == []
    assert rows(published, "select to_regnamespace('reporting')") == [(None,)]
    reporting.remove(published)
    reporting.apply(published)
    reporting.apply(published)
    assert len(rows(published, RELATIONS)) == 7


def test_what_somebody_put_into_the_schema_stays(published: str) -> None:
    with psycopg.connect(published) as connection:
        connection.execute("create table reporting.mine (id int)")
    reporting.remove(published)
    assert ("mine", "r") in rows(published, RELATIONS)


def test_the_museum_is_at_its_own_head_with_the_branch_or_without(published: str) -> None:
    versions = "select version_num from public.alembic_version"
    assert rows(published, versions) == [(migrating.head(),)]
    migrating.upgrade(published)
    assert rows(published, versions) == [(migrating.head(),)]
    reporting.remove(published)
    migrating.downgrade(published)
    migrating.upgrade(published)
    reporting.apply(published)
    assert len(rows(published, RELATIONS)) == 7


def test_the_museum_does_not_go_down_under_its_views(published: str) -> None:
    with pytest.raises(SandboxError, match="Views rely on") as caught:
        migrating.downgrade(published)
    assert "alembic --name reporting downgrade base" in caught.value.next_step
    assert rows(published, "select count(*) > 0 from object") == [(True,)]


def test_an_empty_database_is_told_to_make_the_museum_first(any_database: str) -> None:
    with pytest.raises(SandboxError, match="The branch reporting does not fit") as caught:
        reporting.apply(any_database)
    assert "alembic upgrade head" in caught.value.next_step
    assert rows(any_database, "select to_regnamespace('reporting')") == [(None,)]


def test_a_database_of_somebody_elses_is_left_alone(any_database: str) -> None:
    with psycopg.connect(any_database) as connection:
        connection.execute("create table till (id int)")
    for change in (reporting.apply, reporting.remove):
        with pytest.raises(SandboxError, match="not marked as a sandbox"):
            change(any_database)
    assert rows(any_database, "select to_regnamespace('reporting')") == [(None,)]


def test_as_typed_in_the_clone(museum: str) -> None:
    def alembic(*words: str) -> str:
        ran = subprocess.run(
            [sys.executable, "-m", "alembic", *words],
            cwd=REPOSITORY,
            env={**os.environ, "DATABASE_URL": museum},
            capture_output=True,
            text=True,
            check=True,
        )
        return ran.stdout

    alembic("--name", "reporting", "upgrade", "reporting@head")
    assert len(rows(museum, RELATIONS)) == 7
    alembic("upgrade", "head")
    assert "(head)" in alembic("--name", "reporting", "current")
    alembic("--name", "reporting", "downgrade", "base")
    assert rows(museum, RELATIONS) == []
    assert "CREATE VIEW reporting.object_card_v2" in alembic(
        "--name", "reporting", "upgrade", "head", "--sql"
    )
