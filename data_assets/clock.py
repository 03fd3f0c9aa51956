"""What time it is for a check: the server's own time, and in a sandbox the sandbox's.

A sandbox's clock stands just after the last arrival, so that data which was fresh when it was
seeded is fresh tomorrow too, until somebody sets it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from data_assets.marking import Mark, require_mark, write_mark

if TYPE_CHECKING:
    import psycopg

Arrival = tuple[str, str, str]
"""A column that tells when a row arrived: schema, table, column."""

JUST_AFTER: Final = timedelta(seconds=1)


def set_clock(connection: psycopg.Connection, time: datetime | None) -> None:
    """Set the clock of a sandbox; ``None`` lets it stand after the last arrival again.

    Raises SandboxError for a database that is no sandbox. The caller commits.
    """
    mark = require_mark(connection)
    stated = time.astimezone(UTC).isoformat() if time else ""
    write_mark(connection, connection.info.dbname, replace(mark, clock=stated))


def time_of(
    connection: psycopg.Connection, mark: Mark | None, arrivals: Iterable[Arrival]
) -> datetime:
    """The time to check these columns at; ``mark`` is the database's, if it has one."""
    if mark is not None:
        if mark.clock:
            return datetime.fromisoformat(mark.clock)
        if last := _last(connection, sorted(set(arrivals))):
            return last + JUST_AFTER
    row = connection.execute("select extract(epoch from now())").fetchone()
    return datetime.fromtimestamp(float(row[0]), UTC) if row else datetime.now(UTC)


def _last(connection: psycopg.Connection, arrivals: list[Arrival]) -> datetime | None:
    """The last arrival among these columns; what lies at no time, or in no year, is none."""
    if not arrivals:
        return None
    from psycopg import sql

    each = [
        sql.SQL(
            "select max({2})::timestamptz from {0}.{1}"
            " where isfinite({2}) and {2} < '9000-01-01' and {2} > '0100-01-01'"
        ).format(*map(sql.Identifier, arrival))
        for arrival in arrivals
    ]
    question = sql.SQL("select extract(epoch from max(at)) from ({}) as arrivals (at)")
    row = connection.execute(question.format(sql.SQL(" union all ").join(each))).fetchone()
    return datetime.fromtimestamp(float(row[0]), UTC) if row and row[0] is not None else None
