"""Violations that are wanted: found, missing, another one, and none that could be judged."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest

import docent
from docent.display import OUTCOME_TYPE
from docent.expecting import Expectation

RENAME = "alter table object_images rename primary_image to image"
RETYPE = "alter table object_images alter created_at type date"


def facts(expected: Expectation) -> object:
    return expected._repr_mimebundle_()[OUTCOME_TYPE]


@pytest.fixture
def changed(
    home: Path, own_museum: str, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    monkeypatch.setenv("DATABASE_URL", own_museum)
    with psycopg.connect(own_museum) as connection:
        for statement in request.param:
            connection.execute(statement)


@pytest.mark.parametrize(
    ("changed", "rules", "found", "words"),
    [
        ([RENAME], ["column-renamed"], ["column-renamed"], "Broken on purpose, and found"),
        ([], [], [], "Every promise holds."),
        ([], ["column-renamed"], [], "No promise is broken, though column-renamed was expected"),
        ([RETYPE], ["column-renamed"], ["type-differs"], "Expected column-renamed, found type"),
        ([RENAME, RETYPE], ["column-renamed"], ["column-renamed", "type-differs"],
         "more than was expected: type-differs"),
        ([RENAME], [], ["column-renamed"], "more than was expected: column-renamed"),
        (["create table extra (id int)"], [], [], "Every promise holds."),
        (["create table extra (id int)"], ["table-uncovered"], ["table-uncovered"],
         "Broken on purpose"),
    ],
    indirect=["changed"],
)  # fmt: skip
def test_what_is_expected_and_what_comes(
    changed: None, rules: list[str], found: list[str], words: str
) -> None:
    expected = docent.expect_violation(*rules)
    assert facts(expected) == {"expected": rules, "found": found, "met": found == rules}
    assert words in repr(expected)
    for rule in found:
        assert rule in repr(expected)
    if found == ["column-renamed"]:
        for fact in ("primary_image", "Found     image", "Data Engineering Team", "spec.json:"):
            assert fact in repr(expected)


def test_around_some_code_it_looks_afterwards_and_raises_nothing(
    learner: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with docent.expect_violation():
        raise AssertionError("All promises should hold.")
    said = capsys.readouterr().out
    assert "Every promise holds." in said
    assert "The code inside ended with AssertionError: All promises should hold." in said


def test_only_the_stop_button_goes_through(learner: Path) -> None:
    with pytest.raises(KeyboardInterrupt), docent.expect_violation():
        raise KeyboardInterrupt


def test_nothing_is_raised_without_a_database_or_with_no_contract(
    learner: Path, tmp_path: Path
) -> None:
    nowhere = docent.expect_violation(database_url="postgresql://x@/y?host=/nowhere")
    assert "could not be checked" in repr(nowhere)
    assert "Next: " in repr(nowhere)
    assert "could not be" in repr(docent.expect_violation(contracts=tmp_path))
    (tmp_path / "broken.json").write_text("{")
    assert "broken.json" in repr(docent.expect_violation(contracts=tmp_path / "broken.json"))


def test_it_checks_the_contracts_that_it_is_given(learner: Path) -> None:
    one = docent.expect_violation(contracts="../contracts/object.odcs.yaml")
    assert "Every promise holds." in repr(one)
