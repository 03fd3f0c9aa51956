"""The steps for one column that stays itself, comes or goes: nulls, defaults, types in place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from contracts.meaning import Backfill
from contracts.model import Column
from detection.change import Change
from detection.diffing.keys import primary_key
from prevention.planning.ending import restored_keys
from prevention.planning.enums import new_type
from prevention.planning.fillings import counting, counts, fill, refill
from prevention.planning.model import Place, Statement, Validation, Wishes, Work
from prevention.planning.pairs import TablePair, said_of
from prevention.planning.sides import new_column, old_column
from prevention.planning.statements import (
    add_column,
    alter,
    do,
    drop_column,
    drop_not_null,
    identifier,
    in_batches,
    name,
    names,
    set_not_null,
    spelled,
    typeless,
)


def add(change: Change, pair: TablePair, wishes: Wishes) -> Iterator[Work]:
    """A column that comes: first without a demand, then filled, then as NEW promises it."""
    column = new_column(change)
    at = pair.at
    made = new_type(column, pair)
    unsaid = (f"the type of {column.name}: write it into NEW's contract",)
    asked = unsaid if typeless(column) else ()
    if column.nullable is not False or column.generated or column.default or column.identity:
        on, _ = fill(at, column)
        strict = column.nullable is False and not column.generated
        held = set_not_null(at, [column.name]) if strict else ()
        if column.identity or counts(column):
            up = counting(at, column)
        elif column.default:  # a constant default rewrites no row
            words = f"{spelled(column.data_type)} default {column.default}"
            up = do(alter(at, f"add column {name(column.name)} {words}"), *held)
        else:
            up = do(add_column(at, column), *held, *on)
        yield Work(
            Place.ADD, f"add-{column.name}", f"Add {column.name}",
            "Nobody who names the columns that they read or write sees anything of it.",
            (*made[:1], *up), (drop_column(at, column.name), *made[1:]),
            signals=("readers that select a star, or read strictly, see one column more",),
            adds=((at, column),), to_fill_in=asked,
        )  # fmt: skip
        return
    yield Work(
        Place.ADD, f"add-{column.name}", f"Add {column.name}, for now without NOT NULL",
        "Writers who do not know it yet go on as before; those who do fill it from today.",
        (*made[:1], add_column(at, column)), (drop_column(at, column.name), *made[1:]),
        signals=("readers that select a star, or read strictly, see one column more",),
        adds=((at, replace(column, nullable=True)),), to_fill_in=asked,
    )  # fmt: skip
    yield from forbid_null(column, pair, wishes, needs_value=True)


def remove(change: Change, pair: TablePair, _wishes: Wishes) -> Iterator[Work]:
    """A column that goes: announced, no longer demanded, put aside, dropped."""
    column = old_column(change)
    at, key = pair.at, tuple(primary_key(pair.new) or ())
    demanded = column.nullable is False and not (
        column.default or column.identity or column.generated
    )
    in_key = column.name in (primary_key(pair.old) or ())
    if demanded and not in_key:
        yield Work(
            Place.ENFORCE, f"release-{column.name}", f"Let writers leave {column.name} out",
            "Nobody reads it any more, so nobody has to write it: their releases can come one by "
            "one.",
            drop_not_null(at, [column.name]),
            tuple(alter(at, f"alter column {name(column.name)} set not null") for _ in (1,)),
            signals=(f"how many new rows still have a {column.name}",),
            opens="writes",
        )  # fmt: skip
        column = replace(column, nullable=True)
    kept = (pair.at[0], identifier(f"{pair.at[1]}_{column.name}_kept"))
    aside: tuple[Statement, ...] = ()
    back: tuple[Statement, ...] = ()
    exchanged = in_key and bool(key)  # by a step of its own, which has its own way back
    keys = key if key and all(pair.old.column(each) for each in key) else ()
    if keys:
        on = " and ".join(f"t.{name(each)} = k.{name(each)}" for each in keys)
        value = name(column.name)
        aside = do(
            f"create table {name(*kept)} as select {names((*keys, column.name))} "
            f"from {name(*at)} where {value} is not null"
        )
        back = do(
            f"update {name(*at)} as t set {value} = k.{value} from {name(*kept)} as k where {on}",
            f"drop table {name(*kept)}",
        )
    mine = column.nullable is False and not column.generated and not exchanged
    strict = [column.name] if mine else []
    yield Work(
        Place.REMOVE, f"drop-{column.name}", f"Take {column.name} away",
        "Its day has come. " + (
            f"Its values are put aside in {kept[1]}, so that the way back has them."
            if keys else "There is no key by which its values could be put aside."
        ),
        (*aside, drop_column(at, column.name)),
        () if typeless(column) else (
            add_column(at, column), *(() if column.generated else back),
            *(alter(at, f"alter column {name(each)} set not null") for each in strict),
            *fill(at, column)[0], *restored_keys(at, pair.old, [column.name]),
            *(() if exchanged else _old_key(pair, column)),
        ),
        signals=(f"queries that still name {column.name}",
                 "what hangs on it and is in no contract: its indexes go with it"),
        cannot_undo=_lost(column, keys),
    )  # fmt: skip
    if keys:
        yield Work(
            Place.FORGET, f"forget-{column.name}", f"Drop the copy of {column.name}",
            "The last chance to go back with all values; data that nobody needs is nobody's to "
            "keep.",
            do(f"drop table {name(*kept)}"),
            do(f"create table {name(*kept)} as select {names(keys)}, "
               f"null::{spelled(column.data_type)} as {name(column.name)} from {name(*at)} "
               "with no data"),
            cannot_undo="The copy comes back empty.",
        )  # fmt: skip


def _lost(column: Column, keys: tuple[str, ...]) -> str | None:
    if typeless(column):
        return "There is none: no contract says which type the column had."
    return None if keys else "The column comes back without its values."


def _old_key(pair: TablePair, column: Column) -> tuple[Statement, ...]:
    old = primary_key(pair.old) or ()
    if column.name not in old:
        return ()
    return do(alter(pair.at, f"add primary key ({names(old)})"))


def not_null_added(change: Change, pair: TablePair, wishes: Wishes) -> Iterator[Work]:
    """NOT NULL, once its notice is over."""
    column = new_column(change)
    yield from forbid_null(column, pair, wishes, needs_value=False)


def forbid_null(
    column: Column, pair: TablePair, wishes: Wishes, *, needs_value: bool
) -> Iterator[Work]:
    """Fill what is null, and allow none from then on."""
    at, there = pair.at, name(column.name)
    value = said_of(wishes.using, pair, column.name) or column.default
    nulls = Validation(
        f"rows without {column.name}", f"select count(*) from {name(*at)} where {there} is null"
    )
    asked = () if value or not needs_value else (
        f"what {column.name} is in the rows that are there: --using '{column.name}=SQL'",
    )  # fmt: skip
    if value or needs_value:
        yield Work(
            Place.ENFORCE, f"fill-{column.name}", f"Fill {column.name} where it is null",
            "A value that is made up afterwards is not what was known then. Where it comes from "
            "is declared in the contract, under backfills.",
            do(in_batches(at, f"{there} = ({value or 'null'})", f"{there} is null")),
            queries=(nulls,), to_fill_in=asked,
            cannot_undo="What was filled in stays: nobody can tell it from what was written.",
            backfills=Backfill(
                what=f"{pair.old.name}.{column.name}", reason="null is allowed no longer",
                origin=value, treat_as="a reconstruction",
            ),
        )  # fmt: skip
    yield Work(
        Place.SETTLE, f"demand-{column.name}", f"Demand {column.name} of every row",
        "A CHECK holds new rows to it first and is validated while everybody works; then NOT NULL "
        "needs no look at the rows.",
        set_not_null(at, [column.name]), drop_not_null(at, [column.name]),
        queries=(nulls,),
        signals=(f"writers that leave {column.name} out: they are refused from now on",),
    )  # fmt: skip


def allow_null(change: Change, pair: TablePair, _wishes: Wishes) -> Iterator[Work]:
    """NOT NULL goes, once every reader is ready for nulls."""
    column = old_column(change)
    if column.name in (primary_key(pair.old) or ()):  # with the key
        return
    yield Work(
        Place.LOOSEN, f"release-{column.name}", f"Let {column.name} be null",
        "Only now: a null in it is something that its old readers have never met.",
        drop_not_null(pair.at, [column.name]),
        do(alter(pair.at, f"alter column {name(column.name)} set not null")),
        signals=("NOT IN, sums and joins of readers: nulls make rows disappear from them",),
        cannot_undo="The way back is open until the first null is written.",
        opens="writes",
    )  # fmt: skip


def fill_otherwise(change: Change, pair: TablePair, _wishes: Wishes) -> Iterator[Work]:
    """Another default or identity, or none, once its notice is over."""
    old, new = old_column(change), new_column(change)
    if change.new is None and new.default is None and new.identity is None:
        new = replace(new, default="")
    up, down = refill(pair.at, old, new)
    yield Work(
        Place.SETTLE, f"default-{new.name}",
        f"Fill {new.name} with {change.new or 'nothing'} where a writer leaves it out",
        "Writers have been told to say the value themselves; until today the old filling stood.",
        up, down,
        signals=(f"writers that leave {new.name} out",),
        opens="writes",
    )  # fmt: skip


def retype_in_place(change: Change, pair: TablePair, _wishes: Wishes) -> Iterator[Work]:
    """A type that grows without a rewrite, once every reader is ready for more."""
    old, new = old_column(change), new_column(change)
    there = name(new.name)
    yield Work(
        Place.LOOSEN, f"widen-{new.name}", f"Let {new.name} be {spelled(new.data_type)}",
        "Postgres rewrites no row for it; readers of a fixed width have had their notice.",
        do(alter(pair.at, f"alter column {there} type {spelled(new.data_type)}")),
        do(alter(pair.at, f"alter column {there} type {spelled(old.data_type)}")),
        signals=("values that are longer than any was before",),
        cannot_undo="The way back is open until the first value that only fits now.",
        opens="writes",
    )  # fmt: skip


def stop_generating(change: Change, pair: TablePair, _wishes: Wishes) -> Iterator[Work]:
    """A generated column becomes an ordinary one, once its notice is over."""
    old, new = old_column(change), new_column(change)
    on, off = fill(pair.at, new)
    yield Work(
        Place.LOOSEN, f"release-{new.name}", f"Let writers say {new.name} themselves",
        "Its values stay as they are; no row is rewritten.",
        (alter(pair.at, f"alter column {name(new.name)} drop expression"), *on),
        (*off, drop_column(pair.at, new.name), add_column(pair.at, old),
         *restored_keys(pair.at, pair.old, [old.name])),
        signals=(f"new rows without {new.name}",),
        cannot_undo="The way back computes every value anew, and rewrites the table.",
        opens="writes",
    )  # fmt: skip
