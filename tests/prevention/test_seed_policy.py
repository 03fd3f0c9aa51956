"""Two buckets and their structural validation, over Soda's contracts (``--policy seed-004``)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.prevention.histories import History
from tests.prevention.running import Ran, docent

FILE = "soda/contracts/museum/visits.yaml"


def contract(columns: str = "id: bigint, day: date, note: text", dataset: str = "museum.visits",
             checks: str = "") -> str:  # fmt: skip
    """A contract of Soda; a column without a type is written without one."""
    lines = [f"dataset: {dataset}", "columns:"]
    for column in columns.split(", "):
        name, _, data_type = column.partition(": ")
        lines.append(f"  - name: {name}")
        if data_type:
            lines.append(f"    data_type: {data_type}")
    return "\n".join(lines) + f"\n{checks}"


def gate(history: History, *arguments: str, accept: str | None = None) -> Ran:
    return docent(
        "gate", "soda/contracts", "--base", "main", "--policy", "seed-004", *arguments,
        folder=history.root, settings={"ACCEPT_BREAKING_CHANGE": accept},
    )  # fmt: skip


@pytest.fixture
def history(tmp_path: Path) -> History:
    made = History(tmp_path / "museum")
    made.commit({FILE: contract()})
    made.branch("work")
    return made


CHECKED = "checks:\n  - row_count:\n      must_be_greater_than: 0\n"
ADDITIVE: dict[str, dict[str, str | None]] = {
    "nothing": {},
    "a new contract": {"soda/contracts/tags.yaml": contract(dataset="museum.tags")},
    "a new column": {FILE: contract("id: bigint, day: date, note: text, hour: int")},
    "a wider moment": {FILE: contract("id: bigint, day: timestamp, note: text")},
    "another text": {FILE: contract("id: bigint, day: date, note: varchar(20)")},
    "a new check": {FILE: contract(checks=CHECKED)},
    "a fraction": {FILE: contract("id: double precision, day: date, note: text")},
    "another file": {FILE: None, "soda/contracts/visits.yaml": contract()},
    "another order": {FILE: contract("note: text, id: bigint, day: date")},
    "the same type": {FILE: contract("id: int8, day: date, note: text")},
}  # fmt: skip
BREAKING: dict[str, dict[str, str | None]] = {
    "a model removed": {FILE: None},
    "a column removed": {FILE: contract("id: bigint, day: date")},
    "a column renamed": {FILE: contract("id: bigint, date: date, note: text")},
    "a model renamed": {FILE: contract(dataset="museum.arrivals")},
    "an integer narrowed": {FILE: contract("id: int, day: date, note: text")},
    "a text that counts": {FILE: contract("id: bigint, day: date, note: int")},
    "a number that is written": {FILE: contract("id: text, day: date, note: text")},
    "a day with a zone": {FILE: contract("id: bigint, day: time, note: text")},
    "a type withdrawn": {FILE: contract("id, day: date, note: text")},
}


@pytest.mark.parametrize("change", ADDITIVE.values(), ids=ADDITIVE)
def test_additive(history: History, change: Mapping[str, str | None]) -> None:
    history.commit({**change, "README.md": "x"})
    ran = gate(history)
    assert (ran.code, ran.err) == (0, "")


@pytest.mark.parametrize("change", BREAKING.values(), ids=BREAKING)
def test_breaking(history: History, change: Mapping[str, str | None]) -> None:
    history.commit({**change, "soda/contracts/other.yaml": contract(dataset="museum.other")})
    ran = gate(history)
    assert (ran.code, "  verdict   breaking for readers\n" in ran.out) == (1, True)
    assert "version-" not in ran.out
    accepted = gate(history, accept="museum.visits")
    assert (accepted.code, "ACKED  " in accepted.out) == (0, True)


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("smallint", "int", 0), ("smallint", "bigint", 0), ("int", "bigint", 0),
        ("int", "float", 0), ("int", "double", 0), ("int", "decimal(10,2)", 0),
        ("varchar(5)", "text", 0), ("text", "char(3)", 0), ("date", "timestamp", 0),
        ("bigint", "smallint", 1), ("float", "int", 1), ("decimal(10,2)", "decimal(12,2)", 1),
        ("timestamp", "date", 1), ("text", "date", 1), ("boolean", "int", 1), ("real", "float8", 1),
    ],
)  # fmt: skip
def test_which_types_are_wider(history: History, old: str, new: str, code: int) -> None:
    history.switch("main")
    history.commit({FILE: contract(f"id: {old}")})
    history.branch("types")
    history.commit({FILE: contract(f"id: {new}")})
    assert gate(history).code == code


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("dataset: museum.visits\n", "columns"),
        ("columns:\n  - name: id\n", "dataset"),
        ("name: visits\nmodels:\n  visits:\n    elements:\n      id:\n        type: string\n",
         'The key "dataset" is missing'),
        ("dataset: [museum\n", "soda/contracts/museum/visits.yaml:"),
        ("- dataset\n- columns\n", "soda/contracts/museum/visits.yaml:"),
    ],
)  # fmt: skip
def test_a_document_without_dataset_and_columns_cannot_be_judged(
    history: History, text: str, says: str
) -> None:
    history.commit({FILE: text})
    ran = gate(history, "--accept", "museum.visits")
    assert (ran.code, ran.out) == (2, "")
    assert says in ran.err


def test_real_contracts_of_soda_pass_its_structure(tmp_path: Path, shared: Path) -> None:
    made = History(tmp_path / "databox")
    made.commit({"README.md": "x"})
    made.branch("work")
    samples = {path.name: path.read_bytes() for path in (shared / "soda").glob("*.yaml")}
    made.commit({f"soda/contracts/{name}": text for name, text in samples.items()})
    ran = gate(made)
    assert (ran.code, ran.err) == (0, "")
    first = samples["stations.yaml"].decode().replace("  - name: latitude\n", "")
    made.git("branch", "--force", "main", "work")
    made.commit({"soda/contracts/stations.yaml": first})
    ran = gate(made)
    assert (ran.code, "column-removed" in ran.out) == (1, True)
    assert gate(made, "--accept", "databox/raw_noaa/stations").code == 0
