"""Run a learner's query so that it can change nothing and take neither for ever nor all memory."""

from __future__ import annotations

import contextlib
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice
from typing import Final

from docent.answers import told
from docent.room import Room

TIME_LIMIT: Final = 5.0
"""Seconds that a query may take."""

MOST_ROWS: Final = 20_000
"""Rows of an answer that are read."""

Row = tuple[object, ...]


class TooManyRows(Exception):  # noqa: N818 - what happened, in the words of whoever reads it
    """A query returned more rows than an answer can need."""


@dataclass(frozen=True, slots=True)
class Rows:
    """What a query returned: the names of its columns, and its rows.

    Of a query that returned no row, the columns are not known.
    """

    columns: tuple[str, ...]
    rows: tuple[Row, ...]


def run(query: str, room: Room, *, time_limit: float = TIME_LIMIT) -> Rows:
    """The rows of one query on the learner's database; nothing can be written by it.

    Raises what Postgres has against it, and TooManyRows.
    """
    with contextlib.closing(room.connect()) as connection:
        # Once a statement has run, a transaction that may not write cannot be made to.
        connection.execute(
            "select set_config('statement_timeout', %s, true),"
            " set_config('lock_timeout', %s, true)",
            [str(int(time_limit * 1000))] * 2,
        )
        cursor = connection.cursor()
        # A stream holds one statement at most, and hands out its rows as they come.
        stream = cursor.stream(query)
        rows = tuple(islice(stream, MOST_ROWS + 1))
        columns = tuple(column.name for column in cursor.description or ())
        if len(rows) > MOST_ROWS:
            raise TooManyRows
        return Rows(columns, rows)


def first_difference(seen: Rows, expected: Rows, *, ordered: bool, named: bool) -> str | None:
    """In what one answer first differs from another, in a sentence; ``None`` when in nothing."""
    return next(_differences(seen, expected, ordered=ordered, named=named), None)


def _differences(seen: Rows, expected: Rows, *, ordered: bool, named: bool) -> Iterator[str]:
    wide, asked = len(seen.columns), len(expected.columns)
    is_known = bool(seen.columns or seen.rows)
    if is_known and wide != asked:
        yield f"It returns {_count(wide, 'column')} ({', '.join(seen.columns)}), not {asked}."
        return
    if is_known and named and seen.columns != expected.columns:
        yield f"Its columns are {', '.join(seen.columns)}, not {', '.join(expected.columns)}."
        return
    ours, theirs = _comparable(seen.rows), _comparable(expected.rows)
    missing, extra = Counter(theirs) - Counter(ours), Counter(ours) - Counter(theirs)
    if missing or extra:
        yield _rows_differ(seen, expected, missing, extra)
    elif ordered and ours != theirs:
        at = next(
            i for i, (one, other) in enumerate(zip(ours, theirs, strict=True)) if one != other
        )
        yield f"The rows are right and their order is not: row {at + 1} is {told(seen.rows[at])}."


def _rows_differ(seen: Rows, expected: Rows, missing: Counter[Row], extra: Counter[Row]) -> str:
    if len(seen.rows) == len(expected.rows) == len(expected.columns) == 1:
        return (
            f"It says {told(seen.rows[0][0])}, and that is not it."  # the answer stays a question
        )
    if len(expected.rows) == len(expected.columns) == 1:
        return f"It returns {_count(len(seen.rows), 'row')}, and one row with one value is wanted."
    said = f"It returns {_count(len(seen.rows), 'row')}"
    if len(seen.rows) != len(expected.rows):
        said += f", not {len(expected.rows)}"
    sentences = [said]
    if extra:
        sentences.append(f"One that does not belong, or comes too often: {_first(seen, extra)}")
    if missing:
        sentences.append(f"One that is missing: {_first(expected, missing)}")
    return ". ".join(sentences) + "."


def _first(answer: Rows, wanted: Counter[Row]) -> str:
    """The first row of an answer that is among those wanted."""
    row = next(row for row in answer.rows if tuple(map(comparable, row)) in wanted)
    return told(row[0] if len(row) == 1 else row)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _comparable(rows: Sequence[Row]) -> list[Row]:
    return [tuple(map(comparable, row)) for row in rows]


def comparable(cell: object) -> object:
    """A cell as it is counted: 3, 3.0 and Decimal(3) are one, True and 1 are two."""
    if isinstance(cell, bool):
        return ("bool", cell)
    if isinstance(cell, (int, float, Decimal)):
        return _number(cell)
    if isinstance(cell, (list, tuple)):
        return tuple(map(comparable, cell))
    if isinstance(cell, dict):
        return json.dumps(cell, sort_keys=True, default=str)
    return cell


def _number(cell: float | Decimal) -> object:
    if cell != cell or cell in (Decimal("Infinity"), Decimal("-Infinity")):
        return str(cell).lower()
    return int(cell) if cell == int(cell) else float(f"{cell:.9g}")
