"""A decision as the pull-request comment, in GitHub's Markdown.

Whatever the author of a contract could have written stands in a code span, where GitHub makes
no mention, no link, no image and no HTML of it. All other words are ours.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from prevention.decision import Decision, Finding, Obstacle
from prevention.render.plain import (
    by_level,
    count,
    label_of,
    listed,
    meaning_of,
    one_line,
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

MARKER: Final = "<!-- docent:contract-check -->"
"""The first line of the comment, by which it is found again; GitHub does not show it."""

COMMENT_LIMIT: Final = 65_536
"""What GitHub takes for a comment, in characters; here in bytes, which are never fewer."""

SUMMARY_LIMIT: Final = 1_000_000
"""What GitHub takes for a job's summary, in bytes, with a little to spare."""

ELSEWHERE: Final = "The rest is in the job's summary and in the report that it keeps."

SHOWN: Final = 50
"""How many names are listed in one place."""

LONGEST: Final = 500
"""The characters of one value that are shown."""


def render(
    decision: Decision,
    *,
    unfold: bool = False,
    resolved: bool = False,
    limit: int = COMMENT_LIMIT,
    elsewhere: str = ELSEWHERE,
) -> str:
    """The comment; what does not fit into ``limit`` bytes is counted, with a pointer to the rest.

    ``resolved`` says that an earlier problem is gone. ``elsewhere`` is a sentence of our own.
    """
    shown = decision.unfolded() if unfold else decision
    said = " ".join(filter(None, (summary(shown, code), right_database(decision, code))))
    head = f"{MARKER}\n## Data contracts: {_title(shown, resolved)}\n\n{said}\n"
    told, uncovered = split_uncovered(by_level(shown.findings))
    blocks = [_block(finding) for finding in told] + _uncovered(uncovered)
    blocks += [_obstacle(obstacle) for obstacle in shown.obstacles]
    if told_of := queries_of(shown, code):
        blocks.append("\n".join(["### queries\n", *(f"- {line}" for line in told_of)]) + "\n")
    if shown.comparison and shown.comparison.versions:
        lines = [f"- {line}" for line in versions_of(shown.comparison, code)]
        blocks.append("\n".join(["### versions\n", *lines]) + "\n")
    return _fit(head, blocks, limit, elsewhere)


def code(text: str) -> str:
    """A text in a code span of its own, on one line, cut where it is very long."""
    line = one_line(text) or " "
    if len(line) > LONGEST:
        line = line[: LONGEST - 1] + "…"
    runs = re.findall("`+", line)
    fence = "`" * (max(map(len, runs), default=0) + 1)
    pad = " " if line.startswith("`") or line.endswith("`") else ""
    return f"{fence}{pad}{line}{pad}{fence}"


def _title(decision: Decision, resolved: bool) -> str:
    if decision.status == "not-judged":
        return "could not judge"
    if decision.comparison:
        breaking = sum(finding.breaks for finding in decision.findings)
        return count(breaking, "reason") + " to stop" if breaking else "nothing breaks"
    if decision.compared:
        stops = count(sum(finding.breaks for finding in decision.findings), "reason")
        calm = "resolved, nothing stops this change" if resolved else "nothing stops this change"
        return f"{stops} to stop" if decision.status == "broken" else calm
    if decision.status == "broken":
        return f"{count(sum(f.breaks for f in decision.findings), 'promise')} broken"
    return "resolved, all promises hold" if resolved else "all promises hold"


def _block(finding: Finding) -> str:
    known = "ACKED" if finding.acknowledged_by else "known before"
    level = known if finding.acknowledged else finding.level
    is_change = finding.meaning is not None
    before, after = ("before", "after") if is_change else ("promised", "found")
    kin = kin_of(finding, code)
    facts = {
        "contract": code(finding.contract) if finding.contract else None,
        "parent": kin[0] if kin else None,
        "child": kin[1] if kin else None,
        before: None if kin or finding.promised is None else code(finding.promised),
        after: None if kin or finding.found is None else code(finding.found),
        "verdict": meaning_of(finding),
        "hurt": reason_of(finding),
        "evidence": ", ".join(map(code, finding.meaning.proofs)) if finding.meaning else None,
        "check": code(label) if (label := label_of(finding)) else None,
        "witness": witness_of(finding),
        "rows": ", ".join(map(code, finding.rows)) or None,
        "owner": code(str(finding.owner)) if finding.owner else None,
        "promise": code(place(finding.location)) if finding.location else None,
        "changed": code(place(finding.changed_at)) if finding.changed_at else None,
        "cause": code(finding.cause) if finding.cause else None,
        "consumers": readers_of(finding, code),
        "folded": _parts(finding.parts),
        "ACKED": code(finding.acknowledged_by) if finding.acknowledged_by else None,
        "settles": settled_by(finding),
        "migration": migration_of(finding),
        "next": next_step(finding, code, code),
    }
    lines = [f"- {name}: {fact}" for name, fact in facts.items() if fact]
    head = (
        f"### {level}: {code(finding.element)}\n\n{issue(finding, code)} ({code(finding.rule)})\n"
    )
    return "\n".join([head, *lines]) + "\n"


def _parts(parts: Sequence[Finding]) -> str | None:
    """The columns under a finding; a single part says nothing that the finding does not."""
    if len(parts) < 2:
        return None
    columns = dict.fromkeys(part.column or "" for part in parts)
    return listed([code(column) for column in columns], SHOWN)


def _uncovered(findings: Sequence[Finding]) -> list[str]:
    if not findings:
        return []
    names = listed([code(finding.element) for finding in findings], SHOWN)
    head = f"### warning: {count(len(findings), 'table')} under no contract"
    return [f"{head}\n\n- found: {names}\n- next: draft a contract: `docent draft TABLE`\n"]


def _obstacle(obstacle: Obstacle) -> str:
    where = f"\n- where: {code(place(obstacle.location))}" if obstacle.location else ""
    return f"- {code(obstacle.what)}{where}\n- next: {code(obstacle.next_step)}\n"


def _fit(head: str, blocks: Sequence[str], limit: int, elsewhere: str) -> str:
    """The head and as many whole blocks as fit, with a pointer when some do not."""
    room = limit - _size(head) - _size(elsewhere) - 200
    kept: list[str] = []
    for block in blocks:
        room -= _size(block) + 1
        if room < 0:
            break
        kept.append(block)
    left = len(blocks) - len(kept)
    if left:
        kept.append(f"**{count(left, 'more finding')} did not fit here.** {elsewhere}\n")
    return "\n".join([head, *kept])


def _size(text: str) -> int:
    return len(text.encode())
