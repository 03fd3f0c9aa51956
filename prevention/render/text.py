"""A decision for a terminal: one block a finding, then a line that counts."""

from __future__ import annotations

from collections.abc import Sequence

from prevention.decision import Decision, Finding, Obstacle
from prevention.render.plain import (
    Paint,
    by_level,
    count,
    listed,
    one_line,
    painter,
    place,
    right_database,
    split_uncovered,
    summary,
)
from prevention.words import issue, next_step

SHOWN = 3
"""How many tables without a contract are named before the rest is only counted."""


def render(decision: Decision, *, colour: bool = False, unfold: bool = False) -> str:
    """The decision as text; ``unfold`` gives everything that is folded a block of its own."""
    paint = painter(colour)
    shown = decision.unfolded() if unfold else decision
    findings = by_level(shown.findings)
    known = [] if unfold else [finding for finding in findings if finding.acknowledged]
    news = [finding for finding in findings if finding not in known]
    told, uncovered = split_uncovered(news)
    if unfold or len(uncovered) == 1:
        told, uncovered = news, []
    blocks = [_block(finding, paint) for finding in told]
    if uncovered:
        blocks.append(_uncovered(uncovered, paint))
    if known:
        blocks.append(_known(known, paint))
    blocks += [_obstacle(obstacle, paint) for obstacle in decision.obstacles]
    style = {"held": "held", "broken": "error", "not-judged": "error"}[decision.status]
    last = [paint(style, summary(decision)), right_database(decision)]
    return "\n\n".join([*blocks, "\n".join(line for line in last if line)]) + "\n"


def _block(finding: Finding, paint: Paint) -> str:
    lines = [_head(finding, paint), f"  {one_line(issue(finding))}"]
    facts = {
        "contract": finding.contract,
        "promised": finding.promised,
        "found": finding.found,
        "owner": str(finding.owner) if finding.owner else None,
        "promise": place(finding.location) if finding.location else None,
        "cause": finding.cause,
        "consumers": ", ".join(consumer.name for consumer in finding.consumers) or None,
        "folded": _folded(finding),
        "next": next_step(finding),
    }
    return "\n".join([*lines, *(_fact(name, fact, paint) for name, fact in facts.items() if fact)])


def _head(finding: Finding, paint: Paint) -> str:
    level = "known" if finding.acknowledged else finding.level
    style = "faint" if finding.acknowledged else finding.level
    return f"{paint(style, level)}  {one_line(finding.rule)}  {one_line(finding.element)}"


def _known(findings: Sequence[Finding], paint: Paint) -> str:
    """What was known before, a line each; of tables without a contract, only how many."""
    told, uncovered = split_uncovered(findings)
    if len(uncovered) < 2:
        told, uncovered = list(findings), []
    lines = [_head(finding, paint) for finding in told]
    if uncovered:
        many = count(len(uncovered), "table")
        lines.append(f"{paint('faint', 'known')}  table-uncovered  {many}")
    return "\n".join([*lines, "  --unfold tells in full what was known before"])


def _fact(name: str, fact: str, paint: Paint) -> str:
    return f"  {paint('faint', f'{name:<9}')} {one_line(fact)}"


def _folded(finding: Finding) -> str | None:
    if len(finding.parts) < 2:
        return None
    return f"{len(finding.parts)} findings under this one; --unfold lists them"


def _uncovered(findings: Sequence[Finding], paint: Paint) -> str:
    names = listed([finding.element for finding in findings], SHOWN)
    more = "; --unfold lists them" if len(findings) > SHOWN else ""
    head = f"{paint('warning', 'warning')}  table-uncovered  {count(len(findings), 'table')}"
    facts = [
        _fact("found", names + more, paint),
        _fact("next", "Draft contracts for those that others read: docent draft TABLE", paint),
    ]
    return "\n".join([head, "  Tables are present in data catalog but under no contract", *facts])


def _obstacle(obstacle: Obstacle, paint: Paint) -> str:
    at = f"{place(obstacle.location)}:{obstacle.location.column}: " if obstacle.location else ""
    step = f"{paint('faint', 'Next:')} {one_line(obstacle.next_step)}"
    return f"{paint('error', 'error')}  {at}{one_line(obstacle.what)}\n  {step}"
