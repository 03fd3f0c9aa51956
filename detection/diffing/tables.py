"""Two tables, promised or observed: their columns, their keys, and what they are as a whole."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Final

from contracts.model import Column, Table
from contracts.types import type_name
from detection.change import Change
from detection.diffing.columns import compare_columns
from detection.diffing.declarations import own_meaning
from detection.diffing.documentation import compare_documentation, documented
from detection.diffing.filling import filling_of
from detection.diffing.keys import Names, compare_keys, not_null_column
from detection.diffing.pairing import Pair, shown, told
from detection.diffing.storage import compare_storage
from detection.diffing.views import compare_views
from detection.matching import renamed_columns

MEANINGS: Final = ("meaning", "filter")
"""What of a table says how its rows are to be understood."""
DOCUMENTATION: Final = ("description", "business_name", "tags", "links", "custom")


def compare_tables(pair: Pair) -> Iterator[Change]:
    """Every difference between the two tables of a pair, whose names need not be the same."""
    before, after = pair.before.table, pair.after.table
    if before is None or after is None or before == after:
        return
    old, new = _checked_for_null(before), _checked_for_null(after)
    pair = pair.tables(old, new)
    renamed = _renamed(old, new)
    names = {one.name: other.name for one, other in renamed}
    yield from _compare_kinds(pair, old, new)
    removed = [c for c in old.columns if new.column(c.name) is None and c.name not in names]
    added = [c for c in new.columns if old.column(c.name) is None and c.name not in names.values()]
    keys = list(compare_keys(pair, names))
    for column in removed:
        yield _removed(pair, column, _about(keys, [column], before=True))
    for one, other in renamed:
        yield _renamed_column(pair, one, other)
    for column in old.columns:
        now = new.column(names.get(column.name, column.name))
        if now is not None:
            yield from compare_columns(pair.columns(column, now))
    for column in added:
        harmless = column.nullable is not False and filling_of(column).expression is None
        theirs = _about(keys, added if harmless else [], before=False, only=column)
        yield _added(pair, column, theirs)
    yield from keys
    yield from _compare_orders(pair, old, new, names)
    yield from compare_views(pair, names)
    yield from compare_storage(pair, names)
    yield from _compare_meanings(pair, old, new, names)
    yield from compare_documentation(pair, old, new, DOCUMENTATION)


def column_parts(pair: Pair, *, removed: bool) -> tuple[Change, ...]:
    """A change for each column of a table that went, or came, as a whole."""
    table = pair.before.table if removed else pair.after.table
    tell = _removed if removed else _added
    return tuple(tell(pair, column, ()) for column in table.columns) if table else ()


def renamed_in(old: Table, new: Table) -> dict[str, str]:
    """The columns that seem to be called otherwise now: the old name, and the new one."""
    return {one.name: other.name for one, other in _renamed(old, new)}


def _checked_for_null(table: Table) -> Table:
    """A table in which a column that a CHECK demands to be not null is NOT NULL."""
    demanded = {not_null_column(check) for check in table.checks} - {None}
    if not demanded:
        return table
    columns = (
        replace(column, nullable=False) if column.name in demanded else column
        for column in table.columns
    )
    return replace(table, columns=tuple(columns))


def _renamed(old: Table, new: Table) -> list[tuple[Column, Column]]:
    gone = [column for column in old.columns if new.column(column.name) is None]
    come = [column for column in new.columns if old.column(column.name) is None]
    return renamed_columns(old, new, gone, come)


def _about(
    keys: list[Change], columns: Sequence[Column], *, before: bool, only: Column | None = None
) -> tuple[Change, ...]:
    """The changes of keys that follow from these columns, taken out of ``keys``.

    A key goes with any column of it that went. It comes with columns that came if it is on
    nothing but these, and then under the last of them (``only``).
    """
    names = {column.name for column in columns}
    found = []
    for change in list(keys):
        held = set(getattr((change.before if before else change.after).part, "columns", ()))
        follows = bool(held & names) if before else bool(held) and held <= names
        if not before and (change.before.part is not None and change.old is not None):
            follows = False
        if follows and only is not None:
            follows = only.name in held
        if follows:
            keys.remove(change)
            found.append(change)
    return tuple(found)


def _removed(pair: Pair, column: Column, parts: Iterable[Change]) -> Change:
    there = pair.columns(column, None)
    return there.change("column-removed", _described(column), None, parts=tuple(parts))


def _added(pair: Pair, column: Column, parts: Iterable[Change]) -> Change:
    there = pair.columns(None, column)
    aspect = "in the middle" if _is_in_the_middle(pair, column) else None
    return there.change("column-added", None, _described(column), aspect=aspect, parts=tuple(parts))


def _renamed_column(pair: Pair, old: Column, new: Column) -> Change:
    there = pair.columns(old, new)
    return there.change("column-renamed", old.name, new.name)


def _described(column: Column) -> str | None:
    words = [type_name(column.data_type) if column.data_type else None]
    words.append("NOT NULL" if column.nullable is False else None)
    words.append(f"DEFAULT {column.default}" if column.default else None)
    return " ".join(filter(None, words)) or None


def _is_in_the_middle(pair: Pair, column: Column) -> bool:
    """Whether a column that was there before comes after it."""
    old, new = pair.before.table, pair.after.table
    if old is None or new is None:
        return False
    names = [each.name for each in new.columns]
    return any(old.column(name) is not None for name in names[names.index(column.name) + 1 :])


def _compare_orders(pair: Pair, old: Table, new: Table, names: Names) -> Iterator[Change]:
    """The order of the columns that both have, where it is a fact or a promise."""
    then = [names.get(column.name, column.name) for column in old.columns]
    now = [column.name for column in new.columns]
    if (pair.observed or old.ordered) and new.ordered is not False:
        common = [name for name in then if name in now]
        if common != [name for name in now if name in common]:
            yield pair.change("columns-reordered", ", ".join(then), ", ".join(now))
    if bool(old.ordered) is not bool(new.ordered):
        kind = "order-stated" if new.ordered else "order-withdrawn"
        yield pair.change(kind, shown(old.ordered), shown(new.ordered), aspect="ordered")
    elif old.ordered is not new.ordered:
        yield from documented(pair, "ordered", old.ordered, new.ordered)


def _compare_kinds(pair: Pair, old: Table, new: Table) -> Iterator[Change]:
    """What the tables are: a table, a view, a partition."""
    if old.partition_of != new.partition_of:
        if old.partition_of and not new.partition_of:
            yield pair.change("partition-detached", f"partition of {old.partition_of}", new.kind)
            return
        if new.partition_of and not old.partition_of:
            yield pair.change("partition-attached", old.kind, f"partition of {new.partition_of}")
            return
        yield pair.change("partition-moved", old.partition_of, new.partition_of)
    if None in (old.kind, new.kind):
        if not pair.observed:
            yield from documented(pair, "kind", old.kind, new.kind)
    elif old.kind != new.kind:
        yield pair.change("table-kind-changed", old.kind, new.kind)


def _compare_meanings(pair: Pair, old: Table, new: Table, names: Names) -> Iterator[Change]:
    for aspect in MEANINGS:
        before, after = (own_meaning(getattr(each, aspect)) for each in (old, new))
        yield from told(pair, "meaning", aspect, before, after)
    grain = sorted(names.get(column, column) for column in old.grain or ())
    now = sorted(new.grain or ())
    yield from told(pair, "grain", "grain", tuple(grain), tuple(now), ", ".join)
