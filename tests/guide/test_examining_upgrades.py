"""A migration's two halves, tried on real tables: what each mistake is told, and nothing stays."""

from __future__ import annotations

import psycopg
import pytest

from contracts.model import Column
from contracts.types import parse_type
from detection.catalog import read_catalog
from docent.examining_upgrades import adds_column
from docent.room import Room

LOOK = adds_column(
    "object_gallery_info",
    Column("on_loan", data_type=parse_type("boolean"), nullable=False),
    holding=False,
)
TABLE = "alter table object_gallery_info"
UP = f"{TABLE} add column on_loan boolean not null default false"
STRICT = f"{TABLE} alter on_loan set not null"
DOWN = f"{TABLE} drop column on_loan"


@pytest.mark.parametrize(
    ("upgrade", "downgrade", "kind", "said"),
    [
        (UP, DOWN, "correct", "exactly what it was"),
        (f"{UP};", f"{DOWN}\n;", "correct", "exactly what it was"),
        (
            f"{TABLE} add on_loan bool; update object_gallery_info set on_loan = false; {STRICT}",
            DOWN, "correct", "exactly what it was",
        ),
        (UP.replace("default false", "default true"), DOWN, "wrong", "on_loan is not false in"),
        (f"{UP}; update object_gallery_info set on_loan = true where object_id < 9000000", DOWN,
         "wrong", "for all that are there now"),
        (f"{UP}; {TABLE} drop department", DOWN, "wrong", "also takes away department"),
        (UP, f"{DOWN}; {TABLE} alter department set not null", "wrong", "not what it was"),
        (UP, f"{TABLE} rename on_loan to lent", "wrong", "not what it was"),
        (UP, f"{DOWN}; delete from object_gallery_info where object_id < 9000000",
         "wrong", "rows instead of"),
        (UP, "alter table object_gallery_info drop column loan", "stopped", 'column "loan"'),
        ("alter tabel x", DOWN, "stopped", "The upgrade stops. Postgres says: syntax error"),
        (f"{TABLE} add on_loan boolean not null", DOWN, "stopped", "contains null values"),
        (f"{UP}; COMMIT", DOWN, "wrong", "The upgrade says commit"),
        (UP, f"rollback; {DOWN}", "wrong", "The downgrade says rollback"),
        ("drop table object_gallery_info", DOWN, "wrong", "there is no object_gallery_info"),
        (UP, "  ;", "incomplete", "downgrade is still empty"),
    ],
)  # fmt: skip
def test_there_and_back(room: Room, upgrade: str, downgrade: str, kind: str, said: str) -> None:
    with psycopg.connect(room.url()) as connection:
        before = read_catalog(connection)
    outcome = LOOK({"upgrade": upgrade, "downgrade": downgrade}, room)
    assert (outcome.kind, said in outcome.message) == (kind, True), outcome
    with psycopg.connect(room.url()) as connection:
        assert read_catalog(connection) == before


@pytest.mark.parametrize("answer", ["x", None, {}, {"upgrade": UP}, {"upgrade": 1, "downgrade": 2}])
def test_what_is_no_pair_of_texts(room: Room, answer: object) -> None:
    assert LOOK(answer, room).kind == "wrong"
