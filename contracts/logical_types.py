"""Types that say what a value is and leave to the database how it is kept: ``string``, ``number``.

Ways of writing that are not made for one database promise such types. Several types of
Postgres keep such a promise: ``text`` and ``varchar(20)`` are both a ``string``. The names are
those of ODCS.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from contracts.builtin_types import CHARACTERS, FLOATS, INTEGERS, MEANT, TIMES
from contracts.model import DataType
from contracts.spelling import resolve
from contracts.types import UnknownTypeError, parse_type, type_name

ARRAY: Final = DataType("ARRAY", "array")

KEPT_BY: Final[Mapping[str, tuple[str, ...]]] = {
    "string": ("text", *CHARACTERS, "name", "citext"),
    "integer": INTEGERS,
    "number": (*INTEGERS, *FLOATS, "numeric"),
    "boolean": ("boolean",),
    "date": ("date",),
    "time": tuple(name for name in TIMES if name.startswith("time ")),
    "timestamp": tuple(name for name in TIMES if name.startswith("timestamp")),
    "object": ("json", "jsonb", "hstore"),
}
"""Each logical type with the types of Postgres that hold it; arrays are one type in both."""

KINDS: Final[Mapping[str, tuple[str, ...]]] = {"string": ("enum",), "object": ("composite",)}
"""The kinds of type that hold a logical type whatever their name is."""

WORDS: Final[Mapping[str, str]] = {
    "string": "string",
    "text": "string",
    "varchar": "string",
    "number": "number",
    "decimal": "number",
    "numeric": "number",
    "timestamp": "timestamp",
    "time": "time",
    "object": "object",
    "record": "object",
    "struct": "object",
    "map": "object",
    "variant": "object",
    "json": "object",
}
"""Words of ways of writing that are made for every database, and the logical type each means."""

EXACT: Final[Mapping[str, str]] = {
    "long": "bigint",
    "float": "real",
    "double": "double precision",
    "timestamp_tz": "timestamp with time zone",
    "timestamp_ntz": "timestamp without time zone",
    "bytes": "bytea",
}
"""Words of such ways of writing that mean exactly one type of Postgres under another name."""


def logical(name: str) -> DataType:
    """The logical type of this name, one of :data:`KEPT_BY`; or any array."""
    return ARRAY if name == "array" else DataType(name, "logical")


def is_kept_by(promised: DataType, found: DataType) -> bool:
    """Whether a column of the type ``found`` holds the logical type that was promised."""
    while found.kind == "domain" and found.base is not None:
        found = found.base
    if found.kind == "logical":
        return promised.name == found.name
    return found.name in KEPT_BY.get(promised.name, ()) or found.kind in KINDS.get(
        promised.name, ()
    )


def logical_name(data_type: DataType) -> str | None:
    """The narrowest logical type that a type holds; ``None`` where there is none, as for uuid."""
    while data_type.kind == "domain" and data_type.base is not None:
        data_type = data_type.base
    if data_type.kind == "array":
        return "array"
    names = (name for name in KEPT_BY if is_kept_by(DataType(name, "logical"), data_type))
    return next(names, None)


def parse_word(text: str, *, precision: int | None = None, scale: int | None = None) -> DataType:
    """The type that a word means which may be logical or any spelling that Postgres has.

    A number with a ``precision`` is exactly ``numeric``. A word that names no type raises
    :class:`~contracts.types.UnknownTypeError`.
    """
    word = " ".join(text.lower().split())
    if word == "array":
        return ARRAY
    if word in EXACT:
        return parse_type(EXACT[word])
    if WORDS.get(word) == "number" and precision is not None:
        return DataType("numeric", precision=precision, scale=scale or 0)
    if word in WORDS:
        return logical(WORDS[word])
    try:
        return parse_type(text)
    except UnknownTypeError as error:
        if near := _nearest(word):
            raise UnknownTypeError(error.what, f'Did you mean "{near}"?') from error
        raise


def _nearest(word: str) -> str | None:
    """The word for a type that somebody who slipped meant, if it is one of ours and plain."""
    from difflib import get_close_matches

    return next(iter(get_close_matches(word, [*WORDS, *EXACT, "array"], n=1, cutoff=0.8)), None)


def parse_foreign(text: str, **figures: int) -> DataType:
    """The type that a spelling of Postgres means, or one of another database.

    Ways of writing that are used with many databases name types as these do: ``STRING``,
    ``DOUBLE``, ``NUMBER(38,0)``. ``figures`` are those of :func:`~contracts.types.parse_type`.
    """
    try:
        return parse_type(text, **figures)
    except UnknownTypeError:
        word, parenthesis, modifier = text.partition("(")
        name = " ".join(word.lower().split())
        if not parenthesis and name in (*WORDS, *EXACT, "array"):
            return parse_word(name)
        if name in MEANT and MEANT[name] != "ARRAY":
            return parse_type(f"{MEANT[name]}{parenthesis}{modifier}", **figures)
        raise


def spelled(data_type: DataType) -> str | None:
    """A type as Postgres prints it; ``None`` for a logical one, or one that has no such name."""
    if any(kind == "logical" for kind in _kinds(data_type)):
        return None
    text = type_name(data_type)
    try:
        resolve(text)
    except UnknownTypeError:
        return None
    return text


def _kinds(data_type: DataType) -> Iterator[str]:
    """The kinds of a type and of what is within it."""
    yield data_type.kind
    for inner in (data_type.element, data_type.base):
        if inner is not None:
            yield from _kinds(inner)
