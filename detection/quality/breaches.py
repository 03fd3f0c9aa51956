"""Measurements that keep no promise, as violations: whose it was, and where it stands."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from contracts.model import Check, Contract, Level
from detection.model import CheckLabel, Violation
from detection.quality.measures import KNOWN, UNEXPLAINED_NULLS
from detection.quality.model import Demand, Measurement
from detection.quality.rules import ROW_RULES, TROUBLES
from detection.rules import Rule

_BY_ID: Final[dict[str, Rule]] = {one.id: one for one in ROW_RULES}


def find_breaches(
    contracts: Sequence[Contract], measurements: Sequence[Measurement]
) -> tuple[Violation, ...]:
    """A violation for each measurement that does not keep what its contract promises."""
    by_identity = {contract.identity: contract for contract in contracts}
    found = (_breach(by_identity.get(one.demand.contract), one) for one in measurements)
    return tuple(violation for violation in found if violation is not None)


def rule_broken_by(measurement: Measurement) -> Rule:
    """The rule that a measurement is judged by, or that tells why there is none."""
    trouble = measurement.trouble
    return _BY_ID[TROUBLES[trouble.reason] if trouble else measurement.demand.rule]


def _breach(contract: Contract | None, measurement: Measurement) -> Violation | None:
    rule = rule_broken_by(measurement)
    stated = rule.states(measurement)
    if stated is None:
        return None
    demand = measurement.demand
    return Violation(
        rule=rule.id,
        level=_level(rule, demand),
        contract=demand.contract,
        schema=demand.table.schema,
        table=demand.table.name,
        column=_column(demand),
        promised=stated.promised,
        found=stated.found,
        owner=contract.owner if contract else None,
        location=demand.location,
        rows=measurement.examples,
        label=_label(demand.check),
    )


def _label(check: Check) -> CheckLabel | None:
    said = (check.name, check.description, check.dimension, check.severity)
    texts = [None if one is None else str(one) for one in said]  # not every dialect minds its kind
    return CheckLabel(*texts) if any(texts) else None


def _level(rule: Rule, demand: Demand) -> Level:
    """The check's own level; never more than that of a rule which is softer."""
    levels: tuple[Level, ...] = ("note", "warning", "error")
    level = min(rule.level, demand.check.level, key=levels.index)
    elsewhere = rule.id == "rows-unread" and demand.check.measure not in KNOWN
    return "note" if elsewhere else level


def _column(demand: Demand) -> str | None:
    """The column that a demand is about, if it is about one of its table."""
    columns = demand.check.columns
    one = len(columns) == 1 or demand.check.measure == UNEXPLAINED_NULLS
    return columns[0] if one and demand.table.column(columns[0]) else None
