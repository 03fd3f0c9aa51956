"""Rules about a column's type. Where the type itself differs, its details are not compared."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from contracts.model import DataType
from contracts.types import type_name
from detection.comparison import (
    Comparison,
    Difference,
    differs,
    is_domain_lost,
    limit,
    same_type,
    types_compared,
)

_TYPE = "constraints.data_type"


def type_differs(pair: Comparison) -> Difference | None:
    """Report a column whose type is not the promised one.

    Two spellings of one type are the same (`int4`, `integer`), and a domain counts as the type
    that it is made from, unless the contract names the domain. Where the type differs, its
    length, precision and elements are not compared.

    **Who is hurt.** Every reader: a driver hands out other values, a comparison or a sum means
    something else or fails, a training job stops at the first row.

    **Example.** `object_id` is promised as `integer`; after
    `alter table object_images alter column object_id type text` it is `text`. Promised as
    `int4` and found as `integer` is no difference.

    **What to do.** Change the type back. If it has to change, agree with the owner, add a
    column of the new type beside the old one, and let the readers move first.
    """
    promised, found = types_compared(pair.promised.data_type, pair.found.data_type)
    if same_type(promised, found):
        return None
    return Difference(type_name(promised), type_name(found), (_TYPE,))


def domain_differs(pair: Comparison) -> Difference | None:
    """Report a column that has the right type, but not by the promised domain.

    Only a contract that names a domain is compared so.

    **Who is hurt.** Readers and writers who rely on the domain's own checks, such as a gallery
    number that is never negative.

    **Example.** `gallery_number` is promised as the domain `public.gallery`, made from
    `integer`; after `alter table object alter column gallery_number type integer` any number
    is accepted. A column of the domain itself is fine.

    **What to do.** Give the column the domain again, or promise the bare type.
    """
    promised, found = pair.promised.data_type, pair.found.data_type
    if promised is None or found is None or not is_domain_lost(promised, found):
        return None
    if type_differs(pair):
        return None
    return Difference(type_name(promised), type_name(found), ("constraints.domain_name", _TYPE))


def array_element_differs(pair: Comparison) -> Difference | None:
    """Report an array whose elements are not of the promised type, length or precision.

    **Who is hurt.** Readers who unnest the array, or hand its elements on.

    **Example.** `additional_images` is promised as an array of `text`; after it was made again
    as `integer[]` it still is an `ARRAY`, and every address in it is gone. A contract that
    promises an array and says nothing of its elements is kept by any array.

    **What to do.** Change the elements back, or agree with the owner on the new ones.
    """
    promised, found = types_compared(pair.promised.data_type, pair.found.data_type)
    if promised.element is None or found.element is None:
        return None
    keys = ("array_element.data_type", "array_element", _TYPE)
    if is_domain_lost(promised.element, found.element):
        return Difference(type_name(promised.element), type_name(found.element), keys)
    inside, within = types_compared(promised.element, found.element)
    details = (_length, _precision, _scale, _fields)
    if same_type(inside, within) and not any(detail(inside, within) for detail in details):
        return None
    return Difference(type_name(inside), type_name(within), keys)


def length_differs(pair: Comparison) -> Difference | None:
    """Report a `varchar`, `char` or `bit` column of another length than promised.

    **Who is hurt.** Writers, when the column became shorter: their inserts fail. Readers with
    fields of a fixed width, when it became longer.

    **Example.** `title` is promised as `varchar(200)` and is now `varchar(100)`. A contract
    that states no length is kept by any; `null` promises that there is no limit.

    **What to do.** Change the length back, or agree with the owner on the new one.
    """
    return _difference(pair, _length, ("constraints.character_maximum_length", _TYPE))


def precision_differs(pair: Comparison) -> Difference | None:
    """Report a number or a time of another precision than promised.

    For `numeric` these are decimal digits, for a time or an interval the digits of a second.

    **Who is hurt.** Writers, whose values overflow when digits are lost; readers, who see
    times rounded.

    **Example.** `created_at` is promised with 6 digits of a second, and became `timestamp(0)`:
    the order of two rows of one second is lost. `timestamp(6)` is the same as `timestamp`.

    **What to do.** Change the precision back, or agree with the owner on the new one.
    """
    keys = ("constraints.numeric_precision", "constraints.datetime_precision", _TYPE)
    return _difference(pair, _precision, keys)


def scale_differs(pair: Comparison) -> Difference | None:
    """Report a `numeric` column with more or fewer digits after the point than promised.

    **Who is hurt.** Readers, when digits are rounded away; writers, when more digits after the
    point leave less room before it.

    **Example.** `weight` is promised as `numeric(10,2)` and became `numeric(10,0)`: 9.5 kg is
    now 10. `numeric(10)` and `numeric(10,0)` are the same.

    **What to do.** Change the scale back, or agree with the owner on the new one.
    """
    return _difference(pair, _scale, ("constraints.numeric_scale", _TYPE))


def interval_fields_differ(pair: Comparison) -> Difference | None:
    """Report an interval that is restricted to other fields than promised.

    **Who is hurt.** Writers, whose days are cut off without a word; readers, who miss them.

    **Example.** `loan` is promised as `interval` with days and seconds, and became
    `interval year to month`: three weeks are now nothing. A contract that says nothing of the
    fields is kept by any interval.

    **What to do.** Change the fields back, or agree with the owner on the new ones.
    """
    return _difference(pair, _fields, ("constraints.interval_type", _TYPE))


def enum_labels_differ(pair: Comparison) -> Difference | None:
    """Report an enum whose labels are not the promised ones, or not in the promised order.

    **Who is hurt.** Readers who handle each label by itself and meet a new one; whoever asks
    for a label that is gone gets an error, not an empty answer; `<` compares by the order.

    **Example.** `medium` is promised as oil and bronze, and
    `alter type medium add value 'pastel'` was run. The same labels in a type of another name
    are a type that differs.

    **What to do.** Postgres cannot drop a label: agree with the owner to promise the new
    labels, or make the type anew.
    """
    promised, found = types_compared(pair.promised.data_type, pair.found.data_type)
    keys = ["constraints.enum_labels"]
    if promised.element is not None and found.element is not None:
        promised, found = types_compared(promised.element, found.element)
        keys = ["array_element.enum_labels", "array_element.data_type"]
    if not same_type(promised, found) or promised.labels is None:
        return None
    if promised.labels == (found.labels or ()):
        return None
    return Difference(_quoted(promised.labels), _quoted(found.labels or ()), (*keys, _TYPE))


Detail = Callable[[DataType, DataType], Difference | None]


def _difference(pair: Comparison, detail: Detail, keys: tuple[str, ...]) -> Difference | None:
    """A difference in one detail of two types that are the same otherwise."""
    promised, found = types_compared(pair.promised.data_type, pair.found.data_type)
    if not same_type(promised, found):
        return None
    difference = detail(promised, found)
    return difference and Difference(difference.promised, difference.found, keys)


def _length(promised: DataType, found: DataType) -> Difference | None:
    if not differs(promised.length, found.length):
        return None
    return Difference(limit(promised.length), limit(found.length))


def _precision(promised: DataType, found: DataType) -> Difference | None:
    if not differs(promised.precision, found.precision):
        return None
    return Difference(limit(promised.precision), limit(found.precision))


def _scale(promised: DataType, found: DataType) -> Difference | None:
    if not differs(promised.scale, found.scale):
        return None
    return Difference(limit(promised.scale), limit(found.scale))


def _fields(promised: DataType, found: DataType) -> Difference | None:
    if promised.fields is None or promised.fields.lower() == found.fields:
        return None
    return Difference(promised.fields.upper(), (found.fields or "any").upper())


def _quoted(labels: Sequence[str]) -> str:
    """Labels as SQL writes them, so that one with a comma in it stays one."""
    return ", ".join("'" + label.replace("'", "''") + "'" for label in labels)
