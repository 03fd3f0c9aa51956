"""Promises of the museum about rows: kept by the sample and by real records, and broken."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest

import prevention
from data_assets import postgres, seeding
from data_assets.clock import set_clock
from tests.conftest import REPOSITORY

CONTRACTS = REPOSITORY / "contracts"
FOUND = tuple[str, str, str]
NUMBERS = "object_id % 40 = 0"  # 2 or 3 rows of a hundred


def found(museum: str) -> set[FOUND]:
    decision = prevention.check(CONTRACTS, database=museum)
    return {(one.level, one.rule, str(one.element)) for one in decision.findings}


def run(museum: str, statement: str) -> None:
    with psycopg.connect(museum, autocommit=True) as connection:
        connection.execute(statement.encode())


def in_gallery(column: str, value: str) -> str:
    return f"update object_gallery_info set {column} = {value} where object_id = 437133"


BREAKS: list[tuple[str, FOUND | None]] = [
    (f"update object set title = null where {NUMBERS}", ("error", "rows-null", "object.title")),
    ("update object set title = null where object_id = 437133", None),
    (
        "update object set title = '' where object_id = 437133",
        ("error", "rows-of-wrong-length", "object.title"),
    ),
    (
        "update object set artist_display_name = null where object_id % 2 = 0",
        ("warning", "rows-null", "object.artist_display_name"),
    ),
    (
        "update object set artist_display_name = '' where object_id = 437133",
        ("error", "rows-of-wrong-length", "object.artist_display_name"),
    ),
    ("truncate object", ("error", "rows-count", "object")),
    (in_gallery("gallery_number", "''"), ("error", "rows-malformed", "GALLERY.gallery_number")),
    (in_gallery("gallery_number", "'82'"), ("error", "rows-malformed", "GALLERY.gallery_number")),
    (in_gallery("gallery_number", "'8-25'"), ("error", "rows-malformed", "GALLERY.gallery_number")),
    (in_gallery("gallery_number", "'0825'"), None),
    (in_gallery("gallery_number", "'on Fifth Avenue'"), None),
    (in_gallery("gallery_number", "null"), None),
    (in_gallery("department", "null"), ("error", "rows-null", "GALLERY.department")),
    (
        in_gallery("department", "'Textiles'"),
        ("note", "rows-of-unknown-state", "GALLERY.department"),
    ),
    (in_gallery("department", "'Costume Institute'"), None),
    (
        in_gallery("accession_number", "''"),
        ("error", "rows-of-wrong-length", "GALLERY.accession_number"),
    ),
    (
        "update object_copyright set primary_image = 'ftp://museum' where object_id = 437133",
        ("error", "rows-malformed", "object_copyright.primary_image"),
    ),
    (
        f"update object_copyright set is_public_domain = null where {NUMBERS}",
        ("error", "rows-null", "object_copyright.is_public_domain"),
    ),
    (
        "update object_copyright set is_public_domain = false",
        ("warning", "rows-null", "object_copyright.primary_image"),
    ),
]  # fmt: skip


def test_the_sample_keeps_every_promise(museum: str) -> None:
    decision = prevention.check(CONTRACTS, database=museum)
    assert (decision.status, decision.findings) == ("held", ())
    assert decision.checked.measured > 10


@pytest.mark.parametrize(("statement", "expected"), BREAKS, ids=[one for one, _ in BREAKS])
def test_a_promise_that_is_broken_is_the_only_finding(
    museum: str, statement: str, expected: FOUND | None
) -> None:
    run(museum, statement)
    wanted = set()
    if expected:
        level, rule, element = expected
        wanted = {(level, rule, "public." + element.replace("GALLERY", "object_gallery_info"))}
    assert found(museum) == wanted


def test_a_museum_that_was_seeded_long_ago_is_green_until_somebody_turns_the_clock(
    museum: str,
) -> None:
    run(museum, "update object_gallery_info set created_at = created_at - interval '40 days'")
    assert found(museum) == set()
    with psycopg.connect(museum) as connection:
        set_clock(connection, datetime.now(UTC) + timedelta(hours=2))
    assert found(museum) == {
        ("error", "rows-stale", "public.object_gallery_info.created_at"),
        ("error", "rows-stale", "crm.signups.landed_at"),
    }


def test_real_records_of_the_museum_keep_every_promise(museum: str, shared: Path) -> None:
    records = shared / "met" / "met_api_records.json.gz"
    with contextlib.closing(postgres.connect(museum)) as connection:
        assert seeding.seed(connection, records).records > 2000
    assert found(museum) == set()
