"""The steps for whole tables: renamed, gone, come, and a second version beside the first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from graphlib import CycleError, TopologicalSorter

from contracts.model import Contract, Table
from detection.change import Change
from prevention.planning.enums import physical
from prevention.planning.model import Place, Statement, TableName, Version, Wishes, Work
from prevention.planning.moving import named_otherwise
from prevention.planning.pairs import TablePair
from prevention.planning.statements import alter, definition, do, identifier, name, view


def rename(_change: Change, pair: TablePair, _wishes: Wishes) -> Iterator[Work]:
    """The new name at once, and a view under the old one until its end."""
    there = _left_behind(pair)
    old = (pair.old.schema, pair.old.name)
    yield _renamed(pair)
    yield Work(
        Place.REMOVE, f"drop-view-{pair.old.name}", f"Take the view {pair.old.name} away",
        "Its day has come: the notice is over, and its consumers have moved.",
        do(f"drop view {name(*old)}"), (there,),
        signals=(f"queries that still name {pair.old.name}",),
    )  # fmt: skip


def rename_behind_view(_change: Change, pair: TablePair, _wishes: Wishes) -> Iterator[Work]:
    """The new name at once, and under the old one a view that is promised itself."""
    yield _renamed(pair)


def _left_behind(pair: TablePair) -> Statement:
    """The view that takes the old name of a table."""
    columns = [(column.name, column.name) for column in pair.old.columns]
    return view((pair.old.schema, pair.old.name), pair.at, columns)


def _renamed(pair: TablePair) -> Work:
    old, new = (pair.old.schema, pair.old.name), pair.at
    return Work(
        Place.ADD, f"rename-{pair.new.name}", f"Call {pair.old.name} {pair.new.name}",
        f"In the same transaction a view takes the name {pair.old.name}: readers and writers see "
        "no moment without it. A view of this kind takes INSERT, UPDATE and DELETE as the table "
        "does, but no COPY and no reference.",
        (*_moves(old, new), _left_behind(pair)),
        (Statement(f"drop view {name(*old)}"), *_moves(new, old)),
        signals=(f"loads by COPY into {pair.old.name}: they have to name {pair.new.name} first",
                 f"what is said of {pair.old.name} by name: grants, publications, policies"),
    )  # fmt: skip


def _moves(old: TableName, new: TableName) -> tuple[Statement, ...]:
    moves: list[Statement] = []
    if old[0] != new[0]:
        moves.append(alter(old, f"set schema {name(new[0])}"))
    if old[1] != new[1]:
        moves.append(alter((new[0], old[1]), f"rename to {name(new[1])}"))
    return tuple(moves)


def drop(table: Table, besides: Sequence[Table] = ()) -> Iterator[Work]:
    """A table that goes: put aside first, which is undone in a moment, and dropped later.

    besides:  those that go with it: by the time it is dropped, they are put aside as well.
    """
    kind = "view" if table.kind == "view" else "table"
    if table.kind == "materialized view":
        kind = "materialized view"
    at = (table.schema, table.name)
    aside = _aside(table)
    yield Work(
        Place.REMOVE, f"retire-{table.name}", f"Put {table.name} aside",
        "Under another name nobody finds it, and it is back within a moment if somebody is missed.",
        do(f"alter {kind} {name(*at)} rename to {name(aside[1])}"),
        do(f"alter {kind} {name(*aside)} rename to {name(at[1])}"),
        signals=(f"queries that still name {table.name}",
                 "views and foreign keys of others: they follow the table, and keep it alive"),
    )  # fmt: skip
    made, unsaid = made_of(replace(_referring(table, besides), name=aside[1]))
    yield Work(
        Place.FORGET, f"drop-{table.name}", f"Drop {table.name}",
        "Nobody has asked for it. Take a dump of it before, where its rows may be wanted again.",
        do(f"drop {kind} {name(*aside)}"), made,
        cannot_undo=unsaid or "It comes back empty; its rows are in the dump.",
    )  # fmt: skip


def _aside(table: Table) -> TableName:
    return table.schema, identifier(f"{table.name}_retired")


def _referring(table: Table, gone: Sequence[Table]) -> Table:
    """A table that refers to others, and a view that shows them, by the names they have aside."""
    names = {each.name: _aside(each) for each in gone}
    places = {(each.schema, each.name) for each in gone}
    keys = tuple(
        replace(key, references_table=names[key.references_table][1])
        if (key.references_schema, key.references_table) in places
        else key
        for key in table.foreign_keys
    )
    shown = table.definition and named_otherwise(table.definition, names)
    return replace(table, foreign_keys=keys, definition=shown if names else table.definition)


def create(table: Table) -> Iterator[Work]:
    """A table that comes."""
    kind = table.kind if table.kind in ("view", "materialized view") else "table"
    made, unsaid = made_of(table)
    yield Work(
        Place.ADD, f"create-{table.name}", f"Make {table.name}",
        "Nobody knows it yet.",
        made or do("select"), do(f"drop {kind} {name(table.schema, table.name)}"),
        signals=(f"the rows of {table.name}: nothing in this plan fills it",),
        to_fill_in=(f"the definition of {table.name}: {unsaid}",) if unsaid else (),
    )  # fmt: skip


def made_of(table: Table) -> tuple[tuple[Statement, ...], str | None]:
    """The statement that makes a table; why there is none, where its contract says too little."""
    from contracts.definition import DefinitionError

    try:
        return do(definition(table)), None
    except DefinitionError as error:
        return (), str(error)


def in_order(tables: Sequence[Table]) -> list[Table]:
    """Tables in an order in which they can be made: what is referred to first, and views last.

    Those that refer to each other stay as they are.
    """
    by_name = {(each.schema, each.name): each for each in tables}
    plain = [each for each in by_name.values() if "view" not in (each.kind or "")]
    graph = {
        (each.schema, each.name): {
            at
            for key in each.foreign_keys
            if (at := (key.references_schema, key.references_table)) in by_name
            and at != (each.schema, each.name)
        }
        for each in plain
    }
    try:
        made = [by_name[at] for at in TopologicalSorter(graph).static_order()]
    except CycleError:
        made = plain
    return [*made, *(each for each in by_name.values() if each not in plain)]


def publish(pair: TablePair) -> tuple[Work, Version]:
    """NEW under a name of its own, over the columns that hold its values meanwhile."""
    shown = [
        (pair.called.get(column.name, column.name), column.name) for column in pair.new.columns
    ]
    work = Work(
        Place.VERSION, f"publish-{pair.versioned[1]}", f"Publish {pair.versioned[1]}",
        f"What is called the same and is not the same cannot stand in one table. Consumers of the "
        f"new version read and write {pair.versioned[1]} from now on, and for good: the name stays "
        f"when {pair.new.name} has the new shape as well.",
        (view(pair.versioned, pair.at, shown),),
        do(f"drop view {name(*pair.versioned)}"),
        signals=(f"who reads {pair.versioned[1]}, and who still reads {pair.old.name}",),
    )  # fmt: skip
    return work, Version(
        (pair.old.schema, pair.old.name),
        pair.versioned,
        pair.new.name,
        as_view(pair, meanwhile=False),
        as_view(pair),
    )


def as_view(pair: TablePair, *, meanwhile: bool = True) -> Table:
    """The table of NEW as its second version shows it."""
    columns = (physical(each, pair) if meanwhile else each for each in pair.new.columns)
    return unkeyed(replace(pair.new, columns=tuple(columns)), pair.versioned[1])


def unkeyed(table: Table, name: str) -> Table:
    """A table as a view shows it, which has no keys and defaults of its own."""
    columns = tuple(
        replace(
            column, primary_key=None, unique=None, default=None, identity=None, generated=None,
            updatable=None,
        )
        for column in table.columns
    )  # fmt: skip
    return replace(
        table, name=name, kind="view", columns=columns, primary_key=None, unique_keys=(),
        foreign_keys=(), checks=(), definition=None, storage=None,
    )  # fmt: skip


def replace_by_query(pair: TablePair, query: str | None) -> tuple[list[Work], Version]:
    """Rows that mean something else: a query makes them of the old ones, under a second name."""
    old, later = pair.at, (pair.at[0], identifier(f"{pair.old.name}_v{max(pair.major - 1, 1)}"))
    kind = "materialized view" if pair.new.kind == "materialized view" else "view"
    was = pair.old.kind if pair.old.kind in ("view", "materialized view") else "table"
    asked = () if query else (
        f"the query that makes the new rows: --using '{pair.new.name}=SELECT …'",
    )  # fmt: skip
    made = Work(
        Place.VERSION, f"publish-{pair.versioned[1]}", f"Publish {pair.versioned[1]}",
        "The same columns with other rows cannot stand in one table. The new version has a name "
        "of its own, and both can be compared for as long as both are there.",
        do(f"create {kind} {name(*pair.versioned)} as\n{query or 'select'}"),
        do(f"drop {kind} {name(*pair.versioned)}"),
        signals=(f"docent parity {pair.old.name} {pair.versioned[1]}: how far they differ, and why",
                 f"who reads {pair.versioned[1]}, and who still reads {pair.old.name}"),
        to_fill_in=asked,
    )  # fmt: skip
    printed = f"pg_get_viewdef('{name(*pair.versioned)}'::regclass)".replace("''", "''")
    end = Work(
        Place.REMOVE, f"replace-{pair.new.name}", f"Let {pair.new.name} be the new version",
        f"What was there goes on as {later[1]}, on which the new version may rest.",
        do(f"alter {was} {name(*old)} rename to {name(later[1])}",
           "do $view$ begin execute "
           f"'create {kind} {name(*old)} as ' || {printed}; end $view$"),
        do(f"drop {kind} {name(*old)}", f"alter {was} {name(*later)} rename to {name(old[1])}"),
        signals=(f"writers of {pair.old.name}: they have to name {later[1]}",),
    )  # fmt: skip
    return [made, end], Version(
        (pair.old.schema, pair.old.name),
        pair.versioned,
        pair.new.name,
        as_view(pair, meanwhile=False),
        as_view(pair),
    )


def removed_tables(change: Change) -> Sequence[Table]:
    """The tables that go with a change: its own, or those of its contract."""
    if change.kind in ("contract-removed", "contract-retired"):
        contract: Contract | None = change.before.contract
        return contract.tables if contract else ()
    return (change.before.table,) if change.before.table else ()
