"""What fills a column where an INSERT leaves it out: a default, an identity, an expression."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

from contracts.model import Column
from detection.change import Change
from detection.diffing.documentation import documented
from detection.diffing.pairing import Pair
from detection.expressions import same_expression

Mode = Literal["unsaid", "none", "default", "serial", "by default", "always", "generated"]

_SEQUENCE = re.compile(r"\s*nextval\s*\(", re.IGNORECASE)


class Filling(NamedTuple):
    """What fills a column, and by which expression.

    ``serial`` is a default that takes the next number of a sequence; ``by default`` and
    ``always`` are the two kinds of identity.
    """

    mode: Mode
    expression: str | None = None

    @property
    def words(self) -> str | None:
        """As SQL has it; ``None`` where there is nothing."""
        if self.mode in ("by default", "always"):
            return f"GENERATED {self.mode.upper()} AS IDENTITY"
        return f"GENERATED AS {self.expression}" if self.mode == "generated" else self.expression


def filling_of(column: Column) -> Filling:
    """What fills a column; ``unsaid`` where a promise says nothing of it."""
    if column.generated:
        return Filling("generated", column.generated)
    if column.identity:
        return Filling(column.identity)
    if column.default:
        mode: Mode = "serial" if _SEQUENCE.match(column.default) else "default"
        return Filling(mode, column.default)
    return Filling("unsaid" if column.default is None else "none")


def compare_fillings(pair: Pair) -> Iterator[Change]:
    """What fills the column before, against what fills it now: one change at most, as a rule."""
    before, after = pair.before.column, pair.after.column
    if before is None or after is None:
        return
    old, new = filling_of(before), filling_of(after)
    kind = _kind(old, new, _schema(pair))
    if kind is None:
        yield from _compare_words(pair, before, after)
    elif kind == "documentation-changed":
        yield from documented(pair, "default", old.words or old.mode, new.words or new.mode)
    else:
        aspect = "generated" if "generat" in kind else "default"
        if "identity" in kind or {"always", "by default"} & {old.mode, new.mode}:
            aspect = "identity"
        yield pair.change(kind, old.words, new.words, aspect=aspect)


def _schema(pair: Pair) -> str:
    table = pair.after.table or pair.before.table
    return table.schema if table else "public"


def _kind(old: Filling, new: Filling, schema: str) -> str | None:
    """The kind of change from one filling to another; ``None`` where they are the same."""
    if old.mode == new.mode:
        return _kind_of_expression(old, new, schema)
    for side, other, word in ((old, new, "stated"), (new, old, "withdrawn")):
        if side.mode == "unsaid":
            return "documentation-changed" if other.mode == "none" else f"default-{word}"
    if "generated" in (old.mode, new.mode):
        return "generation-added" if new.mode == "generated" else "generation-removed"
    if new.mode == "always":
        return "identity-tightened"
    if {old.mode, new.mode} == {"serial", "by default"}:
        return "serial-became-identity"
    if old.mode == "always" and new.mode in ("by default", "serial"):
        return "identity-loosened"
    if "none" in (old.mode, new.mode):
        return "default-removed" if new.mode == "none" else "default-added"
    return "default-changed"


def _kind_of_expression(old: Filling, new: Filling, schema: str) -> str | None:
    if old.expression == new.expression or old.expression is None or new.expression is None:
        return None
    if same_expression(old.expression, new.expression, schema):
        return "documentation-changed"
    return "generation-changed" if old.mode == "generated" else "default-changed"


def _compare_words(pair: Pair, old: Column, new: Column) -> Iterator[Change]:
    """Where the filling is the same: "has none" that is said on one side only promises nothing."""
    if pair.observed:
        return
    for aspect, before, after in (
        ("identity", old.identity, new.identity),
        ("generated", old.generated, new.generated),
        ("default", old.default, new.default),
    ):
        if {before, after} == {None, ""}:
            said = {None: None, "": "none"}
            yield from documented(pair, aspect, said[before], said[after])
