"""A museum to learn in, and a learner who begins."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from data_assets import sandbox, urls
from docent import guide, place
from docent.room import Room
from tests.conftest import REPOSITORY, new_database


@pytest.fixture(scope="session")
def museum(server_18: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """URL of a database that holds the museum; it is only read."""
    home = str(tmp_path_factory.mktemp("home"))
    with new_database(server_18) as url:
        yield sandbox.up({"DATABASE_URL": url, "DOCENT_HOME": home})


@pytest.fixture
def own_museum(server_18: str, museum: str) -> Iterator[str]:
    """URL of a museum that a test may change: a clone of the one that is only read."""
    name = f"own_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(server_18, autocommit=True) as connection:
        template = sql.Identifier(urls.name_in(museum))
        own = sql.Identifier(name)
        connection.execute(sql.SQL("create database {} template {}").format(own, template))
        connection.execute(sql.SQL("comment on database {} is 'docent sandbox'").format(own))
        yield server_18.replace("/postgres?", f"/{name}?")
        found = connection.execute(
            "select datname from pg_database where datname like %s", [f"{name}%"]
        )
        for (left,) in found.fetchall():  # a reset puts the old one aside
            connection.execute(
                sql.SQL("drop database {} with (force)").format(sql.Identifier(left))
            )


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a learner called Ada, who stands in the folder of the notebooks."""
    monkeypatch.setenv("DOCENT_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("DOCENT_LEARNER", "Ada")
    monkeypatch.delenv("DOCENT_CLASS_FOLDER", raising=False)
    monkeypatch.delenv("DOCENT_CLASS_URL", raising=False)
    monkeypatch.chdir(REPOSITORY / "notebooks")
    monkeypatch.setattr(guide, "_ledgers", {})
    monkeypatch.setattr(place, "_told", {})
    return tmp_path / "home"


@pytest.fixture
def learner(home: Path, museum: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Ada again, with a museum of her own."""
    monkeypatch.setenv("DATABASE_URL", museum)
    return home


@pytest.fixture
def room(museum: str, tmp_path: Path) -> Room:
    """A room of lesson 00."""
    return Room("00", tmp_path / "work", museum)
