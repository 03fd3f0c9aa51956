"""Rules about tables, views and partitions as a whole: there, gone, renamed, of another kind."""

from __future__ import annotations

from typing import Final

from detection.change import Change

_VIEWS: Final = frozenset({"view", "materialized view"})
_TABLES: Final = frozenset({"table", "partitioned table"})


def table_removed(change: Change) -> bool:
    """A table or view is gone.

    It is one finding, with a part for each of its columns.

    **Who is hurt.** Everybody: every query on it fails.

    **Before and after.** `drop table object_images`, or its contract no longer has it.

    **Safe path.** Deprecate it, build the replacement beside it, migrate every reader with their
    own queries as proof, take the reading rights away first, and drop it after its date.
    """
    return change.kind == "table-removed"


def table_added(change: Change) -> bool:
    """A table or view that was not there before.

    **Who is hurt.** Nobody.

    **Before and after.** `create table visitor (…)`, or a contract that has it now.

    **Safe path.** Put it under contract before somebody comes to rely on it.
    """
    return change.kind == "table-added"


def table_name_changed(change: Change) -> bool:
    """A table or view looks renamed: one is gone, and one with nearly the same columns is new.

    The finding is never softer for naming the new name.

    **Who is hurt.** Everybody: every query names its tables, and under another name it is gone.

    **Before and after.** `alter table object_images rename to object_pictures`.

    **Safe path.** Rename it and create a view under the old name in the same transaction; drop
    the view after its announced date, with the next major version.
    """
    return change.kind == "table-renamed" and change.aspect is None


def table_renamed_behind_view(change: Change) -> bool:
    """A table goes by another name, and another contract promises a view under the old one.

    **Who is hurt.** Writers whose statements a view cannot take; readers who lock the table,
    or for whom the view is slower.

    **Before and after.** The contract is about `object_pictures` now, and `object_images` is
    promised as a view.

    **Safe path.** Run every consumer's queries on the view, and keep it until the last of them
    has moved.

    **Evidence.** A parity result: the view returns what the table returned.
    """
    return change.kind == "table-renamed" and change.aspect == "behind a view"


def table_replaced_by_view(change: Change) -> bool:
    """What was a table is a view of the same name.

    This is how a renamed table keeps its old name. Columns that differ are told by themselves.

    **Who is hurt.** Writers, where the view takes no inserts; readers who rely on its keys, its
    locks or its speed.

    **Before and after.** `alter table object_images rename to object_pictures; create view
    object_images as select * from object_pictures`.

    **Safe path.** Keep the view simple, so that it takes writes, and compare what both return.

    **Evidence.** A parity result: the view returns what the table returned.
    """
    return _kinds(change) in {(table, view) for table in _TABLES for view in _VIEWS}


def view_replaced_by_table(change: Change) -> bool:
    """What was a view is a table of the same name.

    **Who is hurt.** Readers, where nobody keeps the table as current as the view was; writers,
    whose inserts stay here now.

    **Before and after.** `drop view gallery_map; create table gallery_map as …`.

    **Safe path.** Say in the contract how fresh the table is, and compare what both return.

    **Evidence.** A parity result, and a promised freshness.
    """
    return _kinds(change) in {(view, table) for table in _TABLES for view in _VIEWS}


def view_kind_changed(change: Change) -> bool:
    """A view becomes a materialised view, or the other way round.

    **Who is hurt.** Readers: what was always current is as old as the last refresh; or what
    answered at once is worked out for every query.

    **Before and after.** `gallery_map` was a view and is a materialised view.

    **Safe path.** Promise a freshness that the refreshes keep before you switch.

    **Evidence.** A promised freshness that every registered reader can live with.
    """
    kinds = _kinds(change)
    return set(kinds) == _VIEWS


def partitioning_changed(change: Change) -> bool:
    """A table is partitioned now, or no longer, or differently; it is the same table.

    **Who is hurt.** Nobody who queries the table. Whoever follows its changes may meet them
    under the names of partitions, and plans can differ.

    **Before and after.** `visit` was a table and is partitioned by year.

    **Safe path.** Tell whoever follows the changes beforehand, and look at the slow queries.
    """
    kinds = _kinds(change)
    parted = set(kinds) == _TABLES
    return parted or change.kind in ("partitioning-changed", "partition-attached")


def table_kind_changed(change: Change) -> bool:
    """A table is another kind of thing: a foreign table, for one.

    **Who is hurt.** Everybody who relies on what a table can do: transactions, keys, speed.
    What is not known to be harmless counts as breaking.

    **Before and after.** `object` was a table and is a foreign table on another server.

    **Safe path.** Build the new one beside it under a name of its own, and compare the two.
    """
    kinds = _kinds(change)
    known = kinds == () or set(kinds) <= _VIEWS | _TABLES
    return not known


def partition_removed(change: Change) -> bool:
    """A partition is gone, and its rows with it.

    **Who is hurt.** Readers of the whole table, who miss those rows; writers whose rows belong
    there.

    **Before and after.** `drop table visit_2019`, a partition of `visit`.

    **Safe path.** Promise in the contract how long rows are kept, announce the date, and keep
    a dump.
    """
    return change.kind == "partition-removed"


def partition_detached(change: Change) -> bool:
    """A partition became a table of its own, or a part of another table.

    **Who is hurt.** Readers of the whole table, who miss its rows; writers whose rows belong
    there.

    **Before and after.** `alter table visit detach partition visit_2019`.

    **Safe path.** As for rows that are deleted: promise how long they are kept, and announce it.
    """
    return change.kind in ("partition-detached", "partition-moved")


def partition_added(change: Change) -> bool:
    """A table has one more partition.

    **Who is hurt.** Nobody: the table is the same.

    **Before and after.** `create table visit_2027 partition of visit …`.

    **Safe path.** Add it before its first row arrives.
    """
    return change.kind == "partition-added"


def _kinds(change: Change) -> tuple[str, ...]:
    """What a table was and is; nothing where the change is not about that."""
    if change.kind != "table-kind-changed":
        return ()
    return (change.old or "", change.new or "")
