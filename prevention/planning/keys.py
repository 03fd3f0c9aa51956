"""The steps for keys, references, CHECKs and the labels of an enum."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from contracts.model import CheckConstraint, Column, ForeignKey
from detection.change import Change
from detection.diffing.keys import primary_key
from detection.diffing.types import footing
from prevention.planning.model import Place, Statement, Validation, Wishes, Work
from prevention.planning.pairs import TablePair
from prevention.planning.sides import new_column, type_of
from prevention.planning.statements import (
    add_check,
    alter,
    condition,
    do,
    drop_key,
    drop_not_null,
    foreign_key,
    identifier,
    literal,
    name,
    names,
    set_not_null,
    spelled,
    unique_index,
    validate,
)


def _columns(change: Change, *, old: bool = False) -> tuple[str, ...]:
    part: Any = (change.before if old else change.after).part
    return tuple(sorted(getattr(part, "columns", ())))


def _twice(pair: TablePair, columns: Sequence[str]) -> Validation:
    return Validation(
        f"values of {', '.join(columns)} that are there twice",
        f"select count(*) from (select from {name(*pair.at)} where "
        + " and ".join(f"{name(each)} is not null" for each in columns)
        + f" group by {names(columns)} having count(*) > 1) as twice",
    )


def add_unique(change: Change, pair: TablePair, _wishes: Wishes) -> Iterator[Work]:
    """UNIQUE, or one in which two nulls are the same, once its notice is over."""
    columns = _columns(change)
    nulls = any(
        key.nulls_not_distinct for key in pair.new.unique_keys if set(key.columns) == set(columns)
    )
    called = identifier(f"{pair.at[1]}_{'_'.join(columns)}_key{'_nn' if nulls else ''}")
    was = change.kind.startswith("nulls-not-distinct")
    yield Work(
        Place.SETTLE, f"unique-{'-'.join(columns)}", f"Keep {', '.join(columns)} unique",
        "The index is built while everybody writes; the constraint then takes it over at once.",
        do(
            unique_index(pair.at, columns, called + "_new", nulls=nulls),
            alter(
                pair.at,
                f"add constraint {name(called)} unique using index {name(called + '_new')}",
            ),
        ),
        do(alter(pair.at, f"drop constraint {name(called)}")),
        queries=(_twice(pair, columns),),
        signals=("an index that is left invalid: two rows had the same value; drop it, mend them",
                 "writers that are refused for a value that is there already"),
    )  # fmt: skip
    if was:
        yield _drop_unique(pair, columns, [called], nulls=False)


def drop_unique(change: Change, pair: TablePair, _wishes: Wishes) -> Iterator[Work]:
    """UNIQUE goes, once every reader knows that a join may meet several rows."""
    columns = _columns(change, old=True)
    if change.kind == "nulls-not-distinct-dropped":
        called = identifier(f"{pair.at[1]}_{'_'.join(columns)}_key_n")
        yield Work(
            Place.SETTLE, f"unique-{'-'.join(columns)}",
            f"Keep {', '.join(columns)} unique but for nulls",
            "The looser index is there before the stricter one goes.",
            do(unique_index(pair.at, columns, called + "_new"),
               alter(pair.at, f"add constraint {name(called)} unique using index "
                     f"{name(called + '_new')}")),
            do(alter(pair.at, f"drop constraint {name(called)}")),
        )  # fmt: skip
        yield _drop_unique(pair, columns, [called], nulls=True)
        return
    yield _drop_unique(pair, columns, [], nulls=False)


def _drop_unique(
    pair: TablePair, columns: Sequence[str], besides: Sequence[str], *, nulls: bool
) -> Work:
    distinct = "nulls not distinct " if nulls else ""
    drop = drop_key(pair.at, columns, "u")
    if besides:
        spared = " and ".join(f"c.conname <> {literal(each)}" for each in besides)
        drop = replace(
            drop, sql=drop.sql.replace("c.contype = 'u'", f"c.contype = 'u' and {spared}")
        )
    return Work(
        Place.LOOSEN, f"drop-unique-{'-'.join(columns)}",
        f"Let {', '.join(columns)} repeat" if not besides else "Drop the old unique key",
        "Only now: joins by it and ON CONFLICT rely on it." if not besides else
        "What replaces it is there.",
        do(drop), do(alter(pair.at, f"add unique {distinct}({names(columns)})")),
        signals=("joins that return more rows than before", "ON CONFLICT that names these columns"),
        cannot_undo=None if besides else "The way back is open until a value is there twice.",
        opens="writes",
    )  # fmt: skip


def change_primary_key(_change: Change, pair: TablePair, _wishes: Wishes) -> Iterator[Work]:
    """Another primary key, or the first one: an index beside, then one moment of exchange."""
    old, new = primary_key(pair.old) or (), primary_key(pair.new) or ()
    index = identifier(f"{pair.at[1]}_key_v{pair.major}")
    demanded = {v.change.column for v in pair.verdicts if v.rule == "not-null-added"}
    loose = [
        each for each in new
        if (column := pair.old.column(each)) is not None
        and column.nullable is not False and each not in demanded
    ]  # fmt: skip
    yield Work(
        Place.SETTLE, "index-the-new-key", f"Keep {', '.join(new)} unique, and there in every row",
        "What the new key needs is there before it is the key; both hold for a moment.",
        do(*set_not_null(pair.at, loose), unique_index(pair.at, new, index)),
        do(f"drop index {name(pair.at[0], index)}", *drop_not_null(pair.at, loose)),
        queries=(_twice(pair, new),),
        signals=("writers that are refused for a key that is there already",),
    )  # fmt: skip
    freed = [
        each for each in old
        if each not in new
        and ((column := pair.new.column(each)) is None or column.nullable is not False)
    ]  # fmt: skip
    yield Work(
        Place.REMOVE, "exchange-the-key", f"Make {', '.join(new)} the primary key",
        "The index is there, so it is done in a moment. Replication by key has to be told.",
        do(*((drop_key(pair.at, old, "p"),) if old else ()), *drop_not_null(pair.at, freed),
           alter(pair.at, f"add constraint {name(pair.at[1] + '_pkey')} primary key using index "
                 f"{name(index)}")),
        do(alter(pair.at, f"drop constraint {name(pair.at[1] + '_pkey')}"),
           f"create unique index {name(index)} on {name(*pair.at)} ({names(new)})",
           *((alter(pair.at, f"add primary key ({names(old)})"),) if old else ())),
        signals=("foreign keys of other tables on the old key: Postgres refuses while one is there",
                 "ON CONFLICT that names the old key"),
        opens="writes" if freed else "",
    )  # fmt: skip


def drop_primary_key(_change: Change, pair: TablePair, _wishes: Wishes) -> Iterator[Work]:
    """The primary key goes, once nobody finds a row by it."""
    old = primary_key(pair.old) or ()
    loose = [
        column.name for column in pair.new.columns
        if column.name in old and column.nullable is not False
    ]  # fmt: skip
    yield Work(
        Place.LOOSEN, "drop-the-key", f"Let {', '.join(old)} be no key",
        "Only now: whoever tells rows apart by it, replication included, needs another way.",
        do(drop_key(pair.at, old, "p"), *drop_not_null(pair.at, loose)),
        do(alter(pair.at, f"add primary key ({names(old)})")),
        signals=("replication: updates and deletes are refused without a replica identity",),
        cannot_undo="The way back is open until a value is there twice.",
        opens="writes",
    )  # fmt: skip


def add_reference(change: Change, pair: TablePair, _wishes: Wishes) -> Iterator[Work]:
    """A foreign key, or one that does something else, once its notice is over."""
    key: Any = change.after.part
    old: Any = change.before.part
    called = key.name or f"{pair.at[1]}_{'_'.join(key.columns)}_fkey"
    if old is not None and called in (old.name, f"{pair.at[1]}_{'_'.join(old.columns)}_fkey"):
        called = f"{called}_v{pair.major}"
    match = " and ".join(
        f"r.{name(there)} = t.{name(here)}"
        for here, there in zip(key.columns, key.references_columns, strict=True)
    )
    there = " and ".join(f"t.{name(each)} is not null" for each in key.columns)
    orphans = Validation(
        f"rows whose {', '.join(key.columns)} is not in {key.references_table}",
        f"select count(*) from {name(*pair.at)} as t where {there} and not exists "
        f"(select from {name(key.references_schema, key.references_table)} as r where {match})",
    )
    yield Work(
        Place.REFER, f"refer-{'-'.join(key.columns)}",
        f"Let {', '.join(key.columns)} refer to {key.references_table}",
        "New rows are held to it at once, the others once they have been looked at: neither takes "
        "a long lock.",
        do(alter(pair.at, foreign_key(key, key.columns, called)),
           validate(pair.at, called)),
        do(alter(pair.at, f"drop constraint {name(called)}")),
        queries=(orphans,),
        signals=("writers that name what is not there",),
    )  # fmt: skip
    if old is not None:
        yield _drop_reference(pair, old)


def drop_reference(change: Change, pair: TablePair, _wishes: Wishes) -> Iterator[Work]:
    """A foreign key goes, once every reader knows that there may be orphans."""
    key: Any = change.before.part
    yield _drop_reference(pair, key)


def _drop_reference(pair: TablePair, key: ForeignKey) -> Work:
    called = key.name or f"{pair.old.name}_{'_'.join(key.columns)}_fkey"
    return Work(
        Place.REFER, f"unrefer-{'-'.join(key.columns)}",
        f"Let {', '.join(key.columns)} no longer refer to {key.references_table}",
        "Only now: inner joins of its readers rely on it.",
        do(alter(pair.at, f"drop constraint {name(called)}")),
        do(alter(pair.at, foreign_key(key, key.columns, called)),
           alter(pair.at, f"validate constraint {name(called)}")),
        signals=("rows that point to nothing",),
        cannot_undo="The way back is open until a row points to nothing.",
        opens="writes",
    )  # fmt: skip


def tighten_check(change: Change, pair: TablePair, _wishes: Wishes) -> Iterator[Work]:
    """A CHECK that comes, or says something else, once its notice is over."""
    new: Any = change.after.part
    old: Any = change.before.part
    broken = Validation(
        f"rows that break {new.name}",
        f"select count(*) from {name(*pair.at)} where not ({condition(new)})",
    )
    called: CheckConstraint = new
    if old is not None and old.name == new.name:
        called = replace(new, name=identifier(f"{new.name}_v{pair.major}"))
    rename = called.name != new.name
    yield Work(
        Place.SETTLE, f"check-{new.name}", f"Hold every row to {new.name}",
        "New rows are held to it at once, the others once they have been looked at.",
        add_check(pair.at, called), do(alter(pair.at, f"drop constraint {name(called.name)}")),
        queries=(broken,), signals=(f"writers that are refused by {new.name}",),
    )  # fmt: skip
    if old is not None:
        to_new = f"rename constraint {name(called.name)} to {name(new.name)}"
        to_old = f"rename constraint {name(new.name)} to {name(called.name)}"
        yield Work(
            Place.LOOSEN, f"drop-check-{old.name}", f"Drop what {old.name} said before",
            "What replaces it holds.",
            do(alter(pair.at, f"drop constraint {name(old.name)}"),
               *((alter(pair.at, to_new),) if rename else ())),
            do(*((alter(pair.at, to_old),) if rename else ()),
               *(replace(each, alone=False) for each in add_check(pair.at, old))),
            opens="writes",
        )  # fmt: skip


def loosen_check(change: Change, pair: TablePair, _wishes: Wishes) -> Iterator[Work]:
    """A CHECK goes, once every reader is ready for what it kept away."""
    old: Any = change.before.part
    yield Work(
        Place.LOOSEN, f"drop-check-{old.name}", f"Let rows be without {old.name}",
        "Only now: its readers may rely on what it kept away.",
        do(alter(pair.at, f"drop constraint {name(old.name)}")),
        tuple(replace(each, alone=False) for each in add_check(pair.at, old)),
        signals=("values that were not there before",),
        cannot_undo="The way back is open until a row breaks it.",
        opens="writes",
    )  # fmt: skip


def add_label(change: Change, pair: TablePair, _wishes: Wishes) -> Iterator[Work]:
    """A label joins an enum, once every reader knows what to do with it."""
    column = new_column(change)
    kind = footing(column.data_type) if column.data_type else None
    if change.aspect == "states" or kind is None or not kind.labels:
        return
    labels, label = list(kind.labels), change.new or ""
    where = labels.index(label)
    place = f"after {literal(labels[where - 1])}" if where else ""
    if not where and len(labels) > 1:
        place = f"before {literal(labels[1])}"
    yield Work(
        Place.LOOSEN, f"add-label-{column.name}", f"Let {column.name} be {label}",
        "Only now: a reader that knows all values has met this one in its notice.",
        do(Statement(f"alter type {spelled(kind)} add value {literal(label)} {place}".rstrip(),
                     alone=True)),
        _without(label, labels, column, pair),
        signals=(f"what readers do with {label}",),
        cannot_undo="The way back rewrites the table, and is open until the first such value.",
        opens="all",
    )  # fmt: skip


def _without(
    label: str, labels: Sequence[str], column: Column, pair: TablePair
) -> tuple[Statement, ...]:
    """The enum without a label again: Postgres takes none away, so it is made anew."""
    kind = footing(type_of(column))
    before = replace(kind, name=f"{kind.name}_before")
    listed = ", ".join(literal(each) for each in labels if each != label)
    at, there = name(*pair.at), name(column.name)
    default = f"alter table {at} alter column {there} set default {column.default}"
    return do(
        f"alter type {spelled(kind)} rename to {name(before.name)}",
        f"create type {spelled(kind)} as enum ({listed})",
        *((f"alter table {at} alter column {there} drop default",) if column.default else ()),
        f"alter table {at} alter column {there} type {spelled(kind)} "
        f"using {there}::text::{spelled(kind)}",
        *((default,) if column.default else ()),
        f"drop type {spelled(before)}",
    )
