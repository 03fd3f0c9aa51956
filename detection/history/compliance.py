"""Compliance over time, and availability: counts of runs in which contracts held."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from detection.history.model import Outcome, Run


@dataclass(frozen=True, slots=True)
class Tally:
    """How many runs a contract was part of, by their outcome."""

    held: int = 0
    broken: int = 0
    not_judged: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            self.held + other.held,
            self.broken + other.broken,
            self.not_judged + other.not_judged,
        )

    @property
    def runs(self) -> int:
        """All of them."""
        return self.held + self.broken + self.not_judged

    @property
    def compliance(self) -> float | None:
        """Per cent of the runs that could judge in which the contract held."""
        judged = self.held + self.broken
        return 100 * self.held / judged if judged else None

    @property
    def availability(self) -> float | None:
        """Per cent of all runs in which the contract held.

        A run that could not judge, since the database did not answer, counts against it: nobody
        could have read the data then.
        """
        return 100 * self.held / self.runs if self.runs else None


@dataclass(frozen=True, slots=True)
class Slots:
    """A stretch of time, cut into slots of equal length; both ends belong to it."""

    start: datetime
    end: datetime
    count: int

    @property
    def width(self) -> timedelta:
        """How long a slot is: a second at least."""
        return max((self.end - self.start) / self.count, timedelta(seconds=1))

    def index(self, at: datetime) -> int | None:
        """In which slot a moment lies, from 0; ``None`` outside the stretch."""
        if not self.start <= at <= self.end:
            return None
        return min((at - self.start) // self.width, self.count - 1)

    def start_of(self, index: int) -> datetime:
        """When a slot begins."""
        return self.start + index * self.width


def tally_of(outcome: Outcome, runs: int = 1) -> Tally:
    """So many runs of one outcome."""
    return Tally(
        held=runs if outcome == "held" else 0,
        broken=runs if outcome == "broken" else 0,
        not_judged=runs if outcome == "not-judged" else 0,
    )


def tally_runs(runs: Iterable[Run], slots: Slots) -> dict[tuple[str, int], Tally]:
    """How each contract stood in each slot; a slot without a run of it is left out."""
    counted: Counter[tuple[str, int, Outcome]] = Counter()
    for run in runs:
        index = slots.index(run.at)
        if index is not None:
            counted.update((each.contract, index, each.outcome) for each in run.observations)
    return gather((*key, count) for key, count in counted.items())


def gather(counts: Iterable[tuple[str, int, Outcome, int]]) -> dict[tuple[str, int], Tally]:
    """Counts of contract, slot and outcome, as a tally for each contract and slot."""
    tallies: dict[tuple[str, int], Tally] = {}
    for contract, index, outcome, count in counts:
        before = tallies.get((contract, index), Tally())
        tallies[contract, index] = before + tally_of(outcome, count)
    return tallies


def total(tallies: Iterable[Tally]) -> Tally:
    """All of them together."""
    return sum(tallies, Tally())
