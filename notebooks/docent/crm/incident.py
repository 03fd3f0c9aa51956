"""The incident: a column of the sign-ups gets a better name, and nobody tells its readers.

``stage()`` does it to a sandbox, as it happens where nothing stands in the way; ``undo()`` takes
it back. ``migration()`` is the same as a file for a branch, where ``docent gate`` meets it.
"""

from __future__ import annotations

from contextlib import closing
from typing import Final

BEFORE: Final = "signup_source"
AFTER: Final = "signup_channel"
REVISION: Final = "e83b5f07c1d4"
FILE: Final = f"{REVISION}_call_the_source_a_channel.py"


def stage(database: str | None = None) -> bool:
    """Rename ``crm.signups.signup_source`` in a sandbox; False where it was renamed already.

    database:  a URL; without it, ``DATABASE_URL`` or else the sandbox.

    Raises SandboxError for a database that is no sandbox, or has no such column.
    """
    return _rename(database, BEFORE, AFTER)


def undo(database: str | None = None) -> bool:
    """Give the column its name back; False where it has it. The next run mends the leads."""
    return _rename(database, AFTER, BEFORE)


def migration(follows: str | None = None) -> str:
    """The text of the migration by which the producer renames the column.

    follows:  the revision before it; without one, the newest of the clone.
    """
    from data_assets.migrating import head

    return f'''"""call the source a channel

Revision ID: {REVISION}
Revises: {follows or head()}
"""

from alembic import op

revision = "{REVISION}"
down_revision = "{follows or head()}"


def upgrade() -> None:
    op.alter_column("signups", "{BEFORE}", new_column_name="{AFTER}", schema="crm")


def downgrade() -> None:
    op.alter_column("signups", "{AFTER}", new_column_name="{BEFORE}", schema="crm")
'''


def _rename(database: str | None, old: str, new: str) -> bool:
    from psycopg import sql

    from data_assets.errors import SandboxError
    from data_assets.marking import require_mark
    from data_assets.postgres import connect, database_url, explained

    url = database or database_url()
    with closing(connect(url)) as connection, explained(url), connection:
        require_mark(connection)
        found = connection.execute(
            "select attname::text from pg_catalog.pg_attribute"
            " where attrelid = pg_catalog.to_regclass('crm.signups')"
            " and attname = any (%s) and not attisdropped",
            [[old, new]],
        ).fetchall()
        if found == [(new,)]:
            return False
        if found != [(old,)]:
            why = f"has both {old} and {new}" if found else f"has no {old}, or is not there"
            raise SandboxError(
                f"Nothing was renamed: the table crm.signups {why}.",
                "type docent reset for a fresh database; yours is kept",
            )
        statement = "alter table crm.signups rename column {} to {}"
        connection.execute(sql.SQL(statement).format(sql.Identifier(old), sql.Identifier(new)))
    return True
