"""What is, against what was promised; and what was promised before, against what is now.

Two sets of contracts are compared by ``detection.diff.diff``.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from detection.catalog import read_catalog
    from detection.change import Change, Verdict
    from detection.coverage import find_uncovered
    from detection.diff import diff_catalogs
    from detection.evolution import CHANGE_RULES
    from detection.frame import contracts_frame
    from detection.judgement import judge
    from detection.model import Catalog, Violation
    from detection.rules import RULES
    from detection.versions import judge_versions, required_bump
    from detection.violations import find_violations

__all__ = [
    "CHANGE_RULES",
    "RULES",
    "Catalog",
    "Change",
    "Verdict",
    "Violation",
    "contracts_frame",
    "diff_catalogs",
    "find_uncovered",
    "find_violations",
    "judge",
    "judge_versions",
    "read_catalog",
    "required_bump",
]

_MODULES: Final = {
    "CHANGE_RULES": "evolution",
    "RULES": "rules",
    "Catalog": "model",
    "Change": "change",
    "Verdict": "change",
    "Violation": "model",
    "contracts_frame": "frame",
    "diff_catalogs": "diff",
    "find_uncovered": "coverage",
    "find_violations": "violations",
    "judge": "judgement",
    "judge_versions": "versions",
    "read_catalog": "catalog",
    "required_bump": "versions",
}


def __getattr__(name: str) -> Any:
    """Import what is asked for, and nothing else: a driver or pandas takes its time."""
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
