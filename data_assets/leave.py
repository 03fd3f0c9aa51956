"""By whose leave: what must be so before a database is made, renamed or dropped."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from data_assets import urls
from data_assets.errors import SandboxError
from data_assets.marking import Mark
from data_assets.place import Place

if TYPE_CHECKING:
    import psycopg


def require_rights(connection: psycopg.Connection, place: Place) -> None:
    """See that we may make a fresh database beside the one in use."""
    if user := who_may_not_create(connection):
        raise SandboxError(
            f"The user {user!r} may not create databases on the server of "
            f"{urls.shown(place.url)}, so that no fresh one can be made beside the old one.",
            f"have its administrator type: alter role {user} createdb; "
            "or empty this one in place: alembic downgrade base, then docent up",
        )


def require_right_to_create(connection: psycopg.Connection) -> None:
    """See that we may make a database here."""
    if user := who_may_not_create(connection):
        raise SandboxError(
            f"The user {user!r} may not create databases here, and one is needed for a moment.",
            f"have the server's administrator type: alter role {user} createdb",
        )


def who_may_not_create(connection: psycopg.Connection) -> str | None:
    """The user's name where it may create no database."""
    row = connection.execute(
        "select rolname from pg_catalog.pg_roles "
        "where rolname = current_user and not (rolcreatedb or rolsuper)"
    ).fetchone()
    return row[0] if row else None


def require_ours(connection: psycopg.Connection, name: str, marks: Mapping[str, Mark]) -> bool:
    """Whether the database exists; SandboxError when it does and is not ours."""
    if name in marks:
        return True
    if not exists(connection, name):
        return False
    raise SandboxError(
        f"The database {name!r} is not marked as a sandbox; it is left as it is.",
        "type docent up, which adopts an empty one, or point DATABASE_URL at another",
    )


def exists(connection: psycopg.Connection, name: str) -> bool:
    """Whether the server has a database of this name."""
    row = connection.execute("select from pg_catalog.pg_database where datname = %s", [name])
    return row.fetchone() is not None
