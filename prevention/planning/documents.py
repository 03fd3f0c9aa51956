"""The contracts that hold after each step: the old version, and the new one beside it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from contracts.meaning import Backfill
from contracts.model import Column, Contract, Deprecation, Status, Table
from contracts.versions import read_version
from prevention.planning.dividing import meanwhile
from prevention.planning.division import Division
from prevention.planning.model import Place, TableName, Version, Work
from prevention.planning.pairs import TablePair
from prevention.planning.tables import unkeyed

RUNBOOK: Final = "PLAN.md"
"""The file of a plan that tells its steps: the migration guide of whatever names no other."""


@dataclass(frozen=True, slots=True)
class Succession:
    """A contract, what it becomes, and the versions on the way.

    old:       ``None`` for one that comes; ``new`` is ``None`` for one that goes.
    meanwhile: OLD's version from the first step on; ``later`` that of NEW.
    breaks:    whether anything in it breaks.
    """

    old: Contract | None
    new: Contract | None
    meanwhile: str | None = None
    later: str | None = None
    breaks: bool = True
    suffix: str = "v2"

    @property
    def at_sunset(self) -> str | None:
        """OLD's version once it is closed to new consumers."""
        version = read_version(self.meanwhile) if self.meanwhile else None
        return str(version.bumped("minor")) if version else None

    @property
    def beside(self) -> str:
        """What NEW is called for as long as OLD has the name: no two contracts share one."""
        return f"{self.new.name}-{self.suffix}" if self.new else ""


def succeed(old: Contract | None, new: Contract | None, *, breaks: bool) -> Succession:
    """The versions of a contract on its way: minor for what joins, major for what goes."""
    before = read_version(old.version) if old and old.version else None
    after = read_version(new.version) if new and new.version else None
    if before is None:
        said = new.version if new else None
        number = after.major if after and after.major else 2
        return Succession(old, new, None, said, breaks, f"v{number}")
    least = before.bumped("major" if breaks else "minor")
    later = max(after, least) if after else least
    word = f"v{later.major}" if later.major else f"v0_{later.minor}"
    return Succession(old, new, str(before.bumped("minor")), str(later), breaks, word)


@dataclass(frozen=True, slots=True)
class Course:
    """What it takes to say which contracts hold after a step."""

    successions: Sequence[Succession]
    pairs: Sequence[TablePair]
    today: date
    sunset: date
    divisions: Sequence[Division] = ()

    def after(
        self, works: Sequence[Work], versions: Sequence[Version], *, published: bool
    ) -> tuple[Contract, ...]:
        """The contracts that hold once these pieces of work are done, the last one just now.

        published:  whether the second versions are there.
        """
        place = works[-1].place
        made: list[Contract] = []
        for each in self.successions:
            beside = []
            if each.new is not None and self._is_beside(each, versions) and published:
                shown = self._beside(each, each.new, works, versions, place)
                beside = [shown] if shown.tables else []
            if each.old is not None and place < Place.ENFORCE:
                made.append(self._old(each, each.old, works, place, next(iter(beside), each.new)))
            made += beside
            if each.new is not None and (each.old is None or place >= Place.ENFORCE):
                done = place >= Place.RELEASE or (
                    each.old is None and not each.breaks and not self._divides(each.new)
                )
                status: Status | None = each.new.status if done else "draft"
                made.append(replace(each.new, version=each.later, status=status))
        return tuple(made)

    def _old(
        self,
        each: Succession,
        old: Contract,
        works: Sequence[Work],
        place: Place,
        replacement: Contract | None,
    ) -> Contract:
        tables = tuple(self._meanwhile(table, works) for table in old.tables)
        backfills = _declared(old, works, self.today)
        contract = replace(
            old, tables=tables, version=each.meanwhile, backfills=backfills, dialect="odcs"
        )
        if backfills != old.backfills:
            contract = replace(contract, custom=_with_evidence(old))
        if place < Place.DEPRECATE or not each.breaks or old.status == "sunset":
            return contract
        said = old.deprecation or Deprecation()
        ends = Deprecation(
            said.announced or self.today.isoformat(),
            self.sunset.isoformat(),
            said.replacement or (replacement.identity if replacement else None),
            said.migration_guide or RUNBOOK,
            said.reason or "It is replaced by a version that breaks what this one promises.",
        )
        if place >= Place.SUNSET:
            contract = replace(contract, status="sunset", version=each.at_sunset)
        else:
            contract = replace(contract, status="deprecated")
        return replace(contract, deprecation=ends)

    def _meanwhile(self, table: Table, works: Sequence[Work]) -> Table:
        """A table of OLD with what has joined it, and what goes marked as such."""
        pair = self._pair(table)
        if pair is None:
            return table
        if (table.schema, table.name) != pair.at:  # it is a view by now
            return unkeyed(table, table.name)
        joined = _joined(pair.at, works)
        known = {column.name for column in table.columns}
        columns = tuple(_marked(column, pair) for column in table.columns)
        return replace(table, columns=(*columns, *(c for c in joined if c.name not in known)))

    def _is_beside(self, each: Succession, versions: Sequence[Version]) -> bool:
        """Whether NEW needs a name of its own meanwhile: where it breaks, OLD has the first one."""
        renamed = any((p.old.schema, p.old.name) != p.at for p in self._pairs_of(each))
        names = {(pair.old.schema, pair.old.name) for pair in self._pairs_of(each)}
        both = each.old is not None and each.breaks
        return both or renamed or any(version.old in names for version in versions)

    def _divides(self, contract: Contract) -> bool:
        """Whether a table of a contract is split or merged."""
        ours = {
            table.qualified_name for each in self.divisions for table in (*each.olds, *each.news)
        }
        return any(table.qualified_name in ours for table in contract.tables)

    def _beside(
        self,
        each: Succession,
        new: Contract,
        works: Sequence[Work],
        versions: Sequence[Version],
        place: Place,
    ) -> Contract:
        done = {work.slug for work in works if work.place is Place.REMOVE}
        by_name = {version.old: _shown(version, self.pairs, done) for version in versions}
        tables = []
        for table in new.tables:
            division = next((d for d in self.divisions if table in d.come), None)
            if division is not None:
                held = place > Place.REFER
                if place < Place.RELEASE:
                    tables.append(table if held else meanwhile(table, division))
                continue
            pair = next((p for p in self._pairs_of(each) if p.new.name == table.name), None)
            if pair is None:
                was = _named(each.old, table)
                if was is not None and place < Place.ENFORCE:
                    joined = _joined((was.schema, was.name), works)
                    there = replace(was, columns=(*was.columns, *joined))
                    tables.append(_in_common(there, table))
                continue
            old = (pair.old.schema, pair.old.name)
            if old in by_name:
                tables.append(by_name[old])
            elif place < Place.ENFORCE:
                there = _physical(pair, works)
                tables.append(there if old != pair.at else _in_common(there, pair.new))
        return replace(
            new, name=each.beside, id=None, version=each.later, tables=tuple(tables),
            dialect="odcs", service_levels=(), checks=(), functions=(),
            status="active" if new.status in (None, "draft", "proposed") else new.status,
        )  # fmt: skip

    def _pairs_of(self, each: Succession) -> list[TablePair]:
        names = {table.qualified_name for table in each.old.tables} if each.old else set()
        return [pair for pair in self.pairs if pair.old.qualified_name in names]

    def _pair(self, table: Table) -> TablePair | None:
        return next(
            (pair for pair in self.pairs if pair.old.qualified_name == table.qualified_name), None
        )


