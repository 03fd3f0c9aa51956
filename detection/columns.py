"""Columns of many tables, made at once from what the catalogue says of each table's."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, repeat
from operator import attrgetter
from typing import Any, Final, NamedTuple

from contracts.model import Column
from detection.making import made
from detection.observed_types import TypeRow, domains_of, resolve

VIEWS: Final = ("v", "m")
"""What ``pg_class`` calls views and materialised views."""

_IDENTITIES: Final = {"": "", "a": "always", "d": "by default"}


class Shape(NamedTuple):
    """All that is known of the columns of a table, in their order; ``()`` where nothing is."""

    kind: str
    names: tuple[str, ...]
    numbers: tuple[int, ...]
    types: tuple[int, ...]
    modifiers: tuple[int, ...]
    not_null: tuple[bool, ...]
    updatable: tuple[bool, ...]
    identities: tuple[str, ...]
    generations: tuple[str, ...]
    expressions: tuple[str | None, ...]
    comments: tuple[str | None, ...]
    collations: tuple[str | None, ...]
    primary: tuple[int, ...]
    unique: tuple[int, ...]


def columns_of(shapes: Sequence[Shape], types: Mapping[int, TypeRow]) -> list[Column]:
    """The columns of all shapes, one after the other, each field for all of them at once.

    What nobody can say of a view's column stays ``None``.
    """
    codes = list(zip(_all(shapes, "types"), _all(shapes, "modifiers"), strict=True))
    data_types = {code: resolve(types, *code) for code in set(codes)}
    filled = {code for code in data_types if any(d.not_null for d in domains_of(types, code[0]))}
    stated = chain.from_iterable(
        repeat(None, len(shape.names)) if shape.kind in VIEWS else shape.not_null
        for shape in shapes
    )
    generations = _all(shapes, "generations", otherwise="")
    expressions = _all(shapes, "expressions")
    return made(
        Column,
        name=_all(shapes, "names"),
        data_type=map(data_types.__getitem__, codes),
        nullable=[
            None if word is None else not (word or code in filled)
            for word, code in zip(stated, codes, strict=True)
        ],
        primary_key=_each_in(shapes, "primary", VIEWS),
        unique=_each_in(shapes, "unique", ("v",)),
        updatable=_all(shapes, "updatable", otherwise=True),
        default=[
            "" if generation else expression or ""
            for generation, expression in zip(generations, expressions, strict=True)
        ],
        identity=map(_IDENTITIES.__getitem__, _all(shapes, "identities", otherwise="")),
        generated=[
            expression if generation else ""
            for generation, expression in zip(generations, expressions, strict=True)
        ],
        collation=_all(shapes, "collations"),
        description=_all(shapes, "comments"),
        position=chain.from_iterable(range(1, len(shape.names) + 1) for shape in shapes),
    )


def _all(shapes: Sequence[Shape], fact: str, *, otherwise: object = None) -> list[Any]:
    """One fact of every column of every shape; ``otherwise`` where a shape says nothing of it."""
    of_one = attrgetter(fact)
    return list(
        chain.from_iterable(
            of_one(shape) or repeat(otherwise, len(shape.names)) for shape in shapes
        )
    )


def _each_in(
    shapes: Sequence[Shape], keys: str, unknown_in: Sequence[str]
) -> Iterator[bool | None]:
    """Whether each column is one of the ``keys`` of its shape; unknown in some kinds of table."""
    of_one = attrgetter(keys)
    return chain.from_iterable(
        _are_in(shape, of_one(shape), unknown=shape.kind in unknown_in) for shape in shapes
    )


def _are_in(shape: Shape, chosen: Sequence[int], *, unknown: bool) -> Iterable[bool | None]:
    if unknown or not chosen:
        return repeat(None if unknown else False, len(shape.names))
    return [number in chosen for number in shape.numbers]
