"""The roles that Docent reads as: one sees no row, the other what is under contract."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Final

from data_assets.postgres import CATALOG_READER

if TYPE_CHECKING:
    import psycopg

EXISTS: Final = "select from pg_catalog.pg_roles where rolname = %s"
IS_OURS_TO_TAKE: Final = f"{EXISTS} and pg_catalog.pg_has_role(oid, 'MEMBER')"


def make_reader(connection: psycopg.Connection) -> None:
    """Make the role that can read no row, and let us take it on, as far as we may."""
    make_role(connection, CATALOG_READER)


def make_role(connection: psycopg.Connection, name: str) -> None:
    """Make a role that can log in nowhere and has no right, and let us take it on, if we may."""
    import psycopg
    from psycopg import sql

    role = sql.Identifier(name)
    wanted = (
        (EXISTS, sql.SQL("create role {} nologin")),
        (IS_OURS_TO_TAKE, sql.SQL("grant {} to current_user")),
    )
    for question, statement in wanted:
        if connection.execute(question, [name]).fetchone():
            continue
        # Without the right to make roles we do without it, and read as ourselves.
        refused = (psycopg.errors.InsufficientPrivilege, psycopg.errors.UndefinedObject)
        at_once = (psycopg.errors.DuplicateObject, psycopg.errors.UniqueViolation)
        with contextlib.suppress(*refused, *at_once), connection.transaction():
            connection.execute(statement.format(role))
