"""What two contracts say of their rows besides their shape: deletes, backfills, streams, states.

A section that both say part by part is compared part by part; where one of them says it in
words, the whole of it is one change.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import fields
from typing import Final

from contracts.dialects.phrases import service_level
from contracts.meaning import (
    Backfill,
    Consistency,
    Deletion,
    Invariant,
    Said,
    Section,
    in_one_line,
)
from contracts.model import Column, Contract, ServiceLevel
from detection.change import Change
from detection.diffing.documentation import documented
from detection.diffing.pairing import Pair, shown, told
from detection.diffing.services import compare_service_levels

STREAM_KINDS: Final[Mapping[str, str]] = {"key": "stream-key", "delete_mode": "deletes"}
"""What a change of a part of a change stream is, where it is not one of the stream at large."""


def compare_meaning(pair: Pair, old: Contract, new: Contract) -> Iterator[Change]:
    """Every difference in what two contracts say of their rows at large."""
    yield from told(pair, "meaning", "time", old.time, new.time)
    yield from _compare_section(pair, "deletes", "deletes", old.deletes, new.deletes,
                                apart=("retention",))  # fmt: skip
    yield from compare_service_levels(pair, _retention(old), _retention(new))
    yield from _compare_section(
        pair, "row-lifecycle", "row lifecycle", old.row_lifecycle, new.row_lifecycle
    )
    yield from _compare_section(pair, "consistency", "consistency", old.consistency,
                                new.consistency, apart=("max_staleness",))  # fmt: skip
    yield from compare_service_levels(pair, _staleness(old, new), _staleness(new, old))
    source, other = old.source_of_truth, new.source_of_truth
    yield from told(pair, "source-of-truth", "source of truth", source, other)
    yield from _compare_backfills(pair, old.backfills, new.backfills)
    yield from _compare_invariants(pair, old.invariants, new.invariants)
    yield from _compare_section(pair, "stream", "cdc", old.cdc, new.cdc, kinds=STREAM_KINDS)


def compare_column_meaning(pair: Pair, old: Column, new: Column) -> Iterator[Change]:
    """Every difference in what two columns say of their states, times and corrections."""
    yield from _compare_policies(pair, old, new)
    yield from _compare_states(pair, old, new)
    yield from told(
        pair, "source-of-truth", "transition history",
        old.transition_history, new.transition_history,
    )  # fmt: skip
    yield from told(pair, "source-of-truth", "origin", old.origin, new.origin)
    yield from told(pair, "row-lifecycle", "correction", old.correction, new.correction)
    yield from told(pair, "warning", "warning", old.warning, new.warning)


def _compare_section(
    pair: Pair,
    base: str,
    aspect: str,
    old: Said,
    new: Said,
    *,
    kinds: Mapping[str, str] | None = None,
    apart: Collection[str] = (),
) -> Iterator[Change]:
    """A section in words or part by part; ``apart`` are parts that are told elsewhere."""
    if not isinstance(old, Section) or not isinstance(new, Section):
        yield from told(pair, base, aspect, old, new, in_one_line)
        return
    for field in fields(old):
        before, after = getattr(old, field.name), getattr(new, field.name)
        if field.name == "custom":
            yield from documented(pair, aspect, before, after)
        elif field.name not in apart:
            kind = (kinds or {}).get(field.name, base)
            yield from told(pair, kind, f"{aspect}.{field.name}", before, after, _word)


def _word(said: object) -> str:
    return ", ".join(said) if isinstance(said, tuple) else shown(said) or ""


def _retention(contract: Contract) -> tuple[ServiceLevel, ...]:
    """How long rows are kept, where that is a part of what is said of deletes."""
    kept = contract.deletes.retention if isinstance(contract.deletes, Deletion) else None
    return () if kept is None else (service_level("retention", kept),)


def _staleness(contract: Contract, other: Contract) -> tuple[ServiceLevel, ...]:
    """How stale the data may be, unless that is a service level, which is compared as such."""
    found = _stated_staleness(contract)
    levels = (*contract.service_levels, *other.service_levels)
    return () if any(level.property == "freshness" for level in levels) else found


def _stated_staleness(contract: Contract) -> tuple[ServiceLevel, ...]:
    said = contract.consistency
    stale = said.max_staleness if isinstance(said, Consistency) else None
    return () if stale is None else (service_level("max staleness", stale),)


def _compare_backfills(
    pair: Pair, old: tuple[Backfill, ...] | str | None, new: tuple[Backfill, ...] | str | None
) -> Iterator[Change]:
    """A backfill that is new or said otherwise is declared; one that is spoken of no longer ends.

    One that is about the same rows or columns as before is the same, and said otherwise.
    """
    if old == new:
        return
    if not isinstance(old, tuple) or not isinstance(new, tuple):
        kind = "backfill-declared" if new else "backfill-withdrawn"
        words = (in_one_line(said) or None for said in (old, new))
        if old or new:
            yield pair.change(kind, *words, aspect="backfills")
        return
    before = [one for one in old if one not in new]
    for one in new:
        if one not in old:
            same = next((each for each in before if each.what == one.what), None)
            if same is not None:
                before.remove(same)
            said = in_one_line((same,)) if same else None
            yield pair.change("backfill-declared", said, in_one_line((one,)), aspect="backfills")
    for one in before:
        yield pair.change("backfill-withdrawn", in_one_line((one,)), None, aspect="backfills")


def _compare_invariants(
    pair: Pair, old: tuple[Invariant | str, ...], new: tuple[Invariant | str, ...]
) -> Iterator[Change]:
    """Invariants by their rules; what a rule means and how a breach is mended are told besides."""
    before = {str(one): one for one in old}
    after = {str(one): one for one in new}
    for rule in before:
        if rule not in after:
            yield pair.change("invariant-dropped", rule, None, aspect="invariants")
    for rule in after:
        if rule not in before:
            yield pair.change("invariant-added", None, rule, aspect="invariants")
    for rule in before.keys() & after.keys():
        one, other = _invariant(before[rule]), _invariant(after[rule])
        yield from told(pair, "meaning", "invariants", one.meaning, other.meaning)
        yield from told(
            pair, "row-lifecycle", "invariants.correction", one.correction, other.correction
        )
        yield from documented(pair, "invariants", one.custom, other.custom)


def _invariant(said: Invariant | str) -> Invariant:
    return said if isinstance(said, Invariant) else Invariant(said)


def _compare_policies(pair: Pair, old: Column, new: Column) -> Iterator[Change]:
    """What a reader does with an unknown value, for each kind of consumer where both say so."""
    base, aspect = "unknown-value-policy", "unknown value policy"
    before, after = old.unknown_value_policy, new.unknown_value_policy
    if not isinstance(before, tuple) or not isinstance(after, tuple):
        yield from told(pair, base, aspect, before, after, in_one_line)
        return
    ours, theirs = dict(before), dict(after)
    for kind in dict.fromkeys((*ours, *theirs)):
        yield from told(pair, base, f"{aspect} of {kind}", ours.get(kind), theirs.get(kind))


def _compare_states(pair: Pair, old: Column, new: Column) -> Iterator[Change]:
    """What the states mean that were there before and still are; others are told as values."""
    listed = old.states is not None and new.states is not None
    kept = {*(old.states or ())} & {*(new.states or ())} if listed else None
    for aspect in ("terminal_states", "transient_states"):
        one, other = (
            tuple(state for state in getattr(each, aspect) if kept is None or state in kept)
            for each in (old, new)
        )
        yield from told(pair, "state-meaning", aspect.replace("_", " "), one, other, ", ".join,
                        same=lambda ours, theirs: {*ours} == {*theirs})  # fmt: skip
    before, after = dict(old.external_terms), dict(new.external_terms)
    for state in dict.fromkeys((*before, *after)):
        if kept is None or state in kept:
            yield from told(
                pair, "state-meaning", f"external term of {state}",
                before.get(state), after.get(state),
            )  # fmt: skip
