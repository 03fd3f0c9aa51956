"""Constraints of dbt's models as promises: NOT NULL, keys, and conditions of rows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from contracts.dialects.dbt_tests import reference, referred
from contracts.dialects.form import as_json
from contracts.model import CheckConstraint, Column, Custom, ForeignKey, Table, UniqueKey

_END = re.compile(r"\s*([^()]+?)\s*\(([^()]+)\)")
_READ: Final = ("type", "name", "columns", "expression", "to", "to_columns")


@dataclass
class Constraints:
    """What the constraints of a model come to, gathered while they are read.

    ``flags`` are the promises about single columns, by the column's name.
    """

    flags: dict[str, dict[str, Any]] = field(default_factory=dict)
    primary_key: tuple[str, ...] | None = None
    unique_keys: list[UniqueKey] = field(default_factory=list)
    foreign_keys: list[ForeignKey] = field(default_factory=list)
    checks: list[CheckConstraint] = field(default_factory=list)
    custom: list[tuple[str, str]] = field(default_factory=list)

    def take(self, stated: Mapping[str, Any], column: str | None, schema: str) -> None:
        """Take in one constraint, of a column or of the whole model."""
        kind, name = stated["type"], stated.get("name") or ""
        columns = (column,) if column else _listed(stated.get("columns"))
        if kind == "not_null":
            self._flag(columns, nullable=False)
        elif kind == "unique" and column and not name:
            self._flag(columns, unique=True)
        elif kind == "unique":
            self.unique_keys.append(UniqueKey(name, columns))
        elif kind == "primary_key":
            self._flag(columns, primary_key=True)
            self.primary_key = self.primary_key if column else columns
        elif kind == "foreign_key":
            self._take_foreign_key(stated, name, columns, schema)
        elif kind == "check" and stated.get("expression"):
            self.checks.append(CheckConstraint(name, columns, stated["expression"]))
        else:
            self._keep(column, "constraint", stated)
        for key in stated:
            if key not in _READ:
                self._keep(column, f"constraints.{kind}.{key}", stated[key])

    def custom_of(self, column: str | None) -> Custom:
        """What is said of a column, or of the whole model, that no promise holds."""
        prefix = f"{column or ''}\0"
        return tuple(
            (key.removeprefix(prefix), text) for key, text in self.custom if key.startswith(prefix)
        )

    def _flag(self, columns: Sequence[str], **promise: bool) -> None:
        for column in columns:
            self.flags.setdefault(column, {}).update(promise)

    def _keep(self, column: str | None, key: str, value: object) -> None:
        self.custom.append((f"{column or ''}\0{key}", as_json(value)))

    def _take_foreign_key(
        self, stated: Mapping[str, Any], name: str, columns: tuple[str, ...], schema: str
    ) -> None:
        to, to_columns = stated.get("to"), _listed(stated.get("to_columns"))
        if to is None and (match := _END.match(stated.get("expression") or "")):
            to, to_columns = match[1], tuple(part.strip(' "') for part in match[2].split(","))
        if to is None:
            self._keep(columns[0] if len(columns) == 1 else None, "constraint", stated)
            return
        named, table = referred(to, schema)
        self.foreign_keys.append(ForeignKey(name, columns, named, table, to_columns))


def _listed(stated: object) -> tuple[str, ...]:
    if isinstance(stated, str):
        return (stated,)
    return tuple(name for name in stated or () if name) if isinstance(stated, list) else ()


def write_column_constraints(column: Column, table: Table) -> Iterator[dict[str, Any]]:
    """The constraints that stand on a column."""
    if column.nullable is False:
        yield {"type": "not_null"}
    if column.unique:
        yield {"type": "unique"}
    if column.primary_key and key_of(table) == (column.name,) and table.primary_key is None:
        yield {"type": "primary_key"}


def write_table_constraints(table: Table) -> Iterator[dict[str, Any]]:
    """The constraints that stand on a model as a whole, over columns that are promised."""
    promised = {column.name for column in table.columns}
    key = key_of(table)
    if promised.issuperset(key) and key and (table.primary_key is not None or len(key) > 1):
        yield {"type": "primary_key", "columns": list(key)}
    for unique in table.unique_keys:
        if promised.issuperset(unique.columns):
            yield {"type": "unique", **_named(unique.name), "columns": list(unique.columns)}
    for foreign in table.foreign_keys:
        if not promised.issuperset(foreign.columns):
            continue
        to = reference(foreign.references_schema, foreign.references_table, table.schema)
        yield {
            "type": "foreign_key",
            **_named(foreign.name),
            "columns": list(foreign.columns),
            "to": to,
            "to_columns": list(foreign.references_columns),
        }
    for check in table.checks:
        if not promised.issuperset(check.columns):
            continue
        columns = {"columns": list(check.columns)} if check.columns else {}
        yield {"type": "check", **_named(check.name), **columns, "expression": check.expression}


def key_of(table: Table) -> tuple[str, ...]:
    """The columns of the primary key that is promised, in its order."""
    return table.primary_key or tuple(one.name for one in table.columns if one.primary_key)


def _named(name: str) -> dict[str, str]:
    return {"name": name} if name else {}
