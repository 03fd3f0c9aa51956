"""Roles of a test's own: a server has them for all its databases, and so they are swept up."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator

import psycopg
import pytest
from psycopg import sql

MakeRole = Callable[..., str]


@pytest.fixture
def make_role(any_connection: psycopg.Connection) -> Iterator[MakeRole]:
    """Make a role of a name that no other test uses; ``options`` are SQL's."""
    yield from _making(any_connection)


def _making(connection: psycopg.Connection) -> Iterator[MakeRole]:
    made: list[str] = []

    def make(name: str, options: str = "nologin") -> str:
        full = f"{name} {uuid.uuid4().hex[:8]}"
        connection.execute(
            sql.SQL("create role {} ").format(sql.Identifier(full)) + sql.SQL(options)
        )
        made.append(full)
        return full

    yield make
    for name in reversed(made):
        connection.execute(sql.SQL("drop owned by {}").format(sql.Identifier(name)))
    for name in reversed(made):
        connection.execute(sql.SQL("drop role {}").format(sql.Identifier(name)))
