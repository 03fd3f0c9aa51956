"""The museum's published views: put into a database, brought up to date, taken away again.

They are the schema ``reporting``, made by a branch of migrations that stands apart from the
museum's own. From the root of the clone the same is ``alembic --name reporting upgrade
reporting@head`` and ``alembic --name reporting downgrade base``; see ``docs/boundaries.md``.
"""

from __future__ import annotations

import contextlib
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from data_assets import migrating
from data_assets.postgres import connect, explained

if TYPE_CHECKING:
    import psycopg

SCHEMA: Final = "reporting"
"""The schema, and the branch of migrations that makes it."""

CONTRACTS: Final = Path(__file__).parent / "reporting_contracts"
"""What is promised of it, and who reads it. It is apart from the project's own folder of
contracts, since it holds only where the branch is applied."""


def apply(url: str) -> None:
    """Make the schema in a museum and fill it; where it is there, bring it up to date.

    Raises SandboxError for a database that is not ours to change, or that has not the museum's
    tables.
    """
    migrating.upgrade(url, branch=SCHEMA)
    with contextlib.closing(connect(url)) as connection, explained(url):
        publish(connection)


def remove(url: str) -> None:
    """Take the schema out of a database with all that the branch has made."""
    migrating.downgrade(url, branch=SCHEMA)


def publish(connection: psycopg.Connection) -> datetime:
    """Bring all that is stored in the schema up to date, and commit; the time that it is as of.

    The views read the museum's tables themselves. The normalised pictures, the overview of the
    galleries and the published cards are as of the last call: ``CALL reporting.publish()``.
    """
    with connection.transaction():
        connection.execute("call reporting.publish()")
        row = connection.execute("select now()").fetchone()
    assert row is not None  # noqa: S101 - a query without a table has one row
    at: datetime = row[0]
    return at
