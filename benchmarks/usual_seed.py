"""The usual way to seed, as a baseline: load the whole file, insert row by row, commit once."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from psycopg.types.json import Json

Record = Mapping[str, Any]

TABLES: Mapping[str, Mapping[str, str]] = {
    "object": {"title": "title", "artist_display_name": "artistDisplayName"},
    "object_history": {"period": "period", "culture": "culture", "object_date": "objectDate"},
    "object_physical_properties": {
        "medium": "medium",
        "dimensions": "dimensions",
        "classification": "classification",
    },
    "object_gallery_info": {
        "gallery_number": "GalleryNumber",
        "department": "department",
        "accession_number": "accessionNumber",
    },
    "object_tags": {"tags": "tags"},
    "object_images": {"primary_image": "primaryImage", "additional_images": "additionalImages"},
    "object_copyright": {"primary_image": "primaryImage", "is_public_domain": "isPublicDomain"},
    "object_api_metadata": {"metadata_date": "metadataDate"},
}
"""Each table's columns, and the key of a record that fills them."""


def usual_seed(url: str, path: Path) -> int:
    """Insert every record into the eight empty tables; return how many there were."""
    content = path.read_bytes()
    records = json.loads(gzip.decompress(content) if path.suffix == ".gz" else content)
    with psycopg.connect(url) as connection:
        for record in records:
            for statement, values in inserts(record):
                connection.execute(statement, values)
    return len(records)


def inserts(record: Record) -> Iterator[tuple[sql.Composed, list[object]]]:
    """Yield one INSERT a table."""
    for table, columns in TABLES.items():
        names = ["object_id", *columns]
        values = [record["objectID"], *(record[key] or None for key in columns.values())]
        if table == "object_tags" and record["tags"]:
            values[1] = [Json(tag) for tag in record["tags"]]
        statement = sql.SQL("insert into {} ({}) values ({}) on conflict do nothing").format(
            sql.Identifier(table),
            sql.SQL(", ").join(map(sql.Identifier, names)),
            sql.SQL(", ").join([sql.Placeholder()] * len(names)),
        )
        yield statement, values
