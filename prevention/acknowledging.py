"""Which changes may pass although they break something: entries and names, held to what changes.

Only a breaking change can be let pass. A version that is too low, an invalid document, a child
that is weaker than its parent and a promise that the database does not keep are no such thing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from difflib import get_close_matches

from contracts.model import Owner
from detection.change import worst
from detection.comparison import Difference
from detection.rules import Rule
from prevention.accepting import AcceptedName
from prevention.acknowledgements import Acknowledgement, fingerprint_of
from prevention.decision import Finding
from prevention.gate_rules import (
    acceptance_ambiguous,
    acceptance_unused,
    acknowledgement_expired,
    acknowledgement_stale,
    acknowledgement_unused,
    gate_rule,
)


@dataclass(frozen=True, slots=True)
class Names:
    """What a changed contract and its table go by, before and after: each may be accepted.

    identities:  identity and id; no other contract has them.
    bare:        names that another contract in another namespace may have too.
    tables:      ``schema.table``.
    """

    identities: frozenset[str] = frozenset()
    bare: frozenset[str] = frozenset()
    tables: frozenset[str] = frozenset()

    def __iter__(self) -> Iterator[str]:
        yield from sorted(self.identities | self.bare | self.tables)


@dataclass(frozen=True, slots=True)
class Breaking:
    """A finding about a change, and the names by which it can be let pass."""

    finding: Finding
    names: Names = Names()

    @property
    def can_pass(self) -> bool:
        """Whether an acknowledgement can let it pass."""
        meaning = self.finding.meaning
        invalid = meaning is not None and worst(meaning.reader, meaning.writer) == "invalid"
        return meaning is not None and not invalid and self.finding.breaks


def acknowledge(
    changes: Sequence[Breaking],
    entries: Sequence[Acknowledgement],
    accepted: Sequence[AcceptedName],
    today: date,
) -> tuple[tuple[Finding, ...], tuple[Finding, ...]]:
    """The findings, those marked that may pass; and what is to be told of the acknowledgements."""
    open_changes = [change for change in changes if change.can_pass]
    by_name = {name.name: _meant(name.name, open_changes) for name in accepted}
    passing = {id(change): name for name in accepted for change in by_name[name.name][0]}
    valid = {entry.fingerprint: entry for entry in entries if _counts(entry, today)}
    findings = tuple(
        _decided(change, passing.get(id(change)), valid) for change in changes
    )  # fmt: skip
    reports = [
        *_told_of_names(accepted, by_name, open_changes),
        *_told_of_entries(entries, open_changes, today),
    ]
    return findings, tuple(reports)


def _counts(entry: Acknowledgement, today: date) -> bool:
    return entry.is_whole() and not entry.is_expired(today)


def _decided(
    change: Breaking, name: AcceptedName | None, valid: Mapping[str, Acknowledgement]
) -> Finding:
    finding = change.finding
    if not change.can_pass:
        return finding
    if name is not None:
        return let_pass(finding, name.by)
    entry = valid.get(fingerprint_of(finding))
    if entry is None:
        return finding
    return let_pass(finding, f"{entry.approver}, until {entry.expires}: {entry.reason}")


def let_pass(finding: Finding, by: str) -> Finding:
    """The finding and all under it, acknowledged."""
    parts = tuple(replace(part, acknowledged=True, acknowledged_by=by) for part in finding.parts)
    return replace(finding, acknowledged=True, acknowledged_by=by, parts=parts)


def _meant(name: str, changes: Sequence[Breaking]) -> tuple[tuple[Breaking, ...], tuple[str, ...]]:
    """The changes that a name covers; where several contracts share it, none and those contracts.

    A contract's own identity goes before what it has in common with others.
    """
    exact = tuple(change for change in changes if name in change.names.identities)
    if exact:
        return exact, ()
    of_table = tuple(change for change in changes if name in change.names.tables)
    owners = {change.finding.contract or "" for change in changes if name in change.names.bare}
    if len(owners) > 1:
        return of_table, () if of_table else tuple(sorted(owners))
    return tuple(
        change for change in changes if name in (*change.names.tables, *change.names.bare)
    ), ()


def _told_of_names(
    accepted: Sequence[AcceptedName],
    by_name: Mapping[str, tuple[tuple[Breaking, ...], tuple[str, ...]]],
    changes: Sequence[Breaking],
) -> Iterator[Finding]:
    known = sorted({name for change in changes for name in change.names})
    for each in accepted:
        covered, sharing = by_name[each.name]
        if sharing:
            difference = acceptance_ambiguous(each, " and ".join(sharing))
            yield _finding(gate_rule("acceptance-ambiguous"), difference)
        elif not covered:
            nearest = get_close_matches(each.name, known, n=1)
            difference = acceptance_unused(each, nearest[0] if nearest else None)
            yield _finding(gate_rule("acceptance-unused"), difference)


def _told_of_entries(
    entries: Sequence[Acknowledgement], changes: Sequence[Breaking], today: date
) -> Iterator[Finding]:
    by_fingerprint = {fingerprint_of(change.finding): change.finding for change in changes}
    for entry in entries:
        same = by_fingerprint.get(entry.fingerprint) if entry.is_whole() else None
        near = next((c.finding for c in changes if entry.is_about(c.finding)), None)
        if entry.is_expired(today):
            yield _told(entry, "acknowledgement-expired", acknowledgement_expired(entry))
        elif not entry.is_whole():
            what = "its fingerprint is not that of its words"
            yield _told(entry, "acknowledgement-stale", acknowledgement_stale(entry, what))
        elif same is None and near is not None:
            what = f"{near.promised or 'nothing'} → {near.found or 'nothing'}"
            yield _told(entry, "acknowledgement-stale", acknowledgement_stale(entry, what))
        elif same is None:
            yield _told(entry, "acknowledgement-unused", acknowledgement_unused(entry))


def _told(entry: Acknowledgement, rule: str, difference: Difference) -> Finding:
    finding = _finding(gate_rule(rule), difference)
    owner = Owner(entry.approver)
    return replace(finding, contract=entry.contract, owner=owner, location=entry.location)


def _finding(rule: Rule, difference: Difference) -> Finding:
    return Finding(
        rule=rule.id,
        level=rule.level,
        contract=None,
        schema="",
        table="",
        promised=difference.promised,
        found=difference.found,
    )
