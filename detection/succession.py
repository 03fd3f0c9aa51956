"""A contract and the one that replaces it: what is different for who moves from one to the other.

The two have names, and often tables, of their own; those are no difference but the way. What is
left is compared as two versions of one contract are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from contracts.consumers import Consumer
from contracts.model import Check, Column, Contract, Table
from detection.change import Change, Side, Verdict
from detection.diff import diff
from detection.diffing.columns import compare_columns
from detection.diffing.pairing import Pair
from detection.diffing.tables import renamed_in
from detection.hearing import readers_of
from detection.judgement import judge

_VERSION: Final = re.compile(r"_?v\d+$")
_GONE: Final = ("column-removed", "column-renamed")
_COME: Final = ("column-added", "column-renamed")


@dataclass(frozen=True, slots=True)
class Rearranged:
    """Columns of a table that became others: one became several, or several became one."""

    schema: str
    table: str
    gone: tuple[str, ...]
    come: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Succession:
    """What it means to move from a contract to its replacement.

    tables:      each table that goes by another name there: the old name, and the new one.
    verdicts:    what is different there, by the names that the old contract has for it.
    rearranged:  columns that were split or merged, as far as their names tell.
    """

    old: Contract
    new: Contract
    tables: tuple[tuple[str, str], ...]
    verdicts: tuple[Verdict, ...]
    rearranged: tuple[Rearranged, ...] = ()

    @property
    def breaking(self) -> tuple[Verdict, ...]:
        """What breaks for somebody, as far as no evidence says otherwise."""
        return tuple(verdict for verdict in self.verdicts if verdict.breaks)

    def has_moved(self, change: Change) -> bool:
        """Whether what changed is in a table that another one replaces."""
        name = f"{change.schema or 'public'}.{change.table}"
        return any(old == name for old, _ in self.tables)

    def rearrangement(self, change: Change) -> Rearranged | None:
        """The split or the merge that a change of a column belongs to."""
        names = {side.column.name for side in (change.before, change.after) if side.column}
        if change.kind not in (*_GONE, *_COME):
            return None
        return next(
            (
                each
                for each in self.rearranged
                if (each.schema, each.table) == (change.schema, change.table)
                and not names.isdisjoint((*each.gone, *each.come))
            ),
            None,
        )


@dataclass(frozen=True, slots=True)
class Affected:
    """A consumer of the old contract, and what of the move breaks what it reads."""

    consumer: Consumer
    breaks: tuple[Verdict, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of theirs that break, by their old names."""
        columns = (verdict.change.before.column for verdict in self.breaks)
        return tuple(dict.fromkeys(column.name for column in columns if column))


def succeed(old: Contract, new: Contract, consumers: Sequence[Consumer] = ()) -> Succession:
    """Compare a contract with its replacement, as whoever moves from one to the other would."""
    pairs = tuple(_paired(old.tables, new.tables))
    changes = _with_declared_renames(diff([old], [_dressed(old, new, pairs)]))
    return Succession(
        old,
        new,
        tuple(
            (one.qualified_name, other.qualified_name)
            for one, other in pairs
            if one.qualified_name != other.qualified_name
        ),
        judge(changes, consumers),
        tuple(_rearranged(changes)),
    )


def affected(succession: Succession, consumers: Sequence[Consumer]) -> tuple[Affected, ...]:
    """Everybody who reads under the old contract, each with what breaks for them."""
    old = succession.old
    tables = {(table.schema, table.name) for table in old.tables}
    return tuple(
        Affected(
            consumer,
            tuple(
                verdict
                for verdict in succession.breaking
                if verdict.reader in ("breaking", "conditional", "invalid")
                and readers_of(verdict.change, [consumer])
            ),
        )
        for consumer in consumers
        if any(
            each.contract == old.identity
            or (each.contract is None and (each.schema, each.table) in tables)
            for each in consumer.subscriptions
        )
    )


def _paired(old: Sequence[Table], new: Sequence[Table]) -> Iterator[tuple[Table, Table]]:
    """Which table takes the place of which: by its name, by that without a version, or the rest."""
    left = list(new)
    alone: list[Table] = []
    for table in old:
        there = [one for one in left if one.qualified_name == table.qualified_name]
        there = there or [one for one in left if _stem(one) == _stem(table)]
        if len(there) == 1:
            left.remove(there[0])
            yield table, there[0]
        else:
            alone.append(table)
    if len(alone) == len(left) == 1:
        yield alone[0], left[0]


def _stem(table: Table) -> str:
    """A table's name without the version at its end: ``customers`` of ``customers_v2``."""
    return _VERSION.sub("", table.name.lower())


