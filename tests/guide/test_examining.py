"""What the usual looks at an answer say: answer beside near miss, kind and words."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import psycopg
import pytest

from docent import examining, queries
from docent.examining import Slip
from docent.examining_functions import function
from docent.exercise import Examine, Kind
from docent.room import Room

HERE = Room("00", Path("nowhere"), "nowhere")

VALUE = examining.value(8, slips=[Slip(9, "You counted one that is not the museum's.")])
TEXT = examining.value("column-renamed")
MEMBERS = examining.members({"object", "object_tags"}, slips=[Slip("alembic_version", "Not ours.")])
SQUARE = function([((2,), 4), ((-3,), 9)], time_limit=0.3)
SAME_LIST: tuple[object, ...] = ([],)
PARTS = examining.parts({"rule": TEXT, "tables": VALUE})


def for_ever(_number: int) -> int:
    import time

    while True:
        time.sleep(0.05)


def spoil(numbers: list[int]) -> int:
    numbers.append(1)
    return len(numbers)


@pytest.mark.parametrize(
    ("look", "answer", "kind", "words"),
    [
        (VALUE, 8, "correct", "8 is right"),
        (VALUE, 8.0, "correct", ""),
        (VALUE, Decimal(8), "correct", ""),
        (VALUE, np.int64(8), "correct", ""),
        (VALUE, pd.DataFrame({"count": [8]}), "correct", ""),
        (VALUE, 7, "wrong", "7, and that is not it"),
        (VALUE, 9, "wrong", "one that is not the museum's"),
        (VALUE, "8", "wrong", "Your answer is a text: '8'.\nExpected is a whole number"),
        (VALUE, True, "wrong", "True or False"),
        (VALUE, float("nan"), "wrong", "nan"),
        (VALUE, float("inf"), "wrong", "inf"),
        pytest.param(VALUE, 10**5000, "wrong", "of type int, which cannot be shown", id="huge"),
        (TEXT, " Column-Renamed\n", "correct", ""),
        (TEXT, "column renamed", "wrong", "not it"),
        (MEMBERS, {"object", "object_tags"}, "correct", "All 2"),
        (MEMBERS, ["object_tags", "object", "object"], "correct", ""),
        (MEMBERS, {"object"}, "incomplete", "1 more"),
        (MEMBERS, {"object", ...}, "incomplete", "not filled in"),
        (MEMBERS, [], "incomplete", "not filled in"),
        (MEMBERS, "object", "incomplete", "1 more"),
        (MEMBERS, {"object", "object_tags", "alembic_version"}, "wrong", "Not ours"),
        (MEMBERS, {"gallery"}, "wrong", "'gallery' does not belong"),
        (MEMBERS, 3, "wrong", "A set is expected"),
        (MEMBERS, [["object"]], "wrong", "does not belong"),
        (SQUARE, lambda number: number**2, "correct", "2 cases"),
        (SQUARE, lambda number: number * 2, "wrong", "For (-3) your function returns -6.\n9 is"),
        (SQUARE, lambda number: str(number), "wrong", "returns '2'"),
        (SQUARE, lambda number: ..., "incomplete", "a place to fill in"),
        (SQUARE, lambda number: None, "wrong", "returns None"),
        (SQUARE, for_ever, "wrong", "had not come back after 0.3 seconds"),
        (SQUARE, 4, "wrong", "without brackets"),
        (SQUARE, lambda: 4, "wrong", "does not take 1 value,"),
        (SQUARE, lambda number: number.square, "stopped", "For (2): Your code stopped at line"),
        (function([(SAME_LIST, 1), (SAME_LIST, 1)]), spoil, "correct", ""),
        (MEMBERS, "object, object_tags", "wrong", "Your answer is one text"),
        (PARTS, {"rule": "column-renamed", "tables": 8}, "correct", "All 2 parts"),
        (PARTS, {"rule": "column-renamed", "tables": ...}, "incomplete", "Still open: tables"),
        (PARTS, {"rule": "type-differs"}, "wrong", "rule: Your answer is 'type-differs'"),
        (PARTS, {}, "incomplete", "rule, tables"),
        (PARTS, ["column-renamed", 8], "wrong", "dictionary with the keys rule, tables"),
        (examining.every(VALUE, examining.value(8)), 8, "correct", ""),
        (examining.every(VALUE, examining.value(7)), 8, "wrong", "8, and that is not it"),
    ],
)
def test_looks(look: Examine, answer: object, kind: Kind, words: str) -> None:
    outcome = look(answer, HERE)
    assert (outcome.kind, words in outcome.message) == (kind, True), outcome


TWO = "select * from (values (1, 'a'), (2, 'b')) as v(n, letter)"
ARRAYS = 'select array[1, 2], \'{"b": 1, "a": [2]}\'::jsonb, null::int, 1.50::numeric'


def as_frame(query: str) -> Callable[[str], pd.DataFrame]:
    from docent import sql

    return lambda url: sql(query, url)


@pytest.mark.parametrize(
    ("expected", "answer", "options", "kind", "words"),
    [
        (TWO, TWO, {}, "correct", "the 2 rows"),
        (TWO, TWO + ";\n-- done", {}, "correct", ""),
        (TWO, TWO + " order by 1 desc", {}, "correct", ""),
        (TWO, TWO + " order by 1 desc", {"ordered": True}, "wrong", "row 1 is (2, 'b')"),
        (TWO, "select n as x, letter from (" + TWO + ") as t", {}, "correct", ""),
        (TWO, "select n as x, letter from (" + TWO + ") as t", {"named": True}, "wrong",
         "Its columns are x, letter, not n, letter"),
        (TWO, "select 1", {}, "wrong", "1 column (?column?), not 2"),
        (TWO, TWO + " where false", {}, "wrong", "0 rows, not 2. One that is missing: (1, 'a')"),
        (TWO, "select 1 where false", {"named": True}, "wrong", "0 rows, not 2."),
        (TWO, TWO + " where n = 1", {}, "wrong", "1 row, not 2. One that is missing: (2, 'b')"),
        (TWO, TWO + " union all " + TWO, {}, "wrong", "4 rows, not 2. One that does not belong"),
        (TWO, "select n, upper(letter) from (" + TWO + ") as t", {}, "wrong", "belong, or comes"),
        (TWO, "select n::text, letter from (" + TWO + ") as t", {}, "wrong", "('1', 'a')"),
        (TWO, "select n::numeric(9, 2), letter from (" + TWO + ") as t", {}, "correct", ""),
        (ARRAYS, ARRAYS, {}, "correct", ""),
        (ARRAYS, ARRAYS.replace("null::int", "0"), {}, "wrong", "None"),
        ("select 8", "select 9", {}, "wrong", "It says 9, and that is not it."),
        # What is asked for is not told: the learner is to find it.
        ("select 8", "select 9 union all select 8", {}, "wrong",
         "It returns 2 rows, and one row with one value is wanted."),
        ("select 8", "select 9 where false", {}, "wrong",
         "It returns 0 rows, and one row with one value is wanted."),
        ("select 8", "select 8.0", {}, "correct", "Your query says"),
        ("select 1 = 1", "select 1", {}, "wrong", "It says 1"),
        ("select 0.1::float8 + 0.2", "select 0.3", {}, "correct", ""),
        ("select 'NaN'::float8", "select 'NaN'::numeric", {}, "correct", ""),
        ("select null", "select ''", {}, "wrong", "It says ''"),
        ("select 1 where false", "select 1 where false", {}, "correct", "the 0 rows"),
        ("select 8", "  ", {}, "incomplete", "still empty"),
        ("select 8", "-- not yet\n...;", {}, "incomplete", "still empty"),
        ("select 8", 8, {}, "wrong", "One SQL query is expected"),
        ("select 8", "select generate_series(1, 30000)", {}, "wrong", "more than 20,000 rows"),
        ("select 8", "select 9", {"slips": [Slip("select 9", "Nine is alembic's.")]}, "wrong",
         "Nine is alembic's."),
        ("select 8", "select 9", {"slips": [Slip("select * from nowhere", "Never.")]}, "wrong",
         "It says 9"),
        ("select * from nowhere", "select 1", {}, "stopped", 'reset("00")'),
    ],
)  # fmt: skip
def test_rows(
    room: Room, expected: str, answer: object, options: dict[str, Any], kind: Kind, words: str
) -> None:
    outcome = examining.rows(expected, **options)(answer, room)
    assert (outcome.kind, words in outcome.message) == (kind, True), outcome


@pytest.mark.parametrize("query", [TWO, ARRAYS, "select now()", "select null::date, 'x'"])
def test_the_table_that_sql_makes_is_as_good_an_answer_as_its_query(room: Room, query: str) -> None:
    fixed = query.replace("now()", "timestamp '2026-01-01 10:00'")
    frame = as_frame(fixed)(room.url())
    outcome = examining.rows(fixed)(frame, room)
    assert (outcome.kind, outcome.seen[:10]) == ("correct", "Your table")
    shorter = frame.iloc[:0]
    assert examining.rows(fixed)(shorter, room).kind == "wrong"


@pytest.mark.parametrize(
    ("query", "error"),
    [
        ("drop table object_images", psycopg.errors.ReadOnlySqlTransaction),
        ("update object set title = ''", psycopg.errors.ReadOnlySqlTransaction),
        ("insert into object (object_id) values (1) returning 1", psycopg.Error),
        ("commit; drop table object_images", psycopg.errors.SyntaxError),
        ("select 1; drop table object_images", psycopg.errors.SyntaxError),
        ("set transaction read write", psycopg.errors.ActiveSqlTransaction),
        ("select set_config('transaction_read_only', 'off', false)", psycopg.Error),
        ("do $$ begin commit; end $$", psycopg.Error),
        ("select pg_sleep(60)", psycopg.errors.QueryCanceled),
        ("select set_config('statement_timeout', '0', true), pg_sleep(60)",
         psycopg.errors.QueryCanceled),
    ],
)  # fmt: skip
def test_a_query_can_change_nothing_and_ends(
    room: Room, query: str, error: type[Exception]
) -> None:
    with pytest.raises(error):
        queries.run(query, room, time_limit=0.3)
    with psycopg.connect(room.url()) as connection:
        left = connection.execute("select count(*) > 0 from object_images").fetchone()
        assert left == (True,)


def test_cells_that_are_alike_count_as_one() -> None:
    alike = [3, 3.0, Decimal(3), Decimal("3.00"), np.float64(3)]
    assert len({queries.comparable(cell) for cell in alike}) == 1
    unlike = [3, "3", True, 1, None, (3,), datetime.date(2026, 1, 1), {"a": 3}]
    assert len({queries.comparable(cell) for cell in unlike}) == len(unlike)
