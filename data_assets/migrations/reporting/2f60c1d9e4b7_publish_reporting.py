"""publish the schema reporting

Revision ID: 2f60c1d9e4b7
Revises:
Create Date: 2026-02-02 09:00:00

What the museum shows to others, as views and tables with versions in their names: the tables of
the museum may then change behind them. A branch that stands apart from the museum's own
migrations, so that those can be edited, and taken down, while it is not there.
"""  # noqa: D400 - Alembic prints the first line as it stands

from __future__ import annotations

from collections.abc import Sequence

from alembic import op

revision: str = "2f60c1d9e4b7"
down_revision: str | None = None
branch_labels: str | Sequence[str] | None = ("reporting",)
depends_on: str | Sequence[str] | None = None

OBJECT_CARD_V1 = """
CREATE VIEW reporting.object_card_v1 AS
SELECT o.object_id,
       o.title,
       o.artist_display_name AS artist,
       h.object_date AS made,
       p.medium,
       g.department,
       g.gallery_number AS gallery,
       i.primary_image AS picture,
       coalesce(cardinality(i.additional_images), 0) AS pictures
FROM public.object o
LEFT JOIN public.object_history h ON h.object_id = o.object_id
LEFT JOIN public.object_physical_properties p ON p.object_id = o.object_id
LEFT JOIN public.object_gallery_info g ON g.object_id = o.object_id
LEFT JOIN public.object_images i ON i.object_id = o.object_id
"""

# Against v1: a rename (artist), a split (gallery), and another meaning of the same name and type
# (pictures counts the main one too). A number stays a text, since it may begin with zero.
OBJECT_CARD_V2 = """
CREATE VIEW reporting.object_card_v2 AS
SELECT o.object_id,
       o.title,
       o.artist_display_name,
       h.object_date AS made,
       p.medium,
       g.department,
       CASE WHEN g.gallery_number ~ '^[0-9]+$' THEN g.gallery_number END AS gallery_number,
       CASE WHEN g.gallery_number !~ '^[0-9]+$' THEN g.gallery_number END AS gallery_place,
       i.primary_image AS picture,
       coalesce(cardinality(i.additional_images), 0)
           + CASE WHEN i.primary_image IS NULL THEN 0 ELSE 1 END AS pictures
FROM public.object o
LEFT JOIN public.object_history h ON h.object_id = o.object_id
LEFT JOIN public.object_physical_properties p ON p.object_id = o.object_id
LEFT JOIN public.object_gallery_info g ON g.object_id = o.object_id
LEFT JOIN public.object_images i ON i.object_id = o.object_id
"""

# As lesson 07 agreed on it, and the place besides: a work may have the same picture twice, and
# the museum's order says something. Without it the old shape could not be given back.
IMAGES_NORMALIZED = """
CREATE TABLE reporting.object_images_normalized (
    object_id integer NOT NULL,
    place integer NOT NULL CHECK (place >= 0),
    image text NOT NULL,
    is_primary_image boolean NOT NULL,
    created_at timestamp NOT NULL,
    backfilled_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (object_id, place),
    CHECK (is_primary_image = (place = 0))
)
"""

IMAGES = """
CREATE VIEW reporting.object_images AS
SELECT o.object_id,
       max(n.image) FILTER (WHERE n.place = 0) AS primary_image,
       coalesce(array_agg(n.image ORDER BY n.place) FILTER (WHERE n.place > 0), '{}')
           AS additional_images,
       coalesce(min(n.created_at), o.created_at) AS created_at
FROM public.object o
LEFT JOIN reporting.object_images_normalized n ON n.object_id = o.object_id
GROUP BY o.object_id, o.created_at
"""

GALLERY_OVERVIEW = """
CREATE MATERIALIZED VIEW reporting.gallery_overview AS
SELECT g.gallery_number AS gallery,
       count(*) AS works,
       count(i.primary_image) AS with_picture,
       now() AS refreshed_at
FROM public.object_gallery_info g
LEFT JOIN public.object_images i ON i.object_id = g.object_id
WHERE g.gallery_number IS NOT NULL
GROUP BY g.gallery_number
WITH NO DATA
"""

PUBLISHED_OBJECT_CARD = """
CREATE TABLE reporting.published_object_card (
    contract_version text NOT NULL,
    key text NOT NULL,
    payload jsonb NOT NULL,
    produced_at timestamptz NOT NULL,
    source_version bigint NOT NULL,
    PRIMARY KEY (contract_version, key)
)
"""

