"""What proposing thresholds takes besides figures: the values of a list, the pauses of arrivals."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import psycopg
from psycopg import sql

from contracts.model import Table
from detection.answers import Failure
from detection.quality.measuring import TIME_LIMIT, attempt, reading

LAST_ARRIVALS: Final = 1000
"""How many arrivals are looked at to see how long the pauses between them are."""

_VALUES: Final = "select distinct {0}::text from {1} where {0} is not null order by 1 limit 100"
_PAUSE: Final = """
select extract(epoch from max(pause)), extract(epoch from {3} - max(at)) from (
  select at, at - lag(at) over (order by at) as pause from (
    select distinct {0}::timestamptz as at from {1} where isfinite({0})
    order by 1 desc limit {2}) as arrivals) as pauses
"""


def read_profile(
    connection: psycopg.Connection[Any],
    table: Table,
    lists: Sequence[str],
    arrivals: Sequence[str],
    now: datetime,
    *,
    role: str | None = None,
    time_limit: float = TIME_LIMIT,
) -> tuple[dict[str, tuple[str, ...]], dict[str, float]]:
    """The different values of some columns, and the longest pause in seconds of others.

    The time since the last arrival until ``now`` is a pause, too. Where all rows arrived at once
    there is none. What Postgres does not answer, or not in time, is left out.
    """
    values: dict[str, tuple[str, ...]] = {}
    pauses: dict[str, float] = {}
    source = sql.Identifier(table.schema, table.name)
    with reading(connection, role=role, time_limit=time_limit) as cursor:

        def ask(question: str, column: str) -> list[tuple[Any, ...]]:
            parts = (sql.Identifier(column), source, sql.Literal(LAST_ARRIVALS), sql.Literal(now))
            return cursor.execute(sql.SQL(question).format(*parts)).fetchall()

        for column in lists:
            rows = attempt(cursor, lambda column=column: ask(_VALUES, column))  # type: ignore[misc]
            if not isinstance(rows, Failure):
                values[column] = tuple(row[0] for row in rows)
        for column in arrivals:
            rows = attempt(cursor, lambda column=column: ask(_PAUSE, column))  # type: ignore[misc]
            if not isinstance(rows, Failure) and rows[0][0]:
                pauses[column] = float(max(rows[0]))
    return values, pauses
