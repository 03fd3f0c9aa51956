"""Findings about changes, made by hand."""

from __future__ import annotations

from dataclasses import replace

from contracts.model import Location
from prevention.acknowledging import Breaking, Names
from prevention.decision import Finding, Meaning

IMAGES = "met-museum-data/object-images-contract-spec"
FILE = "contracts/object_images_contract_spec.json"


def finding(column: str = "primary_image", **changes: object) -> Finding:
    """A column that is gone, which breaks readers and writers."""
    made = Finding(
        rule="column-removed",
        level="error",
        contract=IMAGES,
        schema="public",
        table="object_images",
        column=column,
        promised="text",
        location=Location(FILE, 28, 7),
        meaning=Meaning("breaking", "breaking"),
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def breaking(found: Finding | None = None, **names: tuple[str, ...]) -> Breaking:
    """The change that a finding tells of, with the names that it goes by."""
    usual = {
        "identities": (IMAGES,),
        "bare": ("object-images-contract-spec",),
        "tables": ("public.object_images",),
    }
    sets = {key: frozenset(value) for key, value in {**usual, **names}.items()}
    return Breaking(found or finding(), Names(**sets))
