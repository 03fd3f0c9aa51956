"""Sign-ups on both servers: one database for all tests of a server, emptied for each of them."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest

from tests.conftest import new_database
from tests.detection.quality.rows import SIGNUPS

EMPTY = "truncate crm.signups, crm.sources, crm.watermark, secret.salaries"


@pytest.fixture(scope="session")
def signups_18(server_18: str) -> Iterator[psycopg.Connection]:
    """A connection to the tables of sign-ups on PostgreSQL 18."""
    yield from _connected(server_18)


@pytest.fixture(scope="session")
def signups_15(server_15: str) -> Iterator[psycopg.Connection]:
    """A connection to the tables of sign-ups on PostgreSQL 15."""
    yield from _connected(server_15)


def _connected(server: str) -> Iterator[psycopg.Connection]:
    with new_database(server) as url, psycopg.connect(url, autocommit=True) as connection:
        connection.execute(SIGNUPS.encode())
        yield connection


@pytest.fixture
def rows(signups_18: psycopg.Connection) -> psycopg.Connection:
    """The tables of sign-ups, empty, on PostgreSQL 18."""
    signups_18.execute(EMPTY)
    return signups_18


@pytest.fixture(params=[18, 15])
def any_rows(request: pytest.FixtureRequest) -> psycopg.Connection:
    """The tables of sign-ups, empty: the test runs on PostgreSQL 18 and again on 15."""
    connection: psycopg.Connection = request.getfixturevalue(f"signups_{request.param}")
    connection.execute(EMPTY)
    return connection
