"""Compliance over time, and availability."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from detection.history import Coverage, Observation, Outcome, Run, Slots, Tally, tally_runs, total

NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("tally", "compliance", "availability"),
    [
        (Tally(), None, None),
        (Tally(held=3, broken=1), 75, 75),
        (Tally(held=3, broken=1, not_judged=1), 75, 60),
        (Tally(not_judged=2), None, 0),
        (Tally(held=4), 100, 100),
    ],
)
def test_what_could_not_be_judged_counts_against_availability_alone(
    tally: Tally, compliance: float | None, availability: float | None
) -> None:
    assert (tally.compliance, tally.availability) == (compliance, availability)


@pytest.mark.parametrize(
    ("at", "index"),
    [
        (NOON - timedelta(microseconds=1), None),
        (NOON, 0),
        (NOON + HOUR - timedelta(microseconds=1), 0),
        (NOON + HOUR, 1),
        (NOON + 4 * HOUR, 3),
        (NOON + 4 * HOUR + timedelta(microseconds=1), None),
    ],
)
def test_slots(at: datetime, index: int | None) -> None:
    assert Slots(NOON, NOON + 4 * HOUR, 4).index(at) == index


def test_a_stretch_without_length_has_one_slot_that_counts() -> None:
    slots = Slots(NOON, NOON, 60)
    assert (slots.index(NOON), slots.start_of(0)) == (0, NOON)


def run(hours: float, **stood: Outcome) -> Run:
    observations = tuple(Observation(name, outcome) for name, outcome in stood.items())
    return Run(NOON + hours * HOUR, "/museum", "held", observations)


def test_tallies_by_contract_and_slot() -> None:
    slots = Slots(NOON, NOON + 4 * HOUR, 4)
    runs = [
        run(-1, images="broken"),
        run(0, images="held", tags="held"),
        run(0.5, images="broken"),
        run(3.5, images="not-judged"),
        run(4, images="held"),
    ]
    tallies = tally_runs(runs, slots)
    assert tallies == {
        ("images", 0): Tally(held=1, broken=1),
        ("images", 3): Tally(held=1, not_judged=1),
        ("tags", 0): Tally(held=1),
    }
    assert total(tally for (name, _), tally in tallies.items() if name == "images") == Tally(
        2, 1, 1
    )


def test_coverage_of_nothing_is_no_share() -> None:
    assert (Coverage(0, 0).share, Coverage(8, 2).share) == (None, 25)
