"""The end of a contract: deprecated, sunset, retired.

``steps`` works out a step and judges it, ``left_behind`` tells who has not moved, ``moving`` and
``papers`` say what it means for whoever reads, and ``ending`` writes all of it, or nothing.
"""

from __future__ import annotations

from prevention.deprecating.ending import Ending, deprecate
from prevention.deprecating.steps import Refused, Terms
from prevention.files import FileChange

__all__ = ["Ending", "FileChange", "Refused", "Terms", "deprecate"]
