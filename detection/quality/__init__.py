"""Promises about rows: what is demanded, what is measured, what is broken.

``find_demands`` reads contracts, ``plan_scans`` makes as few statements as there can be,
``measure`` puts them to a database, ``find_breaches`` judges what came back. Only the third
touches a database.
"""

from __future__ import annotations

from detection.quality.breaches import find_breaches
from detection.quality.demands import find_demands
from detection.quality.failing import find_failing_rows
from detection.quality.measuring import measure
from detection.quality.model import Demand, Measurement, Scan
from detection.quality.planning import Terms, plan_scan, plan_scans

__all__ = [
    "Demand",
    "Measurement",
    "Scan",
    "Terms",
    "find_breaches",
    "find_demands",
    "find_failing_rows",
    "measure",
    "plan_scan",
    "plan_scans",
]
