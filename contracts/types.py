"""Types by their spelling: SQL's, Postgres's own, and information_schema's words.

:func:`parse_type` resolves a spelling, so that ``int4`` and ``integer`` are one type;
:func:`type_name` prints a type as ``format_type`` does. What a spelling does not state stays
``None``; what Postgres then takes for granted is filled in by :func:`completed`.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache
from typing import Final

from contracts.builtin_types import (
    ALIASES,
    BITS,
    BUILT_IN,
    CHARACTERS,
    INTEGERS,
    MEANT,
    PSEUDO_TYPES,
    RANGES,
    TIMES,
)
from contracts.model import UNLIMITED, DataType
from contracts.reading import shown

USUAL_TIME_PRECISION: Final = 6
"""The digits of a second that a time has where nothing is said."""

_ARRAY = re.compile(r"(?:\s*\[\s*\d*\s*\]|\s+array(?:\s*\[\s*\d*\s*\])?)+$", re.IGNORECASE)
_IDENTIFIER = r'(?:"(?:[^"]|"")+"|[^\W\d][\w$]*)'
_QUALIFIED = re.compile(rf"({_IDENTIFIER})\s*\.\s*({_IDENTIFIER})(?:\s*\([^()]*\))?")
_SPELLING = re.compile(r"([^()]*?)\s*(?:\(\s*([^()]*?)\s*\)\s*([^()]*))?")
_FIELDS = re.compile(
    r"year|month|day|hour|minute|second|year to month"
    r"|day to (?:hour|minute|second)|hour to (?:minute|second)|minute to second"
)
_BITS_OF: Final = {
    "smallint": 16, "integer": 32, "bigint": 64, "real": 24, "double precision": 53,
}  # fmt: skip


class UnknownTypeError(ValueError):
    """A spelling that names no type; ``next_step`` names the nearest one."""

    def __init__(self, what: str, next_step: str) -> None:
        super().__init__(what)
        self.what = what
        self.next_step = next_step


@lru_cache(maxsize=4096)
def parse_type(
    text: str,
    *,
    numeric_precision: int | None = None,
    numeric_scale: int | None = None,
    character_maximum_length: int | None = None,
    datetime_precision: int | None = None,
    interval_type: str | None = None,
    udt_schema: str | None = None,
    udt_name: str | None = None,
    domain_schema: str | None = None,
    domain_name: str | None = None,
    enum_labels: tuple[str, ...] | None = None,
    array_element: DataType | None = None,
) -> DataType:
    """The type that a spelling means, together with whatever information_schema says of it.

    ``text`` is any SQL spelling (``varchar(20)``, ``timestamptz``, ``text[]``), a qualified
    name of a type that somebody made (``public.mood``), or a word of information_schema: then
    ``ARRAY`` goes with ``array_element`` and ``USER-DEFINED`` with ``udt_schema`` and
    ``udt_name``. A domain is its base type with ``domain_schema`` and ``domain_name``.
    A spelling that names no type raises :class:`UnknownTypeError`.
    """
    word = text.strip().upper()
    if word == "ARRAY":
        found = DataType("ARRAY", "array", element=array_element or _element_of(udt_name))
    elif word == "USER-DEFINED":
        found = _user_defined(udt_schema, udt_name)
    else:
        found = _spelled(text)
    if enum_labels is not None:
        found = replace(found, kind="enum", labels=enum_labels)
    if interval_type is not None:
        found = replace(found, fields=_spelled(f"interval {interval_type}").fields)
    if array_element is not None and found.kind == "array":
        found = replace(found, element=array_element)
    found = _with_numbers(
        found,
        length=character_maximum_length,
        precision=datetime_precision if numeric_precision is None else numeric_precision,
        scale=numeric_scale,
    )
    if domain_name is not None:
        return DataType(domain_name, "domain", schema=domain_schema, base=found)
    return found


def type_name(data_type: DataType) -> str:
    """A type as ``format_type`` prints it: ``numeric(6,2)``, ``text[]``, ``public.mood``.

    A type that somebody made is always written with its schema. Six digits of a second are
    not printed, since they are what a time has when nothing is said.
    """
    if data_type.kind == "array":
        return f"{type_name(data_type.element)}[]" if data_type.element else "ARRAY"
    if data_type.schema is not None or data_type.kind in ("domain", "enum", "composite"):
        names = filter(None, (data_type.schema, data_type.name))
        return ".".join(quoted(name) for name in names)
    if data_type.name == "interval":
        return _interval_name(data_type)
    if data_type.length == UNLIMITED and data_type.name in ("character", "bit"):
        return {"character": "bpchar", "bit": '"bit"'}[data_type.name]
    first, space, rest = data_type.name.partition(" ")
    if data_type.name in TIMES:
        return f"{first}{_modifier(_unusual(data_type.precision))}{space}{rest}"
    if data_type.name == "numeric":
        return f"numeric{_modifier(data_type.precision, data_type.scale)}"
    return f"{data_type.name}{_modifier(data_type.length)}"


def completed(data_type: DataType) -> DataType:
    """A type with everything that Postgres takes for granted where nothing is stated.

    ``integer`` has 32 bits and scale 0, ``timestamp`` six digits of a second, ``char`` one
    character, ``varchar`` and ``numeric`` no limit: the figures that information_schema gives.
    """
    name = data_type.name
    if data_type.element is not None:
        return replace(data_type, element=completed(data_type.element))
    if data_type.base is not None:
        return replace(data_type, base=completed(data_type.base))
    if data_type.schema is not None:
        return data_type
    if name in _BITS_OF:
        scale = 0 if name in INTEGERS else None
        return _stated(data_type, precision=_BITS_OF[name], scale=scale)
    if name == "numeric":
        scale = UNLIMITED if data_type.precision in (None, UNLIMITED) else 0
        return _stated(data_type, precision=UNLIMITED, scale=scale)
    if name in TIMES or name == "interval":
        return _stated(data_type, precision=USUAL_TIME_PRECISION)
    if name in CHARACTERS + BITS:
        return _stated(data_type, length=UNLIMITED if name.endswith("varying") else 1)
    return data_type


def quoted(name: str) -> str:
    """An identifier as SQL writes it, in quotes where it needs them."""
    if re.fullmatch(r"[a-z_][a-z0-9_$]*", name):
        return name
    return '"' + name.replace('"', '""') + '"'


@lru_cache(maxsize=4096)
def _spelled(text: str) -> DataType:
    """The type that an SQL spelling means."""
    spelling = text.strip()
    if array := _ARRAY.search(spelling):
        return DataType("ARRAY", "array", element=_spelled(spelling[: array.start()]))
    if qualified := _QUALIFIED.fullmatch(spelling):
        schema, name = (_unquoted(part) for part in qualified.groups())
        if schema != "pg_catalog":
            return DataType(name, "unknown", schema=schema)
        spelling = re.sub(r"^\S*?\.\s*", "", spelling)
    if spelling == '"bit"':
        return DataType("bit", length=UNLIMITED)
    if spelling.startswith("_") and spelling[1:] in ALIASES.keys() | BUILT_IN | {"bpchar"}:
        return DataType("ARRAY", "array", element=_spelled(spelling[1:]))
    return _unqualified(text, spelling)


def _unqualified(text: str, spelling: str) -> DataType:
    match = _SPELLING.fullmatch(spelling)
    if match is None:
        raise _unknown(text)
    before, modifiers, after = match.groups()
    words = " ".join(f"{before} {after or ''}".split())
    if '"' not in words:
        words = words.lower()
    numbers = _numbers(text, modifiers)
    if words == "interval" or words.startswith("interval "):
        return _interval(text, words.removeprefix("interval").strip(), numbers)
    if words == "float" and numbers:
        return _float(text, numbers)
    if words == "bpchar":
        return DataType("character", length=numbers[0] if numbers else UNLIMITED)
    name = ALIASES.get(words, words)
    if name not in BUILT_IN:
        raise _unknown(text)
    return _modified(text, name, numbers)


def _modified(text: str, name: str, numbers: tuple[int, ...]) -> DataType:
    """A built-in type with the numbers in its parentheses."""
    kind = "range" if name in RANGES else "base"
    if not numbers:
        return DataType(name, kind)  # type: ignore[arg-type]
    if name == "numeric" and len(numbers) <= 2:
        precision, scale = (*numbers, 0)[:2]
        if 1 <= precision <= 1000 and -1000 <= scale <= 1000:
            return DataType(name, precision=precision, scale=scale)
    elif name in CHARACTERS + BITS and len(numbers) == 1 and numbers[0] > 0:
        return DataType(name, length=numbers[0])
    elif name in TIMES and len(numbers) == 1 and 0 <= numbers[0] <= USUAL_TIME_PRECISION:
        return DataType(name, precision=numbers[0])
    raise UnknownTypeError(
        f"{shown(text)} has numbers that {name} cannot take.", f"Write {name} with its limits."
    )


def _interval(text: str, fields: str, numbers: tuple[int, ...]) -> DataType:
    precision = numbers[0] if numbers else None
    whole = not fields or _FIELDS.fullmatch(fields)
    seconds = precision is None or not fields or fields.endswith("second")
    if not whole or not seconds or len(numbers) > 1 or not 0 <= (precision or 0) <= 6:
        raise UnknownTypeError(
            f"{shown(text)} is no interval that Postgres has.",
            'Write it like "interval", "interval(3)" or "interval day to second(3)".',
        )
    return DataType("interval", precision=precision, fields=fields or None)


def _float(text: str, numbers: tuple[int, ...]) -> DataType:
    if len(numbers) == 1 and 1 <= numbers[0] <= 53:
        return DataType("real" if numbers[0] <= 24 else "double precision")
    raise UnknownTypeError(f"{shown(text)} has more bits than a float.", "Write double precision.")


def _numbers(text: str, modifiers: str | None) -> tuple[int, ...]:
    if modifiers is None:
        return ()
    parts = [part.strip() for part in modifiers.split(",")]
    if not all(re.fullmatch(r"-?[0-9]{1,9}", part) for part in parts):
        raise UnknownTypeError(
            f"{shown(text)} has something other than numbers in parentheses.",
            "Write it like numeric(6,2) or varchar(20).",
        )
    return tuple(int(part) for part in parts)


def _element_of(udt_name: str | None) -> DataType | None:
    """The element of an array by the name that ``pg_type`` has for the array (``_text``)."""
    if udt_name is None or not udt_name.startswith("_"):
        return None
    try:
        return _spelled(udt_name[1:])
    except UnknownTypeError:
        return None


def _user_defined(udt_schema: str | None, udt_name: str | None) -> DataType:
    if udt_name is None:
        raise UnknownTypeError(
            "USER-DEFINED does not say which type.", "Add udt_name, and udt_schema beside it."
        )
    return DataType(udt_name, "unknown", schema=udt_schema or "public")


def _with_numbers(
    data_type: DataType, length: int | None, precision: int | None, scale: int | None
) -> DataType:
    """A type with these figures, where they are stated."""
    stated = {"length": length, "precision": precision, "scale": scale}
    figures = {name: value for name, value in stated.items() if value is not None}
    return replace(data_type, **figures) if figures else data_type  # type: ignore[arg-type]


def _stated(data_type: DataType, **figures: int | None) -> DataType:
    """A type with these figures, where it states none of its own."""
    missing = {name: value for name, value in figures.items() if getattr(data_type, name) is None}
    return replace(data_type, **missing) if missing else data_type  # type: ignore[arg-type]


def _interval_name(data_type: DataType) -> str:
    fields = f" {data_type.fields}" if data_type.fields else ""
    return f"interval{fields}{_modifier(_unusual(data_type.precision))}"


def _unusual(precision: int | None) -> int | None:
    return None if precision == USUAL_TIME_PRECISION else precision


def _modifier(*numbers: int | None) -> str:
    if numbers[0] is None or numbers[0] == UNLIMITED:
        return ""
    return f"({','.join(str(number) for number in numbers if number is not None)})"


def _unquoted(identifier: str) -> str:
    """The name that an identifier means: folded to lower case unless it is in quotes."""
    if identifier.startswith('"'):
        return identifier[1:-1].replace('""', '"')
    return identifier.lower()


def _unknown(text: str) -> UnknownTypeError:
    """The error for a spelling that names no type, with the nearest one that does."""
    from difflib import get_close_matches

    word = " ".join(re.sub(r"\(.*", "", text).lower().split())
    what = f"{shown(text)} is no type that Postgres has."
    if word in PSEUDO_TYPES:
        return UnknownTypeError(f"{shown(text)} is a pseudo-type: no column can have it.",
                                "Name the type that the column really has.")  # fmt: skip
    if word in MEANT:
        return UnknownTypeError(what, f'Did you mean "{MEANT[word]}"?')
    names = [*BUILT_IN, *ALIASES, "bpchar", "ARRAY"]
    if near := get_close_matches(word, sorted(names), n=1, cutoff=0.6):
        return UnknownTypeError(what, f'Did you mean "{ALIASES.get(near[0], near[0])}"?')
    return UnknownTypeError(
        what,
        "Write a type of Postgres, such as text, integer or timestamp without time zone; one "
        "that you made needs its schema (public.mood), or USER-DEFINED with udt_name.",
    )
