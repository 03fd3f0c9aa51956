"""Decide, tell, stop: what is done about a broken promise, and the command line.

``prevention.check(…)`` is what ``docent check`` does, as one call (see ``prevention.checking``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from prevention.checking import check as check
    from prevention.checking import judge as judge

_CALLS = ("check", "judge")


def __getattr__(name: str) -> Any:
    """``check`` and ``judge``, imported once somebody asks: the command line starts without."""
    if name not in _CALLS:
        raise AttributeError(name)
    from prevention import checking

    return getattr(checking, name)
