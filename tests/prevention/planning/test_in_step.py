"""Old and new columns while both are there: who writes what, and what then stands in the row."""

from __future__ import annotations

from dataclasses import replace

import psycopg
import pytest

from data_assets.place import Place
from prevention.decision import NotJudged
from prevention.planning.model import Place as At
from prevention.planning.model import Plan, Statement, Work
from prevention.rehearsing import Rehearsal, rehearse
from tests.conftest import new_database
from tests.prevention.planning.cases import CASES, SHAPES, Case, insert
from tests.prevention.planning.cases_objects import OBJECTS
from tests.prevention.planning.test_rehearsed import contracts_of, people, planned, run

BY_ID = {case.id or case.rule: case for case in (*CASES, *OBJECTS)}
NAMED = BY_ID["column-name-changed"]
UNIT = BY_ID["unit-changed"]

WRITTEN = {
    "old": (insert("9, 'wax'"), ("wax", "wax")),
    "new": (insert("9, 'wax'", columns="visitor_id, label"), ("wax", "wax")),
    "both alike": (insert("9, 'wax', 'wax'", columns="visitor_id, thing, label"), ("wax", "wax")),
    "old changed": ("update visitor set thing = 'tin' where visitor_id = 1", ("tin", "tin")),
    "new changed": ("update visitor set label = 'tin' where visitor_id = 1", ("tin", "tin")),
    "both changed": ("update visitor set thing = 'tin', label = 'tin' where visitor_id = 1",
                     ("tin", "tin")),
    "neither": ("update visitor set note = 'x' where visitor_id = 1", ("oil", "oil")),
}  # fmt: skip


def begin(case: Case, connection: psycopg.Connection, until: At = At.PARITY) -> Plan:
    """The database in the middle of a plan: both versions are there."""
    plan = planned(case, connection)
    connection.execute(case.old_ddl.encode())
    connection.execute(case.rows.encode())
    for step in plan.steps:
        if step.work.place < until:
            for each in step.work.up:
                connection.execute(each.sql.encode())
    return plan


@pytest.mark.parametrize("who", WRITTEN)
def test_both_sides_say_the_same(who: str, connection: psycopg.Connection) -> None:
    begin(NAMED, connection)
    statement, expected = WRITTEN[who]
    connection.execute(statement.encode())
    number = 9 if statement.startswith("insert") else 1
    found = connection.execute(
        "select thing, label from visitor where visitor_id = %s", [number]
    ).fetchone()
    assert found == expected


def test_who_writes_both_and_not_alike_is_refused(connection: psycopg.Connection) -> None:
    begin(NAMED, connection)
    for statement in (
        "update visitor set thing = 'a', label = 'b' where visitor_id = 1",
        "insert into visitor (visitor_id, thing, label) values (9, 'a', 'b')",
    ):
        with (
            pytest.raises(psycopg.errors.CheckViolation, match="disagree"),
            connection.transaction(),
        ):
            connection.execute(statement.encode())
    connection.execute("insert into visitor (visitor_id, thing, label) values (9, 'a', 'a')")


def test_what_postgres_fills_in_is_nobodys_word(connection: psycopg.Connection) -> None:
    begin(
        replace(NAMED, old=f"{NAMED.old} default 'y'", new=f"{NAMED.new} default 'y'"), connection
    )
    connection.execute("insert into visitor (visitor_id, label) values (9, 'b')")
    found = connection.execute("select thing, label from visitor where visitor_id = 9").fetchone()
    assert found == ("b", "b")


def test_the_new_version_has_the_new_unit_and_the_old_one_its_own(
    connection: psycopg.Connection,
) -> None:
    begin(UNIT, connection)
    connection.execute("insert into visitor values (8, 4)")
    connection.execute("insert into visitor_v2 (visitor_id, thing) values (9, 7000)")
    old = connection.execute(
        "select visitor_id, thing from visitor where visitor_id > 7"
    ).fetchall()
    new = connection.execute(
        "select visitor_id, thing from visitor_v2 where visitor_id > 7"
    ).fetchall()
    assert [(number, float(thing)) for number, thing in old] == [(8, 4.0), (9, 7.0)]
    assert [(number, float(thing)) for number, thing in new] == [(8, 4000.0), (9, 7000.0)]


