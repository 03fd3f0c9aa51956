"""The tables as a picture and as Mermaid's text: nothing missing, nothing crossing, all escaped."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise
from xml.etree import ElementTree

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.model import Column, ForeignKey, Table
from contracts.types import parse_type
from detection.catalog import read_catalog
from docent.diagram import GUTTER, WIDTH, draw, schema_diagram, write_mermaid

OBJECT = Table(
    "object",
    columns=(
        Column("object_id", parse_type("integer"), primary_key=True),
        Column("title", parse_type("text")),
    ),
    primary_key=("object_id",),
)
IMAGES = Table(
    "object_images",
    columns=(
        Column("object_id", parse_type("integer"), primary_key=True),
        Column("additional_images", parse_type("text[]")),
        Column("created_at", parse_type("timestamp without time zone")),
    ),
    primary_key=("object_id",),
)
TO_OBJECT = ForeignKey("to_object", ("object_id",), "public", "object", ("object_id",))
TIED = replace(IMAGES, foreign_keys=(TO_OBJECT,))
PRICES = Table("prices", columns=(Column("amount", parse_type("numeric(8,2)")),))
VISITS = Table(
    "visits",
    columns=(
        Column("visit_id", parse_type("integer"), primary_key=True),
        Column("object_id", parse_type("integer")),
    ),
    primary_key=("visit_id",),
    foreign_keys=(TO_OBJECT,),
)


def texts(svg: str) -> list[str]:
    """What is written in a picture, cut or not."""
    found = ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")
    return ["".join(one.itertext()) for one in found]


def ties(svg: str) -> list[str]:
    return re.findall(r'<path class="tie" d="([^"]+)"', svg)


@pytest.mark.parametrize(
    ("tables", "count"),
    [
        ([OBJECT, IMAGES], 0),  # the same key by name, and the database was not told
        ([OBJECT, TIED], 1),
        ([OBJECT, TIED, VISITS], 2),
        ([TIED], 0),  # the other end is not drawn
        ([replace(OBJECT, schema="other"), TIED], 0),
        ([], 0),
    ],
)
def test_a_line_is_a_foreign_key(tables: list[Table], count: int) -> None:
    assert len(ties(draw(tables))) == count
    assert write_mermaid(tables).count("||--") == count


def test_a_line_ends_at_both_columns() -> None:
    (line,) = ties(draw([OBJECT, TIED]))
    start, end = line.removeprefix("M").split("C")[0], line.split(" ", 4)[-1]
    assert start.split()[0] == str(WIDTH + GUTTER)  # object_images stands on the right
    assert end.split()[-2] == str(WIDTH)
    assert start.split()[1] == end.split()[-1]  # both keys are the first row


def test_the_text_is_mermaids() -> None:
    assert write_mermaid([OBJECT, TIED, VISITS]) == (
        "erDiagram\n"
        "    object {\n"
        "        integer object_id PK\n"
        "        text title\n"
        "    }\n"
        "    object_images {\n"
        "        integer object_id PK\n"
        "        text[] additional_images\n"
        "        timestamp created_at\n"
        "    }\n"
        "    visits {\n"
        "        integer visit_id PK\n"
        "        integer object_id\n"
        "    }\n"
        '    object ||--o| object_images : "object_id"\n'
        '    object ||--o{ visits : "object_id"'
    )


def test_what_mermaid_cannot_read_is_written_so_that_it_can() -> None:
    table = Table('wide "names"', columns=(Column("größe in cm", parse_type("numeric(8,2)")),))
    assert write_mermaid([table]).splitlines()[1:3] == [
        "    \"wide 'names'\" {",
        "        numeric(8_2) gr__e_in_cm",
    ]


def test_everything_is_written_and_long_names_are_told_in_full() -> None:
    long = "a_name_of_a_column_that_nobody_can_read_at_a_glance"
    table = Table("t", columns=(Column(long, parse_type("text")),))
    assert texts(draw([OBJECT, PRICES])) == [
        "object", "object_id", "integer", "title", "text", "prices", "amount", "numeric(8,2)",
    ]  # fmt: skip
    assert f"<title>{long}</title>" in draw([table])
    assert max(map(len, re.findall(r">([^<>]+)</text>", draw([table])))) <= 26


def test_boxes_do_not_overlap() -> None:
    tables = [replace(IMAGES, name=f"t{n}", columns=IMAGES.columns * (n % 4)) for n in range(9)]
    boxes = re.findall(r'<rect class="box" x="(\d+)" y="(\d+)" width="\d+" rx="6" height="(\d+)"',
                       draw(tables))  # fmt: skip
    assert len(boxes) == len(tables)
    for side in (0, WIDTH + GUTTER):
        column = [(int(y), int(height)) for x, y, height in boxes if int(x) == side]
        below = pairwise(column)
        assert all(y + height < next_y for (y, height), (next_y, _) in below)


@given(st.lists(st.text(min_size=1, max_size=60), min_size=1, max_size=3, unique=True))
def test_any_name_can_be_drawn(names: list[str]) -> None:
    tables = [Table(name, columns=(Column(name, parse_type("text")),)) for name in names]
    ElementTree.fromstring(draw(tables))
    assert write_mermaid(tables).count("\n") == 3 * len(names)


def test_it_shows_as_a_picture_and_as_text(museum: str) -> None:
    with psycopg.connect(museum) as connection:
        tables = read_catalog(connection, ["public"]).tables
    diagram = schema_diagram(tables)
    bundle = diagram._repr_mimebundle_()
    assert bundle == {"text/html": diagram.svg, "text/plain": diagram.mermaid}
    assert repr(diagram) == diagram.mermaid
    assert set(texts(diagram.svg)) >= {"object_images", "additional_images", "text[]", "json[]"}
