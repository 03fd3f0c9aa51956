"""A decision as JSON, in the shape of ``prevention/report.schema.json``, which only ever grows."""

from __future__ import annotations

import json
from typing import Final

from contracts.model import Location
from prevention.decision import Decision, Finding, Obstacle
from prevention.words import issue, next_step

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
        },
        "findings": [_finding(finding) for finding in decision.findings],
        "obstacles": [_obstacle(obstacle) for obstacle in decision.obstacles],
        "stale_baseline_entries": decision.stale,
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
        "issue": issue(finding),
        "owner": {"name": owner.name, "email": owner.email} if owner else None,
        "location": _location(finding.location),
        "consumers": [
            {"name": consumer.name, "contact": consumer.contact} for consumer in finding.consumers
        ],
        "cause": finding.cause,
        "next": next_step(finding),
        "acknowledged": finding.acknowledged,
        "fingerprint": finding.fingerprint,
        "parts": [_finding(part) for part in finding.parts],
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
