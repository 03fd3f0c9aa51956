"""What kinds of types there are, as far as it matters to who reads and writes them."""

from __future__ import annotations

from typing import Final

from contracts.builtin_types import FLOATS, INTEGERS, TIMES
from contracts.model import UNLIMITED, DataType
from detection.change import Change

ENDLESS: Final = 1 << 30
"""More than any length, in place of none."""

NOTHING: Final = DataType("", "unknown")
"""No type."""
_ADDRESSES: Final = ("inet", "cidr")
_STAMPS: Final = ("timestamp without time zone", "timestamp with time zone")


def types(change: Change) -> tuple[DataType, DataType]:
    """The type before and the type now, of an array those of its elements.

    Both are :data:`NOTHING`, which is no type, where the change is about something else.
    """
    old, new = change.before.part, change.after.part
    if change.kind == "type-changed" and isinstance(old, DataType) and isinstance(new, DataType):
        return old, new
    return NOTHING, NOTHING


def is_text(data_type: DataType) -> bool:
    """Whether it is text of any length: ``text``, or ``varchar`` without a limit."""
    return _is(data_type, "text") or (
        _is(data_type, "character varying") and data_type.length == UNLIMITED
    )


def is_varying(data_type: DataType) -> bool:
    """Whether it is ``text`` or ``varchar``, with a limit or without."""
    return _is(data_type, "text", "character varying")


def is_padded(data_type: DataType) -> bool:
    """Whether it is ``char(n)``, which is filled up with spaces."""
    return _is(data_type, "character")


def is_bits(data_type: DataType) -> bool:
    """Whether it is a bit string whose length can vary."""
    return _is(data_type, "bit varying")


def length(data_type: DataType) -> int:
    """How many characters or bits it holds; :data:`ENDLESS` where there is no limit."""
    limit = data_type.length
    return ENDLESS if limit is None or limit == UNLIMITED else limit


def is_integer(data_type: DataType) -> bool:
    """Whether it holds whole numbers only."""
    return _is(data_type, *INTEGERS) or _is_logical(data_type, "integer")


def width(data_type: DataType) -> int:
    """The bits of an integer; of one that is promised without a width, those of ``bigint``."""
    widths = {} if data_type.kind == "logical" else {"smallint": 16, "integer": 32}
    return widths.get(data_type.name, 64)


def is_numeric(data_type: DataType) -> bool:
    """Whether it is an exact number with digits after the point."""
    return _is(data_type, "numeric")


def is_fraction(data_type: DataType) -> bool:
    """Whether it holds numbers that are not whole."""
    return _is(data_type, "numeric", *FLOATS) or _is_logical(data_type, "number")


def is_float(data_type: DataType) -> bool:
    """Whether it is a number that is rounded to bits."""
    return _is(data_type, *FLOATS)


def digits(data_type: DataType) -> tuple[int, int] | None:
    """Of a ``numeric``, its digits before and after the point; ``None`` without a limit."""
    precision, scale = data_type.precision, data_type.scale or 0
    if precision is None or precision == UNLIMITED:
        return None
    return precision - scale, scale


def is_date(data_type: DataType) -> bool:
    """Whether it is a day without a time."""
    return _is(data_type, "date") or _is_logical(data_type, "date")


def is_timestamp(data_type: DataType) -> bool:
    """Whether it is a day with a time, with or without a time zone."""
    return _is(data_type, *_STAMPS) or _is_logical(data_type, "timestamp")


def is_timed(data_type: DataType) -> bool:
    """Whether it has digits of a second."""
    return _is(data_type, *TIMES, "interval")


def is_interval(data_type: DataType) -> bool:
    """Whether it is a span of time."""
    return _is(data_type, "interval")


def is_closed(data_type: DataType) -> bool:
    """Whether it takes some texts only: a uuid, an address, an enum."""
    return _is(data_type, "uuid", *_ADDRESSES) or data_type.kind == "enum"


def is_json(data_type: DataType, name: str) -> bool:
    """Whether it is ``json``, or ``jsonb``."""
    return _is(data_type, name)


def is_array(data_type: DataType) -> bool:
    """Whether it is an array."""
    return data_type.kind == "array"


def is_logical(data_type: DataType) -> bool:
    """Whether it says what a value is and not how it is kept."""
    return data_type.kind == "logical"


def _is(data_type: DataType, *names: str) -> bool:
    return data_type.kind == "base" and data_type.schema is None and data_type.name in names


def _is_logical(data_type: DataType, name: str) -> bool:
    return data_type.kind == "logical" and data_type.name == name
