"""What is, against what was promised."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from detection.catalog import read_catalog
    from detection.coverage import find_uncovered
    from detection.frame import contracts_frame
    from detection.model import Catalog, Violation
    from detection.rules import RULES
    from detection.violations import find_violations

__all__ = [
    "RULES",
    "Catalog",
    "Violation",
    "contracts_frame",
    "find_uncovered",
    "find_violations",
    "read_catalog",
]

_MODULES: Final = {
    "RULES": "rules",
    "Catalog": "model",
    "Violation": "model",
    "contracts_frame": "frame",
    "find_uncovered": "coverage",
    "find_violations": "violations",
    "read_catalog": "catalog",
}


def __getattr__(name: str) -> Any:
    """Import what is asked for, and nothing else: a driver or pandas takes its time."""
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
