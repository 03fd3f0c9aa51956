"""What reading a text yields: plain values, the place of each, and whatever is wrong with it.

The bounds stand here. They are far beyond any contract that a person writes, and small enough
that a document made to exhaust memory or time is refused within a moment.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

MAX_BYTES: Final = 5_000_000
"""The size of the largest document."""
MAX_DEPTH: Final = 64
"""How many objects and lists may stand inside one another."""
MAX_NODES: Final = 200_000
"""How many values a document may hold, aliases written out."""
MAX_DIGITS: Final = 1_000
"""The digits of the longest number: as many as a declared ``numeric`` of Postgres may have."""
MAX_FAULTS: Final = 100
"""After so many faults a text is given up."""

KeyPath = tuple[str | int, ...]
"""The keys and list positions that lead from a document's root to a value."""

_LINE_END = re.compile(r"\r\n|\r|\n")
_SHOWN = 60


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """Something wrong in a text: where (an offset in characters), what, and the way out."""

    offset: int
    path: KeyPath
    what: str
    next_step: str


@dataclass(frozen=True, slots=True)
class Reading:
    """A text, read.

    keys:     the offset of every key, or of an item in a list, by its path.
    values:   the offset of every value, by its path; ``()`` is the root.
    aliases:  paths whose value is written elsewhere, and the path where it is written.
    whole:    whether the text could be read to its end; ``value`` means nothing if not.
    """

    value: object
    keys: Mapping[KeyPath, int]
    values: Mapping[KeyPath, int]
    faults: tuple[Fault, ...] = ()
    whole: bool = True
    aliases: Mapping[KeyPath, KeyPath] = field(default_factory=dict)


class StopReadingError(Exception):
    """Raised by a reader, after it has noted a fault that it cannot read past."""


class Lines:
    """Offsets in a text as lines and columns, both counted from 1."""

    def __init__(self, text: str) -> None:
        self._starts = [0, *(match.end() for match in _LINE_END.finditer(text))]
        self._last = max(len(text.rstrip()) - 1, 0)

    def at(self, offset: int) -> tuple[int, int]:
        """Line and column of an offset; one past the last visible character counts as that one.

        So an error at the end of a file points to a line that an editor can show.
        """
        place = min(offset, self._last)
        line = bisect_right(self._starts, place)
        return line, place - self._starts[line - 1] + 1


def shown(value: object) -> str:
    """A value as messages show it: as JSON, on one line, cut short, safe for any terminal."""
    if isinstance(value, dict):
        return f"an object of {_count(len(value), 'key')}"
    if isinstance(value, list | tuple):
        return f"a list of {_count(len(value), 'item')}"
    words = {None: "null", True: "true", False: "false"}
    if value is None or isinstance(value, bool):
        return words[value]
    text = str(value)
    text = text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
    return f'"{printable(text)}"' if isinstance(value, str) else text


def printable(text: str) -> str:
    """Text whose control and other invisible characters are written as escapes."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
