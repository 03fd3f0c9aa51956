"""Whether what was measured keeps what was promised: pure, and the same question for every rule."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Final

from contracts.model import Check
from detection.comparison import Difference
from detection.quality import measures
from detection.quality.conditions import as_number
from detection.quality.model import Measurement, Number, Reason
from detection.quality.wording import found_text, promised_text

Bounds = tuple[Number, ...]

OPERATORS: Final[Mapping[str, Callable[[Number, Bounds], bool]]] = {
    "mustBe": lambda value, bound: value == bound[0],
    "mustNotBe": lambda value, bound: value != bound[0],
    "mustBeGreaterThan": lambda value, bound: value > bound[0],
    "mustBeGreaterOrEqualTo": lambda value, bound: value >= bound[0],
    "mustBeLessThan": lambda value, bound: value < bound[0],
    "mustBeLessOrEqualTo": lambda value, bound: value <= bound[0],
    "mustBeBetween": lambda value, bound: bound[0] <= value <= bound[1],
    "mustNotBeBetween": lambda value, bound: not bound[0] <= value <= bound[1],
}
"""What each operator of ODCS demands; the bounds themselves are between."""


def keeps(check: Check, value: Number | None) -> bool:
    """Whether a value is what a check demands.

    Where there was nothing to measure, only what cannot be broken by nothing is kept: that no
    row is late, or too old. What is no number keeps nothing.
    """
    if value is None:
        upper = (check.operator or "").startswith("mustBeLess")
        return check.measure == measures.LATENCY or (check.measure == measures.RETENTION and upper)
    if value != value:  # NaN
        return False
    bounds = [as_number(bound) for bound in check.bound]
    known = tuple(_like(value, bound) for bound in bounds if bound is not None)
    operator = OPERATORS.get(check.operator or "")
    if operator is None or not known or len(known) != len(bounds):
        return False
    return operator(value, known)


def _like(value: Number, bound: Decimal) -> Number:
    """A bound as a number of the same kind as the value: 99.9 is not the float nearest to it."""
    return float(bound) if isinstance(value, float) else bound


def difference(measurement: Measurement) -> Difference | None:
    """What was promised and what was measured, where the one does not keep the other."""
    if measurement.trouble or keeps(measurement.demand.check, measurement.value):
        return None
    return Difference(promised(measurement), found_text(measurement))


def trouble(measurement: Measurement, *reasons: Reason) -> Difference | None:
    """What was promised and why it was not measured, if it was for one of these reasons."""
    why = measurement.trouble
    if why is None or why.reason not in reasons:
        return None
    return Difference(promised(measurement), " ".join(filter(None, (why.what, why.next_step))))


def promised(measurement: Measurement) -> str:
    """What is demanded, in the contract's own words where it has some."""
    return measurement.demand.says or promised_text(measurement.demand.check)
