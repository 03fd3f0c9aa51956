"""Types in ODCS: what a value is (``logicalType``), and how the database keeps it.

A ``physicalType`` of Postgres promises all that it means there: ``numeric`` has no limit, and a
``timestamp`` six digits of a second. A document that names another kind of server has types of
that server, which are kept by their names alone. One that names no server may use a word that
other systems have for a type; then the logical type is what is promised.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any, Final, Literal, NamedTuple

from contracts.builtin_types import ALIASES, BUILT_IN, CHARACTERS
from contracts.logical_types import EXACT, KEPT_BY, WORDS, is_kept_by, logical, logical_name
from contracts.model import UNLIMITED, DataType
from contracts.parser import sqlglot
from contracts.spelling import LONGEST
from contracts.types import UnknownTypeError, completed, parse_type, type_name

Servers = Literal["postgres", "none", "other"]
"""What the servers of a document are: all its types are written for them."""

TYPE_KEYS: Final = ("logicalType", "physicalType", "items")
SERIALS: Final[Mapping[str, str]] = {
    "serial": "integer", "serial4": "integer", "bigserial": "bigint", "serial8": "bigint",
    "smallserial": "smallint", "serial2": "smallint",
}  # fmt: skip
"""Words that stand for an integer with a sequence of its own."""
VARIABLE: Final = "${"
"""Begins what a tool fills in when it uses the document, wherever a text can stand."""

# A driver of JDBC prints varchar(50) in this way; beside the logical type string it is no array.
_IN_BRACKETS = re.compile(r"([a-z ]+?)\s*\[\s*(\d+)\s*\]", re.IGNORECASE)
_BARE = re.compile(r"[^\W\d][\w$]*")
_QUOTED = re.compile(r'"((?:[^"]|"")+)"')
_OTHER_MODIFIERS = re.compile(r"^\s*float\s*\(|\sunsigned\s*$", re.IGNORECASE)
POSTGRES_WORDS: Final = frozenset(ALIASES) | BUILT_IN
_OTHER_SYSTEMS: Final = ("", "snowflake", "bigquery", "databricks", "mysql", "oracle", "tsql")


class ReadType(NamedTuple):
    """The type that a property states, and what of its words the type does not say."""

    data_type: DataType | None
    unsaid: Mapping[str, Any]


def read_type(stated: Mapping[str, Any], servers: Servers) -> ReadType:
    """The type that a property states by its keys; ``UnknownTypeError`` where there is none such.

    ``unsaid`` holds the keys that have to be kept beside the type: written again with them,
    the property is as it was, but for the spelling of a type of Postgres.
    """
    physical, value, items = (stated.get(key) for key in ("physicalType", "logicalType", "items"))
    if physical is None:
        found, kept = _logical(value), False
    else:
        found, kept = _physical(str(physical), value if isinstance(value, str) else None, servers)
    unsaid: dict[str, Any] = {"physicalType": physical} if kept else {}
    if value is not None and value != said_logically(found):
        unsaid["logicalType"] = value
    if found == DataType("ARRAY", "array") and isinstance(items, dict):
        inner = read_type(items, servers)
        found = replace(found, element=inner.data_type)
        rest = {key: said for key, said in items.items() if key not in TYPE_KEYS}
        rest |= inner.unsaid
        return ReadType(found, unsaid | ({"items": rest} if rest else {}))
    return ReadType(found, unsaid | ({"items": items} if items is not None else {}))


def write_type(
    data_type: DataType | None, unsaid: Mapping[str, Any], servers: Servers
) -> dict[str, Any]:
    """The keys that state a type, as far as ODCS has words for it; with what is unsaid by it."""
    stated: dict[str, Any] = {
        "logicalType": unsaid.get("logicalType", said_logically(data_type)),
        "physicalType": unsaid.get("physicalType", _spelled(data_type, servers)),
    }
    items = unsaid.get("items")
    if data_type and data_type.element and stated["physicalType"] is None:
        inner = items if isinstance(items, dict) else {}
        stated["items"] = write_type(data_type.element, inner, servers) | inner
    elif items is not None:
        stated["items"] = items
    return {key: said for key, said in stated.items() if said is not None}


def said_logically(data_type: DataType | None) -> str | None:
    """The logical type that a type implies; of a made type of which only the name is known, none.

    What no logical type holds (``uuid``, ``interval``) is read and written as a text.
    """
    if data_type is None:
        return None
    while data_type.kind == "domain" and data_type.base is not None:
        data_type = data_type.base
    is_known = data_type.kind in ("base", "range", "enum")
    return logical_name(data_type) or ("string" if is_known else None)


def is_said_by(data_type: DataType | None, stated: dict[str, Any], servers: Servers) -> bool:
    """Whether the keys of a property state exactly this type; one that is none is taken away."""
    try:
        return read_type(stated, servers).data_type == data_type
    except UnknownTypeError:
        stated.pop("physicalType")
        return False


def _logical(value: object) -> DataType | None:
    """The type of a property that says only what its values are."""
    if value == "map":
        return logical("object")
    return logical(value) if isinstance(value, str) and value in (*KEPT_BY, "array") else None


@lru_cache(maxsize=4096)
def _physical(text: str, value: str | None, servers: Servers) -> tuple[DataType | None, bool]:
    """The type of a word, and whether the word itself has to be kept beside it."""
    if VARIABLE in text:
        return _logical(value), True
    if servers == "other":
        return DataType(text, "unknown"), False
    if word := SERIALS.get(text.strip().lower()):
        return completed(parse_type(word)), True
    if value == "string" and (limited := _in_brackets(text)):
        return limited, False
    try:
        found = parse_type(text)
    except UnknownTypeError as error:
        if made := _made(text, value):
            return made, False
        if servers == "none" and _is_known_elsewhere(text):
            return _of_another_system(text, value), True
        raise _told(error) from error
    if value == "object" and _is_mixed(text) and not is_kept_by(logical("object"), found):
        return DataType(text, "unknown"), False
    return completed(found), False


def _in_brackets(text: str) -> DataType | None:
    """``varchar[50]`` as ``varchar(50)``; the largest number that there is says "no limit"."""
    match = _IN_BRACKETS.fullmatch(text.strip())
    try:
        found = parse_type(match[1]) if match else None
    except UnknownTypeError:
        return None
    if match is None or found is None or found.name not in CHARACTERS:
        return None
    length = int(match[2])
    return replace(found, length=length if 0 < length <= LONGEST else UNLIMITED)


def _made(text: str, value: str | None) -> DataType | None:
    """A type that somebody made and that is named without its schema: in quotes, or an object."""
    if match := _QUOTED.fullmatch(text.strip()):
        return DataType(match[1].replace('""', '"'), "unknown")
    if value == "object" and _BARE.fullmatch(text):
        return DataType(text, "unknown")
    return None


def _is_mixed(text: str) -> bool:
    """Whether a word is in upper and lower case, as only a name can be that is in quotes."""
    return bool(_BARE.fullmatch(text)) and text.upper() != text != text.lower()


def _is_known_elsewhere(text: str) -> bool:
    """Whether some other system has such a type, and Postgres none of the same name."""
    from sqlglot.errors import SqlglotError

    word = _first_word(text)
    if word == "user-defined" or (word in POSTGRES_WORDS and not _OTHER_MODIFIERS.search(text)):
        return False
    for dialect in _OTHER_SYSTEMS:
        try:
            sqlglot().exp.DataType.build(text, dialect=dialect or None)
        except (SqlglotError, RecursionError, ValueError):
            continue
        return True
    return text.strip().lower() in (*EXACT, *WORDS)


def _first_word(text: str) -> str:
    return re.split(r"[\s(<\[]", text.strip().lower(), maxsplit=1)[0]


def _of_another_system(text: str, value: str | None) -> DataType | None:
    word = text.strip().lower()
    if word in EXACT:
        return completed(parse_type(EXACT[word]))
    if value is not None:
        return _logical(value)
    return logical(WORDS[word]) if word in WORDS else None


def _told(error: UnknownTypeError) -> UnknownTypeError:
    """An error in the words of ODCS, which has no place for the name of a type beside it."""
    if "USER-DEFINED" not in error.what:
        return error
    return UnknownTypeError(error.what, "Name the type itself, with its schema: public.mood.")


def _spelled(data_type: DataType | None, servers: Servers) -> str | None:
    """The word for a type; ``None`` where only ``logicalType`` and ``items`` can say it."""
    if data_type is None or data_type.kind == "logical":
        return None
    if data_type.kind == "array":
        element = data_type.element and _spelled(data_type.element, servers)
        return f"{element}[]" if element else None
    if data_type.kind == "unknown" and servers == "other":
        return data_type.name
    if data_type.schema is None and data_type.kind in ("domain", "enum", "composite", "unknown"):
        return '"' + data_type.name.replace('"', '""') + '"'
    return type_name(data_type)
