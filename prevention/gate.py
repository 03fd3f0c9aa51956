"""What a change means before it is merged, seen three ways. Everything here is pure.

1. The contracts changed: each change has a verdict, and the versions are held to them.
2. The database changed, as the migrations make it: what is under contract and changed while its
   contract stayed as it was is a finding of its own.
3. The contracts as they are to be, against the database as it is to be.

One cause is told once: what a migration breaks stands under the migration's own finding.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from contracts.consumers import Consumer
from contracts.model import Contract, Location
from detection.change import Change, Proof, Side, Verdict
from detection.diff import diff, diff_catalogs, diff_consumers
from detection.family.faults import WEAKER
from detection.judgement import Policy, judge
from detection.lifetimes import since_today
from detection.model import Catalog
from detection.periods import USUAL, Periods
from detection.periods import standing as promising
from detection.versions import VersionError, judge_versions
from prevention import judging
from prevention.accepting import AcceptedName
from prevention.acknowledgements import Acknowledgement
from prevention.acknowledging import Breaking, acknowledge
from prevention.changes import Place, Telling, names_of, stays, version_findings
from prevention.decision import (
    Compared,
    Decision,
    Finding,
    NotJudged,
    Obstacle,
    QueryOutcome,
    not_judged,
    nothing_checked,
)
from prevention.families import cause_of
from prevention.gate_rules import gate_rule
from prevention.parity_proofs import find_parity_proofs, find_unused
from prevention.unannounced import Where, find_unannounced

if TYPE_CHECKING:
    from detection.parity import Parity
    from detection.readiness import Runs
    from detection.testimony import Testimony

ROOTS = ("", "")
"""Paths of both sides are those in the repository, so that a file that moved can be told."""


@dataclass(frozen=True, slots=True)
class Moment:
    """What is promised, who reads it, and what there is, at one moment.

    catalog:  the database as the migrations make it; ``None`` where nobody can say.
    live:     a database as it is, which the contracts are held against in place of that.
    runs:     what became of the consumers' queries in that one; ``None`` where it was not asked.
    unread:   the places of documents that could not be read.
    relatives:  other contracts that these may extend, and that are not judged.
    """

    contracts: tuple[Contract, ...] = ()
    consumers: tuple[Consumer, ...] = ()
    catalog: Catalog | None = None
    live: Catalog | None = None
    runs: Runs | None = None
    unread: tuple[Location, ...] = ()
    relatives: tuple[Contract, ...] = ()


def _nowhere(_change: Change) -> None:
    """No line of a migration is known."""


@dataclass(frozen=True, slots=True)
class Terms:
    """How a change is judged, and what of it is accepted.

    accepted:          names of contracts whose breaking changes may pass.
    acknowledgements:  single changes that may pass.
    baseline:          fingerprints of what was broken before.
    strict, schemas:   as in ``prevention.judging.judge``.
    policy:            levels that count instead of ours; then only the contracts are compared.
    periods:           how much notice of an end the project gives at least.
    place, where:      where lines of old documents are now; which line makes a change.
    """

    today: date
    accepted: tuple[AcceptedName, ...] = ()
    acknowledgements: tuple[Acknowledgement, ...] = ()
    baseline: Collection[str] = ()
    strict: bool = False
    schemas: Collection[str] | None = None
    policy: Policy | None = None
    periods: Periods = USUAL
    place: Place = stays
    where: Where = _nowhere


def judge_change(
    before: Moment,
    after: Moment,
    terms: Terms,
    compared: Compared | None = None,
    testimonies: Sequence[Testimony] | None = None,
    parities: Sequence[Parity] = (),
) -> Decision:
    """Judge what becomes of promises from one moment to another.

    testimonies:  what became of everybody's queries; ``None`` where they were not asked.
    parities:     views that were compared, as evidence for those that ask another query.
    """
    observed = after.live or after.catalog
    checked = judging.what_is_checked(after.contracts or before.contracts, observed)
    if not checked.contracts and (nothing := nothing_checked(checked)):
        return not_judged(nothing, checked=checked)
    readers = everybody(before, after)
    if testimonies:
        from prevention.witnesses import discreet

        testimonies = discreet(testimonies, (*before.contracts, *after.contracts))
    telling = Telling(readers, terms.place, testimonies)
    changed = diff(before.contracts, after.contracts, roots=ROOTS, relatives=after.relatives)
    proofs = _proofs(changed, telling)
    verdicts = judge(
        changed, readers, proofs, today=terms.today, policy=terms.policy, periods=terms.periods
    )
    told_of = (*verdicts, *_registry(before, after, terms))
    changes = [
        Breaking(telling.finding(each, cause_of(each, verdicts)), names_of(each.change))
        for each in told_of
    ]
    versions = [] if terms.policy else list(_versions(before, after, verdicts))
    standing = _stand(before, after, terms)
    if standing.status == "not-judged":
        return replace(standing, compared=compared)
    altered = _altered(before, after, terms)
    structure = _judge_database(altered, telling, terms, parities)
    unannounced, left = _look_at_database(
        before, after, verdicts, structure, standing, telling, terms
    )
    told_already = _weaknesses(verdicts)
    findings, reports = acknowledge(
        [*changes, *unannounced], terms.acknowledgements, terms.accepted, terms.today
    )
    unread = [replace(_finding("base-unread"), location=place) for place in before.unread]
    left = [
        finding
        for finding in left
        if not _follows(finding, verdicts) and _weakness(finding) not in told_already
    ]
    left += _suffering(telling, (*verdicts, *structure), terms)
    unready = _unready(before, after, testimonies, terms)
    unused = find_unused(altered, parities)
    told = (*findings, *versions, *left, *unready, *reports, *unread, *unused)
    return replace(
        standing,
        status="broken" if any(finding.breaks for finding in told) else "held",
        findings=told,
        compared=compared,
        queries=_outcomes(testimonies),
    )


def everybody(before: Moment, after: Moment) -> tuple[Consumer, ...]:
    """The consumers of now, and those that are gone: a change that hurts them still does."""
    names = {consumer.name for consumer in after.consumers}
    gone = (consumer for consumer in before.consumers if consumer.name not in names)
    return (*after.consumers, *gone)


def _registry(before: Moment, after: Moment, terms: Terms) -> tuple[Verdict, ...]:
    """What becomes of the registry of consumers; another policy than ours knows of none."""
    if terms.policy is not None:
        return ()
    return judge(diff_consumers(before.consumers, after.consumers), today=terms.today)


def _follows(finding: Finding, verdicts: Sequence[Verdict]) -> bool:
    """Whether it says of a reader only that what they rely on changes; the change names them."""
    if finding.rule == "consumer-contract-unknown":
        gone = [each.change for each in verdicts if each.change.after.contract is None]
        return any(change.contract == finding.contract for change in gone)
    if finding.rule != "consumer-column-unpromised":
        return False
    lost = (side for each in verdicts if each.breaks for side in _lost(each.change))
    place = (finding.schema, finding.table, finding.column)
    return any(
        side.table
        and side.column
        and (side.table.schema, side.table.name, side.column.name) == place
        for side in lost
    )


def _weaknesses(verdicts: Sequence[Verdict]) -> frozenset[object]:
    """What is told of children as a change already, and is not told again as it stands."""
    weak = [each.change for each in verdicts if each.rule == WEAKER]
    return frozenset((c.contract, c.element, c.aspect, c.old, c.new) for c in weak)


def _weakness(finding: Finding) -> object:
    names = (finding.schema, finding.table, finding.column)
    element = ".".join(filter(None, names)) or finding.contract or ""
    facts = (finding.contract, element, finding.aspect, finding.promised, finding.found)
    return facts if finding.rule == WEAKER else None


def _lost(change: Change) -> tuple[Side, ...]:
    """What was there of a change and of its parts."""
    return tuple(each.before for each in (change, *change.parts))


# ------------------------------------------------------------------ evidence


def _proofs(changes: Sequence[Change], telling: Telling) -> tuple[Proof, ...]:
    if not telling.testimonies:
        return ()
    from prevention.witnesses import find_proofs

    return find_proofs(changes, telling.testimonies, telling.consumers)


def _suffering(telling: Telling, verdicts: Sequence[Verdict], terms: Terms) -> Iterator[Finding]:
    """The queries that suffer although no change breaks anything for them."""
    if telling.testimonies:
        from prevention.witnesses import find_unexplained

        for finding in find_unexplained(telling.testimonies, verdicts):
            known = finding.fingerprint in terms.baseline
            yield replace(finding, acknowledged=known)


def _unready(
    before: Moment, after: Moment, testimonies: Sequence[Testimony] | None, terms: Terms
) -> tuple[Finding, ...]:
    """Who has not proven that they can do without a contract that comes nearer to its end."""
    if terms.policy is not None or not after.consumers:
        return ()
    from prevention.readiness import find_unready

    found = find_unready(
        before.contracts, after.contracts, after.consumers, testimonies, after.catalog, after.runs
    )
    return tuple(replace(each, acknowledged=each.fingerprint in terms.baseline) for each in found)


def _outcomes(testimonies: Sequence[Testimony] | None) -> tuple[QueryOutcome, ...] | None:
    if testimonies is None:
        return None
    from prevention.witnesses import query_outcomes

    return query_outcomes(testimonies)


# ------------------------------------------------------------------ versions


def _versions(before: Moment, after: Moment, verdicts: Sequence[Verdict]) -> Iterator[Finding]:
    try:
        judged = judge_versions(before.contracts, after.contracts, verdicts)
    except VersionError as error:
        raise NotJudged(Obstacle(error.what, error.next_step, error.location)) from error
    return version_findings(judged, (*before.contracts, *after.contracts))


def _finding(rule: str) -> Finding:
    return Finding(rule, gate_rule(rule).level, None, "", "")


# ------------------------------------------------------------------ the database


def _stand(before: Moment, after: Moment, terms: Terms) -> Decision:
    """The contracts as they are to be against the database as it is to be, where there is one."""
    contracts = after.contracts
    consumers = since_today(before.consumers, after.consumers, terms.today)
    if terms.policy is not None or not contracts:
        return Decision("held", judging.what_is_checked(contracts))
    catalog = after.live or after.catalog
    if catalog is None:
        return judging.read_over(
            contracts,
            consumers,
            terms.today,
            terms.periods,
            accepted=terms.baseline,
            relatives=after.relatives,
        )
    return judging.judge(
        contracts,
        catalog,
        strict=terms.strict,
        accepted=terms.baseline,
        schemas=terms.schemas,
        consumers=consumers,
        today=terms.today,
        periods=terms.periods,
        relatives=after.relatives,
    )


def _altered(before: Moment, after: Moment, terms: Terms) -> tuple[Change, ...]:
    """What becomes of the database, as the migrations make it; nothing where nobody can say."""
    if before.catalog is None or after.catalog is None or terms.policy is not None:
        return ()
    return diff_catalogs(before.catalog, after.catalog)


def _judge_database(
    changes: Sequence[Change], telling: Telling, terms: Terms, parities: Sequence[Parity]
) -> tuple[Verdict, ...]:
    """What that means, after the queries were asked and the views were compared."""
    proofs = (*_proofs(changes, telling), *find_parity_proofs(changes, parities))
    return judge(changes, telling.consumers, proofs, today=terms.today)


def _look_at_database(
    before: Moment,
    after: Moment,
    verdicts: Sequence[Verdict],
    structure: Sequence[Verdict],
    standing: Decision,
    telling: Telling,
    terms: Terms,
) -> tuple[list[Breaking], list[Finding]]:
    """What the migrations change under contract unannounced, and what else does not stand."""
    if before.catalog is None or after.catalog is None or terms.policy is not None:
        return [], list(standing.findings)
    once = judging.judge(
        before.contracts,
        before.catalog,
        strict=terms.strict,
        schemas=terms.schemas,
        relatives=before.relatives,
    )
    found, left = find_unannounced(
        structure,
        verdicts,
        promising((*after.contracts, *before.contracts)),
        () if after.live else standing.findings,
        once.findings,
        telling,
        terms.where,
    )
    return found, [*standing.findings, *left] if after.live else left
