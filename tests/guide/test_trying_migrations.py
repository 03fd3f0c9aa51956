"""A learner's migration is tried once, and again when anything about it is another."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from contracts.model import Contract
from docent import trying_migrations
from docent.exercise import Outcome, correct, wrong
from docent.lessons.lesson_07 import NEWEST, THE_TABLE, the_contract
from docent.room import Room
from docent.trying_migrations import HOLDS, migration


@pytest.fixture
def tried(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The migrations that were really tried; those with the word bad in them do not hold."""
    sources: list[str] = []

    def outcome(_: object, source: str, *__: object) -> Outcome:
        sources.append(source)
        return wrong("It does not hold.") if "bad" in source else correct(HOLDS)

    monkeypatch.setattr(trying_migrations._Trial, "outcome", outcome)
    return sources


def test_what_held_is_not_tried_again_until_it_is_another(tried: list[str], tmp_path: Path) -> None:
    promised: list[Contract] = [Contract("one")]

    def contracts(_: Room) -> Sequence[Contract]:
        return tuple(promised)

    examine = migration(follows=NEWEST, creates="t", contracts=contracts)
    path = tmp_path / "mine.py"
    said = []
    for source, contract in (
        ("", "one"), ("", "one"), ("# better", "one"), ("# better", "two"),
        ("# bad", "two"), ("# bad", "two"), ("# better", "two"),
    ):  # fmt: skip
        path.write_text(THE_TABLE + source, encoding="utf-8")
        promised[:] = [Contract(contract)]
        said.append(examine("mine.py", Room("07", tmp_path)).kind)
    assert said == ["correct"] * 4 + ["wrong"] * 2 + ["correct"]
    assert [source.removeprefix(THE_TABLE) for source in tried] == [
        "", "# better", "# better", "# bad", "# bad", "# better",
    ]  # fmt: skip


def test_the_story_goes_on_without_a_second_trial(
    learner: Path, monkeypatch: pytest.MonkeyPatch, tried: list[str]
) -> None:
    import docent
    from docent.workflow import finished

    folder = docent.folder("07")
    spec, name = "object_images_normalized_contract_spec.json", "create_object_images_normalized.py"
    (folder / spec).write_text(json.dumps(json.loads(the_contract()), indent=1), encoding="utf-8")
    (folder / name).write_text(THE_TABLE, encoding="utf-8")
    assert docent.check("07.5", name).subject.kind == "correct"
    assert finished("07.5", name, "the tour's own") == THE_TABLE
    assert len(tried) == 1
