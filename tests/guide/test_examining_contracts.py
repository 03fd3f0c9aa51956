"""Contracts that learners write: no contract, another table, too much promised, and right."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest

from docent.examining_contracts import contract
from docent.exercise import Kind, Outcome, wrong
from docent.room import Room
from tests.conftest import REPOSITORY

SPEC = json.loads(
    (REPOSITORY / "contracts/object_images_contract_spec.json").read_text(encoding="utf-8")
)


@pytest.fixture
def desk(room: Room) -> Callable[[str], Path]:
    def write(text: str) -> Path:
        room.folder.mkdir(exist_ok=True)
        path = room.folder / "spec.json"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def spec(**columns: Any) -> str:
    """The museum's contract of object_images with other columns; ``None`` takes one out."""
    document = json.loads(json.dumps(SPEC))
    properties = document["schema"]["properties"]
    for name, other in columns.items():
        properties[name] = other
    document["schema"]["properties"] = {k: v for k, v in properties.items() if v is not None}
    return json.dumps(document, indent=2)


def typed(data_type: str) -> dict[str, Any]:
    return {"description": "d", "constraints": {"data_type": data_type}}


NOTHING = dict.fromkeys(SPEC["schema"]["properties"])


@pytest.mark.parametrize(
    ("text", "options", "kind", "words"),
    [
        (spec(), {}, "correct", "4 columns"),
        (spec(), {"table": "object_images"}, "correct", ""),
        (spec(created_at=None), {}, "correct", "3 columns"),
        (spec(), {"table": "object_tags"}, "wrong", "about object_images"),
        ("{", {}, "wrong", "spec.json:1"),
        ("{}", {}, "wrong", "spec.json:1"),
        (spec().replace('"owner"', '"ownr"'), {}, "wrong", "owner"),
        (spec(**NOTHING), {}, "wrong", "spec.json:17 (at schema.properties)"),
        (spec(primary_image=typed("integer")), {}, "wrong", "(type-differs)"),
        (spec(main_image=typed("text")), {}, "wrong", "(column-missing)"),
        (spec(primary_image=typed("integer")), {"breaks": {"type-differs"}}, "correct",
         "type-differs"),
        (spec(main_image=typed("text")), {"breaks": {"type-differs"}}, "wrong", "column-missing"),
        (spec(), {"breaks": {"type-differs"}}, "wrong", "It must break: type-differs"),
        (spec(), {"more": (lambda promise: None,)}, "correct", ""),
        (spec(), {"more": (lambda promise: wrong(f"{promise.owner} again"),)}, "wrong",
         "data-eng@museum.org> again"),
    ],
)  # fmt: skip
def test_contracts(
    desk: Callable[[str], Path],
    room: Room,
    text: str,
    options: dict[str, Any],
    kind: Kind,
    words: str,
) -> None:
    outcome: Outcome = contract(**options)(desk(text), room)
    assert (outcome.kind, words in outcome.message) == (kind, True), outcome


def test_a_file_by_its_bare_name_lies_in_the_lessons_folder(
    desk: Callable[[str], Path], room: Room
) -> None:
    desk(spec())
    assert contract()("spec.json", room).kind == "correct"
    assert contract()("other.json", room).kind == "incomplete"
    assert contract()(8, room).kind == "wrong"


def test_a_file_as_it_was_given_out_is_not_attempted(museum: str, tmp_path: Path) -> None:
    room = Room("00", tmp_path / "work", museum, {"spec.json": spec()})
    room.lay_out()
    assert contract()("spec.json", room).kind == "not attempted"
    (room.folder / "spec.json").write_text(spec() + "\n")
    assert contract()("spec.json", room).kind == "correct"


def test_the_database_is_the_learners_own(
    desk: Callable[[str], Path], own_museum: str, room: Room
) -> None:
    with psycopg.connect(own_museum) as connection:
        connection.execute("alter table object_images rename primary_image to image")
    path = desk(spec())
    own = Room("00", room.folder, own_museum)
    assert contract()(path, room).kind == "correct"
    assert contract()(path, own).kind == "wrong"
    assert contract(breaks={"column-renamed"})(path, own).kind == "correct"
