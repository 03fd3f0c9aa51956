"""The end of columns that were there twice: the old ones go, the new ones take their name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from contracts.model import Table, UniqueKey
from detection.diffing.keys import primary_key
from prevention.planning.duals import Dual, backward, keep_in_step, row_of_new, unmade
from prevention.planning.enums import renamed_type
from prevention.planning.fillings import fill
from prevention.planning.model import Place, Statement, TableName, Work
from prevention.planning.pairs import TablePair
from prevention.planning.statements import (
    add_check,
    add_column,
    add_column_like,
    alter,
    copy_comment,
    do,
    drop_column,
    drop_key,
    foreign_key,
    identifier,
    name,
    names,
    rename_column,
)


def remove(dual: Dual, pair: TablePair) -> Work:
    """The old columns go, and what NEW promises of the new ones is put on them by their name."""
    olds = ", ".join(column.name for column in dual.olds)
    news = ", ".join(dual.at(column) for column in dual.news)
    up_step, down_step = ((), ()) if dual.computed else keep_in_step(dual)
    key = _primary_key(dual, pair)
    types = [both for column in dual.news if (both := renamed_type(column, pair))]
    fillings = [fill(dual.table, column) for column in dual.news]
    checks = [
        check
        for check in pair.new.checks
        if {c.name for c in dual.news} & set(check.columns) and dual is last_of(pair, check.columns)
    ]
    up = [
        *_guard(dual, olds, news),
        *down_step,
        *(drop_column(dual.table, column.name) for column in dual.olds),
        *(rename_column(dual.table, there, own) for own, there in dual.called.items()),
        *(there for there, _ in types),
        *key.there,
        *(each for on, _ in fillings for each in on),
        *(each for check in checks for each in add_check(dual.table, check)),
    ]
    down = [
        *(alter(dual.table, f"drop constraint {name(check.name)}") for check in checks),
        *(each for _, off in fillings for each in off),
        *key.gone,
        *(back for _, back in types),
        *(rename_column(dual.table, own, there) for own, there in dual.called.items()),
        *_added_again(dual),
        *_recommented(dual),
        *up_step,
        *_restored(dual),
        *key.back,
    ]
    lost = None
    if dual.computed or None in dual.backward.values():
        lost = f"{olds} comes back, and without its values: nothing says them any more."
    own_name = f", and call {news} by its own name" if dual.called else ""
    return Work(
        Place.REMOVE,
        f"drop-{'-'.join(column.name for column in dual.olds)}",
        f"Take {olds} away{own_name}",
        "Its day has come: the notice is over, and its consumers have moved.",
        tuple(up),
        tuple(down),
        signals=(
            f"queries that still name {olds}",
            f"what hangs on {olds} and is in no contract: its indexes go with it",
            "a refusal of Postgres: a view or another table needs it still",
        ),
        to_fill_in=tuple(each for each in dual.missing if "--back" in each),
        cannot_undo=lost,
    )


def _guard(dual: Dual, olds: str, news: str) -> tuple[Statement, ...]:
    """Refuses to go on while a row has an old value of which no new one could be made."""
    if dual.computed:
        return ()
    said = f"there are rows with {olds} and without {news}".replace("'", "''").replace("%", "%%")
    return do(
        f"""do $guard$
begin
  if ({unmade(dual)}) > 0 then
    raise exception '{said}'
      using hint = 'Mend these rows first; nothing was dropped.';
  end if;
