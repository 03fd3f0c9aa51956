"""What belongs together on both sides: tables, and the columns of which one becomes another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Final

from contracts.model import Column, Table
from detection.change import Change, Verdict
from prevention.decision import NotJudged, Obstacle
from prevention.planning.duals import Dual, converted
from prevention.planning.model import TableName, Wishes
from prevention.planning.sides import both_tables

BESIDE: Final = frozenset((
    "padding-changed", "padding-grown", "padding-cut", "integer-widened", "integer-to-fraction",
    "fraction-to-integer", "exact-to-float", "float-to-exact", "float-widened", "float-narrowed",
    "scale-grown", "scale-grown-into-digits", "scale-lost", "date-to-timestamp",
    "timestamp-to-date", "time-zone-changed", "second-digits-lost", "interval-narrowed",
    "array-changed", "json-to-jsonb", "jsonb-to-json", "type-opened-to-text",
    "type-closed-from-text", "enum-renamed", "type-changed", "unit-changed", "meaning-changed",
    "meaning-withdrawn", "null-meaning-changed", "generation-changed", "collation-changed",
    "json-key-removed", "column-became-generated", "values-reordered",
))  # fmt: skip
"""The rules about one column of which both versions are needed at a time."""

LATE: Final = frozenset(("integer-narrowed", "numeric-narrowed", "length-cut", "value-removed"))
"""Those of which NEW's values fit into OLD's column, so that the new one may come at the end."""

MEANINGS: Final = ("unit-changed", "meaning-changed", "meaning-withdrawn", "null-meaning-changed",
                   "json-key-removed")  # fmt: skip
"""Those of which no type tells how one value is made from the other."""


@dataclass(frozen=True, slots=True)
class TablePair:
    """One table on both sides, what is different about it, and how that is put into columns.

    at:     where the table is once the plan has begun: under NEW's name.
    major:  the number of NEW's version, for names.
    """

    old: Table
    new: Table
    major: int
    verdicts: tuple[Verdict, ...] = ()
    duals: tuple[Dual, ...] = ()

    @property
    def at(self) -> TableName:
        """Where the table is, once it goes by its new name."""
        return self.new.schema, self.new.name

    @property
    def versioned(self) -> TableName:
        """The name under which NEW is published meanwhile."""
        return self.new.schema, f"{self.new.name}_v{self.major}"

    @property
    def called(self) -> dict[str, str]:
        """The names of NEW's columns until the end, where they are not their own."""
        return {new: there for dual in self.duals for new, there in dual.called.items()}

    def doubled(self, columns: Sequence[str], *, old: bool = False) -> bool:
        """Whether one of these columns is there twice meanwhile."""
        names = {c.name for dual in self.duals for c in (dual.olds if old else dual.news)}
        return bool(names & set(columns))


def pair_tables(
    verdicts: Sequence[Verdict],
    wishes: Wishes,
    major: Mapping[str, int],
    *,
    besides: Sequence[Table] = (),
) -> tuple[TablePair, ...]:
    """Each table that changes and is there on both sides.

    major:    the number of the new version, by contract.
    besides:  tables whose columns a wish may be about as well.

    Raises NotJudged for a wish about a column that is not there.
    """
    groups: dict[TableName, list[Verdict]] = {}
    for verdict in verdicts:
        table = verdict.change.before.table
        if table is not None and verdict.change.after.table is not None:
            groups.setdefault((table.schema, table.name), []).append(verdict)
    pairs = tuple(_pair(group, wishes, major) for group in groups.values())
    _require_known(wishes, pairs, besides)
    return pairs


def _pair(verdicts: Sequence[Verdict], wishes: Wishes, major: Mapping[str, int]) -> TablePair:
    change = verdicts[0].change
    old, new = both_tables(change)
    pair = TablePair(old, new, major.get(change.contract or "", 2), tuple(verdicts))
    duals = tuple(_duals(pair, wishes))
    if any(dual.called and not dual.late for dual in duals):  # NEW is published, with all it has
        duals = tuple(replace(dual, late=False) for dual in duals)
    return replace(pair, duals=duals)


def _duals(pair: TablePair, wishes: Wishes) -> Iterator[Dual]:
    spoken: set[str] = set()
    for olds, news in _moves(pair, wishes):
        spoken |= {column.name for column in olds}
        yield _dual(pair, olds, news, wishes, None)
    for column in pair.old.columns:
        other = pair.new.column(column.name)
        rules = {
            verdict.rule
            for verdict in pair.verdicts
            if verdict.change.column == column.name and verdict.change.aspect != "states"
        }
        wished = any(_said(each, pair, column.name) for each in (wishes.using, wishes.back))
        late = bool(rules & LATE) and not rules & BESIDE and not wished
        wanted = rules & (BESIDE | LATE) or (wished and rules)
        # of a column that only has to be filled, --using says with what
        fills = rules and rules <= {"not-null-added", "default-added", "default-changed"}
        if other is not None and column.name not in spoken and wanted and not fills:
            rule = min(rules & (BESIDE | LATE) or rules)
            yield replace(_dual(pair, (column,), (other,), wishes, rule), late=late)


