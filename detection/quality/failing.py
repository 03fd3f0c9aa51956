"""Which rows break a promise: their keys, and never a value that the contract classifies.

It takes one more statement for each broken promise, and so is done only when somebody asks.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import psycopg

from detection.answers import Failure
from detection.quality.classified import is_classified
from detection.quality.conditions import both, comparable, value_of
from detection.quality.discretion import without_values
from detection.quality.judging import keeps
from detection.quality.measuring import TIME_LIMIT, Cursor, attempt, execute, reading
from detection.quality.model import Demand, Measurement, Reading, Scan, Sql
from detection.quality.statements import source, text_of
from detection.quality.wording import not_shown

LONGEST = 60
"""Characters of a value that are shown."""


def find_failing_rows(
    connection: psycopg.Connection[Any],
    scans: Sequence[Scan],
    measurements: Sequence[Measurement],
    most: int,
    *,
    role: str | None = None,
    time_limit: float = TIME_LIMIT,
) -> tuple[Measurement, ...]:
    """The measurements, each that keeps no promise with up to ``most`` of the rows that break it.

    A row is told by its key, a repeated value by itself; where that may not be shown, why not.
    A column that one contract classifies is shown for none of them.
    """
    scan_of = {id(one): scan for scan in scans for one in scan.readings}
    with reading(connection, role=role, time_limit=time_limit) as cursor:
        return tuple(
            replace(one, examples=_examples(cursor, scan, one.reading, most))
            if one.reading and (scan := scan_of.get(id(one.reading))) and _has_failing_rows(one)
            else one
            for one in measurements
        )


def _has_failing_rows(measurement: Measurement) -> bool:
    broken = not measurement.trouble and not keeps(measurement.demand.check, measurement.value)
    return broken and bool(measurement.failing)


def _examples(cursor: Cursor, scan: Scan, one: Reading, most: int) -> tuple[str, ...]:
    if one.how == "groups":
        columns, text = one.demand.check.columns, partial(_repeated, scan, one)
    elif one.failing:
        columns, text = _key(one.demand), partial(_failing, scan, one)
    else:
        return ()
    if not columns:
        return ("not shown: no key of the table is under contract",)
    table, classified = one.demand.table, one.demand.reach.classified
    if hidden := [
        name
        for name in columns
        if is_classified(table.column(name)) or (table.schema, table.name, name) in classified
    ]:
        return (not_shown(hidden),)
    answer = attempt(cursor, lambda: execute(cursor, text(columns, most), [one]).fetchall())
    if isinstance(answer, Failure):
        said = without_values(answer.message, text_of(scan, one))
        return (f"not shown: PostgreSQL says: {said}",)
    return tuple(_shown(columns, row) for row in answer)


def _key(demand: Demand) -> tuple[str, ...]:
    """The columns that tell a row of the table from all others, as far as they are promised."""
    promised = tuple(column.name for column in demand.table.columns if column.primary_key)
    keys = (demand.found.primary_key, demand.table.primary_key, promised, demand.table.grain)
    return next((key for key in keys if key and all(map(demand.table.column, key))), ())


def _failing(scan: Scan, one: Reading, columns: Sequence[str], most: int) -> Sql:
    """The keys of rows that break a promise by themselves."""
    keys = ", ".join(f"{value_of(scan.table, column)}::text" for column in columns)
    rows = source(scan, one.joins, both(one.within, one.failing))
    return f"select {keys} {rows} order by {keys} limit {int(most)}"


def _repeated(scan: Scan, one: Reading, columns: Sequence[str], most: int) -> Sql:
    """The values that several rows have, the most frequent first, and how many rows have each."""
    values = [comparable(scan.table, column) for column in columns]
    there = [] if one.with_nulls else [f"{value} is not null" for value in values]
    shown = ", ".join(f"{value}::text" for value in values)
    return (
        f"select {shown}, count(*) {source(scan, (), both(one.within, *there))}"
        f" group by {', '.join(values)} having count(*) > 1"
        f" order by count(*) desc, {shown} limit {int(most)}"
    )


def _shown(columns: Sequence[str], row: Sequence[object]) -> str:
    return ", ".join(_parts(columns, row))


def _parts(columns: Sequence[str], row: Sequence[object]) -> Iterator[str]:
    for name, value in zip(columns, row, strict=False):
        text = "null" if value is None else str(value)
        yield f"{name} {text if len(text) <= LONGEST else f'{text[: LONGEST - 1]}…'}"
    if len(row) > len(columns):
        yield f"{row[-1]} rows"
