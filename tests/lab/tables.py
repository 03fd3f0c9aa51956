"""Three tables of the museum as a catalogue would have them, for tests that need no database."""

from __future__ import annotations

from contracts.model import Column, Table


def _table(name: str, *columns: str) -> Table:
    return Table(name, columns=tuple(map(Column, columns)))


MUSEUM = (
    _table("object", "object_id", "title", "artist_display_name", "created_at"),
    _table("object_copyright", "object_id", "primary_image", "is_public_domain"),
    _table("object_images", "object_id", "primary_image", "additional_images"),
)
