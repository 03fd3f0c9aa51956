"""Two queries of a view: the same, the same but for what lies beneath, or another one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from detection.change import Change
from detection.diffing.pairing import Pair
from detection.expressions import Tokens, normal


def compare_views(pair: Pair) -> Iterator[Change]:
    """The difference between the queries of two views, or promised ones; spaces are none."""
    before, after = pair.before.table, pair.after.table
    if before is None or after is None or before.definition == after.definition:
        return
    old, new = before.definition, after.definition
    if old is None or new is None:
        if not pair.observed:
            kind = "query-stated" if old is None else "query-withdrawn"
            yield pair.change(kind, old, new, aspect="definition")
        return
    if _tokens(old) == _tokens(new):
        yield from ()
    elif _folded(_renamed(_tokens(old), pair.renames), {}) == _folded(_tokens(new), pair.renames):
        yield pair.change("view-base-renamed", old, new, aspect="definition")
    else:
        yield pair.change("view-query-changed", old, new, aspect="definition")


def _tokens(definition: str) -> Tokens:
    return normal(definition.rstrip().rstrip(";"), "")


def _renamed(tokens: Tokens, names: Mapping[str, str]) -> Tokens:
    """A query with the names that columns and tables beneath it have now."""
    return tuple(names.get(token, token) for token in tokens)


def _folded(tokens: Tokens, names: Mapping[str, str]) -> Tokens:
    """A query without the aliases by which Postgres keeps a view's own names after a rename.

    ``picture AS primary_image`` is ``picture``, where ``primary_image`` is called so now; and
    an alias that is the name itself is none.
    """
    kept: list[str] = []
    skip = 0
    for place, token in enumerate(tokens):
        alias = tokens[place + 1 : place + 3]
        if skip:
            skip -= 1
            continue
        kept.append(token)
        if len(alias) == 2 and alias[0] == "as" and names.get(alias[1], alias[1]) == token:
            skip = 2
    return tuple(kept)
