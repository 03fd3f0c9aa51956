"""A migration in steps that can be taken in any order, while somebody reads and somebody writes.

The steps split the column of galleries into numbers and places. After each of them a writer writes
and a reader reads, as they do every day; what the reader sees is compared with what was written.
All of it happens in one transaction on the learner's own table, which is rolled back.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import psycopg

Connection = psycopg.Connection[Any]

NOTICE: Final = 90
"""Days of notice that the information desk was promised."""


@dataclass(frozen=True, slots=True)
class Step:
    """A step: what it does, in words and in SQL; some change no table."""

    does: str
    sql: str = ""


STEPS: Final[dict[str, Step]] = {
    "add": Step(
        "add the columns hall_number and hall_place",
        "alter table object_gallery_info add hall_number text, add hall_place text",
    ),
    "announce": Step(f"announce the end of gallery_number, with {NOTICE} days of notice"),
    "backfill": Step(
        "fill both for the rows that are there",
        """\
update object_gallery_info
set hall_number = case when gallery_number ~ '^[0-9]+$' then gallery_number end,
    hall_place = case when gallery_number !~ '^[0-9]+$' then gallery_number end""",
    ),
    "drop": Step(
        "drop gallery_number and the trigger; the writer's new form goes live with it",
        """\
drop trigger if exists fill_halls on object_gallery_info;
alter table object_gallery_info drop column gallery_number""",
    ),
    "move": Step("the information desk reads hall_place from now on"),
    "sync": Step(
        "let a trigger fill both at every write from now on",
        """\
create function pg_temp.fill_halls() returns trigger language plpgsql as $$
begin
    new.hall_number := case when new.gallery_number ~ '^[0-9]+$' then new.gallery_number end;
    new.hall_place := case when new.gallery_number !~ '^[0-9]+$' then new.gallery_number end;
    return new;
end $$;
create trigger fill_halls before insert or update of gallery_number on object_gallery_info
    for each row execute function pg_temp.fill_halls()""",
    ),
    "wait": Step(f"{NOTICE} days go by"),
}
"""The steps by their names, which say nothing of their order."""

OLD_QUESTION: Final = """\
select gallery_number as place, count(*) as works from object_gallery_info
where gallery_number !~ '^[0-9]+$' group by gallery_number order by gallery_number"""
NEW_QUESTION: Final = """\
select hall_place as place, count(*) as works from object_gallery_info
where hall_place is not null group by hall_place order by hall_place"""

_TRUTH: Final = """\
select gallery_number as place, count(*) as works from pg_temp.written
where gallery_number !~ '^[0-9]+$' group by gallery_number order by gallery_number"""

_BEGIN: Final = """\
set local lock_timeout = '5s';
set local statement_timeout = '10s';
create temp table written on commit drop as
    select object_id, gallery_number from object_gallery_info"""

_NEXT_WORK: Final = """\
select object_id from pg_temp.written
where gallery_number ~ '^[0-9]+$' order by object_id offset %s limit 1"""

_WRITES: Final = """\
update object_gallery_info set gallery_number = 'Watson Library' where object_id = %s"""
_WRITES_ANEW: Final = """\
update object_gallery_info set hall_number = null, hall_place = 'Watson Library'
where object_id = %s"""


@dataclass(frozen=True, slots=True)
class Day:
    """What came of one step.

    stopped:  what Postgres has against the step itself; then nothing comes after it.
    reader, writer:  what became of the two afterwards; ``""`` where they noticed nothing.
    loud:     whether an error told the reader.
    owed:     what the step breaks of what was promised, whatever the database says.
    """

    step: str
    stopped: str = ""
    reader: str = ""
    writer: str = ""
    loud: bool = False
    owed: str = ""

    @property
    def is_well(self) -> bool:
        """Whether nobody was hurt on that day."""
        return not (self.stopped or self.reader or self.writer or self.owed)


def walk(order: Sequence[str], database_url: str = "") -> tuple[Day, ...]:
    """Take the steps in this order, with a day of reading and writing after each; undo it all.

    order:  names of ``STEPS``, each once at most. It ends early where a step cannot be taken.
    """
    from data_assets.postgres import connect
    from docent.place import current_url

    with contextlib.closing(connect(database_url or current_url())) as connection:
        try:
            connection.execute(_BEGIN)
            return tuple(_days(connection, order))
        finally:
            connection.rollback()


def _days(connection: Connection, order: Sequence[str]) -> Iterator[Day]:
    taken: list[str] = []
    for number, name in enumerate(order):
        if stopped := _sent(connection, STEPS[name].sql):
            yield Day(name, stopped=stopped)
            return
        taken.append(name)
        owed = _owed(connection, taken)
        writer = _writes(connection, number, taken)
        reader, loud = _reads(connection, taken)
        yield Day(name, reader=reader, writer=writer, loud=loud, owed=owed)


def _owed(connection: Connection, taken: Sequence[str]) -> str:
    """What a step breaks of what was promised to the reader."""
    if taken[-1] == "announce" and _answer(connection, NEW_QUESTION) != _answer(connection, _TRUTH):
        return "whoever moves at once, as they are asked to, does not find all there is"
    if taken[-1] == "drop":
        if "announce" not in taken:
            return "nobody was told that gallery_number ends"
        if "wait" not in taken[taken.index("announce") :]:
            return f"{NOTICE} days of notice were promised, and none has gone by"
    return ""


def _writes(connection: Connection, number: int, taken: Sequence[str]) -> str:
    """A day's writing: a work comes into the library. What stood in its way."""
    row = connection.execute(_NEXT_WORK, [number]).fetchone()
    if row is None:
        return ""
    statement = _WRITES_ANEW if "drop" in taken else _WRITES
    if refused := _sent(connection, statement, row):
        return refused
    connection.execute(
        "update pg_temp.written set gallery_number = 'Watson Library' where object_id = %s", row
    )
    return ""


