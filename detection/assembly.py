"""Rows of ``catalog.sql``, made into tables, columns, keys and functions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Final, NamedTuple

from contracts.model import (
    CheckConstraint,
    Column,
    ForeignKey,
    Function,
    Storage,
    Table,
    TableKind,
    UniqueKey,
)
from detection.columns import VIEWS, Shape, columns_of
from detection.observed_types import TypeRow, domains_of

_KINDS: Final[Mapping[str, TableKind]] = {
    "r": "table",
    "p": "partitioned table",
    "v": "view",
    "m": "materialized view",
    "f": "foreign table",
}
_FUNCTION_KINDS: Final[Mapping[str, Any]] = {
    "f": "function", "p": "procedure", "a": "aggregate", "w": "window",
}  # fmt: skip
_ACTIONS: Final = {
    "a": "NO ACTION", "r": "RESTRICT", "c": "CASCADE", "n": "SET NULL", "d": "SET DEFAULT",
}  # fmt: skip

_REPLICA_IDENTITIES: Final = {None: None, "f": "full", "n": "nothing", "i": "index"}


class Row(NamedTuple):
    """A row of the statement: ``fields`` are its own facts, the rest what it has many of."""

    kind: str
    oid: int
    fields: list[str]
    names: list[str]
    numbers: list[int]
    types: list[int]
    modifiers: list[int]
    not_null: list[bool]
    updatable: list[bool]
    identities: list[str]
    generations: list[str]
    expressions: list[str | None]
    comments: list[str | None]
    collations: list[str | None]


FIRST_ARRAY: Final = Row._fields.index("names")


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys, checks and indexes of one table, by the numbers of its columns."""

    primary: list[int] = field(default_factory=list)
    unique: list[Row] = field(default_factory=list)
    foreign: list[Row] = field(default_factory=list)
    checks: list[Row] = field(default_factory=list)
    indexes: list[Row] = field(default_factory=list)
    publications: list[Row] = field(default_factory=list)


NO_KEYS: Final = Keys()


def assemble(
    rows: Iterable[Sequence[Any]],
) -> tuple[tuple[str, ...], tuple[Table, ...], tuple[Function, ...]]:
    """The schemas, the tables and the functions that the rows tell of, each in order of name."""
    kinds: defaultdict[str, list[Row]] = defaultdict(list)
    for values in rows:
        kinds[values[0]].append(Row._make(values))
    types = {row.oid: _type_row(row) for row in kinds["type"]}
    keys = _keys(kinds)
    columns = _columns_of(kinds["table"], keys, types)
    domain_checks = _domain_checks(types)
    definitions = {row.oid: row.fields[0] for row in kinds["view"]}
    tables = [
        _table(row, of_one, keys.get(row.oid, NO_KEYS), domain_checks, definitions.get(row.oid))
        for row, of_one in zip(kinds["table"], columns, strict=True)
    ]
    tables.sort(key=lambda table: (table.schema, table.name))
    functions = [_function(row) for row in kinds["function"]]
    functions.sort(key=lambda made: (made.schema, made.name, made.arguments))
    schemas = sorted(row.fields[0] for row in kinds["schema"])
    return tuple(schemas), tuple(tables), tuple(functions)


def _columns_of(
    rows: Sequence[Row], keys: Mapping[int, Keys], types: Mapping[int, TypeRow]
) -> Iterator[tuple[Column, ...]]:
    """The columns of each table; tables of one shape share theirs.

    A database with ten thousand tables has few shapes, as a rule: the tables are partitions,
    or repeat from tenant to tenant.
    """
    shapes = [_shape(row, keys.get(row.oid, NO_KEYS)) for row in rows]
    different = list(dict.fromkeys(shapes))
    columns = iter(columns_of(different, types))
    of_shape = {shape: tuple(islice(columns, len(shape.names))) for shape in different}
    return (of_shape[shape] for shape in shapes)


def _shape(row: Row, keys: Keys) -> Shape:
    alone = [key.numbers[0] for key in keys.unique if len(key.numbers) == 1]
    arrays: Sequence[Any] = row[FIRST_ARRAY:]
    arrays = [tuple(array) if array else () for array in arrays]
    return Shape._make((row.fields[2], *arrays, tuple(keys.primary), tuple(alone)))


