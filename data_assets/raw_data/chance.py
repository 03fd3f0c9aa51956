"""Chance that falls the same way everywhere: on every machine, in every version of Python."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from typing import TypeVar

Item = TypeVar("Item")

_WORD = 2**64


class Chance:
    """A stream of numbers (SplitMix64) that its name decides.

    Two streams of different names know nothing of each other, so that a change to one
    department of the sample leaves the others as they are. Whole numbers alone are used:
    no rounding of any processor or library can turn one draw into another.
    """

    def __init__(self, name: str) -> None:
        self._state = zlib.crc32(name.encode())

    def _next(self) -> int:
        self._state = (self._state + 0x9E3779B97F4A7C15) % _WORD
        word = self._state
        word = (word ^ (word >> 30)) * 0xBF58476D1CE4E5B9 % _WORD
        word = (word ^ (word >> 27)) * 0x94D049BB133111EB % _WORD
        return word ^ (word >> 31)

    def below(self, bound: int) -> int:
        """A whole number from 0 up to, but not, ``bound``."""
        return self._next() % bound

    def between(self, low: int, high: int) -> int:
        """A whole number from ``low`` to ``high``, both included."""
        return low + self.below(high - low + 1)

    def small(self, bound: int) -> int:
        """A whole number from 0 up to ``bound``, the small ones being more frequent."""
        return min(self.below(bound), self.below(bound))

    def often(self, percent: int) -> bool:
        """True in this many cases of a hundred."""
        return self.below(100) < percent

    def pick(self, items: Sequence[Item]) -> Item:
        """One of the items."""
        return items[self.below(len(items))]

    def weigh(self, items: Sequence[tuple[Item, int]]) -> Item:
        """One of the items, each as often as its weight says."""
        place = self.below(sum(weight for _, weight in items))
        for item, weight in items:
            place -= weight
            if place < 0:
                return item
        raise AssertionError("the weights add up to more than their sum")

    def shuffle(self, items: Sequence[Item]) -> list[Item]:
        """The items in another order."""
        shuffled = list(items)
        for last in range(len(shuffled) - 1, 0, -1):
            other = self.below(last + 1)
            shuffled[last], shuffled[other] = shuffled[other], shuffled[last]
        return shuffled

    def deal(self, count: int, chosen: int) -> list[bool]:
        """``count`` cards in any order, exactly ``chosen`` of them true."""
        return self.shuffle([place < chosen for place in range(count)])
