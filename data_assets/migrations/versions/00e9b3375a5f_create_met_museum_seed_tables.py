"""create met museum seed tables

Revision ID: 00e9b3375a5f
Revises:
Create Date: 2025-01-15 10:30:00

Edit this file as the tour asks: ``alembic downgrade base``, edit, ``alembic upgrade head``.
"""  # noqa: D400 - Alembic prints the first line as it stands

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy import ARRAY, JSON

revision: str = "00e9b3375a5f"
down_revision: str | None = None
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

column_comment_dict = {
    "object_id": "The number that the museum knows the work by; the same in all eight tables",
    "title": "What the work is called; NULL when it has no title",
    "artist_display_name": "The artist's name as it is shown beside the work; NULL when unknown",
    "period": "The period in which the work was made, such as New Kingdom; NULL when unknown",
    "culture": "The culture or people that the work comes from; NULL when unknown",
    "object_date": "When the work was made, in the museum's words, such as ca. 1830; no date type",
    "medium": "What the work is made of, such as oil on canvas",
    "dimensions": "The size in the museum's words, one measure to a line",
    "classification": "The kind of work, such as Paintings or Vases; NULL when unknown",
    "gallery_number": "The gallery in which the work hangs or stands; NULL when it is not on view. "
    "Not always a number",
    "department": "The department of the museum that looks after the work",
    "accession_number": "The number under which the museum took the work into its collection",
    "tags": "What is to be seen on the work: terms, each with its places in AAT and Wikidata",
    "primary_image": "Address of the main picture (JPEG); NULL when none is free to show",
    "additional_images": "Addresses of further pictures (JPEG); empty when there are none",
    "is_public_domain": "Whether the work is free of copyright",
    "metadata_date": "When the museum last changed what it says about the work, in UTC",
    "created_at": "When this row came into this database",
}

# The numbers are the museum's: without autoincrement=False an integer key would get a sequence
# and a default of its own, and a row without a number would quietly be given one.


def upgrade() -> None:
    """Create the eight tables. Nothing but the object id ties them together."""
    op.create_table(
        "object",
        sa.Column(
            "object_id",
            sa.Integer,
            primary_key=True,
            autoincrement=False,
            comment=column_comment_dict["object_id"],
        ),
        sa.Column("title", sa.Text, comment=column_comment_dict["title"]),
        sa.Column(
            "artist_display_name", sa.Text, comment=column_comment_dict["artist_display_name"]
        ),
        sa.Column(
            "created_at",
            sa.DateTime,
            nullable=False,
            server_default=sa.text("CURRENT_TIMESTAMP"),
            comment=column_comment_dict["created_at"],
        ),
    )
    op.create_table(
        "object_history",
        sa.Column(
            "object_id",
            sa.Integer,
            primary_key=True,
            autoincrement=False,
            comment=column_comment_dict["object_id"],
        ),
        sa.Column("period", sa.Text, comment=column_comment_dict["period"]),
        sa.Column("culture", sa.Text, comment=column_comment_dict["culture"]),
        sa.Column("object_date", sa.Text, comment=column_comment_dict["object_date"]),
        sa.Column(
            "created_at",
            sa.DateTime,
            nullable=False,
            server_default=sa.text("CURRENT_TIMESTAMP"),
            comment=column_comment_dict["created_at"],
        ),
    )
    op.create_table(
        "object_physical_properties",
        sa.Column(
            "object_id",
            sa.Integer,
            primary_key=True,
            autoincrement=False,
            comment=column_comment_dict["object_id"],
        ),
        sa.Column("medium", sa.Text, comment=column_comment_dict["medium"]),
        sa.Column("dimensions", sa.Text, comment=column_comment_dict["dimensions"]),
        sa.Column("classification", sa.Text, comment=column_comment_dict["classification"]),
        sa.Column(
            "created_at",
            sa.DateTime,
            nullable=False,
            server_default=sa.text("CURRENT_TIMESTAMP"),
            comment=column_comment_dict["created_at"],
        ),
    )
    op.create_table(
        "object_gallery_info",
        sa.Column(
            "object_id",
            sa.Integer,
            primary_key=True,
            autoincrement=False,
            comment=column_comment_dict["object_id"],
        ),
        sa.Column("gallery_number", sa.Text, comment=column_comment_dict["gallery_number"]),
        sa.Column("department", sa.Text, comment=column_comment_dict["department"]),
        sa.Column("accession_number", sa.Text, comment=column_comment_dict["accession_number"]),
        sa.Column(
            "created_at",
            sa.DateTime,
            nullable=False,
            server_default=sa.text("CURRENT_TIMESTAMP"),
            comment=column_comment_dict["created_at"],
        ),
    )
    op.create_table(
        "object_tags",
        sa.Column(
            "object_id",
            sa.Integer,
            primary_key=True,
            autoincrement=False,
            comment=column_comment_dict["object_id"],
        ),
        sa.Column("tags", ARRAY(JSON), comment=column_comment_dict["tags"]),
        sa.Column(
            "created_at",
            sa.DateTime,
            nullable=False,
            server_default=sa.text("CURRENT_TIMESTAMP"),
            comment=column_comment_dict["created_at"],
        ),
    )
    op.create_table(
        "object_images",
        sa.Column(
            "object_id",
            sa.Integer,
            primary_key=True,
            autoincrement=False,
            comment=column_comment_dict["object_id"],
        ),
        sa.Column("primary_image", sa.Text, comment=column_comment_dict["primary_image"]),
        sa.Column(
            "additional_images", ARRAY(sa.Text), comment=column_comment_dict["additional_images"]
        ),
        sa.Column(
            "created_at",
            sa.DateTime,
            nullable=False,
            server_default=sa.text("CURRENT_TIMESTAMP"),
            comment=column_comment_dict["created_at"],
        ),
    )
    op.create_table(
        "object_copyright",
        sa.Column(
            "object_id",
            sa.Integer,
            primary_key=True,
            autoincrement=False,
            comment=column_comment_dict["object_id"],
        ),
        sa.Column("primary_image", sa.Text, comment=column_comment_dict["primary_image"]),
        sa.Column("is_public_domain", sa.Boolean, comment=column_comment_dict["is_public_domain"]),
        sa.Column(
            "created_at",
            sa.DateTime,
            nullable=False,
            server_default=sa.text("CURRENT_TIMESTAMP"),
            comment=column_comment_dict["created_at"],
        ),
    )
    op.create_table(
        "object_api_metadata",
        sa.Column(
            "object_id",
            sa.Integer,
            primary_key=True,
            autoincrement=False,
            comment=column_comment_dict["object_id"],
        ),
        sa.Column("metadata_date", sa.DateTime, comment=column_comment_dict["metadata_date"]),
        sa.Column(
            "created_at",
            sa.DateTime,
            nullable=False,
            server_default=sa.text("CURRENT_TIMESTAMP"),
            comment=column_comment_dict["created_at"],
        ),
    )


def downgrade() -> None:
    """Drop them with all that is in them; one that is gone already is no obstacle."""
    op.drop_table("object", if_exists=True)
    op.drop_table("object_history", if_exists=True)
    op.drop_table("object_physical_properties", if_exists=True)
    op.drop_table("object_gallery_info", if_exists=True)
    op.drop_table("object_tags", if_exists=True)
    op.drop_table("object_images", if_exists=True)
    op.drop_table("object_copyright", if_exists=True)
    op.drop_table("object_api_metadata", if_exists=True)
