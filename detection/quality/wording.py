"""What was promised of rows and what was found, as the two short texts of a difference."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, Final

from contracts.checks import arguments_of
from contracts.model import Check
from detection.quality import measures
from detection.quality.conditions import as_number, as_text
from detection.quality.model import Measurement, Number

WORDS: Final[Mapping[str, str]] = {
    "mustBe": "exactly {}",
    "mustNotBe": "anything but {}",
    "mustBeGreaterThan": "more than {}",
    "mustBeGreaterOrEqualTo": "at least {}",
    "mustBeLessThan": "less than {}",
    "mustBeLessOrEqualTo": "at most {}",
    "mustBeBetween": "between {} and {}",
    "mustNotBeBetween": "not between {} and {}",
}
"""A bound in words, by its operator."""

UNITS: Final = (
    ("year", 365 * 86_400), ("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1),
)  # fmt: skip
MOST_LISTED: Final = 8


def number_text(value: Number) -> str:
    """A number with no more figures than tell something: ``98.74``, ``485``."""
    if isinstance(value, int) or not math.isfinite(value) or abs(float(value)) >= 1e15:
        return str(value)
    return f"{value:.4f}".rstrip("0").rstrip(".")


def duration_text(seconds: Number) -> str:
    """A duration in its two largest units: ``3 hours 20 minutes``."""
    left = round(abs(float(seconds)), 3)
    parts: list[str] = []
    for unit, size in UNITS:
        amount = left if size == 1 else left // size
        if amount and len(parts) < 2:
            parts.append(f"{number_text(amount)} {unit}{'' if amount == 1 else 's'}")
            left -= amount * size
    return f"{'-' if seconds < 0 else ''}{' '.join(parts) or '0 seconds'}"


def bound_text(check: Check, unit: str = "") -> str:
    """The bound of a check: ``at least 99.5 percent``, ``between 1 and 5``."""
    words = WORDS.get(check.operator or "", "")
    numbers = [as_number(bound) for bound in check.bound]
    known = [number for number in numbers if number is not None]
    if not words or len(known) != words.count("{}"):
        return "no bound"
    if check.measure in measures.TIMES:
        return words.format(*map(duration_text, known))
    return f"{words.format(*map(number_text, known))}{unit}"


def rows_bound(check: Check) -> str:
    """How many rows may be so: ``no row``, ``at most 3 rows``, ``at most 5 percent``."""
    percent = check.unit == "percent" or check.measure in measures.SHARES
    fewest = as_number(check.bound[0]) if check.bound else None
    none = {"mustBe": 0, "mustBeLessOrEqualTo": 0, "mustBeLessThan": None if percent else 1}
    if fewest is not None and none.get(check.operator or "") == fewest:
        return "no row"
    return bound_text(check, " percent of the rows" if percent else " rows")


def promised_text(check: Check) -> str:
    """What a check promises, in a few words."""
    arguments = arguments_of(check)
    if check.measure not in measures.KNOWN:
        return _short(
            str(check.description or check.name or f"a check of the kind {check.measure}")
        )
    if check.measure in (measures.ROW_COUNT, measures.DISTINCT_VALUES):
        return bound_text(check, " rows" if check.measure == measures.ROW_COUNT else " values")
    if check.measure in measures.TIMES:
        of = {
            measures.FRESHNESS: "the newest row {} old",
            measures.LATENCY: "every row landed after {}",
            measures.RETENTION: "the oldest row {} old",
        }
        return of[check.measure].format(bound_text(check))
    where = f" where {_short(check.filter)}" if check.filter else ""
    if check.measure == measures.SQL:
        counted = arguments.get("counts") == "rows"
        of_what = check.query or arguments.get("expression") or "*"
        if function := arguments.get("function"):
            column = arguments.get("expression") or ", ".join(check.columns) or "*"
            of_what = f"{function}({column})"
        bound = rows_bound(check) if counted else bound_text(check)
        return f"{bound} from {_short(str(of_what))}{where}"
    return f"{rows_bound(check)} {_what(check, arguments)}{where}"


def _what(check: Check, arguments: Mapping[str, Any]) -> str:
    """What a row that counts is like."""
    together = ", ".join(check.columns)
    fixed = {
        measures.NULL_VALUES: "with a null",
        measures.MISSING_VALUES: f"with a missing value{_missing(arguments)}",
        measures.COMPLETENESS: f"with a value{_missing(arguments, 'other than ')}",
        measures.UNIQUENESS: "with a value of its own",
        measures.DUPLICATE_VALUES: f"that repeats the {together} of another",
        measures.UNEXPLAINED_NULLS: "with a null that nothing explains",
    }
    return fixed.get(check.measure) or f"with a value {' or '.join(_invalid(arguments))}"


def _missing(arguments: Mapping[str, Any], before: str = "") -> str:
    listed = arguments.get("missingValues")
    if not isinstance(listed, list):
        return ""
    values = ", ".join("null" if one is None else repr(one) for one in listed[:MOST_LISTED])
    return f" ({before}{values})"


def _invalid(arguments: Mapping[str, Any]) -> list[str]:
    """Each way in which a value is not valid."""
    ways = []
    if "validValues" in arguments:
        ways.append(f"other than {_listed(arguments['validValues'])}")
    if "invalidValues" in arguments:
        ways.append(f"such as {_listed(arguments['invalidValues'])}")
    for key, text in (
        ("pattern", "that does not match {}"),
        ("invalidPattern", "that matches {}"),
        ("format", "that is no {}"),
        ("minimum", "below {}"),
        ("exclusiveMinimum", "not above {}"),
        ("maximum", "above {}"),
        ("exclusiveMaximum", "not below {}"),
        ("minLength", "shorter than {} characters"),
        ("maxLength", "longer than {} characters"),
    ):
        if arguments.get(key) is not None and not isinstance(arguments[key], bool):
            ways.append(text.format(_short(as_text(arguments[key]))))
    if references := arguments.get("references"):
        columns = references.get("columns") or [references.get("column")]
        columns = ", ".join(str(column) for column in columns)
        ways.append(f"that does not occur in {references.get('table')}.{columns}")
    return ways or ["that is not valid"]


def _listed(values: object) -> str:
    listed = values if isinstance(values, list) else [values]
    more = f" and {len(listed) - MOST_LISTED} more" if len(listed) > MOST_LISTED else ""
    return ", ".join(as_text(one) for one in listed[:MOST_LISTED]) + more


def _short(text: str, most: int = 120) -> str:
    """A text on one line, cut where it is long."""
    line = " ".join(text.split())
    return line if len(line) <= most else f"{line[: most - 1]}…"


def found_text(measurement: Measurement) -> str:
    """What was measured, in a few words."""
    check, value = measurement.demand.check, measurement.value
    part = "" if measurement.sample is None else f", of a sample of {measurement.sample:g} percent"
    if check.measure in measures.TIMES:
        return _time_text(measurement) + part
    if value is None:
        return "no value"
    if check.measure == measures.ROW_COUNT:
        return f"{value} row{'' if value == 1 else 's'}"
    if check.measure == measures.DISTINCT_VALUES:
        return f"{value} value{'' if value == 1 else 's'} in {measurement.rows} rows"
    if measurement.failing is None or measurement.rows is None:
        return not_shown(measurement.withheld) or number_text(value)
    share = f"{measurement.failing} of {measurement.rows} rows"
    if check.measure in measures.SHARES:
        wanting = "without" if check.measure == measures.COMPLETENESS else "repeat another"
        some = len(check.columns) > 1 and check.measure == measures.COMPLETENESS
        lacking = "" if some else f"; {share} {wanting}"
        return f"{number_text(value)} percent{lacking}{part}"
    percent = 100 * measurement.failing / measurement.rows if measurement.rows else 0.0
    return f"{share} ({number_text(percent)} percent){part}"


def _time_text(measurement: Measurement) -> str:
    check, value = measurement.demand.check, measurement.value
    if value is None:
        return "no row has arrived" if check.measure == measures.FRESHNESS else "no row"
    hidden = not_shown(measurement.withheld)
    long = duration_text(value)
    rows = f"{measurement.failing} of {measurement.rows} rows"
    if check.measure == measures.FRESHNESS:
        if hidden:
            return hidden
        other = measurement.demand.found.qualified_name
        watermark = f" in {other}" if other != measurement.demand.table.qualified_name else ""
        return f"the newest{watermark} is {long} old"
    if check.measure == measures.LATENCY:
        return f"{hidden or f'the slowest took {long}'}; {rows} were late"
    return f"{hidden or f'the oldest is {long} old'}; {rows} are older than promised"


def not_shown(classified: Sequence[str]) -> str:
    """That something is kept back because of these columns; ``""`` for none."""
    return f"not shown: {', '.join(classified)} is classified" if classified else ""