PUBLISH = """
CREATE PROCEDURE reporting.publish() LANGUAGE plpgsql AS $$
BEGIN
    -- One publisher at a time; readers go on reading what was published last.
    LOCK TABLE reporting.object_images_normalized, reporting.published_object_card
        IN SHARE ROW EXCLUSIVE MODE;

    WITH pictures (object_id, place, image, created_at) AS (
        SELECT object_id, 0, primary_image, created_at FROM public.object_images
        WHERE primary_image IS NOT NULL
        UNION ALL
        SELECT i.object_id, further.place::integer, further.image, i.created_at
        FROM public.object_images i
        CROSS JOIN LATERAL unnest(i.additional_images)
            WITH ORDINALITY AS further (image, place)
        WHERE further.image IS NOT NULL
    ), gone AS (
        DELETE FROM reporting.object_images_normalized n
        WHERE NOT EXISTS (
            SELECT FROM pictures p WHERE p.object_id = n.object_id AND p.place = n.place)
    )
    INSERT INTO reporting.object_images_normalized AS n
        (object_id, place, image, is_primary_image, created_at)
    SELECT object_id, place, image, place = 0, created_at FROM pictures
    ON CONFLICT (object_id, place) DO UPDATE
        SET image = excluded.image, created_at = excluded.created_at, backfilled_at = now()
        WHERE (n.image, n.created_at) IS DISTINCT FROM (excluded.image, excluded.created_at);

    REFRESH MATERIALIZED VIEW reporting.gallery_overview;

    WITH cards (contract_version, key, payload) AS (
        SELECT 'object_card_v1', object_id::text, to_jsonb(v1)
        FROM reporting.object_card_v1 AS v1
        UNION ALL
        SELECT 'object_card_v2', object_id::text, to_jsonb(v2)
        FROM reporting.object_card_v2 AS v2
    ), gone AS (
        DELETE FROM reporting.published_object_card p
        WHERE NOT EXISTS (
            SELECT FROM cards c
            WHERE c.contract_version = p.contract_version AND c.key = p.key)
    )
    INSERT INTO reporting.published_object_card AS p
        (contract_version, key, payload, produced_at, source_version)
    SELECT c.contract_version, c.key, c.payload, now(),
           coalesce(extract(epoch FROM m.metadata_date)::bigint, 0)
    FROM cards c
    LEFT JOIN public.object_api_metadata m ON m.object_id = c.key::integer
    ON CONFLICT (contract_version, key) DO UPDATE
        SET payload = excluded.payload, produced_at = excluded.produced_at,
            source_version = excluded.source_version;
END
$$
"""

COMMENTS = {
    "VIEW reporting.object_card_v1": "What a visitor is shown of a work, version 1",
    "VIEW reporting.object_card_v2": "What a visitor is shown of a work, version 2",
    "TABLE reporting.object_images_normalized": "Each picture of a work in a row of its own",
    "VIEW reporting.object_images": "The pictures in the shape of the museum's old table",
    "MATERIALIZED VIEW reporting.gallery_overview": "What each gallery shows, as of refreshed_at",
    "TABLE reporting.published_object_card": "Each version of the card as JSON, made by publish()",
    "COLUMN reporting.object_images_normalized.backfilled_at": "When the row was made from the "
    "museum's table; the loader did not write it",
    "COLUMN reporting.gallery_overview.refreshed_at": "When the view was filled last",
    "COLUMN reporting.published_object_card.source_version": "The second since 1970 at which the "
    "museum changed the work last; 0 where it does not say",
    "PROCEDURE reporting.publish()": "Brings all that is stored in this schema up to date",
}


def upgrade() -> None:
    """Make the views and tables, and fill them once."""
    for statement in (
        OBJECT_CARD_V1,
        OBJECT_CARD_V2,
        IMAGES_NORMALIZED,
        IMAGES,
        GALLERY_OVERVIEW,
        "CREATE UNIQUE INDEX gallery_overview_gallery ON reporting.gallery_overview (gallery)",
        PUBLISHED_OBJECT_CARD,
        PUBLISH,
    ):
        op.execute(statement)
    for what, said in COMMENTS.items():
        op.execute(f"COMMENT ON {what} IS '{said.replace(chr(39), 2 * chr(39))}'")
    op.execute("CALL reporting.publish()")


def downgrade() -> None:
    """Take all of it away; what is in it was made from the museum's tables and can be again."""
    op.execute("DROP PROCEDURE IF EXISTS reporting.publish()")
    op.execute("DROP TABLE IF EXISTS reporting.published_object_card")
    op.execute("DROP MATERIALIZED VIEW IF EXISTS reporting.gallery_overview")
    op.execute("DROP VIEW IF EXISTS reporting.object_images")
    op.execute("DROP TABLE IF EXISTS reporting.object_images_normalized")
    op.execute("DROP VIEW IF EXISTS reporting.object_card_v2")
    op.execute("DROP VIEW IF EXISTS reporting.object_card_v1")
