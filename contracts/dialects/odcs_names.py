"""Names in ODCS: what a table or a column is called in the database, and in the document."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from contracts.dialects.odcs_elements import CUSTOM_PROPERTIES, mapping
from contracts.dialects.odcs_types import VARIABLE, Servers
from contracts.model import Server

POSTGRES: Final = ("postgres", "postgresql")
DEFAULT_SCHEMA: Final = "public"
NO_COLUMNS: Final = ("measure", "dimension")
"""The ``semanticType`` of what is reckoned from columns and is none itself."""

_PART: Final = r'(?:"(?:[^"]|"")+"|[^".]+)'
_PARTS = re.compile(rf"{_PART}(?:\.{_PART}){{0,2}}")
_IDENTIFIER = re.compile(_PART)


@dataclass(frozen=True, slots=True)
class Setting:
    """What the tables of a document depend on: its servers, their schema, the version written.

    ``newest`` says whether keys may be written that only v3.2 has.
    """

    servers: Servers = "none"
    schema: str = DEFAULT_SCHEMA
    newest: bool = False


def setting_of(servers: Sequence[Server], *, newest: bool = False) -> Setting:
    """What tables depend on, from the servers of their document."""
    kinds = {server.kind for server in servers}
    kind: Servers = "other" if kinds else "none"
    if kinds & set(POSTGRES):
        kind = "postgres"
    schemas = {server.schema for server in servers if server.schema}
    schema = schemas.pop() if len(schemas) == 1 else DEFAULT_SCHEMA
    return Setting(kind, DEFAULT_SCHEMA if VARIABLE in schema else schema, newest)


def table_name(value: Mapping[str, Any], setting: Setting) -> tuple[str | None, str, str]:
    """Catalogue, schema and name of a table, from its ``physicalName``, else its ``name``."""
    text = str(value.get("physicalName") or value.get("name") or "")
    if not _PARTS.fullmatch(text) or VARIABLE in text:
        return None, setting.schema, text
    *before, name = (_unquoted(part) for part in _IDENTIFIER.findall(text))
    schema = before[-1] if before else setting.schema
    return (before[0] if len(before) == 2 else None), "" if _is_unnamed(value) else schema, name


def _is_unnamed(value: Mapping[str, Any]) -> bool:
    """Whether the document says that it names no table yet."""
    entries = value.get(CUSTOM_PROPERTIES)
    said = map(mapping, entries if isinstance(entries, list) else ())
    return any(one.get("property") == "schema" and one.get("value") == "" for one in said)


def spelled_name(schema: str, name: str, setting: Setting) -> str:
    """The name of a table as it has to be written so that it is read again."""
    parts = [name] if schema == setting.schema else [schema, name]
    text = ".".join(parts)
    if table_name({"name": text}, setting) == (None, schema, name):
        return text
    return ".".join('"' + part.replace('"', '""') + '"' for part in parts)


def column_name(value: Mapping[str, Any]) -> str:
    """The name of a column in the database."""
    return str(value.get("physicalName") or value.get("name") or "")


def columns_of(table: Mapping[str, Any]) -> list[tuple[int, dict[str, Any]]]:
    """The properties of a table that are columns, each with its place in the list."""
    properties = table.get("properties")
    return [
        (place, mapping(value))
        for place, value in enumerate(properties if isinstance(properties, list) else ())
        if isinstance(value, dict) and value.get("semanticType") not in NO_COLUMNS
    ]


@dataclass(frozen=True)
class Names:
    """Where the names and ids of a document lead: tables by theirs, columns within each table."""

    tables: Mapping[str, tuple[str, str]]
    columns: Mapping[tuple[str, str], Mapping[str, str]]
    ids: Mapping[tuple[str, str], tuple[str, str, str]]

    def logical(self, schema: str, table: str, column: str) -> str | None:
        """``table.column`` by the names that the document has for a column of its own tables."""
        name = next((name for name, real in self.tables.items() if real == (schema, table)), None)
        columns = self.columns.get((schema, table), {})
        said = next((said for said, real in columns.items() if real == column), column)
        return f"{name}.{said}" if name is not None else None


def names_in(tables: Iterable[Mapping[str, Any]], setting: Setting) -> Names:
    """The names of all tables of a document. Of two by one name, the first is meant."""
    by_name: dict[str, tuple[str, str]] = {}
    columns: dict[tuple[str, str], dict[str, str]] = {}
    ids: dict[tuple[str, str], tuple[str, str, str]] = {}
    for table in tables:
        _, schema, name = table_name(table, setting)
        by_name.setdefault(str(table.get("name")), (schema, name))
        own = columns.setdefault((schema, name), {})
        for _, value in columns_of(table):
            own.setdefault(str(value.get("name")), column_name(value))
            if "id" in table and "id" in value:
                place = (str(table["id"]), str(value["id"]))
                ids.setdefault(place, (schema, name, column_name(value)))
    return Names(by_name, columns, ids)


def _unquoted(part: str) -> str:
    return part[1:-1].replace('""', '"') if part.startswith('"') else part
