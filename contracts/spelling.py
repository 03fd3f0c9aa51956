"""One spelling of a type, as SQL has it, resolved: ``varchar(20)``, ``timestamptz``, ``text[]``."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from contracts.builtin_types import (
    ALIASES,
    BITS,
    BUILT_IN,
    CHARACTERS,
    MEANT,
    PSEUDO_TYPES,
    RANGES,
    TIMES,
)
from contracts.model import UNLIMITED, DataType
from contracts.reading import shown

MOST_DIGITS: Final = 1000
"""The largest precision of a numeric, and the largest scale, either way."""
MOST_SECOND_DIGITS: Final = 6
LONGEST: Final = 10_485_760
"""The largest length of a varchar or char; a bit string may be eight times as long."""

_ARRAY = re.compile(r"(?:\s*\[\s*\d*\s*\]|\s+array(?:\s*\[\s*\d*\s*\])?)+$", re.IGNORECASE)
_IDENTIFIER = r'(?:"(?:[^"]|"")+"|[^\W\d][\w$]*)'
_QUALIFIED = re.compile(rf"({_IDENTIFIER})\s*\.\s*({_IDENTIFIER})(\s*\([^()]*\))?")
_SPELLING = re.compile(r"([^()]*)(?:\(([^()]*)\)([^()]*))?")
_NUMBER = re.compile(r"-?[0-9]{1,9}")
_FIELDS = re.compile(
    r"year|month|day|hour|minute|second|year to month"
    r"|day to (?:hour|minute|second)|hour to (?:minute|second)|minute to second"
)


class UnknownTypeError(ValueError):
    """A spelling that names no type; ``next_step`` names the nearest one that does."""

    def __init__(self, what: str, next_step: str) -> None:
        super().__init__(what)
        self.what = what
        self.next_step = next_step


@lru_cache(maxsize=4096)
def resolve(text: str) -> DataType:
    """The type that a spelling means; what it does not state stays ``None``."""
    spelling = " ".join(text.split())
    if array := _ARRAY.search(spelling):
        return DataType("ARRAY", "array", element=resolve(spelling[: array.start()]))
    if qualified := _QUALIFIED.fullmatch(spelling):
        schema, name = unquoted(qualified[1]), unquoted(qualified[2])
        if schema != "pg_catalog":
            return DataType(name, "unknown", schema=schema)
        spelling = spelling[qualified.start(2) :]
    if spelling.startswith("_") and _is_known(spelling[1:]):
        return DataType("ARRAY", "array", element=resolve(spelling[1:]))
    if spelling == '"bit"':  # as Postgres prints bit without a length, since bit alone is bit(1)
        return DataType("bit", length=UNLIMITED)
    return _resolve_word(text, spelling)


def unquoted(identifier: str) -> str:
    """The name that an identifier means: folded to lower case unless it is in quotes."""
    if identifier.startswith('"'):
        return identifier[1:-1].replace('""', '"')
    return identifier.lower()


def _is_known(name: str) -> bool:
    return name in ALIASES or name in BUILT_IN or name == "bpchar"


def _resolve_word(text: str, spelling: str) -> DataType:
    match = _SPELLING.fullmatch(spelling)
    if match is None:
        raise _unknown(text)
    before, modifiers, after = match.groups()
    words = " ".join(f"{before} {after or ''}".split())
    words = words if '"' in words else words.lower()
    numbers = _numbers(text, modifiers)
    if words == "interval" or words.startswith("interval "):
        return _interval(text, words.removeprefix("interval").strip(), numbers)
    if words == "float" and numbers:
        return _float(text, numbers)
    if words == "bpchar" and not numbers:
        return DataType("character", length=UNLIMITED)
    name = "character" if words == "bpchar" else ALIASES.get(words, words)
    if name not in BUILT_IN:
        raise _unknown(text)
    return _built_in(text, name, numbers)


def _numbers(text: str, modifiers: str | None) -> tuple[int, ...]:
    if modifiers is None:
        return ()
    parts = [part.strip() for part in modifiers.split(",")]
    if not all(_NUMBER.fullmatch(part) for part in parts):
        what = f"{shown(text)} has something other than numbers in its parentheses."
        raise UnknownTypeError(what, "Write it like numeric(6,2) or varchar(20).")
    return tuple(int(part) for part in parts)


def _built_in(text: str, name: str, numbers: tuple[int, ...]) -> DataType:
    """A built-in type with the numbers in its parentheses, if it can have them."""
    if not numbers:
        return DataType(name, "range" if name in RANGES else "base")
    first, *rest = numbers
    if name == "numeric" and len(rest) <= 1:
        scale = rest[0] if rest else 0
        if 1 <= first <= MOST_DIGITS and -MOST_DIGITS <= scale <= MOST_DIGITS:
            return DataType(name, precision=first, scale=scale)
        next_step = f"Write 1 to {MOST_DIGITS} digits, and a scale of at most as many."
    elif name in CHARACTERS + BITS:
        longest = LONGEST * (8 if name in BITS else 1)
        if not rest and 1 <= first <= longest:
            return DataType(name, length=first)
        next_step = f"Write one length from 1 to {longest}."
    elif name in TIMES:
        if not rest and 0 <= first <= MOST_SECOND_DIGITS:
            return DataType(name, precision=first)
        next_step = f"Write one number of digits from 0 to {MOST_SECOND_DIGITS}."
    else:
        next_step = f'Write "{name}".'
    raise UnknownTypeError(f"{shown(text)} has numbers that {name} cannot take.", next_step)


def _interval(text: str, fields: str, numbers: tuple[int, ...]) -> DataType:
    precision = numbers[0] if numbers else None
    known = not fields or _FIELDS.fullmatch(fields)
    seconds = precision is None or not fields or fields.endswith("second")
    within = len(numbers) <= 1 and 0 <= (precision or 0) <= MOST_SECOND_DIGITS
    if not known or not seconds or not within:
        what = f"{shown(text)} is no interval that Postgres has."
        next_step = "Write interval, interval(3), interval year to month or the like."
        raise UnknownTypeError(what, next_step)
    return DataType("interval", precision=precision, fields=fields or None)


def _float(text: str, numbers: tuple[int, ...]) -> DataType:
    if len(numbers) == 1 and 1 <= numbers[0] <= 53:
        return DataType("real" if numbers[0] <= 24 else "double precision")
    raise UnknownTypeError(
        f"{shown(text)} is no float.", "Write 1 to 53 bits, or double precision."
    )


def _unknown(text: str) -> UnknownTypeError:
    """The error for a spelling that names no type, with the nearest one that does."""
    from difflib import get_close_matches

    word = " ".join(re.sub(r"\(.*", "", text).lower().split())
    what = f"{shown(text)} is no type that Postgres has."
    if word in PSEUDO_TYPES:
        what = f"{shown(text)} is a pseudo-type: no column can have it."
        return UnknownTypeError(what, "Write the type that the column really has.")
    proper = {name: name for name in BUILT_IN} | ALIASES | MEANT | {"bpchar": "bpchar"}
    proper |= {"array": "ARRAY", "user-defined": "USER-DEFINED"}
    near = [word] if word in proper else get_close_matches(word, sorted(proper), n=1)
    if near:
        return UnknownTypeError(what, f'Did you mean "{proper[near[0]]}"?')
    next_step = "Write a type of Postgres; one that you made needs its schema, as in public.mood."
    return UnknownTypeError(what, next_step)
