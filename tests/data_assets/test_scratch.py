"""Scratch databases: gone afterwards, whatever happens, and never anybody else's."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import zlib
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from data_assets import urls
from data_assets.errors import SandboxError
from data_assets.marking import Mark, mark_of
from data_assets.place import Place, find_place
from data_assets.scratch import PREFIX, scratch_database
from tests.conftest import REPOSITORY
from tests.data_assets.conftest import rows


@pytest.fixture
def place(any_database: str) -> Place:
    return place_of(any_database)


def place_of(url: str) -> Place:
    """A server with a maintenance database of the test's own, so that tests do not meet."""
    return Place(url, url, embedded=False)


def scratches(place: Place) -> list[str]:
    """The scratch databases made from this place's maintenance database."""
    prefix = f"{PREFIX}{zlib.crc32(urls.name_in(place.maintenance).encode()):08x}-"
    found = rows(place.url, "select datname from pg_database order by 1")
    return [name for (name,) in found if name.startswith(prefix)]


def make(place: Place, name: str, *, statement: str = "") -> str:
    """Make a database by hand, unmarked; the name behind what ours begin with."""
    whole = f"{PREFIX}{zlib.crc32(urls.name_in(place.maintenance).encode()):08x}-{name}"
    with psycopg.connect(place.url, autocommit=True) as connection:
        connection.execute(sql.SQL("create database {}").format(sql.Identifier(whole)))
    if statement:
        with psycopg.connect(urls.with_name(place.url, whole), autocommit=True) as connection:
            connection.execute(statement)
    return whole


def drop(place: Place, name: str) -> None:
    with psycopg.connect(place.url, autocommit=True) as connection:
        connection.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))


def test_it_is_empty_and_marked_and_gone_afterwards(place: Place) -> None:
    with scratch_database(place) as url:
        assert scratches(place) == [urls.name_in(url)]
        with psycopg.connect(url) as connection:
            assert mark_of(connection) == Mark("scratch", of=urls.name_in(place.maintenance))
            found = connection.execute("select from pg_tables where schemaname = 'public'")
            assert found.fetchall() == []
    assert scratches(place) == []


def test_it_is_gone_after_an_error_and_though_somebody_is_connected(place: Place) -> None:
    left_open: list[psycopg.Connection] = []

    def fail() -> None:
        with scratch_database(place) as url:
            left_open.append(psycopg.connect(url))
            left_open[0].execute("create table t (id int)")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert scratches(place) == []
    with pytest.raises(psycopg.OperationalError):
        left_open[0].execute("select 1")
    left_open[0].close()


def test_two_at_once_do_not_drop_each_other(place: Place) -> None:
    with scratch_database(place) as one, scratch_database(place) as other:
        assert one != other
        assert len(scratches(place)) == 2
        rows(one, "select 1")
    assert scratches(place) == []


def test_what_a_killed_run_has_left_is_dropped_by_the_next(place: Place) -> None:
    code = (
        "import sys; from data_assets.place import Place; "
        "from data_assets.scratch import scratch_database\n"
        "with scratch_database(Place(sys.argv[1], sys.argv[1], embedded=False)):\n"
        "    print('made', flush=True); sys.stdin.read()"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code, place.url], cwd=REPOSITORY,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout
    assert process.stdout.readline() == "made\n"
    (alive,) = scratches(place)
    with scratch_database(place):
        assert alive in scratches(place), "one in use was dropped"
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    assert scratches(place) == [alive]
    for _ in range(100):  # the server notices the end of a connection in its own time
        with scratch_database(place) as url:
            if scratches(place) == [urls.name_in(url)]:
                break
    assert scratches(place) == []


def test_one_that_was_killed_before_the_mark_is_dropped_if_it_is_empty(place: Place) -> None:
    empty = make(place, "empty")
    theirs = make(place, "theirs", statement="create table precious (id int)")
    try:
        with scratch_database(place):
            assert empty not in scratches(place)
        assert scratches(place) == [theirs]
    finally:
        drop(place, theirs)


def test_one_that_is_marked_for_something_else_is_left(place: Place) -> None:
    name = make(place, "learner")
    with psycopg.connect(place.url, autocommit=True) as connection:
        connection.execute(
            sql.SQL("comment on database {} is {}").format(
                sql.Identifier(name), sql.Literal(str(Mark("learner")))
            )
        )
    try:
        with scratch_database(place):
            pass
        assert scratches(place) == [name]
    finally:
        drop(place, name)


def test_a_user_who_may_create_none_is_told_what_to_ask_for(place: Place) -> None:
    user = f"guest_{os.getpid()}"
    with psycopg.connect(place.url, autocommit=True) as connection:
        connection.execute(sql.SQL("create role {} login").format(sql.Identifier(user)))
    url = f"{place.url}&user={user}"
    try:
        with (
            pytest.raises(SandboxError, match=f"alter role {user} createdb"),
            scratch_database(place_of(url)),
        ):
            pytest.fail("it was made")
        assert scratches(place) == []
    finally:
        with psycopg.connect(place.url, autocommit=True) as connection:
            connection.execute(sql.SQL("drop role {}").format(sql.Identifier(user)))


def test_without_a_maintenance_database_the_one_in_use_serves(place: Place) -> None:
    elsewhere = Place(place.url, urls.with_name(place.url, "nowhere"), embedded=False)
    with scratch_database(elsewhere) as url:
        assert scratches(place) == [urls.name_in(url)]
    assert scratches(place) == []


def test_a_server_that_is_down_is_one_message(tmp_path: Path) -> None:
    place = place_of(f"postgresql://postgres@/museum?host={tmp_path}&port=5432")
    with pytest.raises(SandboxError, match="is down"), scratch_database(place):
        pytest.fail("it was made")


def test_on_the_sandbox_s_own_server(environment: dict[str, str]) -> None:
    """Where there is no learner's database yet."""
    place = find_place(environment, lambda _: None)
    of_the_server = Place(place.maintenance, place.maintenance, embedded=True)
    with scratch_database(place) as url:
        assert urls.name_in(url) in scratches(of_the_server)
    assert urls.name_in(url) not in scratches(of_the_server)
