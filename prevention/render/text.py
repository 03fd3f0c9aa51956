"""A decision for a terminal: one block a finding, then a line that counts."""

from __future__ import annotations

from collections.abc import Sequence

from prevention.decision import Decision, Finding, Obstacle
from prevention.render.plain import (
    Paint,
    by_level,
    can_be_acknowledged,
    count,
    label_of,
    listed,
    meaning_of,
    one_line,
    painter,
    place,
    queries_of,
    readers_of,
    right_database,
    split_uncovered,
    summary,
    versions_of,
)
from prevention.words import (
    issue,
    kin_of,
    migration_of,
    next_step,
    reason_of,
    settled_by,
    witness_of,
)

SHOWN = 3
"""How many tables without a contract are named before the rest is only counted."""


def render(decision: Decision, *, colour: bool = False, unfold: bool = False) -> str:
    """The decision as text; ``unfold`` gives everything that is folded a block of its own."""
    paint = painter(colour)
    shown = decision.unfolded() if unfold else decision
    findings = by_level(shown.findings)
    known = [] if unfold else [finding for finding in findings if _is_known(finding)]
    brief = [] if unfold or shown.comparison else [each for each in findings if _is_brief(each)]
    news = [finding for finding in findings if finding not in known and finding not in brief]
    told, uncovered = split_uncovered(news)
    if unfold or len(uncovered) == 1:
        told, uncovered = news, []
    can_accept = shown.comparison is None
    blocks = [_block(finding, paint, can_accept=can_accept) for finding in told]
    if uncovered:
        blocks.append(_uncovered(uncovered, paint))
    if brief:
        blocks.append("\n".join(f"{_head(each, paint)}: {one_line(issue(each))}" for each in brief))
    if known:
        blocks.append(_known(known, paint))
    blocks += [_obstacle(obstacle, paint) for obstacle in decision.obstacles]
    if told_of := queries_of(decision):
        blocks.append("\n".join([paint("faint", "queries"), *(f"  {line}" for line in told_of)]))
    if decision.comparison and decision.comparison.versions:
        lines = [f"  {line}" for line in versions_of(decision.comparison)]
        blocks.append("\n".join([paint("faint", "versions"), *lines]))
    style = {"held": "held", "broken": "error", "not-judged": "error"}[decision.status]
    last = [paint(style, summary(decision)), right_database(decision)]
    return "\n\n".join([*blocks, "\n".join(line for line in last if line)]) + "\n"


def _is_brief(finding: Finding) -> bool:
    """Whether a line is enough: a change that hurts nobody."""
    return finding.meaning is not None and finding.level == "note"


def _block(finding: Finding, paint: Paint, *, can_accept: bool = True) -> str:
    lines = [_head(finding, paint), f"  {one_line(issue(finding))}"]
    is_change = finding.meaning is not None
    kin = kin_of(finding)
    facts = {
        "contract": finding.contract,
        "parent": kin[0] if kin else None,
        "child": kin[1] if kin else None,
        "before" if is_change else "promised": None if kin else finding.promised,
        "after" if is_change else "found": None if kin else finding.found,
        "verdict": meaning_of(finding),
        "hurt": reason_of(finding),
        "evidence": "; ".join(finding.meaning.proofs) if finding.meaning else None,
        "check": label_of(finding),
        "witness": witness_of(finding),
        "rows": "; ".join(finding.rows) or None,
        "owner": str(finding.owner) if finding.owner else None,
        "promise": place(finding.location) if finding.location else None,
        "changed": place(finding.changed_at) if finding.changed_at else None,
        "cause": finding.cause,
        "consumers": readers_of(finding),
        "folded": _folded(finding),
        "ACKED": finding.acknowledged_by,
        "next": next_step(finding),
        "settles": settled_by(finding),
        "migration": migration_of(finding),
        "accept": _acceptance(finding) if can_accept else None,
    }
    return "\n".join([*lines, *(_fact(name, fact, paint) for name, fact in facts.items() if fact)])


def _head(finding: Finding, paint: Paint) -> str:
    known = "ACKED" if finding.acknowledged_by else "known"
    level = known if finding.acknowledged else finding.level
    style = "faint" if finding.acknowledged else finding.level
    return f"{paint(style, level)}  {one_line(finding.rule)}  {one_line(finding.element)}"


def _is_known(finding: Finding) -> bool:
    """Whether a baseline accepts a finding; what somebody answered for is told in full."""
    return finding.acknowledged and finding.acknowledged_by is None


def _acceptance(finding: Finding) -> str | None:
    """How a change can be let pass; its fingerprint is for that change alone."""
    if not can_be_acknowledged(finding):
        return None
    from prevention.acknowledgements import fingerprint_of

    return f"docent ack {fingerprint_of(finding)}"


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
