"""Queries of consumers that would reach further than a transaction: they are not asked at all."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest

from contracts.consumers import Consumer, Query, Subscription, load_consumers
from detection.answers import REFUSED, Answer, Failure, Sight, compare
from detection.replay import ask, look, run
from detection.testimony import replay
from detection.unaskable import find_unaskable
from prevention.evidence import explain
from tests.conftest import new_database

SETUP = """
create table object (object_id integer primary key, title text, random integer);
insert into object values (1, 'Haystacks', 7);
create sequence numbers;
create schema extensions;
create function extensions.dblink(text) returns integer language sql as 'select 1';
alter extension plpgsql add function extensions.dblink(text);
create function crosstab(text) returns integer stable language sql as 'select 1';
alter extension plpgsql add function crosstab(text);
create function age_of(integer) returns integer language sql as 'select $1 * 2';
create function "Weight"(integer) returns integer stable language sql as 'select $1 * 3';
"""

# A query for each family of functions that reach further, and the name by which it is refused.
REACHING = {
    "writes a file": ("select lo_export(1, '/tmp/docent-stolen')", "lo_export"),
    "reads a file": ("select pg_read_file('PG_VERSION')", "pg_read_file"),
    "reads a folder": ("select count(*) from pg_ls_dir('.')", "pg_ls_dir"),
    "reads a large object": ("select lo_get(1)", "lo_get"),
    "ends a session": ("select pg_terminate_backend(pg_backend_pid())", "pg_terminate_backend"),
    "cancels another": ("select pg_cancel_backend(1)", "pg_cancel_backend"),
    "sheds the role": ("select set_config('role', 'none', false)", "set_config"),
    "sheds the time limit": (
        "select title from object where set_config('statement_timeout', '0', false) = '0'",
        "set_config",
    ),
    "asks another server": ("select extensions.dblink('host=elsewhere')", "dblink"),
    "takes a number": ("select nextval('numbers')", "nextval"),
    "sets a number": ("select setval('numbers', 7)", "setval"),
    "takes a lock": ("select pg_advisory_lock(1)", "pg_advisory_lock"),
    "waits": ("select pg_sleep(0)", "pg_sleep"),
    "notifies": ("select pg_notify('a', 'b')", "pg_notify"),
    "answers differently": ("select random()", "random"),
    "runs a text": ("select query_to_xml('select 1', true, true, '')", "query_to_xml"),
    "runs a text by an extension": ("select crosstab('select 1')", "crosstab"),
    "loads settings": ("select pg_reload_conf()", "pg_reload_conf"),
    "in quotes": ('select "pg_sleep"(0)', "pg_sleep"),
    "with its schema": ("select pg_catalog . pg_sleep (0)", "pg_sleep"),
    "behind a comment": ("select PG_SLEEP/* (1) */(0)", "pg_sleep"),
    "behind its value": ("select (0).pg_sleep", "pg_sleep"),
    "behind an element": ("select (array['numbers'::regclass])[1].nextval", "nextval"),
    "in a subquery": ("select 1 from (select pg_sleep(0)) as q", "pg_sleep"),
    "in a limit": ("select 1 limit length(pg_sleep(0)::text)", "pg_sleep"),
}

HARMLESS = [
    "select count(*), max(title), coalesce(min(object_id), 0) from object",
    "select now(), current_date, age(now()) is null, date_trunc('day', now())",
    "select lower(title), title like 'pg_sleep(%', 'lo_export(1)' from object",
    "select jsonb_build_object('a', title) ->> 'a' from object -- nextval('numbers')",
    "select o.random, object.random from object o, object",
    "select (select random from object limit 1)",
    "with recursive t(n) as (values (1) union all select n + 1 from t where n < 3) select n from t",
    "select n from generate_series(1, 3) as numbers (n)",
    "select row_number() over (order by title) from object",
    'select age_of(object_id), public."Weight"(object_id) from object',
    "select current_setting('server_version')",
    "select (array[1, 2])[1], (row(1, 2)).f1",
]


@pytest.fixture(scope="module", params=["server_18", "server_15"])
def database(request: pytest.FixtureRequest) -> Iterator[str]:
    """A database that no test changes, with functions of its own and of an extension."""
    with new_database(request.getfixturevalue(request.param)) as url:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(SETUP)
        yield url


@pytest.fixture
def works(database: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(database, autocommit=True) as connection:
        yield connection


@pytest.mark.parametrize(("query", "name"), REACHING.values(), ids=REACHING)
def test_a_query_that_reaches_further_is_not_asked(
    works: psycopg.Connection, query: str, name: str
) -> None:
    fine = "select title from object"
    for asked in (look, ask, run):
        refused, answered = asked(works, [query, fine])
        assert isinstance(refused, Failure)
        assert (refused.code, name in refused.message) == (REFUSED, True)
        assert not isinstance(answered, Failure)
    assert works.execute("select is_called from numbers").fetchone() == (False,)


@pytest.mark.parametrize(
    "query", ['select U&"pg\\005fsleep"(0)', "select $a$x$a$", "select /* /* */ */ 1"]
)
def test_a_query_that_cannot_be_looked_through_is_not_asked(
    works: psycopg.Connection, query: str
) -> None:
    (refused,) = ask(works, [query])
    assert isinstance(refused, Failure)
    assert (refused.code, bool(refused.hint)) == (REFUSED, True)


@pytest.mark.parametrize("query", HARMLESS)
def test_a_harmless_query_is_asked(works: psycopg.Connection, query: str) -> None:
    (sight,), (found,) = look(works, [query]), ask(works, [query])
    assert isinstance(sight, Sight)
    assert isinstance(found, Answer)


def test_a_text_is_read_as_it_was_looked_through(works: psycopg.Connection) -> None:
    works.execute("set standard_conforming_strings = off; set escape_string_warning = off")
    hidden = r"select '\' as a, ' || pg_sleep(0) || ' as b"
    (found,) = ask(works, [hidden])
    assert isinstance(found, Answer)
    assert found.rows == (("\\", " || pg_sleep(0) || "),) or len(found.columns) == 2


def test_every_query_of_the_museum_may_be_asked(works: psycopg.Connection) -> None:
    queries = [query.sql for consumer in load_consumers() for query in consumer.queries]
    assert len(queries) > 5
    assert find_unaskable(works, queries) == (None,) * len(queries)


def test_that_a_query_was_not_asked_is_neither_harm_nor_proof(works: psycopg.Connection) -> None:
    reader = Consumer(
        "guide-app", "Assistant", "operational", "app@museum.org",
        (Subscription("object", ("title",)),),
        (Query("dice", "select title from object order by random()"),),
    )  # fmt: skip
    (found,) = replay(works, works, [reader])
    assert (found.difference.outcome, found.hurt, found.clears) == ("not asked", False, False)
    assert explain(found.difference) == (
        "was not asked: It calls random(), which may change something or answer differently each "
        "time. Register the query without that call."
    )


def test_what_is_refused_on_one_side_alone_is_not_asked() -> None:
    refused = Failure(REFUSED, "It calls dblink().")
    lost = Failure("42883", "function dblink(unknown) does not exist")
    for before, after in ((lost, refused), (refused, lost), (Answer((), ()), refused)):
        assert compare(before, after).outcome == "not asked"
