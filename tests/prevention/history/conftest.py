"""Where a history can be: a file of SQLite, and Postgres 18 and 15; and whom a run can tell."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import new_database
from tests.prevention.history.office import Office, opened_office


@pytest.fixture(params=["sqlite", "server_18", "server_15"])
def place(request: pytest.FixtureRequest, tmp_path: Path):  # type: ignore[no-untyped-def]
    """The address of a place for a history, which is still empty."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'history.db'}"
        return
    with new_database(request.getfixturevalue(request.param)) as url:
        yield url


@pytest.fixture
def office(database: str, tmp_path: Path) -> Iterator[Office]:
    """A project with somebody to tell, and real ways to tell them."""
    with opened_office(database, tmp_path) as office:
        yield office
