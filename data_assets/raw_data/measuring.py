"""Dimensions: the text of the label, and the measurements it was written from."""

from __future__ import annotations

from dataclasses import dataclass

from data_assets.raw_data.chance import Chance
from data_assets.raw_data.vocabulary import Size

LINE_END = "\r\n"
"""What parts the lines of a label that measures more than one part of an object."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What was measured of one part: the line of the label, and centimeters by axis."""

    name: str
    line: str
    centimeters: tuple[tuple[str, float], ...]


def measure(size: Size, chance: Chance) -> Measured:
    """Measure an object of this size as a whole."""
    style = chance.weigh(size.styles)
    lengths = [_length(least, most, chance) for _, least, most in size.axes]
    return Measured("Overall", _write(style, lengths), _centimeters(size, lengths))


def measure_part(size: Size, part: str, chance: Chance) -> Measured:
    """Measure a part of an object, which is smaller than the whole."""
    axes = size.axes[:2]
    lengths = [_length(least // 2 + 1, most // 2 + 1, chance) for _, least, most in axes]
    line = _write(f"{part}: {{0}} × {{1}} in. ({{0c}} × {{1c}} cm)", lengths)
    return Measured(part, line, _centimeters(size, lengths))


def _length(least: int, most: int, chance: Chance) -> int:
    """Sixteenths of an inch; eighths are read off more often, and small things are more."""
    length = least + chance.small(most - least + 1)
    return max(1, length if chance.often(30) else length // 2 * 2)


def _write(style: str, lengths: list[int]) -> str:
    centimeters = {f"{place}c": _in_cm(length) for place, length in enumerate(lengths)}
    return style.format(*map(_inches, lengths), **centimeters)


def _centimeters(size: Size, lengths: list[int]) -> tuple[tuple[str, float], ...]:
    names = [name for name, _, _ in size.axes]
    return tuple(zip(names, map(_in_cm, lengths), strict=False))


def _inches(sixteenths: int) -> str:
    """``13 1/8``: whole inches and the shortest fraction."""
    whole, rest = divmod(sixteenths, 16)
    below = 16
    while rest and rest % 2 == 0:
        rest, below = rest // 2, below // 2
    return " ".join(filter(None, (str(whole or ""), f"{rest}/{below}" if rest else "")))


def _in_cm(sixteenths: int) -> float:
    """Centimeters, to a tenth; whole numbers without a decimal point, as the API writes them."""
    tenths = (sixteenths * 15875 + 5000) // 10000
    return tenths // 10 if tenths % 10 == 0 else tenths / 10
