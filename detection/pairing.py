"""Which columns of two views are one column to a reader, and how their values are compared."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches
from typing import Final, Literal

from contracts.model import Column, DataType, Table
from contracts.types import type_name
from detection.comparison import resolved
from detection.model import Catalog
from detection.quality.authored import INCOMPLETE, RefusedError
from detection.quality.conditions import NUMBERS, WITHOUT_EQUALITY, name
from detection.quality.guarding import allowed_condition
from detection.quality.model import Call, Reach, Sql

How = Literal["equal", "text", "within"]
"""How two values are compared: as Postgres does it, with nulls alike; as the texts that Postgres
prints, where it has no equality for the type; or within a tolerance."""

Scale = Literal["number", "moment", "time of day"]
"""On what a tolerance is measured: times of day go round at midnight, moments and spans do not."""

MOMENTS: Final = (
    "date", "timestamp without time zone", "timestamp with time zone", "interval",
)  # fmt: skip
ONE_EXPRESSION: Final = (
    "Write a column of the new view, or one expression over its columns: coalesce(a, b)."
)
ONE_CONDITION: Final = "Write one condition that is true or false of a row, such as id > 7."
TIME_OF_DAY: Final = "time without time zone"


class PairingError(ValueError):
    """Two views that cannot be compared as asked; ``next_step`` says what to do instead."""

    def __init__(self, what: str, next_step: str) -> None:
        super().__init__(what)
        self.what = what
        self.next_step = next_step


@dataclass(frozen=True, slots=True)
class Wish:
    """How two views are to be compared.

    key:         the columns that tell one row from all others, by their names in the old view.
    mapped:      a column of the old view -> the column of the new one that took its place, or an
                 expression over the columns of the new one (for a split or a merge).
    columns:     the columns of the old view to compare; ``None`` for all that both have.
    ignored:     columns of either that are left out.
    tolerances:  a column of the old view -> how far its values may be apart: a number, or for
                 times an interval such as ``5 seconds``.
    where:       which rows are compared, as a condition on the columns that both have, by their
                 old names.
    """

    key: tuple[str, ...]
    mapped: Mapping[str, str] = field(default_factory=dict)
    columns: tuple[str, ...] | None = None
    ignored: tuple[str, ...] = ()
    tolerances: Mapping[str, str] = field(default_factory=dict)
    where: str | None = None


@dataclass(frozen=True, slots=True)
class Pair:
    """A column of the old view, and what the new one has in its place.

    new:        the name of a column, or an expression where ``expression`` has its SQL.
    tolerance:  how far apart the two may be, where ``how`` is ``within``, and on which ``scale``.
    types:      both types as a contract spells them; ``""`` for an expression's.
    shown:      whether its values may be told to whoever reads the result.
    """

    old: str
    new: str
    how: How = "equal"
    expression: Sql = ""
    tolerance: str | None = None
    scale: Scale = "number"
    types: tuple[str, str] = ("", "")
    shown: bool = False


@dataclass(frozen=True, slots=True)
class Pairing:
    """Two views, and which of their columns are compared.

    keys:      the pairs that tell rows apart; columns: the pairs that are compared.
    only_old, only_new:  columns that have no counterpart, and so are not compared.
    ignored:   columns that were left out on purpose.
    where:     the condition on rows, as SQL; calls: what it and the expressions may call.
    nearby:    columns of both that only the condition may name.
    """

    old: Table
    new: Table
    keys: tuple[Pair, ...]
    columns: tuple[Pair, ...]
    only_old: tuple[str, ...] = ()
    only_new: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
    where: Sql = ""
    calls: frozenset[Call] = frozenset()
    nearby: tuple[Pair, ...] = ()

    @property
    def views(self) -> tuple[Table, Table]:
        """The old view and the new one."""
        return self.old, self.new


def pair_columns(
    old: Table, new: Table, wish: Wish, catalog: Catalog, public: Collection[tuple[str, str, str]]
) -> Pairing:
    """The pairs that were asked for; PairingError for what cannot be compared.

    public:  the columns whose values may be told, by schema, table and name.
    """
    _require_names(old, new, wish)
    calls: set[Call] = set()

    def pair(column: str) -> Pair:
        found = _pair(old, new, column, wish, catalog, calls)
        told = {name for schema, table, name in public if (schema, table) == (new.schema, new.name)}
        shown = (old.schema, old.name, column) in public and _new_names(found, new) <= told
        return replace(found, shown=shown)

    there = {column.name for column in new.columns}
    both = [
        column.name
        for column in old.columns
        if column.name not in wish.key and (column.name in wish.mapped or column.name in there)
    ]
    chosen = [
        name
        for name in (both if wish.columns is None else wish.columns)
        if name not in wish.ignored and name not in wish.key
    ]
    keys = tuple(pair(name) for name in wish.key)
    columns = tuple(pair(name) for name in chosen)
    taken = {found for each in (*keys, *columns) for found in _new_names(each, new)}
    mentioned = {*wish.key, *both, *chosen}
    where, more = _condition(old, wish, {*wish.key, *both}, catalog)
    rest = [name for name in both if name not in chosen] if where else []
    return Pairing(
        old,
        new,
        keys,
        columns,
        tuple(c.name for c in old.columns if c.name not in {*mentioned, *wish.ignored}),
        tuple(
            c.name
            for c in new.columns
            if c.name not in taken and c.name not in {*both, *wish.ignored}
        ),
        tuple(name for name in wish.ignored),
        where,
        frozenset(calls | more),
        tuple(Pair(name, wish.mapped.get(name, name)) for name in rest if name not in wish.mapped),
    )


def _require_names(old: Table, new: Table, wish: Wish) -> None:
    """See that every name is one of a column that can be meant."""
    if not wish.key:
        raise PairingError("No key was named.", "Name the columns that tell rows apart by --key.")
    olds = [column.name for column in old.columns]
    either = [*olds, *(column.name for column in new.columns)]
    asked = (*wish.key, *wish.mapped, *(wish.columns or ()), *wish.tolerances)
    for each in asked:
        _require(each, olds, old.qualified_name)
    for each in wish.ignored:
        _require(each, either, f"{old.qualified_name} and {new.qualified_name}")
    if both := sorted({*wish.key} & {*wish.ignored}):
        raise PairingError(f"The key {both[0]} cannot be ignored.", "Choose another key.")
    if twice := [each for each in wish.key if wish.key.count(each) > 1]:
        raise PairingError(f"The key names {twice[0]} twice.", "Name each column once.")
    if keyed := sorted({*wish.key} & {*wish.tolerances}):
        what = f"{keyed[0]} is of the key, which has to be the same on both sides."
        raise PairingError(what, "Give a tolerance to what is compared.")


def _require(name: str, names: Sequence[str], where: str) -> None:
    if name in names:
        return
    near = get_close_matches(name, names, n=1)
    step = f"Did you mean {near[0]}?" if near else f"Its columns: {', '.join(names)}."
    raise PairingError(f"There is no column {name} in {where}.", step)


def _pair(
    old: Table, new: Table, name: str, wish: Wish, catalog: Catalog, calls: set[Call]
) -> Pair:
    before, meant = old.column(name), wish.mapped.get(name, name)
    assert before is not None  # noqa: S101 - its name was looked up
    after, expression = new.column(meant), ""
    if after is None and name in wish.mapped:
        expression, called = _expression(new, meant, catalog)
        calls |= called
    elif after is None:
        _require(meant, [column.name for column in new.columns], new.qualified_name)
    types = (_spelled(before), _spelled(after))
    if name in wish.tolerances:
        scale = _scale(name, wish.tolerances[name], before, after)
        return Pair(name, meant, "within", expression, wish.tolerances[name], scale, types)
    return Pair(name, meant, _how(before, after, types), expression, types=types)


def _spelled(column: Column | None) -> str:
    return type_name(column.data_type) if column and column.data_type else ""


def _how(before: Column, after: Column | None, types: tuple[str, str]) -> How:
    sides = (before, after or before)
    if not any(_has_no_equality(_innermost(each.data_type)) for each in sides):
        return "equal"
    if after is not None and types[0] != types[1]:
        what = f"{before.name} is {types[0]} in the old view and {types[1]} in the new one."
        step = f"Compare them as one type: --map '{before.name}={after.name}::{types[0]}'."
        raise PairingError(f"{what} PostgreSQL has no equality for the two.", step)
    return "text"


def _innermost(data_type: DataType | None) -> DataType | None:
    """The type that a value comes down to: a domain's base, an array's element."""
    found = data_type
    while found is not None and (found.element or found.base):
        found = found.element or resolved(found)
    return found


def _has_no_equality(data_type: DataType | None) -> bool:
    return data_type is not None and (
        data_type.name in WITHOUT_EQUALITY or data_type.kind in ("composite", "unknown")
    )


def _scale(column: str, tolerance: str, before: Column, after: Column | None) -> Scale:
    """On what a tolerance of a column is measured; PairingError where on nothing."""
    kinds = {_innermost(each.data_type) for each in (before, after) if each}
    names = {each.name if each else "" for each in kinds}
    if names <= {*NUMBERS}:
        if not _is_amount(tolerance):
            what = f"The tolerance of {column} is {tolerance}, which is no number from 0 on."
            raise PairingError(what, f"Write it like {column}=0.01.")
        return "number"
    if names <= {*MOMENTS}:
        return "moment"
    if names == {TIME_OF_DAY}:
        return "time of day"
    what = f"{column} is {' and '.join(sorted(names))}: there is no nearly the same for it."
    raise PairingError(what, "Give a tolerance to numbers and times only.")


def _is_amount(text: str) -> bool:
    try:
        return Decimal(text).is_finite() and Decimal(text) >= 0
    except InvalidOperation:
        return False


def _expression(new: Table, text: str, catalog: Catalog) -> tuple[Sql, frozenset[Call]]:
    """What somebody wrote to stand for an old column, made of columns of the new view."""
    names = [column.name for column in new.columns]
    if text.replace("_", "").isalnum():
        _require(text, names, new.qualified_name)
    return _allowed(text, new, names, catalog, ONE_EXPRESSION)


def _condition(
    old: Table, wish: Wish, names: Collection[str], catalog: Catalog
) -> tuple[Sql, frozenset[Call]]:
    if not wish.where:
        return "", frozenset()
    return _allowed(wish.where, old, names, catalog, ONE_CONDITION)


def _allowed(
    text: str, table: Table, names: Collection[str], catalog: Catalog, whole: str
) -> tuple[Sql, frozenset[Call]]:
    """What somebody wrote, as SQL; ``whole`` is what to write where it is only a piece."""
    reach = Reach({(table.schema, table.name): frozenset(names)}, catalog)
    try:
        return allowed_condition(text, table, reach)
    except RefusedError as error:
        step = whole if error.next_step == INCOMPLETE else error.next_step
        raise PairingError(f"It cannot be compared by {text}: {error.what}", step) from error


def _new_names(pair: Pair, new: Table) -> frozenset[str]:
    """The columns of the new view that a pair is made of; for an expression, all that it names."""
    if not pair.expression:
        return frozenset({pair.new})
    from detection.quality.authored import named, tokens_of

    return named(tokens_of(pair.new)) & {column.name for column in new.columns}


def quoted(table: Table) -> Sql:
    """A view's name as SQL."""
    return name(table.schema, table.name)
