"""Parents and children: what a child inherits, and where it promises less than it may.

A contract extends one other at most. What it says nothing of, it inherits; what it says itself has
to be as strict as what any of its ancestors says, or stricter. ``docs/families.md`` is the page.
"""

from detection.family.inheriting import Effective, effective, in_effect
from detection.family.lineage import Family
from detection.family.weakening import weakened_children, weaker_promises

__all__ = [
    "Effective",
    "Family",
    "effective",
    "in_effect",
    "weakened_children",
    "weaker_promises",
]
