"""How long something takes or holds, as documents say it: ``4h``, ``5 minutes``, ``P30D``.

A duration is a number and a unit: the plural of an English word, as ``hours``.
"""

from __future__ import annotations

import re
from typing import Final

DAYS: Final = {
    "seconds": 1 / 86_400,
    "minutes": 1 / 1_440,
    "hours": 1 / 24,
    "days": 1,
    "weeks": 7,
    "months": 30,
    "years": 365,
}
"""Every unit in days; months and years as notices count them."""

_SHORT: Final = {
    "s": "seconds", "sec": "seconds", "min": "minutes", "m": "minutes", "h": "hours",
    "hr": "hours", "d": "days", "w": "weeks", "wk": "weeks", "mo": "months", "y": "years",
    "yr": "years",
}  # fmt: skip
_DURATION = re.compile(r"([0-9]+(?:\.[0-9]+)?)[\s-]*([a-z]+)", re.IGNORECASE)
_ISO = re.compile(r"P([0-9]+)([YMWD])|PT([0-9]+)([HMS])")
_ISO_UNITS: Final = {
    ("P", "Y"): "years", ("P", "M"): "months", ("P", "W"): "weeks", ("P", "D"): "days",
    ("PT", "H"): "hours", ("PT", "M"): "minutes", ("PT", "S"): "seconds",
}  # fmt: skip


def unit_word(text: str) -> str | None:
    """The unit that a word or its abbreviation means; ``None`` where it means none."""
    word = text.strip().lower()
    word = _SHORT.get(word) or _SHORT.get(word.removesuffix("s")) or word
    return word if word in DAYS else f"{word}s" if f"{word}s" in DAYS else None


def parse_duration(text: str) -> tuple[float, str] | None:
    """The number and the unit that a text states, and nothing besides; ``None`` for any other."""
    if match := _ISO.fullmatch(text.strip()):
        long, long_unit, short, short_unit = match.groups()
        unit = _ISO_UNITS["P", long_unit] if long else _ISO_UNITS["PT", short_unit]
        return int(long or short), unit
    match = _DURATION.fullmatch(text.strip())
    if match is None or (word := unit_word(match[2])) is None:
        return None
    return number(match[1]), word


def number(text: str) -> float:
    """A number as documents write it: whole where it has no point."""
    return float(text) if "." in text else int(text)


def in_days(value: float, unit: str) -> float:
    """A duration in days."""
    return value * DAYS[unit]
