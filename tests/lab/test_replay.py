from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest

from detection.answers import Answer, Failure, Output, Sight, compare
from detection.replay import ask, look
from tests.conftest import new_database

TITLE = Output("title", "text")
NUMBER = Output("object_id", "integer")
LATE = Failure("57014", "canceling statement due to statement timeout")
LOST = Failure("42703", 'column "title" does not exist')


def answer(*rows: tuple[str | None, ...], columns: tuple[Output, ...] = (NUMBER, TITLE)) -> Answer:
    return Answer(columns, rows)


HAYSTACKS = answer(("1", "Haystacks"), ("2", "Poplars"))

# Before, after, and what became of it.
COMPARED: dict[str, tuple[Answer | Failure, Answer | Failure, str]] = {
    "same": (HAYSTACKS, HAYSTACKS, "same"),
    "both empty": (answer(), answer(), "same"),
    "a row less": (HAYSTACKS, answer(("1", "Haystacks")), "other rows"),
    "a row more": (HAYSTACKS, answer(*HAYSTACKS.rows, ("3", None)), "other rows"),
    "a null": (HAYSTACKS, answer(("1", None), ("2", "Poplars")), "other rows"),
    "an empty text is no null": (answer(("1", "")), answer(("1", None)), "other rows"),
    "twice instead of once": (answer(("1", "a"), ("1", "a")), answer(("1", "a")), "other rows"),
    "another order": (HAYSTACKS, answer(*reversed(HAYSTACKS.rows)), "other order"),
    "another type": (
        HAYSTACKS, answer(*HAYSTACKS.rows, columns=(Output("object_id", "bigint"), TITLE)),
        "other types",
    ),
    "another length": (
        answer(("Haystacks",), columns=(Output("title", "character varying(20)"),)),
        answer(("Haystacks",), columns=(Output("title", "character varying(30)"),)),
        "other types",
    ),
    "another name": (
        HAYSTACKS, answer(*HAYSTACKS.rows, columns=(NUMBER, Output("name", "text"))),
        "other columns",
    ),
    "columns swapped": (
        answer(("1", "2"), columns=(NUMBER, TITLE)), answer(("2", "1"), columns=(TITLE, NUMBER)),
        "other columns",
    ),
    "a column more": (
        answer(("1",), columns=(NUMBER,)), answer(("1", "Haystacks")), "other columns",
    ),
    "an error": (HAYSTACKS, LOST, "fails"),
    "an error before too": (LOST, LOST, "failed before"),
    "no error any more": (LOST, HAYSTACKS, "mended"),
    "too late after": (HAYSTACKS, LATE, "unanswered"),
    "too late before": (LATE, HAYSTACKS, "unanswered"),
}  # fmt: skip


@pytest.mark.parametrize("case", COMPARED)
def test_what_became_of_a_query(case: str) -> None:
    before, after, outcome = COMPARED[case]
    assert compare(before, after).outcome == outcome


def test_the_rows_that_differ() -> None:
    before = answer(("1", "Haystacks"), ("2", "Poplars"), ("3", "Lilies"), ("4", "Lilies"))
    after = answer(("1", "Haystacks"), ("3", None), ("4", "Lilies"))
    rows = compare(before, after).rows
    assert rows
    assert (rows.before, rows.after, rows.differing) == (4, 3, 2)
    assert rows.columns == ("object_id", "title")
    assert rows.lost == ("2", "Poplars")


def test_a_row_is_shown_beside_what_it_became() -> None:
    before = answer(("1", "Haystacks"), ("2", "Poplars"))
    after = answer(("9", "Bridges"), ("2", "Pop"), ("1", "Haystacks"))
    rows = compare(before, after).rows
    assert rows
    assert (rows.lost, rows.gained) == (("2", "Poplars"), ("2", "Pop"))


def test_rows_are_compared_in_the_columns_that_both_have() -> None:
    more = (NUMBER, Output("note", "text"), TITLE)
    same = compare(HAYSTACKS, answer(("1", None, "Haystacks"), ("2", "x", "Poplars"), columns=more))
    assert (same.outcome, same.rows) == ("other columns", None)
    other = compare(HAYSTACKS, answer(("1", None, "Hay"), ("2", "x", "Poplars"), columns=more))
    assert other.rows
    assert (other.rows.columns, other.rows.lost) == (("object_id", "title"), ("1", "Haystacks"))


WORKS = """
create table object (object_id integer primary key, title varchar(20), tags json[]);
insert into object values (1, 'Haystacks', array['{"a": 1}'::json]), (2, null, null);
analyze object;
"""


@pytest.fixture(scope="module", params=[18, 15])
def works_url(request: pytest.FixtureRequest) -> Iterator[str]:
    with new_database(request.getfixturevalue(f"server_{request.param}")) as url:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(WORKS)
        yield url


