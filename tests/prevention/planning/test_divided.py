"""A table that is split, or several that are merged: what is seen, asked for, and in the rows."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from contracts.model import Contract
from data_assets.place import Place
from detection.diff import diff
from detection.judgement import judge
from prevention.decision import NotJudged
from prevention.planning.division import divide
from prevention.planning.model import Place as At
from prevention.planning.model import Plan, Wishes
from prevention.planning.planner import make_plan
from prevention.rehearsing import rehearse
from tests.prevention.planning.cases import Case
from tests.prevention.planning.cases_divided import ALL, DIVIDED
from tests.prevention.planning.test_in_step import begin
from tests.prevention.planning.test_rehearsed import TODAY, contracts_of, people
from tests.prevention.running import docent

BY_ID = {case.id: case for case in DIVIDED}
SPLIT, OUT = BY_ID["a table is split in two"], BY_ID["a part of a table moves out"]
MERGED, IN = BY_ID["two tables are merged into one"], BY_ID["a table takes another one in"]
CHANGED = BY_ID["a table is split in two and its columns change"]
Rows = list[tuple[object, ...]]


def rows(connection: psycopg.Connection, query: str) -> Rows:
    return connection.execute(query.encode()).fetchall()


def sides(connection: psycopg.Connection, first: str) -> tuple[Rows, Rows, Rows]:
    """What is in the one table, and in the two: those that were written here."""
    mine = "where visitor_id > 5 order by 1"
    return (
        rows(connection, f"select {ALL} from visitor {mine}"),
        rows(connection, f"select visitor_id, thing from {first} {mine}"),
        rows(connection, f"select visitor_id, email, phone from contact {mine}"),
    )


WHOLE = ("insert into visitor values (8, 'tin', 'a', null), (9, 'ash', null, null)",
         ([(8, "tin", "a", None), (9, "ash", None, None)], [(8, "tin"), (9, "ash")],
          [(8, "a", None)]))  # fmt: skip
WRITTEN = {
    "one row": WHOLE,
    "filled later": (f"{WHOLE[0]}; update visitor set phone = '5' where visitor_id = 9",
                     ([(8, "tin", "a", None), (9, "ash", None, "5")], [(8, "tin"), (9, "ash")],
                      [(8, "a", None), (9, None, "5")])),
    "emptied": (f"{WHOLE[0]}; update visitor set email = null where visitor_id = 8",
                ([(8, "tin", None, None), (9, "ash", None, None)], [(8, "tin"), (9, "ash")], [])),
    "another key": (f"{WHOLE[0]}; update visitor set visitor_id = 7 where visitor_id = 8",
                    ([(7, "tin", "a", None), (9, "ash", None, None)], [(7, "tin"), (9, "ash")],
                     [(7, "a", None)])),
    "gone": (f"{WHOLE[0]}; delete from visitor where visitor_id = 8",
             ([(9, "ash", None, None)], [(9, "ash")], [])),
    "the first part": ("insert into {} (visitor_id, thing) values (9, 'ash')",
                       ([(9, "ash", None, None)], [(9, "ash")], [])),
    "both parts": (("insert into {} (visitor_id, thing) values (9, 'ash'); "
                   "insert into contact values (9, 'i', '5')"),
                   ([(9, "ash", "i", "5")], [(9, "ash")], [(9, "i", "5")])),
    "an empty part": (("insert into {} (visitor_id, thing) values (9, 'ash'); "
                      "insert into contact values (9, null, null); "
                      "update visitor set thing = 'oak' where visitor_id = 9"),
                      ([(9, "oak", None, None)], [(9, "oak")], [(9, None, None)])),
    "a part changed": (f"{WHOLE[0]}; update contact set phone = '6' where visitor_id = 8",
                       ([(8, "tin", "a", "6"), (9, "ash", None, None)], [(8, "tin"), (9, "ash")],
                        [(8, "a", "6")])),
    "a part gone": (f"{WHOLE[0]}; delete from contact where visitor_id = 8",
                    ([(8, "tin", None, None), (9, "ash", None, None)], [(8, "tin"), (9, "ash")],
                     [])),
    "the parts gone": (WHOLE[0] + "; delete from contact where visitor_id = 8; "
                       "delete from {} where visitor_id = 8",
                       ([(9, "ash", None, None)], [(9, "ash")], [])),
}  # fmt: skip


ALIKE = [
    (case, who) for case in (SPLIT, OUT, MERGED, IN) for who in WRITTEN
    if who != "another key" or case in (SPLIT, OUT)
]  # fmt: skip


@pytest.mark.parametrize(("case", "who"), ALIKE, ids=[f"{case.id}, {who}" for case, who in ALIKE])
def test_both_sides_say_the_same(case: Case, who: str, connection: psycopg.Connection) -> None:
    begin(case, connection)
    first = "visitor" if case in (OUT, IN) else "guest"
    statements, expected = WRITTEN[who]
    for each in statements.format(first).split("; "):
        connection.execute(each.encode())
    assert sides(connection, first) == expected


@pytest.mark.parametrize("case", [MERGED, IN], ids=lambda case: str(case.id))
def test_what_the_parts_of_old_cannot_hold_is_refused(
    case: Case, connection: psycopg.Connection
) -> None:
    begin(case, connection)
    with pytest.raises(psycopg.errors.ForeignKeyViolation):
        connection.execute("update visitor set visitor_id = 7 where visitor_id = 1")


def test_the_rows_that_were_there_are_on_both_sides(connection: psycopg.Connection) -> None:
    begin(CHANGED, connection)
    assert rows(connection, "select visitor_id, label from guest order by 1") == [
        (1, "OIL"), (2, "INK"), (3, "WAX"),
    ]  # fmt: skip
    assert rows(connection, "select * from contact order by 1") == [
        (1, "a@museum.org", "+43", "555", False), (3, "c@museum.org", None, None, False),
    ]  # fmt: skip
    connection.execute("update contact set number = '777' where visitor_id = 1")
    assert rows(connection, "select phone from visitor where visitor_id = 1") == [("+43 777",)]


def test_a_part_without_the_row_it_belongs_to_is_refused(connection: psycopg.Connection) -> None:
    begin(SPLIT, connection)
    with pytest.raises(psycopg.errors.ForeignKeyViolation, match="a row for none of guest"):
        connection.execute("insert into contact values (9, 'i', null)")


def test_a_merge_takes_what_only_the_second_table_has(connection: psycopg.Connection) -> None:
    loose = MERGED.whole[0].replace(" references guest", "")
    fourth = "insert into contact values (4, 'd@museum.org', null)"
    case = replace(MERGED, whole=(loose, MERGED.whole[1]), rows=f"{MERGED.rows}; {fourth}")
    begin(case, connection)
    assert rows(connection, "select * from visitor where visitor_id = 4") == [
        (4, None, "d@museum.org", None)
    ]


def test_a_backfill_writes_nothing_back(connection: psycopg.Connection) -> None:
    begin(SPLIT, connection)
    assert rows(connection, f"select {ALL} from visitor order by 1") == [
        (1, "oil", "a@museum.org", "+43 1"), (2, "ink", None, None),
        (3, "wax", "c@museum.org", None),
    ]  # fmt: skip


def test_parity_counts_what_is_not_in_step(connection: psycopg.Connection) -> None:
    plan = begin(SPLIT, connection)
    connection.execute("alter table contact disable trigger user")
    connection.execute("update contact set phone = '0' where visitor_id = 1")
    connection.execute("alter table guest disable trigger user")
    connection.execute("delete from guest where visitor_id = 3")
    asked = [query for step in plan.steps for query in step.work.queries]
    found = {query.asks: rows(connection, query.sql)[0][0] for query in asked}
    assert found == {
        "rows of visitor that are not in guest": 1,
        "rows of visitor that are not in contact": 0,
        "rows in which visitor and its parts differ": 2,
        "rows of contact that belong to none of guest": 1,
    }


# ------------------------------------------------------------------ what is seen, and what not


def contracts(case: Case, connection: psycopg.Connection) -> tuple[Contract, Contract]:
    old, new = contracts_of(case, connection)
    return old, new


KEYED = "visitor_id integer primary key"
ONE = f"create table visitor ({KEYED}, thing text, email text, phone text)"
SEEN: dict[str, tuple[str, str, int]] = {
    "two columns": (ONE, (f"create table guest ({KEYED}, thing text); "
                    f"create table contact ({KEYED}, email text, phone text)"), 0),
    "two columns each": (ONE.replace("thing text", "thing text, note text"),
                         (f"create table guest ({KEYED}, thing text, note text); "
                         f"create table contact ({KEYED}, email text, phone text)"), 1),
    "one that refers": (ONE, (f"create table guest ({KEYED}, thing text, email text); "
                        "create table contact (visitor_id integer primary key references guest, "
                        "phone text)"), 0),
    "one that refers to what stays": (
        ONE, (f"create table visitor ({KEYED}, thing text, email text); "
        "create table contact (visitor_id integer primary key references visitor, phone text)"), 1),
    "one column that refers to nothing": (
        ONE, (f"create table visitor ({KEYED}, thing text, email text); "
        f"create table contact ({KEYED}, phone text)"), 0),
    "another key": (ONE, (f"create table visitor ({KEYED}, thing text); create table contact "
                    "(contact_id integer primary key, email text, phone text)"), 0),
    "another type": (ONE, (f"create table visitor ({KEYED}, thing text); "
                     f"create table contact ({KEYED}, email text, phone integer)"), 0),
    "a column more": (ONE, (f"create table visitor ({KEYED}, thing text); "
                      f"create table contact ({KEYED}, email text, phone text, fax text)"), 0),
    "columns that stay": (ONE, f"{ONE}; create table contact ({KEYED}, email text, phone text)", 0),
    "columns in two": (ONE, (f"create table visitor ({KEYED}, thing text); "
                       f"create table contact ({KEYED}, email text, phone text); "
                       f"create table address ({KEYED}, email text, phone text)"), 0),
    "no key": (ONE.replace(" primary key", ""),
               ("create table visitor (visitor_id integer, thing text); "
               "create table contact (visitor_id integer, email text, phone text)"), 0),
}  # fmt: skip


@pytest.mark.parametrize("way", ["split", "merge"])
@pytest.mark.parametrize("name", SEEN)
def test_what_is_plain_is_seen(name: str, way: str, connection: psycopg.Connection) -> None:
    one, other, expected = SEEN[name]
    case = replace(SPLIT, whole=(one, other) if way == "split" else (other, one))
    old, new = contracts(case, connection)
    found, _ = divide([old], [new], Wishes())
    assert [each.is_split for each in found] == [way == "split"] * expected


def test_tables_without_a_key_in_common_are_not_planned_as_one(
    connection: psycopg.Connection,
) -> None:
    one, other, _ = SEEN["another key"]
    case = replace(SPLIT, whole=(one, other))
    old, new = contracts(case, connection)
    with pytest.raises(NotJudged, match="visitor and contact have no primary key in common"):
        divide([old], [new], Wishes(splits={"visitor": ("visitor", "contact")}))


def planned(case: Case, connection: psycopg.Connection, wishes: Wishes) -> Plan:
    old, new = contracts(case, connection)
    return make_plan([old], [new], judge(diff([old], [new])), today=TODAY, wishes=wishes)


def test_what_nobody_said_is_asked_for(connection: psycopg.Connection) -> None:
    only = Wishes(splits=SPLIT.wishes.splits)
    asked = {each for _, each in planned(CHANGED, connection, only).to_fill_in}
    assert asked == {"how guest.label is made: --using 'guest.label=SQL'"}
    both = MERGED.whole[0].replace("phone text", "phone text, thing text")
    merge = planned(replace(MERGED, whole=(both, ONE)), connection, MERGED.wishes)
    assert {each for _, each in merge.to_fill_in} == {
        "how visitor.thing is made: --using 'visitor.thing=SQL'"
    }


def test_tables_of_several_contracts_are_split_as_well(
    connection: psycopg.Connection, database: str
) -> None:
    old, new = contracts(SPLIT, connection)
    contact = tuple(table for table in new.tables if table.name == "contact")
    guest = replace(new, tables=tuple(table for table in new.tables if table not in contact))
    other = replace(new, name="contacts", version="1.0.0", tables=contact)
    after = [guest, other]
    verdicts = judge(diff([old], after))
    plan = make_plan([old], after, verdicts, today=TODAY, wishes=SPLIT.wishes)
    for statement in (SPLIT.old_ddl, SPLIT.rows):
        connection.execute(statement.encode())
    connection.close()
    place = Place(database, database, embedded=False)
    rehearsal = rehearse(plan, database, people(SPLIT), schemas=["public"], place=place)
    assert rehearsal.holds, (rehearsal.troubles, [each.troubles for each in rehearsal.steps])
    first, last = plan.steps[0], plan.steps[-1]
    assert [step.id for step in plan.steps].count("01-create-guest") == 1
    assert {one.name: one.status for one in first.documents}["contacts"] == "draft"
    assert {one.name: one.status for one in last.documents} == {
        "visitors": "active", "contacts": "active",
    }  # fmt: skip


def test_the_new_tables_are_promised_from_the_day_they_are_filled(
    connection: psycopg.Connection,
) -> None:
    plan = planned(SPLIT, connection, SPLIT.wishes)
    step = next(step for step in plan.steps if step.work.place is At.DEPRECATE)
    promised = {one.name: [table.name for table in one.tables] for one in step.documents}
    assert promised == {"visitors": ["visitor"], "visitors-v2": ["contact", "guest"]}
    ends = next(one.deprecation for one in step.documents if one.deprecation)
    assert ends.replacement == "museum/visitors-v2"
    made = [each.what for each in step.documents[0].backfills or () if not isinstance(each, str)]
    assert made == ["visitor.guest", "visitor.contact"]


# ------------------------------------------------------------------ the command

CONTRACT = """\
apiVersion: v3.1.0
kind: DataContract
id: 0c7e4f0e-2f0b-4f53-9f3e-9f1a3a1f7b01
name: visitors
version: {version}
status: active
schema:
{tables}
"""
TABLE = """\
  - name: {name}
    physicalName: {name}
    properties:
      - {{name: {key}, physicalType: integer, required: true, primaryKey: true}}
