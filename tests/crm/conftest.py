"""A sandbox with sign-ups, for each test its own."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import psycopg
import pytest
from psycopg import sql

from data_assets import migrating, urls
from data_assets.crm import seed_signups
from tests.conftest import REPOSITORY, new_database

CRM = REPOSITORY / "contracts" / "crm"


@pytest.fixture(scope="session")
def crm_template(server_18: str) -> Iterator[str]:
    """Name of a database with all tables, in which only the CRM's hold rows."""
    with new_database(server_18) as url:
        migrating.upgrade(url)
        with psycopg.connect(url) as connection:
            seed_signups(connection)
        yield urls.name_in(url)


@pytest.fixture
def crm(server_18: str, crm_template: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """URL of a sandbox with sign-ups, from the folder of the project."""
    monkeypatch.chdir(REPOSITORY)
    name = sql.Identifier(f"crm_{uuid.uuid4().hex[:12]}")
    with psycopg.connect(server_18, autocommit=True) as connection:
        template = sql.Identifier(crm_template)
        connection.execute(sql.SQL("create database {} template {}").format(name, template))
        connection.execute(sql.SQL("comment on database {} is 'docent sandbox'").format(name))
        yield urls.with_name(server_18, name.as_string(connection).strip('"'))
        connection.execute(sql.SQL("drop database {} with (force)").format(name))


def run(url: str, *statements: str) -> None:
    """Run statements in a database."""
    with psycopg.connect(url, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement.encode())


def rows(url: str, query: str) -> list[tuple[object, ...]]:
    """The rows of a query."""
    with psycopg.connect(url) as connection:
        return connection.execute(query.encode()).fetchall()
