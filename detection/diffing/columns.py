"""Two columns, or one column before and after: everything that is different, type apart."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from contracts.model import Column, JsonShape, NullReason
from detection.change import Change
from detection.diffing.declarations import own_meaning
from detection.diffing.documentation import compare_documentation, documented
from detection.diffing.filling import compare_fillings
from detection.diffing.meaning import compare_column_meaning
from detection.diffing.pairing import Pair, shown, told
from detection.diffing.types import compare_types, compare_values

MEANINGS: Final = ("meaning", "unit", "timezone", "currency")
"""What of a column says how its values are to be understood."""
DOCUMENTATION: Final = ("description", "examples", "business_name", "tags", "links", "custom")


def compare_columns(pair: Pair) -> Iterator[Change]:
    """Every difference between the two columns of a pair, in the order of the policy."""
    old, new = pair.before.column, pair.after.column
    if old is None or new is None or old == new:
        return
    yield from compare_types(pair)
    yield from _compare_nullability(pair, old, new)
    yield from compare_fillings(pair)
    yield from _compare_collations(pair, old, new)
    yield from _compare_updatability(pair, old, new)
    yield from _compare_unstated_keys(pair, old, new)
    yield from compare_values(pair, "states", old.states, new.states)
    yield from _compare_openness(pair, old, new)
    yield from compare_column_meaning(pair, old, new)
    yield from _compare_shapes(pair, old.json_shape, new.json_shape)
    for aspect in MEANINGS:
        before, after = (own_meaning(getattr(each, aspect)) for each in (old, new))
        yield from told(pair, "meaning", aspect, before, after)
    yield from told(
        pair, "null-meaning", "null reasons",
        _sorted(old.null_reasons), _sorted(new.null_reasons), _reasons,
    )  # fmt: skip
    yield from told(
        pair, "classification", "classification", old.classification, new.classification
    )
    yield from _compare_presence(pair, old, new)
    yield from _compare_deprecation(pair, old, new)
    yield from compare_documentation(pair, old, new, DOCUMENTATION)


def _compare_nullability(pair: Pair, old: Column, new: Column) -> Iterator[Change]:
    before, after = old.nullable, new.nullable
    if before is after or (pair.observed and None in (before, after)):
        return
    if False in (before, after):
        yield pair.change("nullability-changed", _null(before), _null(after), aspect="nullable")
    else:
        yield from documented(pair, "nullable", _null(before), _null(after))


def _null(nullable: bool | None) -> str | None:
    return {True: "NULL", False: "NOT NULL", None: None}[nullable]


def _compare_collations(pair: Pair, old: Column, new: Column) -> Iterator[Change]:
    before, after = old.collation, new.collation
    if pair.observed:  # what Postgres does not print is the database's own
        before, after = before or "default", after or "default"
    yield from told(pair, "collation", "collation", before, after)


def _compare_updatability(pair: Pair, old: Column, new: Column) -> Iterator[Change]:
    """Whether an UPDATE may name the column, unless that follows from something else."""
    before, after = pair.before.table, pair.after.table
    another_kind = pair.observed and before and after and before.kind != after.kind
    if another_kind or bool(old.generated) != bool(new.generated):
        return
    words = {True: "updatable", False: "not updatable"}
    yield from told(
        pair, "updatability", "updatable", old.updatable, new.updatable, words.__getitem__
    )


def _compare_unstated_keys(pair: Pair, old: Column, new: Column) -> Iterator[Change]:
    """Where "not in a key" is said before or after and nothing on the other side: no promise."""
    for aspect, before, after in (
        ("primary key", old.primary_key, new.primary_key),
        ("unique", old.unique, new.unique),
    ):
        if {before, after} == {None, False} and not pair.observed:
            yield from documented(pair, aspect, before, after)


def _compare_openness(pair: Pair, old: Column, new: Column) -> Iterator[Change]:
    """Whether values may join, and what a reader then does."""
    before, after = bool(old.extensible), bool(new.extensible)
    if before is not after:
        kind = "values-opened" if after else "values-closed"
        yield pair.change(kind, shown(old.extensible), shown(new.extensible), aspect="extensible")
    elif old.extensible is not new.extensible:
        yield from documented(pair, "extensible", old.extensible, new.extensible)


def _compare_shapes(pair: Pair, old: JsonShape | None, new: JsonShape | None) -> Iterator[Change]:
    """The keys of a json column's values; their order does not matter."""
    if old is None or new is None:
        if old is not new and not pair.observed:
            kind = "json-shape-stated" if old is None else "json-shape-withdrawn"
            yield pair.change(kind, _keys(old), _keys(new), aspect="json shape")
        return
    before = dict.fromkeys(old.required, "required") | dict.fromkeys(old.optional, "optional")
    after = dict.fromkeys(new.required, "required") | dict.fromkeys(new.optional, "optional")
    for key in sorted(before.keys() | after.keys()):
        if before.get(key) != after.get(key):
            yield pair.change(
                "json-key-changed",
                f"{key} {before[key]}" if key in before else None,
                f"{key} {after[key]}" if key in after else None,
                aspect="json shape",
            )


def _keys(shape: JsonShape | None) -> str | None:
    return ", ".join((*shape.required, *shape.optional)) if shape else None


def _compare_presence(pair: Pair, old: Column, new: Column) -> Iterator[Change]:
    """Whether the table may lack the column."""
    if bool(old.optional) is not bool(new.optional):
        kind = "column-made-optional" if new.optional else "column-made-required"
        yield pair.change(kind, shown(old.optional), shown(new.optional), aspect="optional")
    elif old.optional is not new.optional:
        yield from documented(pair, "optional", old.optional, new.optional)


def _compare_deprecation(pair: Pair, old: Column, new: Column) -> Iterator[Change]:
    before, after = bool(old.deprecated), bool(new.deprecated)
    if before is not after:
        kind = "column-deprecated" if after else "column-undeprecated"
        yield pair.change(kind, old.replaced_by, new.replaced_by, aspect="deprecated")
        return
    yield from documented(pair, "deprecated", old.deprecated, new.deprecated)
    yield from documented(pair, "replacement", old.replaced_by, new.replaced_by)


def _sorted(reasons: tuple[NullReason, ...]) -> tuple[NullReason, ...]:
    return tuple(sorted(reasons, key=lambda reason: (reason.code, reason.meaning)))


def _reasons(reasons: tuple[NullReason, ...]) -> str:
    return "; ".join(f"{reason.code}: {reason.meaning}" for reason in reasons)
