"""From a record of the Met API to the columns of the eight tables: which key fills which column.

The table below is the whole of it. It also says, column by column, what the API's empty text
stands for. The API never sends ``null`` for a text: what it does not know, or what there is
not, it sends as ``""``. In a database that hides the gap: ``count(primary_image)`` would count
every work as pictured. So ``""`` becomes NULL wherever it stands for a gap; how often is counted
and reported. Everything else stays as it came, line breaks (CRLF) and ``<i>`` included.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

LARGEST_ID: Final = 2**31 - 1
"""The largest value of Postgres's integer."""

TOLD_MISSING: Final = 3
"""Missing keys that a message tells one by one; more are told together."""

TYPE_NAMES: Final[Mapping[type, str]] = {
    int: "a number",
    float: "a number",
    str: "text",
    list: "an array",
    dict: "an object",
    type(None): "null",
}

WRITE_JSON: Final = json.JSONEncoder(ensure_ascii=False).encode


class WrongValueError(Exception):
    """A value is not what its key promises; the message says what was expected, then found."""


@dataclass(frozen=True, slots=True)
class Filling:
    """A column, and what fills it.

    table, column:  the column.
    key:            the key of the API's record.
    kind:           the type of the column, as Postgres spells it.
    empty:          what ``""`` stands for; it becomes NULL. ``None``: the column takes no text.
    """

    table: str
    column: str
    key: str
    kind: str
    empty: str | None = None


UNKNOWN: Final = "not known"

FILLINGS: Final = (
    Filling("object", "title", "title", "text", "the work has no title"),
    Filling("object", "artist_display_name", "artistDisplayName", "text", UNKNOWN),
    Filling("object_history", "period", "period", "text", UNKNOWN),
    Filling("object_history", "culture", "culture", "text", UNKNOWN),
    Filling("object_history", "object_date", "objectDate", "text", UNKNOWN),
    Filling("object_physical_properties", "medium", "medium", "text", UNKNOWN),
    Filling("object_physical_properties", "dimensions", "dimensions", "text", UNKNOWN),
    Filling("object_physical_properties", "classification", "classification", "text", UNKNOWN),
    Filling("object_gallery_info", "gallery_number", "GalleryNumber", "text", "not on view"),
    Filling("object_gallery_info", "department", "department", "text", UNKNOWN),
    Filling("object_gallery_info", "accession_number", "accessionNumber", "text", UNKNOWN),
    Filling("object_tags", "tags", "tags", "json[]"),
    Filling("object_images", "primary_image", "primaryImage", "text", "no picture is free to show"),
    Filling("object_images", "additional_images", "additionalImages", "text[]"),
    Filling(
        "object_copyright", "primary_image", "primaryImage", "text", "no picture is free to show"
    ),
    Filling("object_copyright", "is_public_domain", "isPublicDomain", "boolean"),
    Filling("object_api_metadata", "metadata_date", "metadataDate", "timestamp without time zone"),
)

TABLES: Final = tuple(dict.fromkeys(filling.table for filling in FILLINGS))
"""The eight tables, each with the primary key ``object_id``."""

KINDS: Final[Mapping[str, str]] = {"objectID": "integer"} | {
    filling.key: filling.kind for filling in FILLINGS
}
"""The keys that are read, each once, and the type that the value gets."""

UNKNOWN_WHEN_EMPTY: Final = frozenset(filling.key for filling in FILLINGS if filling.empty)


