"""What reading a text yields: plain values, the place of each, and whatever is wrong with it.

The bounds stand here. They are far beyond any contract that a person writes, and small enough
that a document made to exhaust memory or time is refused within a moment.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Mapping
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
    """Raised after a fault that nothing can be read after."""


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


class Pass:
    """One pass over a text: how far it has come (``at``), and what it has found so far."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.nodes = 0
        self.lines = Lines(text)
        self.faults: list[Fault] = []
        self.keys: dict[KeyPath, int] = {}
        self.values: dict[KeyPath, int] = {}
        self.aliases: dict[KeyPath, KeyPath] = {}

    def read_whole(self, document: Callable[[], object]) -> Reading:
        """What reading the text yields, whether or not it could be read to its end."""
        value, whole = None, True
        try:
            value = document()
        except StopReadingError:
            whole = False
        faults = tuple(sorted(self.faults))
        return Reading(value, self.keys, self.values, faults, whole, self.aliases)

    def note(self, path: KeyPath, what: str, next_step: str, offset: int | None = None) -> None:
        """Note a fault, here or at an offset, and read on unless there are too many."""
        self.faults.append(Fault(self.at if offset is None else offset, path, what, next_step))
        if len(self.faults) >= MAX_FAULTS:
            raise StopReadingError

    def stop(
        self, path: KeyPath, what: str, next_step: str, offset: int | None = None
    ) -> StopReadingError:
        """Note a fault that nothing can be read after; the caller raises what comes back."""
        self.faults.append(Fault(self.at if offset is None else offset, path, what, next_step))
        return StopReadingError()

    def count(self, path: KeyPath, nodes: int = 1, offset: int | None = None) -> None:
        """Count values, and stop where the document holds too many."""
        self.nodes += nodes
        if self.nodes > MAX_NODES:
            what = f"The document holds more than {MAX_NODES:,} values, aliases written out."
            raise self.stop(path, what, "Split it: a contract is about one table.", offset)

    def bound_depth(self, path: KeyPath, offset: int | None = None) -> None:
        """Stop where too many objects and lists stand inside one another."""
        if len(path) >= MAX_DEPTH:
            what = f"More than {MAX_DEPTH} objects and lists stand inside one another."
            next_step = "Flatten the document; a contract needs no more than eight."
            raise self.stop(path[:3], what, next_step, offset)

    def note_repeated(self, path: KeyPath, offset: int) -> None:
        """Note that a key is said for the second time, naming the first place too."""
        first = self.lines.at(self.keys[path])[0]
        what = f"The key {shown(path[-1])} is here twice; the first is on line {first}."
        self.note(path, what, "Keep one of the two.", offset)


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
    if not isinstance(value, str):
        return text
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{printable(escaped)}"'


def printable(text: str) -> str:
    """Text whose control and other invisible characters are written as escapes."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