def _dressed(old: Contract, new: Contract, pairs: Sequence[tuple[Table, Table]]) -> Contract:
    """The replacement by the names of the old one, and with its place in its life."""
    names = {other.qualified_name: one for one, other in pairs}
    called = {other.qualified_name: _old_names(one, other) for one, other in pairs}
    alone = pairs[0][1].qualified_name if len(pairs) == len(new.tables) == 1 else ""
    tables = tuple(
        replace(table, schema=names[table.qualified_name].schema, name=one.name)
        if (one := names.get(table.qualified_name))
        else table
        for table in new.tables
    )

    def check(each: Check) -> Check:
        there = names.get(each.table or "")
        known = _by_old_names(each, called.get(each.table or alone, {}))
        return replace(known, table=there.qualified_name) if there else known

    return replace(
        new,
        name=old.name,
        namespace=old.namespace,
        id=old.id,
        version=old.version,
        status=old.status,
        deprecation=old.deprecation,
        dialect=old.dialect,
        spec_version=old.spec_version,
        extends=old.extends,
        extends_version=old.extends_version,
        tables=tables,
        checks=tuple(map(check, new.checks)),
    )


def _old_names(old: Table, new: Table) -> dict[str, str]:
    """The columns that are called otherwise now: the new name, and the old one."""
    found = {other: one for one, other in renamed_in(old, new).items()}
    declared = {
        column.replaced_by: column.name
        for column in old.columns
        if column.replaced_by and new.column(column.replaced_by) and not new.column(column.name)
    }
    return found | declared


def _by_old_names(check: Check, names: Mapping[str, str]) -> Check:
    """A check by the names that the old table has: that it follows a column is no difference."""
    if not names:
        return check
    any_name = re.compile(rf"\b(?:{'|'.join(map(re.escape, names))})\b")

    def text(said: str | None) -> str | None:
        return said and any_name.sub(lambda name: names[name[0]], said)

    return replace(
        check,
        columns=tuple(names.get(name, name) for name in check.columns),
        query=text(check.query),
        filter=text(check.filter),
        arguments=text(check.arguments),
    )


def _with_declared_renames(changes: Sequence[Change]) -> tuple[Change, ...]:
    """The changes, where a column says what takes its place, with that as its new name."""
    come = {(*_table(each), each.column): each for each in changes if each.kind == "column-added"}
    found: list[Change] = []
    settled: set[int] = set()
    for change in changes:
        column = change.before.column
        if change.kind != "column-removed" or column is None or not column.replaced_by:
            continue
        there = come.get((*_table(change), column.replaced_by))
        if there is not None and there.after.column is not None:
            found += _renamed(change, there, column, there.after.column)
            settled |= {id(change), id(there)}
    return (*found, *(each for each in changes if id(each) not in settled))


def _table(change: Change) -> tuple[str | None, str | None]:
    return change.schema, change.table


def _renamed(gone: Change, come: Change, old: Column, new: Column) -> Iterator[Change]:
    # That it is on its way out, and to what, was said of the old name alone.
    old = replace(old, deprecated=new.deprecated, replaced_by=new.replaced_by)
    before = Side(gone.before.contract, gone.before.table, old)
    pair = Pair(before, Side(come.after.contract, come.after.table, new))
    yield pair.change("column-renamed", old.name, new.name)
    yield from compare_columns(pair)


def _rearranged(changes: Sequence[Change]) -> Iterator[Rearranged]:
    """Columns that seem to be split or merged: the new names have the old one in them."""
    for at in dict.fromkeys(map(_table, changes)):
        here = [change for change in changes if _table(change) == at and not _is_declared(change)]
        gone = [each.before.column.name for each in here if _of(each, _GONE) and each.before.column]
        come = [each.after.column.name for each in here if _of(each, _COME) and each.after.column]
        for name in gone:
            parts = tuple(other for other in come if _is_part(other, name))
            if len(parts) > 1:
                yield Rearranged(at[0] or "", at[1] or "", (name,), parts)
        for name in come:
            parts = tuple(other for other in gone if _is_part(other, name))
            if len(parts) > 1:
                yield Rearranged(at[0] or "", at[1] or "", parts, (name,))


def _of(change: Change, kinds: Sequence[str]) -> bool:
    return change.kind in kinds


def _is_declared(change: Change) -> bool:
    column = change.before.column
    return change.kind == "column-renamed" and column is not None and column.replaced_by is not None


def _is_part(part: str, whole: str) -> bool:
    """Whether one name is another with a word before or behind: ``phone_country`` of ``phone``."""
    part, whole = part.lower(), whole.lower()
    return part.startswith(f"{whole}_") or part.endswith(f"_{whole}")
