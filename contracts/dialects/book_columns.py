"""A column in the book's spec: its constraints as a type and promises, and back again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final, Literal

from contracts.builtin_types import BITS, CHARACTERS
from contracts.dialects.contradictions import (
    contradictions_of_elements,
    contradictions_of_promises,
    contradictions_of_type,
    contradictions_without_type,
)
from contracts.documents import Document
from contracts.model import UNLIMITED, Column, DataType
from contracts.problems import Problem
from contracts.reading import KeyPath
from contracts.types import UnknownTypeError, parse_type, type_name

LENGTH, PRECISION, SCALE, DIGITS = (
    "character_maximum_length",
    "numeric_precision",
    "numeric_scale",
    "datetime_precision",
)
_FIGURES: Final = (LENGTH, PRECISION, SCALE, DIGITS)
_NAMES: Final = ("interval_type", "udt_schema", "udt_name", "domain_schema", "domain_name")

Identity = Literal["always", "by default", ""]


def read_column(
    document: Document, name: str, value: Mapping[str, Any], position: int
) -> tuple[Column, list[Problem]]:
    """A column as its part of a document states it, and all its contradictions."""
    path: KeyPath = ("schema", "properties", name)
    stated = value.get("constraints", {})
    data_type, problems = _read_column_type(document, path, value)
    problems += contradictions_of_promises(document, (*path, "constraints"), stated)
    column = Column(
        name=name,
        data_type=data_type,
        nullable=stated.get("is_nullable"),
        primary_key=stated.get("primaryKey"),
        unique=stated.get("unique"),
        updatable=stated.get("is_updatable"),
        default=_none_or(stated, "column_default"),
        identity=_read_identity(stated),
        generated=_read_generated(stated),
        collation=stated.get("collation_name"),
        description=value.get("description"),
        examples=tuple(value.get("examples") or ()),
        position=position,
        source=document.source(*path),
    )
    return column, problems


def _read_column_type(
    document: Document, path: KeyPath, value: Mapping[str, Any]
) -> tuple[DataType | None, list[Problem]]:
    element: DataType | None = None
    problems: list[Problem] = []
    if "array_element" in value:
        where = (*path, "array_element")
        element, problems = _read_type(document, where, value["array_element"], None)
    stated = value.get("constraints", {})
    where = (*path, "constraints")
    found, more = _read_type(document, where, stated, element)
    problems += more
    if found is not None and "array_element" in value:
        problems += contradictions_of_elements(document, path, found, element, stated["data_type"])
    return found, problems


def _read_type(
    document: Document, path: KeyPath, stated: Mapping[str, Any], element: DataType | None
) -> tuple[DataType | None, list[Problem]]:
    """The type that a set of constraints states, if it states one, and its contradictions."""
    if "data_type" not in stated:
        return None, contradictions_without_type(document, path, stated)
    facets: dict[str, Any] = {key: stated[key] for key in _NAMES if stated.get(key) is not None}
    facets |= {key: int(stated[key]) for key in _FIGURES if stated.get(key) is not None}
    if "enum_labels" in stated:
        facets["enum_labels"] = tuple(stated["enum_labels"])
    try:
        found = parse_type(stated["data_type"], array_element=element, **facets)
    except UnknownTypeError as error:
        return None, [document.problem((*path, "data_type"), error.what, error.next_step)]
    found = _without_limits(found, stated)
    return found, contradictions_of_type(document, path, stated, found)


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
    nulls = {key for key in _FIGURES if key in stated and stated[key] is None}
    limited: dict[str, int] = {}
    if data_type.name in CHARACTERS + BITS and LENGTH in nulls:
        limited["length"] = UNLIMITED
    if data_type.name == "numeric" and PRECISION in nulls:
        limited["precision"] = UNLIMITED
    if data_type.name == "numeric" and SCALE in nulls:
        limited["scale"] = UNLIMITED
    return replace(data_type, **limited) if limited else data_type  # type: ignore[arg-type]


def _none_or(stated: Mapping[str, Any], key: str) -> str | None:
    """A text, ``""`` where it is stated to be none, ``None`` where nothing is said."""
    return (stated[key] or "") if key in stated else None


def _read_identity(stated: Mapping[str, Any]) -> Identity | None:
    generation = stated.get("identity_generation")
    if generation is not None:
        return "always" if generation == "ALWAYS" else "by default"
    return "" if stated.get("is_identity") is False else None


def _read_generated(stated: Mapping[str, Any]) -> str | None:
    if stated.get("generation_expression") is not None:
        return str(stated["generation_expression"])
    return "" if stated.get("is_generated") == "NEVER" else None


def write_column(column: Column) -> dict[str, Any]:
    """A column as the book's spec says it; what is not stated is left out."""
    value: dict[str, Any] = {}
    if column.description is not None:
        value["description"] = column.description
    if column.examples:
        value["examples"] = list(column.examples)
    value["constraints"] = _write_constraints(column)
    if column.data_type is not None and (element := _base(column.data_type).element):
        value["array_element"] = _write_element(element)
    return value


def _write_constraints(column: Column) -> dict[str, Any]:
    stated: dict[str, Any] = {"primaryKey": column.primary_key}
    if column.data_type is not None:
        stated |= _write_type(column.data_type)
    stated |= {
        "is_nullable": column.nullable,
        "is_updatable": column.updatable,
        "unique": column.unique,
        "collation_name": column.collation,
    }
    stated = {key: value for key, value in stated.items() if value is not None or key in _FIGURES}
    if column.default is not None:
        stated["column_default"] = column.default or None
    if column.identity is not None:
        stated["is_identity"] = bool(column.identity)
    if column.identity:
        stated["identity_generation"] = column.identity.upper()
    if column.generated is not None:
        stated["is_generated"] = "ALWAYS" if column.generated else "NEVER"
    if column.generated:
        stated["generation_expression"] = column.generated
    return stated


def _write_type(data_type: DataType) -> dict[str, Any]:
    """A type in the words of information_schema."""
    if data_type.kind == "domain":
        base = _write_type(_base(data_type)) if data_type.base else {}
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


def _write_element(data_type: DataType) -> dict[str, Any]:
    """The type of an array's elements; an array inside it is spelled out in one word."""
    stated = _write_type(data_type)
    if stated["data_type"] == "ARRAY":
        stated["data_type"] = type_name(_base(data_type))
    return stated


def _base(data_type: DataType) -> DataType:
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
