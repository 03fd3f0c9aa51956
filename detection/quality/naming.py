"""Which rule a check is broken by: its id says what is the matter with the rows."""

from __future__ import annotations

from typing import Final

from contracts.checks import arguments_of
from contracts.model import Check
from detection.quality import measures
from detection.quality.conditions import BOUNDS, LENGTHS, LISTS, PATTERNS, VALIDITY

_BY_MEASURE: Final = {
    measures.NULL_VALUES: "rows-null",
    measures.COMPLETENESS: "rows-null",
    measures.MISSING_VALUES: "rows-missing",
    measures.DUPLICATE_VALUES: "rows-duplicate",
    measures.UNIQUENESS: "rows-duplicate",
    measures.DISTINCT_VALUES: "rows-distinct-values",
    measures.ROW_COUNT: "rows-count",
    measures.FRESHNESS: "rows-stale",
    measures.LATENCY: "rows-late",
    measures.RETENTION: "rows-retention",
    measures.UNEXPLAINED_NULLS: "rows-null-unexplained",
}


def rule_of(check: Check) -> str:
    """The id of the rule that a check is broken by."""
    if check.measure == measures.COMPLETENESS and "missingValues" in arguments_of(check):
        return "rows-missing"  # more than a null counts
    if check.measure in _BY_MEASURE:
        return _BY_MEASURE[check.measure]
    if check.measure == measures.SQL:
        counts_rows = arguments_of(check).get("counts") == "rows"
        return "rows-query" if check.query or counts_rows else "rows-aggregate"
    if check.measure == measures.INVALID_VALUES:
        return _rule_of_validity(check)
    return "rows-unread"


def _rule_of_validity(check: Check) -> str:
    """By the one kind of argument that says which values are valid, if it is one."""
    stated = {key for key in arguments_of(check) if key in VALIDITY}
    kinds = {
        "rows-unlisted": {*LISTS},
        "rows-malformed": {*PATTERNS},
        "rows-out-of-range": {*BOUNDS},
        "rows-of-wrong-length": {*LENGTHS},
        "rows-orphaned": {"references"},
    }
    return next((rule for rule, keys in kinds.items() if stated and stated <= keys), "rows-invalid")
