"""The two specs that the book prints, and ways to bend them."""

from __future__ import annotations

import copy
import json
from typing import Any

from contracts.documents import Document, scan_document
from contracts.loading import contract_in
from contracts.model import Contract

OWNER = {"name": "Data Engineering Team", "email": "data-eng@museum.org"}

OBJECT_ID = {
    "description": "Identifying number for each artwork (unique, can be used as key field)",
    "examples": [437133],
    "constraints": {
        "primaryKey": True,
        "data_type": "integer",
        "numeric_precision": 32.0,
        "is_nullable": False,
        "is_updatable": True,
    },
}
CREATED_AT = {
    "description": "Timestamp when this record was created in the database",
    "examples": ["2025-01-15T10:30:00.000Z"],
    "items": None,
    "constraints": {
        "primaryKey": False,
        "data_type": "timestamp without time zone",
        "datetime_precision": 6.0,
        "is_nullable": False,
        "is_updatable": True,
    },
}


def _image(description: str) -> dict[str, Any]:
    return {
        "description": description,
        "examples": ["https://images.metmuseum.org/.../DT1234.jpg"],
        "constraints": {
            "primaryKey": False,
            "data_type": "text",
            "is_nullable": True,
            "is_updatable": True,
        },
    }


def _spec(
    name: str, doc: str, title: str, table: str, properties: dict[str, Any]
) -> dict[str, Any]:
    return {
        "spec-version": "1.0.0",
        "name": name,
        "namespace": "met-museum-data",
        "dataAssetResourceName": f"postgresql://postgres:5432/postgres.{table}",
        "doc": doc,
        "owner": OWNER,
        "schema": {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "title": title,
            "table_catalog": "postgres",
            "table_schema": "public",
            "table_name": table,
            "properties": {"object_id": OBJECT_ID, **properties, "created_at": CREATED_AT},
        },
    }


IMAGES = _spec(
    "object-images-contract-spec",
    "Data contract for the object_images table containing image URLs and metadata for museum "
    "objects, including primary images, additional images, and creation timestamps.",
    "Object Images Table Schema",
    "object_images",
    {
        "primary_image": _image("URL to the primary image of an object (JPEG)"),
        "additional_images": {
            "description": "Array of URLs to additional JPEG images of the object",
            "constraints": {
                "primaryKey": False,
                "data_type": "ARRAY",
                "is_nullable": True,
                "is_updatable": True,
            },
            "array_element": {"data_type": "text"},
        },
    },
)

NORMALIZED = _spec(
    "object-images-normalized-contract-spec",
    "Data contract for the object_images_noralized table containing image URLs and metadata for "
    "museum objects and creation timestamps.",
    "Object Images Normalized Table Schema",
    "object_images_normalized",
    {
        "image": _image("URL to the image of an object (JPEG)"),
        "is_primary_image": {
            "description": "Boolean flagging if the image is a primary image for the museum.",
            "constraints": {
                "primaryKey": False,
                "data_type": "boolean",
                "is_nullable": True,
                "is_updatable": True,
            },
        },
    },
)


def images(**changes: Any) -> dict[str, Any]:
    """The spec of object_images, with other values at paths such as ``owner__email``.

    ``...`` deletes what is at the path.
    """
    spec = copy.deepcopy(IMAGES)
    for path, value in changes.items():
        *above, last = path.split("__")
        part: Any = spec
        for step in above:
            part = part[step]
        if value is ...:
            del part[last]
        else:
            part[last] = value
    return spec


def column(constraints: dict[str, Any], **more: Any) -> dict[str, Any]:
    """The spec of object_images with one column, ``it``, which has these constraints."""
    return images(schema__properties={"it": {"constraints": constraints, **more}})


def document(spec: object, file: str = "spec.json") -> Document:
    """A spec as a document, one key a line."""
    return scan_document(file, json.dumps(spec, indent=2, ensure_ascii=False).encode())


def read(spec: object) -> Contract:
    """A spec, read."""
    return contract_in(document(spec))
