"""The learner's second museum: the views are in it, and in no other place."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest

import docent
from data_assets import urls
from docent.branch_databases import make_afresh
from docent.published import PURPOSE, published

VIEWS = "select count(*) from pg_class where relnamespace = to_regnamespace('reporting')"


@pytest.fixture
def ada(home: Path, own_museum: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """A learner with a museum that nobody else has."""
    monkeypatch.setenv("DATABASE_URL", own_museum)
    return own_museum


def asked(url: str, query: str) -> object:
    with psycopg.connect(url) as connection:
        row = connection.execute(query.encode()).fetchone()
        return row[0] if row else None


def databases(url: str) -> set[str]:
    name = urls.name_in(url)
    found = asked(url, f"select array_agg(datname) from pg_database where datname ~ '^{name}'")
    assert isinstance(found, list)
    return set(found)


def test_the_views_are_beside_the_museum_and_leave_it_free(ada: str) -> None:
    url = published()
    assert url == published()
    assert urls.name_in(url) == f"{urls.name_in(ada)}_{PURPOSE}"
    assert asked(url, "select count(*) = 3000 from reporting.object_card_v1") is True
    assert asked(ada, VIEWS) == 0
    with psycopg.connect(ada) as connection:  # which a view that reads it would not let happen
        connection.execute("alter table object drop column artist_display_name")


def test_whoever_begins_another_database_gets_the_views_of_that_one(ada: str) -> None:
    here = published()
    docent.begin("10", ada)
    assert published() == here


def test_a_reset_of_the_lesson_gives_fresh_views_and_keeps_the_old_ones(ada: str) -> None:
    url = published()
    with psycopg.connect(url) as connection:
        connection.execute("drop view reporting.object_card_v1")
        connection.execute("create table of_mine ()")

    said = repr(docent.reset("10"))

    assert f"Your database {PURPOSE} is fresh; the one before is kept as" in said
    assert asked(published(), "select count(*) = 3000 from reporting.object_card_v1") is True
    assert asked(published(), "select to_regclass('of_mine') is null") is True
    aside = {name for name in databases(ada) if name.startswith(f"{urls.name_in(url)}-")}
    assert len(aside) == 1
    assert aside.pop() in said


def test_a_reset_of_another_lesson_leaves_the_views_as_they_are(ada: str) -> None:
    url = published()
    with psycopg.connect(url) as connection:
        connection.execute("create table of_mine ()")
    assert PURPOSE not in repr(docent.reset("09"))
    assert asked(published(), "select to_regclass('of_mine') is not null") is True


def test_where_there_is_none_a_reset_makes_none_and_says_nothing_of_it(ada: str) -> None:
    before = databases(ada)
    assert make_afresh(PURPOSE) is None
    assert databases(ada) == before
    assert PURPOSE not in repr(docent.reset("10"))
    assert not any(PURPOSE in name for name in databases(ada))


def test_what_a_right_answer_did_is_undone(ada: str) -> None:
    grants = (
        "grant usage on schema reporting to reporting_reader;"
        "grant select on reporting.object_card_v1, reporting.object_card_v2 to reporting_reader"
    )
    role = "select count(*) from pg_roles where rolname = 'reporting_reader'"
    before = asked(ada, role)
    assert docent.check("10.4", grants).subject.kind == "correct"
    assert asked(ada, role) == before
    rights = "select count(*) from pg_class where relacl::text ~ 'reporting_reader'"
    assert asked(published(), rights) == 0


def test_whoever_holds_rights_already_does_not_pass_by_them(ada: str) -> None:
    """What was granted before is no part of the answer."""
    with psycopg.connect(published()) as connection:
        connection.execute("create role reporting_reader")
        connection.execute("grant usage on schema reporting to reporting_reader")
        connection.execute("grant select on all tables in schema reporting to reporting_reader")
    try:
        outcome = docent.check("10.4", "grant usage on schema reporting to reporting_reader")
        assert "permission denied for view object_card_v1" in outcome.subject.message
    finally:
        with psycopg.connect(published()) as connection:
            connection.execute("drop owned by reporting_reader")
            connection.execute("drop role reporting_reader")
