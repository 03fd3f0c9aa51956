"""Two views compared by a key, on real servers and against a count made by hand in Python."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from psycopg import sql

from detection.catalog import read_catalog
from detection.pairing import PairingError, Wish, pair_columns
from detection.parity import Difference, Example, Parity, compare_rows
from tests.conftest import new_database

Connection = psycopg.Connection[Any]


@pytest.fixture(scope="module", params=[18, 15])
def one_connection(request: pytest.FixtureRequest) -> Iterator[Connection]:
    """A connection to a database that these tests share, on PostgreSQL 18 and again on 15."""
    server: str = request.getfixturevalue(f"server_{request.param}")
    with new_database(server) as url, psycopg.connect(url, autocommit=True) as connection:
        yield connection


@pytest.fixture
def any_connection(one_connection: Connection) -> Connection:
    """The same, with nothing in it."""
    one_connection.execute("drop schema public cascade; create schema public")
    return one_connection


def parity(
    connection: Connection,
    *key: str,
    old: str = "old",
    new: str = "new",
    hidden: tuple[str, ...] = (),
    limit: int = 5,
    time_limit: float = 60,
    **wish: Any,
) -> Parity:
    """Compare two tables of the schema public; every value may be told but of ``hidden``."""
    catalog = read_catalog(connection)
    views = catalog.table("public", old), catalog.table("public", new)
    assert views[0] is not None
    assert views[1] is not None
    public = {
        (table.schema, table.name, column.name)
        for table in views
        if table
        for column in table.columns
        if column.name not in hidden
    }
    pairing = pair_columns(views[0], views[1], Wish(key, **wish), catalog, public)
    return compare_rows(connection, pairing, limit=limit, time_limit=time_limit)


def counts(found: Parity) -> dict[str, Any]:
    """All that was counted, by name; what is nought is left out."""
    named = {
        "without_key": found.without_key, "repeated": found.repeated, "only_old": found.only_old,
        "only_new": found.only_new, "matched": found.matched, "differing": found.differing,
    }  # fmt: skip
    named |= found.by_column
    return {name: number for name, number in named.items() if number not in (0, (0, 0))}


def test_every_kind_of_difference_is_counted(any_connection: Connection) -> None:
    any_connection.execute("""
        create table old (id int, title text, n int);
        create table new (id int, title text, n int);
        insert into old values (1, 'a', 1), (2, null, 2), (3, 'c', 3), (4, 'd', 4),
            (5, 'e', 5), (5, 'e', 5), (null, 'x', 0), (7, 'g', null);
        insert into new values (1, 'a', 1), (2, '', 2), (3, 'c', 33), (5, 'e', 5),
            (6, 'f', 6), (7, 'g', null), (8, 'h', 8), (8, 'h', 8), (8, 'h', 8)
    """)
    found = parity(any_connection, "id")
    assert found.rows == (8, 9)
    assert counts(found) == {
        "without_key": (1, 0), "repeated": (1, 1), "only_old": 1, "only_new": 1, "matched": 4,
        "differing": 2, "title": 1, "n": 1,
    }  # fmt: skip
    assert found.examples == (
        Example("differs", ("2",), (1, 1), (Difference("title", None, ""),)),
        Example("differs", ("3",), (1, 1), (Difference("n", "3", "33"),)),
        Example("only new", ("6",), (0, 1)),
        Example("only old", ("4",), (1, 0)),
        Example("repeated", ("5",), (2, 1)),
        Example("repeated", ("8",), (0, 3)),
    )
    assert not found.is_same


def test_two_that_are_the_same_are(any_connection: Connection) -> None:
    any_connection.execute("""
        create table old (id int, b text);
        insert into old values (1, null), (2, 'b');
        create view new as select b, id from old
    """)
    found = parity(any_connection, "id")
    assert (found.is_same, found.matched, found.covers_old, found.examples) == (True, 2, True, ())
    some = parity(any_connection, "id", ignored=("b",))
    assert (some.is_same, some.covers_old, some.pairing.columns) == (True, False, ())
    part = parity(any_connection, "id", where="id = 1")
    assert (part.is_same, part.matched, part.covers_old) == (True, 1, False)


@pytest.mark.parametrize(
    ("old", "new", "is_same"),
    [
        ("1::int", "1::bigint", True),
        ("1::int", "1.0::numeric", True),
        ("1::int", "2::bigint", False),
        ("1.10::numeric", "1.1::numeric", True),
        ("'nan'::float8", "'nan'::float8", True),
        ("'-0'::float8", "0::float8", True),
        ("'infinity'::timestamp", "'infinity'::timestamp", True),
        ("'a'::text", "'a'::varchar(9)", True),
        ("'a'::char(3)", "'a'::char(3)", True),
        ("'a'::text", "'A'::text", False),
        ("''::text", "null::text", False),
        ("null::text", "null::text", True),
        ("'{1,2}'::int[]", "'{1,2}'::int[]", True),
        ("'{1,2}'::int[]", "'{2,1}'::int[]", False),
        ("""'{"a": 1, "b": 2}'::jsonb""", """'{"b": 2,   "a": 1}'::jsonb""", True),
        ("""'{"a":1}'::json""", """'{"a":1}'::json""", True),
        ("""'{"a":1}'::json""", """'{"a": 1}'::json""", False),  # told as compared by its text
        ("""array['{"a":1}'::json]""", """array['{"a":1}'::json]""", True),
        ("box '((0,0),(1,4))'", "box '((0,0),(2,2))'", False),  # = compares their areas
        ("point '(1,2)'", "point '(1,2)'", True),
        ("path '((0,0),(1,1))'", "path '((5,5),(6,6))'", False),  # = counts their points
        ("'calm'::mood", "'calm'::mood", True),
        ("'calm'::mood", "'wild'::mood", False),
        ("row(1, 'a')::pair", "row(1, 'a')::pair", True),
        ("row(1, 'a')::pair", "row(1, 'b')::pair", False),
        ("'a'::word", "'a'::text", True),
        (r"'\x00ff'::bytea", r"'\x00ff'::bytea", True),
        ("int4range(1, 5)", "int4range(1, 5)", True),
        ("interval '1 day'", "interval '24 hours'", True),
        ("'10.0.0.1'::inet", "'10.0.0.1/32'::inet", True),
        ("b'101'", "b'101'", True),
        ("1::money", "1::money", True),
        ("'2026-02-03'::date", "'2026-02-03 00:00'::timestamp", True),
        ("to_tsvector('simple', 'a b')", "to_tsvector('simple', 'b a')", False),
    ],
)
def test_values_of_every_type(
    any_connection: Connection, old: str, new: str, is_same: bool
) -> None:
    any_connection.execute(f"""
        create type mood as enum ('calm', 'wild');
        create type pair as (a int, b text);
        create domain word as text;
        create table old as select 1 as id, {old} as it;
        create table new as select 1 as id, {new} as it
    """)
    assert parity(any_connection, "id").is_same is is_same


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("""'{}'::json""", """'{}'::jsonb""", "it is json in the old view and jsonb in the new"),
        ("1::int", "'1'::text", "it cannot be compared with it (integer and text)"),
        ("'calm'::mood", "'calm'::text", "it cannot be compared with it (public.mood and text)"),
        ("point '(1,2)'", "1", "it is point in the old view and integer in the new"),
    ],
)
def test_types_that_cannot_be_compared(
    any_connection: Connection, old: str, new: str, said: str
) -> None:
    any_connection.execute(f"""
        create type mood as enum ('calm', 'wild');
        create table old as select 1 as id, {old} as it;
        create table new as select 1 as id, {new} as it
    """)
    with pytest.raises(PairingError) as caught:
        parity(any_connection, "id")
    assert said in caught.value.what
    assert "--map 'it=it::" in caught.value.next_step


def test_keys_of_several_columns_and_of_two_types(any_connection: Connection) -> None:
    any_connection.execute("""
        create table old (a int, b varchar(5), n int);
        create table new (a bigint, c text, n int);
        insert into old values (1, 'x', 1), (1, 'y', 2), (2, 'x', 3), (1, null, 4);
        insert into new values (1, 'x', 1), (1, 'y', 9), (2, 'z', 3), (null, 'x', 4)
    """)
    found = parity(any_connection, "a", "b", mapped={"b": "c"})
    assert counts(found) == {
        "without_key": (1, 1), "only_old": 1, "only_new": 1, "matched": 2, "differing": 1, "n": 1
    }  # fmt: skip
    assert [one.key for one in found.examples] == [("1", "y"), ("2", "z"), ("2", "x")]


def test_names_that_need_quoting(any_connection: Connection) -> None:
    wild = ['select "x"', "ID", "ключ", "%s {0}", "a'b;--", "docent_n", "k0", "c0"]
    columns = sql.SQL(", ").join(sql.SQL("{} int").format(sql.Identifier(each)) for each in wild)
    for table, last in (('The "Old" one', 8), ("new.%s", 9)):
        name = sql.Identifier(table)
        any_connection.execute(sql.SQL("create table {} ({})").format(name, columns))
        values = [*range(1, 8), last]
        place = sql.SQL(", ").join(map(sql.Literal, values))
        any_connection.execute(sql.SQL("insert into {} values ({})").format(name, place))
    found = parity(any_connection, *wild[:2], old='The "Old" one', new="new.%s")
    assert counts(found) == {"matched": 1, "differing": 1, "c0": 1}


@pytest.mark.parametrize(
    ("more_old", "more_new", "is_little"),
    [("", "", False), ("a", "", False), ("a b", "", True), ("", "a", False), ("", "a b", True),
     ("a", "b", False)],
)  # fmt: skip
def test_little_is_less_than_half_of_the_columns_of_either(
    any_connection: Connection, more_old: str, more_new: str, is_little: bool
) -> None:
    for table, more in (("old", more_old), ("new", more_new)):
        names = "".join(f", {name} int" for name in more.split())
        any_connection.execute(f"create table {table} (id int, title text{names})".encode())
        any_connection.execute(f"insert into {table} (id) values (1)".encode())
    assert parity(any_connection, "id").is_little is is_little


def test_a_rename_a_split_and_what_only_one_has(any_connection: Connection) -> None:
    any_connection.execute("""
        create table old (id int, artist text, phone text, gone int);
        create table new (id int, artist_name text, prefix text, number text, fresh int);
        insert into old values (1, 'Ada', '+44 123', 1), (2, 'Ben', '+41 9', 1);
        insert into new values (1, 'Ada', '+44', '123', 1), (2, 'Ben', '+41', '8', 1)
    """)
    found = parity(
        any_connection,
        "id",
        mapped={"artist": "artist_name", "phone": "prefix || ' ' || number"},
    )
    assert counts(found) == {"matched": 2, "differing": 1, "phone": 1}
    assert found.examples[0].differences == (Difference("phone", "+41 9", "+41 8"),)
    assert (found.pairing.only_old, found.pairing.only_new) == (("gone",), ("fresh",))
    assert not found.covers_old
    plain = parity(any_connection, "id")
    assert plain.pairing.only_old == ("artist", "phone", "gone")
    assert plain.pairing.only_new == ("artist_name", "prefix", "number", "fresh")
    assert parity(any_connection, "id", columns=("artist",), mapped={"artist": "artist_name"})


@pytest.mark.parametrize(
    ("kind", "old", "new", "tolerance", "is_same"),
    [
        ("numeric", "1.00", "1.01", "0.01", True),
        ("numeric", "1.00", "1.011", "0.01", False),
        ("numeric", "'NaN'", "'NaN'", "0.01", True),
        ("numeric", "'NaN'", "1", "0.01", False),
        ("float8", "'infinity'", "'-infinity'", "1", False),
        ("int", "2147483647", "2147483646", "1", True),
        ("int", "null", "0", "1", False),
        ("int", "null", "null", "1", True),
        ("timestamptz", "'2026-02-28 23:59:59+00'", "'2026-03-01 01:00:03+01'", "5 s", True),
        ("timestamptz", "'2026-02-28 23:59:59+00'", "'2026-03-01 01:00:05+01'", "5 s", False),
        ("timestamp", "'infinity'", "'infinity'", "5 s", True),
        ("timestamp", "'infinity'", "'2026-01-01'", "5 s", False),
        ("date", "'2026-01-01'", "'2026-01-02'", "1 day", True),
        ("time", "'23:59:58'", "'00:00:01'", "5 s", False),
        ("time", "'23:59:58'", "'23:59:53'", "5 s", True),
        ("interval", "'1 hour'", "'59 minutes'", "1 minute", True),
    ],
)
def test_a_tolerance(
    any_connection: Connection, kind: str, old: str, new: str, tolerance: str, is_same: bool
) -> None:
    any_connection.execute(f"""
        create table old as select 1 as id, {old}::{kind} as it;
        create table new as select 1 as id, {new}::{kind} as it
    """)
    found = parity(any_connection, "id", tolerances={"it": tolerance})
    assert found.is_same is is_same
    assert not found.covers_old


TWO_TABLES = """
    create table old (id int, title text, n int, at timestamp);
    create table new (id int, title text, n int, at timestamp);
    insert into old values (1, 'Ada', 1, now()); insert into new values (1, 'Bea', 1, now())
