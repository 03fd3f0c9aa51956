"""What can be measured of rows, by name.

The first six are those of ``contracts.checks``. The others are what a contract says otherwise: by
a service level, or by the meanings of a null.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from contracts.checks import (
    DUPLICATE_VALUES,
    INVALID_VALUES,
    MISSING_VALUES,
    NULL_VALUES,
    ROW_COUNT,
    SQL,
)

COMPLETENESS: Final = "completeness"
UNIQUENESS: Final = "uniqueness"
DISTINCT_VALUES: Final = "distinctValues"
FRESHNESS: Final = "freshness"
LATENCY: Final = "latency"
RETENTION: Final = "retention"
UNEXPLAINED_NULLS: Final = "unexplainedNulls"

SHARES: Final[Mapping[str, str]] = {COMPLETENESS: NULL_VALUES, UNIQUENESS: DUPLICATE_VALUES}
"""Measures of what is good, in per cent, and the measure of what is not."""

TIMES: Final = (FRESHNESS, LATENCY, RETENTION)
"""Measures in seconds."""

GROUPS: Final = (DUPLICATE_VALUES, UNIQUENESS, DISTINCT_VALUES)
"""Measures for which rows of the same values have to meet."""

FAILING_ROWS: Final = (
    NULL_VALUES, MISSING_VALUES, INVALID_VALUES, DUPLICATE_VALUES, UNEXPLAINED_NULLS,
)  # fmt: skip
"""Measures of rows that fail; where nobody says how many may, none may."""

KNOWN: Final = (*FAILING_ROWS, *SHARES, *TIMES, ROW_COUNT, DISTINCT_VALUES, SQL)
"""All that can be measured; a check of any other measure is left to whoever knows it."""

__all__ = [
    "COMPLETENESS", "DISTINCT_VALUES", "DUPLICATE_VALUES", "FAILING_ROWS", "FRESHNESS", "GROUPS",
    "INVALID_VALUES", "KNOWN", "LATENCY", "MISSING_VALUES", "NULL_VALUES", "RETENTION",
    "ROW_COUNT", "SHARES", "SQL", "TIMES", "UNEXPLAINED_NULLS", "UNIQUENESS",
]  # fmt: skip
