"""The CRM's sign-ups: loaded into ``crm.signups`` where that table is as it was made, and empty."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from data_assets.marking import require_mark
from data_assets.raw_data.signups import Signup, make_signups

if TYPE_CHECKING:
    import psycopg

COLUMNS: Final = Signup._fields
TYPES: Final = ("bigint", "text", "text", "timestamptz", "timestamptz")

_AS_MADE: Final = """
select count(*) = %(wanted)s
from pg_catalog.pg_attribute
where attrelid = pg_catalog.to_regclass('crm.signups')
  and attname = any (%(columns)s) and not attisdropped
"""


def seed_signups(connection: psycopg.Connection) -> int:
    """Load the sign-ups into an empty table, all or none; how many rows were loaded.

    A table that holds rows, lacks one of the columns, or is not there is somebody's work, and
    is left alone. Raises SandboxError when the database is not marked as a sandbox.
    """
    with connection.transaction():
        require_mark(connection)
        if not _is_empty(connection):
            return 0
        with connection.cursor() as cursor:
            with cursor.copy(f"copy crm.signups ({', '.join(COLUMNS)}) from stdin") as copy:
                copy.set_types(TYPES)
                for signup in make_signups():
                    copy.write_row(signup)
            return cursor.rowcount


def _is_empty(connection: psycopg.Connection) -> bool:
    """Whether the table is as it was made, and without a row; then nobody else fills it now."""
    wanted = {"wanted": len(COLUMNS), "columns": list(COLUMNS)}
    as_made = connection.execute(_AS_MADE, wanted).fetchone()
    if not (as_made and as_made[0] and _has_no_row(connection)):
        return False
    connection.execute("lock table crm.signups in share row exclusive mode")
    return _has_no_row(connection)


def _has_no_row(connection: psycopg.Connection) -> bool:
    row = connection.execute("select not exists (select from crm.signups)").fetchone()
    return bool(row and row[0])
