"""The contract that a name means: by its identity, its id, its bare name, or a table of it."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches

from contracts.model import Contract
from prevention.decision import NotJudged, Obstacle


def contract_named(name: str, contracts: Sequence[Contract], what: str = "contract") -> Contract:
    """The one contract of this name; raises NotJudged for none, with the nearest, and for several.

    what:  what is looked for, in the words of a message.
    """
    exact = [each for each in contracts if name in (each.identity, each.id)]
    found = exact or [each for each in contracts if name == each.name]
    found = found or [each for each in contracts if name in _tables(each)]
    if len(found) == 1:
        return found[0]
    if found:
        names = ", ".join(each.identity for each in found)
        raise NotJudged(
            Obstacle(
                f"{len(found)} contracts go by {name!r}: {names}.", "Write the whole identity."
            )
        )
    raise NotJudged(Obstacle(f"There is no {what} {name!r}.", _nearest(name, contracts)))


def _tables(contract: Contract) -> tuple[str, ...]:
    return tuple(table.qualified_name for table in contract.tables)


def _nearest(name: str, contracts: Sequence[Contract]) -> str:
    known: dict[str, str] = {}
    for each in contracts:
        for said in (each.identity, each.name, *_tables(each)):
            known.setdefault(said, each.identity)
    if close := get_close_matches(name, known, n=1):
        return f"Did you mean {known[close[0]]!r}?"
    names = sorted(each.identity for each in contracts)
    more = f" and {len(names) - 8} more" if len(names) > 8 else ""
    return f"There are: {', '.join(names[:8])}{more}."