def _moves(
    pair: TablePair, wishes: Wishes
) -> Iterator[tuple[tuple[Column, ...], tuple[Column, ...]]]:
    """Columns that go by other names now: renamed, split, merged."""
    moves: dict[tuple[str, ...], tuple[str, ...]] = {
        (verdict.change.before.column.name,): (verdict.change.after.column.name,)
        for verdict in pair.verdicts
        if verdict.change.kind == "column-renamed"
        and verdict.change.before.column
        and verdict.change.after.column
    }
    said = [
        *(((_bare(one),), (_bare(other),), one) for one, other in wishes.renames.items()),
        *(((_bare(one),), tuple(map(_bare, others)), one) for one, others in wishes.splits.items()),
        *((tuple(map(_bare, ones)), (_bare(one),), ones[0]) for ones, one in wishes.merges.items()),
    ]
    for olds, news, named in said:
        if _is_of(named, pair) and all(pair.old.column(each) for each in olds):
            taken = {*olds, *news}
            moves = {k: v for k, v in moves.items() if not taken & {*k, *v}}
            moves[olds] = news
    for names, others in moves.items():
        before = tuple(each for each in pair.old.columns if each.name in names)
        after = tuple(each for each in pair.new.columns if each.name in others)
        if len(before) == len(names) and len(after) == len(others):
            yield before, after


def _dual(
    pair: TablePair,
    olds: tuple[Column, ...],
    news: tuple[Column, ...],
    wishes: Wishes,
    rule: str | None,
) -> Dual:
    called = {
        column.name: _free(f"{column.name}_v{pair.major}", pair)
        for column in news
        if pair.old.column(column.name) is not None
    }
    one_to_one = len(olds) == len(news) == 1 and rule not in MEANINGS
    forward: dict[str, str | None] = {}
    backward: dict[str, str | None] = {}
    for column in news:
        usual = converted(olds[0], _typed(column, pair.major, rule)) if one_to_one else None
        forward[column.name] = _said(wishes.using, pair, column.name) or column.generated or usual
    for column in olds:
        usual = converted(news[0], column) if one_to_one else None
        backward[column.name] = _said(wishes.back, pair, column.name) or usual
    if all(column.generated for column in news):
        backward = dict.fromkeys(backward, "null")
    return Dual(pair.at, pair.old, pair.new, olds, news, forward, backward, called)


def _free(name: str, pair: TablePair) -> str:
    """A name that no column of either side has."""
    while pair.old.column(name) or pair.new.column(name):
        name += "_"
    return name


def _typed(column: Column, major: int, rule: str | None) -> Column:
    """The column with the type that it has until the end: an enum that loses labels has two."""
    if (
        rule in ("value-removed", "values-reordered")
        and column.data_type
        and column.data_type.kind == "enum"
    ):
        kind = column.data_type
        return replace(column, data_type=replace(kind, name=f"{kind.name}_v{major}"))
    return column


def _said(said: Mapping[str, str], pair: TablePair, column: str) -> str | None:
    """What a person said of a column, by its name or with its table's."""
    tables = {pair.old.name, pair.new.name, pair.old.qualified_name, pair.new.qualified_name}
    names = (column, *(f"{table}.{column}" for table in tables))
    return next((said[each] for each in names if each in said), None)


def said_of(said: Mapping[str, str], pair: TablePair, column: str) -> str | None:
    """What a person said of a column of this pair."""
    return _said(said, pair, column)


def is_about(change: Change, pair: TablePair) -> bool:
    """Whether a change is told by columns that are there twice."""
    before, after = change.before, change.after
    olds = [before.column.name] if before.column else []
    news = [after.column.name] if after.column else []
    olds += getattr(before.part, "columns", ()) if change.kind in _KEYED else ()
    news += getattr(after.part, "columns", ()) if change.kind in _KEYED else ()
    return pair.doubled(news) or pair.doubled(olds, old=True)


_KEYED: Final = (
    "primary-key-changed", "primary-key-added", "unique-added", "unique-dropped",
    "foreign-key-added", "foreign-key-action-changed", "nulls-not-distinct-added",
    "nulls-not-distinct-dropped", "check-changed", "check-added", "check-dropped",
    "foreign-key-dropped", "primary-key-dropped",
)  # fmt: skip


def _bare(column: str) -> str:
    return column.rpartition(".")[2]


def _is_of(named: str, pair: TablePair) -> bool:
    table = named.rpartition(".")[0]
    tables = {pair.old.name, pair.new.name, pair.old.qualified_name, pair.new.qualified_name}
    return not table or table in tables


def _require_known(wishes: Wishes, pairs: Sequence[TablePair], besides: Sequence[Table]) -> None:
    others = {column.name for table in besides for column in table.columns}
    olds = others | {column.name for pair in pairs for column in pair.old.columns}
    news = others | {column.name for pair in pairs for column in pair.new.columns}
    tables = {name for pair in pairs for name in (pair.new.name, pair.new.qualified_name)}
    asked = [
        *(("--rename", one, olds, "OLD") for one in wishes.renames),
        *(("--rename", one, news, "NEW") for one in wishes.renames.values()),
        *(("--split", one, olds, "OLD") for one in wishes.splits),
        *(("--split", one, news, "NEW") for each in wishes.splits.values() for one in each),
        *(("--merge", one, olds, "OLD") for each in wishes.merges for one in each),
        *(("--merge", one, news, "NEW") for one in wishes.merges.values()),
        *(("--using", one, news | tables, "NEW") for one in wishes.using),
        *(("--back", one, olds, "OLD") for one in wishes.back),
    ]
    for option, column, known, side in asked:
        if _bare(column) not in known and column not in known:
            near = get_close_matches(_bare(column), sorted(known), n=1)
            next_step = f"Did you mean {near[0]}?" if near else "Look at its spelling."
            raise NotJudged(
                Obstacle(
                    f"{option} names {column}, and no table that changes has it in {side}.",
                    next_step,
                )
            )
