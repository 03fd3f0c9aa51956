"""A query, asked of the CRM at a moment of the story that has not come: nothing of it stays.

Each moment is staged in a transaction on the learner's own database, which is rolled back.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import islice
from typing import TYPE_CHECKING, Final

from contracts.queries import require_query, without_end
from docent.crm import incident
from docent.crm.lead_scoring import make_leads
from docent.crm.rev_ops_reverse_etl import AS_THEY_COME, QUERY, read, write
from docent.queries import MOST_ROWS, TIME_LIMIT, Rows, TooManyRows

if TYPE_CHECKING:
    import psycopg

    from docent.room import Room

BACKUP: Final = "crm.leads_of_friday"
"""The leads as they were before the incident."""

_BESIDE: Final = """
alter table crm.signups add column signup_channel text;
update crm.signups set signup_channel = signup_source
"""
_GONE: Final = "alter table crm.signups drop column signup_source"


@contextmanager
def in_the_window(room: Room) -> Iterator[psycopg.Connection]:
    """Both names stand in the sign-ups, and say the same."""
    with _staged(room) as connection:
        connection.execute(_BESIDE.encode())
        yield connection


def end_of_window(connection: psycopg.Connection) -> None:
    """The old name goes."""
    connection.execute(_GONE.encode())


@contextmanager
def on_monday(room: Room) -> Iterator[psycopg.Connection]:
    """The leads are worthless, and those of Friday lie beside them, in ``BACKUP``."""
    with _staged(room) as connection:
        write(connection, make_leads(read(connection, QUERY)))
        connection.execute(f"create table {BACKUP} as table crm.salesforce_leads".encode())
        rename = f"alter table crm.signups rename column {incident.BEFORE} to {incident.AFTER}"
        connection.execute(rename.encode())
        write(connection, make_leads(read(connection, AS_THEY_COME)))
        yield connection


def ask(connection: psycopg.Connection, query: str) -> Rows:
    """The rows of one query, which may change nothing; what it did is undone all the same.

    Raises NoQueryError for what is none, what Postgres has against it, and TooManyRows.
    """
    query = without_end(query)
    require_query(query)
    with connection.transaction(force_rollback=True):
        connection.execute("set transaction read only")
        cursor = connection.cursor()
        rows = tuple(islice(cursor.stream(query.encode()), MOST_ROWS + 1))
        if len(rows) > MOST_ROWS:
            raise TooManyRows
        return Rows(tuple(column.name for column in cursor.description or ()), rows)


@contextmanager
def _staged(room: Room) -> Iterator[psycopg.Connection]:
    from data_assets.marking import require_mark
    from data_assets.postgres import connect

    with closing(connect(room.url())) as connection:
        require_mark(connection)
        connection.execute(
            "select set_config('statement_timeout', %s, true),"
            " set_config('lock_timeout', %s, true)",
            [str(int(TIME_LIMIT * 1000))] * 2,
        )
        try:
            yield connection
        finally:
            connection.rollback()
