"""The steps of a table that becomes several, or of several that become one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from contracts.meaning import Backfill
from contracts.model import Column, ForeignKey, Table
from prevention.planning.division import Division
from prevention.planning.division_sql import backfill, differing, keep_in_step, unfilled, unled
from prevention.planning.ending import unique_keys
from prevention.planning.fillings import NEXT, fill
from prevention.planning.model import Place, Statement, Validation, Work
from prevention.planning.statements import (
    add_check,
    add_column,
    alter,
    do,
    drop_column,
    drop_index,
    drop_key,
    drop_not_null,
    foreign_key,
    identifier,
    literal,
    name,
    set_default,
    set_not_null,
    unique_index,
    validate,
)
from prevention.planning.tables import drop, made_of


def divided(division: Division) -> Iterator[Work]:
    """The pieces of work by which the tables of NEW take the place of those of OLD."""
    yield from _come(division)
    yield _sync(division)
    yield from _fill(division)
    yield _compare(division)
    yield from _hold(division)
    yield _part_ways(division)
    for table in reversed(division.gone):  # what refers to the part that leads goes before it
        yield from drop(replace(table, foreign_keys=()))


def _words(tables: Sequence[Table]) -> str:
    return " and ".join(table.name for table in tables)


def _slug(division: Division) -> str:
    return "-".join(table.name for table in division.news)


def meanwhile(table: Table, division: Division) -> Table:
    """A table of NEW as it is until the end: what OLD's values may not keep is not demanded."""
    key = division.key
    columns = tuple(
        replace(
            column,
            unique=None,
            nullable=column.nullable if column.name in key else column.nullable or None,
            generated=None,
            identity=None,
            default=None if _counts(column) else column.default,
        )
        for column in table.columns
    )
    return replace(
        table, columns=columns, primary_key=key, unique_keys=(), foreign_keys=(), checks=()
    )


def _counts(column: Column) -> bool:
    """Whether a column takes its values from a sequence."""
    return bool(column.identity or (column.default or "").strip().lower().startswith(NEXT))


def _numbers(division: Division, table: Table) -> tuple[list[Statement], list[Statement]]:
    """One sequence for both sides while both are written to, so that no number is given twice."""
    first, at = division.olds[0], (table.schema, table.name)
    up: list[Statement] = []
    down: list[Statement] = []
    for each in division.key:
        column, there = first.column(each), table.column(each)
        if column and there and _counts(column) and _counts(there):
            whose = f"{literal(name(first.schema, first.name))}, {literal(each)}"
            up.append(set_default(at, each, f"nextval(pg_get_serial_sequence({whose}))"))
            down.append(set_default(at, each, None))
    return up, down


def _come(division: Division) -> Iterator[Work]:
    for table in division.come:
        made, unsaid = made_of(meanwhile(table, division))
        yield Work(
            Place.ADD, f"create-{table.name}", f"Make {table.name} beside {_words(division.olds)}",
            f"It is empty, has the key of {division.whole.name}, and demands nothing else until "
            "the end: no writer of OLD is refused for what only NEW asks.",
            (*(made or do("select")), *_numbers(division, table)[0]),
            do(f"drop table {name(table.schema, table.name)}"),
            signals=_ambiguous(division, table),
            to_fill_in=(f"the definition of {table.name}: {unsaid}",) if unsaid else (),
        )  # fmt: skip
    if not division.stays or division.is_split:
        return
    at = (division.whole.schema, division.whole.name)
    for column in _joining(division):
        yield Work(
            Place.ADD, f"add-{column.name}", f"Add {column.name} to {at[1]}",
            f"It comes from {_words(division.apart)}, and may be null until the end.",
            do(add_column(at, column)), do(drop_column(at, column.name)),
            signals=("readers that select a star, or read strictly, see one column more",),
            adds=((at, Column(column.name, column.data_type, nullable=True)),),
        )  # fmt: skip


def _ambiguous(division: Division, table: Table) -> tuple[str, ...]:
    """What a query that names both tables has to say, while a column is in both."""
    both = sorted(each for each in division.moved if table.column(each))
    if not both:
        return ()
    told = (
        f"queries that read {division.whole.name} with {table.name}: until the end both have "
        f"{', '.join(both)}, so write {table.name}.{both[0]}"
    )
    return (told,)


def _joining(division: Division) -> list[Column]:
    """The columns that come to a table that stays."""
    return [column for column in division.whole.columns if column.name in division.moved]


def _sync(division: Division) -> Work:
    up, down = keep_in_step(division)
    return Work(
        Place.SYNC, f"keep-{_slug(division)}-in-step",
        f"Keep {_words(division.olds)} and {_words(division.come or division.news)} in step",
        "A row that is written on one side is written on the other in the same transaction. "
        f"{division.parts[0].name} leads: a row of another part belongs to one of its rows, and "
        "is there where one of its columns has a value.",
        up, down,
        signals=("errors of writers: they name the trigger that kept both in step",
                 "TRUNCATE and COPY into one side: a trigger for rows does not see the first"),
        to_fill_in=division.missing,
    )  # fmt: skip


