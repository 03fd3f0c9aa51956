"""Verdicts: what each change means for its readers and its writers.

A rule gives a change its level for each side. Then what is known besides is heard: the rules
that a contract has of its own, what the registered consumers can bear, declared and measured
evidence. Nothing here reads a file or a database.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from functools import partial

from contracts.consumers import Consumer
from detection.change import Change, Impact, Proof, Verdict
from detection.dates import dated
from detection.evolution import rule_of
from detection.evolution.rule import ChangeRule
from detection.hearing import hear_consumers, hear_declarations, hear_proofs
from detection.own_rules import keep_own_rules
from detection.periods import NOT_YET, USUAL, Periods

Policy = Callable[[Change, ChangeRule], Impact]
"""Another policy than ours: one level for a change, whoever it concerns."""


def judge(
    changes: Sequence[Change],
    consumers: Sequence[Consumer] = (),
    proofs: Sequence[Proof] = (),
    *,
    today: date | None = None,
    policy: Policy | None = None,
    periods: Periods = USUAL,
) -> tuple[Verdict, ...]:
    """A verdict for each change, in the same order, with its open questions settled.

    consumers:  who reads, and what they can bear: it settles what is conditional for readers,
                and makes some of what is harmless to others conditional.
    proofs:     what was measured or replayed (see :class:`~detection.change.Proof`).
    today:      the day that counts for sunsets; without it, none has come yet.
    policy:     levels that count instead of ours; then no evidence is heard.
    periods:    how much notice the project gives of an end, at least.
    """
    verdicts = (_ruled(dated(change, today, periods)) for change in changes)
    if policy is not None:
        return tuple(_by(policy, verdict) for verdict in verdicts)
    hear = partial(_heard, consumers=consumers, proofs=proofs)
    return tuple(hear(verdict) for verdict in verdicts)


def _ruled(change: Change) -> Verdict:
    """The verdict of the one rule that is about a change, before anything else is heard."""
    rule = rule_of(change)
    return Verdict(
        change,
        rule.id,
        rule.reader,
        rule.writer,
        reason=rule.sections.get("Who is hurt", ""),
        safe_path=rule.sections.get("Safe path", ""),
        evidence=rule.sections.get("Evidence"),
        parts=tuple(_ruled(part) for part in change.parts),
    )


def _heard(verdict: Verdict, consumers: Sequence[Consumer], proofs: Sequence[Proof]) -> Verdict:
    if "invalid" in (verdict.reader, verdict.writer):
        return verdict
    if said := _nothing_promised(verdict.change):
        return replace(verdict, reader="patch", writer="patch", evidence=None, proofs=(said,))
    verdict = keep_own_rules(verdict)
    verdict = hear_consumers(verdict, consumers)
    verdict = hear_declarations(verdict)
    return hear_proofs(verdict, proofs)


def _nothing_promised(change: Change) -> str | None:
    """Why a contract that changes promised nothing before, if it did; its own life apart."""
    contract = change.before.contract
    if contract is None or change.kind.startswith(("contract-activated", "state-")):
        return None
    if contract.status in NOT_YET:
        return "nothing was promised before: the contract was a draft"
    if contract.status == "retired":
        return "nothing was promised any more: the contract was retired"
    return None


def _by(policy: Policy, verdict: Verdict) -> Verdict:
    level = policy(verdict.change, rule_of(verdict.change))
    return replace(verdict, reader=level, writer=None, evidence=None)
