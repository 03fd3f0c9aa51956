"""A column in the book's spec: its constraints as a type and promises, and back again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from contracts.dialects import contradictions
from contracts.dialects.book_types import FIGURES, beneath, read_type, write_element, write_type
from contracts.dialects.contradictions import Contradiction
from contracts.documents import Document
from contracts.model import Column, DataType
from contracts.problems import Problem
from contracts.reading import KeyPath
from contracts.types import UnknownTypeError

Identity = Literal["always", "by default", ""]
Stated = tuple[tuple[str, Any], ...]
"""A set of constraints as a value that can be remembered: keys with what they say."""


@dataclass(frozen=True, slots=True)
class _Read:
    """What a set of constraints comes to: a type, the promises beside it, contradictions."""

    data_type: DataType | None
    promises: Mapping[str, Any]
    contradictions: tuple[Contradiction, ...]


def read_column(
    document: Document, name: str, value: Mapping[str, Any], position: int
) -> tuple[Column, list[Problem]]:
    """A column as its part of a document states it, and all its contradictions."""
    path: KeyPath = ("schema", "properties", name)
    element = _stated(value["array_element"]) if "array_element" in value else None
    read = _read(_stated(value.get("constraints", {})), element)
    column = Column(
        name=name,
        data_type=read.data_type,
        description=value.get("description"),
        examples=tuple(value.get("examples") or ()),
        position=position,
        source=document.source(*path),
        **read.promises,
    )
    problems = [
        document.problem((*path, *found.path), found.what, found.next_step, key=found.is_key)
        for found in read.contradictions
    ]
    return column, problems


def _stated(constraints: Mapping[str, Any]) -> Stated:
    return tuple(
        (key, tuple(said) if isinstance(said, list) else said) for key, said in constraints.items()
    )


@lru_cache(maxsize=4096)
def _read(constraints: Stated, array_element: Stated | None) -> _Read:
    """What constraints come to. Columns repeat from table to table, so it is remembered."""
    stated = dict(constraints)
    found: list[Contradiction] = []
    element = None
    if array_element is not None:
        element = _read_type("array_element", dict(array_element), None, found)
    data_type = _read_type("constraints", stated, element, found)
    if data_type is not None and array_element is not None:
        found += contradictions.of_elements(stated["data_type"], data_type, element)
    found += contradictions.of_promises(stated)
    promises = {
        "nullable": stated.get("is_nullable"),
        "primary_key": stated.get("primaryKey"),
        "unique": stated.get("unique"),
        "updatable": stated.get("is_updatable"),
        "default": _none_or(stated, "column_default"),
        "identity": _read_identity(stated),
        "generated": _read_generated(stated),
        "collation": stated.get("collation_name"),
    }
    return _Read(data_type, promises, tuple(found))


def _read_type(
    part: str, stated: Mapping[str, Any], element: DataType | None, found: list[Contradiction]
) -> DataType | None:
    """The type that a part of a column states, if any; what is wrong with it goes to ``found``."""
    if "data_type" not in stated:
        found += contradictions.without_type(part, stated)
        return None
    try:
        data_type = read_type(stated, element)
    except UnknownTypeError as error:
        found.append(Contradiction((part, "data_type"), error.what, error.next_step, is_key=False))
        return None
    found += contradictions.of_type(part, stated, data_type)
    return data_type


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
    element = beneath(column.data_type).element if column.data_type is not None else None
    if element is not None and (written := write_element(element)):
        value["array_element"] = written
    return value


def _write_constraints(column: Column) -> dict[str, Any]:
    stated: dict[str, Any] = {"primaryKey": column.primary_key}
    if column.data_type is not None:
        stated |= write_type(column.data_type)
    stated |= {
        "is_nullable": column.nullable,
        "is_updatable": column.updatable,
        "unique": column.unique,
        "collation_name": column.collation,
    }
    stated = {key: value for key, value in stated.items() if value is not None or key in FIGURES}
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
