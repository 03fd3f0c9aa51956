"""Rules about types of times, about arrays, and about types that are another thing altogether."""

from __future__ import annotations

from contracts.logical_types import is_kept_by
from contracts.model import DataType
from detection.change import Change
from detection.evolution.families import (
    is_array,
    is_date,
    is_fraction,
    is_integer,
    is_interval,
    is_logical,
    is_timed,
    is_timestamp,
    types,
)

_ZONES = {
    "timestamp without time zone": "timestamp with time zone",
    "time without time zone": "time with time zone",
}


def date_to_timestamp(change: Change) -> bool:
    """A day becomes a moment.

    **Who is hurt.** Readers: BETWEEN two days loses the rows of the last one, and the
    difference of two is an interval in place of a number.

    **Before and after.** `acquired date` becomes `timestamp`, or `timestamptz`.

    **Safe path.** Add the moment beside the day, and migrate the readers.

    **Migration.** Postgres writes the whole table again, and lets nobody read or write it
    meanwhile.

    **Departs from.** The policy `seed-004`, for which date becomes timestamp safely.
    """
    old, new = types(change)
    return is_date(old) and is_timestamp(new)


def timestamp_to_date(change: Change) -> bool:
    """A moment becomes a day.

    **Who is hurt.** Everybody: the time is lost, in old rows and in new ones.

    **Before and after.** `created_at timestamp` becomes `date`.

    **Safe path.** Keep the moment, and add the day beside it as a generated column.

    **Migration.** Postgres writes the whole table again, and lets nobody read or write it
    meanwhile.
    """
    old, new = types(change)
    return is_timestamp(old) and is_date(new)


def time_zone_changed(change: Change) -> bool:
    """A time gains or loses its time zone.

    **Who is hurt.** Everybody: the same row means another moment, by whatever zone the session
    is set to.

    **Before and after.** `created_at timestamp` becomes `timestamptz`.

    **Safe path.** Add the column of the new type beside it, fill it with the zone named
    (`at time zone 'UTC'`), and migrate readers and writers.

    **Migration.** Postgres writes the whole table again, and lets nobody read or write it
    meanwhile.
    """
    old, new = types(change)
    return _ZONES.get(old.name) == new.name or _ZONES.get(new.name) == old.name


def second_digits_gained(change: Change) -> bool:
    """A time, or an interval, has more digits of the second.

    **Who is hurt.** Readers who compare it with a time that they keep with fewer digits.

    **Before and after.** `created_at timestamp(0)` becomes `timestamp`.

    **Safe path.** Have readers round by themselves, and run their queries on both.

    **Evidence.** The declared tolerance `wider_types` of every registered reader, or a parity
    result: their queries return the same, in the same types.
    """
    old, new = types(change)
    return _same_time(old, new) and (new.precision or 0) > (old.precision or 0)


def second_digits_lost(change: Change) -> bool:
    """A time, or an interval, has fewer digits of the second.

    **Who is hurt.** Everybody: times are rounded without a word, and the order of two rows of
    one second is lost.

    **Before and after.** `created_at timestamp` becomes `timestamp(0)`.

    **Safe path.** Keep the digits; a view can show fewer.

    **Migration.** Postgres writes the whole table again, and lets nobody read or write it
    meanwhile.
    """
    old, new = types(change)
    return _same_time(old, new) and (new.precision or 0) < (old.precision or 0)


def interval_widened(change: Change) -> bool:
    """An interval takes more fields than before.

    **Who is hurt.** Readers who expect nothing but the fields of before.

    **Before and after.** `loan interval year to month` becomes `interval`.

    **Safe path.** Run the readers' queries on values with the new fields.

    **Evidence.** The declared tolerance `wider_types` of every registered reader, or a parity
    result: their queries return the same, in the same types.
    """
    old, new = types(change)
    return is_interval(old) and is_interval(new) and bool(old.fields) and not new.fields


