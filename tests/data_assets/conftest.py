"""What the tests of the sandbox share: records to load, and databases that may be changed."""

from __future__ import annotations

import json
import shutil
import tempfile
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

from data_assets import migrating

Record = dict[str, Any]

KITTEN: Record = {
    "objectID": 284,
    "isHighlight": False,
    "accessionNumber": "47.90.159",
    "isPublicDomain": True,
    "primaryImage": "https://example.org/kitten.jpg",
    "additionalImages": ["https://example.org/kitten-2.jpg"],
    "constituents": None,
    "department": "The American Wing",
    "title": "Kitten in a Cradle",
    "culture": "American",
    "period": "",
    "artistDisplayName": "",
    "objectDate": "1830–70",
    "medium": "Parian porcelain",
    "dimensions": "Overall: 4 3/8 in.\r\nBase: 1 in.",
    "classification": "",
    "metadataDate": "2023-02-07T04:46:51.34Z",
    "tags": [{"term": "Cats", "AAT_URL": None, "Wikidata_URL": None}],
    "GalleryNumber": "774",
}


def a_record(object_id: int = 284, **changes: object) -> Record:
    """A record of the API's shape; what no table takes is mostly left away."""
    return KITTEN | {"objectID": object_id} | changes


def without(record: Record, key: str) -> Record:
    return {name: value for name, value in record.items() if name != key}


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Write records into a file, as a JSON array."""

    def write_file(*records: object, name: str = "objects.json") -> Path:
        path = tmp_path / name
        path.write_text(json.dumps(list(records)), encoding="utf-8")
        return path

    return write_file


@pytest.fixture
def museum(any_database: str) -> str:
    """URL of a marked database with the eight tables, empty, on PostgreSQL 18 and on 15."""
    migrating.upgrade(any_database)
    return any_database


@pytest.fixture
def museum_18(database: str) -> str:
    """URL of a marked database with the eight tables, empty, on PostgreSQL 18."""
    migrating.upgrade(database)
    return database


def rows(url: str, query: str) -> list[tuple[Any, ...]]:
    """The rows of a query."""
    with psycopg.connect(url) as connection:
        return connection.execute(query).fetchall()


def comment(url: str, text: str) -> None:
    """Comment on a database, as the sandbox's mark does."""
    with psycopg.connect(url) as connection:
        name = sql.Identifier(connection.info.dbname)
        connection.execute(sql.SQL("comment on database {} is {}").format(name, sql.Literal(text)))


@pytest.fixture(scope="session")
def sandbox_home() -> Iterator[Path]:
    """The home of one sandbox for all tests; each of them learns under a name of its own."""
    from data_assets import server

    folder = Path(tempfile.mkdtemp(prefix="home-"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        server.stop(folder)
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def environment(sandbox_home: Path) -> dict[str, str]:
    """The environment of a learner who is new to the sandbox."""
    return {"DOCENT_HOME": str(sandbox_home), "DOCENT_LEARNER": f"l{uuid.uuid4().hex[:8]}"}


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small sample, quick to load."""
    path = tmp_path_factory.mktemp("sample") / "objects.json"
    path.write_text(json.dumps([a_record(1), a_record(2), a_record(3)]))
    return path