def test_a_json_key_that_goes_is_there_for_readers_of_old(connection: psycopg.Connection) -> None:
    begin(BY_ID["json-key-removed"], connection)
    connection.execute("""insert into visitor_v2 (visitor_id, thing) values (8, '{"term": "s"}')""")
    connection.execute("""insert into visitor values (9, '{"term": "t", "source": "AAT"}')""")
    shown = "select thing from {} where visitor_id in (1, 8, 9) order by visitor_id"
    old = connection.execute(shown.format("visitor").encode()).fetchall()
    new = connection.execute(shown.format("visitor_v2").encode()).fetchall()
    assert old == [({"term": "lion", "source": "AAT"},), ({"term": "s", "source": None},),
                   ({"term": "t", "source": "AAT"},)]  # fmt: skip
    assert new == [({"term": "lion"},), ({"term": "s"},), ({"term": "t"},)]


def test_a_backfill_leaves_what_it_reads_alone(connection: psycopg.Connection) -> None:
    case = BY_ID["fraction-to-integer numeric(4,1) -> integer"]
    begin(case, connection)
    found = connection.execute("select thing, thing_v2 from visitor order by visitor_id").fetchall()
    assert [(str(old), new) for old, new in found] == [("9.5", 10), ("3.0", 3)]
    connection.execute("insert into visitor_v2 values (9, 4)")
    connection.execute("update visitor set thing = 5.5 where visitor_id = 9")
    again = connection.execute("select thing_v2 from visitor where visitor_id = 9").fetchone()
    assert again == (6,)
    connection.execute("insert into visitor (visitor_id, thing, thing_v2) values (8, 9.5, 10)")
    both = connection.execute("select thing from visitor where visitor_id = 8").fetchone()
    assert [str(each) for each in both or ()] == ["9.5"]  # whoever writes both alike is believed


def test_free_text_waits_and_stops_the_removal(connection: psycopg.Connection) -> None:
    plan = begin(BY_ID["type-closed-from-text text -> uuid"], connection, At.ENFORCE)
    connection.execute("insert into visitor values (9, 'free text')")
    found = connection.execute(
        "select thing, thing_v2 from visitor where visitor_id = 9"
    ).fetchone()
    assert found == ("free text", None)
    end = next(step for step in plan.steps if step.work.place == At.REMOVE)
    with pytest.raises(psycopg.errors.RaiseException, match="without thing_v2"):
        connection.execute(end.work.up[0].sql.encode())


ORIGINS = {
    "filled by the backfill": (None, ("BACKFILL", True)),
    "nothing to fill": ("update visitor set note = 'x' where visitor_id = 3", (None, False)),
    "written by OLD's writer": (insert("9, 'wax'"), (None, False)),
    "written by NEW's writer": (insert("9, 'wax'", columns="visitor_id, label"), (None, False)),
    "written by NEW's writer, who says so": (
        insert("9, 'wax', 'TYPED'", columns="visitor_id, label, label_source"), ("TYPED", False)),
    "filled, then left alone": ("update visitor set note = 'x', label = label where visitor_id = 1",
                                ("BACKFILL", True)),
    "filled, then written by OLD's writer": (
        "update visitor set thing = 'tin' where visitor_id = 1", (None, False)),
    "filled, then written by NEW's writer": (
        "update visitor set label = 'tin' where visitor_id = 1", (None, False)),
    "filled, then written by NEW's writer, who says so": (
        ("update visitor set label = 'tin', label_source = 'TYPED', label_backfilled_at = null "
        "where visitor_id = 1"), ("TYPED", False)),
    "filled, then written by both alike": (
        "update visitor set label = 'tin', thing = 'tin' where visitor_id = 1", (None, False)),
}  # fmt: skip


@pytest.mark.parametrize("who", ORIGINS)
def test_what_was_filled_is_told_from_what_was_written(
    who: str, connection: psycopg.Connection
) -> None:
    plan = begin(BY_ID["a backfill with its origin recorded"], connection)
    statement, expected = ORIGINS[who]
    if statement:
        connection.execute(statement.encode())
    number = 9 if (statement or "").startswith("insert") else 3 if "nothing" in who else 1
    found = connection.execute(
        "select label_source, label_backfilled_at is not null from visitor where visitor_id = %s",
        [number],
    ).fetchone()
    assert found == expected
    (filled,) = [step for step in plan.steps if step.work.place is At.BACKFILL]
    assert "in the columns that NEW has for it" in filled.work.why


