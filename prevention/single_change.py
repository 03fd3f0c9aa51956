"""One change of those that the gate finds, by its fingerprint."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from prevention.acknowledgements import fingerprint_of
from prevention.configuration import Configuration
from prevention.decision import Finding, NotJudged, Obstacle
from prevention.gating import Request, gate
from prevention.render.plain import can_be_acknowledged
from prevention.snapshots import ACKNOWLEDGEMENTS


def find_change(
    fingerprint: str, request: Request, configuration: Configuration
) -> tuple[Finding, Path]:
    """The change that stops the gate by the beginning of its fingerprint, and where to write it.

    Raises NotJudged where there is none, or several.
    """
    decision = gate(request, configuration=configuration)
    wanted = fingerprint.strip().lower()
    changes = {fingerprint_of(each): each for each in decision.findings if each.meaning}
    found = {name: each for name, each in changes.items() if wanted and name.startswith(wanted)}
    if len(found) != 1:
        raise NotJudged(_not_one(fingerprint, changes, found))
    ((name, finding),) = found.items()
    if not can_be_acknowledged(finding):
        why = (
            "may pass already" if finding.acknowledged else "needs no acknowledgement, or has none"
        )
        what = f"The change {name} ({finding.rule} of {finding.element}) {why}."
        raise NotJudged(Obstacle(what, "See what docent gate says of it."))
    path = next(iter(request.paths or (configuration.contracts,)))
    folder = path if path.is_dir() else path.parent
    return finding, folder / ACKNOWLEDGEMENTS


def _not_one(asked: str, changes: Mapping[str, Finding], found: Mapping[str, Finding]) -> Obstacle:
    if found:
        return Obstacle(
            f"{len(found)} changes begin with {asked}.", f"Name one: {', '.join(found)}"
        )
    stopping = [
        f"{name} ({each.rule} of {each.element})"
        for name, each in changes.items()
        if can_be_acknowledged(each)
    ]
    step = f"Changes here: {', '.join(stopping[:5])}." if stopping else "No change stops the gate."
    return Obstacle(f"No change has the fingerprint {asked}.", step)