def _fill(division: Division) -> Iterator[Work]:
    for table, statement in backfill(division):
        filled = division.whole if not division.is_split else table
        origin = _words(division.olds)
        yield Work(
            Place.BACKFILL, f"backfill-{table.name}",
            f"Take the rows of {origin if division.is_split else table.name} over into "
            f"{filled.name}",
            "In batches that each commit; rows written meanwhile are there already. Where the "
            "values come from is declared in the contract, under backfills.",
            do(statement),
            queries=(Validation(*unfilled(division, table)),),
            signals=("replication lag: every row is written once",),
            to_fill_in=tuple(each for each in division.missing if "--using" in each),
            cannot_undo="What was filled stays until its table goes; nobody reads it.",
            backfills=Backfill(
                what=f"{division.olds[0].name}.{filled.name}",
                reason=f"{_words(division.news)} takes the place of {origin}",
                origin=table.name if not division.is_split else origin,
                treat_as="copied from what was recorded",
            ),
        )  # fmt: skip


def _compare(division: Division) -> Work:
    return Work(
        Place.PARITY, f"compare-{_slug(division)}",
        f"See that {_words(division.olds)} and {_words(division.news)} say the same",
        "Before anybody moves, both are compared in every row; and again for as long as both are "
        "there.",
        queries=(
            Validation(f"rows in which {division.whole.name} and its parts differ",
                       differing(division)),
            *(Validation(f"rows of {part.name} that belong to none of {division.parts[0].name}",
                         query) for part, query in unled(division)),
        ),
        signals=("the count, every day until the end",),
    )  # fmt: skip


def _hold(division: Division) -> Iterator[Work]:
    """What NEW promises of its tables, once no value of OLD can come any more."""
    held = [(table, {column.name for column in table.columns}) for table in division.come]
    if division.stays and not division.is_split:
        held.append((division.whole, set(division.moved)))
    for table, mine in held:
        up, down = _promises(table, mine - set(division.key), fills=table not in division.come)
        if table in division.come:
            counted = [fill((table.schema, table.name), c) for c in table.columns if _counts(c)]
            shared, alone = _numbers(division, table)
            up += [*alone, *(each for on, _ in counted for each in on)]
            down = [*(each for _, off in counted for each in off), *shared, *down]
        if up:
            yield Work(
                Place.SETTLE, f"hold-{table.name}", f"Hold {table.name} to what is promised of it",
                "NOT NULL by a CHECK that is validated first, an index while others write.",
                tuple(up), tuple(down),
                signals=("errors of writers that leave a column out",),
            )  # fmt: skip
        for key in table.foreign_keys:
            if not mine & set(key.columns):
                continue
            on, off = _reference(table, key)
            yield Work(
                Place.REFER, f"refer-{table.name}-{'-'.join(key.columns)}",
                f"Let {table.name} refer to {key.references_table}",
                "New rows are held to it at once, the others once they have been looked at.",
                on, (off,),
            )  # fmt: skip


def _promises(
    table: Table, mine: set[str], *, fills: bool
) -> tuple[list[Statement], list[Statement]]:
    """What NEW demands of these columns of a table, and the way back to nothing.

    fills:  whether their defaults are still to come.
    """
    at = (table.schema, table.name)
    columns = [column for column in table.columns if column.name in mine]
    strict = [c.name for c in columns if c.nullable is False and not c.generated]
    filled = [c for c in columns if c.default and fills]
    up = [*set_not_null(at, strict), *(set_default(at, c.name, c.default) for c in filled)]
    down = [*drop_not_null(at, strict), *(set_default(at, c.name, None) for c in filled)]
    for keys, nulls in unique_keys(table):
        if mine & set(keys):
            called = identifier(f"{table.name}_{'_'.join(keys)}_key")
            up.append(unique_index(at, keys, called, nulls=nulls))
            down.insert(0, drop_index(at[0], called))
    for check in table.checks:
        if mine & set(check.columns):
            up += add_check(at, check)
            down.insert(0, alter(at, f"drop constraint {name(check.name)}"))
    return up, down


def _reference(table: Table, key: ForeignKey) -> tuple[tuple[Statement, ...], Statement]:
    at = (table.schema, table.name)
    called = key.name or identifier(f"{table.name}_{'_'.join(key.columns)}_fkey")
    on = do(alter(at, foreign_key(key, key.columns, called)), validate(at, called))
    return on, drop_key(at, key.columns, "f")


def _part_ways(division: Division) -> Work:
    up, down = keep_in_step(division)
    for table in division.gone:  # what goes holds no row of what stays
        for key in table.foreign_keys:
            on, off = _reference(table, key)
            up, down = (*up, *on), (*down, off)
    return Work(
        Place.REMOVE, f"let-{_slug(division)}-go-alone",
        f"Let {_words(division.news)} go on without {_words(division.gone) or 'the old columns'}",
        "The notice is over, and its consumers have moved: nothing is kept in step any more.",
        down, up,
        signals=(f"writes to {_words(division.gone)}: they reach nobody"
                 if division.gone else "queries that still name the old columns",),
        opens="writes" if division.waits else "",
    )  # fmt: skip