"""


@pytest.mark.parametrize(
    ("key", "wish", "what", "step"),
    [
        (("idd",), {}, "There is no column idd in public.old", "Did you mean id?"),
        ((), {}, "No key", "--key"),
        (("id", "id"), {}, "names id twice", "once"),
        (("id",), {"mapped": {"titel": "title"}}, "no column titel", "Did you mean title?"),
        (("id",), {"mapped": {"title": "titel"}}, "no column titel in public.new", "title?"),
        (("id",), {"columns": ("m",)}, "no column m in public.old", "id, title, n, at"),
        (("id",), {"ignored": ("nn",)}, "no column nn", "Did you mean n?"),
        (("id",), {"ignored": ("id",)}, "The key id cannot be ignored", "another key"),
        (("id",), {"tolerances": {"n": "much"}}, "no number from 0 on", "n=0.01"),
        (("id",), {"tolerances": {"n": "-1"}}, "no number from 0 on", "n=0.01"),
        (("id",), {"tolerances": {"title": "1"}}, "no nearly the same", "numbers and times"),
        (("id",), {"tolerances": {"id": "1"}}, "is of the key", "what is compared"),
        (("id",), {"tolerances": {"at": "a while"}}, "at cannot be compared", ""),
        (("id",), {"where": "titel = 'a'"}, "titel", ""),
        (("id",), {"where": "true; drop table old"}, "more than one statement", ""),
        (("id",), {"where": "true) or (true"}, "", "parenthes"),
        (("id",), {"where": "n >"}, "The condition n > cannot be read as SQL.", "such as id > 7"),
        (("id",), {"where": "(n > 1"}, "(n > 1: The parentheses do not match", "such as id > 7"),
        (("id",), {"mapped": {"title": "(select 1"}}, "(select 1: The parentheses do not match",
         "one expression over its columns"),
        (("id",), {"mapped": {"title": "title ||"}}, "title ||, for title, cannot be read as SQL.",
         "one expression over its columns"),
        (("id",), {"mapped": {"title": "title title"}}, "title title, for title, cannot be read",
         "one expression over its columns"),
        (("id",), {"where": "pg_sleep(9) is null"}, "pg_sleep()", "Leave it out"),
        (("id",), {"mapped": {"title": "query_to_xml('table old', true, true, '')::text"}},
         "query_to_xml()", "by name"),
        (("id",), {"mapped": {"title": "(select title from old)"}}, "old", ""),
        (("id",), {"mapped": {"n": "n / 0"}}, "PostgreSQL says: division by zero", ""),
    ],
)  # fmt: skip
def test_what_cannot_be_compared_as_asked(
    any_connection: Connection, key: tuple[str, ...], wish: dict[str, Any], what: str, step: str
) -> None:
    any_connection.execute(TWO_TABLES)
    with pytest.raises(PairingError) as caught:
        parity(any_connection, *key, **wish)
    said = f"{caught.value.what} {caught.value.next_step}"
    assert what in caught.value.what or not what
    assert step in said or "match" in said
    assert any_connection.execute("select count(*) from old").fetchone() == (1,)


def test_no_value_of_a_hidden_column_is_told(any_connection: Connection) -> None:
    any_connection.execute(TWO_TABLES)
    found = parity(any_connection, "id", hidden=("title",), ignored=("at",))
    assert found.examples == (
        Example("differs", ("1",), (1, 1), (Difference("title", shown=False),)),
    )
    found = parity(any_connection, "id", hidden=("id", "n"), ignored=("at",))
    assert found.examples[0].key == (None,)
    # An expression is told only where all columns that it names may be.
    found = parity(any_connection, "id", hidden=("n",), mapped={"title": "title || n"})
    assert "Bea" not in str(found.examples)
    with pytest.raises(PairingError) as caught:
        parity(any_connection, "id", hidden=("title",), mapped={"n": "title::int"})
    assert "Bea" not in caught.value.what
    assert "invalid input syntax" in caught.value.what


def test_examples_are_as_many_as_asked_for(any_connection: Connection) -> None:
    any_connection.execute("""
        create table old as select id, repeat('x', 99) as it from generate_series(1, 40) as id;
        create table new as select id, 'y' as it from generate_series(11, 50) as id
    """)
    for limit in (0, 1, 7):
        found = parity(any_connection, "id", limit=limit)
        assert counts(found) == {
            "only_old": 10, "only_new": 10, "matched": 30, "differing": 30, "it": 30
        }  # fmt: skip
        assert Counter(one.fate for one in found.examples) == (
            Counter(dict.fromkeys(("differs", "only old", "only new"), limit)) if limit else {}
        )
    assert [one.key[0] for one in found.examples if one.fate == "only old"] == list("1234567")
    assert found.examples[0].differences[0].old == "x" * 59 + "…"


def test_it_ends_in_time_and_changes_nothing(any_connection: Connection) -> None:
    any_connection.execute("""
        create table old as select id from generate_series(1, 200000) as id;
        create view new as select o.id from old o, generate_series(1, 100000)
    """)
    with pytest.raises(PairingError, match="longer than it may") as caught:
        parity(any_connection, "id", time_limit=0.2)
    assert "--where" in caught.value.next_step
    any_connection.execute("""
        drop view new;
        create function write() returns int language plpgsql volatile as
            $$ begin insert into old values (0); return 1; end $$;
        create view new as select id, write() from old
    """)
    with pytest.raises(PairingError, match="read-only"):
        parity(any_connection, "id", old="new", new="new")


CELL = st.one_of(st.none(), st.integers(0, 2))
ROWS = st.lists(st.tuples(CELL, CELL, CELL, CELL), max_size=12)


def by_hand(old: list[tuple[Any, ...]], new: list[tuple[Any, ...]]) -> dict[str, Any]:
    """The same counts, made in Python from the rows themselves; the key is the first two."""
    keyed = [[row for row in side if None not in row[:2]] for side in (old, new)]
    times = [Counter(row[:2] for row in side) for side in keyed]
    once = [
        {row[:2]: row[2:] for row in side if all(count[row[:2]] <= 1 for count in times)}
        for side in keyed
    ]
    both = once[0].keys() & once[1].keys()
    differing = [
        [one != other for one, other in zip(once[0][key], once[1][key], strict=True)]
        for key in both
    ]
    found = {
        "without_key": (len(old) - len(keyed[0]), len(new) - len(keyed[1])),
        "repeated": tuple(sum(n > 1 for n in count.values()) for count in times),
        "only_old": len(once[0].keys() - once[1].keys()),
        "only_new": len(once[1].keys() - once[0].keys()),
        "matched": len(both),
        "differing": sum(map(any, differing)),
        "c": sum(each[0] for each in differing),
        "d": sum(each[1] for each in differing),
    }
    return {name: number for name, number in found.items() if number not in (0, (0, 0))}


def test_any_two_tables_are_counted_exactly(any_connection: Connection) -> None:
    any_connection.execute("create table old (a int, b int, c int, d int)")
    any_connection.execute("create table new (d int, c int, b bigint, a int)")

    @settings(max_examples=150)
    @given(ROWS, ROWS)
    def hold(old: list[tuple[Any, ...]], new: list[tuple[Any, ...]]) -> None:
        any_connection.execute("truncate old, new")
        with any_connection.cursor() as cursor:
            cursor.executemany("insert into old (a, b, c, d) values (%s, %s, %s, %s)", old)
            cursor.executemany("insert into new (a, b, c, d) values (%s, %s, %s, %s)", new)
        found = parity(any_connection, "a", "b")
        assert counts(found) == by_hand(old, new)
        assert found.rows == (len(old), len(new))
        assert found.is_same is (
            bool(old or new) and Counter(old) == Counter(new) and found.tells_apart
        )

    hold()
