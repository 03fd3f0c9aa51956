"""Families in a check: what each contract inherits, and what is wrong with it as a child."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from contracts.model import Contract
from detection.change import Change, Verdict
from detection.model import Violation
from detection.periods import Periods
from prevention.decision import Finding, finding_of

_NARROWING: Final = ("value-removed", "values-stated")
"""Changes of a parent that leave a child with a value that is not among the parent's."""


def with_inherited(
    contracts: Sequence[Contract], relatives: Sequence[Contract] = ()
) -> tuple[Contract, ...]:
    """The contracts, each with what it inherits; the same ones where none extends another.

    ``relatives`` may be extended too, and are not returned.
    """
    if not any(contract.extends for contract in contracts):
        return tuple(contracts)
    from detection.family import in_effect

    return in_effect(contracts, relatives)


def with_inherited_notice(
    periods: Periods, *moments: Sequence[Contract], relatives: Sequence[Contract] = ()
) -> Periods:
    """The periods, with the notice that contracts owe because a parent promises it.

    moments:  the contracts of one moment each; what was promised at any of them is owed.
    """
    for contracts in moments:
        inherited = {
            each.identity: each.notice.lead_days
            for each in with_inherited(contracts, relatives)
            if each.extends and each.notice and each.notice.lead_days
        }
        periods = periods.at_least(replace(periods, inherited=inherited))
    return periods


def find_faults(
    contracts: Sequence[Contract], relatives: Sequence[Contract] = ()
) -> tuple[Violation, ...]:
    """What is wrong with these contracts as children; what compares them takes time to import."""
    if not any(contract.extends for contract in contracts):
        return ()
    from detection.family.faults import find_family_faults

    return find_family_faults(contracts, relatives)


def family_findings(
    contracts: Sequence[Contract], relatives: Sequence[Contract] = ()
) -> tuple[Finding, ...]:
    """As :func:`find_faults`, as findings."""
    return tuple(finding_of(each) for each in find_faults(contracts, relatives))


def cause_of(verdict: Verdict, verdicts: Sequence[Verdict]) -> str | None:
    """The change of a parent that leaves its child weaker: its rule and its element.

    ``None`` where the child itself changed, and for any other change.
    """
    change = verdict.change
    parent = change.before.contract
    if verdict.rule != "child-weaker" or parent is None:
        return None
    theirs = [each for each in verdicts if each.change.contract == parent.identity]
    for each in theirs:
        if _is_about(each.change, change):
            aspect = f" ({each.change.aspect})" if each.change.aspect else ""
            return f"{each.rule} {parent.identity}{_below(each.change)}{aspect}"
    return None


def _is_about(change: Change, weakness: Change) -> bool:
    """Whether a change of a parent made a promise of what the child does not keep."""
    states = change.aspect == weakness.aspect and change.kind in _NARROWING
    same = change.column == weakness.column and (states or change.new == weakness.old)
    table = change.table in (None, weakness.table) or change.schema == ""
    return same and table


def _below(change: Change) -> str:
    names = ".".join(filter(None, (change.schema, change.table, change.column)))
    return f": {names}" if names else ""
