"""What each dialect carries of a promise, what its check notices, and what lesson 12 says of it."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest

from contracts.conversion import convert
from contracts.differences import find_differences
from contracts.documents import scan_document
from contracts.loading import contract_in, load
from contracts.model import Contract
from docent.carrying import MARKS, WRITTEN, broken_card, carried_card, carry, checks_after
from docent.lessons.lesson_12 import (
    BEGUN_IN_ODCS,
    PICTURES,
    PICTURES_ON_ONE_PAGE,
    SILENT,
    WHAT_WAS_LEFT,
    the_page,
)
from tests.conftest import REPOSITORY
from tests.guide.cells import run

SMALL = """\
apiVersion: v3.1.0
kind: DataContract
id: pictures
name: pictures
version: 1.2.0
status: active
schema:
  - name: object_images
    physicalName: public.object_images
    properties:
      - name: object_id
        description: The number of the work.
        physicalType: integer
        primaryKey: true
        required: true
      - name: primary_image
        physicalType: text
        required: false
"""


def read(text: str, name: str = "x.yaml") -> Contract:
    return contract_in(scan_document(name, text.encode()))


def images() -> Contract:
    return load(REPOSITORY / "contracts" / "object_images_contract_spec.json")


def test_each_property_is_kept_in_part_or_lost() -> None:
    kept = dict.fromkeys(("id", "version", "status", "schema", "data_type", "nullable"), "kept")
    kept |= {"name": "kept", "description": "kept", "primary_key": "kept"}
    gone = dict.fromkeys(("id", "version", "status"), "lost")
    found = carry(read(SMALL)).states
    assert found == {
        "odcs": kept,
        "book": kept | gone,
        "soda": kept | gone | {"name": "in part", "nullable": "lost", "primary_key": "lost"},
        "dbt": kept | gone | {"name": "in part", "nullable": "in part"},
        "jsonschema": kept
        | gone
        | {"name": "in part", "schema": "in part", "data_type": "in part", "primary_key": "lost"},
    }


ONE_TIME = """\
contract: arrivals
table: arrivals
fields:
  arrived_at: {type: timestamp(6) without time zone, required: true}
"""


def test_a_type_that_lost_a_figure_is_there_in_part() -> None:
    """dbt keeps that it is a timestamp, and not its precision; there is no other column."""
    found = carry(read(ONE_TIME)).states
    assert {found[name]["data_type"] for name in ("odcs", "book", "soda")} == {"kept"}
    assert found["dbt"]["data_type"] == "in part"


def test_what_came_in_is_counted() -> None:
    page = read(PICTURES_ON_ONE_PAGE)
    added = carry(read(SMALL), {"one page": page}).added
    assert (added["odcs"], added["soda"]) == (0, len(convert(read(SMALL), "soda").added))
    assert added["one page"] == sum(
        one.before is None for one in find_differences(read(SMALL), page)
    )
    assert added["one page"] > added["soda"] > 0


def test_the_card_draws_what_was_counted() -> None:
    carried = carry(read(SMALL))
    card = carried_card(carried)
    assert card.title == "9 properties of one contract"
    for dialect in WRITTEN:
        counts = [carried.count(dialect, state) for state in MARKS]
        assert sum(counts) == 9
        line = next(line for line in card.plain().splitlines() if line.startswith(dialect))
        assert f"{counts[0]} kept, {counts[1]} in part, {counts[2]} lost" in line
    assert card.html().count('<svg class="bar"') == len(WRITTEN)


KEY = ("primary-key-missing",)
CHANGES = [
    ("select 1", ((), (), (), ())),
    ("alter table object_images drop constraint object_images_pkey", (KEY, KEY, (), KEY)),
    (
        "alter table object_images alter created_at type timestamp(0)",
        (("precision-differs",), ("precision-differs",), ("precision-differs",), ()),
    ),
    (
        "alter table object_images alter created_at drop not null",
        (("nullability-differs",), ("nullability-differs",), (), ("nullability-differs",)),
    ),
    ("alter table object_images add note text", ((), (), (), ("column-undeclared",))),
    ("alter table object_images alter created_at drop default", ((), (), (), ())),
    ("drop table object_images", (("table-missing",),) * 4),
]


@pytest.mark.parametrize("contract", [images(), read(PICTURES)], ids=["book", "odcs"])
@pytest.mark.parametrize(("change", "rules"), CHANGES)
def test_what_each_check_says_of_a_change_that_is_taken_back(
    contract: Contract, change: str, rules: tuple[tuple[str, ...], ...], museum: str
) -> None:
    assert tuple(checks_after(contract, change, museum).values()) == rules
    assert set(checks_after(contract, "select 1", museum).values()) == {()}


def test_a_change_that_postgres_refuses_is_an_error_and_leaves_nothing(museum: str) -> None:
    with pytest.raises(psycopg.errors.UndefinedColumn):
        checks_after(images(), "alter table object_images drop column picture", museum)


def test_silence_is_green_and_a_rule_is_red() -> None:
    card = broken_card("The key is dropped", {"book": KEY, "soda": ()})
    assert "primary-key-missing" in card.plain()
    assert (card.html().count("light red"), card.html().count("light green")) == (1, 1)


# ---------------------------------------------------------------- what lesson 12 says


def test_both_texts_of_the_promise_agree_where_they_can() -> None:
    """The one page differs by what it has no words for, and by nothing else."""
    found = find_differences(read(PICTURES), read(PICTURES_ON_ONE_PAGE))
    assert {one.property for one in found} == {
        "id", "namespace", "limitations", "channels", "checks", "description",
        "data_type", "data_type.precision",
    }  # fmt: skip
    assert not [one for one in found if one.before is None]


def test_the_fates_in_12_1_are_those_of_the_conversion(learner: Path) -> None:
    converted = convert(images(), "soda")
    left = {(one.element.rpartition(".")[2], one.property) for one in converted.left_behind}
    came = {one.element for one in converted.added}
    assert {("object_id", "nullable"), ("created_at", "nullable"), ("contract", "owner")} <= left
    assert ("object_images", "primary_key") in left
    assert {"check nullValues of created_at", "check duplicateValues of object_id"} <= came
    assert not {prop for _, prop in left} & {"data_type", "data_type.precision"}
    assert run(WHAT_WAS_LEFT.solution).kind == "correct"


def test_the_silent_one_of_12_2_is_the_only_one(learner: Path, museum: str) -> None:
    change = "alter table object_images alter created_at type timestamp(0)"
    silent = [name for name, rules in checks_after(images(), change, museum).items() if not rules]
    assert silent == ["dbt"]
    assert run(SILENT.solution).kind == "correct"


def test_the_begun_document_lacks_four_things() -> None:
    found = find_differences(the_page(), read(BEGUN_IN_ODCS))
    lost = {one.property for one in found if one.before is not None}
    assert lost == {"nullable", "service_levels", "consumers", "notice"}


def test_the_page_converted_to_odcs_loses_nothing() -> None:
    converted = convert(the_page(), "odcs")
    assert converted.left_behind == ()
