"""Scans put to a database: what was counted, or why it could not be.

Everything is read in one transaction that only reads and is rolled back, under a time limit for
each statement, as a role that sees no more than it must. A connection that is in a transaction
already is asked within it, so that what it has not committed counts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from decimal import Decimal
from functools import partial
from typing import Any, Final, TypeVar

import psycopg
from psycopg import pq
from psycopg.rows import tuple_row

from contracts.checks import arguments_of
from detection.answers import Failure
from detection.quality import measures
from detection.quality.authored import RefusedError
from detection.quality.calling import find_refused
from detection.quality.discretion import without_values
from detection.quality.model import Call, Measurement, Number, Reading, Scan, Sql, Trouble
from detection.quality.statements import (
    GROUP_FIGURES,
    MOST_FIGURES,
    MOST_KEYS,
    groups_statement,
    in_portions,
    rows_statement,
    text_of,
)
from detection.replay import failure_of

TIME_LIMIT: Final = 60.0
"""Seconds that a statement may take."""

NUMERIC: Final = frozenset({16, 20, 21, 23, 26, 700, 701, 1700})
"""The numbers of the types boolean, integer and so on: what a query may return as its figure."""

Cursor = psycopg.Cursor[Any]
Readings = Sequence[Reading]
Way = Callable[[Cursor, Scan, Readings], list[Measurement]]
"""A way of measuring several readings at once."""
Answer = TypeVar("Answer")


def measure(
    connection: psycopg.Connection[Any],
    scans: Sequence[Scan],
    *,
    role: str | None = None,
    time_limit: float = TIME_LIMIT,
) -> tuple[Measurement, ...]:
    """What the rows say to each demand of these scans, in their order. Nothing is changed.

    role:        the role to read as; without one, whoever is connected.
    time_limit:  the seconds that each statement may take.
    """
    with reading(connection, role=role, time_limit=time_limit) as cursor:
        calls = frozenset(
            call for scan in scans for call in scan.calls.union(*(r.calls for r in scan.readings))
        )
        schemas = {name for scan in scans for r in scan.readings for name in r.demand.reach.schemas}
        refused = find_refused(connection, calls, schemas)
        return tuple(found for scan in scans for found in _measure(cursor, _let(scan, refused)))


@contextmanager
def reading(
    connection: psycopg.Connection[Any], *, role: str | None, time_limit: float
) -> Iterator[Cursor]:
    """A cursor that can read and do nothing else, in one view of the database throughout."""
    is_own = connection.info.transaction_status == pq.TransactionStatus.IDLE
    with (
        connection.transaction(force_rollback=True),
        connection.cursor(row_factory=tuple_row) as cursor,
    ):
        view = "isolation level repeatable read, " if is_own else ""
        cursor.execute(f"set transaction {view}read only".encode())
        cursor.execute(
            "select set_config(name, value, true) from unnest(%s::text[], %s::text[]) as"
            " given (name, value)",
            _columns(
                ("statement_timeout", f"{max(1, round(time_limit * 1000))}ms"),
                ("lock_timeout", "10s"),
                ("standard_conforming_strings", "on"),
                ("row_security", "off"),
                *([("role", role)] if role else []),
            ),
        )
        cursor.execute("savepoint docent_read")
        yield cursor


def _columns(*rows: tuple[str, str]) -> tuple[list[str], list[str]]:
    return [name for name, _ in rows], [value for _, value in rows]


def _let(scan: Scan, refused: dict[Call, RefusedError]) -> Scan:
    """The scan without the readings whose SQL calls what it may not."""
    if not refused:
        return scan
    for call in sorted(scan.calls & refused.keys()):
        raise refused[call]
    readings = []
    for one in scan.readings:
        error = next((refused[call] for call in sorted(one.calls) if call in refused), None)
        if error is not None:
            trouble = Trouble("refused", error.what, error.next_step)
            one = Reading(replace(one.demand, trouble=trouble), "none")
        readings.append(one)
    return replace(scan, readings=tuple(readings))


def _measure(cursor: Cursor, scan: Scan) -> list[Measurement]:
    """What one scan finds, in the order of its readings."""
    ways: tuple[tuple[str, Way, int], ...] = (
        ("none", _nothing, 1),
        ("rows", _rows, MOST_FIGURES),
        ("groups", _groups, MOST_KEYS),
        ("query", _query, 1),
    )
    found = [
        measurement
        for how, way, most in ways
        for portion in in_portions([one for one in scan.readings if one.how == how], most)
        for measurement in _read(cursor, scan, portion, way)
    ]
    place = {id(one): number for number, one in enumerate(scan.readings)}
    return sorted(found, key=lambda measurement: place[id(measurement.reading)])


def _read(cursor: Cursor, scan: Scan, readings: Readings, way: Way) -> list[Measurement]:
    """Measure readings together; where that fails, find out which of them are to blame."""
    answer = attempt(cursor, lambda: way(cursor, scan, readings))
    if not isinstance(answer, Failure):
        return answer
    parts = () if len(readings) == 1 else _culprits(cursor, scan, readings, way, answer)
    if not parts:
        return [_unmeasured(one, scan, _trouble(answer, scan, one)) for one in readings]
    return [found for part in parts for found in _read(cursor, scan, part, way)]


def _culprits(
    cursor: Cursor, scan: Scan, readings: Readings, way: Way, failure: Failure
) -> tuple[Readings, ...]:
    """Readings in parts, so that one that fails takes none with it; ``()`` where that is vain.

    What fails by its looks alone (a type, a name) is found without reading a row, and then each
    stands by itself; what fails on some row is found by halves. What took too long is asked
    again only without that which an author wrote.
    """
    if failure.is_impatience:
        authored = [one for one in readings if one.calls or one.demand.check.filter]
        others = [one for one in readings if one not in authored]
        return (others, authored) if others and authored else ()

    def plan(one: Reading) -> None:
        text = groups_statement(scan, [one]) if way is _groups else rows_statement(scan, [one])[0]
        execute(cursor, f"explain {text}", [one])

    unsound = [one for one in readings if isinstance(attempt(cursor, partial(plan, one)), Failure)]
    if unsound:
        sound = [one for one in readings if one not in unsound]
        return tuple(part for part in (*([one] for one in unsound), sound) if part)
    middle = len(readings) // 2
    return readings[:middle], readings[middle:]


def attempt(cursor: Cursor, work: Callable[[], Answer]) -> Answer | Failure:
    """What some work returns, or what Postgres said instead; what it set is taken back."""
    answer: Answer | Failure
    try:
        answer = work()
    except psycopg.Error as error:
        answer = failure_of(error)
    cursor.execute("rollback to savepoint docent_read")
    return answer


def execute(cursor: Cursor, text: Sql, readings: Sequence[Reading]) -> Cursor:
    """Run one statement, and no more than one, in the schemas that its contracts are about.

    Asking for binary answers makes psycopg use the protocol that takes a single statement.
    """
    schemas = dict.fromkeys(schema for one in readings for schema in one.demand.reach.schemas)
    path = ", ".join(psycopg.sql.Identifier(schema).as_string() for schema in schemas)
    cursor.execute("select set_config('search_path', %s, true)", (path,))
    return cursor.execute(text.encode(), binary=True, prepare=False)


def _nothing(_cursor: Cursor, scan: Scan, readings: Readings) -> list[Measurement]:
    return [_unmeasured(one, scan, one.demand.trouble) for one in readings]


def _rows(cursor: Cursor, scan: Scan, readings: Readings) -> list[Measurement]:
    text, figures = rows_statement(scan, readings)
    values = dict(zip(figures, execute(cursor, text, readings).fetchall()[0], strict=True))
    return [_told(one, scan, [values[each] for each in one.figures]) for one in readings]


def _groups(cursor: Cursor, scan: Scan, readings: Readings) -> list[Measurement]:
    (values,) = execute(cursor, groups_statement(scan, readings), readings).fetchall()
    found = []
    for place, one in enumerate(readings):
        figures = values[GROUP_FIGURES * place : GROUP_FIGURES * (place + 1)]
        everything, rows, groups = map(int, figures)
        distinct = one.demand.check.measure == measures.DISTINCT_VALUES
        value = groups if distinct else _share(one, rows - groups, everything)
        failing = None if distinct else rows - groups
        found.append(Measurement(one.demand, value, everything, failing, reading=one))
    return found


def _query(cursor: Cursor, scan: Scan, readings: Readings) -> list[Measurement]:
    (one,) = readings
    asked = f"from (\n{one.figures[0]}\n) as docent_query"
    if arguments_of(one.demand.check).get("counts") == "rows":
        rows = execute(cursor, f"select count(*) {asked}", readings).fetchall()[0][0]
        return [Measurement(one.demand, rows, None, rows, reading=one)]
    execute(cursor, f"select * {asked} limit 0", readings)
    described = cursor.description or []
    if len(described) != 1 or described[0].type_code not in NUMERIC:
        what = "The query returns no single number."
        step = "Let it return one number; or leave out the bound, and let it return failing rows."
        return [_unmeasured(one, scan, Trouble("failed", what, step))]
    answers = execute(cursor, f"select * {asked} limit 2", readings).fetchall()
    if len(answers) > 1:
        what, step = "The query returns more than one row.", "Let it return one number."
        return [_unmeasured(one, scan, Trouble("failed", what, step))]
    return [Measurement(one.demand, _number(answers[0][0] if answers else None), reading=one)]


def _told(one: Reading, scan: Scan, values: Sequence[Any]) -> Measurement:
    """What the figures of a reading come to."""
    check = one.demand.check
    rows, *others = values
    if scan.sample is not None and rows == 0:
        what = "There is no row in the sample."
        return _unmeasured(one, scan, Trouble("unsampled", what, "Check more of the rows."))
    told = Measurement(one.demand, rows=rows, sample=scan.sample, reading=one)
    if check.measure == measures.ROW_COUNT:
        return replace(told, value=rows)
    if check.measure in measures.TIMES:
        return replace(told, value=_number(others[0]), failing=others[1] if others[1:] else None)
    if check.measure == measures.SQL and not one.failing:
        if others[0] is not None and _number(others[0]) is None:
            trouble = Trouble("failed", "The aggregate is no number.", "Ask for one that is.")
            return _unmeasured(one, scan, trouble)
        return replace(told, value=_number(others[0]))
    failing = sum(others)
    cells = rows * max(1, len(others))
    value = _share(one, failing, cells)
    if scan.sample is not None and check.unit != "percent":
        value = float(value) * 100 / scan.sample
    return replace(told, value=value, failing=failing)


def _share(one: Reading, failing: int, among: int) -> Number:
    """So many rows, or so many per cent of them; of what is good where that is measured."""
    check = one.demand.check
    good = check.measure in measures.SHARES
    if check.unit != "percent" and not good:
        return failing
    if not among:
        return 100.0 if good else 0.0
    return 100 * (among - failing if good else failing) / among


def _number(value: object) -> Number | None:
    """A number that Postgres returned; truth counts as 1."""
    if isinstance(value, bool):
        return int(value)
    return value if isinstance(value, int | float | Decimal) else None


def _unmeasured(one: Reading, scan: Scan, trouble: Trouble | None) -> Measurement:
    return Measurement(one.demand, sample=scan.sample, trouble=trouble, reading=one)


def _trouble(failure: Failure, scan: Scan, one: Reading) -> Trouble:
    if failure.is_impatience:
        what = "It took longer than it may."
        return Trouble("unanswered", what, "Check a part (--sample, --where), or give more time.")
    asked = text_of(scan, one)
    step = without_values(failure.hint or "Correct the check, or what it is about.", asked)
    return Trouble("failed", f"PostgreSQL says: {without_values(failure.message, asked)}.", step)
