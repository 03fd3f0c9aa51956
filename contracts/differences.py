"""What two readings of one contract say differently, field by field, whatever the field is.

Nothing is listed here that could be forgotten: the fields of the nouns are walked. Left out is
what says nothing about the promise: where it was written, in which dialect, in which order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any, Final

from contracts.checks import arguments_of, arguments_text
from contracts.durations import unit_word
from contracts.meaning import Backfill, Invariant
from contracts.model import (
    Channel,
    Check,
    CheckConstraint,
    Column,
    Contract,
    DataType,
    ForeignKey,
    Function,
    Link,
    NullReason,
    Role,
    Server,
    ServiceLevel,
    Table,
    UniqueKey,
)
from contracts.plain import to_plain
from contracts.types import BITS_OF, type_name

IN_ORDER: Final = ("primary_key", "columns", "references_columns", "grain", "bound", "states")
"""Lists that say something as a whole, in their order; of others each item stands for itself."""
OF_WRITING: Final = ("dialect", "spec_version")
"""What is said of the way of writing, and not of the promise."""

Label = Callable[[Any], str]


@dataclass(frozen=True, slots=True)
class Difference:
    """One property of one element, as it was and as it became, both as plain values.

    element:   ``contract``, ``public.object.title``, ``check nullValues of title`` …
    property:  the field's name, with dots within nouns: ``owner.email``.
    before, after:  ``None`` is nothing.
    """

    element: str
    property: str
    before: object
    after: object


LABELS: Final[Mapping[type, Label]] = {
    Check: lambda one: f"check {one.measure} of {_listed(one.columns) or 'the rows'}",
    CheckConstraint: lambda one: f"CHECK {one.name or one.expression}",
    UniqueKey: lambda one: f"unique key ({_listed(one.columns)})",
    ForeignKey: lambda one: f"foreign key ({_listed(one.columns)})",
    ServiceLevel: lambda one: f"service level {one.property}",
    Channel: lambda one: f"channel {one.name}",
    Role: lambda one: f"role {one.name}",
    Server: lambda one: f"server {one.name}",
    Link: lambda one: f"link {one.url}",
    NullReason: lambda one: f"reason for null {one.code}",
    Invariant: lambda one: f"invariant {one.rule}",
    Backfill: lambda one: f"backfill {one.what or ''}".rstrip(),
    Function: lambda one: f"function {one.schema}.{one.name}({one.arguments})",
}
"""What people call a part of a contract; parts that are called alike are compared."""


def find_differences(before: Contract, after: Contract) -> tuple[Difference, ...]:
    """Every property that two readings of one contract state differently."""
    return tuple(_of_noun("contract", "", _normal(before), _normal(after)))


def _of_noun(element: str, path: str, before: Any, after: Any) -> Iterator[Difference]:
    for field in fields(before):
        if not field.compare or field.name in OF_WRITING:
            continue
        one, other = getattr(before, field.name), getattr(after, field.name)
        if one != other:
            yield from _of_field(element, f"{path}{field.name}", one, other)


def _of_field(element: str, path: str, before: Any, after: Any) -> Iterator[Difference]:
    if path == "tables":
        yield from _of_tables(before, after)
    elif path == "columns" and element != "contract":
        yield from _of_columns(element, before, after)
    elif isinstance(before, str) or isinstance(after, str):
        yield Difference(element, path, _plain(before), _plain(after))
    elif isinstance(before, tuple) or isinstance(after, tuple):
        yield from _of_items(element, path, before, after)
    elif isinstance(before, DataType) and isinstance(after, DataType):
        yield from _of_types(element, path, before, after)
    elif is_dataclass(before) and is_dataclass(after):
        yield from _of_noun(element, f"{path}.", before, after)
    else:
        yield Difference(element, path, _plain(before), _plain(after))


def _of_tables(before: Sequence[Table], after: Sequence[Table]) -> Iterator[Difference]:
    """Tables by their names; a contract's only table is the same by any name."""
    if len(before) == len(after) == 1:
        yield from _of_noun(before[0].qualified_name, "", before[0], after[0])
        return
    theirs = {table.qualified_name: table for table in after}
    for table in before:
        if (other := theirs.pop(table.qualified_name, None)) is None:
            yield Difference("contract", "tables", table.qualified_name, None)
        else:
            yield from _of_noun(table.qualified_name, "", table, other)
    for name in theirs:
        yield Difference("contract", "tables", None, name)


def _of_columns(
    table: str, before: Sequence[Column], after: Sequence[Column]
) -> Iterator[Difference]:
    theirs = {column.name: column for column in after}
    for column in before:
        if (other := theirs.pop(column.name, None)) is None:
            yield Difference(table, "columns", column.name, None)
        else:
            yield from _of_noun(f"{table}.{column.name}", "", column, other)
    for name in theirs:
        yield Difference(table, "columns", None, name)


