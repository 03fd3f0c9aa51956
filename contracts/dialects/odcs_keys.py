"""Keys in ODCS: the primary key by the places of its columns, foreign keys as relationships."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from contracts.dialects.odcs_elements import (
    Plain,
    custom_of,
    mapping,
    read_element,
    settle,
    write_element,
)
from contracts.dialects.odcs_names import Names, column_name
from contracts.dialects.odcs_table_slots import RELATIONSHIP
from contracts.model import Custom, ForeignKey, Table

_FOREIGN_KEY: Final = "foreignKey"


class Relationships(NamedTuple):
    """What a list of relationships comes to: foreign keys, and what is none of them."""

    foreign_keys: tuple[ForeignKey, ...]
    others: list[Any]


class Referred(NamedTuple):
    """A column that a reference leads to; ``schema`` is ``None`` if it is in no table here."""

    schema: str | None
    table: str
    column: str


def read_primary_key(columns: Sequence[Mapping[str, Any]]) -> tuple[str, ...] | None:
    """The columns of a primary key in its order, where each of them has a place in it."""
    keyed = [column for column in columns if column.get("primaryKey") is True]
    places = [column.get("primaryKeyPosition") or 0 for column in keyed]
    if not keyed or min(places) < 1:
        return None
    ordered = sorted(zip(places, keyed, strict=True), key=lambda item: item[0])
    return tuple(column_name(column) for _, column in ordered)


def key_places(table: Table) -> dict[str, int]:
    """The place of each column in the primary key; empty where the columns do not say the same."""
    keyed = {column.name for column in table.columns if column.primary_key}
    key = table.primary_key or ()
    if set(key) != keyed or len(set(key)) != len(key):
        return {}
    return {name: place for place, name in enumerate(key, 1)}


def read_relationships(
    values: object, own: tuple[str, str], names: Names | None, column: str | None = None
) -> Relationships:
    """The foreign keys of a table, or of one of its columns; none are known without ``names``."""
    keys: list[ForeignKey] = []
    others: list[Any] = []
    for value in values if isinstance(values, list) else ():
        found = _read_foreign_key(mapping(value), own, names, column) if names else None
        if found is None:
            others.append(value)
        else:
            keys.append(found)
    return Relationships(tuple(keys), others)


def _read_foreign_key(
    value: Plain, own: tuple[str, str], names: Names, column: str | None
) -> ForeignKey | None:
    to = [_referred(text, names) for text in _listed(value.get("to"))]
    if column is None:
        ends = [_referred(text, names) for text in _listed(value.get("from"))]
        here = [end.column for end in ends if end and (end.schema, end.table) == own]
    else:
        here = [column]
    there = [end for end in to if end is not None]
    tables = {(end.schema, end.table) for end in there}
    if len(tables) != 1 or not len(here) == len(there) == len(to) or not here:
        return None
    schema, table = tables.pop()
    said = read_element(RELATIONSHIP, value, ("from", "to", "type"))
    fields = {"name": "", "references_schema": schema or own[0]} | said.fields
    return ForeignKey(
        columns=tuple(here),
        references_table=table,
        references_columns=tuple(end.column for end in there),
        custom=custom_of(RELATIONSHIP, said.unheld, said.strange),
        **fields,
    )


def _listed(value: object) -> list[str]:
    return [value] if isinstance(value, str) else list(value) if isinstance(value, list) else []


def _referred(text: str, names: Names) -> Referred | None:
    """The column that a reference means; ``None`` where it leads into another file or a value."""
    if "#" in text:
        return None
    if "/" in text:
        match text.strip("/").split("/"):
            case ["schema", table, "properties", column] if (table, column) in names.ids:
                return Referred(*names.ids[table, column])
        return None
    table, _, column = text.rpartition(".")
    if table in names.tables:
        place = names.tables[table]
        return Referred(*place, names.columns[place].get(column, column))
    return Referred(None, table, column) if table and "." not in table else None


def write_foreign_keys(table: Table, names: Names) -> list[Plain] | None:
    """Foreign keys as relationships; ``None`` where the standard has no words for one of them."""
    from contracts.dialects.odcs_schema import is_valid

    own = (table.schema, table.name)
    written = [_write_foreign_key(key, own, names) for key in table.foreign_keys]
    found = read_relationships(written, own, names)
    said = [(key, key.custom) for key in found.foreign_keys]
    if said != [(key, key.custom) for key in table.foreign_keys]:
        return None
    return written if all(is_valid(RELATIONSHIP.definition, one) for one in written) else None


def _write_foreign_key(key: ForeignKey, own: tuple[str, str], names: Names) -> Plain:
    here = [names.logical(*own, column) or column for column in key.columns]
    there = (key.references_schema, key.references_table)
    is_here = there in names.columns
    to = [
        (is_here and names.logical(*there, column)) or f"{key.references_table}.{column}"
        for column in key.references_columns
    ]
    held = {"references_schema"} if is_here or key.references_schema == own[0] else set()
    held |= {"name"} if not key.name else set()
    alone = len(here) == 1
    stated = {
        "type": _FOREIGN_KEY,
        "from": here[0] if alone else here,
        "to": to[0] if alone and to else to,
    }

    def build(said: Plain, rest: Custom) -> Plain:
        return write_element(RELATIONSHIP, key, stated, said, rest, held=held)

    def read(value: Plain) -> ForeignKey | None:
        found = _read_foreign_key(value, own, names, None)
        return found if found is not None and found.custom == key.custom else None

    return settle(RELATIONSHIP, key, build, read)
