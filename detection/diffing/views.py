"""Two queries of a view: the same, the same but for what lies beneath, or another one.

Columns that only one of the two returns are told as that, and make no other query of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from contracts.model import Table
from detection.change import Change
from detection.diffing.pairing import Pair
from detection.expressions import Tokens, normal


def compare_views(pair: Pair, names: Mapping[str, str]) -> Iterator[Change]:
    """The difference between the queries of two views, or promised ones; spaces are none.

    ``names`` are the view's own columns that are called otherwise now: the old name, and the new.
    """
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
        return
    asked, asks = _of_common_columns(before, after, names) or (old, new)
    was, now = _tokens(asked), _tokens(asks)
    if was == now:
        return
    if _folded(_renamed(was, pair.renames), {}) == _folded(now, pair.renames):
        yield pair.change("view-base-renamed", old, new, aspect="definition")
    else:
        yield pair.change("view-query-changed", old, new, aspect="definition")


def _of_common_columns(
    before: Table, after: Table, names: Mapping[str, str]
) -> tuple[str, str] | None:
    """Both queries without what only one of them returns; ``None`` where that is not plain."""
    old, new = ({one.name for one in table.columns} for table in (before, after))
    removed, added = old - new - names.keys(), new - old - set(names.values())
    if not removed and not added:
        return None
    from detection.diffing.outputs import without_outputs

    asked = without_outputs(before.definition or "", removed)
    asks = without_outputs(after.definition or "", added)
    return None if asked is None or asks is None else (asked, asks)


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
