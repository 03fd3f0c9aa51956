"""Where a history can be: a file of SQLite, and Postgres 18 and 15."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import new_database


@pytest.fixture(params=["sqlite", "server_18", "server_15"])
def place(request: pytest.FixtureRequest, tmp_path: Path):  # type: ignore[no-untyped-def]
    """The address of a place for a history, which is still empty."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'history.db'}"
        return
    with new_database(request.getfixturevalue(request.param)) as url:
        yield url
