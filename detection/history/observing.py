"""What a run of the monitor writes down, read off contracts, a catalogue and measurements."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterator, Sequence

from contracts.model import Contract, ServiceLevel
from detection.coverage import find_uncovered
from detection.history.model import Coverage, Freshness, Observation, Outcome
from detection.model import Catalog
from detection.quality.conditions import as_number
from detection.quality.judging import keeps
from detection.quality.measures import FRESHNESS
from detection.quality.model import Measurement

AVAILABILITY = frozenset({"availability", "uptime", "expecteduptime"})
"""Service levels that runs of the monitor tell: their names in small letters, letters alone."""


def observe(
    contracts: Sequence[Contract], broken: Collection[str], *, judged: bool = True
) -> tuple[Observation, ...]:
    """How each contract stands; ``broken`` are the identities of those that do not hold."""

    def outcome(contract: Contract) -> Outcome:
        if not judged:
            return "not-judged"
        return "broken" if contract.identity in broken else "held"

    return tuple(
        Observation(
            contract.identity,
            outcome(contract),
            contract.version,
            contract.status,
            str(contract.owner) if contract.owner else None,
            promised_availability(contract),
        )
        for contract in sorted(contracts, key=lambda contract: contract.identity)
    )


def promised_availability(contract: Contract) -> float | None:
    """The per cent of the time in which a contract promises to hold; the strictest promise counts.

    ``99.9``, ``99.9%`` and ``99.9`` of ``percent`` are the same, and ``0.999`` without a unit.
    """
    stated = (_percent(level) for level in contract.service_levels if _is_availability(level))
    return max((percent for percent in stated if percent is not None), default=None)


def _is_availability(level: ServiceLevel) -> bool:
    return re.sub(r"[^a-z]", "", level.property.lower()) in AVAILABILITY


def _percent(level: ServiceLevel) -> float | None:
    text = str(level.value).strip()
    unit = (level.unit or "").strip().lower()
    if text.endswith("%"):
        text, unit = text[:-1].strip(), "percent"
    number = as_number(text)
    if number is None or unit not in {"", "%", "percent", "pct"}:
        return None
    percent = float(number * 100 if not unit and 0 < number <= 1 else number)
    return percent if 0 <= percent <= 100 else None


def freshness_of(measurements: Sequence[Measurement]) -> tuple[Freshness, ...]:
    """How fresh the data is, for each promise that it be no older than so much.

    An age that is a value of a classified column is not written down.
    """
    return tuple(found for one in measurements for found in _freshness(one))


def _freshness(one: Measurement) -> Iterator[Freshness]:
    check, table = one.demand.check, one.demand.found
    if check.measure != FRESHNESS or one.trouble or one.withheld or not check.bound:
        return
    limit = as_number(check.bound[-1])
    upper = (check.operator or "").startswith("mustBeLess") or check.operator == "mustBeBetween"
    if limit is None or not upper:
        return
    age = None if one.value is None or not math.isfinite(one.value) else float(one.value)
    element = ".".join((table.qualified_name, *check.columns))
    yield Freshness(one.demand.contract, element, age, float(limit), keeps(check, one.value))


def cover(
    contracts: Sequence[Contract], catalog: Catalog, schemas: Collection[str] | None = None
) -> Coverage:
    """How many tables there are, in some schemas or in all, and how many of them are promised."""
    without = [
        found
        for found in find_uncovered(contracts, catalog)
        if found.contract is None and (not schemas or found.schema in schemas)
    ]
    promised = {table.qualified_name for contract in contracts for table in contract.tables}
    covered = sum(table.qualified_name in promised for table in catalog.tables)
    return Coverage(covered + len(without), covered)
