"""Types in the book's spec: from a set of constraints, and back again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from contracts.builtin_types import BITS, CHARACTERS
from contracts.model import UNLIMITED, DataType
from contracts.types import parse_type, type_name

LENGTH, PRECISION, SCALE, DIGITS = FIGURES = (
    "character_maximum_length",
    "numeric_precision",
    "numeric_scale",
    "datetime_precision",
)
_NAMES: Final = ("interval_type", "udt_schema", "udt_name", "domain_schema", "domain_name")


def read_type(stated: Mapping[str, Any], element: DataType | None = None) -> DataType:
    """The type that a set of constraints states; ``UnknownTypeError`` if there is none such."""
    facets: dict[str, Any] = {key: stated[key] for key in _NAMES if stated.get(key) is not None}
    facets |= {key: int(stated[key]) for key in FIGURES if stated.get(key) is not None}
    if "enum_labels" in stated:
        facets["enum_labels"] = tuple(stated["enum_labels"])
    found = parse_type(stated["data_type"], array_element=element, **facets)
    return _without_limits(found, stated)


def _without_limits(data_type: DataType, stated: Mapping[str, Any]) -> DataType:
    """A type in which a length or precision of ``null`` says that there is no limit.

    A type that cannot be without one (``null`` beside an integer) takes it as nothing said.
    """
    if data_type.base is not None:
        return replace(data_type, base=_without_limits(data_type.base, stated))
    if data_type.schema is not None:
        return data_type
    if data_type.name == "date":
        return replace(data_type, precision=None)
    nulls = {key for key in FIGURES if key in stated and stated[key] is None}
    limited: dict[str, int] = {}
    if data_type.name in CHARACTERS + BITS and LENGTH in nulls:
        limited["length"] = UNLIMITED
    if data_type.name == "numeric" and PRECISION in nulls:
        limited["precision"] = UNLIMITED
    if data_type.name == "numeric" and SCALE in nulls:
        limited["scale"] = UNLIMITED
    return replace(data_type, **limited) if limited else data_type  # type: ignore[arg-type]


def write_type(data_type: DataType) -> dict[str, Any]:
    """A type in the words of information_schema; none for a logical one, which it cannot say."""
    if data_type.kind == "logical":
        return {}
    if data_type.kind == "domain":
        base = write_type(beneath(data_type)) if data_type.base else {}
        return base | {"domain_schema": data_type.schema, "domain_name": data_type.name}
    if data_type.kind == "array":
        return {"data_type": "ARRAY"}
    if data_type.schema is None and data_type.kind in ("base", "range"):
        return {"data_type": data_type.name} | _write_figures(data_type)
    stated: dict[str, Any] = {
        "data_type": "USER-DEFINED",
        "udt_schema": data_type.schema or "pg_catalog",
        "udt_name": data_type.name,
    }
    if data_type.labels is not None:
        stated["enum_labels"] = list(data_type.labels)
    return stated


def write_element(data_type: DataType) -> dict[str, Any]:
    """The type of an array's elements; an array inside it is spelled out in one word."""
    if _innermost(data_type).kind == "logical":
        return {}
    stated = write_type(data_type)
    if stated["data_type"] == "ARRAY":
        stated["data_type"] = type_name(beneath(data_type))
    return stated


def _innermost(data_type: DataType) -> DataType:
    """What the elements of an array are at last, through the arrays within it."""
    element = beneath(data_type).element
    return data_type if element is None else _innermost(element)


def beneath(data_type: DataType) -> DataType:
    """What a domain is made from at last, through the domains beneath it; else the type itself."""
    while data_type.kind == "domain" and data_type.base is not None:
        data_type = data_type.base
    return data_type


def _write_figures(data_type: DataType) -> dict[str, Any]:
    stated: dict[str, Any] = {}
    if data_type.length is not None:
        stated["character_maximum_length"] = _limit(data_type.length)
    timed = data_type.name.startswith("time") or data_type.name == "interval"
    if data_type.precision is not None:
        stated["datetime_precision" if timed else "numeric_precision"] = _limit(data_type.precision)
    if data_type.scale is not None:
        endless = data_type.precision in (None, UNLIMITED)
        stated["numeric_scale"] = _limit(data_type.scale) if endless else data_type.scale
    if data_type.fields:
        stated["interval_type"] = data_type.fields.upper()
    return stated


def _limit(number: int) -> int | None:
    return None if number == UNLIMITED else number
