"""The words in which checks of all dialects are said, so that one reader of rows serves them all.

Measures and operators are those of ODCS. What a measure needs besides stands in a check's
``arguments``, a JSON object with these keys:

=====================  ======================================================================
``validValues``        the values that are valid
``invalidValues``      values that are not
``missingValues``      values that count as missing, ``null`` among them
``pattern``            the regular expression that a valid value matches
``invalidPattern``     the one that an invalid value matches
``missingPattern``     the one that a missing value matches
``minimum``, ``maximum``, ``exclusiveMinimum``, ``exclusiveMaximum``    bounds of a valid value
``minLength``, ``maxLength``    bounds of a valid value's length, in characters
``format``             ``email``, ``uri``, ``uuid`` …
``references``         ``{"table": …, "column": …}``, where a valid value occurs
``expression``         the SQL expression that a measure ``sql`` without a query is about
``function``           the SQL aggregate that it is about (``avg``, ``sum``, ``min``, ``max`` …)
``counts``             ``"rows"``: the measure ``sql`` is how many rows the query returns, or
                       for how many rows the expression is true
=====================  ======================================================================
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from contracts.model import Check

NULL_VALUES: Final = "nullValues"
MISSING_VALUES: Final = "missingValues"
INVALID_VALUES: Final = "invalidValues"
DUPLICATE_VALUES: Final = "duplicateValues"
ROW_COUNT: Final = "rowCount"
SQL: Final = "sql"
CUSTOM: Final = "custom"

OPERATORS: Final = (
    "mustBe",
    "mustNotBe",
    "mustBeGreaterThan",
    "mustBeGreaterOrEqualTo",
    "mustBeLessThan",
    "mustBeLessOrEqualTo",
    "mustBeBetween",
    "mustNotBeBetween",
)


def arguments_text(arguments: Mapping[str, Any]) -> str | None:
    """Arguments as a check keeps them, in one order; ``None`` where there are none."""
    return json.dumps(arguments, ensure_ascii=False, sort_keys=True) if arguments else None


def arguments_of(check: Check) -> dict[str, Any]:
    """The arguments of a check; empty where it has none, or something other than an object."""
    try:
        arguments = json.loads(check.arguments or "{}")
    except ValueError:
        return {}
    return arguments if isinstance(arguments, dict) else {}
