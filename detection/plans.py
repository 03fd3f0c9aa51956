"""What a plan of Postgres says about a query: which columns it uses, and what it does to them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

_TAKES_WHAT_IT_NEEDS: Final = frozenset(
    {"Aggregate", "Hash", "Hash Join", "Incremental Sort", "Merge Join", "Nested Loop", "Sort"}
)
"""The nodes that say themselves which columns they take from what is below them."""


def shown_reads(plan: Mapping[str, Any]) -> str:
    """A plan (``EXPLAIN (VERBOSE, COSTS OFF, FORMAT JSON)``) as text that can be compared.

    A scan often hands on whole rows because that is cheaper than picking columns. What it
    hands on is left out where the node above it names the columns that it takes, so that the
    text holds every column which the query uses and, as a rule, no other.
    """
    return json.dumps(_without_whole_rows(plan, "", ""), sort_keys=True, ensure_ascii=False)


def _without_whole_rows(node: Mapping[str, Any], above: str, relation: str) -> dict[str, Any]:
    kind = node["Node Type"]
    picks = above in _TAKES_WHAT_IT_NEEDS and relation in ("Outer", "Inner")
    kept = {
        key: value
        for key, value in node.items()
        if key != "Plans" and not (key == "Output" and picks and kind.endswith("Scan"))
    }
    below = [
        _without_whole_rows(each, kind, each.get("Parent Relationship", ""))
        for each in node.get("Plans", ())
    ]
    return kept | ({"Plans": below} if below else {})
