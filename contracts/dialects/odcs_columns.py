"""A column in ODCS: a property of an object, with what we add as custom properties; and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, get_args

from contracts.dialects.form import as_json
from contracts.dialects.odcs_elements import (
    Plain,
    custom_of,
    in_order,
    mapping,
    read_element,
    settle,
    write_element,
)
from contracts.dialects.odcs_limits import limits_of
from contracts.dialects.odcs_links import read_links, write_links
from contracts.dialects.odcs_names import Setting, column_name
from contracts.dialects.odcs_table_slots import COLUMN
from contracts.dialects.odcs_types import TYPE_KEYS, ReadType, is_said_by, read_type, write_type
from contracts.model import Classification, Column, Custom, DataType, JsonShape, Source

CLASSIFICATIONS: Final[Mapping[str, Classification]] = {
    **{word: word for word in get_args(Classification)},
    "confidential": "sensitive",
    "restricted": "highly sensitive",
}
"""What the words for a classification mean; any other is kept as it is, and means nothing."""

_HELD: Final = frozenset(
    {
        "name", "physicalName", "required", "primaryKeyPosition", "logicalTypeOptions", "enum",
        "classification", "authoritativeDefinitions", "deprecated", "quality", "relationships",
        *TYPE_KEYS,
    }
)  # fmt: skip
_TIMES: Final = ("time", "timestamp")


def read_column(
    value: Mapping[str, Any],
    setting: Setting,
    *,
    relationships: object = None,
    position: int | None = None,
    source: Source | None = None,
) -> Column:
    """A column as its part of a document states it; ``relationships`` are those that are no keys.

    A type that there is not raises ``UnknownTypeError``.
    """
    said = read_element(COLUMN, value, _HELD)
    stated = {key: said for key, said in value.items() if said is not None}
    fields, unheld = said.fields, said.unheld
    read = _read_type(stated, fields.get("data_type"), setting)
    unheld |= read.unsaid
    name = column_name(stated)
    if stated.get("name") not in (None, name):
        unheld["name"] = stated["name"]
    if relationships:
        unheld["relationships"] = relationships
    _read_null(stated, fields, unheld)
    _read_options(stated, fields, unheld)
    _read_states(stated, fields, unheld)
    _read_classification(stated, fields, unheld)
    fields.setdefault("links", read_links(stated))
    if stated.get("deprecated") is not None:
        fields.setdefault("deprecated", stated["deprecated"])
    return Column(
        **{"name": name, **fields, "data_type": read.data_type},
        custom=custom_of(COLUMN, unheld, said.strange),
        position=position,
        source=source,
    )


def _read_type(stated: Plain, in_full: DataType | None, setting: Setting) -> ReadType:
    """The type, and what of its words has to be kept: a type in full is right about itself."""
    if in_full is None:
        return read_type(stated, setting.servers)
    implied = write_type(in_full, {}, setting.servers)
    kept = {key: stated.get(key) for key in TYPE_KEYS if stated.get(key) != implied.get(key)}
    return ReadType(in_full, {key: said for key, said in kept.items() if said is not None})


def _read_null(stated: Plain, fields: Plain, unheld: Plain) -> None:
    required = stated.get("required")
    if required is None:
        return
    if "nullable" in fields or (required is False and stated.get("primaryKey") is True):
        unheld["required"] = required
    else:
        fields["nullable"] = not required


def _read_options(stated: Plain, fields: Plain, unheld: Plain) -> None:
    options = dict(stated.get("logicalTypeOptions", {}))
    if stated.get("logicalType") == "object" and options.get("required"):
        shape = JsonShape(required=tuple(options["required"]))
        if fields.setdefault("json_shape", shape) is shape:
            del options["required"]
    if stated.get("logicalType") in _TIMES and options.get("defaultTimezone") is not None:
        timezone = options["defaultTimezone"]
        if "timezone" not in fields:
            fields["timezone"] = timezone
            del options["defaultTimezone"]
    for limit in limits_of(stated):  # a check holds it
        del options[limit]
    if options:
        unheld["logicalTypeOptions"] = options


def _read_states(stated: Plain, fields: Plain, unheld: Plain) -> None:
    entries = stated.get("enum", [])
    if not entries:
        return
    states = _states(entries)
    if fields.setdefault("states", states) is not states or entries != _plain_states(states):
        unheld["enum"] = entries


def _states(entries: object) -> tuple[str, ...]:
    """The values of an ``enum``, each as a text."""
    values = [
        mapping(entry).get("value") for entry in (entries if isinstance(entries, list) else ())
    ]
    return tuple(value if isinstance(value, str) else as_json(value) for value in values)


def _plain_states(states: tuple[str, ...]) -> list[Plain]:
    return [{"value": state} for state in states]


def _read_classification(stated: Plain, fields: Plain, unheld: Plain) -> None:
    word = stated.get("classification")
    if word is None:
        return
    meant = CLASSIFICATIONS.get(word)
    if meant is not None:
        fields["classification"] = meant
    if meant != word:
        unheld["classification"] = word


def write_column(
    column: Column, setting: Setting, key_place: int | None, barred: frozenset[str] = frozenset()
) -> Plain:
    """A column as a property; ``key_place`` is its place in the primary key, from 1."""

    def build(said: Plain, rest: Custom) -> Plain:
        return _build(column, setting, said, rest)

    def read(written: Plain) -> Column:
        return read_column(written, setting, relationships=written.get("relationships"))

    written = settle(COLUMN, column, build, read, barred)
    return in_order(COLUMN, written | ({"primaryKeyPosition": key_place} if key_place else {}))


def _build(column: Column, setting: Setting, said: Plain, rest: Custom) -> Plain:
    stated: Plain = {"name": column.name, **write_type(column.data_type, said, setting.servers)}
    if isinstance(name := said.get("name"), str) and name != column.name:
        stated |= {"name": name, "physicalName": column.name}
    held = {"name"}
    if is_said_by(column.data_type, stated, setting.servers) or column.data_type is None:
        held.add("data_type")
    _write_null(column, stated, held)
    _write_options(column, said, stated, held)
    if setting.newest:
        _write_newest(column, said, stated, held)
    meant = CLASSIFICATIONS.get(str(said.get("classification")))
    if column.classification is not None and column.classification != meant:
        stated["classification"] = column.classification
    if links := write_links(column.links):
        stated["authoritativeDefinitions"] = links
        held.add("links")
    return write_element(COLUMN, column, stated, said, rest, held=held)


def _write_null(column: Column, stated: Plain, held: set[str]) -> None:
    """NOT NULL, and that a column may be null: beside a key, ``required: false`` says nothing."""
    if column.nullable is not None and not (column.nullable and column.primary_key):
        stated["required"] = not column.nullable
        held.add("nullable")


def _write_options(column: Column, said: Plain, stated: Plain, held: set[str]) -> None:
    options = dict(mapping(said.get("logicalTypeOptions")))
    shape = column.json_shape
    if shape and shape.required and not shape.optional and stated.get("logicalType") == "object":
        options["required"] = list(shape.required)
        held.add("json_shape")
    if column.timezone is not None and stated.get("logicalType") in _TIMES:
        options["defaultTimezone"] = column.timezone
        held.add("timezone")
    if options:
        stated["logicalTypeOptions"] = options


def _write_newest(column: Column, said: Plain, stated: Plain, held: set[str]) -> None:
    """What has a key only from v3.2 on."""
    if column.deprecated is not None:
        stated["deprecated"] = column.deprecated
        held.add("deprecated")
    states = column.states
    if states and len(set(states)) == len(states):
        entries = said.get("enum")
        stated["enum"] = entries if _states(entries) == states else _plain_states(states)
        held.add("states")
