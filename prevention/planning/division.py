"""One table on the one side of a plan and several on the other: a split, or a merge.

Which they are is said by a person, or seen where it is plain: the same key, and the columns of
one in the others.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from contracts.model import Column, Contract, Table
from detection.diffing.keys import primary_key
from prevention.decision import NotJudged, Obstacle
from prevention.planning.duals import converted
from prevention.planning.model import TableName, Wishes
from prevention.planning.statements import name


@dataclass(frozen=True, slots=True)
class Division:
    """A whole, and the parts that hold the same by the same key.

    whole:     one table: OLD's in a split, NEW's in a merge.
    parts:     several; the first leads, and has a row for each row of the whole.
    is_split:  whether the parts are NEW's.
    to_parts:  the value of a column of a part, over a row of the whole: by part and column.
    to_whole:  the value of a column of the whole, over a row of all parts.
    missing:   what a person has to say.
    """

    whole: Table
    parts: tuple[Table, ...]
    is_split: bool
    to_parts: Mapping[tuple[str, str], str]
    to_whole: Mapping[str, str]
    missing: tuple[str, ...] = ()

    @property
    def key(self) -> tuple[str, ...]:
        """The columns by which a row is the same everywhere."""
        return primary_key(self.whole) or ()

    @property
    def stays(self) -> bool:
        """Whether the part that leads is the whole itself, with other columns."""
        return _at(self.parts[0]) == _at(self.whole)

    @property
    def olds(self) -> tuple[Table, ...]:
        """The tables of OLD."""
        return (self.whole,) if self.is_split else self.parts

    @property
    def news(self) -> tuple[Table, ...]:
        """The tables of NEW."""
        return self.parts if self.is_split else (self.whole,)

    @property
    def come(self) -> tuple[Table, ...]:
        """The tables of NEW that OLD has not; ``gone`` those of OLD that NEW has not."""
        return _without(self.news, self.olds)

    @property
    def gone(self) -> tuple[Table, ...]:
        """The tables that go."""
        return _without(self.olds, self.news)

    @property
    def apart(self) -> tuple[Table, ...]:
        """The parts that are tables of their own."""
        return self.parts[1:] if self.stays else self.parts

    def values(self, part: Table) -> dict[str, str]:
        """What a part's columns are over a row of the whole, but for the key."""
        return {
            column: value for (of, column), value in self.to_parts.items() if of == part.name
        }  # fmt: skip

    @property
    def moved(self) -> frozenset[str]:
        """The columns of the whole that are elsewhere on the other side, where it stays."""
        return frozenset(self.to_whole) if self.stays else frozenset()

    @property
    def waits(self) -> bool:
        """Whether OLD demands what only the end lets NEW's writers leave out."""
        written = (
            [(self.whole, self.to_whole)] if self.is_split
            else [(part, self.values(part)) for part in self.apart]
        )  # fmt: skip
        first = {each.name for each in self.parts[0].columns} if self.is_split else set()
        return any(
            column.nullable is False and not _fills_itself(column) and column.name not in self.key
            and (column.name not in values or (self.is_split and column.name not in first
                 and "coalesce" not in values[column.name].lower()))
            for table, values in written for column in table.columns
            if not (self.stays and self.is_split)
        )  # fmt: skip


def divide(
    old: Sequence[Contract], new: Sequence[Contract], wishes: Wishes
) -> tuple[tuple[Division, ...], Wishes]:
    """The tables that are split or merged, said or seen; and the wishes that are about columns.

    Raises NotJudged where tables are said to be one that share no key.
    """
    olds = [table for contract in old for table in contract.tables]
    news = [table for contract in new for table in contract.tables]
    made: list[Division] = []
    splits, merges = dict(wishes.splits), dict(wishes.merges)
    for one, several in wishes.splits.items():
        found = _found((one,), olds), _found(several, news)
        if found[0] and found[1]:
            made.append(_division(found[0][0], found[1], wishes, is_split=True))
            del splits[one]
    for several, one in wishes.merges.items():
        found = _found((one,), news), _found(several, olds)
        if found[0] and found[1]:
            made.append(_division(found[0][0], found[1], wishes, is_split=False))
            del merges[several]
    left = replace(wishes, splits=splits, merges=merges)
    for is_split, before, after in ((True, olds, news), (False, news, olds)):
        for whole, parts in _seen(before, after):
            taken = {_at(table) for each in made for table in (each.whole, *each.parts)}
            if not taken & {_at(table) for table in (whole, *parts)}:
                made.append(_division(whole, parts, wishes, is_split=is_split))
    return tuple(made), left


