"""A decision as GitHub's workflow commands: annotations on the line of the promise.

GitHub shows ten errors and ten warnings a step; the log holds them all.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from contracts.model import Location
from prevention.decision import Decision, Finding, Obstacle
from prevention.render.plain import (
    by_level,
    count,
    listed,
    one_line,
    queries_of,
    readers_of,
    right_database,
    split_uncovered,
    summary,
)
from prevention.words import issue, next_step, witness_of

SHOWN: Final = 50
"""How many tables without a contract are named in one annotation."""

_COMMANDS = {"error": "error", "warning": "warning", "note": "notice"}


def render(decision: Decision, *, unfold: bool = False, root: str | None = None) -> str:
    """One command a line, errors first; then the summary.

    ``root`` is the folder that GitHub counts paths from; without it, they stay as they are.
    """
    shown = decision.unfolded() if unfold else decision
    findings = by_level(shown.findings)
    told, uncovered = split_uncovered(findings)
    lines = [_annotation(finding, root) for finding in told]
    if uncovered:
        names = listed([finding.element for finding in uncovered], SHOWN)
        what = f"{count(len(uncovered), 'table')} under no contract: {names}"
        lines.append(_command("warning", None, "table-uncovered", what))
    lines += [_trouble(obstacle, root) for obstacle in decision.obstacles]
    lines += [f"Asked: {line}" for line in queries_of(decision)]
    last = [summary(decision), right_database(decision)]
    return "\n".join([*lines, *(line for line in last if line)]) + "\n"


def data(text: str) -> str:
    """A message, escaped as the runner undoes it."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def parameter(text: str) -> str:
    """A parameter's value, escaped as the runner undoes it."""
    return data(text).replace(":", "%3A").replace(",", "%2C")


def _annotation(finding: Finding, root: str | None) -> str:
    level = "note" if finding.acknowledged else finding.level
    facts = [
        issue(finding),
        f"Contract: {finding.contract}" if finding.contract else None,
        f"Owner: {finding.owner}" if finding.owner else None,
        *_evidence(finding),
        f"Folded under it: {len(finding.parts)} findings" if len(finding.parts) > 1 else None,
        f"Consumers: {readers_of(finding)}" if finding.consumers else None,
        _accepted(finding),
        f"Next: {next_step(finding)}",
    ]
    message = "\n".join(one_line(fact) for fact in facts if fact)
    title = f"{finding.rule} {finding.element}"
    line = _from(root, finding.changed_at or finding.location)
    return _command(_COMMANDS[level], line, title, message)


def _evidence(finding: Finding) -> list[str]:
    if finding.meaning is None:
        return []
    witness = witness_of(finding)
    proofs = [f"Evidence: {proof}" for proof in finding.meaning.proofs]
    return [*proofs, f"Witness: {witness}"] if witness else proofs


def _accepted(finding: Finding) -> str | None:
    if finding.acknowledged_by:
        return f"ACKED: {finding.acknowledged_by}"
    return "Known before, and accepted" if finding.acknowledged else None


def _trouble(obstacle: Obstacle, root: str | None) -> str:
    message = f"{one_line(obstacle.what)}\nNext: {one_line(obstacle.next_step)}"
    return _command("error", _from(root, obstacle.location), "could not judge", message)


def _command(name: str, location: Location | None, title: str, message: str) -> str:
    place = (
        {"file": location.file, "line": location.line, "col": location.column} if location else {}
    )
    parameters = {**place, "title": one_line(title)}
    written = ",".join(f"{key}={parameter(str(value))}" for key, value in parameters.items())
    return f"::{name} {written}::{data(message)}"


def _from(root: str | None, location: Location | None) -> Location | None:
    """The location with its path from the root, where it is below it."""
    if root is None or location is None:
        return location
    path = Path(location.file).absolute()
    if not path.is_relative_to(root):
        return location
    return Location(path.relative_to(root).as_posix(), location.line, location.column)