def _shown(version: Version, pairs: Sequence[TablePair], done: set[str]) -> Table:
    """What the second version shows: of a column that has its own name by now, its own type."""
    ended = {
        column.name
        for pair in pairs
        if (pair.old.schema, pair.old.name) == version.old
        for dual in pair.duals
        if f"drop-{'-'.join(old.name for old in dual.olds)}" in done
        for column in dual.news
    }
    columns = (
        version.table.column(each.name) or each if each.name in ended else each
        for each in version.meanwhile.columns
    )
    return replace(version.meanwhile, columns=tuple(columns))


def _physical(pair: TablePair, works: Sequence[Work]) -> Table:
    """A table that has its new name already, with the columns that it has meanwhile."""
    joined = _joined(pair.at, works)
    return replace(
        pair.old, name=pair.at[1], schema=pair.at[0], columns=(*pair.old.columns, *joined)
    )


def _named(contract: Contract | None, table: Table) -> Table | None:
    """The table of a contract that has the name of another one."""
    names = {each.qualified_name: each for each in contract.tables} if contract else {}
    return names.get(table.qualified_name)


def _in_common(there: Table, new: Table) -> Table:
    """What is there meanwhile of a table that keeps its name, and is there in NEW as well."""
    kept = tuple(column for column in there.columns if new.column(column.name))
    names = {column.name for column in kept}
    key = there.primary_key
    return replace(
        there,
        columns=kept,
        primary_key=key if key and set(key) <= names else None,
        unique_keys=tuple(each for each in there.unique_keys if set(each.columns) <= names),
        foreign_keys=tuple(each for each in there.foreign_keys if set(each.columns) <= names),
        checks=tuple(each for each in there.checks if set(each.columns) <= names),
    )


def _with_evidence(old: Contract) -> tuple[tuple[str, str], ...]:
    """What a contract says besides, and why the backfills of the plan change nobody's history."""
    said = dict(old.custom)
    entry = {
        "rule": "backfill-declared",
        "says": "only columns that join with this version are filled; nobody has read them before",
    }
    known = json.loads(said.get("evidence", "[]"))
    return tuple((said | {"evidence": json.dumps([*known, entry])}).items())


def _joined(at: TableName, works: Sequence[Work]) -> list[Column]:
    return [
        column for work in works if work.place < Place.ENFORCE
        for table, column in work.adds if table == at
    ]  # fmt: skip


def _marked(column: Column, pair: TablePair) -> Column:
    """A column that goes, with what takes its place."""
    for dual in pair.duals:
        if column in dual.olds or column.name in {old.name for old in dual.olds}:
            return replace(
                column, deprecated=True, replaced_by=", ".join(dual.at(c) for c in dual.news)
            )
    if pair.new.column(column.name) is None:
        return replace(column, deprecated=True)
    return column


def _declared(
    old: Contract, works: Sequence[Work], today: date
) -> tuple[Backfill, ...] | str | None:
    """The backfills that a contract speaks of, and those of the plan that are about its tables."""
    tables = {table.name for table in old.tables}
    filled = tuple(
        replace(work.backfills, backfilled_at=today.isoformat())
        for work in works
        if work.backfills and (work.backfills.what or "").partition(".")[0] in tables
    )
    if isinstance(old.backfills, str):
        said = (f"{each.what}: {each.origin}" for each in filled)
        return "; ".join((old.backfills, *said))
    return (*(old.backfills or ()), *filled) or None
