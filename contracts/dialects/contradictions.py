"""Promises in the book's spec that no column can keep, because one denies another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from contracts.builtin_types import BITS, CHARACTERS, FLOATS, INTEGERS, TIMES
from contracts.documents import Document
from contracts.model import DataType
from contracts.problems import Problem
from contracts.reading import KeyPath
from contracts.types import type_name

_APPLIES: Final[Mapping[str, tuple[tuple[str, ...], str]]] = {
    "character_maximum_length": ((*CHARACTERS, *BITS, "text", "name"), "character and bit types"),
    "numeric_precision": ((*INTEGERS, *FLOATS, "numeric"), "numbers"),
    "numeric_scale": ((*INTEGERS, *FLOATS, "numeric"), "numbers"),
    "datetime_precision": ((*TIMES, "interval", "date"), "times"),
    "interval_type": (("interval",), "interval"),
}
"""The types that a figure says something about, by their names and in words."""


def find_contradictions(
    document: Document, path: KeyPath, value: Mapping[str, Any], data_type: DataType | None
) -> list[Problem]:
    """All contradictions within one column of a document that its schema accepts."""
    stated = value.get("constraints", {})
    below = (*path, "constraints")
    found = [*_of_promises(document, below, stated)]
    if data_type is None:
        return found
    found += _of_figures(document, below, stated, data_type)
    found += _of_elements(document, path, value, data_type)
    if data_type.kind == "array" and data_type.element and "array_element" in value:
        element = (*path, "array_element")
        found += _of_figures(document, element, value["array_element"], data_type.element)
    return found


def _of_promises(document: Document, path: KeyPath, stated: Mapping[str, Any]) -> Iterator[Problem]:
    said = {key: value for key, value in stated.items() if value is not None}
    denials = (
        ("is_nullable", said.get("primaryKey") is True and said.get("is_nullable") is True,
         "A primary key cannot be null, but is_nullable is true.",
         "Make is_nullable false, or primaryKey."),
        ("is_nullable", said.get("is_identity") is True and said.get("is_nullable") is True,
         "An identity column cannot be null, but is_nullable is true.",
         "Make is_nullable false, or is_identity."),
        ("identity_generation", "identity_generation" in said and said.get("is_identity") is False,
         "identity_generation is stated, but is_identity is false.",
         "Make is_identity true, or delete identity_generation."),
        ("generation_expression",
         "generation_expression" in said and said.get("is_generated") == "NEVER",
         "generation_expression is stated, but is_generated is NEVER.",
         "Make is_generated ALWAYS, or delete generation_expression."),
        ("column_default", "column_default" in said and "generation_expression" in said,
         "A generated column has no default, but column_default is stated.",
         "Delete column_default or generation_expression."),
        ("column_default", "column_default" in said and "identity_generation" in said,
         "An identity column has no default, but column_default is stated.",
         "Delete column_default or identity_generation."),
    )  # fmt: skip
    for key, denied, what, next_step in denials:
        if denied:
            yield document.problem((*path, key), what, next_step)


def _of_figures(
    document: Document, path: KeyPath, stated: Mapping[str, Any], data_type: DataType
) -> Iterator[Problem]:
    """Figures about a type that has none of the kind."""
    based = data_type.base or data_type
    for key, (names, words) in _APPLIES.items():
        if stated.get(key) is not None and (based.name not in names or based.schema):
            yield document.problem(
                (*path, key),
                f"{key} says something about {words}, but the type is {type_name(based)}.",
                f"Delete {key}, or correct data_type.",
                key=True,
            )
    if stated.get("enum_labels") is not None and based.schema is None:
        yield document.problem(
            (*path, "enum_labels"),
            f"enum_labels says something about an enum, but the type is {type_name(based)}.",
            "Make data_type USER-DEFINED and name the enum in udt_name, or delete enum_labels.",
            key=True,
        )


def _of_elements(
    document: Document, path: KeyPath, value: Mapping[str, Any], data_type: DataType
) -> Iterator[Problem]:
    based = data_type.base or data_type
    if "array_element" in value and based.kind != "array":
        yield document.problem(
            (*path, "array_element"),
            f"array_element is about arrays, but the type is {type_name(based)}.",
            'Make data_type "ARRAY", or delete array_element.',
            key=True,
        )
