"""Runs and reports of the monitor as JSON, in shapes that only ever grow.

They are ``prevention/monitor.schema.json`` and ``prevention/history.schema.json``.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from prevention.render.history import state

if TYPE_CHECKING:
    from detection.history import Breach, Freshness, Observation, Run
    from prevention.monitoring import Monitored
    from prevention.notices import Told
    from prevention.reporting import ContractReport, Report

MONITOR: Final = "urn:docent:monitor:1.0.0"
HISTORY: Final = "urn:docent:history:1.0.0"

Json = dict[str, object]


def render_run(monitored: Monitored) -> str:
    """A run of the monitor in one line, so that a loop writes lines of JSON."""
    run, transition = monitored.appended.run, monitored.appended.transition
    document: Json = {
        "schema": MONITOR,
        "exit": monitored.exit,
        "database": run.database,
        "history": monitored.place,
        "run": _run(run),
        "contracts": [_standing(each) for each in run.observations],
        "began": [_breach(each) for each in transition.begun],
        "ended": [_breach(each) for each in transition.ended],
        "lasting": [_breach(each) for each in transition.lasting],
        "freshness": [_freshness(each) for each in run.freshness],
        "told": [_told(each) for each in monitored.told],
        "pruned": monitored.pruned,
    }
    return json.dumps(document) + "\n"


def render_report(report: Report) -> str:
    """What the history says, as a document of JSON."""
    document: Json = {
        "schema": HISTORY,
        "database": report.database,
        "history": report.place,
        "from": _moment(report.slots.start),
        "to": _moment(report.slots.end),
        "runs": report.runs,
        "last_run": _run(report.last),
        "contracts": [_contract(each) for each in report.contracts],
        "breaches": [_breach(each) for each in report.breaches],
    }
    return json.dumps(document, indent=2) + "\n"


def _run(run: Run) -> Json:
    cover = run.coverage
    return {
        "number": run.number,
        "at": _moment(run.at),
        "outcome": run.outcome,
        "obstacle": run.obstacle,
        "coverage": {"tables": cover.tables, "covered": cover.covered} if cover else None,
    }


def _standing(observation: Observation) -> Json:
    return {
        "contract": observation.contract,
        "outcome": observation.outcome,
        "version": observation.version,
        "status": observation.status,
        "owner": observation.owner,
    }


def _contract(contract: ContractReport) -> Json:
    tally = contract.tally
    return {
        **_standing(contract.last),
        "seen_at": _moment(contract.seen_at),
        "is_current": contract.is_current,
        "runs": {"held": tally.held, "broken": tally.broken, "not_judged": tally.not_judged},
        "compliance_percent": tally.compliance,
        "availability": {
            "percent": tally.availability,
            "promised_percent": contract.last.availability,
            "kept": contract.keeps_availability,
        },
        "freshness": [_freshness(each) for each in contract.freshness],
    }


def _breach(breach: Breach) -> Json:
    promise = breach.promise
    return {
        "id": breach.id,
        "contract": promise.contract,
        "rule": promise.rule,
        "element": promise.element,
        "promised": promise.promised,
        "found": promise.found,
        "state": state(breach),
        "began_at": _moment(breach.began_at),
        "ended_at": _moment(breach.ended_at) if breach.ended_at else None,
    }


def _freshness(fresh: Freshness) -> Json:
    return {
        "contract": fresh.contract,
        "element": fresh.element,
        "age_seconds": fresh.age,
        "limit_seconds": fresh.limit,
        "kept": fresh.kept,
    }


def _told(told: Told) -> Json:
    return {
        "channel": told.label,
        "notices": [notice.lines[0] for notice in told.notices],
        "trouble": told.trouble,
        "next": told.next_step,
    }


def _moment(at: datetime) -> str:
    """A moment as RFC 3339 has it, in UTC."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
