"""Violations of the museum, made by hand, and the decisions that follow from them."""

from __future__ import annotations

from dataclasses import replace

from contracts.model import Location, Owner
from detection.model import CheckLabel, Violation
from prevention.decision import Checked, Decision, Obstacle, decide, not_judged

OWNER = Owner("Data Engineering Team", "data-eng@museum.org")
IMAGES = "met-museum-data/object-images-contract-spec"
NORMALIZED = "met-museum-data/object-images-normalized-contract-spec"
FILE = "contracts/object_images_contract_spec.json"
NORMALIZED_FILE = "contracts/object_images_normalized_contract_spec.json"
CHECKED = Checked(contracts=(IMAGES, NORMALIZED), tables=2, columns=8, database="museum")


def column_missing(column: str, line: int = 31, **changes: object) -> Violation:
    facts: dict[str, object] = {
        "rule": "column-missing",
        "level": "error",
        "contract": IMAGES,
        "schema": "public",
        "table": "object_images",
        "column": column,
        "promised": "text",
        "owner": OWNER,
        "location": Location(FILE, line, 7),
    }
    return Violation(**{**facts, **changes})  # type: ignore[arg-type]


MISSING = column_missing("primary_image")
ARRAY_MISSING = column_missing("additional_images", line=41, promised="text[]")
RENAMED = column_missing(
    "primary_image",
    rule="column-renamed",
    promised="primary_image",
    found="image",
    parts=(MISSING,),
)
UNDECLARED = Violation(
    "column-undeclared", "warning", IMAGES, "public", "object_images", "notes", None, "text", OWNER
)
NEW_COLUMNS = ("object_id", "image", "is_primary_image", "created_at")
TABLE_MISSING = Violation(
    rule="table-missing",
    level="error",
    contract=NORMALIZED,
    schema="public",
    table="object_images_normalized",
    owner=OWNER,
    location=Location(NORMALIZED_FILE, 14, 5),
    parts=tuple(
        column_missing(
            column,
            line=18 + 10 * number,
            contract=NORMALIZED,
            table="object_images_normalized",
            location=Location(NORMALIZED_FILE, 18 + 10 * number, 7),
        )
        for number, column in enumerate(NEW_COLUMNS)
    ),
)


def uncovered(table: str, schema: str = "public") -> Violation:
    return Violation("table-uncovered", "warning", None, schema, table)


HELD = decide([], CHECKED)
BROKEN = decide([RENAMED, TABLE_MISSING, UNDECLARED, uncovered("guestbook")], CHECKED)
DOWN = not_judged(
    Obstacle("The server is down.", "docent up"),
    Obstacle("at name: It is empty.", "Write a name.", Location(FILE, 3, 11)),
)
LABELLED = decide(
    [
        replace(
            MISSING,
            rule="rows-null",
            label=CheckLabel("no_ghosts", "A work | a picture.", "completeness", "high"),
        )
    ],
    CHECKED,
)
DECISIONS: dict[str, Decision] = {
    "held": HELD,
    "broken": BROKEN,
    "down": DOWN,
    "labelled": LABELLED,
}