def _type_row(row: Row) -> TypeRow:
    name, schema, printed, kind, is_array, element, base, base_modifier, not_null = row.fields
    return TypeRow(
        name=name,
        schema=schema,
        printed=printed,
        kind=kind,
        is_array=is_array == "true",
        element=int(element),
        base=int(base),
        base_modifier=int(base_modifier),
        not_null=not_null == "true",
        labels=tuple(row.names or ()),
        checks=tuple(zip(row.comments or (), row.expressions or (), strict=True)),  # type: ignore[arg-type]
    )


def _keys(kinds: Mapping[str, list[Row]]) -> dict[int, Keys]:
    """The keys and checks of every table that has any, by the table's oid."""
    keys: defaultdict[int, Keys] = defaultdict(Keys)
    for row in kinds["key"]:
        if row.fields[1] == "true":
            keys[row.oid].primary.extend(row.numbers)
        else:
            keys[row.oid].unique.append(row)
    for row in kinds["foreign key"]:
        keys[row.oid].foreign.append(row)
    for row in kinds["check"]:
        keys[row.oid].checks.append(row)
    for row in kinds["index"]:
        keys[row.oid].indexes.append(row)
    for row in kinds["publication"]:
        keys[row.oid].publications.append(row)
    return keys


def _table(
    row: Row,
    columns: tuple[Column, ...],
    keys: Keys,
    domain_checks: Mapping[int, list[tuple[str, str]]],
    definition: str | None,
) -> Table:
    schema, name, kind, is_partition, description, parent, extension, *stored = row.fields

    def named(numbers: Iterable[int] | None) -> tuple[str, ...]:
        return tuple([row.names[row.numbers.index(number)] for number in numbers or ()])

    return Table(
        name=name,
        schema=schema,
        kind="partition" if is_partition == "true" else _KINDS[kind],
        columns=columns,
        primary_key=None if kind in VIEWS else named(keys.primary),
        unique_keys=tuple(_unique_key(key, named(key.numbers)) for key in _by_name(keys.unique)),
        foreign_keys=tuple(_foreign_key(k, named(k.numbers)) for k in _by_name(keys.foreign)),
        checks=(
            *(_check(check, named(check.numbers)) for check in _by_name(keys.checks)),
            *_checks_of_domains(row, domain_checks),
        ),
        description=description,
        definition=definition,
        partition_of=parent,
        storage=_storage(stored, keys),
        extension=extension,
    )


def _storage(stored: Sequence[str | None], keys: Keys) -> Storage | None:
    """How Postgres keeps a table, where there is anything to say of it."""
    partition_key, replica_identity, grants = stored
    if not (partition_key or replica_identity or grants or keys.indexes or keys.publications):
        return None
    return Storage(
        indexes=tuple(sorted(row.fields[0] for row in keys.indexes)),
        partition_key=partition_key,
        replica_identity=_REPLICA_IDENTITIES[replica_identity],
        publications=tuple(sorted({row.fields[0] for row in keys.publications})),
        grants=tuple((grants or "").splitlines()),
    )


def _by_name(rows: list[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: row.fields[0]) if len(rows) > 1 else rows


def _unique_key(row: Row, columns: tuple[str, ...]) -> UniqueKey:
    name, _, nulls_not_distinct = row.fields
    return UniqueKey(name, columns, nulls_not_distinct == "true")


def _foreign_key(row: Row, columns: tuple[str, ...]) -> ForeignKey:
    name, schema, table, on_update, on_delete = row.fields
    return ForeignKey(
        name, columns, schema, table, tuple(row.names), _ACTIONS[on_update], _ACTIONS[on_delete]
    )


def _check(row: Row, columns: tuple[str, ...]) -> CheckConstraint:
    name, expression = row.fields
    return CheckConstraint(name, columns, expression)


def _domain_checks(types: Mapping[int, TypeRow]) -> dict[int, list[tuple[str, str]]]:
    """The checks that come with each domain, its own and those of the domains beneath it."""
    checks = {
        oid: [check for domain in domains_of(types, oid) for check in domain.checks]
        for oid in types
    }
    return {oid: found for oid, found in checks.items() if found}


def _checks_of_domains(
    row: Row, checks: Mapping[int, list[tuple[str, str]]]
) -> Iterator[CheckConstraint]:
    """The checks that columns have from their domains, which count as the table's own."""
    if row.types is None or checks.keys().isdisjoint(row.types):
        return
    for name, oid in zip(row.names, row.types, strict=True):
        for check, expression in checks.get(oid, ()):
            yield CheckConstraint(check, (name,), expression)


def _function(row: Row) -> Function:
    schema, name, kind, arguments, result, definition, description = row.fields
    return Function(schema, name, _FUNCTION_KINDS[kind], arguments, result, definition, description)
