"""A table in ODCS: an object of the schema, with its columns and its keys; and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final, get_args

from contracts.dialects.odcs_columns import read_column, write_column
from contracts.dialects.odcs_elements import (
    Plain,
    custom_of,
    in_order,
    read_element,
    settle,
    write_element,
)
from contracts.dialects.odcs_keys import (
    key_places,
    read_primary_key,
    read_relationships,
    write_foreign_keys,
)
from contracts.dialects.odcs_links import read_links, write_links
from contracts.dialects.odcs_names import (
    NO_COLUMNS,
    Names,
    Setting,
    column_name,
    columns_of,
    names_in,
    spelled_name,
    table_name,
)
from contracts.dialects.odcs_table_slots import TABLE
from contracts.documents import Document
from contracts.model import Column, Custom, Table, TableKind

KINDS: Final[tuple[TableKind, ...]] = get_args(TableKind)

_HELD: Final = frozenset(
    """
    name physicalName physicalType dataGranularityDescription properties relationships quality
    authoritativeDefinitions
    """.split()  # noqa: SIM905
)
_KEYS: Final = frozenset({"relationships"})


def read_table(
    value: Mapping[str, Any],
    names: Names | None,
    setting: Setting,
    document: Document | None = None,
    place: int = 0,
) -> Table:
    """A table as its part of a document states it, at a ``place`` in the document's schema.

    ``names`` are those of the whole document; without them, no relationship is a foreign key.
    """
    stated = {key: said for key, said in value.items() if said is not None}
    said = read_element(TABLE, value, _HELD)
    fields, unheld = said.fields, said.unheld
    catalog, schema, name = table_name(stated, setting)
    if stated.get("physicalName") is not None and stated.get("name") != name:
        unheld["name"] = stated.get("name")  # what the document calls it
    word = stated.get("physicalType", "")
    kind = next((kind for kind in KINDS if kind == word.lower()), None)
    if word != (kind or ""):
        unheld["physicalType"] = word
    if "dataGranularityDescription" in stated:
        grain = (stated["dataGranularityDescription"],)
        if fields.setdefault("grain", grain) is not grain:
            unheld["dataGranularityDescription"] = grain[0]
    own = (schema, name)
    found = read_relationships(stated.get("relationships"), own, names)
    columns, foreign_keys = _read_columns(stated, own, names, setting, document, place)
    if found.others:
        unheld["relationships"] = found.others
    reckoned = [
        one for one in stated.get("properties", []) if one.get("semanticType") in NO_COLUMNS
    ]
    if reckoned:
        unheld["properties"] = reckoned
    implied: Plain = {
        "name": name,
        "schema": schema,
        "catalog": catalog,
        "kind": kind,
        "primary_key": read_primary_key([inner for _, inner in columns_of(stated)]),
        "foreign_keys": (*found.foreign_keys, *foreign_keys),
        "links": read_links(stated),
    }
    return Table(
        **(implied | fields),
        columns=columns,
        custom=custom_of(TABLE, unheld, said.strange),
        source=document.source("schema", place) if document else None,
    )


def _read_columns(
    stated: Plain,
    own: tuple[str, str],
    names: Names | None,
    setting: Setting,
    document: Document | None,
    place: int,
) -> tuple[tuple[Column, ...], tuple[Any, ...]]:
    """The columns of a table, and the foreign keys that stand at one of them."""
    columns: list[Column] = []
    keys: list[Any] = []
    for number, value in columns_of(stated):
        found = read_relationships(value.get("relationships"), own, names, column_name(value))
        keys += found.foreign_keys
        columns.append(
            read_column(
                value,
                setting,
                relationships=found.others,
                position=len(columns) + 1,
                source=document.source("schema", place, "properties", number) if document else None,
            )
        )
    return tuple(columns), tuple(keys)


def write_tables(tables: Sequence[Table], setting: Setting) -> list[Plain]:
    """All tables of a contract, without the checks that are made of their rows."""
    written = [
        _write_table(replace(table, foreign_keys=()), setting, frozenset()) for table in tables
    ]
    names = names_in(written, setting)
    return [
        _with_foreign_keys(table, one, names, setting)
        for table, one in zip(tables, written, strict=True)
    ]


def _with_foreign_keys(table: Table, written: Plain, names: Names, setting: Setting) -> Plain:
    """A table with its foreign keys, as relationships where those say the same."""
    keys = write_foreign_keys(table, names)
    if keys is not None:
        relationships = [*keys, *written.get("relationships", ())]
        whole = in_order(
            TABLE, written | ({"relationships": relationships} if relationships else {})
        )
        if read_table(whole, names, setting) == table:
            return whole
    return _write_table(table, setting, _KEYS)


def _write_table(table: Table, setting: Setting, barred: frozenset[str]) -> Plain:
    places = key_places(table)
    columns = [
        write_column(column, setting, places.get(column.name), barred) for column in table.columns
    ]

    def build(said: Plain, rest: Custom) -> Plain:
        return _build(table, columns, setting, said, rest)

    def read(written: Plain) -> Table:
        return read_table(written, None, setting)

    return settle(TABLE, table, build, read, barred)


def _build(
    table: Table, columns: Sequence[Plain], setting: Setting, said: Plain, rest: Custom
) -> Plain:
    spelled = spelled_name(table.schema or setting.schema, table.name, setting)
    stated: Plain = {"name": table.name}
    if isinstance(name := said.get("name"), str) and name != spelled:
        stated = {"name": name, "physicalName": spelled}
    elif spelled != table.name:
        stated["physicalName"] = spelled
    held = {"name"} | ({"schema"} if table.schema else set())
    if table.kind is not None and str(said.get("physicalType")).lower() != table.kind:
        stated["physicalType"] = table.kind
    if table.grain is not None and len(table.grain) == 1:
        stated["dataGranularityDescription"] = table.grain[0]
        held.add("grain")
    reckoned = said.get("properties")
    properties = [*columns, *(reckoned if isinstance(reckoned, list) else ())]
    if properties or "properties" in said:
        stated["properties"] = properties
    if not table.primary_key or key_places(table):
        held |= {"primary_key"} if table.primary_key != () else set()
    if links := write_links(table.links):
        stated["authoritativeDefinitions"] = links
        held.add("links")
    return write_element(TABLE, table, stated, said, rest, held=held)
