"""What was broken already when the check came: a file of fingerprints that are accepted.

So a team can adopt the check on an old database today, and be stopped by new breaks only.
The file also says in words what each fingerprint stands for; only the fingerprints count.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final, NoReturn

from contracts.model import Location
from prevention.decision import Decision, NotJudged, Obstacle
from prevention.words import issue

VERSION: Final = 1
LARGEST: Final = 50_000_000


def read_baseline(file: Path) -> frozenset[str]:
    """The fingerprints in the file; raises NotJudged when it is no baseline."""
    if file.stat().st_size > LARGEST:
        _refuse(file, 1, "This is too large for a baseline.")
    try:
        document = json.loads(file.read_bytes())
    except json.JSONDecodeError as error:
        _refuse(file, error.lineno, f"This is no JSON: {error.msg}.")
    except (ValueError, RecursionError):
        _refuse(file, 1, "This is no JSON in UTF-8.")
    accepted = document.get("accepted") if isinstance(document, dict) else None
    if not isinstance(accepted, list) or not all(_is_entry(entry) for entry in accepted):
        _refuse(file, 1, "This is no baseline: it has no list of accepted fingerprints.")
    return frozenset(entry["fingerprint"] for entry in accepted)


def write_baseline(decision: Decision) -> str:
    """The text of a baseline that accepts all that this decision found, notes left out."""
    accepted = [
        {
            "fingerprint": finding.fingerprint,
            "rule": finding.rule,
            "contract": finding.contract,
            "element": finding.element,
            "issue": issue(finding),
        }
        for finding in decision.findings
        if finding.level != "note"
    ]
    document = {"docent-baseline": VERSION, "accepted": accepted}
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def _is_entry(entry: object) -> bool:
    return isinstance(entry, dict) and isinstance(entry.get("fingerprint"), str)


def _refuse(file: Path, line: int, what: str) -> NoReturn:
    step = "docent check --write-baseline FILE writes a new one."
    raise NotJudged(Obstacle(what, step, Location(str(file), line)))
