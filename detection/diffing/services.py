"""Service levels and checks of quality: which of two says more, as far as that can be told."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final, Literal

from contracts.dialects.phrases import usual_operator
from contracts.durations import unit_word
from contracts.model import Check, ServiceLevel
from detection.change import Change
from detection.diffing.documentation import documented, words
from detection.diffing.pairing import Pair

Direction = Literal["tightened", "loosened", "changed"]

LESS_IS_STRONGER: Final = frozenset(
    """
    freshness latency lag delay errorrate error-rate frequency timetodetect timetonotify
    timetorepair maximumlag incompleteness nulls
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
_DATE: Final = re.compile(r"\s*(\d{4})-(\d\d)-(\d\d)")
_DAILY: Final = {"hourly": "1 hour", "daily": "1 day", "weekly": "1 week", "monthly": "1 month"}

SMALLER_IS_TIGHTER: Final = ("mustBeLessThan", "mustBeLessOrEqualTo")
LARGER_IS_TIGHTER: Final = ("mustBeGreaterThan", "mustBeGreaterOrEqualTo")
_LEVELS: Final = ("note", "warning", "error")


def compare_service_levels(
    pair: Pair, old: Sequence[ServiceLevel], new: Sequence[ServiceLevel]
) -> Iterator[Change]:
    """Service levels by what they are about; their order does not matter."""
    before = {_about(level): level for level in old}
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
        graver = _LEVELS.index(new.level) > _LEVELS.index(old.level)
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


def compare_checks(pair: Pair, old: Sequence[Check], new: Sequence[Check]) -> Iterator[Change]:
    """Checks of quality by their names, else by what they measure; their order does not matter."""
    before, after = _by_name(old), _by_name(new)
    for at in sorted(before.keys() | after.keys(), key=str):
        one, other = before.get(at), after.get(at)
        if one == other:
            continue
        there = _at_its_column(pair.parts(one, other), one or other)
        if one is None or other is None:
            kind = "quality-check-added" if one is None else "quality-check-removed"
            yield there.change(kind, described(one), described(other), aspect="quality")
        elif _demand(one) == _demand(other):
            yield from documented(there, "quality", _rest(one), _rest(other))
        else:
            direction = direction_of_checks(one, other)
            yield there.change(
                f"quality-check-{direction}", described(one), described(other), aspect="quality"
            )


def direction_of_checks(old: Check, new: Check) -> Direction:
    """Whether the second demands more of the rows than the first, as far as that can be told."""
    bounds = _direction_of_bounds(old, new)
    levels = _LEVELS.index(new.level) - _LEVELS.index(old.level)
    severity: Direction | None = None
    if levels:
        severity = "tightened" if levels > 0 else "loosened"
    found = {each for each in (bounds, severity) if each}
    return found.pop() if len(found) == 1 else "changed"


def _direction_of_bounds(old: Check, new: Check) -> Direction | None:
    """As :func:`direction_of_checks`, for what is measured; ``None`` where that is the same."""
    if _measured(old) != _measured(new):
        return "changed"
    if (old.operator, old.bound) == (new.operator, new.bound):
        return None
    if old.operator == "mustBeBetween" == new.operator and len(old.bound) == len(new.bound) == 2:
        return _direction_of_ranges(old, new)
    before, after = (amount(str(each.bound[0])) if len(each.bound) == 1 else None
                     for each in (old, new))  # fmt: skip
    if old.operator != new.operator or before is None or after is None:
        return "changed"
    if old.operator in SMALLER_IS_TIGHTER:
        return "tightened" if after < before else "loosened"
    if old.operator in LARGER_IS_TIGHTER:
        return "tightened" if after > before else "loosened"
    return "changed"


def _direction_of_ranges(old: Check, new: Check) -> Direction:
    low, high = (amount(str(bound)) for bound in old.bound)
    lower, higher = (amount(str(bound)) for bound in new.bound)
    if low is None or high is None or lower is None or higher is None:
        return "changed"
    if low <= lower and higher <= high:
        return "tightened"
    return "loosened" if lower <= low and high <= higher else "changed"


def _by_name(checks: Sequence[Check]) -> dict[tuple[object, ...], Check]:
    return {(check.table, check.name or _measured(check)): check for check in checks}


def _measured(check: Check) -> tuple[object, ...]:
    return (
        check.measure, check.columns, check.table, check.unit, check.query, check.filter,
        check.arguments,
    )  # fmt: skip


def _demand(check: Check) -> tuple[object, ...]:
    return (*_measured(check), check.operator, check.bound, check.level)


def _rest(check: Check) -> str | None:
    facts = (check.name, check.description, check.dimension, check.severity, check.custom)
    return "; ".join(said for fact in facts if (said := words(fact))) or None


def described(check: Check | None) -> str | None:
    """A check in one line: ``nullValues of title mustBeLessThan 5 percent``."""
    if check is None:
        return None
    of = f"of {', '.join(check.columns)}" if check.columns else None
    bound = " and ".join(map(str, check.bound)) or None
    level = None if check.level == "error" else f"({check.level})"
    query = check.query if check.measure in ("sql", "custom") else check.arguments
    facts = (check.measure, of, query, check.operator, bound, check.unit, level)
    return " ".join(fact for fact in facts if fact)


def _at_its_column(pair: Pair, check: Check | None) -> Pair:
    """The pair of the table, and of the column, that a check is about, as far as it names one."""
    contracts = pair.before.contract, pair.after.contract
    if check is None or contracts[0] is None or contracts[1] is None:
        return pair
    tables = [
        next(
            (
                table
                for table in contract.tables
                if check.table in (None, table.qualified_name)
                and (check.table or len(contract.tables) == 1)
            ),
            None,
        )
        for contract in (contracts[0], contracts[1])
    ]
    pair = pair.tables(tables[0], tables[1])
    if len(check.columns) == 1 and all(tables):
        (name,) = check.columns
        columns = [table.column(name) for table in tables if table]
        return pair.columns(columns[0], columns[1])
    return pair
