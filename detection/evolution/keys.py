"""Rules about keys and constraints: what tells rows apart, ties them together, keeps them out."""

from __future__ import annotations

from contracts.model import CheckConstraint
from detection.change import Change
from detection.strictness import strictness


def primary_key_changed(change: Change) -> bool:
    """The primary key is on other columns.

    The order of its columns makes no difference.

    **Who is hurt.** Readers who join on the key and meet a row twice, or miss one; replication
    and change capture, which tell rows apart by it; writers who upsert.

    **Before and after.** `primary key (object_id)` becomes `primary key (object_id, place)`.

    **Safe path.** Keep the old key as a UNIQUE constraint beside the new one until the last
    reader has moved, and change with a major version.

    **Migration.** Postgres builds an index, and lets nobody write the table meanwhile, unless
    it is built concurrently first.
    """
    return change.kind == "primary-key-changed"


def primary_key_dropped(change: Change) -> bool:
    """The primary key is gone, or no longer promised.

    **Who is hurt.** Readers who join on the key, and now meet a row twice; replication and
    change capture, which tell rows apart by it; writers who upsert.

    **Before and after.** `alter table object_images drop constraint object_images_pkey`.

    **Safe path.** Keep it. A table that must take doubles needs another name.
    """
    return change.kind == "primary-key-dropped"


def primary_key_added(change: Change) -> bool:
    """There is a primary key where there was none, or none was promised.

    **Who is hurt.** Writers of a second row of one key, or of a null in it: they are refused.

    **Before and after.** `alter table visit add primary key (visit_id, object_id)`.

    **Safe path.** Look for double rows and nulls, have their writers stop, then add it.

    **Migration.** Postgres builds an index, and lets nobody write the table meanwhile, unless
    it is built concurrently first.
    """
    return change.kind == "primary-key-added"


def unique_dropped(change: Change) -> bool:
    """Nothing keeps these columns unique any more. An index counts like a constraint.

    **Who is hurt.** Readers whose joins fan out: counts and sums grow without an error. Writers
    whose `on conflict` now fails.

    **Before and after.** `unique (accession_number)` is gone, or its index has a WHERE now.

    **Safe path.** Keep it. Other columns mean one dropped and one added: keep both until the
    readers have moved.
    """
    return change.kind == "unique-dropped"


def unique_added(change: Change) -> bool:
    """These columns are unique together now.

    **Who is hurt.** Writers of a second row of one value: they are refused.

    **Before and after.** `alter table object add unique (accession_number)`. Other columns mean
    one dropped and one added.

    **Safe path.** Look for double values, have their writers stop, then build the index
    concurrently and make it the constraint.

    **Migration.** Postgres builds an index, and lets nobody write the table meanwhile, unless
    it is built concurrently first.
    """
    return change.kind == "unique-added"


def nulls_not_distinct_added(change: Change) -> bool:
    """In a unique key, two nulls count as the same now.

    **Who is hurt.** Writers of a second null: they are refused.

    **Before and after.** `unique (accession_number)` becomes `unique nulls not distinct (…)`.

    **Safe path.** Look for rows with null, have their writers stop.

    **Migration.** Postgres builds an index, and lets nobody write the table meanwhile, unless
    it is built concurrently first.
    """
    return change.kind == "nulls-not-distinct-added"


def nulls_not_distinct_dropped(change: Change) -> bool:
    """In a unique key, two nulls count as different now.

    **Who is hurt.** Readers for whom there was one row without a value, and now are several.

    **Before and after.** `unique nulls not distinct (accession_number)` becomes `unique (…)`.

    **Safe path.** Hold the rows without a value to one by an index with `where … is null`.
    """
    return change.kind == "nulls-not-distinct-dropped"


def foreign_key_dropped(change: Change) -> bool:
    """A column may hold what is not in the other table.

    **Who is hurt.** Readers whose inner joins lose rows without an error.

    **Before and after.** `foreign key (object_id) references object` is gone.

    **Safe path.** Watch for orphans by a check of quality, and promise how many there may be.

    **Evidence.** A check of quality on orphans in the new contract, or a parity result.
    """
    return change.kind == "foreign-key-dropped"


def foreign_key_added(change: Change) -> bool:
    """A column may only hold what is in the other table.

    **Who is hurt.** Writers who write this table before the other one, or delete from the other
    one: they are refused.

    **Before and after.** `alter table object_images add foreign key (object_id) references
    object`.

    **Safe path.** Add it NOT VALID, look for orphans, have the writers change their order, then
    validate it.

    **Migration.** Postgres reads both tables, and lets nobody write them meanwhile, unless it
    is added NOT VALID.
    """
    return change.kind == "foreign-key-added"


def foreign_key_action_changed(change: Change) -> bool:
    """What becomes of a row is another thing when the row that it refers to goes or changes.

    **Who is hurt.** Readers, whose rows go that used to stay; writers, who are refused or not.

    **Before and after.** `on delete restrict` becomes `on delete cascade`.

    **Safe path.** Delete by name in the application, and leave the constraint to refuse.

    **Evidence.** A declaration in the contract that rows of the other table are never deleted.
    """
    return change.kind == "foreign-key-action-changed"


def check_tightened(change: Change) -> bool:
    """A CHECK refuses more than before, or is new.

    **Who is hurt.** Writers of what is refused now.

    **Before and after.** `check (weight >= 0)` becomes `check (weight > 0)`, or is new.
    `check (x is not null)` is NOT NULL.

    **Safe path.** Add it NOT VALID, look for rows that break it, have their writers stop, then
    validate it.

    **Migration.** Postgres reads the whole table, and lets nobody read or write it meanwhile,
    unless it is added NOT VALID.
    """
    if change.kind == "check-added":
        return True
    return change.kind == "check-changed" and _direction(change) == "tightened"


def check_loosened(change: Change) -> bool:
    """A CHECK lets through what it refused before, or is gone.

    **Who is hurt.** Readers who never met such a value.

    **Before and after.** `check (weight > 0)` becomes `check (weight >= 0)`, or is gone.

    **Safe path.** Say in the contract what the new values mean, before there is one.

    **Evidence.** The declared tolerance `new_values` of every registered reader.
    """
    if change.kind == "check-dropped":
        return True
    return change.kind == "check-changed" and _direction(change) == "loosened"


def check_changed(change: Change) -> bool:
    """A CHECK says something else, and nobody can tell whether that is more or less.

    What can be told is: another bound, another list of values, one condition more or less
    that is tied by AND.

    **Who is hurt.** Writers of what is refused now; readers of what is let through.

    **Before and after.** `check (begins <= ends)` becomes `check (ends - begins < 500)`.

    **Safe path.** Add the new one beside the old one, and drop the old one later: two findings,
    each of them plain.

    **Evidence.** A check of the database: every row keeps both.
    """
    return change.kind == "check-changed" and _direction(change) == "changed"


def _direction(change: Change) -> str:
    old, new = change.before.part, change.after.part
    if isinstance(old, CheckConstraint) and isinstance(new, CheckConstraint):
        return strictness(old.expression, new.expression)
    return "changed"