"""
COLUMN = "      - {{name: {0}, physicalType: text}}\n"


def document(version: str, *, key: str = "visitor_id", **tables: str) -> str:
    written = "".join(
        TABLE.format(name=name, key=key)
        + "".join(COLUMN.format(column) for column in columns.split())
        for name, columns in tables.items()
    )
    return CONTRACT.format(version=version, tables=written.rstrip())


OLD = document("1.0.0", visitor="thing email phone")
NEW = document("2.0.0", guest="thing", contact="email phone")
ARGUMENTS = {
    "split": (OLD, NEW, ("--split", "visitor=guest,contact"), 0, "Make guest beside visitor"),
    "merge": (document("1.0.0", guest="thing", contact="email phone"),
              document("2.0.0", visitor="thing email phone"),
              ("--merge", "guest,contact=visitor"), 0, "Make visitor beside guest and contact"),
    "of tables that are not there": (OLD, NEW, ("--split", "visitor=guest,contakt"), 2,
                                     "names visitor"),
    "without a key in common": (
        OLD, document("2.0.0", key="id", guest="thing", contact="email phone"),
        ("--split", "visitor=guest,contact"), 2, "have no primary key in common"),
    "a column that is nowhere": (OLD, NEW, ("--split", "visitor=guest,contact", "--using",
                                            "contact.fone=phone"), 2, "Did you mean phone?"),
}  # fmt: skip


@pytest.mark.parametrize("name", ARGUMENTS)
def test_the_command(name: str, tmp_path: Path) -> None:
    old, new, arguments, code, told = ARGUMENTS[name]
    (tmp_path / "old.odcs.yaml").write_text(old, encoding="utf-8")
    (tmp_path / "new.odcs.yaml").write_text(new, encoding="utf-8")
    ran = docent("plan", "old.odcs.yaml", "new.odcs.yaml", "--now", "2026-01-03", *arguments,
                 folder=tmp_path)  # fmt: skip
    assert (ran.code, told in (ran.err if code else ran.out)) == (code, True), ran


def test_a_split_is_written_into_revisions(tmp_path: Path) -> None:
    (tmp_path / "old.odcs.yaml").write_text(OLD, encoding="utf-8")
    (tmp_path / "new.odcs.yaml").write_text(NEW, encoding="utf-8")
    ran = docent("plan", "old.odcs.yaml", "new.odcs.yaml", "--split", "visitor=guest,contact",
                 "--output", "plans", "--format", "json", folder=tmp_path)  # fmt: skip
    assert ran.code == 0, ran
    steps = [each["id"] for each in json.loads(ran.out)["steps"]]
    assert steps == [
        "01-create-guest", "02-create-contact", "03-keep-guest-contact-in-step",
        "04-backfill-guest", "05-backfill-contact", "06-compare-guest-contact", "07-announce",
        "08-sunset", "09-let-guest-contact-go-alone", "10-retire-visitor", "11-release",
        "12-drop-visitor",
    ]  # fmt: skip
    assert len(list((tmp_path / "plans" / "versions").rglob("*.py"))) == 8
