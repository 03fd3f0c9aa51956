"""Evidence: what consumers bear, what a contract declares, what was measured.

Evidence settles what a rule leaves open, and nothing else: a conditional verdict becomes
additive where everything speaks for it, and breaking where something speaks against it. What
is breaking by its rule stays so.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from contracts.consumers import Consumer
from contracts.model import Check, Contract, ServiceLevel
from detection.change import Change, Impact, Proof, Side, Verdict, worst
from detection.diffing.declarations import counts
from detection.diffing.services import amount
from detection.evolution import change_rule
from detection.evolution.rule import Tolerance

_FRESHNESS: Final = ("freshness", "latency")
_WORDS: Final[dict[Tolerance, str]] = {
    "new_columns": "columns that it does not know",
    "new_values": "values that it does not know",
    "nulls": "nulls",
    "wider_types": "wider types",
}

FOLLOWER: Final = "async-projection"
"""The mode of a consumer that follows every change into a store of its own."""


def hear_consumers(verdict: Verdict, consumers: Sequence[Consumer]) -> Verdict:
    """The verdict, after what the registered readers of the element say that they can bear."""
    change, rule = verdict.change, change_rule(verdict.rule)
    readers = readers_of(change, consumers)
    if not readers or verdict.reader is None:
        return verdict
    if isinstance(change.before.part, ServiceLevel) and verdict.rule == "service-level-weakened":
        return _hear_needs(verdict, readers)
    if rule.follows and (following := [each for each in readers if each.mode == FOLLOWER]):
        said = (f"{each.name} follows every change" for each in following)
        return _with(verdict, worst(verdict.reader, "conditional"), *said)
    tolerance = rule.tolerance or _tolerance_for(change)
    return _hear_tolerances(verdict, readers, tolerance) if tolerance else verdict


def readers_of(change: Change, consumers: Sequence[Consumer]) -> list[Consumer]:
    """The consumers who say that they read what a change is about, by its old or new name."""
    sides = (change.before, change.after)
    # On the side on which a column is missing, its table alone is no reason to name a reader.
    telling = [side for side in sides if side.column] or sides
    return [
        consumer
        for consumer in consumers
        if any(_reads(consumer, side, change) for side in telling)
    ]


def _reads(consumer: Consumer, side: Side, change: Change) -> bool:
    if side.table is None:
        return change.contract is not None and any(
            subscription.contract in (change.contract, _identity(side))
            for subscription in consumer.subscriptions
        )
    columns = consumer.reads(side.table.schema, side.table.name)
    if side.column is None or change.kind == "column-added":
        return bool(columns)
    return side.column.name in columns


def _identity(side: Side) -> str | None:
    return side.contract.identity if side.contract else None


def _hear_tolerances(
    verdict: Verdict, readers: Sequence[Consumer], tolerance: Tolerance
) -> Verdict:
    bearing = [each for each in readers if getattr(each.tolerances, tolerance)]
    if len(bearing) == len(readers):
        said = (f"{each.name} bears {_WORDS[tolerance]}" for each in bearing)
        level = "additive" if verdict.reader == "conditional" else verdict.reader
        return _with(verdict, level, *(said if verdict.reader == "conditional" else ()))
    said = (
        f"{each.name} does not say that it bears {_WORDS[tolerance]}"
        for each in readers
        if each not in bearing
    )
    return _with(verdict, worst(verdict.reader, "conditional"), *said)


def _tolerance_for(change: Change) -> Tolerance | None:
    """What readers have to bear where a check of quality lets more through."""
    check = change.before.part
    if not isinstance(check, Check) or not change.kind.endswith(("-removed", "-loosened")):
        return None
    measures: dict[str, Tolerance] = {
        "nullValues": "nulls", "missingValues": "nulls", "invalidValues": "new_values",
    }  # fmt: skip
    return measures.get(check.measure)


def _hear_needs(verdict: Verdict, readers: Sequence[Consumer]) -> Verdict:
    """The verdict on a weaker service level, after what the readers say that they need."""
    old, new = verdict.change.before.part, verdict.change.after.part
    name = old.property.lower() if isinstance(old, ServiceLevel) else ""
    if name == "completeness":
        return _hear_tolerances(verdict, readers, "nulls")
    if name not in _FRESHNESS:
        return verdict
    promised = amount(new.value, new.unit) if isinstance(new, ServiceLevel) else None
    needs = {each.name: each.freshness.total_seconds() for each in readers if each.freshness}
    hurt = [name for name, need in needs.items() if promised is None or promised > need]
    if hurt:
        return _with(verdict, "breaking", *(f"{name} needs fresher data" for name in hurt))
    if len(needs) == len(readers):
        return _with(verdict, "additive", *(f"{name} needs no fresher data" for name in needs))
    return verdict


def hear_declarations(verdict: Verdict) -> Verdict:
    """The verdict, after what the new contract itself declares as evidence."""
    change = verdict.change
    if "conditional" not in (verdict.reader, verdict.writer) or change.after.contract is None:
        return verdict
    if change_rule(verdict.rule).by_meaning and _means_the_same(change):
        said = f"{change.contract} declares that the meaning is unchanged"
        verdict = hear_proofs(verdict, [Proof(change.element, holds=True, says=said)])
    return hear_proofs(
        verdict, tuple(declared_proofs(change.before.contract, change.after.contract))
    )


def _means_the_same(change: Change) -> bool:
    """Whether the contract, the table or the column declares its meaning to be unchanged."""
    before, after = change.before, change.after
    said = [(_own_words(before.contract), _own_words(after.contract))]
    for old, new in ((before.table, after.table), (before.column, after.column)):
        said.append((old.meaning if old else None, new.meaning if new else None))
    version = after.contract.version if after.contract else None
    return any(counts(old, new, version) for old, new in said)


def _own_words(contract: Contract | None) -> str | None:
    return dict(contract.compatibility).get("meaning") if contract else None


def declared_proofs(old: Contract | None, new: Contract) -> Iterator[Proof]:
    """The evidence under ``evidence`` in the new contract, as far as it is about this version.

    Each entry names the ``rule`` that it settles, and what it ``says``; it may name an
    ``element`` and a ``side``. One that was there before counts only if its ``version`` is
    that of the contract now, so that no entry settles anything for ever.
    """
    known = _entries(old) if old else []
    for entry in _entries(new):
        fresh = (
            entry not in known
            if entry.get("version") is None
            else (str(entry["version"]) == new.version)
        )
        rule, side = entry.get("rule"), entry.get("side")
        if fresh and isinstance(rule, str) and entry.get("says"):
            yield Proof(
                str(entry.get("element", new.identity)),
                holds=True,
                says=f"{new.identity} declares: {entry['says']}",
                rule=rule,
                contract=new.identity,
                side=side if side in ("reader", "writer") else None,
            )


def _entries(contract: Contract) -> list[dict[str, object]]:
    text = dict(contract.custom).get("evidence", "[]")
    try:
        entries = json.loads(text)
    except ValueError:
        return []
    return (
        [entry for entry in entries if isinstance(entry, dict)]
        if (isinstance(entries, list))
        else []
    )


def hear_proofs(verdict: Verdict, proofs: Sequence[Proof]) -> Verdict:
    """The verdict, after the proofs that are about it; one against it outweighs all others.

    What is breaking stays so, whatever is proven; a proof of the harm is told beside it.
    """
    about = [proof for proof in proofs if _is_about(proof, verdict)]
    for side in ("reader", "writer"):
        heard = [proof for proof in about if proof.side in (None, side)]
        against = [proof for proof in heard if not proof.holds]
        level: Impact | None = getattr(verdict, side)
        if heard and level == "conditional":
            settled: Impact = "breaking" if against else "additive"
            verdict = replace(_saying(verdict, heard), **{side: settled})  # type: ignore[arg-type]
        elif level == "breaking":
            verdict = _saying(verdict, against)
    return verdict


def _saying(verdict: Verdict, proofs: Sequence[Proof]) -> Verdict:
    said = dict.fromkeys((*verdict.proofs, *(proof.says for proof in proofs)))
    return replace(verdict, proofs=tuple(said))


def _is_about(proof: Proof, verdict: Verdict) -> bool:
    change = verdict.change
    element = change.element
    within = element == proof.element or element.startswith(f"{proof.element}.")
    whole = proof.element == change.contract
    return (
        (within or whole)
        and proof.rule in (None, verdict.rule)
        and proof.contract in (None, change.contract)
    )


def _with(verdict: Verdict, reader: Impact | None, *said: str) -> Verdict:
    return replace(verdict, reader=reader, proofs=(*verdict.proofs, *said))
