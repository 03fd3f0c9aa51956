"""Limits of a column's values in ODCS: the options of its logical type, as a check; and back.

``logicalTypeOptions`` that bound a value are promises about rows like those under ``quality``.
What they say of a value's form alone (``format``) promises nothing that can be counted.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from contracts.checks import INVALID_VALUES, arguments_of, arguments_text
from contracts.dialects.odcs_elements import Plain, mapping
from contracts.dialects.odcs_table_slots import COLUMN
from contracts.model import Check

OPTIONS: Final = "logicalTypeOptions"
_OF_NUMBERS: Final = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")
LIMITS: Final[Mapping[object, tuple[str, ...]]] = {
    "string": ("minLength", "maxLength", "pattern"),
    "number": _OF_NUMBERS,
    "integer": _OF_NUMBERS,
}
"""The options that bound a value, by logical type; each is an argument of a check."""


def limits_of(stated: Mapping[str, Any]) -> Plain:
    """The limits that a column states, by the names of the options."""
    options = mapping(stated.get(OPTIONS))
    known = LIMITS.get(stated.get("logicalType"), ())
    return {key: options[key] for key in known if options.get(key) is not None}


def limit_check(limits: Mapping[str, Any], column: str, table: str | None) -> Check:
    """The check that limits come to: no value is outside them."""
    arguments = arguments_text(limits)
    return Check(INVALID_VALUES, "mustBe", (0,), (column,), table=table, arguments=arguments)


def with_limits(column: Plain, check: Check) -> Plain | None:
    """A written column that states a check as its limits; ``None`` where they cannot say it."""
    from contracts.dialects.odcs_schema import is_valid

    limits = arguments_of(check)
    if not limits or limits_of(column) or len(check.columns) != 1:
        return None
    if check != limit_check(limits, check.columns[0], check.table):
        return None
    stated = column | {OPTIONS: {**mapping(column.get(OPTIONS)), **limits}}
    return stated if limits_of(stated) == limits and is_valid(COLUMN.definition, stated) else None