def interval_narrowed(change: Change) -> bool:
    """An interval takes fewer fields, or others.

    **Who is hurt.** Everybody: what does not fit is cut off without a word.

    **Before and after.** `loan interval` becomes `interval year to month`: three weeks are now
    nothing.

    **Safe path.** Add the column of the new type beside it, and migrate readers and writers.

    **Migration.** Postgres writes the whole table again, and lets nobody read or write it
    meanwhile.
    """
    old, new = types(change)
    return is_interval(old) and is_interval(new) and bool(new.fields) and old.fields != new.fields


def array_changed(change: Change) -> bool:
    """A single value becomes an array, or an array a single value.

    Where the elements of an array are of another type, the change is judged as theirs.

    **Who is hurt.** Everybody: no query and no statement for the one fits the other.

    **Before and after.** `primary_image text` becomes `text[]`.

    **Safe path.** Add the column of the new type beside it, and migrate readers and writers.

    **Migration.** Postgres writes the whole table again, and lets nobody read or write it
    meanwhile.
    """
    old, new = types(change)
    return is_array(old) is not is_array(new) and bool(old.name)


def enum_renamed(change: Change) -> bool:
    """An enum goes by another name, with the same labels.

    **Who is hurt.** Everybody who casts to the old name: those statements fail.

    **Before and after.** `alter type medium rename to technique`.

    **Safe path.** Create the type of the new name beside it, and migrate those who cast.

    **Evidence.** A parity result: the registered queries still run.
    """
    old, new = types(change)
    return old.kind == new.kind == "enum" and old.labels == new.labels


def type_made_exact(change: Change) -> bool:
    """A type that said what a value is says now how Postgres keeps it.

    **Who is hurt.** Readers and writers who worked with another type that kept the old promise.

    **Before and after.** `string` becomes `varchar(200)`.

    **Safe path.** Promise the type that the database has; `docent draft` prints it.

    **Evidence.** A check of the database that finds this type.
    """
    old, new = types(change)
    return is_logical(old) and not is_logical(new) and is_kept_by(old, new) and _alike(old, new)


def type_made_general(change: Change) -> bool:
    """A type that said how Postgres keeps a value says now only what it is.

    **Who is hurt.** Readers and writers: the database may keep it as another type, and no
    check will say so.

    **Before and after.** `varchar(200)` becomes `string`.

    **Safe path.** Leave the exact type in.

    **Evidence.** A declaration in the contract that the exact type is none of its promises.
    """
    old, new = types(change)
    return is_logical(new) and not is_logical(old) and is_kept_by(new, old) and _alike(old, new)


def type_changed(change: Change) -> bool:
    """A type becomes one of another family, or one of which nobody knows how the two compare.

    What is not known to be harmless counts as breaking: composite types, ranges, bit strings
    of a fixed length, money and numeric, text and number, boolean and number, jsonb and text.

    **Who is hurt.** Readers: a driver returns another type, a comparison or a sum fails or
    means something else. Writers: what they write is refused or kept as something else.

    **Before and after.** `object_id integer` becomes `text`.

    **Safe path.** Add a column of the new type beside the old one, let every write fill both,
    compare the two, migrate the readers, and drop the old one with the next major version.

    **Migration.** Postgres writes the whole table again, and lets nobody read or write it
    meanwhile.
    """
    from detection.evolution import TYPE_RULES

    if change.kind != "type-changed":
        return False
    return not any(rule.applies(change) for rule in TYPE_RULES if rule.applies != type_changed)


def _same_time(old: DataType, new: DataType) -> bool:
    """Whether two times, or two intervals, differ in nothing but the digits of the second."""
    return is_timed(old) and old.name == new.name and old.fields == new.fields


def _alike(old: DataType, new: DataType) -> bool:
    """Whether neither of two numbers, of which one is a number in general, is a whole one."""
    return not ((is_integer(old) and is_fraction(new)) or (is_fraction(old) and is_integer(new)))
