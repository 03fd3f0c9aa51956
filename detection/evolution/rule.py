"""What a rule about change is: an id, a level for each side, and a page."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Literal

from detection.change import Change, Impact

Tolerance = Literal["new_columns", "new_values", "nulls", "wider_types"]
"""What a consumer can declare to bear (see ``contracts.consumers.Tolerances``)."""

_SECTION = re.compile(r"\*\*([^*]+)\.\*\* (.*?)(?=\n\n|\Z)", re.DOTALL)


@dataclass(frozen=True)
class ChangeRule:
    """A kind of change, and what it means for readers and for writers.

    reader, writer:  ``None`` is "does not concern them".
    applies:    whether a change is of this kind.
    tolerance:  what a reader has to bear for it: where all of the registered ones do, it hurts
                none of them; where one of them does not, it is conditional at least.
    follows:    whether it concerns those who follow every change of a table.
    by_meaning: whether a declared ``meaning: unchanged`` settles it.
    by_parity:  whether readers are unhurt where their own queries return the same before and
                after: all that it does to them can be seen in the rows of today.
    owes:       whether it demands a bump; what is about the registry, or a file, does not, and
                neither does what a parent makes of its child.
    """

    id: str
    reader: Impact | None
    writer: Impact | None
    applies: Callable[[Change], bool]
    tolerance: Tolerance | None = None
    follows: bool = False
    by_meaning: bool = False
    by_parity: bool = False
    owes: bool = True

    @property
    def page(self) -> str:
        """The rule's page: what changed, who is hurt and how, an example, the safe path."""
        return inspect.cleandoc(self.applies.__doc__ or "")

    @cached_property
    def sections(self) -> dict[str, str]:
        """The paragraphs of the page by what stands before them, each on one line."""
        return {name: " ".join(text.split()) for name, text in _SECTION.findall(self.page)}


B: Final[Impact] = "breaking"
C: Final[Impact] = "conditional"
A: Final[Impact] = "additive"
P: Final[Impact] = "patch"
INVALID: Final[Impact] = "invalid"
