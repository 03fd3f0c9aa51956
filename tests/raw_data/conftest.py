"""The sample, and real records to hold it against."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from data_assets.raw_data.build_sample import FIRST_MADE_UP_ID, SAMPLE_FILE
from tests.raw_data.museum_server import Museum, serving

Record = dict[str, Any]


@pytest.fixture(scope="session")
def sample() -> list[Record]:
    """The bundled records, as they stand in their file."""
    records: list[Record] = json.loads(SAMPLE_FILE.read_text(encoding="utf-8"))
    return records


@pytest.fixture(scope="session")
def made_up(sample: list[Record]) -> list[Record]:
    return [record for record in sample if record["objectID"] >= FIRST_MADE_UP_ID]


@pytest.fixture(scope="session")
def well_known(sample: list[Record]) -> list[Record]:
    return [record for record in sample if record["objectID"] < FIRST_MADE_UP_ID]


@pytest.fixture(scope="session")
def real_records(shared: Path) -> list[Record]:
    """2,857 records that the API gave."""
    with gzip.open(shared / "met" / "met_api_records.json.gz", "rt", encoding="utf-8") as stream:
        records: list[Record] = json.load(stream)
    return records


@pytest.fixture
def museum() -> Iterator[Museum]:
    with serving() as museum:
        yield museum
