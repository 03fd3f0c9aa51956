"""A decision as JSON, in the shape of ``prevention/report.schema.json``, which only ever grows."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Final

from contracts.model import Location
from detection.answers import Pace
from detection.change import VersionVerdict
from prevention.decision import (
    Compared,
    Comparison,
    Decision,
    Finding,
    Obstacle,
    QueryOutcome,
)
from prevention.words import bare, issue, migration_of, next_step, reason_of, settled_by

SCHEMA: Final = "urn:docent:report:1.0.0"
"""Names the shape and its version."""


def render(decision: Decision, *, unfold: bool = False) -> str:
    """The decision as a JSON document; ``unfold`` gives each part a finding of its own."""
    shown = decision.unfolded() if unfold else decision
    return json.dumps(report(shown), indent=2) + "\n"


def report(decision: Decision) -> dict[str, object]:
    """The decision as what JSON knows: the place where that shape is made."""
    checked = decision.checked
    return {
        "schema": SCHEMA,
        "status": decision.status,
        "exit": decision.exit,
        "checked": {
            "contracts": len(checked.contracts),
            "tables": checked.tables,
            "columns": checked.columns,
            "database": checked.database,
            "contract_names": list(checked.contracts),
            "measured": checked.measured,
            "functions": checked.functions,
        },
        "findings": [_finding(finding) for finding in decision.findings],
        "obstacles": [_obstacle(obstacle) for obstacle in decision.obstacles],
        "stale_baseline_entries": decision.stale,
        "compared": _compared(decision.compared),
        "comparison": _comparison(decision.comparison),
        "queries": None
        if decision.queries is None
        else [_query(each) for each in decision.queries],
    }


def _compared(compared: Compared | None) -> dict[str, object] | None:
    if compared is None:
        return None
    return {
        "base": compared.base,
        "merge_base": compared.merge_base,
        "head": compared.head,
        "migrated": compared.migrated,
    }


def _comparison(comparison: Comparison | None) -> dict[str, object] | None:
    if comparison is None:
        return None
    return {
        "old": comparison.old,
        "new": comparison.new,
        "documents": _two(comparison.documents),
        "same_documents": comparison.same,
        "tables": _two(comparison.tables),
        "versions": [_version(verdict) for verdict in comparison.versions],
    }


def _queries(queries: Sequence[QueryOutcome] | None) -> list[dict[str, object]] | None:
    return None if queries is None else [_query(query) for query in queries]


def _query(query: QueryOutcome) -> dict[str, object]:
    return {
        "consumer": query.consumer,
        "contact": query.contact,
        "query": query.query,
        "outcome": query.outcome,
        "hurt": query.hurt,
        "says": query.says,
        "before": _pace(query.before),
        "after": _pace(query.after),
    }


def _pace(pace: Pace | None) -> dict[str, float] | None:
    return None if pace is None else {"cost": pace.cost, "seconds": pace.seconds}


def _two(counts: tuple[int, int] | None) -> dict[str, int] | None:
    return None if counts is None else {"old": counts[0], "new": counts[1]}


def _version(verdict: VersionVerdict) -> dict[str, object]:
    return {
        "contract": verdict.contract,
        "outcome": verdict.outcome,
        "old": verdict.old,
        "new": verdict.new,
        "required": verdict.required,
        "declared": verdict.declared,
        "suggested": verdict.suggested,
        "location": _location(verdict.location),
    }


def _finding(finding: Finding) -> dict[str, object]:
    owner = finding.owner
    return {
        "rule": finding.rule,
        "level": finding.level,
        "contract": finding.contract,
        "element": finding.element,
        "schema": finding.schema,
        "table": finding.table,
        "column": finding.column,
        "promised": finding.promised,
        "found": finding.found,
        "rows": list(finding.rows),
        "check": asdict(finding.label) if finding.label else None,
        **_life(finding),
        "issue": issue(finding),
        "owner": {"name": owner.name, "email": owner.email} if owner else None,
        "location": _location(finding.location),
        "consumers": [
            {"name": consumer.name, "contact": consumer.contact} for consumer in finding.consumers
        ],
        "cause": finding.cause,
        "next": next_step(finding),
        "acknowledged": finding.acknowledged,
        "acknowledged_by": finding.acknowledged_by,
        "aspect": finding.aspect,
        "kin": asdict(finding.kin) if finding.kin else None,
        "verdict": _verdict(finding),
        "changed_at": _location(finding.changed_at),
        "fingerprint": finding.fingerprint,
        "parts": [_finding(part) for part in finding.parts],
    }


def _life(finding: Finding) -> dict[str, object]:
    """What a finding about the life of a contract says to programs, and where it is in its life."""
    if finding.kin:
        said = issue(finding, bare)
        return {"violationType": "inheritance_violation", "message": said, "life": None}
    if not finding.is_about_life:
        return {"violationType": None, "message": None, "life": None}
    from prevention.lifecycle_words import message, violation_type

    return {
        "violationType": violation_type(finding),
        "message": message(finding),
        "life": {**asdict(finding.life), "readers": list(finding.life.readers)}
        if finding.life
        else None,
    }


def _verdict(finding: Finding) -> dict[str, object] | None:
    """What a change means; ``None`` for what is no change."""
    if finding.meaning is None:
        return None
    from prevention.acknowledgements import fingerprint_of

    return {
        "reader": finding.meaning.reader,
        "writer": finding.meaning.writer,
        "reason": reason_of(finding),
        "proofs": list(finding.meaning.proofs),
        "witness": finding.meaning.witness,
        "settled_by": settled_by(finding),
        "migration": migration_of(finding),
        "fingerprint": fingerprint_of(finding),
    }


def _obstacle(obstacle: Obstacle) -> dict[str, object]:
    return {
        "what": obstacle.what,
        "next": obstacle.next_step,
        "location": _location(obstacle.location),
    }


def _location(location: Location | None) -> dict[str, object] | None:
    if location is None:
        return None
    return {"file": location.file, "line": location.line, "column": location.column}
