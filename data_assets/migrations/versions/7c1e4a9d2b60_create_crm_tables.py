"""create crm tables

Revision ID: 7c1e4a9d2b60
Revises: 00e9b3375a5f
Create Date: 2026-01-12 09:00:00

The CRM of the company that sells the museum guide has a schema of its own, so that the museum's
first migration can be edited, and taken down, without a thought for it.
"""  # noqa: D400 - Alembic prints the first line as it stands

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "7c1e4a9d2b60"
down_revision: str | None = "00e9b3375a5f"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

UTC = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create what the sign-up service fills, and what the reverse ETL makes of it."""
    op.execute("CREATE SCHEMA IF NOT EXISTS crm")
    op.create_table(
        "signups",
        sa.Column(
            "signup_id",
            sa.BigInteger,
            primary_key=True,
            autoincrement=False,
            comment="The number that the sign-up service gave; numbers are missing",
        ),
        sa.Column("email", sa.Text, nullable=False, unique=True, comment="As it was typed"),
        sa.Column(
            "signup_source",
            sa.Text,
            comment="Where the person signed up: web, mobile, api or partner; NULL when unsaid",
        ),
        sa.Column(
            "created_at", UTC, nullable=False, comment="When the person signed up, by their clock"
        ),
        sa.Column(
            "landed_at",
            UTC,
            nullable=False,
            server_default=sa.text("CURRENT_TIMESTAMP"),
            comment="When this row came into this database",
        ),
        schema="crm",
    )
    op.create_table(
        "salesforce_leads",
        sa.Column("email", sa.Text, primary_key=True, comment="As Salesforce knows the person"),
        sa.Column("lead_source", sa.Text, comment="Where the person signed up; NULL when unknown"),
        sa.Column("signed_up_at", UTC, nullable=False, comment="When the person signed up"),
        sa.Column("score", sa.Integer, nullable=False, comment="How promising, from 0 to 100"),
        sa.Column("rating", sa.Text, nullable=False, comment="hot, warm or cold, by the score"),
        sa.Column(
            "synced_at",
            UTC,
            nullable=False,
            server_default=sa.text("CURRENT_TIMESTAMP"),
            comment="When the lead was written last",
        ),
        schema="crm",
    )


def downgrade() -> None:
    """Drop both with all that is in them; a schema that holds something else stays."""
    op.drop_table("salesforce_leads", schema="crm", if_exists=True)
    op.drop_table("signups", schema="crm", if_exists=True)
    op.execute(
        "DO $$ BEGIN DROP SCHEMA IF EXISTS crm;"
        " EXCEPTION WHEN dependent_objects_still_exist THEN NULL; END $$"
    )
