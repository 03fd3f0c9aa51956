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

from contracts.builtin_types import BITS, CHARACTERS, INTEGERS, TIMES
from contracts.model import UNLIMITED, DataType
from contracts.spelling import MOST_SECOND_DIGITS, UnknownTypeError, resolve

__all__ = ["UnknownTypeError", "completed", "parse_type", "quoted", "type_name"]

BITS_OF: Final = {
    "smallint": 16, "integer": 32, "bigint": 64, "real": 24, "double precision": 53,
}  # fmt: skip
"""The precision of the types that have one by nature, in bits."""


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
    """The type that a spelling means, together with what information_schema says of it.

    ``text`` is any SQL spelling (``varchar(20)``, ``timestamptz``, ``text[]``), a qualified
    name of a type that somebody made (``public.mood``), or a word of information_schema: then
    ``ARRAY`` goes with ``array_element`` and ``USER-DEFINED`` with ``udt_schema`` and
    ``udt_name``. A domain is its base type with ``domain_schema`` and ``domain_name``; a
    schema that is not stated is ``public``. Of a made type whose labels are not stated the
    kind is ``unknown``: a name says not whether it is an enum or a composite.

    A spelling that names no type raises :class:`UnknownTypeError`.
    """
    word = text.strip().upper()
    if word == "ARRAY":
        found = DataType("ARRAY", "array", element=_element_by_name(udt_schema, udt_name))
    elif word == "USER-DEFINED":
        found = _made(udt_schema, udt_name)
    else:
        found = resolve(text)
    stated: dict[str, object] = {
        "length": character_maximum_length,
        "precision": datetime_precision if numeric_precision is None else numeric_precision,
        "scale": numeric_scale,
        "labels": enum_labels,
        "kind": None if enum_labels is None else "enum",
        "element": array_element if found.kind == "array" else None,
    }
    if interval_type is not None:
        interval = resolve(f"interval {interval_type}")
        stated["fields"] = interval.fields
        stated["precision"] = (
            interval.precision if datetime_precision is None else datetime_precision
        )
    found = _replaced(found, stated)
    if domain_name is not None:
        return DataType(domain_name, "domain", schema=domain_schema or "public", base=found)
    return found


def type_name(data_type: DataType) -> str:
    """A type as ``format_type`` prints it: ``numeric(6,2)``, ``text[]``, ``public.mood``.

    A type that somebody made is always written with its schema. Six digits of a second are
    not printed, since they are what a time has when nothing is said.
    """
    name = data_type.name
    if data_type.kind == "array":
        return f"{type_name(data_type.element)}[]" if data_type.element else "ARRAY"
    if data_type.schema is not None:
        return f"{quoted(data_type.schema)}.{quoted(name)}"
    if data_type.kind in ("domain", "enum", "composite", "unknown"):
        return quoted(name)
    digits = None if data_type.precision == MOST_SECOND_DIGITS else data_type.precision
    if name == "interval":
        fields = f" {data_type.fields}" if data_type.fields else ""
        return f"interval{fields}{_modifier(digits)}"
    if name in TIMES:
        first, _, rest = name.partition(" ")
        return f"{first}{_modifier(digits)} {rest}"
    if name == "numeric":
        return f"numeric{_modifier(data_type.precision, data_type.scale)}"
    if data_type.length == UNLIMITED and name in ("character", "bit"):
        return "bpchar" if name == "character" else '"bit"'
    return f"{name}{_modifier(data_type.length)}"


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
    if data_type.schema is not None or data_type.kind == "logical":
        return data_type
    granted: dict[str, object] = {}
    if name in BITS_OF:
        granted = {"precision": BITS_OF[name], "scale": 0 if name in INTEGERS else None}
    elif name == "numeric":
        endless = data_type.precision in (None, UNLIMITED)
        granted = {"precision": UNLIMITED, "scale": UNLIMITED if endless else 0}
    elif name in TIMES or name == "interval":
        granted = {"precision": MOST_SECOND_DIGITS}
    elif name in CHARACTERS + BITS:
        granted = {"length": UNLIMITED if name.endswith("varying") else 1}
    return _replaced(data_type, {key: granted[key] for key in granted if _lacks(data_type, key)})


def quoted(name: str) -> str:
    """An identifier in quotes where it needs them: upper case, spaces, quotes, dots.

    Words that SQL reserves are not quoted: this is for people and for types, not for queries.
    """
    if re.fullmatch(r"[a-z_][a-z0-9_$]*", name):
        return name
    return '"' + name.replace('"', '""') + '"'


def _made(schema: str | None, name: str | None) -> DataType:
    """A type that somebody made, by its own name; the row type of a system table counts too."""
    if name is None:
        next_step = "Add udt_name, and udt_schema beside it."
        raise UnknownTypeError("USER-DEFINED does not say which type.", next_step)
    return DataType(name, "unknown", schema=None if schema == "pg_catalog" else schema or "public")


def _element_by_name(schema: str | None, name: str | None) -> DataType | None:
    """The element of an array by the name that ``pg_type`` has for the array (``_text``)."""
    if name is None or not name.startswith("_"):
        return None
    try:
        return resolve(name).element
    except UnknownTypeError:
        return _made(schema, name[1:])


def _replaced(data_type: DataType, fields: dict[str, object]) -> DataType:
    """A type with these fields, as far as they are not ``None``."""
    stated = {key: value for key, value in fields.items() if value is not None}
    return replace(data_type, **stated) if stated else data_type  # type: ignore[arg-type]


def _lacks(data_type: DataType, field: str) -> bool:
    return getattr(data_type, field) is None


def _modifier(*numbers: int | None) -> str:
    if numbers[0] is None or numbers[0] == UNLIMITED:
        return ""
    return f"({','.join(str(number) for number in numbers if number is not None)})"
