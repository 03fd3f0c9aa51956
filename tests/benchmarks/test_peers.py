"""What is measured beside other tools: the same promises, in the words of each of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import psycopg
import pytest
import yaml
from psycopg import sql

from benchmarks import __main__ as bench
from benchmarks import environments, peers
from benchmarks.measure import LeftOut, Measurement
from benchmarks.quality import SIGNUPS
from benchmarks.works import WORKS
from contracts.loading import load
from detection.diff import diff
from detection.judgement import judge
from prevention.checking import read_structure
from prevention.rows import find_row_breaches

UNREACHABLE = {"UV_OFFLINE": "1", "PIP_NO_INDEX": "1"}
"""How uv and pip are told that there is no package index."""


def written(folder: Path, name: str, document: dict[str, Any]) -> Path:
    file = folder / name
    file.write_text(yaml.safe_dump(document, sort_keys=False))
    return file


def test_the_pair_differs_in_four_ways_for_each_table_that_changed(tmp_path: Path) -> None:
    old, new = (
        load(written(tmp_path, f"{version}.odcs.yaml", peers.rooms(version, changed=changed)))
        for version, changed in (("1.0.0", 0), ("2.0.0", peers.CHANGED))
    )
    found = [verdict.rule for verdict in judge(diff([old], [new]))]
    four = ["column-added", "column-removed", "not-null-dropped", "timestamp-to-date"]
    assert sorted(found) == sorted(four * peers.CHANGED)


@pytest.mark.parametrize("name", ["odcs", "soda"])
def test_ten_promises_are_measured_and_kept(tmp_path: Path, database: str, name: str) -> None:
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(sql.SQL(SIGNUPS).format(rows=sql.Literal(2000)))
    documents = {
        "odcs": peers.signups(),
        "soda": peers.soda_signups("museum"),
    }
    contract = load(written(tmp_path, "signups.yaml", documents[name]))
    found = find_row_breaches([contract], read_structure(database), database)
    assert found == (10, ())


def test_what_cannot_be_installed_is_left_out_and_says_why(tmp_path: Path) -> None:
    environment = {**UNREACHABLE, "UV_CACHE_DIR": str(tmp_path / "cache"), "PATH": ""}
    for name, requirement in environments.PACKAGES.items():
        with pytest.raises(LeftOut, match=r"cannot be installed \(.+\)") as left_out:
            environments.program(name, tmp_path, environment)
        assert requirement in str(left_out.value)


def test_the_page_says_what_was_left_out_once() -> None:
    taken = Measurement("`docent diff`", 1.0, "another", 2.0, 5)
    page = bench.page([taken, "Left out: a (no index).", "Left out: a (no index)."])
    assert page.count("Left out: a (no index).") == 1
    assert page.index("| `docent diff` |") < page.index("Left out") < page.index("Measured on")


def test_a_measurement_that_is_left_out_breaks_no_budget(
    capsys: pytest.CaptureFixture[str],
) -> None:
    def without_index(_: object) -> Measurement:
        raise LeftOut("soda cannot be installed (no index)")

    told = bench.measured(without_index, None)  # type: ignore[arg-type]
    assert told == "Left out: soda cannot be installed (no index)."
    assert capsys.readouterr().out == f"{told}\n"
    assert bench.code([told]) == 0
    assert bench.code([told, Measurement("a", 9.0, "b", 1.0, 5, budget=1.0)]) == 1


def test_one_word_chooses_all_of_them() -> None:
    assert [name for name in WORKS if "peers" in name] == [
        "peers-breaking", "peers-changelog", "peers-soda", "peers-datacontract",
    ]  # fmt: skip