def _seen(
    wholes: Sequence[Table], others: Sequence[Table]
) -> Iterator[tuple[Table, tuple[Table, ...]]]:
    """Tables of which the columns are in several others, by the same key, where that is plain."""
    here, there = {_at(table) for table in wholes}, {_at(table): table for table in others}
    for whole in wholes:
        same = there.get(_at(whole))
        lost = {column.name: column for column in whole.columns
                if same is None or same.column(column.name) is None}  # fmt: skip
        parts = [
            table for at, table in there.items()
            if at not in here and _is_part(table, whole, lost)
        ]  # fmt: skip
        names = [column for part in parts for column in _beside_key(part)]
        if len(set(names)) < len(names) or len(parts) + (same is not None) < 2:
            continue
        if same is None or primary_key(same) == primary_key(whole):
            yield whole, (*((same,) if same else ()), *parts)


def _is_part(table: Table, whole: Table, lost: Mapping[str, Column]) -> bool:
    key, mine = primary_key(whole), _beside_key(table)
    refers = any(each.references_table == whole.name for each in table.foreign_keys)
    alike = all(each in lost and lost[each].data_type == column.data_type
                for each, column in mine.items())  # fmt: skip
    return bool(key) and primary_key(table) == key and alike and (refers or len(mine) > 1)


def _beside_key(table: Table) -> dict[str, Column]:
    key = primary_key(table) or ()
    return {column.name: column for column in table.columns if column.name not in key}


def _division(
    whole: Table, parts: tuple[Table, ...], wishes: Wishes, *, is_split: bool
) -> Division:
    key = primary_key(whole)
    first = next((part for part in parts if _at(part) == _at(whole)), parts[0])
    parts = (first, *(part for part in parts if part is not first))
    other = next((part for part in parts if not key or primary_key(part) != key), None)
    if other is not None:
        raise NotJudged(Obstacle(
            f"{whole.name} and {other.name} have no primary key in common, so no row of one can "
            "be found in the other.",
            "Give both the same key; or let one come and the other go, and fill it yourself.",
        ))  # fmt: skip
    bare = Division(whole, parts, is_split, {}, {})
    forth, back = (wishes.using, wishes.back) if is_split else (wishes.back, wishes.using)
    to_parts, unsaid = _to_parts(bare, forth)
    to_whole, unsaid_back = _to_whole(bare, back)
    return replace(bare, to_parts=to_parts, to_whole=to_whole, missing=(*unsaid, *unsaid_back))


def _to_parts(
    division: Division, said: Mapping[str, str]
) -> tuple[dict[tuple[str, str], str], list[str]]:
    """How the parts' columns are made of the whole's, and what nobody has said."""
    made: dict[tuple[str, str], str] = {}
    missing: list[str] = []
    for part in division.apart:
        for column in _beside_key(part).values():
            usual = _usual(division.whole.column(column.name), column)
            value = _said(said, part, column.name) or usual
            if value is not None and not column.generated:
                made[part.name, column.name] = value
            elif division.is_split and _has_to_be_said(column):
                missing.append(_asked("--using", part, column))
    return made, missing


def _to_whole(division: Division, said: Mapping[str, str]) -> tuple[dict[str, str], list[str]]:
    """How the whole's columns are made of the parts', and what nobody has said."""
    made: dict[str, str] = {}
    missing: list[str] = []
    kept = {each.name for each in division.parts[0].columns} if division.stays else set()
    for column in _beside_key(division.whole).values():
        if column.name in kept or column.generated:
            continue
        places = [part for part in division.apart if part.column(column.name)]
        value = _said(said, division.whole, column.name)
        if value is None and len(places) == 1:
            there = name(places[0].name, column.name)
            value = _usual(places[0].column(column.name), column, there)
        if value is not None:
            made[column.name] = value
        elif places or (not division.is_split and _has_to_be_said(column)):
            option = "--back" if division.is_split else "--using"
            missing.append(_asked(option, division.whole, column))
    return made, missing


def _has_to_be_said(column: Column) -> bool:
    return column.nullable is False and not _fills_itself(column)


def _asked(option: str, table: Table, column: Column) -> str:
    asked = f"{table.name}.{column.name}"
    return f"how {asked} is made: {option} '{asked}=SQL'"


def _usual(one: Column | None, other: Column, expression: str | None = None) -> str | None:
    return converted(one, other, expression) if one is not None else None


def _said(said: Mapping[str, str], table: Table, column: str) -> str | None:
    names = (f"{table.qualified_name}.{column}", f"{table.name}.{column}", column)
    return next((said[each] for each in names if each in said), None)


def _found(names: Iterable[str], tables: Sequence[Table]) -> tuple[Table, ...]:
    """The tables of these names; none, where one of them is not there."""
    found = [
        next((table for table in tables if each in (table.name, table.qualified_name)), None)
        for each in names
    ]
    return tuple(table for table in found if table) if None not in found else ()


def _fills_itself(column: Column) -> bool:
    return bool(column.default or column.identity or column.generated)


def _at(table: Table) -> TableName:
    return table.schema, table.name


def _without(tables: Iterable[Table], others: Iterable[Table]) -> tuple[Table, ...]:
    there = {_at(table) for table in others}
    return tuple(table for table in tables if _at(table) not in there)