def _of_items(element: str, path: str, before: Any, after: Any) -> Iterator[Difference]:
    """Items of two lists: those that both have are the same, whatever their order."""
    ours, theirs = [*(before or ())], [*(after or ())]
    if path.rpartition(".")[2] in IN_ORDER:
        yield Difference(element, path, _plain(before), _plain(after))
        return
    if _are_pairs([*ours, *theirs]):
        yield from _of_pairs(element, path, ours, theirs)
        return
    for item in list(ours):
        if item in theirs:
            ours.remove(item)
            theirs.remove(item)
    if not ours and not theirs:
        yield Difference(element, path, _plain(before), _plain(after))
    for item in ours:
        label = LABELS.get(type(item))
        alike = [one for one in theirs if label and type(one) is type(item)]
        same = next((one for one in alike if label and label(one) == label(item)), None)
        if label and same is not None:
            theirs.remove(same)
            yield from _of_noun(_within(element, label(item)), "", item, same)
        else:
            yield Difference(_named(element, item), path, _plain(item), None)
    for item in theirs:
        yield Difference(_named(element, item), path, None, _plain(item))


def _of_pairs(
    element: str, path: str, before: Sequence[tuple[str, str]], after: Sequence[tuple[str, str]]
) -> Iterator[Difference]:
    """Names with what is said under each; one that is there twice counts twice."""
    if len(dict(before)) < len(before) or len(dict(after)) < len(after):
        yield Difference(element, path, _plain(tuple(before)), _plain(tuple(after)))
        return
    ours, theirs = dict(before), dict(after)
    for name in dict.fromkeys((*ours, *theirs)):
        if ours.get(name) != theirs.get(name):
            yield Difference(element, f"{path}.{name}", ours.get(name), theirs.get(name))


def _of_types(element: str, path: str, before: DataType, after: DataType) -> Iterator[Difference]:
    """One figure of a type, where it is the same type otherwise; else both types in words."""
    figures = ("length", "precision", "scale", "fields", "labels")
    bare = dict.fromkeys(figures)
    if replace(before, **bare) != replace(after, **bare):  # type: ignore[arg-type]
        yield Difference(element, path, _words(before), _words(after))
        return
    for figure in figures:
        one, other = getattr(before, figure), getattr(after, figure)
        if one != other:
            yield Difference(element, f"{path}.{figure}", _plain(one), _plain(other))


def _words(data_type: DataType) -> str:
    """A type in words, which tell two types apart that Postgres calls alike."""
    kind = f" ({data_type.kind})" if data_type.kind not in ("base", "array", "range") else ""
    return f"{type_name(data_type)}{kind}"


def _plain(value: object) -> object:
    if isinstance(value, DataType):
        return _words(value)
    plain = to_plain(value)
    return None if plain in ((), [], {}) else plain


def _normal(contract: Contract) -> Contract:
    """A contract in which two ways of saying the same are one."""
    return replace(
        contract,
        tables=tuple(map(_normal_table, contract.tables)),
        checks=tuple(map(_normal_check, contract.checks)),
        service_levels=tuple(_normal_level(level, contract) for level in contract.service_levels),
    )


def _normal_level(level: ServiceLevel, contract: Contract) -> ServiceLevel:
    found = about_columns(level, contract.tables[0]) if len(contract.tables) == 1 else level
    return replace(found, unit=unit_word(level.unit or "") or level.unit)


def about_columns(level: ServiceLevel, table: Table) -> ServiceLevel:
    """A service level whose element names the columns of a table without the table."""
    if level.element is None:
        return level
    parts = (
        part.strip().removeprefix(f"{table.schema}.").removeprefix(f"{table.name}.")
        for part in level.element.split(",")
    )
    return replace(level, element=", ".join(parts))


def _normal_table(table: Table) -> Table:
    """A table whose key is said once, in its order; an empty text says nothing."""
    flagged = tuple(column.name for column in table.columns if column.primary_key)
    key = table.primary_key or flagged
    columns = (
        replace(
            column,
            data_type=column.data_type and _normal_type(column.data_type),
            primary_key=None if column.name in key else column.primary_key,
            description=column.description or None,
        )
        for column in table.columns
    )
    return replace(
        table,
        columns=tuple(columns),
        primary_key=key or table.primary_key,
        description=table.description or None,
    )


def _normal_type(data_type: DataType) -> DataType:
    """A type without the figures that it has by nature."""
    element = data_type.element and _normal_type(data_type.element)
    base = data_type.base and _normal_type(data_type.base)
    found = replace(data_type, element=element, base=base)
    if data_type.kind != "base" or BITS_OF.get(data_type.name) != (data_type.precision or -1):
        return found
    return replace(found, precision=None, scale=data_type.scale or None)


def _normal_check(check: Check) -> Check:
    arguments = arguments_of(check)
    return replace(check, arguments=arguments_text(arguments)) if arguments else check


def _are_pairs(items: Sequence[object]) -> bool:
    return bool(items) and all(
        isinstance(item, tuple) and len(item) == 2 and all(isinstance(one, str) for one in item)
        for item in items
    )


def _named(element: str, item: object) -> str:
    label = LABELS.get(type(item))
    return _within(element, label(item)) if label else element


def _within(element: str, label: str) -> str:
    return label if element == "contract" else f"{element} {label}"


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names)
