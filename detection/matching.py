"""Renames: which missing name goes with which new one, if one pair stands out.

Nobody can tell a rename from a removal and an addition by looking at the result. What is
said here is a hint, and it is only given where no other pair would do as well.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence, Set
from difflib import SequenceMatcher
from typing import Final, TypeVar

from contracts.model import Column, Table
from detection.comparison import Comparison
from detection.rules import COLUMN_RULES, KEY_RULES, TYPE_RULES

PLAUSIBLE: Final = 1.0
"""The likeness from which two columns of one type may be one: its place, or its name, tells."""
MARGIN: Final = 0.1
"""How much likelier than any other a pair must be."""
SAME_COLUMNS: Final = 0.8
"""The share of promised columns that a table must have to look like the missing one."""
MANY: Final = 50
"""So many missing or new columns are no rename but another table; nobody is told of pairs."""

Gap = tuple[str | None, str | None]
"""The nearest columns before and after a place; ``None`` at either end of the table."""

Old = TypeVar("Old")
New = TypeVar("New")


def stands_out(
    old: Sequence[Old], new: Sequence[New], likeness: Callable[[Old, New], float], least: float
) -> list[tuple[Old, New]]:
    """The pairs that are each other's likeliest, by a margin over every other pair of theirs."""
    grid = [[likeness(one, other) for other in new] for one in old]
    pairs = []
    for row, likenesses in enumerate(grid):
        best = max(range(len(new)), key=likenesses.__getitem__, default=None)
        if best is None or likenesses[best] < least:
            continue
        rivals = [value for column, value in enumerate(likenesses) if column != best]
        rivals += [others[best] for place, others in enumerate(grid) if place != row]
        if all(likenesses[best] - rival >= MARGIN for rival in rivals):
            pairs.append((old[row], new[best]))
    return pairs


def renamed_columns(
    promised: Table, found: Table, missing: Sequence[Column], undeclared: Sequence[Column]
) -> list[tuple[Column, Column]]:
    """Missing columns, each with the undeclared one that it seems to be called now."""
    if not missing or not undeclared or max(len(missing), len(undeclared)) > MANY:
        return []
    places = _place_likeness(promised, found, missing, undeclared)

    def likeness(old: Column, new: Column) -> float:
        pair = Comparison(old, new, promised, found)
        if old.data_type is None or any(rule.states(pair) for rule in TYPE_RULES):
            return 0.0
        broken = sum(rule.states(pair) is not None for rule in (*KEY_RULES, *COLUMN_RULES))
        told = places[old.name, new.name] + 2 * name_likeness(old.name, new.name)
        return told - 0.25 * broken

    return stands_out(missing, undeclared, likeness, PLAUSIBLE)


def places_by_column(tables: Sequence[Table]) -> dict[str, list[int]]:
    """The places in the sequence of those tables that have a column of each name."""
    by_column: defaultdict[str, list[int]] = defaultdict(list)
    for place, table in enumerate(tables):
        for column in table.columns:
            by_column[column.name].append(place)
    return by_column


def renamed_table(
    promised: Table, tables: Sequence[Table], by_column: Mapping[str, Sequence[int]]
) -> Table | None:
    """The table of these that a missing one seems to be called now, if one stands out.

    ``by_column`` is where each name occurs among their columns (see ``places_by_column``).
    Where very many tables have the missing one's columns, they are copies of one another, and
    none is looked at closely.
    """
    if len(promised.columns) < 2:
        return None
    shared_names: Counter[int] = Counter()
    for column in promised.columns:
        shared_names.update(by_column.get(column.name, ()))
    enough = SAME_COLUMNS * len(promised.columns)
    candidates = [tables[place] for place, shared in shared_names.items() if shared >= enough]
    if len(candidates) > MANY:
        return None

    def likeness(old: Table, new: Table) -> float:
        shared = _shared_columns(old, new)
        if shared < SAME_COLUMNS:
            return 0.0
        strange = sum(old.column(column.name) is None for column in new.columns)
        return shared - 0.5 * strange / len(new.columns) + name_likeness(old.name, new.name)

    pairs = stands_out([promised], candidates, likeness, SAME_COLUMNS)
    return pairs[0][1] if pairs else None


def name_likeness(one: str, other: str) -> float:
    """How alike two names are, from 0 to 1; high where one has all the words of the other."""
    one, other = one.lower(), other.lower()
    words, others = set(one.split("_")) - {""}, set(other.split("_")) - {""}
    ratio = SequenceMatcher(None, one, other, autojunk=False).ratio()
    if words and others and (words <= others or others <= words):
        return max(ratio, 0.75)
    return ratio


def _shared_columns(promised: Table, found: Table) -> float:
    """The share of promised columns that a table has, under the same name and of the same type."""
    names = {column.name: column for column in found.columns}
    shared = 0
    for column in promised.columns:
        if column.name in names:
            pair = Comparison(column, names[column.name], promised, found)
            shared += not any(rule.states(pair) for rule in TYPE_RULES)
    return shared / len(promised.columns)


def _place_likeness(
    promised: Table, found: Table, missing: Sequence[Column], undeclared: Sequence[Column]
) -> dict[tuple[str, str], float]:
    """For each pair of names, 1 where the place tells that they are one, 0 where it does not.

    A column that was renamed stays between the same neighbours, and so do several, in their
    order. Nothing is told by the end of a table, where whatever is added lands, nor by a place
    from which one column went and to which two came.
    """
    common = {column.name for column in promised.columns} & {c.name for c in found.columns}
    old_gaps, new_gaps = _gaps(promised, common), _gaps(found, common)
    before, after = _ranked(missing, old_gaps), _ranked(undeclared, new_gaps)
    sizes = Counter(old_gaps[column.name] for column in missing)
    new_sizes = Counter(new_gaps[column.name] for column in undeclared)

    def likeness(old: str, new: str) -> float:
        gap = old_gaps[old]
        as_many = gap == new_gaps[new] and sizes[gap] == new_sizes[gap]
        return float(as_many and gap[1] is not None and before[old] == after[new])

    return {(old.name, new.name): likeness(old.name, new.name)
            for old in missing for new in undeclared}  # fmt: skip


def _gaps(table: Table, common: Set[str]) -> dict[str, Gap]:
    """Between which common columns each of the others stands."""
    names = [column.name for column in table.columns]
    after: dict[str, str | None] = {}
    following = None
    for name in reversed(names):
        after[name] = following
        following = name if name in common else following
    gaps: dict[str, Gap] = {}
    preceding = None
    for name in names:
        gaps[name] = (preceding, after[name])
        preceding = name if name in common else preceding
    return gaps


def _ranked(columns: Sequence[Column], gaps: Mapping[str, Gap]) -> dict[str, int]:
    """The rank of each column within its gap."""
    met: Counter[Gap] = Counter()
    ranks = {}
    for column in columns:
        gap = gaps[column.name]
        ranks[column.name] = met[gap]
        met[gap] += 1
    return ranks
