"""Columns of other tables that a contract's promises name: watermarks, and keys referred to."""

from __future__ import annotations

from collections.abc import Iterator

from contracts.checks import arguments_of
from detection.quality.conditions import referred
from detection.quality.model import Demand


def referred_columns(demand: Demand) -> Iterator[tuple[tuple[str, str], frozenset[str]]]:
    """Each table that a demand reads besides those of its contract, with the columns it reads."""
    yield (demand.found.schema, demand.found.name), frozenset(demand.check.columns)
    references = arguments_of(demand.check).get("references")
    if isinstance(references, dict) and demand.check.columns:
        schema, table, keys = referred(demand.found, demand.check.columns, references)
        yield (schema, table), frozenset(keys)
