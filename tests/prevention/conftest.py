"""The museum in a database of its own, for tests that run ``docent`` against it."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest

from data_assets import migrating, urls
from tests.conftest import new_database


@pytest.fixture(scope="session")
def museum_template(server_18: str) -> Iterator[str]:
    """URL of a database that holds the museum's tables, to be cloned; nobody stays connected."""
    with new_database(server_18) as url:
        with psycopg.connect(url) as connection:
            connection.execute(
                "do $$ begin execute format('comment on database %I is %L', "
                "current_database(), 'docent sandbox'); end $$"
            )
        migrating.upgrade(url)
        yield url


@pytest.fixture
def museum(museum_template: str, server_18: str) -> Iterator[str]:
    """URL of a museum of the test's own: eight tables, as the contracts promise them."""
    name = f"{urls.name_in(museum_template)}_clone"
    template = urls.name_in(museum_template)
    with psycopg.connect(server_18, autocommit=True) as connection:
        connection.execute(f'create database "{name}" template "{template}"')
    try:
        yield urls.with_name(museum_template, name)
    finally:
        with psycopg.connect(server_18, autocommit=True) as connection:
            connection.execute(f'drop database "{name}" with (force)')
