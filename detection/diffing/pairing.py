"""The same element before and after, and how to tell of what is different about it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from contracts.model import Column, Function, Location, Source, Table
from detection.change import Change, Side
from detection.diffing.places import PLACES

UNSAID: Final = (None, ())
"""What a promise holds where nothing was said."""


@dataclass(frozen=True, slots=True)
class Pair:
    """One element on two sides.

    ``observed`` says that both sides were observed in a database. There ``None`` is "nobody
    can say", which is no difference; in a promise it is "nothing was said", which is one.
    ``renames`` are the tables and columns of the whole database that are called otherwise now.
    """

    before: Side
    after: Side
    observed: bool = False
    renames: Mapping[str, str] = field(default_factory=dict)

    def tables(self, before: Table | None, after: Table | None) -> Pair:
        """The same contracts, and two of their tables."""
        return self._with(table=(before, after))

    def columns(self, before: Column | None, after: Column | None) -> Pair:
        """The same tables, and two of their columns."""
        return self._with(column=(before, after))

    def functions(self, before: Function | None, after: Function | None) -> Pair:
        """The same contracts, and two of their functions."""
        return self._with(function=(before, after))

    def parts(self, before: object, after: object) -> Pair:
        """The same elements, and what of them the change is about."""
        return self._with(part=(before, after))

    def _with(self, **nouns: tuple[Any, Any]) -> Pair:
        before = replace(self.before, **{name: pair[0] for name, pair in nouns.items()})
        after = replace(self.after, **{name: pair[1] for name, pair in nouns.items()})
        return Pair(before, after, self.observed, self.renames)

    def change(
        self,
        kind: str,
        old: str | None = None,
        new: str | None = None,
        *,
        aspect: str | None = None,
        parts: tuple[Change, ...] = (),
    ) -> Change:
        """A change of this element; where it stands is found by its kind and aspect."""
        there = self.after if _holds_as_much(self.after, self.before) else self.before
        contract = self.after.contract or self.before.contract
        table, column, function = there.table, there.column, there.function
        return Change(
            kind,
            contract=contract.identity if contract else None,
            schema=table.schema if table else function.schema if function else None,
            table=table.name if table else None,
            column=column.name if column else None,
            function=signature(function) if function else None,
            aspect=aspect,
            old=old,
            new=new,
            before=self.before,
            after=self.after,
            location=_location(there, kind, aspect),
            parts=parts,
        )


def told(
    pair: Pair,
    base: str,
    aspect: str,
    old: Any,
    new: Any,
    words: Callable[[Any], str] = str,
    *,
    same: Callable[[Any, Any], bool] | None = None,
) -> Iterator[Change]:
    """The change of something that a promise says or leaves unsaid, if it changed.

    Its kind is ``base`` with ``-changed``, or with ``-stated`` and ``-withdrawn`` where
    nothing was said before or after.
    """
    if old == new or (same is not None and same(old, new)):
        return
    unsaid_before, unsaid_after = old in UNSAID, new in UNSAID
    if pair.observed and (unsaid_before or unsaid_after):
        return
    if unsaid_before and unsaid_after:
        return
    what = "stated" if unsaid_before else "withdrawn" if unsaid_after else "changed"
    yield pair.change(
        f"{base}-{what}",
        None if unsaid_before else words(old),
        None if unsaid_after else words(new),
        aspect=aspect,
    )


def shown(value: object) -> str | None:
    """A value as a report shows it; ``None`` for nothing."""
    if value is None:
        return None
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def signature(function: Function) -> str:
    """A function by its name and its arguments, as people name it."""
    return f"{function.name}({function.arguments})"


def _holds_as_much(after: Side, before: Side) -> bool:
    """Whether nothing is gone that the change is about."""
    nouns = ("contract", "table", "column", "function")
    return all(getattr(after, noun) or not getattr(before, noun) for noun in nouns)


def _location(side: Side, kind: str, aspect: str | None) -> Location | None:
    """The place of the innermost noun that has one, as near to the aspect as it was written."""
    named = aspect or kind
    keys = (*PLACES.get(named, ()), *PLACES.get(kind, ()), named, named.removeprefix("custom."))
    nouns = (side.part, side.function, side.column, side.table, side.contract)
    for noun in nouns:
        source = getattr(noun, "source", None)
        if isinstance(source, Source):
            return source.at(*keys)
    return None
