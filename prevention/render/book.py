"""The violations in the numbered form that the book's unit test prints, one for each column."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePath

from prevention.decision import Decision, Finding
from prevention.render.plain import one_line
from prevention.words import issue


def render(decision: Decision) -> str:
    """The numbered list of all that breaks a promise, nothing folded."""
    entries = [
        _entry(part, finding)
        for finding in decision.findings
        for part in finding.unfolded()
        if part.breaks
    ]
    return "\n\n".join(f"{number}. {entry}" for number, entry in enumerate(entries, 1))


def missing_tables(decision: Decision) -> Sequence[str]:
    """The names of the tables that are under contract and missing, in order."""
    missing = [
        finding
        for finding in decision.findings
        if finding.rule == "table-missing" and finding.breaks
    ]
    return sorted({_table(finding) for finding in missing})


def _entry(finding: Finding, cause: Finding) -> str:
    """One entry; what follows from a rename is told with the new name."""
    renamed = cause.rule == "column-renamed"
    lines = [
        f"Contract: {_contract(finding)}",
        f"   Table: {_table(finding)}",
        f"   Column: {finding.column}" if finding.column else None,
        f"   Issue: {issue(finding)}",
        f"   Hint: it looks renamed to '{cause.found}'" if renamed else None,
    ]
    return "\n".join(one_line(line) for line in lines if line)


def _contract(finding: Finding) -> str:
    """The stem of the contract's file, as the book shows it."""
    if finding.location:
        return PurePath(finding.location.file).stem
    return finding.contract or "none"


def _table(finding: Finding) -> str:
    """The bare name in the schema ``public``, as the book shows it; else with its schema."""
    return finding.table if finding.schema == "public" else f"{finding.schema}.{finding.table}"
