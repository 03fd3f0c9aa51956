"""The verb sql: tables back, sentences for what has no rows, no traceback for a mistake."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import psycopg
import pytest

import docent
from docent import SqlError, sql
from docent.place import use_database


def test_rows_come_back_as_a_table(database: str) -> None:
    frame = sql("select 1 as n, 'a' as t, null::int as nothing, '{x}'::text[] as many", database)
    assert list(frame.columns) == ["n", "t", "nothing", "many"]
    assert frame.loc[0, "many"] == ["x"]
    assert frame["nothing"].isna().all()


def test_null_does_not_turn_whole_numbers_into_others(database: str) -> None:
    frame = sql("select * from (values (1, 'a'), (null, ''), (3, null)) as v(n, t)", database)
    assert str(frame["n"].tolist()) == "[1, <NA>, 3]"
    assert [bool(pd.isna(one)) for one in frame["t"]] == [False, False, True]


@pytest.mark.parametrize(
    ("statement", "done"),
    [
        ("create table gallery (number text)", "CREATE TABLE"),
        ("create table gallery (n int); insert into gallery values (1), (2)", "INSERT 0 2"),
        ("", "nothing to do"),
        ("-- a thought", "nothing to do"),
    ],
)
def test_what_has_no_rows_says_what_was_done(database: str, statement: str, done: str) -> None:
    assert sql(statement, database)["done"].tolist() == [done]


def test_the_last_of_several_results_is_shown_and_percent_signs_are_plain(database: str) -> None:
    assert sql("select 1; select '50 %s' as share", database)["share"].tolist() == ["50 %s"]
    assert list(sql("select 1 as a, 2 as a", database).columns) == ["a", "a"]


def test_all_statements_of_a_call_happen_or_none(database: str) -> None:
    with pytest.raises(SqlError):
        sql("create table gallery (n int); select 1 / 0", database)
    assert sql("select to_regclass('gallery') is null as gone", database)["gone"].tolist() == [True]


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("select titel from (select 1 as title) as o",
         ['column "titel" does not exist', "    select titel from", "           ^", "Next: "]),
        ("select 1\n  / 0", ["division by zero"]),
        ("selec 1", ["syntax error", "    selec 1\n    ^"]),
        ("\ud800", ["cannot be sent"]),
        ("select '\x00'", ["Postgres says", ""]),
        ("copy (select 1) to stdout", ["COPY"]),
    ],
)  # fmt: skip
def test_a_mistake_is_told_without_a_traceback(
    database: str, statement: str, words: list[str]
) -> None:
    with pytest.raises(SqlError) as caught:
        sql(statement, database)
    for word in words:
        assert word in str(caught.value)
    assert caught.value._render_traceback_() == str(caught.value).splitlines()


def test_a_table_that_somebody_holds_is_not_waited_for_for_ever(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    import sys

    from docent import sql as _  # noqa: F401 - the module is reached by its name below

    monkeypatch.setattr(sys.modules["docent.sql"], "LOCK_PATIENCE", "50ms")
    sql("create table gallery (n int)", database)
    with psycopg.connect(database) as other:
        other.execute("lock table gallery")
        with pytest.raises(SqlError, match="held by somebody else"):
            sql("select * from gallery", database)


def test_without_a_database_it_says_what_to_do(home: Path) -> None:
    with pytest.raises(SqlError, match="docent up"):
        sql("select 1")


def test_begin_says_which_database_is_meant(home: Path, database: str) -> None:
    docent.begin("00", database)
    name = database.partition("?")[0].rpartition("/")[2]
    assert sql("select current_database() as name")["name"].tolist() == [name]
    use_database("")
    with pytest.raises(SqlError):
        sql("select 1")
