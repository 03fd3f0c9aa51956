"""Promises as people put them in a few words: ``< 5 minutes``, ``>= 99.5% on email``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from contracts.dialects.form import as_json
from contracts.durations import DAYS, in_days, number, parse_duration, unit_word
from contracts.model import Classification, Custom, Notice, Operator, Owner, ServiceLevel

OPERATORS: Final[Mapping[str, Operator]] = {
    "<=": "mustBeLessOrEqualTo",
    "<": "mustBeLessThan",
    ">=": "mustBeGreaterOrEqualTo",
    ">": "mustBeGreaterThan",
    "=": "mustBe",
    "at most": "mustBeLessOrEqualTo",
    "up to": "mustBeLessOrEqualTo",
    "within": "mustBeLessOrEqualTo",
    "under": "mustBeLessThan",
    "below": "mustBeLessThan",
    "less than": "mustBeLessThan",
    "at least": "mustBeGreaterOrEqualTo",
    "over": "mustBeGreaterThan",
    "above": "mustBeGreaterThan",
    "more than": "mustBeGreaterThan",
}
"""How a bound is put, and the operator of ODCS that it means."""

CLASSIFICATIONS: Final[Mapping[str, Classification]] = {
    "public": "public",
    "public operational": "public",
    "internal": "internal",
    "internal restricted": "internal",
    "sensitive": "sensitive",
    "highly sensitive": "highly sensitive",
    "derived sensitive": "derived sensitive",
}
"""Labels in use, and the classes that the model has."""

_LEVEL = re.compile(
    rf"(?P<operator>{'|'.join(OPERATORS)})?\s*(?P<number>-?[0-9]+(?:\.[0-9]+)?)\s*"
    r"(?P<unit>%|[a-z]+)?(?:\s+on\s+(?P<element>\S+))?",
    re.IGNORECASE,
)
_NOTICE = re.compile(r"([0-9]+)[\s-]*(day|week|month|year)s?\b", re.IGNORECASE)
_ADDRESS = re.compile(r"[^@\s<>]+@[^@\s<>]+")
_NAMED = re.compile(rf"(.+?)\s*<({_ADDRESS.pattern})>")


class Phrase(NamedTuple):
    """A bound as a phrase states it; a phrase that is none is its own value."""

    value: float | str
    unit: str | None = None
    operator: Operator | None = None
    element: str | None = None


def read_phrase(text: str) -> Phrase:
    """The bound that a phrase states: a number of a unit or per cent, on an element."""
    if duration := parse_duration(text):
        return Phrase(*duration)
    match = _LEVEL.fullmatch(" ".join(text.split()))
    unit = match["unit"] if match else None
    word = {"%": "percent", "percent": "percent"}.get(unit or "") or unit_word(unit or "")
    if match is None or (unit is not None and word is None):
        return Phrase(text)
    operator = OPERATORS.get((match["operator"] or "").lower())
    return Phrase(number(match["number"]), word, operator, match["element"])


def service_level(name: str, stated: object, custom: Custom = ()) -> ServiceLevel:
    """A service level by its name and what is said of it; a usual operator is left unsaid."""
    phrase = Phrase(stated) if isinstance(stated, int | float) else read_phrase(str(stated))
    usual = phrase.operator == usual_operator(phrase.unit)
    return ServiceLevel(
        name, phrase.value, phrase.unit, phrase.element,
        operator=None if usual else phrase.operator, custom=custom,
    )  # fmt: skip


def usual_operator(unit: str | None) -> Operator | None:
    """How a service level is bound where nobody says it."""
    if unit in DAYS:
        return "mustBeLessThan"
    return "mustBeGreaterOrEqualTo" if unit == "percent" else None


def read_owner(stated: object) -> Owner | None:
    """An owner: a name, an address, ``Name <address>``, or an object with both."""
    if isinstance(stated, Mapping):
        name, email = stated.get("name"), stated.get("email")
        return Owner(str(name or email), email) if name or email else None
    if not isinstance(stated, str) or not stated.strip():
        return None
    text = stated.strip()
    if match := _NAMED.fullmatch(text):
        return Owner(match[1], match[2])
    return Owner(text, text if _ADDRESS.fullmatch(text) else None)


def lead_days(text: str) -> int | None:
    """The days of notice that a text states first; ``None`` where it states none."""
    if duration := parse_duration(text):
        return round(in_days(*duration))
    match = _NOTICE.search(text)
    return round(in_days(int(match[1]), f"{match[2].lower()}s")) if match else None


def read_notice(stated: object) -> Notice | None:
    """How and when a breaking change is announced: a text, or an object with both."""
    if isinstance(stated, Mapping):
        days = stated.get("lead_days")
        if days is None and stated.get("lead_time") is not None:
            days = lead_days(str(stated["lead_time"]))
        return Notice(stated.get("channel"), days)
    if isinstance(stated, int):
        return Notice(lead_days=stated)
    days = lead_days(stated) if isinstance(stated, str) else None
    return None if days is None else Notice(lead_days=days)


def read_version(stated: object) -> str | None:
    """A version; a bare integer N is N.0.0."""
    text = None if stated is None else str(stated).strip()
    return f"{text}.0.0" if text and text.isdecimal() else text


def in_words(stated: Any) -> str | None:
    """Whatever is said freely, as one text: an object as lines of ``key: value``."""
    if stated is None:
        return None
    if isinstance(stated, Mapping):
        return "\n".join(_line(key, value) for key, value in stated.items())
    if isinstance(stated, list):
        return "\n".join(f"- {in_words(item)}" for item in stated)
    return stated.strip() if isinstance(stated, str) else as_json(stated)


def _line(key: str, value: object) -> str:
    text = in_words(value) or ""
    if "\n" not in text and not isinstance(value, list | Mapping):
        return f"{key}: {text}"
    return f"{key}:\n" + "\n".join(f"  {line}" for line in text.splitlines())