@dataclass(frozen=True, slots=True)
class Row:
    """What one record says: the values of :data:`KINDS`, in that order.

    ``emptied`` names the keys whose empty text became NULL.
    """

    values: tuple[object, ...]
    emptied: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one key of a record (``""``: with the record as a whole)."""

    key: str
    what: str

    def __str__(self) -> str:
        return f"{self.key}: {self.what}" if self.key else self.what


def read_row(value: object) -> Row | tuple[Fault, ...]:
    """The row that a record makes, or all that is wrong with it.

    Its values are such as COPY takes them: an array is the text of its literal.
    """
    if not isinstance(value, dict):
        return (Fault("", f"expected an object, found {_name(value)}"),)
    values: list[object] = []
    emptied: list[str] = []
    faults = _missing([key for key in KINDS if key not in value], value)
    for key, kind in KINDS.items():
        if key not in value:
            continue
        found = value[key]
        if found == "" and key in UNKNOWN_WHEN_EMPTY:
            emptied.append(key)
            values.append(None)
            continue
        try:
            values.append(READERS[kind](found))
        except WrongValueError as wrong:
            faults.append(Fault(key, str(wrong)))
    return tuple(faults) or Row(tuple(values), tuple(emptied))


def object_id(value: object) -> int | None:
    """The objectID of a record, where it has one, to name it by."""
    found = value.get("objectID") if isinstance(value, dict) else None
    return found if isinstance(found, int) and not isinstance(found, bool) else None


def _missing(keys: Sequence[str], record: Mapping[str, object]) -> list[Fault]:
    """Say which keys are not there: a few one by one, many in one breath."""
    if len(keys) <= TOLD_MISSING:
        return [
            Fault(
                key, f"expected {_expected(KINDS[key])}, found no such key{_alike([key], record)}"
            )
            for key in keys
        ]
    told = f"{', '.join(keys[:TOLD_MISSING])} (and {len(keys) - TOLD_MISSING} more)"
    return [Fault("", f"{len(keys)} keys are missing: {told}{_alike(keys, record)}")]


def _alike(keys: Sequence[str], record: Mapping[str, object]) -> str:
    """A hint at the first key of a record that is one of these but for its capitals."""
    wanted = {key.lower() for key in keys}
    alike = [other for other in record if other.lower() in wanted and other not in KINDS]
    return f"; found {alike[0]!r}, and capitals count" if alike else ""


def _expected(kind: str) -> str:
    return {
        "integer": f"a whole number from 1 to {LARGEST_ID}",
        "boolean": "true or false",
        "text": "text",
        "text[]": "an array of text",
        "json[]": "an array of objects with a term, or null",
        "timestamp without time zone": "a time with its zone, such as 2023-02-07T04:46:51.34Z",
    }[kind]


def _name(value: object) -> str:
    """A value as a message shows it: its type, and the value where it is short."""
    if isinstance(value, bool):
        return "true" if value else "false"
    name = TYPE_NAMES[type(value)]
    if value is None or isinstance(value, (list, dict)):
        return name
    text = json.dumps(value)
    return f"{name} {text if len(text) <= 60 else text[:57] + '...'}"


def _wrong(kind: str, found: object) -> WrongValueError:
    return WrongValueError(f"expected {_expected(kind)}, found {_name(found)}")


def _integer(found: object) -> int:
    if isinstance(found, bool) or not isinstance(found, int) or not 1 <= found <= LARGEST_ID:
        raise _wrong("integer", found)
    return found


def _boolean(found: object) -> bool:
    if not isinstance(found, bool):
        raise _wrong("boolean", found)
    return found


def _text(found: object) -> str:
    if not isinstance(found, str):
        raise _wrong("text", found)
    return _storable(found)


def _storable(text: str) -> str:
    """The text, unless Postgres has no way to hold one of its characters."""
    if "\0" in text:
        raise WrongValueError(
            f"expected text that Postgres can hold, found the character \\u0000 "
            f"at place {text.index(chr(0)) + 1}"
        )
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError as error:
            raise WrongValueError(
                f"expected text, found half a character (\\u{ord(text[error.start]):04x}) "
                f"at place {error.start + 1}"
            ) from error
    return text


def _texts(found: object) -> str:
    if not isinstance(found, list):
        raise _wrong("text[]", found)
    for number, element in enumerate(found, start=1):
        if not isinstance(element, str):
            raise WrongValueError(
                f"expected an array of text, found {_name(element)} as element {number}"
            )
        _storable(element)
    return array_literal(found)


def _tags(found: object) -> str | None:
    """Each tag as the text of its JSON, which is what a json column holds."""
    if found is None:
        return None
    if not isinstance(found, list):
        raise _wrong("json[]", found)
    return array_literal([_tag(tag, number) for number, tag in enumerate(found, start=1)])


def array_literal(elements: Sequence[str]) -> str:
    """An array as Postgres reads it: ``{"one","two"}``, with quotes and backslashes escaped."""
    quoted = (element.replace("\\", "\\\\").replace('"', '\\"') for element in elements)
    return "{" + ",".join(f'"{element}"' for element in quoted) + "}"


def _tag(tag: object, number: int) -> str:
    if not isinstance(tag, dict) or not isinstance(tag.get("term"), str):
        raise WrongValueError(
            f"expected an object with a term, found {_name(tag)} without one as element {number}"
            if isinstance(tag, dict)
            else f"expected an object with a term, found {_name(tag)} as element {number}"
        )
    text = WRITE_JSON(tag)
    if "\\u0000" in text:
        _every_text(tag)
    return _storable(text)


def _every_text(value: object) -> None:
    """Refuse what cannot be held in any text of a tag, however deep."""
    if isinstance(value, str):
        _storable(value)
    elif isinstance(value, list):
        for element in value:
            _every_text(element)
    elif isinstance(value, dict):
        for key, element in value.items():
            _every_text(key)
            _every_text(element)


def _moment(found: object) -> datetime:
    """The time in UTC; the column, as the museum draws it, holds no zone."""
    if not isinstance(found, str):
        raise _wrong("timestamp without time zone", found)
    try:
        moment = datetime.fromisoformat(found)
        if moment.tzinfo is None:
            raise _wrong("timestamp without time zone", found)
        return moment.astimezone(UTC).replace(tzinfo=None)
    except (ValueError, OverflowError) as error:
        raise _wrong("timestamp without time zone", found) from error


READERS: Final[Mapping[str, Callable[[object], object]]] = {
    "integer": _integer,
    "boolean": _boolean,
    "text": _text,
    "text[]": _texts,
    "json[]": _tags,
    "timestamp without time zone": _moment,
}
