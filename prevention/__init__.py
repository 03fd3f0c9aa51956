"""Decide, tell, stop: what is done about a broken promise, and the command line.

``prevention.check(…)`` is what ``docent check`` does, as one call (see ``prevention.checking``);
``prevention.measure_rows(…)`` is what it measures of rows (see ``prevention.rows``), and
``prevention.verify(…)`` stops a pipeline that broke a promise (see ``prevention.verifying``);
``prevention.monitor(…)`` keeps a history of what checks found (see ``prevention.monitoring``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from prevention.checking import check as check
    from prevention.judging import judge as judge
    from prevention.monitoring import monitor as monitor
    from prevention.rows import RowTerms as RowTerms
    from prevention.rows import measure_rows as measure_rows
    from prevention.verifying import BrokenPromiseError as BrokenPromiseError
    from prevention.verifying import verify as verify

_MODULES = {
    "check": "prevention.checking",
    "judge": "prevention.judging",
    "monitor": "prevention.monitoring",
    "RowTerms": "prevention.rows",
    "measure_rows": "prevention.rows",
    "BrokenPromiseError": "prevention.verifying",
    "verify": "prevention.verifying",
}


def __getattr__(name: str) -> Any:
    """The calls, imported once somebody asks: the command line starts without."""
    if name not in _MODULES:
        raise AttributeError(name)
    from importlib import import_module

    return getattr(import_module(_MODULES[name]), name)
