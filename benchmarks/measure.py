"""Time a piece of work beside its baseline, alternating, so that both meet the same machine."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

Work = Callable[[], object]


class LeftOut(Exception):  # noqa: N818 - it is no error
    """A measurement that cannot be taken here, and why."""


@dataclass(frozen=True, slots=True)
class Measurement:
    """What one benchmark found. Times are seconds: the median over ``rounds``.

    budget:        seconds that the work may take, or ``None``.
    ratio_budget:  how many times the baseline it may take, or ``None``.
    """

    work: str
    seconds: float
    baseline: str
    baseline_seconds: float
    rounds: int
    budget: float | None = None
    ratio_budget: float | None = None

    @property
    def ratio(self) -> float:
        """How many times the baseline's time the work took."""
        return self.seconds / self.baseline_seconds

    def held(self) -> bool:
        """Whether every budget is kept."""
        in_time = self.budget is None or self.seconds <= self.budget
        in_ratio = self.ratio_budget is None or self.ratio <= self.ratio_budget
        return in_time and in_ratio


def measure(
    work: str,
    ours: Work,
    baseline: str,
    theirs: Work,
    *,
    rounds: int = 5,
    budget: float | None = None,
    ratio_budget: float | None = None,
    before_each: Work = lambda: None,
    pieces: int = 1,
) -> Measurement:
    """Run both in turn, once to warm up and then ``rounds`` times, and take the medians.

    pieces:  of how many alike pieces each run consists; the figures are for one of them.
    """
    times: dict[str, list[float]] = {"ours": [], "theirs": []}
    for _ in range(rounds + 1):
        for name, run in (("theirs", theirs), ("ours", ours)):
            before_each()
            start = time.perf_counter()
            run()
            times[name].append((time.perf_counter() - start) / pieces)
    return Measurement(
        work,
        statistics.median(times["ours"][1:]),
        baseline,
        statistics.median(times["theirs"][1:]),
        rounds,
        budget,
        ratio_budget,
    )
