"""Our custom properties in a document of ODCS: each once, and of the form that it has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from contracts.dialects.odcs_elements import CUSTOM_PROPERTIES, Element, mapping
from contracts.dialects.odcs_names import columns_of
from contracts.dialects.odcs_slots import CHANNEL, CONTRACT, ROLE, SERVER, SERVICE_LEVEL
from contracts.dialects.odcs_table_slots import CHECK, COLUMN, RELATIONSHIP, TABLE
from contracts.documents import Document
from contracts.problems import Problem
from contracts.reading import KeyPath, shown

if TYPE_CHECKING:
    import jsonschema_rs

Placed = tuple[KeyPath, Element, Mapping[str, Any]]
"""An element of a document, with its place and its kind."""


class _Part(Document):
    """Values of a document that stand apart from one another, as if they were one object."""

    def __init__(self, whole: Document, values: Mapping[str, Any], places: Mapping[str, KeyPath]):
        super().__init__(whole.file, "", values)
        self._whole = whole
        self._places = places

    def problem(self, path: KeyPath, what: str, next_step: str, *, key: bool = False) -> Problem:
        """A problem with one of the values, at its own place."""
        first, *rest = path
        place = (*self._places[str(first)], *rest)
        return self._whole.problem(place, what, next_step, key=key and bool(rest))


def of_properties(document: Document, value: Mapping[str, Any]) -> Iterator[Problem]:
    """What is wrong with the custom properties that mean something to us."""
    for path, element, stated in elements_in(value):
        yield from _of_element(document, path, element, stated)


def elements_in(value: Mapping[str, Any]) -> Iterator[Placed]:
    """Every element of a document that can have custom properties of ours."""
    yield (), CONTRACT, value
    for key, element in (
        ("servers", SERVER),
        ("roles", ROLE),
        ("slaProperties", SERVICE_LEVEL),
        ("support", CHANNEL),
    ):
        yield from _listed(value, (), key, element)
    for path, element, table in _listed(value, (), "schema", TABLE):
        yield path, element, table
        yield from _listed(table, path, "quality", CHECK)
        yield from _listed(table, path, "relationships", RELATIONSHIP)
        for number, column in columns_of(table):
            inner = (*path, "properties", number)
            yield inner, COLUMN, column
            yield from _listed(column, inner, "quality", CHECK)
            yield from _listed(column, inner, "relationships", RELATIONSHIP)


def _listed(
    value: Mapping[str, Any], path: KeyPath, key: str, element: Element
) -> Iterator[Placed]:
    items = value.get(key)
    for number, item in enumerate(items if isinstance(items, list) else ()):
        if isinstance(item, dict):
            yield (*path, key, number), element, item


def own_entries(element: Element, stated: Mapping[str, Any]) -> Iterator[tuple[int, str, Any]]:
    """The custom properties of an element that are ours: place in the list, name and value."""
    entries = stated.get(CUSTOM_PROPERTIES)
    for number, entry in enumerate(entries if isinstance(entries, list) else ()):
        said = mapping(entry)
        if said.get("property") in element.forms and said.get("value") is not None:
            yield number, str(said["property"]), said["value"]


def _of_element(
    document: Document, path: KeyPath, element: Element, stated: Mapping[str, Any]
) -> Iterator[Problem]:
    values: dict[str, Any] = {}
    places: dict[str, KeyPath] = {}
    for number, name, said in own_entries(element, stated):
        place: KeyPath = (*path, CUSTOM_PROPERTIES, number)
        if name in values:
            what = f"The custom property {shown(name)} is here twice."
            yield document.problem((*place, "property"), what, "Keep one of the two.")
            continue
        values[name], places[name] = said, (*place, "value")
    if values and not _validator(element.definition).is_valid(values):
        from contracts.dialects.validation import faults_by_path

        part = _Part(document, values, places)
        found = faults_by_path(_validator(element.definition), element.schema, part)
        yield from (problem for _, problem in found)


@cache
def _validator(definition: str) -> jsonschema_rs.Draft202012Validator:
    import jsonschema_rs

    kinds = (CONTRACT, TABLE, COLUMN, CHECK, RELATIONSHIP, SERVER, ROLE, SERVICE_LEVEL, CHANNEL)
    element = next(kind for kind in kinds if kind.definition == definition)
    return jsonschema_rs.Draft202012Validator(element.schema)