def test_a_row_written_before_the_backfill_is_not_marked(connection: psycopg.Connection) -> None:
    case = BY_ID["a backfill with its origin recorded"]
    plan = begin(case, connection, At.BACKFILL)
    connection.execute(insert("9, 'wax'", columns="visitor_id, label").encode())
    for step in plan.steps:
        if step.work.place is At.BACKFILL:
            for each in step.work.up:
                connection.execute(each.sql.encode())
    found = connection.execute(
        "select visitor_id, label, label_source from visitor order by visitor_id"
    ).fetchall()
    assert found == [(1, "oil", "BACKFILL"), (2, "ink", "BACKFILL"), (3, None, None),
                     (9, "wax", None)]  # fmt: skip


def test_where_there_is_no_column_for_it_the_contract_says_it(
    connection: psycopg.Connection,
) -> None:
    plan = begin(NAMED, connection)
    (step,) = [step for step in plan.steps if step.work.place is At.BACKFILL]
    declared = {each.name: each.backfills for each in step.documents}["visitors"]
    assert [
        (each.what, each.origin, each.backfilled_at)
        for each in declared or ()
        if not isinstance(each, str)
    ] == [("visitor.label", 'label = "thing"', "2026-01-03")]


OF_15 = [
    case for case in CASES
    if case.rule in ("column-name-changed", "unit-changed", "value-removed", "value-added",
                     "not-null-added", "foreign-key-added", "nulls-not-distinct-added",
                     "table-name-changed", "grain-changed")
    or case in SHAPES[:2]
]  # fmt: skip


@pytest.mark.parametrize("case", OF_15, ids=[case.id or case.rule for case in OF_15])
def test_it_is_so_on_15_as_well(case: Case, server_15: str) -> None:
    with new_database(server_15) as url:
        _, rehearsal = run(case, url)
    assert rehearsal.holds, (rehearsal.troubles, [each.troubles for each in rehearsal.steps])


# ------------------------------------------------------------------ what a rehearsal finds


def troubles(rehearsal: Rehearsal) -> str:
    found = [*rehearsal.troubles, *(each for step in rehearsal.steps for each in step.troubles)]
    return "\n".join(found)


def without(plan: Plan, place: At) -> Plan:
    return replace(plan, steps=tuple(s for s in plan.steps if s.work.place is not place))


def changed(plan: Plan, place: At, **what: object) -> Plan:
    def step_of(work: Work) -> Work:
        return replace(work, **what) if work.place is place else work  # type: ignore[arg-type]

    return replace(plan, steps=tuple(replace(step, work=step_of(step.work)) for step in plan.steps))


def test_a_rehearsal_finds_what_is_wrong(connection: psycopg.Connection, database: str) -> None:
    plan = planned(NAMED, connection)
    connection.execute(NAMED.old_ddl.encode())
    connection.execute(NAMED.rows.encode())

    connection.close()  # nobody may be connected while it is copied
    rename = (Statement("alter table visitor rename column thing to label"),)
    back = (Statement("alter table visitor rename column label to thing"),)

    def rehearsed(wrong: Plan) -> str:
        place = Place(database, database, embedded=False)
        return troubles(rehearse(wrong, database, people(NAMED), schemas=["public"], place=place))

    assert rehearsed(plan) == ""
    at_once = replace(plan, steps=(
        replace(plan.steps[0], work=replace(plan.steps[0].work, up=rename, down=back)),
        *(step for step in plan.steps if not step.runs),
    ))  # fmt: skip
    assert "the-old-report, 0: fails" in rehearsed(at_once)
    assert "a writer of OLD is refused" in rehearsed(at_once)
    assert "could not be made" in rehearsed(without(plan, At.BACKFILL))
    nowhere = changed(plan, At.ADD, down=(Statement("select 1"),))
    assert "it cannot run a second time" in rehearsed(nowhere)
    half = changed(plan, At.SETTLE, down=(Statement("select 1"),))
    assert "the way back leads elsewhere: not" in rehearsed(half).replace("nullability", "not")
    assert "public.visitor.thing is left over" in rehearsed(without(plan, At.REMOVE))


def test_an_unfinished_plan_is_not_run(connection: psycopg.Connection, database: str) -> None:
    case = replace(BY_ID["split"], wishes=replace(BY_ID["split"].wishes, using={}, back={}))
    plan = planned(case, connection)
    assert not plan.complete
    with pytest.raises(NotJudged, match="is to be filled in"):
        rehearse(plan, database)


def test_a_database_that_is_not_as_promised_is_not_rehearsed_on(
    connection: psycopg.Connection, database: str
) -> None:
    plan = planned(NAMED, connection)
    assert contracts_of(NAMED, connection)[0] == plan.before[0]
    connection.close()
    with pytest.raises(NotJudged, match="does not keep OLD"):
        rehearse(plan, database, place=Place(database, database, embedded=False))
