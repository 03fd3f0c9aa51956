"""The real records of the museum load whole, and what is counted in them is in the database."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import psycopg

from data_assets.columns import TABLES
from data_assets.seed_report import TableCount
from data_assets.seeding import seed
from tests.data_assets.conftest import rows

REAL = Path("met") / "met_api_records.json.gz"


def counted_in_the_file(path: Path) -> dict[str, int]:
    with gzip.open(path) as stream:
        records: list[dict[str, Any]] = json.load(stream)
    return {
        "works": len(records),
        "gallery numbers": sum(record["GalleryNumber"] != "" for record in records),
        "images": sum(record["primaryImage"] != "" for record in records),
        "further images": sum(len(record["additionalImages"]) for record in records),
        "works with tags": sum(bool(record["tags"]) for record in records),
        "tags": sum(len(record["tags"] or []) for record in records),
        "public domain": sum(record["isPublicDomain"] for record in records),
        "artists": sum(record["artistDisplayName"] != "" for record in records),
        "line ends": sum("\r\n" in record["dimensions"] for record in records),
    }


COUNTED_IN_THE_DATABASE = {
    "works": "select count(*) from object",
    "gallery numbers": "select count(gallery_number) from object_gallery_info",
    "images": "select count(primary_image) from object_images",
    "further images": "select sum(cardinality(additional_images)) from object_images",
    "works with tags": "select count(*) from object_tags where cardinality(tags) > 0",
    "tags": "select sum(cardinality(tags)) from object_tags",
    "public domain": "select count(*) from object_copyright where is_public_domain",
    "artists": "select count(artist_display_name) from object",
    "line ends": r"select count(*) from object_physical_properties where dimensions ~ '\r\n'",
}


def test_real_records_load_whole(museum: str, shared: Path) -> None:
    path = shared / REAL
    with psycopg.connect(museum) as connection:
        report = seed(connection, path)
    expected = counted_in_the_file(path)
    assert {name: rows(museum, query)[0][0] for name, query in COUNTED_IN_THE_DATABASE.items()} == (
        expected
    )
    assert (report.records, report.works, report.rejected) == (expected["works"],) * 2 + (0,)
    assert report.tables == tuple(TableCount(table, 2857, 0, 0) for table in TABLES)
    assert report.emptied["object_gallery_info.gallery_number"] == 4


def test_the_same_file_again_changes_nothing(museum_18: str, shared: Path) -> None:
    with psycopg.connect(museum_18) as connection:
        seed(connection, shared / REAL)
        before = rows(museum_18, "select xmin::text from object_images order by object_id")
        report = seed(connection, shared / REAL)
    assert report.tables == tuple(TableCount(table, 0, 0, 2857) for table in TABLES)
    assert not report.changed
    assert rows(museum_18, "select xmin::text from object_images order by object_id") == before
