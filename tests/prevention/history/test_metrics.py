"""Metrics for Prometheus: whatever names there are, the official parser reads them back."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families

from detection.history import Freshness, carry_on
from prevention.metrics import write_metrics
from prevention.output import write_whole
from tests.prevention.history.places import run

NAMES = st.text(st.characters(exclude_categories=["Cs"]), min_size=1)


@given(NAMES, NAMES)
@example('museum/"images"\\', "a line\nand another\\n")
def test_names_are_read_back_as_they_are(contract: str, element: str) -> None:
    first = run(0, "a", contract=contract)
    broken = replace(first, broken=(replace(first.broken[0], element=element),), number=1)
    text = write_metrics(broken, carry_on((), broken).open)
    samples = [one for family in text_string_to_metric_families(text) for one in family.samples]
    named = {each.labels.get("contract") for each in samples} - {None}
    assert named == {contract}
    assert {each.labels["element"] for each in samples if "breach" in each.labels} == {element}


def test_of_several_promises_of_one_column_the_strictest_is_told() -> None:
    def fresh(limit: float) -> Freshness:
        return Freshness("museum/images", "public.images.at", 90, limit, kept=limit > 90)

    text = write_metrics(replace(run(0), freshness=(fresh(60), fresh(3600))), ())
    lines = [line for line in text.splitlines() if line.startswith("docent_freshness")]
    assert [line.rpartition(" ")[2] for line in lines] == ["90", "60"]


@pytest.mark.parametrize(
    ("age", "written"), [(30.5, "30.5"), (0, "0"), (1e-9, "1e-09"), (float("inf"), "+Inf")]
)
def test_numbers_are_written_as_prometheus_reads_them(age: float, written: str) -> None:
    fresh = Freshness("museum/images", "public.images.at", age, 60, kept=True)
    text = write_metrics(replace(run(0), freshness=(fresh,)), ())
    (line,) = [one for one in text.splitlines() if one.startswith("docent_freshness_age_seconds{")]
    (family,) = text_string_to_metric_families(f"{line}\n")
    assert line.endswith(f" {written}")
    assert family.samples[0].value == age


def test_a_run_that_could_not_judge_says_so_and_nothing_of_contracts() -> None:
    text = write_metrics(run(0, judged=False), ())
    values = {
        family.name: [sample.value for sample in family.samples]
        for family in text_string_to_metric_families(text)
    }
    assert values["docent_run_judged"] == [0]
    assert "docent_contract_held" not in values
    assert "docent_tables" not in values


def test_a_reader_never_finds_half_of_it(tmp_path: Path) -> None:
    file = tmp_path / "docent.prom"
    write_whole(file, write_metrics(run(0), ()))
    with file.open() as reader:
        beginning = reader.read(40)
        write_whole(file, write_metrics(run(1, "a"), ()))
        whole = beginning + reader.read()
    assert whole == write_metrics(run(0), ())
    assert file.read_text() == write_metrics(run(1, "a"), ())
