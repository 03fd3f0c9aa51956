"""How fast this machine is, measured by what the budgets were set beside: three imports.

A budget in seconds means the machine on which it was set. There, importing psycopg, pandas and
SQLAlchemy, each in a Python of its own, took the times in ``SET_BESIDE``.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Mapping
from typing import Final

SET_BESIDE: Final[Mapping[str, float]] = {"psycopg": 0.21, "pandas": 0.97, "sqlalchemy": 0.41}
"""Seconds that each import took where the budgets were set, without the start of Python."""


def slowness(rounds: int = 5) -> float:
    """How many times as long as there the same imports take here; below 1 is faster."""
    found: dict[str, list[float]] = {package: [] for package in ("", *SET_BESIDE)}
    for _ in range(rounds + 1):
        for package, times in found.items():
            start = time.perf_counter()
            statement = f"import {package}" if package else "pass"
            subprocess.run([sys.executable, "-c", statement], check=True)
            times.append(time.perf_counter() - start)
    medians = {package: statistics.median(times[1:]) for package, times in found.items()}
    empty = medians.pop("")
    return sum(median - empty for median in medians.values()) / sum(SET_BESIDE.values())
