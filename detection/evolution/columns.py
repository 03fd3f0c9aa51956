"""Rules about columns: that they are there, by which name, with or without null."""

from __future__ import annotations

from contracts.model import Column
from detection.change import Change
from detection.diffing.filling import filling_of


def column_removed(change: Change) -> bool:
    """A column is gone.

    Keys and checks that went with it are folded under it.

    **Who is hurt.** Readers who name the column: their queries fail. Writers who fill it, too.

    **Before and after.** `alter table object_images drop column additional_images`, or its
    contract no longer has it.

    **Safe path.** Mark it as deprecated in the contract, with what to read instead; tell every
    consumer; drop it after the announced date, with the next major version.

    **Departs from.** Nothing: seeds 002, 003 and 004 agree.
    """
    return change.kind == "column-removed"


def column_name_changed(change: Change) -> bool:
    """A column looks renamed: one is gone, and one like it is new.

    It has the same type, and either the same place or a similar name. Where two could be meant
    equally well, none is named. The finding is never softer than a removal.

    **Who is hurt.** Readers who name the column: their queries fail. Writers who fill it, too.

    **Before and after.** `alter table object_images rename column primary_image to image`.

    **Safe path.** Add the new column beside the old one, let every write fill both, migrate the
    readers, and drop the old one after its date, with the next major version.
    """
    return change.kind == "column-renamed"


def column_added(change: Change) -> bool:
    """A column that may be null, or says nothing of it, is new.

    **Who is hurt.** Nobody who names the columns that they read. A reader with `select *`, a
    strict parser or a copy of every change meets it.

    **Before and after.** `alter table object_images add column photographer text`.

    **Safe path.** Declare it in the contract, and say what a null in it means.

    **Evidence.** For a reader that is strict: its declared tolerance `new_columns`, or a parity
    result of its queries.
    """
    return _is_added(change) and not _is_not_null(change) and not _is_within(change)


def column_added_with_default(change: Change) -> bool:
    """A column that is NOT NULL and fills itself is new.

    **Who is hurt.** Nobody who names the columns that they read. A reader with `select *`, a
    strict parser or a copy of every change meets it.

    **Before and after.** `alter table object add column on_loan boolean not null default false`.

    **Safe path.** Declare it in the contract. A default that is worked out anew for each row
    makes Postgres write the whole table again: then add the column, fill it in batches, and set
    NOT NULL last.

    **Evidence.** For a reader that is strict: its declared tolerance `new_columns`, or a parity
    result of its queries.
    """
    return (
        _is_added(change) and _is_not_null(change) and _is_filled(change) and not _is_within(change)
    )


def column_added_within(change: Change) -> bool:
    """A column is new between others, in a contract that promises their order.

    **Who is hurt.** Writers whose INSERT names no columns: their values land elsewhere, without
    an error where the types allow it. Readers who count columns.

    **Before and after.** `ordered: true`, and `photographer` comes before `created_at`.

    **Safe path.** Add it at the end, where Postgres would put it anyway.

    **Evidence.** For writers: a declaration that every INSERT and COPY names its columns. For a
    reader that is strict: its declared tolerance `new_columns`, or a parity result of its queries.
    """
    return (
        _is_added(change)
        and _is_within(change)
        and (not _is_not_null(change) or _is_filled(change))
    )


def column_added_required(change: Change) -> bool:
    """A column that is NOT NULL and has nothing to fill it is new.

    **Who is hurt.** Writers: every INSERT that does not know the column fails.

    **Before and after.** `alter table object add column credit_line text not null`.

    **Safe path.** Add it so that it may be null, let every writer fill it, fill the old rows,
    then set NOT NULL with the next major version.

    **Evidence.** For a reader that is strict: its declared tolerance `new_columns`, or a parity
    result of its queries. Nothing settles it for writers.

    **Departs from.** The policy `seed-004`, for which every new column is safe: it looks at
    readers only.
    """
    return _is_added(change) and _is_not_null(change) and not _is_filled(change)


