"""Promises that are kept by so little that the next row, or the next hour, would break them."""

from __future__ import annotations

from typing import Final

from detection.quality import measures
from detection.quality.conditions import as_number
from detection.quality.judging import keeps
from detection.quality.model import Measurement, Number
from detection.quality.wording import duration_text

USED_UP: Final = 0.8
"""The part of a time that may have passed before there is no room left."""


def without_headroom(measurement: Measurement) -> str | None:
    """How little there is left of what a promise allows, in words; ``None`` where there is room.

    A promise that is broken already has none to speak of, and neither has one by which no row may
    fail at all: that was never meant to have any.
    """
    check, value = measurement.demand.check, measurement.value
    bound = as_number(check.bound[0]) if len(check.bound) == 1 else None
    nothing_may_fail = bound == (100 if check.measure in measures.SHARES else 0)
    if measurement.trouble or value is None or bound is None or nothing_may_fail:
        return None
    if not keeps(check, value):
        return None
    if check.measure in measures.TIMES:
        used = float(value) / float(bound)
        is_upper = (check.operator or "").startswith("mustBeLess")
        passed = "nearly all" if measurement.withheld else duration_text(value)
        said = f"{passed} of {duration_text(bound)} have passed"
        return said if is_upper and used > USED_UP else None
    after = _with_one_more(measurement)
    if after is None or keeps(check, after):
        return None
    return f"{measurement.failing} of {measurement.rows} rows fail, and one more breaks it"


def _with_one_more(measurement: Measurement) -> Number | None:
    """What would be measured if one more of the same rows failed."""
    rows, failing = measurement.rows, measurement.failing
    if failing is None or not rows or failing >= rows:
        return None
    if measurement.demand.check.measure in measures.SHARES:
        return 100 * (rows - failing - 1) / rows
    if measurement.demand.check.unit == "percent":
        return 100 * (failing + 1) / rows
    return failing + 1
