"""Keys and CHECKs of two tables: their names and their order make no difference."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final, NamedTuple

from contracts.model import CheckConstraint, ForeignKey, Table
from detection.change import Change
from detection.diffing.documentation import documented
from detection.diffing.pairing import Pair
from detection.expressions import normal

_CHECK: Final = re.compile(
    r"\s*check\s*\((.*)\)\s*(?:no inherit\s*)?(?:not valid\s*)?", re.IGNORECASE | re.DOTALL
)

Names = Mapping[str, str]
"""What columns were called before, and what they are called now, where that is not the same."""


class Key(NamedTuple):
    """Columns that are unique together, or that make the primary key."""

    columns: frozenset[str]


def compare_keys(pair: Pair, names: Names) -> Iterator[Change]:
    """Every difference between the keys and CHECKs of two tables, whose columns have ``names``."""
    old, new = pair.before.table, pair.after.table
    if old is None or new is None:
        return
    yield from _compare_primary_keys(pair, old, new, names)
    yield from _compare_unique_keys(pair, old, new, names)
    yield from _compare_foreign_keys(pair, old, new, names)
    yield from compare_checks(pair, old, new, names)


def primary_key(table: Table) -> tuple[str, ...] | None:
    """The primary key's columns; ``()`` where there is none, ``None`` where nothing is said."""
    if table.primary_key is not None:
        return table.primary_key
    marked = tuple(column.name for column in table.columns if column.primary_key)
    unsaid = all(column.primary_key is None for column in table.columns)
    return None if unsaid else marked


def _compare_primary_keys(pair: Pair, old: Table, new: Table, names: Names) -> Iterator[Change]:
    before, after = primary_key(old), primary_key(new)
    if pair.observed and None in (before, after):
        return
    if _now(before or (), names) != _now(after or (), {}):
        kind = "changed" if before and after else "dropped" if before else "added"
        yield pair.parts(Key(_now(before or (), {})), Key(_now(after or (), {}))).change(
            f"primary-key-{kind}", _primary(before), _primary(after), aspect="primary key"
        )
    elif {before, after} == {None, ()} and {old.primary_key, new.primary_key} == {None, ()}:
        said = ("none" if key == () else None for key in (before, after))
        yield from documented(pair, "primary key", *said)


def _compare_unique_keys(pair: Pair, old: Table, new: Table, names: Names) -> Iterator[Change]:
    before, after = _unique_keys(old, names), _unique_keys(new, {})
    told_elsewhere = {_now(primary_key(old) or (), names), _now(primary_key(new) or (), {})}
    for key in sorted((before.keys() | after.keys()) - told_elsewhere, key=sorted):
        if key not in after:
            kind = "unique-dropped"
        elif key not in before:
            kind = "unique-added"
        elif before[key] is after[key]:
            continue
        else:
            kind = "nulls-not-distinct-added" if after[key] else "nulls-not-distinct-dropped"
        column = next(iter(key)) if len(key) == 1 else None
        there = (
            pair.columns(old.column(_then(column, names)), new.column(column)) if column else pair
        )
        then = Key(frozenset(_then(each, names) for each in key))
        yield there.parts(then, Key(key)).change(
            kind,
            _unique(key, before[key]) if key in before else None,
            _unique(key, after[key]) if key in after else None,
            aspect="unique",
        )


def _unique_keys(table: Table, names: Names) -> dict[frozenset[str], bool]:
    """The sets of columns that are unique, by the names of now; whether two nulls are the same."""
    keys = {_now((column.name,), names): False for column in table.columns if column.unique}
    for key in table.unique_keys:
        at = _now(key.columns, names)
        keys[at] = keys.get(at, False) or key.nulls_not_distinct
    return keys


def _compare_foreign_keys(pair: Pair, old: Table, new: Table, names: Names) -> Iterator[Change]:
    before = {_reference(key, names): key for key in old.foreign_keys}
    after = {_reference(key, {}): key for key in new.foreign_keys}
    for at in sorted(before.keys() | after.keys()):
        one, other = before.get(at), after.get(at)
        there = pair.parts(one, other)
        if one is None or other is None:
            kind = "foreign-key-dropped" if one else "foreign-key-added"
            yield there.change(kind, _foreign(one), _foreign(other))
        elif (one.on_update, one.on_delete) != (other.on_update, other.on_delete):
            yield there.change("foreign-key-action-changed", _foreign(one), _foreign(other))


def compare_checks(pair: Pair, old: Table, new: Table, names: Names) -> Iterator[Change]:
    """CHECKs by what they say, then by their names; ``x IS NOT NULL`` is told as NOT NULL."""
    before = {_normal(check, old.schema, names): check for check in _proper(old)}
    after = {_normal(check, new.schema, {}): check for check in _proper(new)}
    gone = [check for text, check in before.items() if text not in after]
    come = {check.name: check for text, check in after.items() if text not in before}
    for check in gone:
        other = come.pop(check.name, None)
        kind = "check-changed" if other else "check-dropped"
        yield pair.parts(check, other).change(
            kind, check.expression, other.expression if other else None, aspect="check"
        )
    for check in come.values():
        yield pair.parts(None, check).change("check-added", None, check.expression, aspect="check")


def inner(expression: str) -> str:
    """What a CHECK demands, without the word CHECK and what follows it."""
    found = _CHECK.fullmatch(expression)
    return found[1] if found else expression


def not_null_column(check: CheckConstraint) -> str | None:
    """The column of which a CHECK demands nothing but that it is not null."""
    words = [word for word in normal(inner(check.expression), "") if word not in {"(", ")"}]
    says_so = len(check.columns) == 1 and words[1:] == ["is", "not", "null"]
    return check.columns[0] if says_so else None


def _proper(table: Table) -> list[CheckConstraint]:
    return [check for check in table.checks if not_null_column(check) is None]


def _normal(check: CheckConstraint, schema: str, names: Names) -> tuple[str, ...]:
    return tuple(names.get(token, token) for token in normal(inner(check.expression), schema))


def _reference(key: ForeignKey, names: Names) -> tuple[object, ...]:
    """What a foreign key ties together, whatever its name and the order of its columns."""
    pairs = zip(key.columns, key.references_columns, strict=False)
    ties = sorted((names.get(one, one), other) for one, other in pairs)
    return (key.references_schema, key.references_table, *ties)


def _foreign(key: ForeignKey | None) -> str | None:
    if key is None:
        return None
    actions = [
        f" ON {event} {action}"
        for event, action in (("UPDATE", key.on_update), ("DELETE", key.on_delete))
        if action != "NO ACTION"
    ]
    target = f"{key.references_schema}.{key.references_table}"
    columns = f"({', '.join(key.columns)})"
    references = f"REFERENCES {target} ({', '.join(key.references_columns)})"
    return f"FOREIGN KEY {columns} {references}{''.join(actions)}"


def _now(columns: Iterable[str], names: Names) -> frozenset[str]:
    return frozenset(names.get(column, column) for column in columns)


def _then(column: str, names: Names) -> str:
    """What a column was called before."""
    return next((old for old, new in names.items() if new == column), column)


def _unique(key: frozenset[str], nulls_not_distinct: bool) -> str:
    distinct = " NULLS NOT DISTINCT" if nulls_not_distinct else ""
    return f"UNIQUE{distinct} ({', '.join(sorted(key))})"


def _primary(columns: tuple[str, ...] | None) -> str | None:
    return f"PRIMARY KEY ({', '.join(columns)})" if columns else None
