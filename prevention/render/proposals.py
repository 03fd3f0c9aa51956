"""What a draft promises of rows, for a terminal: each promise, why, and where there is no room."""

from __future__ import annotations

from collections.abc import Sequence

from contracts.model import Check, ServiceLevel, Table
from detection.quality.proposing import Proposal
from detection.quality.wording import promised_text
from prevention.render.plain import count, one_line


def as_text(table: Table, proposals: Sequence[Proposal]) -> str:
    """A line for each promise and one for its reason; a last one that counts."""
    if not proposals:
        few = f"{table.qualified_name} has too few rows to propose anything that they could keep."
        return f"docent: {one_line(few)}\n"
    lines = [line for proposal in proposals for line in _lines(proposal)]
    tight = sum(proposal.tight is not None for proposal in proposals)
    said = f"Proposed {count(len(proposals), 'promise')} about rows, {tight} without headroom."
    return "\n".join([*lines, said]) + "\n"


def _lines(proposal: Proposal) -> list[str]:
    lines = [one_line(f"{_what(proposal.promise)}: {proposal.reason}")]
    if proposal.tight:
        lines.append(one_line(f"  warning: no headroom: {proposal.tight}"))
    return lines


def _what(promise: Check | ServiceLevel) -> str:
    if isinstance(promise, ServiceLevel):
        element = f" of {promise.element}" if promise.element else ""
        return f"{promise.property}{element} of {promise.value} {promise.unit or ''}".rstrip()
    of = f"{', '.join(promise.columns)}: " if promise.columns else ""
    return f"{of}{promised_text(promise)}"


def warning(contract: str, promised: str, little: str) -> str:
    """That a promise which a contract makes already is hardly kept."""
    return one_line(f"warning: {contract} promises {promised}, without headroom: {little}.")
