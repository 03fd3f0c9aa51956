"""Rules about types of numbers: wider, narrower, with or without digits after the point."""

from __future__ import annotations

from detection.change import Change
from detection.evolution.families import (
    digits,
    is_float,
    is_fraction,
    is_integer,
    is_logical,
    is_numeric,
    types,
    width,
)

Digits = tuple[int, int]
"""Digits before and after the point."""


def integer_widened(change: Change) -> bool:
    """A whole number holds larger ones: smallint, integer, bigint.

    **Who is hurt.** Readers: a statement that was prepared before fails with "cached plan must
    not change result type", a function for the narrower type is not found, and some drivers
    hand a bigint out as text.

    **Before and after.** `object_id integer` becomes `bigint`.

    **Safe path.** Run every consumer's queries on both, and have services prepare anew.

    **Migration.** Postgres writes the whole table again, and lets nobody read or write it
    meanwhile.

    **Evidence.** The declared tolerance `wider_types` of every registered reader, or a parity
    result: their queries return the same, in the same types.

    **Departs from.** The policy `seed-004`, for which widening is always safe.
    """
    old, new = types(change)
    return _are_exact(change) and width(new) > width(old)


def integer_narrowed(change: Change) -> bool:
    """A whole number holds smaller ones only: bigint, integer, smallint.

    **Who is hurt.** Writers of larger numbers: their statements fail. What is there reads the
    same.

    **Before and after.** `object_id bigint` becomes `integer`.

    **Safe path.** Look for the largest number and how fast it grows; hold new rows to the bound
    by a CHECK first.

    **Migration.** Postgres writes the whole table again, and lets nobody read or write it
    meanwhile.
    """
    old, new = types(change)
    return _are_exact(change) and width(new) < width(old)


def integer_to_fraction(change: Change) -> bool:
    """A whole number becomes one with digits after the point.

    **Who is hurt.** Readers who divide: 7/2 was 3 and is 3.5. Drivers return another type.

    **Before and after.** `begins integer` becomes `numeric`, `real` or `double precision`.

    **Safe path.** Add the column of the new type beside it, and migrate the readers.

    **Migration.** Postgres writes the whole table again, and lets nobody read or write it
    meanwhile.

    **Departs from.** The policy `seed-004`, for which integer becomes float or decimal safely.
    """
    old, new = types(change)
    exact_to_float = is_float(new) and width(old) == 64 and old.kind != "logical"
    return is_integer(old) and is_fraction(new) and not exact_to_float


def fraction_to_integer(change: Change) -> bool:
    """A number with digits after the point becomes a whole one.

    **Who is hurt.** Everybody: 9.5 becomes 10 without a word, and is written so.

    **Before and after.** `weight numeric(10,2)` becomes `integer`.

    **Safe path.** Add the whole number beside it, say how it is rounded, and migrate readers
    and writers.

    **Migration.** Postgres writes the whole table again, and lets nobody read or write it
    meanwhile.
    """
    old, new = types(change)
    return is_fraction(old) and is_integer(new)


def exact_to_float(change: Change) -> bool:
    """A `bigint` or a `numeric` becomes a number that is rounded to bits.

    **Who is hurt.** Everybody: 2^53+1 is no longer told from 2^53, and sums of money drift,
    without an error.

    **Before and after.** `weight numeric(10,2)` becomes `double precision`.

    **Safe path.** Keep the exact number, and let a view show the float to those who want one.

    **Migration.** Postgres writes the whole table again, and lets nobody read or write it
    meanwhile.

    **Departs from.** The policy `seed-004`, for which bigint becomes float safely.
    """
    old, new = types(change)
    exact = is_numeric(old) or (is_integer(old) and width(old) == 64 and old.kind != "logical")
    return exact and is_float(new)


def float_to_exact(change: Change) -> bool:
    """A number that is rounded to bits becomes a `numeric`.

    **Who is hurt.** Readers: other drivers' types, and 0.1 + 0.2 is another value. Writers of
    infinities, or of more digits than fit.

    **Before and after.** `weight real` becomes `numeric(10,2)`.

    **Safe path.** Add the exact number beside it, say how it is rounded, and migrate.

    **Migration.** Postgres writes the whole table again, and lets nobody read or write it
    meanwhile.
    """
    old, new = types(change)
    return is_float(old) and is_numeric(new)


def float_widened(change: Change) -> bool:
    """A `real` becomes a `double precision`.

    **Who is hurt.** Readers who compare: 0.1 as a real is another number than 0.1 as a double.

    **Before and after.** `weight real` becomes `double precision`.

    **Safe path.** Have readers compare with a margin, and run their queries on both.

    **Migration.** Postgres writes the whole table again, and lets nobody read or write it
    meanwhile.

    **Evidence.** The declared tolerance `wider_types` of every registered reader, or a parity
    result: their queries return the same, in the same types.

    **Departs from.** The policy `seed-004`, for which widening is always safe.
    """
    old, new = types(change)
    return (old.name, new.name) == ("real", "double precision") and is_float(old)


