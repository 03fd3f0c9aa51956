"""A museum of 400 works on each server; every experiment leaves it as it was."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from contracts import load_folder
from contracts.consumers import Consumer, load_consumers
from contracts.model import Contract
from data_assets.crm import seed_signups
from data_assets.marking import require_mark
from data_assets.migrating import upgrade
from data_assets.seeding import seed
from tests.conftest import REPOSITORY, new_database

SAMPLE = REPOSITORY / "data_assets" / "raw_data" / "objects.json"
WORKS = 400


@pytest.fixture(scope="session")
def few_works(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The first works of the bundled sample."""
    works = json.loads(SAMPLE.read_text(encoding="utf-8"))[:WORKS]
    path = tmp_path_factory.mktemp("works") / "objects.json"
    path.write_text(json.dumps(works), encoding="utf-8")
    return path


@pytest.fixture(scope="session", params=[18, 15])
def museum_url(request: pytest.FixtureRequest, few_works: Path) -> Iterator[str]:
    """URL of a museum on PostgreSQL 18, and again on 15."""
    server: str = request.getfixturevalue(f"server_{request.param}")
    with new_database(server) as url:
        with psycopg.connect(url, autocommit=True) as connection:
            require_mark(connection, adopt=True)
        upgrade(url)
        with psycopg.connect(url) as connection:
            seed(connection, few_works)
            seed_signups(connection)
        yield url


@pytest.fixture
def collection(museum_url: str) -> Iterator[psycopg.Connection]:
    """An autocommit connection to the museum; whoever uses it leaves it as it was."""
    with psycopg.connect(museum_url, autocommit=True) as connection:
        yield connection


@pytest.fixture(scope="session")
def promises() -> tuple[Contract, ...]:
    """The museum's contracts."""
    return load_folder(REPOSITORY / "contracts")


@pytest.fixture(scope="session")
def readers() -> tuple[Consumer, ...]:
    """The museum's consumers."""
    return load_consumers()
