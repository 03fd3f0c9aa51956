"""What the consumers' queries prove about changes: testimony turned into evidence for a verdict."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from contracts.consumers import Consumer
from detection.change import Change, Proof
from detection.testimony import Testimony
from prevention.evidence import explain
from prevention.render.plain import listed

MOST_NAMED: Final = 4
"""How many queries are named where they all say the same."""


def find_proofs(
    changes: Sequence[Change], testimonies: Sequence[Testimony], consumers: Sequence[Consumer]
) -> tuple[Proof, ...]:
    """What the testimonies prove about each change, harm first; nothing where nobody reads it.

    A change is shown to be harmless only where every consumer who is registered for it has a
    query that reads it, none of these queries is hurt, and all of them return rows.
    """
    return tuple(
        proof for change in changes for proof in _proofs_of(change, testimonies, consumers)
    )


def _proofs_of(
    change: Change, testimonies: Sequence[Testimony], consumers: Sequence[Consumer]
) -> Iterator[Proof]:
    heard = [each for each in testimonies if each.reads(change)]
    hurt = [each for each in heard if each.hurt]
    for each in hurt:
        yield Proof(change.element, holds=False, says=describe(each), contract=change.contract)
    concerned = {consumer.name for consumer in consumers if _relies_on(consumer, change)}
    cleared = {each.consumer.name for each in heard if each.clears}
    if hurt or not cleared or not concerned <= cleared:
        return
    names = listed([_named(each) for each in heard if each.clears], MOST_NAMED)
    says = f"{names} return the same before and after, or what the consumer can bear"
    yield Proof(change.element, holds=True, says=says, contract=change.contract)


def describe(testimony: Testimony) -> str:
    """What became of a consumer's query, and how much slower it is where that is too much."""
    said = f"{_named(testimony)} {explain(testimony.difference)}"
    before, after = testimony.before, testimony.after
    if not testimony.slower or before is None or after is None:
        return said
    times = f"{after.seconds:.2f} s instead of {before.seconds:.2f} s"
    return f"{said}, and takes {times} (cost {after.cost:,.0f} instead of {before.cost:,.0f})"


def _named(testimony: Testimony) -> str:
    return f"{testimony.consumer.name}'s query {testimony.query.name}"


def _relies_on(consumer: Consumer, change: Change) -> bool:
    """Whether a consumer is registered for the element that was changed."""
    if change.schema is None or change.table is None:
        return False
    columns = consumer.reads(change.schema, change.table)
    return change.column in columns if change.column else bool(columns)