@pytest.fixture
def works(works_url: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(works_url, autocommit=True) as connection:
        yield connection


def test_an_answer_is_texts_under_described_columns(works: psycopg.Connection) -> None:
    query = "select object_id, title, tags, 'a%b' as mark, 1.50 as price from object order by 1"
    (found,) = ask(works, [query])
    assert found == Answer(
        (
            Output("object_id", "integer"), Output("title", "character varying(20)"),
            Output("tags", "json[]"), Output("mark", "text"), Output("price", "numeric"),
        ),
        (
            ("1", "Haystacks", '{"{\\"a\\": 1}"}', "a%b", "1.50"),
            ("2", None, None, "a%b", "1.50"),
        ),
    )  # fmt: skip


def test_columns_may_have_one_name_or_none(works: psycopg.Connection) -> None:
    (found,) = ask(works, ["select object_id, object_id, 1 + 1 from object where object_id = 1"])
    assert isinstance(found, Answer)
    assert [column.name for column in found.columns] == ["object_id", "object_id", "?column?"]
    assert found.rows == (("1", "1", "2"),)


def test_one_failure_does_not_keep_the_others_from_being_asked(works: psycopg.Connection) -> None:
    lost = "select lost from object"
    fine = "select object_id from object order by 1"
    for found in (ask(works, [lost, fine, "select 1/0", fine]), look(works, [lost, fine])):
        assert isinstance(found[0], Failure)
        assert found[0].code == "42703"
        assert found[0].message == 'column "lost" does not exist'
        assert not isinstance(found[1], Failure)


NO_QUERIES = [
    "delete from object",
    "delete from object returning object_id",
    "with gone as (delete from object returning object_id) select object_id from gone",
    "select 1; delete from object",
    "select 1) as q; delete from object; commit; select * from (select 1",
    "commit",
    "rollback",
    "select object_id from object for update",
    "select object_id into copied from object",
    "select setval('numbers', 7)",
    "select remove_all()",
    "select $1",
    "-- nothing",
]


@pytest.mark.parametrize("query", NO_QUERIES)
@pytest.mark.parametrize("asked", [ask, look])
def test_a_question_changes_nothing(
    connection: psycopg.Connection, query: str, asked: object
) -> None:
    works = connection
    works.execute(
        WORKS + "create sequence numbers;"
        "create function remove_all() returns void language sql as 'delete from object'"
    )
    with works.transaction():
        works.execute("update object set title = 'ours'")
        (found,) = ask(works, [query]) if asked is ask else look(works, [query])
        works.execute("insert into object values (3, 'ours')")
    calls = asked is look and any(word in query for word in ("remove_all", "update"))
    assert isinstance(found, Sight if calls else Failure)
    assert works.execute("select title from object order by 1").fetchall() == [("ours",)] * 3
    assert works.execute("select last_value from numbers").fetchone() == (1,)
    assert works.execute("select to_regclass('copied')").fetchone() == (None,)


def test_the_connection_is_left_as_it_was(works: psycopg.Connection) -> None:
    ask(works, ["select object_id from object", "select lost from object"])
    assert works.info.transaction_status == psycopg.pq.TransactionStatus.IDLE
    assert works.execute("show transaction_read_only").fetchone() == ("off",)
    loaded = works.execute("select object_id, tags from object order by 1").fetchone()
    assert loaded == (1, [{"a": 1}])


def test_no_question_is_sent_when_the_time_is_over(works: psycopg.Connection) -> None:
    (found,) = ask(works, ["select object_id from object"], until=0.0)
    assert isinstance(found, Failure)
    assert found.is_impatience


# Two changes of the plan's text, and whether the query is planned as before: it is, unless the
# change is about a column that it uses.
SIGHTS = {
    "alter table object add column note text": True,
    "alter table object drop column tags": True,
    "alter table object rename column tags to terms": True,
    "alter table object alter column title type varchar(30)": False,
    "create table other ()": True,
}


@pytest.mark.parametrize("ddl", SIGHTS)
@pytest.mark.parametrize(
    "query",
    [
        "select o.title from object o join object p on p.object_id = o.object_id",
        "select count(o.title) from object o",
        "select title from object order by object_id",
    ],
)
def test_a_sight_changes_with_what_a_query_uses(
    works: psycopg.Connection, query: str, ddl: str
) -> None:
    with works.transaction(force_rollback=True):
        (before,) = look(works, [query])
        works.execute(ddl)
        (after,) = look(works, [query])
    outputs = "count" in query  # of another length, a column still counts the same
    assert (before == after) is (SIGHTS[ddl] or outputs)


@pytest.mark.parametrize(
    "query",
    [
        "select o.tags::text from object o join object p on p.object_id = o.object_id",
        "select object_id from object order by tags::text",
        "select object_id from object where tags is null",
        "select title from object union all select tags::text from object",
        "select object_id from object union all select cardinality(tags) from object",
        "select count(*) filter (where tags is null) from object",
        "select max(cardinality(o.tags)) from object o join object p using (object_id)",
        "select o.object_id from object o join object p on p.tags::text = o.title",
        "select (select p.tags::text from object p where p.object_id = o.object_id) from object o",
        "select title from object where exists (select 1 from object p where p.tags is null)",
        "select (select p.tags from object p where p.title = q.title)::text from object, object q",
        "with t as materialized (select tags from object) select cardinality(tags) from t",
        "select object_id, row_number() over (order by tags::text) from object",
        "select t from object, unnest(tags) as t",
        "select distinct tags::text from object",
        "select object_id from object group by object_id having count(tags) > 0",
        "select o::text from object o",
        "select object_id from object limit (select count(tags) from object)",
    ],
)
def test_a_sight_shows_every_column_that_a_query_uses(
    works: psycopg.Connection, query: str
) -> None:
    (seen,) = look(works, [query])
    assert isinstance(seen, Sight)
    assert "tags" in seen.plan or "o.*" in seen.plan
