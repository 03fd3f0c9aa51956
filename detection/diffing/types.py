"""Two types, compared as resolved: what Postgres takes for granted is filled in on both sides."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache

from contracts.model import DataType
from contracts.types import completed, type_name
from detection.change import Change
from detection.diffing.pairing import Pair

Labels = tuple[str, ...]


def compare_types(pair: Pair) -> Iterator[Change]:
    """The difference between the types of two columns; none where both say nothing."""
    before, after = pair.before.column, pair.after.column
    if before is None or after is None or before.data_type == after.data_type:
        return
    old, new = before.data_type, after.data_type
    if old is None or new is None:
        if not pair.observed:
            kind = "type-stated" if old is None else "type-withdrawn"
            yield pair.parts(old, new).change(kind, _name(old), _name(new))
        return
    yield from _compare(pair, old, new, None)


def compare_values(
    pair: Pair, aspect: str, old: Labels | None, new: Labels | None
) -> Iterator[Change]:
    """Values that a column can take: which ones went, and which ones came."""
    if old is None or new is None:
        if old is not new and not pair.observed:
            kind = "values-stated" if old is None else "values-withdrawn"
            yield pair.change(kind, _listed(old), _listed(new), aspect=aspect)
        return
    for value in old:
        if value not in new:
            yield pair.change("value-removed", value, None, aspect=aspect)
    for value in new:
        if value not in old:
            yield pair.change("value-added", None, value, aspect=aspect)


@lru_cache(maxsize=4096)
def footing(data_type: DataType) -> DataType:
    """A type as it is compared: complete, and a domain as what it is made from at last."""
    while data_type.kind == "domain" and data_type.base is not None:
        data_type = data_type.base
    if data_type.element is not None:
        return replace(data_type, element=footing(data_type.element))
    return completed(data_type)


def _compare(pair: Pair, old: DataType, new: DataType, aspect: str | None) -> Iterator[Change]:
    before, after = footing(old), footing(new)
    if before.element is not None and after.element is not None:
        yield from _compare(pair, before.element, after.element, "element")
        if before.element == after.element:
            yield pair.parts(before, after).change(
                "type-respelled", type_name(old), type_name(new), aspect=aspect
            )
        return
    pair = pair.parts(before, after)
    if before.kind == after.kind == "array":
        if before.element is not after.element:
            kind = "type-stated" if before.element is None else "type-withdrawn"
            yield pair.change(kind, type_name(old), type_name(new), aspect="element")
        return
    if _is_one_enum(before, after):
        yield from _compare_labels(pair, before.labels, after.labels, aspect)
        if before.labels != after.labels:
            return
    same = _without_kind(before) == _without_kind(after)
    kind = "type-respelled" if same else "type-changed"
    if old != new:
        yield pair.change(kind, type_name(old), type_name(new), aspect=aspect)


def _is_one_enum(old: DataType, new: DataType) -> bool:
    """Whether two types are one by name, of which labels are known on either side."""
    named = (old.schema, old.name) == (new.schema, new.name)
    return named and (old.labels is not None or new.labels is not None)


def _compare_labels(
    pair: Pair, old: Labels | None, new: Labels | None, aspect: str | None
) -> Iterator[Change]:
    aspect = aspect or "labels"
    if old is None or new is None:
        if old is not new:
            kind = "detail-stated" if old is None else "detail-withdrawn"
            yield pair.change(kind, _listed(old), _listed(new), aspect="labels")
        return
    yield from compare_values(pair, aspect, old, new)
    kept = [label for label in old if label in new]
    if kept != [label for label in new if label in old]:
        yield pair.change("values-reordered", _listed(old), _listed(new), aspect=aspect)


def _without_kind(data_type: DataType) -> DataType:
    """A type without its kind, which a promise by name alone does not know."""
    made = data_type.schema is not None
    return replace(data_type, kind="unknown", labels=None) if made else data_type


def _name(data_type: DataType | None) -> str | None:
    return type_name(data_type) if data_type else None


def _listed(labels: Labels | None) -> str | None:
    """Labels as SQL writes them, so that one with a comma in it stays one."""
    if labels is None:
        return None
    return ", ".join("'" + label.replace("'", "''") + "'" for label in labels)