def float_narrowed(change: Change) -> bool:
    """A `double precision` becomes a `real`.

    **Who is hurt.** Everybody: digits are rounded away without a word, and very large numbers
    are refused.

    **Before and after.** `weight double precision` becomes `real`.

    **Safe path.** Keep the double; a view can show fewer digits.

    **Migration.** Postgres writes the whole table again, and lets nobody read or write it
    meanwhile.
    """
    old, new = types(change)
    return (old.name, new.name) == ("double precision", "real") and is_float(old)


def numeric_widened(change: Change) -> bool:
    """A `numeric` has more digits before the point, and as many after it.

    **Who is hurt.** Nobody: every value reads as before, and more fit.

    **Before and after.** `weight numeric(10,2)` becomes `numeric(12,2)`.

    **Safe path.** Widen it; Postgres does not write the table again.

    **Migration.** Inside an array, Postgres writes the whole table again, and lets nobody read or
    write it meanwhile. A column of the type itself is left as it is.
    """
    before, after = _digits(change)
    if before is None or after is None:
        return False
    return before[1] == after[1] and after[0] > before[0]


def numeric_narrowed(change: Change) -> bool:
    """A `numeric` has fewer digits before the point, and as many after it.

    **Who is hurt.** Writers of larger numbers: their statements fail. What is there reads the
    same.

    **Before and after.** `weight numeric(12,2)` becomes `numeric(10,2)`.

    **Safe path.** Look for the largest number; hold new rows to the bound by a CHECK first.

    **Migration.** Postgres writes the whole table again, and lets nobody read or write it
    meanwhile.
    """
    before, after = _digits(change)
    if before is None or after is None:
        return False
    return before[1] == after[1] and after[0] < before[0]


def scale_grown(change: Change) -> bool:
    """A `numeric` has more digits after the point and no fewer before it, or loses its limits.

    **Who is hurt.** Readers who show or compare it as text: 9.50 is 9.5000 now.

    **Before and after.** `weight numeric(10,2)` becomes `numeric(12,4)`, or `numeric`.

    **Safe path.** Look at exports and reports, and have them round by themselves.

    **Migration.** Postgres writes the whole table again, and lets nobody read or write it
    meanwhile; not where the limits go altogether.

    **Evidence.** The declared tolerance `wider_types` of every registered reader, or a parity
    result: their queries return the same, in the same types.
    """
    old, new = types(change)
    before, after = _digits(change)
    if not (is_numeric(old) and is_numeric(new)) or before is None:
        return False
    return after is None or (after[1] > before[1] and after[0] >= before[0])


def scale_grown_into_digits(change: Change) -> bool:
    """A `numeric` has more digits after the point and fewer before it.

    **Who is hurt.** Writers of larger numbers: `numeric(10,2)` held 12345678.90, and
    `numeric(10,4)` refuses it. Readers who show it as text.

    **Before and after.** `weight numeric(10,2)` becomes `numeric(10,4)`.

    **Safe path.** Raise the precision by as much as the scale.

    **Migration.** Postgres writes the whole table again, and lets nobody read or write it
    meanwhile.

    **Evidence.** For readers: the declared tolerance `wider_types`, or a parity result of their
    queries. Nothing settles it for writers.
    """
    before, after = _digits(change)
    if before is None or after is None:
        return False
    return after[1] > before[1] and after[0] < before[0]


def scale_lost(change: Change) -> bool:
    """A `numeric` has fewer digits after the point, or has limits where it had none.

    **Who is hurt.** Everybody: what no longer fits is rounded away without a word, in old rows
    and in new ones.

    **Before and after.** `weight numeric(10,2)` becomes `numeric(10,1)`.

    **Safe path.** Keep the digits; a view can show fewer.

    **Migration.** Postgres writes the whole table again, and lets nobody read or write it
    meanwhile.
    """
    old, new = types(change)
    before, after = _digits(change)
    if not (is_numeric(old) and is_numeric(new)) or after is None:
        return False
    return before is None or after[1] < before[1]


def _are_exact(change: Change) -> bool:
    """Whether both are whole numbers of a stated width."""
    return all(is_integer(each) and not is_logical(each) for each in types(change))


def _digits(change: Change) -> tuple[Digits | None, Digits | None]:
    """The digits before and after the point of two ``numeric``; ``None`` for what is none."""
    old, new = types(change)
    if not (is_numeric(old) and is_numeric(new)):
        return None, None
    return digits(old), digits(new)