def _reads(connection: Connection, taken: Sequence[str]) -> tuple[str, bool]:
    """A day's reading: what is wrong with the answer, and whether an error says so."""
    found = _answer(connection, NEW_QUESTION if "move" in taken else OLD_QUESTION)
    if isinstance(found, str):
        return found, True
    there = _answer(connection, _TRUTH)
    works, all_works = sum(row[1] for row in found), sum(row[1] for row in there)
    return (f"sees {works} of {all_works} works", False) if found != there else ("", False)


def _answer(connection: Connection, question: str) -> Any:
    """The rows of an answer; where there is none, what Postgres says, as a text."""
    try:
        with connection.transaction():
            return connection.execute(question.encode()).fetchall()
    except psycopg.Error as error:
        return error.diag.message_primary or str(error)


def _sent(connection: Connection, statement: str, values: Sequence[object] = ()) -> str:
    """Send something, in a part of the transaction of its own; what Postgres has against it."""
    if not statement:
        return ""
    try:
        with connection.transaction():
            connection.execute(statement.encode(), values or None)
    except psycopg.Error as error:
        return error.diag.message_primary or str(error)
    return ""


def days_card(days: Sequence[Day]) -> Any:
    """The days of a walk, one a row: the step, the reader, the writer."""
    from docent.display import Grid, Paragraph, Shown
    from docent.drawings import Light

    rows = tuple(
        (
            day.step,
            day.stopped or day.reader or day.owed or "as ever",
            day.writer or "as ever",
            Light("green", "well") if day.is_well else Light("red", "hurt"),
        )
        for day in days
    )
    hurt = sum(not day.is_well for day in days)
    said = "Nobody is hurt on any day." if not hurt else f"Days on which somebody is hurt: {hurt}."
    grid = Grid(("after", "the information desk", "the writer", "all"), rows)
    return Shown(tuple(days), "Step by step", (grid, Paragraph(said)))


def try_order(*order: str, database_url: str = "") -> Any:
    """Take the steps in this order, and show what became of reader and writer after each."""
    from docent.lab import told

    unknown = [name for name in order if name not in STEPS]
    if unknown:
        from docent.cards import note_card

        return note_card(f"There is no step {unknown[0]}", f"There is: {', '.join(STEPS)}.")
    return told(lambda: days_card(walk(order, database_url)))
