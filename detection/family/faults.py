"""What is wrong with families, as violations: weaker children, and parents that are none."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from contracts.model import Contract
from detection.change import Change
from detection.comparison import Difference
from detection.diffing.places import keys_of
from detection.family.lineage import Family
from detection.family.weakening import weaker_promises
from detection.model import Kin, Violation
from detection.rules import rule

WEAKER: Final = "child-weaker"
"""The rule by which a child that promises less than its parent is told, here and of changes."""

_ENDING: Final = ("deprecated", "sunset")


def find_family_faults(
    contracts: Sequence[Contract], relatives: Sequence[Contract] = ()
) -> tuple[Violation, ...]:
    """All that is wrong with these contracts as children; nothing where none extends another.

    ``relatives`` may be extended too, and are not judged themselves. A circle is told once, and
    a promise that is weaker than those of several ancestors against the nearest of them.
    """
    if not any(contract.extends for contract in contracts):
        return ()
    family = Family.of((*contracts, *relatives))
    weak = (_weaker(change) for change in weaker_promises(contracts, relatives))
    return (*_circles(contracts, family), *_parents(contracts, family), *weak)


def kin_of(change: Change) -> Kin | None:
    """Parent and child of a weakness, by name and version; ``None`` for any other change."""
    parent, child = change.before.contract, change.after.contract
    if change.kind != WEAKER or parent is None or child is None:
        return None
    return Kin(parent.identity, parent.version, child.version)


def _weaker(change: Change) -> Violation:
    contract = change.after.contract
    return Violation(
        WEAKER,
        "error",
        change.contract,
        change.schema or "",
        change.table or change.function or "",
        change.column,
        promised=change.old,
        found=change.new,
        owner=contract.owner if contract else None,
        location=change.location,
        aspect=change.aspect,
        kin=kin_of(change),
    )


def _circles(contracts: Sequence[Contract], family: Family) -> Iterator[Violation]:
    told: set[str] = set()
    for contract in contracts:
        circle = family.circle(contract)
        if circle and told.isdisjoint(each.identity for each in circle):
            told |= {each.identity for each in circle}
            yield _fault("family-cycle", contract, rule("family-cycle").states(circle))


def _parents(contracts: Sequence[Contract], family: Family) -> Iterator[Violation]:
    """What is wrong with the parent of each contract by itself."""
    for child in contracts:
        if child.extends is None:
            continue
        called = family.called(child.extends, child.namespace)
        if len(called) != 1:
            name = "parent-ambiguous" if called else "parent-missing"
            stated = rule(name).states(child, called) if called else rule(name).states(child)
            yield _fault(name, child, stated)
            continue
        (parent,) = called
        if child.extends_version not in (None, parent.version):
            stated = rule("parent-version-differs").states(child, parent)
            yield _fault("parent-version-differs", child, stated)
        if parent.status in (*_ENDING, "retired"):
            name = "parent-ending" if parent.status in _ENDING else "parent-retired"
            yield _fault(name, child, rule(name).states(child, parent))


def _fault(name: str, child: Contract, stated: Difference | None) -> Violation:
    difference = stated or Difference(None, None)
    keys = [key for name in difference.keys for key in keys_of(name)]
    place = (
        child.source.at(*keys, "extends", "parent", "customProperties") if child.source else None
    )
    return Violation(
        name, rule(name).level, child.identity, "", "",
        promised=difference.promised, found=difference.found,
        owner=child.owner, location=place,
    )  # fmt: skip
