"""Types as Postgres stores them, an oid and a modifier, read into the one shape of a type."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from contracts.builtin_types import BITS as BIT_STRINGS
from contracts.builtin_types import CHARACTERS, INTEGERS, TIMES
from contracts.model import UNLIMITED, DataType, TypeKind
from contracts.spelling import MOST_SECOND_DIGITS
from contracts.types import BITS_OF

NO_MODIFIER: Final = -1

_KINDS: Final[Mapping[str, TypeKind]] = {
    "b": "base", "c": "composite", "d": "domain", "e": "enum", "m": "range", "r": "range",
}  # fmt: skip

HEADER: Final = 4
"""What the modifiers of varchar, char and numeric count too many: the length of a header."""

# The modifier of an interval: which fields it has in the upper half, precision in the lower.
_ANY_FIELDS: Final = 0x7FFF
_ANY_PRECISION: Final = 0xFFFF
_MONTH, _YEAR, _DAY, _HOUR, _MINUTE, _SECOND = (1 << bit for bit in (1, 2, 3, 10, 11, 12))
_FIELDS: Final = {
    _YEAR: "year",
    _MONTH: "month",
    _DAY: "day",
    _HOUR: "hour",
    _MINUTE: "minute",
    _SECOND: "second",
    _YEAR | _MONTH: "year to month",
    _DAY | _HOUR: "day to hour",
    _DAY | _HOUR | _MINUTE: "day to minute",
    _DAY | _HOUR | _MINUTE | _SECOND: "day to second",
    _HOUR | _MINUTE: "hour to minute",
    _HOUR | _MINUTE | _SECOND: "hour to second",
    _MINUTE | _SECOND: "minute to second",
}


@dataclass(frozen=True, slots=True)
class TypeRow:
    """A row of ``pg_type``. ``printed`` is what ``format_type`` calls it without modifiers."""

    name: str
    schema: str
    printed: str
    kind: str
    is_array: bool
    element: int
    base: int
    base_modifier: int
    not_null: bool
    labels: tuple[str, ...]
    checks: tuple[tuple[str, str], ...]


def resolve(types: Mapping[int, TypeRow], oid: int, modifier: int) -> DataType:
    """The type that an oid and a modifier stand for, with all that Postgres takes for granted."""
    row = types[oid]
    if row.is_array:
        return DataType("ARRAY", "array", element=resolve(types, row.element, modifier))
    if row.kind == "d":
        base = resolve(types, row.base, row.base_modifier)
        return DataType(row.name, "domain", schema=_made_in(row), base=base)
    kind = _KINDS.get(row.kind, "unknown")
    if (schema := _made_in(row)) is not None:
        labels = row.labels if kind == "enum" else None
        return DataType(row.name, kind, schema=schema, labels=labels)
    return _built_in(DataType(row.printed, kind), modifier)


def domains_of(types: Mapping[int, TypeRow], oid: int) -> tuple[TypeRow, ...]:
    """The domain that a type is, and those that it is made from in turn; often none."""
    row = types[oid]
    return (row, *domains_of(types, row.base)) if row.kind == "d" else ()


def _made_in(row: TypeRow) -> str | None:
    """The schema of a type that somebody made; ``None`` for those that Postgres brings along."""
    return None if row.schema == "pg_catalog" else row.schema


def _built_in(data_type: DataType, modifier: int) -> DataType:
    """A built-in type with the figures that its modifier holds."""
    name = data_type.name
    if name in BITS_OF:
        scale = 0 if name in INTEGERS else None
        return replace(data_type, precision=BITS_OF[name], scale=scale)
    if name in CHARACTERS:
        return replace(data_type, length=_limit(modifier, HEADER))
    if name in BIT_STRINGS:
        return replace(data_type, length=_limit(modifier, 0))
    if name == "numeric":
        return _numeric(data_type, modifier)
    if name in TIMES:
        precision = MOST_SECOND_DIGITS if modifier == NO_MODIFIER else modifier
        return replace(data_type, precision=precision)
    if name == "interval":
        return _interval(data_type, modifier)
    return data_type


def _limit(modifier: int, header: int) -> int:
    return UNLIMITED if modifier == NO_MODIFIER else modifier - header


def _numeric(data_type: DataType, modifier: int) -> DataType:
    if modifier == NO_MODIFIER:
        return replace(data_type, precision=UNLIMITED, scale=UNLIMITED)
    packed = modifier - HEADER
    # The scale is eleven bits with a sign: numeric(3,-2) counts in hundreds.
    scale = ((packed & 0x7FF) ^ 0x400) - 0x400
    return replace(data_type, precision=(packed >> 16) & 0xFFFF, scale=scale)


def _interval(data_type: DataType, modifier: int) -> DataType:
    if modifier == NO_MODIFIER:
        return replace(data_type, precision=MOST_SECOND_DIGITS)
    precision = modifier & _ANY_PRECISION
    fields = (modifier >> 16) & _ANY_FIELDS
    return replace(
        data_type,
        precision=MOST_SECOND_DIGITS if precision == _ANY_PRECISION else precision,
        fields=None if fields == _ANY_FIELDS else _FIELDS[fields],
    )
