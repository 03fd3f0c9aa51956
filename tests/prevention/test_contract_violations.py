"""The book's two unit tests, through the whole of the book's scenario, in real processes."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from tests.prevention.running import REPOSITORY, environment

FILE = "prevention/test_data_contract_violations.py"
REQUESTED = """
    drop table object_images;
    create table object_images (
        object_id integer primary key,
        image text,
        is_primary_image boolean,
        created_at timestamp not null default current_timestamp
    )"""
NORMALIZED = """
    create table object_images_normalized (
        object_id integer primary key,
        image text,
        is_primary_image boolean,
        created_at timestamp not null default current_timestamp
    )"""


def run(url: str, statements: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statements.encode())


def unittest(contracts: Path, url: str | None) -> tuple[int, str]:
    """Exit code of the command that the book types, and what it prints."""
    settings: dict[str, str | None] = {"DATABASE_URL": url, "DOCENT_CONTRACTS": str(contracts)}
    process = subprocess.run(
        [sys.executable, "-m", "unittest", FILE, "-v"],
        cwd=REPOSITORY,
        env=environment(settings),
        capture_output=True,
        text=True,
        timeout=120,
    )
    return process.returncode, process.stderr


@pytest.fixture
def contracts(tmp_path: Path) -> Path:
    """A copy of the museum's contracts, to add to."""
    folder = tmp_path / "contracts"
    folder.mkdir()
    for pattern in ("*_contract_spec.json", "*.odcs.yaml"):
        for file in (REPOSITORY / "contracts").glob(pattern):
            shutil.copy(file, folder)
    return folder


def add_normalized_contract(contracts: Path) -> None:
    """The contract that the scenario adds, made from the one that is there."""
    spec = json.loads((contracts / "object_images_contract_spec.json").read_text())
    spec["name"] = "object-images-normalized-contract-spec"
    spec["schema"]["table_name"] = "object_images_normalized"
    columns = spec["schema"]["properties"]
    flag = {"primaryKey": False, "data_type": "boolean", "is_nullable": True, "is_updatable": True}
    spec["schema"]["properties"] = {
        "object_id": columns["object_id"],
        "image": columns["primary_image"],
        "is_primary_image": {"description": "Whether it is the main picture.", "constraints": flag},
        "created_at": columns["created_at"],
    }
    file = contracts / "object_images_normalized_contract_spec.json"
    file.write_text(json.dumps(spec, indent=2))


def issues(output: str) -> list[tuple[str, str, str, str]]:
    """Contract, table, column and issue of each numbered entry."""
    entry = r"\d+\. Contract: (.*)\n   Table: (.*)\n   Column: (.*)\n   Issue: (.*)"
    return re.findall(entry, output)


def missing(table: str, *columns: str) -> list[tuple[str, str, str, str]]:
    return [
        (
            f"{table}_contract_spec",
            table,
            column,
            f"Column '{column}' is defined in contract but missing from data catalog",
        )
        for column in columns
    ]


def test_the_scenario_of_the_book(museum: str, contracts: Path) -> None:
    code, output = unittest(contracts, museum)
    assert (code, output.count(" ... ok")) == (0, 2)

    run(museum, REQUESTED)
    code, output = unittest(contracts, museum)
    assert (code, output.count(" ... ok"), output.count(" ... FAIL")) == (1, 1, 1)
    assert "Error: All data contract constraints should match the data catalog.\n" in output
    assert issues(output) == missing("object_images", "primary_image", "additional_images")

    run(
        museum,
        "drop table object_images; create table object_images (object_id integer primary key, "
        "primary_image text, additional_images text[], "
        "created_at timestamp not null default current_timestamp)",
    )
    add_normalized_contract(contracts)
    code, output = unittest(contracts, museum)
    assert (code, output.count(" ... FAIL")) == (1, 2)
    assert (
        "AssertionError: False is not true : "
        "All assets under contract should be present in data catalog.\n"
        "Missing: ['object_images_normalized']\n" in output
    )
    assert issues(output) == missing(
        "object_images_normalized", "object_id", "image", "is_primary_image", "created_at"
    )

    run(museum, NORMALIZED)
    code, output = unittest(contracts, museum)
    assert (code, output.count(" ... ok")) == (0, 2)
    assert output.endswith("\n\nOK\n")


def test_the_names_and_the_descriptions_are_shown(museum: str, contracts: Path) -> None:
    _, output = unittest(contracts, museum)
    names = "prevention.test_data_contract_violations.TestContractViolations"
    assert f"test_all_contract_assets_present_in_catalog ({names}." in output
    assert f"test_data_contracts_against_data_catalog ({names}." in output


@pytest.mark.parametrize(
    ("url", "folder", "says"),
    [
        ("postgresql://127.0.0.1:1/museum", "", "is down, or not at this address"),
        (None, "", "docent up"),
        ("museum", "nothing", "Nothing was checked: there is no folder"),
        ("empty", "", "Nothing was checked: the database"),
    ],
)
def test_what_cannot_be_judged_fails_and_says_why(
    museum: str, database: str, contracts: Path, url: str | None, folder: str, says: str
) -> None:
    given = {"museum": museum, "empty": database}.get(str(url), url)
    code, output = unittest(contracts / folder, given)
    assert (code, output.count(" ... FAIL")) == (1, 2)
    assert says in output
    assert output.count("Next: ") == 2
    assert "During handling" not in output
    assert "psycopg" not in output


def test_a_defect_is_an_error_and_not_a_broken_promise(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from prevention import test_data_contract_violations as tested

    def defective() -> None:
        raise KeyError("contract")

    monkeypatch.setattr(tested, "check", defective)
    with pytest.raises(KeyError):
        tested.judge()
