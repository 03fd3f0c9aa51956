"""What a parity result proves about a view whose query changes: evidence for a verdict."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from detection.change import Change, Proof
from prevention.decision import Finding
from prevention.gate_rules import gate_rule
from prevention.render.plain import count

if TYPE_CHECKING:
    from detection.parity import Parity

SETTLED: Final = "view-query-changed"
"""The rule that a parity result settles."""


def find_parity_proofs(changes: Sequence[Change], parities: Sequence[Parity]) -> tuple[Proof, ...]:
    """What these results prove about these changes, for readers.

    A result is about a change where the two views that were compared ask the very queries that
    the changed view asked before and asks after it; what they are called does not matter. It
    shows that no harm is done where all rows are the same in every column that the old view has.
    """
    return tuple(proof for change in changes for each in parities for proof in _of(change, each))


def find_unused(changes: Sequence[Change], parities: Sequence[Parity]) -> Iterator[Finding]:
    """The results that are evidence for no change, so that nobody takes them for it."""
    rule = gate_rule("parity-unused")
    for found in parities:
        if not any(proof for change in changes for proof in _of(change, found)):
            old, new = (view.qualified_name for view in found.pairing.views)
            yield Finding(rule.id, rule.level, None, "", "", promised=old, found=new)


def _of(change: Change, found: Parity) -> Iterator[Proof]:
    old, new = change.before.table, change.after.table
    if change.kind != SETTLED or old is None or new is None:
        return
    compared = tuple(view.definition for view in found.pairing.views)
    if None in compared or compared != (old.definition, new.definition):
        return
    names = " and ".join(view.qualified_name for view in found.pairing.views)
    if not found.is_same:
        yield _proof(change, f"{names}, which ask the same two queries, differ", holds=False)
    elif found.covers_old:
        rows = count(found.matched, "row")
        said = f"{names}, which ask the same two queries, are the same in all {rows}"
        yield _proof(change, said, holds=True)


def _proof(change: Change, says: str, *, holds: bool) -> Proof:
    return Proof(change.element, holds, says, SETTLED, change.contract, "reader")
