"""Promised against found: a column under contract beside the one that the database has."""

from __future__ import annotations

from dataclasses import dataclass

from contracts.logical_types import is_kept_by
from contracts.model import UNLIMITED, Column, DataType, Table


@dataclass(frozen=True, slots=True)
class Comparison:
    """A promised column and the one that keeps the promise, or breaks it.

    Their names are the same, except after a rename. ``among`` and ``within`` are the tables
    that they stand in.
    """

    promised: Column
    found: Column
    among: Table
    within: Table


@dataclass(frozen=True, slots=True)
class Difference:
    """What was promised and what was found instead, in the words of Postgres.

    ``keys`` are the paths below the column at which the promise may be written, the likeliest
    first.
    """

    promised: str | None
    found: str | None
    keys: tuple[str, ...] = ()


def types_compared(promised: DataType | None, found: DataType | None) -> tuple[DataType, DataType]:
    """The two types on one footing: a domain counts as what it is made from, unless it is named.

    A type that nobody stated is compared as what was found, and so never differs.
    """
    if promised is None or found is None:
        either = promised or found or DataType("unknown", "unknown")
        return either, either
    if promised.kind == "domain":
        inside = found.base if is_named(promised, found) else found
        return types_compared(promised.base, inside)
    while found.kind == "domain" and found.base and not is_named(promised, found):
        found = found.base
    return promised, found


def resolved(data_type: DataType) -> DataType:
    """A type, or what it is made from at last if it is a domain."""
    while data_type.kind == "domain" and data_type.base is not None:
        data_type = data_type.base
    return data_type


def is_named(promised: DataType, found: DataType) -> bool:
    """Whether two types have the same name, and the same schema where one is promised."""
    if promised.schema is None:
        built_in = promised.kind in ("base", "range")
        return promised.name == found.name and not (built_in and found.schema)
    return (promised.schema, promised.name) == (found.schema, found.name)


def same_type(promised: DataType, found: DataType) -> bool:
    """Whether two types are one, whatever their lengths, precisions and labels.

    The kinds are not compared: a promise often names a type that somebody made without
    saying of what kind it is. A logical type is any that holds it.
    """
    if promised.kind == "logical":
        return is_kept_by(promised, found)
    if "array" in (promised.kind, found.kind):
        return promised.kind == found.kind
    return is_named(promised, found)


def is_domain_lost(promised: DataType, found: DataType) -> bool:
    """Whether a domain is promised by name, and the type is not that domain."""
    is_kept = found.kind == "domain" and is_named(promised, found)
    return promised.kind == "domain" and not is_kept


def limit(number: int | None) -> str:
    """A length or a precision as words have it."""
    return "no limit" if number in (None, UNLIMITED) else str(number)


def differs(promised: int | None, found: int | None) -> bool:
    """Whether a stated figure is another than the one found; no figure is no limit."""
    return promised is not None and promised != (UNLIMITED if found is None else found)
