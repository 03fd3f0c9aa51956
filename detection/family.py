"""Parents and children: a child may promise more than its parent, and never less.

What a child says nothing of, it inherits; only what it says itself can be weaker.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from contracts.model import Contract
from detection.change import Change, Side
from detection.diffing.contracts import compare_contracts
from detection.diffing.pairing import Pair
from detection.diffing.tables import compare_tables

_WORD: Final = re.compile(r"[^\s,()]+")

NOT_INHERITED: Final = (
    "contract-", "state-", "sunset-", "deprecation-", "documentation-", "dialect-", "server-",
    "parent-", "column-added", "column-renamed", "column-removed", "table-", "columns-",
    "type-respelled",
)  # fmt: skip
"""The beginnings of those kinds of change in which a child goes its own way."""


def weakened_children(old: Sequence[Contract], new: Sequence[Contract]) -> tuple[Change, ...]:
    """Each promise of a child that is weaker than its parent's, and was not so before."""
    known = {_told(change) for change in weaker_promises(old)}
    return tuple(change for change in weaker_promises(new) if _told(change) not in known)


def weaker_promises(contracts: Sequence[Contract]) -> tuple[Change, ...]:
    """Each promise of a child that is weaker than that of its parent, or of its parent's."""
    if not any(contract.extends for contract in contracts):
        return ()
    known = {contract.identity: contract for contract in contracts}
    known |= {contract.name: contract for contract in contracts if contract.name not in known}
    return tuple(
        change
        for contract in contracts
        for parent in ancestors(contract, known)
        for change in _weaker(parent, contract)
    )


def ancestors(contract: Contract, known: Mapping[str, Contract]) -> Iterator[Contract]:
    """The parent, the parent's parent and so on, as far as they are known; each of them once."""
    met = {contract.identity}
    while contract.extends and (parent := known.get(contract.extends)):
        if parent.identity in met:
            return
        met.add(parent.identity)
        yield parent
        contract = parent


def _weaker(parent: Contract, child: Contract) -> Iterator[Change]:
    from detection.evolution import rule_of

    pair = Pair(Side(parent), Side(child))
    for change in _compare(pair, parent, child):
        own_way = change.kind.startswith(NOT_INHERITED) or change.new is None
        if not own_way and rule_of(change).reader in ("breaking", "conditional"):
            there = Pair(change.before, change.after)
            aspect = change.aspect or change.kind
            yield there.change("child-weaker", change.old, change.new, aspect=aspect)


def _compare(pair: Pair, parent: Contract, child: Contract) -> Iterator[Change]:
    yield from compare_contracts(pair)
    theirs = {table.qualified_name: table for table in parent.tables}
    for table in child.tables:
        if table.qualified_name in theirs:
            yield from compare_tables(pair.tables(theirs[table.qualified_name], table))


def _told(change: Change) -> tuple[object, ...]:
    """What tells one weakness from another; the order of columns in its words does not."""
    words = (tuple(sorted(_WORD.findall(text or ""))) for text in (change.old, change.new))
    return (change.contract, change.element, change.aspect, *words)