end
$guard$"""
    )


def _added_again(dual: Dual) -> tuple[Statement, ...]:
    """The old columns, empty."""
    if dual.alike:
        old, new = dual.olds[0], dual.news[0]
        return (add_column_like(dual.table, old.name, dual.at(new)),)
    return tuple(add_column(dual.table, column) for column in dual.olds)


def _restored(dual: Dual) -> list[Statement]:
    """The old columns as they were: their values, default and nulls, and what is on them."""
    made: list[Statement] = []
    if not dual.computed:
        trigger = name(dual.function[1])
        made += [
            alter(dual.table, f"disable trigger {trigger}"),
            _put_back(dual),
            alter(dual.table, f"enable trigger {trigger}"),
        ]
    mine = [column for column in dual.olds if not column.generated]
    for column in mine:
        if column.nullable is False:
            made.append(alter(dual.table, f"alter column {name(column.name)} set not null"))
        made += fill(dual.table, column)[0]
    return made + restored_keys(dual.table, dual.old, [column.name for column in dual.olds])


def _recommented(dual: Dual) -> tuple[Statement, ...]:
    if len(dual.olds) != 1 or len(dual.news) != 1:
        return ()
    return (copy_comment(dual.table, dual.at(dual.news[0]), dual.olds[0].name),)


def _put_back(dual: Dual) -> Statement:
    """The old values, made of the new ones."""
    set_to = ", ".join(f"{name(c.name)} = g.g{n}" for n, c in enumerate(dual.olds))
    values = ", ".join(f"{backward(dual, c)} as g{n}" for n, c in enumerate(dual.olds))
    table = name(*dual.table)
    return Statement(
        f"update {table} as w set {set_to}\nfrom (select t.ctid as place, v.* from {table} as t\n"
        f"  cross join lateral (select {values} from ({row_of_new(dual, 't')}) as now) as v) as g\n"
        "where w.ctid = g.place"
    )


@dataclass(frozen=True, slots=True)
class _Key:
    """The primary key on new columns; on the way back its end, and the old one again."""

    there: tuple[Statement, ...] = ()
    gone: tuple[Statement, ...] = ()
    back: tuple[Statement, ...] = ()


def _primary_key(dual: Dual, pair: TablePair) -> _Key:
    old, new = primary_key(pair.old) or (), primary_key(pair.new) or ()
    mine = {column.name for column in dual.news} & set(new)
    was_mine = {column.name for column in dual.olds} & set(old)
    first = last_of(pair, old, old=True) is dual
    key = _Key()
    if mine and dual is last_of(pair, new):
        called, index = name(f"{pair.new.name}_pkey"), name(index_of(pair, new))
        before = () if was_mine or not old else do(drop_key(dual.table, old, "p"))
        key = _Key(
            do(
                *before,
                alter(dual.table, f"add constraint {called} primary key using index {index}"),
            ),
            do(
                alter(dual.table, f"drop constraint {called}"),
                f"create unique index {index} on {name(*dual.table)} ({names(new)})",
            ),
        )
    if was_mine and first:
        called = name(f"{pair.old.name}_pkey")
        key = replace(
            key, back=do(alter(dual.table, f"add constraint {called} primary key ({names(old)})"))
        )
    return key


def index_of(pair: TablePair, columns: Sequence[str]) -> str:
    """The name of the index that keeps these columns of NEW unique."""
    return identifier(f"{pair.new.name}_{'_'.join(columns)}_v{pair.major}")


def last_of(pair: TablePair, columns: Sequence[str], *, old: bool = False) -> Dual | None:
    """The last that holds one of these columns: it makes what is about all of them."""
    found = [
        dual
        for dual in pair.duals
        if {c.name for c in (dual.olds if old else dual.news)} & set(columns)
    ]
    return (found[0] if old else found[-1]) if found else None


def unique_keys(table: Table) -> Iterator[tuple[tuple[str, ...], bool]]:
    """Every set of columns that is promised to be unique, and whether two nulls are the same."""
    alone = [UniqueKey("", (column.name,)) for column in table.columns if column.unique]
    met: set[frozenset[str]] = set()
    for key in (*table.unique_keys, *alone):
        if frozenset(key.columns) not in met:
            met.add(frozenset(key.columns))
            yield key.columns, key.nulls_not_distinct


def restored_keys(table: TableName, old: Table, columns: Sequence[str]) -> list[Statement]:
    """Unique keys, references and CHECKs of OLD on these columns, made again."""
    mine = set(columns)
    made: list[Statement] = []
    for keys, nulls in unique_keys(old):
        if mine & set(keys):
            distinct = "nulls not distinct " if nulls else ""
            made.append(alter(table, f"add unique {distinct}({names(keys)})"))
    for key in old.foreign_keys:
        if mine & set(key.columns):
            called = key.name or f"{old.name}_{'_'.join(key.columns)}_fkey"
            made.append(alter(table, foreign_key(key, key.columns, called)))
            made.append(alter(table, f"validate constraint {name(called)}"))
    for check in old.checks:
        if mine & set(check.columns):
            made += [replace(each, alone=False) for each in add_check(table, check)]
    return made
