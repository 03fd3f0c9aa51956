"""The contracts that hold after each step: the old version, and the new one beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from contracts.meaning import Backfill
from contracts.model import Column, Contract, Deprecation, Status, Table
from contracts.versions import read_version
from prevention.planning.dividing import meanwhile
from prevention.planning.division import Division
from prevention.planning.model import Place, TableName, Version, Work
from prevention.planning.pairs import TablePair
from prevention.planning.tables import unkeyed


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
            if each.old is not None and place < Place.ENFORCE:
                made.append(self._old(each, each.old, works, place))
            if each.new is not None and self._is_beside(each, versions) and published:
                beside = self._beside(each, each.new, works, versions, place)
                made += [beside] if beside.tables else []
            if each.new is not None and (each.old is None or place >= Place.ENFORCE):
                done = place >= Place.RELEASE or (
                    each.old is None and not each.breaks and not self._divides(each.new)
                )
                status: Status | None = each.new.status if done else "draft"
                made.append(replace(each.new, version=each.later, status=status))
        return tuple(made)

    def _old(
        self, each: Succession, old: Contract, works: Sequence[Work], place: Place
    ) -> Contract:
        tables = tuple(self._meanwhile(table, works) for table in old.tables)
        backfills = _declared(old, works, self.today)
        contract = replace(
            old, tables=tables, version=each.meanwhile, backfills=backfills, dialect="odcs"
        )
        if place < Place.DEPRECATE or not each.breaks or old.status == "sunset":
            return contract
        said = old.deprecation or Deprecation()
        ends = Deprecation(
            said.announced or self.today.isoformat(),
            self.sunset.isoformat(),
            said.replacement or self._replacement(each),
            said.migration_guide or "PLAN.md",
            said.reason or "It is replaced by a version that breaks what this one promises.",
        )
        status: Status = "sunset" if place >= Place.SUNSET else "deprecated"
        return replace(contract, status=status, deprecation=ends)

    def _replacement(self, each: Succession) -> str | None:
        if each.new is None:
            return None
        beside = any(pair.duals or pair.old.name != pair.new.name for pair in self._pairs_of(each))
        beside = beside or (each.old is not None and self._divides(each.old))
        space = f"{each.new.namespace}/" if each.new.namespace else ""
        return f"{space}{each.beside}" if beside else each.new.identity

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
        renamed = any((p.old.schema, p.old.name) != p.at for p in self._pairs_of(each))
        names = {(pair.old.schema, pair.old.name) for pair in self._pairs_of(each)}
        divided = each.old is not None and self._divides(each.old)
        return renamed or divided or any(version.old in names for version in versions)

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
                continue
            old = (pair.old.schema, pair.old.name)
            if old in by_name:
                tables.append(by_name[old])
            elif old != pair.at and place < Place.ENFORCE:
                tables.append(_physical(pair, works))
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
