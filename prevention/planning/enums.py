"""Types that somebody made: an enum that loses labels is there twice until the end."""

from __future__ import annotations

from dataclasses import replace

from contracts.model import Column
from detection.diffing.types import footing
from prevention.planning.model import Statement
from prevention.planning.pairs import TablePair
from prevention.planning.sides import type_of
from prevention.planning.statements import do, literal, name, spelled


def physical(column: Column, pair: TablePair) -> Column:
    """The column with the type that it has until the end."""
    if not _needs_own_type(column, pair) or column.data_type is None:
        return column
    kind = column.data_type
    return replace(column, data_type=replace(kind, name=f"{kind.name}_v{pair.major}"))


def _needs_own_type(column: Column, pair: TablePair) -> bool:
    """Whether an enum of the same name loses labels, so that there are two of them for a while."""
    old = pair.old.column(column.name)
    if old is None or old.data_type is None or column.data_type is None:
        return False
    one, other = footing(old.data_type), footing(column.data_type)
    same = (one.schema, one.name) == (other.schema, other.name)
    return same and one.kind == other.kind == "enum" and one.labels != other.labels


def _of_the_type(column: Column, pair: TablePair) -> list[str]:
    """The columns whose enum is there twice as this one's is, in the order of their steps."""
    kind = column.data_type
    return [
        each.name
        for dual in pair.duals
        for each in dual.news
        if _needs_own_type(each, pair)
        and kind and each.data_type
        and (each.data_type.schema, each.data_type.name) == (kind.schema, kind.name)
    ] or [column.name]  # fmt: skip


def new_type(column: Column, pair: TablePair) -> tuple[Statement, ...]:
    """The enum that the new column needs, made and dropped; nothing where it is there."""
    kind = column.data_type
    if kind is None or kind.kind != "enum" or not kind.labels:
        return ()
    used = {c.data_type.name for c in pair.old.columns if c.data_type}
    if _needs_own_type(column, pair):
        if column.name != _of_the_type(column, pair)[0]:
            return ()
        kind = replace(kind, name=f"{kind.name}_v{pair.major}")
    elif kind.name in used:
        return ()
    labels = ", ".join(map(literal, kind.labels or ()))
    return do(f"create type {spelled(kind)} as enum ({labels})", f"drop type {spelled(kind)}")


def renamed_type(column: Column, pair: TablePair) -> tuple[Statement, ...]:
    """The old enum dropped and the new one called by its name; and both again."""
    if not _needs_own_type(column, pair) or column.data_type is None:
        return ()
    if column.name != _of_the_type(column, pair)[-1]:  # one of another column is still in use
        return ()
    old = type_of(pair.old.column(column.name))
    mine = column.data_type
    later = replace(mine, name=f"{mine.name}_v{pair.major}")
    labels = ", ".join(map(literal, footing(old).labels or ()))
    return do(
        f"do $types$ begin drop type {spelled(mine)}; "
        f"alter type {spelled(later)} rename to {name(mine.name)}; end $types$",
        f"do $types$ begin alter type {spelled(mine)} rename to {name(later.name)}; "
        f"create type {spelled(mine)} as enum ({labels}); end $types$",
    )
