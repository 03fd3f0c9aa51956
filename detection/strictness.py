"""Which of two CHECKs refuses more, as far as that can be told from their texts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, Literal, NamedTuple

from detection.diffing.keys import inner
from detection.expressions import Tokens, normal

Strictness = Literal["tightened", "loosened", "changed"]

_NUMBER: Final = re.compile(r"-?\d+(?:\.\d+)?")
_TIES: Final = frozenset({"and", "or", "not", "case"})
_MIRRORED: Final = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}


class Bound(NamedTuple):
    """``subject < number``: one side of what a column may hold."""

    subject: Tokens
    upper: bool
    number: float
    inclusive: bool


def strictness(old: str, new: str) -> Strictness:
    """Whether the new CHECK refuses all that the old one did and more, the other way, or neither.

    Conditions tied by AND are compared one by one; of a single condition, a bound that is a
    number, and a list of values.
    """
    before, after = conditions(old), conditions(new)
    if _implies(after, before):
        return "tightened"
    return "loosened" if _implies(before, after) else "changed"


def conditions(expression: str) -> tuple[Tokens, ...]:
    """The conditions of a CHECK that are tied by AND, each as tokens."""
    return _split(normal(inner(expression), ""))


def _split(tokens: Tokens) -> tuple[Tokens, ...]:
    """The parts between the ANDs at the outside, parentheses around each taken away."""
    tokens = _bare(tokens)
    depth, start = 0, 0
    parts: list[Tokens] = []
    outer: set[str] = set()
    for place, token in enumerate(tokens):
        depth += (token == "(") - (token == ")")  # noqa: S105
        if depth == 0:
            outer.add(token)
        if depth == 0 and token == "and":  # noqa: S105
            parts.append(tokens[start:place])
            start = place + 1
    if not parts or outer & {"or", "between", "case", "not"}:
        return (tokens,)
    return tuple(inside for part in (*parts, tokens[start:]) for inside in _split(part))


def _bare(tokens: Tokens) -> Tokens:
    """Tokens without parentheses around all of them."""
    while tokens[:1] == ("(",) and _closes(tokens) == len(tokens) - 1:
        tokens = tokens[1:-1]
    return tokens


def _closes(tokens: Tokens) -> int:
    depth = 0
    for place, token in enumerate(tokens):
        depth += (token == "(") - (token == ")")  # noqa: S105
        if depth == 0:
            return place
    return len(tokens)


def _implies(these: Sequence[Tokens], those: Sequence[Tokens]) -> bool:
    """Whether whatever keeps these conditions keeps those, too."""
    return all(any(_condition_implies(one, other) for one in these) for other in those)


def _condition_implies(one: Tokens, other: Tokens) -> bool:
    if one == other:
        return True
    bound, wider = _bound(one), _bound(other)
    if bound and wider and (bound.subject, bound.upper) == (wider.subject, wider.upper):
        if bound.number == wider.number:
            return wider.inclusive or not bound.inclusive
        return (bound.number < wider.number) is bound.upper
    listed, more = _listed(one), _listed(other)
    if listed is None or more is None:
        return False
    return listed[0] == more[0] and listed[1] <= more[1]


def _bound(tokens: Tokens) -> Bound | None:
    """A comparison of something with a number."""
    if not _TIES.isdisjoint(tokens):
        return None
    for place, token in enumerate(tokens):
        if token in _MIRRORED:
            left, right = tokens[:place], tokens[place + 1 :]
            if (number := _number(right)) is not None:
                return Bound(_bare(left), token[0] == "<", number, token[1:] == "=")
            if (number := _number(left)) is not None:
                token = _MIRRORED[token]
                return Bound(_bare(right), token[0] == "<", number, token[1:] == "=")
            return None
    return None


def _number(tokens: Tokens) -> float | None:
    """The number that tokens are, whatever they are cast to."""
    tokens = _bare(tokens)
    if "::" in tokens:
        tokens = _bare(tokens[: tokens.index("::")])
    text = "".join(tokens).strip("'")
    return float(text) if _NUMBER.fullmatch(text) else None


def _listed(tokens: Tokens) -> tuple[Tokens, frozenset[str]] | None:
    """A list of values that something is one of: ``x = ANY (ARRAY['a', 'b'])``, ``x IN (…)``."""
    if not _TIES.isdisjoint(tokens):
        return None
    for place, token in enumerate(tokens):
        if token in ("=", "in"):
            values = [each for each in tokens[place + 1 :] if each.startswith("'")]
            any_of = tokens[place + 1 : place + 2] == ("any",) or token == "in"  # noqa: S105
            single = len(values) == 1 and token == "="  # noqa: S105
            if values and (any_of or single):
                return _bare(tokens[:place]), frozenset(values)
            return None
    return None