def column_made_optional(change: Change) -> bool:
    """A column that was always there may be missing from the table.

    **Who is hurt.** Readers who name the column: their queries fail where it is missing.

    **Before and after.** `photographer` is `optional: true` now.

    **Safe path.** Keep the column and let it be null, or deprecate it with a date.
    """
    return change.kind == "column-made-optional"


def column_made_required(change: Change) -> bool:
    """A column that could be missing from the table is always there now.

    **Who is hurt.** The producer, who has to keep it everywhere.

    **Before and after.** `photographer` was `optional: true`.

    **Safe path.** Add the column wherever it is missing first.

    **Evidence.** A check of every database that finds the column.
    """
    return change.kind == "column-made-required"


def column_deprecated(change: Change) -> bool:
    """A column is marked as one that will go.

    **Who is hurt.** Nobody yet: the column stays as it is, and readers know what to read
    instead.

    **Before and after.** `primary_image` is `deprecated: true`, replaced by `image_url`.

    **Safe path.** Name its replacement and a date; remove it with a major version after that.
    """
    return change.kind == "column-deprecated"


def column_undeprecated(change: Change) -> bool:
    """A column that was to go stays after all.

    **Who is hurt.** Nobody: whoever moved can stay where they are.

    **Before and after.** `deprecated: true` is gone.

    **Safe path.** Tell those who had begun to move.
    """
    return change.kind == "column-undeprecated"


def not_null_dropped(change: Change) -> bool:
    """A column that always had a value may be null now, or nothing is promised of it any more.

    A CHECK that demands `is not null` counts as NOT NULL.

    **Who is hurt.** Readers: nulls reach them, sums and joins lose rows, and `not in (…)` over
    the column finds nothing at all.

    **Before and after.** `alter table object_images alter column created_at drop not null`.

    **Safe path.** Say in the contract what a null will mean, have every reader handle it and
    prove it with their queries, then drop NOT NULL with a major version.

    **Departs from.** Common advice, which calls "required made optional" a minor change: it
    looks at
    writers only.
    """
    return change.kind == "nullability-changed" and change.old == "NOT NULL"


def not_null_added(change: Change) -> bool:
    """A column that could be null must have a value now.

    A CHECK that demands `is not null` counts as NOT NULL.

    **Who is hurt.** Writers who leave it out or write null: their statements fail.

    **Before and after.** `alter table object alter column title set not null`.

    **Safe path.** Find who writes the nulls, fill those that are there, hold new rows to it
    by a CHECK that is not valid yet, validate it, then set NOT NULL.

    **Migration.** Postgres reads the whole table, and lets nobody read or write it meanwhile,
    unless a valid CHECK has shown it already.
    """
    return change.kind == "nullability-changed" and change.new == "NOT NULL"


def updatability_dropped(change: Change) -> bool:
    """An UPDATE may no longer name the column.

    **Who is hurt.** Writers: their updates fail.

    **Before and after.** `object` became a view with `upper(title) as title`.

    **Safe path.** Hand the column through as it is, or write an INSTEAD OF trigger.
    """
    return change.kind == "updatability-changed" and change.new == "not updatable"


def updatability_added(change: Change) -> bool:
    """An UPDATE may name the column now.

    **Who is hurt.** Nobody, unless a reader took the column for fixed.

    **Before and after.** A view hands `title` through as it is.

    **Safe path.** Say in the contract who may change it.
    """
    return change.kind == "updatability-changed" and change.new == "updatable"


def _is_added(change: Change) -> bool:
    return change.kind == "column-added"


def _column(change: Change) -> Column:
    return change.after.column or Column("")


def _is_not_null(change: Change) -> bool:
    return _column(change).nullable is False


def _is_filled(change: Change) -> bool:
    return filling_of(_column(change)).mode not in ("none", "unsaid")


def _is_within(change: Change) -> bool:
    """Whether the column came between others whose order is promised."""
    before, after = change.before.table, change.after.table
    promised = bool(before and after and before.ordered and after.ordered is not False)
    return promised and change.aspect == "in the middle"
