"""The steps for a column of which both versions are there for a while."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from contracts.meaning import Backfill
from contracts.model import Column, ForeignKey, Table
from detection.diffing.keys import primary_key
from prevention.planning.duals import Dual, disagreeing, keep_in_step, marks, unmade
from prevention.planning.ending import index_of, last_of, remove, unique_keys
from prevention.planning.enums import new_type, physical
from prevention.planning.model import Place, Validation, Work
from prevention.planning.pairs import TablePair
from prevention.planning.statements import (
    add_column,
    add_column_like,
    alter,
    copy_comment,
    do,
    drop_column,
    drop_index,
    drop_key,
    drop_not_null,
    foreign_key,
    in_batches,
    name,
    set_not_null,
    unique_index,
    validate,
)


def beside(dual: Dual, pair: TablePair) -> Iterator[Work]:
    """The pieces of work by which the new columns take the place of the old ones."""
    yield _add(dual, pair)
    if not dual.computed:
        yield _sync(dual)
        yield _backfill(dual)
    if not dual.late and not dual.computed:
        yield _parity(dual)
    yield from _hold(dual, pair)
    yield remove(dual, pair)


def _words(dual: Dual) -> tuple[str, str]:
    olds = ", ".join(column.name for column in dual.olds)
    return olds, ", ".join(dual.at(column) for column in dual.news)


def _add(dual: Dual, pair: TablePair) -> Work:
    olds, news = _words(dual)
    made = [new_type(column, pair) for column in dual.news]
    up = [*(each for pairs in made for each in pairs[:1])]
    if dual.alike:
        up.append(add_column_like(dual.table, dual.at(dual.news[0]), dual.olds[0].name))
    else:
        up += [add_column(dual.table, physical(c, pair), dual.at(c)) for c in dual.news]
    if len(dual.olds) == len(dual.news) == 1:
        up.append(copy_comment(dual.table, dual.olds[0].name, dual.at(dual.news[0])))
    down = [drop_column(dual.table, dual.at(column)) for column in reversed(dual.news)]
    down += [each for pairs in made for each in pairs[1:]]
    adds = tuple(
        ((dual.table), replace(_bare(c), name=dual.at(c), data_type=physical(c, pair).data_type))
        for c in dual.news
    )
    rewrites = "" if not dual.computed else " A generated column is written into every row at once."
    return Work(
        Place.LATE_ADD if dual.late else Place.ADD,
        f"add-{dual.slug}",
        f"Add {news} beside {olds}",
        f"Whoever knows {olds} sees nothing of it. The new column may be null and has no default, "
        f"so that no row is rewritten.{rewrites}",
        tuple(up),
        tuple(down),
        signals=("readers that select a star, or read strictly, see one column more",),
        adds=adds,
    )


def _sync(dual: Dual) -> Work:
    olds, news = _words(dual)
    up, down = keep_in_step(dual)
    return Work(
        Place.LATE_SYNC if dual.late else Place.SYNC,
        f"keep-{dual.slug}-in-step",
        f"Keep {olds} and {news} in step",
        "Whoever writes one side fills the other as well, so that both say the same while both "
        "are in use. Who writes both, and not alike, is refused.",
        up,
        down,
        signals=(
            "errors of writers that end in 'disagree', or say that a value does not fit into OLD",
            "the time that writes take: a trigger runs with each of them",
        ),
        to_fill_in=dual.missing,
    )


def _backfill(dual: Dual) -> Work:
    olds, news = _words(dual)
    empty = " and ".join(f"{name(dual.at(column))} is null" for column in dual.news)
    there = " or ".join(f"{name(column.name)} is not null" for column in dual.olds)
    counted = dual.olds[0].identity  # which no UPDATE may name
    touched = name(dual.at(dual.news[0]) if counted else dual.olds[0].name)
    made = "; ".join(
        f"{dual.at(column)} = {dual.forward.get(column.name) or '?'}" for column in dual.news
    )
    recorded, marked = _origin(dual)
    fill = in_batches(dual.table, f"{touched} = {touched}{marked}", f"{empty} and ({there})")
    return Work(
        Place.LATE_BACKFILL if dual.late else Place.BACKFILL,
        f"backfill-{dual.slug}",
        f"Fill {news} from {olds} in the rows that are there",
        f"In batches that each commit, so that no lock is held for long; the trigger makes the "
        f"values, and rows written meanwhile have theirs already. {recorded}",
        do(fill),
        queries=(Validation(f"rows in which {news} could not be made of {olds}", unmade(dual)),),
        signals=("replication lag and dead rows: every row is written once",),
        to_fill_in=tuple(each for each in dual.missing if "--using" in each),
        cannot_undo="What was filled stays until the column goes; nobody reads it.",
        backfills=Backfill(
            what=f"{dual.old.name}.{news}",
            reason=f"{news} takes the place of {olds}",
            origin=made,
            treat_as="derived from what was recorded",
        ),
    )


def _origin(dual: Dual) -> tuple[str, str]:
    """How it is recorded where values come from: in columns of NEW made for it, or declared."""
    made = "".join(f", {name(each)} = {value}" for each, value in marks(dual).items())
    if made:
        return "Where a value comes from is in the columns that NEW has for it.", made
    return "Where the values come from is declared in the contract, under backfills.", ""


def _parity(dual: Dual) -> Work:
    olds, news = _words(dual)
    return Work(
        Place.PARITY,
        f"compare-{dual.slug}",
        f"See that {olds} and {news} say the same",
        "Before anybody moves, both versions are compared in every row; and again for as long as "
        "both are there.",
        queries=(
            Validation(f"rows in which {news} could not be made of {olds}", unmade(dual)),
            Validation(f"rows in which {olds} and {news} say something else", disagreeing(dual)),
        ),
        signals=("the second count, every day until the end",),
    )


# ------------------------------------------------------------------ its promises


def _hold(dual: Dual, pair: TablePair) -> Iterator[Work]:
    """Hold the new columns to what NEW promises of them: nulls, keys, references."""
    _, news = _words(dual)
    strict = [dual.at(c) for c in dual.news if c.nullable is False and not c.generated]
    up = [*set_not_null(dual.table, strict)]
    down = [*drop_not_null(dual.table, strict)]
    for columns, called, nulls in _uniques(dual, pair):
        up.append(unique_index(dual.table, columns, called, nulls=nulls))
        down.insert(0, drop_index(dual.table[0], called))
    if up:
        yield Work(
            Place.SETTLE,
            f"hold-{dual.slug}",
            f"Hold {news} to what is promised of it",
            "NOT NULL by a CHECK that is validated first, an index while others write: no table "
            "is locked for as long as it takes to read it.",
            tuple(up),
            tuple(down),
            queries=(Validation(f"rows in which {news} could not be made", unmade(dual)),),
            signals=("errors of writers that leave the new column out",),
        )
    for key in _references(dual, pair.new):
        columns = [pair.called.get(each, each) for each in key.columns]
        called = key.name or f"{pair.new.name}_{'_'.join(key.columns)}_fkey"
        if any(each.name == called for each in pair.old.foreign_keys):
            called = f"{called}_v{pair.major}"
        yield Work(
            Place.REFER,
            f"refer-{dual.slug}",
            f"Let {news} refer to {key.references_table}",
            "New rows are held to it at once, the others once they have been looked at.",
            do(alter(dual.table, foreign_key(key, columns, called)),
               validate(dual.table, called)),
            do(drop_key(dual.table, columns, "f")),
        )  # fmt: skip


def _uniques(dual: Dual, pair: TablePair) -> Iterator[tuple[list[str], str, bool]]:
    """The sets of columns that NEW promises to be unique, under the names that they have now."""
    mine = {column.name for column in dual.news}
    keys = [(primary_key(pair.new) or (), False), *unique_keys(pair.new)]
    for columns, nulls in keys:
        if mine & set(columns) and dual is last_of(pair, columns):
            called = [pair.called.get(each, each) for each in columns]
            yield called, index_of(pair, columns), nulls


def _references(dual: Dual, table: Table) -> Iterator[ForeignKey]:
    mine = {column.name for column in dual.news}
    yield from (key for key in table.foreign_keys if mine & set(key.columns))


def _bare(column: Column) -> Column:
    """A column as it is while it is filled: null is allowed, and it is in no key."""
    return Column(
        column.name, column.data_type, nullable=True, description=column.description,
        meaning=column.meaning, unit=column.unit, classification=column.classification,
    )  # fmt: skip
