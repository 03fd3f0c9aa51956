"""What may stand in a table's cell besides words: lights, rows of squares, bars.

Each has a text form, and says in words what its colour says.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from docent.display import escaped, plain

Colour = Literal["green", "amber", "red", "off"]

Square = Literal["done", "begun", "open"]

MARKS: Final = {"done": "x", "begun": "~", "open": "."}


@dataclass(frozen=True, slots=True)
class Light:
    """A traffic light, and the word that it stands for."""

    colour: Colour
    word: str = ""

    def html(self) -> str:
        """A dot of the colour and the word."""
        word = escaped(self.word or self.colour)
        return f'<span class="light {self.colour}"></span><span class="lit">{word}</span>'

    def plain(self) -> str:
        """The word."""
        return plain(self.word or self.colour)


@dataclass(frozen=True, slots=True)
class Squares:
    """The exercises of a lesson in a row, each with how far somebody got.

    here:  the number of the one that they are at, from 0.
    """

    states: tuple[Square, ...]
    here: int | None = None

    def html(self) -> str:
        """A small square each: full, half or empty; a ring about the one that they are at."""
        squares = "".join(
            f'<span class="square {state}{" here" if number == self.here else ""}"></span>'
            for number, state in enumerate(self.states)
        )
        return f'<span class="squares" role="img" aria-label="{self._said()}">{squares}</span>'

    def plain(self) -> str:
        """A mark each; ``>`` stands before the one that they are at."""
        return "".join(
            (">" if number == self.here else "") + MARKS[state]
            for number, state in enumerate(self.states)
        )

    def _said(self) -> str:
        return f"{self.states.count('done')} of {len(self.states)} done"


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar in parts, as long as all of it together.

    parts:  how many of each kind: full, half and empty.
    """

    parts: tuple[int, int, int]

    def html(self) -> str:
        """Rectangles beside each other, which fill the cell whatever its width."""
        total = sum(self.parts) or 1
        drawn, at = [], 0
        for kind, number in zip(("full", "half", "empty"), self.parts, strict=True):
            drawn.append(f'<rect class="{kind}" x="{at}" y="0" width="{number}" height="1"/>')
            at += number
        return (
            f'<svg class="bar" viewBox="0 0 {total} 1" preserveAspectRatio="none" role="img" '
            f'aria-label="{self.parts[0]} of {total}">{"".join(drawn)}</svg>'
        )

    def plain(self) -> str:
        """A mark for each that is counted."""
        return "".join(mark * number for mark, number in zip("x~.", self.parts, strict=True))
