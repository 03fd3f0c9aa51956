"""Service levels: which of two promises more, as far as that can be told."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final, Literal

from contracts.dialects.phrases import usual_operator
from contracts.durations import parse_duration, unit_word
from contracts.model import ServiceLevel
from detection.change import Change
from detection.diffing.documentation import documented
from detection.diffing.pairing import Pair

Direction = Literal["tightened", "loosened", "changed"]

LESS_IS_STRONGER: Final = frozenset(
    """
    freshness latency lag delay errorrate error-rate frequency timetodetect timetonotify
    timetorepair maximumlag maxstaleness incompleteness nulls
    """.split()  # noqa: SIM905
)
"""Service levels of which a smaller figure promises more, small letters and no spaces."""

MORE_IS_STRONGER: Final = frozenset(
    """
    availability uptime completeness retention throughput accuracy coverage validity uniqueness
    endofsupport endoflife support
    """.split()  # noqa: SIM905
)
"""Service levels of which a larger figure promises more."""

SECONDS: Final = {
    "s": 1, "sec": 1, "second": 1, "min": 60, "minute": 60, "h": 3600, "hr": 3600, "hour": 3600,
    "d": 86_400, "day": 86_400, "w": 604_800, "week": 604_800, "mo": 2_629_746, "month": 2_629_746,
    "y": 31_556_952, "yr": 31_556_952, "year": 31_556_952, "ms": 0.001, "millisecond": 0.001,
}  # fmt: skip
"""How many seconds a unit of time has; a month and a year are the mean ones."""

_AMOUNT: Final = re.compile(r"\s*([<>]=?|=)?\s*(-?\d+(?:\.\d+)?)\s*([a-zA-Z]+|%)?\s*")
_NAME: Final = re.compile(r"\w+")
_DATE: Final = re.compile(r"\s*(\d{4})-(\d\d)-(\d\d)")
_DAILY: Final = {"hourly": "1 hour", "daily": "1 day", "weekly": "1 week", "monthly": "1 month"}

SMALLER_IS_TIGHTER: Final = ("mustBeLessThan", "mustBeLessOrEqualTo")
LARGER_IS_TIGHTER: Final = ("mustBeGreaterThan", "mustBeGreaterOrEqualTo")
LEVELS: Final = ("note", "warning", "error")
"""How much it weighs that a promise is broken, from the lightest."""


def compare_service_levels(
    pair: Pair, old: Sequence[ServiceLevel], new: Sequence[ServiceLevel]
) -> Iterator[Change]:
    """Service levels by what they are about; their order does not matter.

    One about a column that is called otherwise now is compared with the one about its new name:
    that the column was renamed is told of the column.
    """
    before = {_about(_renamed(level, pair.renames)): level for level in old}
    after = {_about(level): level for level in new}
    for at in sorted(before.keys() | after.keys(), key=str):
        one, other = before.get(at), after.get(at)
        if one == other:
            continue
        there = pair.parts(one, other)
        if one and other and _promise(one) == _promise(other):
            yield from documented(there, "service levels", one.description, other.description)
            yield from documented(there, "service levels", one.custom, other.custom)
            continue
        kind = {"tightened": "strengthened", "loosened": "weakened", "changed": "changed"}
        direction = kind[direction_of_levels(one, other)]
        yield there.change(f"service-level-{direction}", _level(one), _level(other), aspect=at[0])


def direction_of_levels(old: ServiceLevel | None, new: ServiceLevel | None) -> Direction:
    """Whether the second promises more than the first; nothing is the least of all."""
    if old is None or new is None:
        return "tightened" if old is None else "loosened"
    name = re.sub(r"[^a-z]", "", old.property.lower())
    before, after = amount(old.value, old.unit), amount(new.value, new.unit)
    weight: Direction | None = None
    if old.level != new.level:
        graver = LEVELS.index(new.level) > LEVELS.index(old.level)
        weight = "tightened" if graver else "loosened"
    if _promise(old)[:-1] == _promise(new)[:-1]:
        return weight or "changed"
    less = _less_is_stronger(old, name)
    if less is None or _operator(old) != _operator(new):
        return "changed"
    if before is None or after is None or before == after:
        return "changed"
    direction: Direction = "tightened" if (after < before) is less else "loosened"
    return direction if weight in (None, direction) else "changed"


def _less_is_stronger(level: ServiceLevel, name: str) -> bool | None:
    """Whether a smaller figure promises more; ``None`` where nobody can tell."""
    if level.operator in SMALLER_IS_TIGHTER:
        return True
    if level.operator in LARGER_IS_TIGHTER:
        return False
    known = name in LESS_IS_STRONGER | MORE_IS_STRONGER and level.operator is None
    return name in LESS_IS_STRONGER if known else None


def _operator(level: ServiceLevel) -> str | None:
    """The operator that is stated, unless it is the usual one anyway."""
    unit = "percent" if level.unit == "%" else unit_word(level.unit or "") or level.unit
    usual = usual_operator(unit)
    return None if level.operator == usual else level.operator


def amount(value: float | str | None, unit: str | None = None) -> float | None:
    """A figure with its unit as a number: seconds for a time, days for a date, else as it is.

    ``None`` for words, which nobody can compare.
    """
    text = _DAILY.get(str(value).strip().lower(), str(value))
    if text.startswith("P") and (lasting := parse_duration(text)):
        text = f"{lasting[0]} {lasting[1]}"
    if isinstance(value, str) and (found := _DATE.match(text)):
        year, month, day = (int(part) for part in found.groups())
        return float(year * 372 + month * 31 + day)
    amounts = _AMOUNT.fullmatch(text)
    if value is None or amounts is None:
        return None
    word = (amounts[3] or unit or "").strip().lower()
    scale = SECONDS.get(word, SECONDS.get(word.removesuffix("s"), 1))
    return float(amounts[2]) * scale


def _about(level: ServiceLevel) -> tuple[str, str | None, str | None]:
    return level.property, level.element, level.driver


def _renamed(level: ServiceLevel, renames: Mapping[str, str]) -> ServiceLevel:
    """The level, about the same columns by the names that they have now."""
    if not renames:
        return level
    return replace(
        level,
        element=_named_now(level.element, renames),
        driver=_named_now(level.driver, renames),
    )


def _named_now(columns: str | None, renames: Mapping[str, str]) -> str | None:
    """Columns as a level names them, ``a,b`` or ``table.a``, each by its name of now."""
    return columns and _NAME.sub(lambda found: renames.get(found[0], found[0]), columns)


def _promise(level: ServiceLevel) -> tuple[object, ...]:
    """What a service level comes to: ``4 hours`` and ``240 minutes`` are one."""
    value = amount(level.value, level.unit)
    figure = value if value is not None else (level.value, level.unit)
    return (figure, level.value_end, _operator(level), level.level)


def _level(level: ServiceLevel | None) -> str | None:
    if level is None:
        return None
    until = f" to {level.value_end}" if level.value_end is not None else ""
    on = f" on {level.element}" if level.element else ""
    operator = f"{level.operator} " if level.operator else ""
    weight = "" if level.level == "error" else f" ({level.level})"
    return f"{operator}{level.value}{until} {level.unit or ''}".rstrip() + on + weight
