"""What a plan of Postgres says about a query: which columns it uses, and what it does to them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from detection.reads import ColumnRead

_TAKES_WHAT_IT_NEEDS: Final = frozenset(
    {"Aggregate", "Hash", "Hash Join", "Incremental Sort", "Merge Join", "Nested Loop", "Sort"}
)
"""The nodes that say themselves which columns they take from what is below them."""

_IDENTIFIER: Final = r'"(?:[^"]|"")+"|[^\W\d][\w$]*'
_COLUMN: Final = re.compile(rf"(?<![\w.\"])({_IDENTIFIER})\.({_IDENTIFIER}|\*)")
_TEXT: Final = re.compile(r"'(?:[^']|'')*'")


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


def columns_used(plan: str) -> frozenset[ColumnRead]:
    """The columns of tables that a plan uses, behind views too: what :func:`shown_reads` returns.

    A column by the name ``*`` stands for all of a row, and one without a name for the table
    itself, of which ``count(*)`` reads no column.
    """
    nodes = list(_nodes(json.loads(plan), None))
    tables = {
        str(node["Alias"]): (str(node.get("Schema", "")), str(node["Relation Name"]))
        for node in nodes
        if "Relation Name" in node and "Alias" in node
    }
    named = {
        ColumnRead(*tables[alias], column)
        for node in nodes
        for alias, column in _columns_named(node)
        if alias in tables
    }
    return frozenset(named | {ColumnRead(*table, "") for table in tables.values()})


def _nodes(node: Mapping[str, Any], above: Mapping[str, Any] | None) -> Iterator[dict[str, Any]]:
    """Every node by itself; what a scan hands on counts only where nobody above picks from it."""
    picked = (
        above is not None
        and "Output" in above
        and node.get("Parent Relationship") in ("Outer", "Inner")
        and node["Node Type"].endswith("Scan")
    )
    yield {
        key: value
        for key, value in node.items()
        if key != "Plans" and not (key == "Output" and picked)
    }
    for below in node.get("Plans", ()):
        yield from _nodes(below, node)


def _columns_named(node: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for value in node.values():
        for text in value if isinstance(value, list) else (value,):
            if isinstance(text, str):
                for alias, column in _COLUMN.findall(_TEXT.sub("''", text)):
                    yield _unquoted(alias), _unquoted(column)


def _unquoted(identifier: str) -> str:
    return identifier[1:-1].replace('""', '"') if identifier.startswith('"') else identifier
