"""The end of a contract: deprecated, sunset, retired.

``steps`` works out a step and judges it, ``moving`` and ``papers`` say what it means for whoever
reads, and ``ending`` writes all of it, or nothing.
"""

from __future__ import annotations

from prevention.deprecating.ending import Ending, FileChange, deprecate
from prevention.deprecating.steps import Refused, Terms

__all__ = ["Ending", "FileChange", "Refused", "Terms", "deprecate"]
