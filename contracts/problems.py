"""What is wrong with a document, said so that its author can mend it at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from contracts.model import Location


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing that is wrong with a document.

    location:   where it stands.
    path:       the keys that lead to it, joined with dots; ``""`` is the document itself.
    what:       what was found and what was expected, in a sentence.
    next_step:  what to do about it, such as the nearest valid key.
    """

    location: Location
    path: str
    what: str
    next_step: str

    def __str__(self) -> str:
        at = f" at {self.path}" if self.path else ""
        return f"{self.location}{at}: {self.what} Next: {self.next_step}"


class DocumentError(Exception):
    """Documents that are no contracts; ``problems`` holds all that is wrong, in order."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = tuple(problems)
