"""Rules about order: that of a table's columns, and that in which texts are sorted."""

from __future__ import annotations

from detection.change import Change


def columns_reordered(change: Change) -> bool:
    """The same columns stand in another order.

    It counts in a database, and in a contract that promises the order of its columns. In any
    other document the order says nothing.

    **Who is hurt.** Whoever counts columns in place of naming them: `select *`, an INSERT
    without names, COPY, a CSV without a head.

    **Before and after.** `object_id, title, artist` becomes `object_id, artist, title`.

    **Safe path.** Leave the order; a view can show another one.

    **Migration.** Postgres writes the whole table again, and lets nobody read or write it
    meanwhile.

    **Evidence.** A declaration that nobody counts columns, or a parity result.
    """
    return change.kind == "columns-reordered"


def order_stated(change: Change) -> bool:
    """A contract promises the order of its columns from now on.

    **Who is hurt.** The producer, who can no longer add a column wherever it fits.

    **Before and after.** `ordered: true` is new.

    **Safe path.** Promise it only where somebody counts columns.

    **Evidence.** A check of the database that finds the promised order.
    """
    return change.kind == "order-stated"


def order_withdrawn(change: Change) -> bool:
    """A contract no longer promises the order of its columns.

    **Who is hurt.** Readers who count columns in place of naming them.

    **Before and after.** `ordered: true` is gone.

    **Safe path.** Have them name their columns first.

    **Evidence.** A declaration that nobody counts columns.
    """
    return change.kind == "order-withdrawn"


def collation_changed(change: Change) -> bool:
    """A text is sorted and compared by another collation.

    **Who is hurt.** Readers who page through an order or merge two sorted lists; under a
    collation that ignores case, whoever counts on two spellings being two values; writers whose
    unique key now refuses them.

    **Before and after.** `title` was `collate "C"` and has the database's own.

    **Safe path.** Add a column with the new collation beside it, or name the collation in the
    queries that need it.

    **Migration.** Postgres builds every index on the column again, and lets nobody read or
    write the table meanwhile.

    **Evidence.** A parity result of the readers' ordered queries.
    """
    return change.kind == "collation-changed"
