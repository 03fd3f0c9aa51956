"""What the consumers' queries prove about changes: testimony turned into evidence for a verdict."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from contracts.consumers import Consumer
from contracts.model import Contract
from detection.change import Change, Proof, Verdict
from detection.evolution import rule_of
from detection.testimony import Testimony, withhold
from detection.witnessing import is_cleared, may_read, unspoken_for
from prevention.decision import Finding, HurtConsumer, QueryOutcome
from prevention.evidence import explain
from prevention.gate_rules import gate_rule
from prevention.render.plain import listed

MOST_NAMED: Final = 4
"""How many queries are named where they all say the same."""

_BROKEN: Final = ("fails", "other columns", "other types")
"""What becomes of a query through the structure of a database, whatever its rows are."""


def discreet(
    testimonies: Sequence[Testimony] | None, contracts: Sequence[Contract]
) -> tuple[Testimony, ...] | None:
    """The testimonies as they may be told: without values of what a contract classifies."""
    from detection.quality.classified import classified_columns

    return None if testimonies is None else withhold(testimonies, classified_columns(contracts))


def find_proofs(
    changes: Sequence[Change], testimonies: Sequence[Testimony], consumers: Sequence[Consumer]
) -> tuple[Proof, ...]:
    """What the testimonies prove about each change, for readers; nothing where nobody reads it.

    A change is shown to be harmless only where all that it does can be seen in the rows of
    today, every consumer who is registered for it has a query that is sure to read it, none of
    these queries is hurt, and there are rows in what they read.
    """
    return tuple(
        proof for change in changes for proof in _proofs_of(change, testimonies, consumers)
    )


def _proofs_of(
    change: Change, testimonies: Sequence[Testimony], consumers: Sequence[Consumer]
) -> Iterator[Proof]:
    heard = [each for each in testimonies if may_read(each, change)]
    hurt = [each for each in heard if each.hurt]
    for each in hurt:
        yield Proof(
            change.element, holds=False, says=describe(each), contract=change.contract,
            side="reader",
        )  # fmt: skip
    clearing = [each for each in heard if is_cleared(each, change)]
    if hurt or not clearing or unspoken_for(change, testimonies, consumers):
        return
    rule = rule_of(change)
    if rule.by_parity:
        names = listed([_named(each) for each in clearing], MOST_NAMED)
        verb = "returns" if len(clearing) == 1 else "return"
        says = f"{names} {verb} the same before and after, or what the consumer can bear"
        yield Proof(
            change.element, holds=True, says=says, rule=rule.id, contract=change.contract,
            side="reader",
        )  # fmt: skip


def describe(testimony: Testimony) -> str:
    """What became of a consumer's query, and whose it is."""
    return f"{_named(testimony)} {_sentence(testimony)}"


def query_outcomes(testimonies: Sequence[Testimony]) -> tuple[QueryOutcome, ...]:
    """What became of each query, for people and programs."""
    return tuple(
        QueryOutcome(
            consumer=each.consumer.name,
            contact=each.consumer.migration_contact,
            query=each.query.name,
            outcome=each.difference.outcome,
            hurt=each.hurt,
            says=_sentence(each),
            before=each.before,
            after=each.after,
        )
        for each in testimonies
    )


def find_unexplained(
    testimonies: Sequence[Testimony], verdicts: Sequence[Verdict]
) -> Iterator[Finding]:
    """The queries that are hurt although no change that was found breaks anything for them."""
    harmful = [
        verdict.change
        for verdict in verdicts
        if verdict.reader in ("invalid", "breaking", "conditional")
    ]
    for each in testimonies:
        if each.hurt and not any(may_read(each, change) for change in harmful):
            rule = "query-broken" if each.difference.outcome in _BROKEN else "query-differs"
            yield Finding(
                rule,
                gate_rule(rule).level,
                contract=None,
                schema="",
                table=f"{each.consumer.name}/{each.query.name}",
                found=_sentence(each),
                consumers=(HurtConsumer(each.consumer.name, each.consumer.migration_contact),),
                location=each.query.source.location if each.query.source else None,
            )


def _sentence(testimony: Testimony) -> str:
    """What became of a query, and how much slower it is where that is too much."""
    said = explain(testimony.difference)
    if testimony.overdue:
        return f"{said}; it was answered before"
    before, after = testimony.before, testimony.after
    if not testimony.slower or before is None or after is None:
        return said
    times = f"{after.seconds:.2f} s instead of {before.seconds:.2f} s"
    return f"{said}, and takes {times} (cost {after.cost:,.0f} instead of {before.cost:,.0f})"


def _named(testimony: Testimony) -> str:
    return f"{testimony.consumer.name}'s query {testimony.query.name}"
