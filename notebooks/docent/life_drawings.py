"""A contract's end as pictures: days as a line with spans on it, and the states in their order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from docent.display import Picture, escaped

Look = Literal["active", "deprecated", "sunset", "retired", "old", "new"]

WIDTH: Final = 640
"""Of every picture; all measures are pixels."""
NAMES: Final = 112
"""Room for the lanes' names, on the left."""
LETTER: Final = 6.4
"""A letter is about as wide as that."""
LANE: Final = 30
BAR: Final = 20
MARK: Final = 16
"""The height of a line of marks."""


@dataclass(frozen=True, slots=True)
class Span:
    """What holds from one day until before another."""

    first: date
    end: date
    words: str
    look: Look


@dataclass(frozen=True, slots=True)
class Lane:
    """One thing that lasts, and what becomes of it."""

    name: str
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Mark:
    """A day that has a name."""

    day: date
    words: str


@dataclass(frozen=True, slots=True)
class State:
    """A state of a contract: what leads to it, and what it means for those who read."""

    name: Look
    led_by: str
    there: str
    new: str


def timeline(lanes: Sequence[Lane], marks: Sequence[Mark], today: date | None = None) -> Picture:
    """Lanes above each other, over the same days; named days above them, and today as a line."""
    days = [day for lane in lanes for span in lane.spans for day in (span.first, span.end)]
    scale = _Scale(min(days), max(days))
    rows = list(_rows(marks, scale))
    top = MARK * (max((row for _, row, _ in rows), default=-1) + 1) + 8
    height = top + LANE * len(lanes) + 4
    drawn = [_mark(mark, row, at, height, scale) for mark, row, at in rows]
    drawn += [_lane(lane, top + LANE * number, scale) for number, lane in enumerate(lanes)]
    if today is not None:
        x = scale.x(min(max(today, scale.first), scale.last))
        drawn.append(f'<path class="today" d="M{x:.1f} {top - 6}V{height}"/>')
        drawn.append(f'<circle class="today" cx="{x:.1f}" cy="{top - 6}" r="4"/>')
    words = "\n".join(_told(lanes, marks, today))
    return Picture(_svg(drawn, height, "Days and what holds on them"), words)


def states(life: Sequence[State], here: Look | None = None) -> Picture:
    """The states in a row, what leads from one to the next, and what readers are told in each."""
    gap = 26
    box = (WIDTH - NAMES - gap * (len(life) - 1)) / len(life)
    drawn = [_text("said", 0, 76, "who was there"), _text("said", 0, 96, "who is new")]
    for number, state in enumerate(life):
        left = NAMES + number * (box + gap)
        middle = left + box / 2
        now = " now" if state.name == here else ""
        frame = f'x="{left:.1f}" y="24" width="{box:.1f}" height="32" rx="6"'
        drawn.append(f'<rect class="span {state.name}{now}" {frame}/>')
        drawn.append(_text("name middle", middle, 45, state.name))
        drawn.append(_text("middle", middle, 76, state.there))
        drawn.append(_text("middle", middle, 96, state.new))
        if number:
            drawn.append(f'<path class="way" d="M{left - gap + 3:.1f} 40H{left - 4:.1f}"/>')
            drawn.append(f'<path class="tip" d="M{left - 3:.1f} 40l-7 -4v8z"/>')
            drawn.append(_text("said middle", left - gap / 2, 14, state.led_by))
    words = "\n".join(
        f"{state.name}: {state.led_by or 'from the first day'}; who was there: {state.there}; "
        f"who is new: {state.new}"
        for state in life
    )
    return Picture(_svg(drawn, 102, "The states of a contract"), words)


@dataclass(frozen=True, slots=True)
class _Scale:
    """Days as places from left to right."""

    first: date
    last: date

    def x(self, day: date) -> float:
        whole = max((self.last - self.first).days, 1)
        return NAMES + (WIDTH - NAMES - 2) * (day - self.first).days / whole


def _rows(marks: Sequence[Mark], scale: _Scale) -> Iterator[tuple[Mark, int, float]]:
    """Each mark, the line that its words stand in, and where they begin: none over another."""
    ends: list[float] = []
    for mark in sorted(marks, key=lambda one: one.day):
        wide = LETTER * len(_said(mark))
        at = min(max(scale.x(mark.day) - wide / 2, 0), WIDTH - wide)
        row = next((row for row, end in enumerate(ends) if at > end + 8), len(ends))
        ends[row : row + 1] = [at + wide]
        yield mark, row, at


def _said(mark: Mark) -> str:
    return f"{mark.words} {mark.day}"


def _mark(mark: Mark, row: int, at: float, height: int, scale: _Scale) -> str:
    x, y = scale.x(mark.day), MARK * row + 12
    line = f'<path class="mark" d="M{x:.1f} {y + 4}V{height}"/>'
    return line + _text("said", at, y, _said(mark))


def _lane(lane: Lane, top: int, scale: _Scale) -> str:
    bars = [_text("name", 0, top + 15, lane.name)]
    for span in lane.spans:
        left, right = scale.x(span.first), scale.x(span.end)
        frame = f'x="{left:.1f}" y="{top}" width="{max(right - left - 1, 1):.1f}" height="{BAR}"'
        words = escaped(span.words)
        bars.append(f'<rect class="span {span.look}" {frame} rx="3"><title>{words}</title></rect>')
        if LETTER * len(span.words) + 8 < right - left:
            bars.append(_text("middle", (left + right) / 2, top + 14, span.words))
    return "".join(bars)


def _text(look: str, x: float, y: float, words: str) -> str:
    return f'<text class="{look}" x="{x:.1f}" y="{y:.1f}">{escaped(words)}</text>'


def _svg(drawn: Sequence[str], height: int, words: str) -> str:
    return (
        f'<svg class="drawing" viewBox="-1 -1 {WIDTH + 2} {height + 2}" role="img" '
        f'aria-label="{escaped(words)}">{"".join(drawn)}</svg>'
    )


def _told(lanes: Sequence[Lane], marks: Sequence[Mark], today: date | None) -> Iterator[str]:
    """The same in words, a line for each lane."""
    if today is not None:
        yield f"today is {today}"
    yield from (_said(mark) for mark in sorted(marks, key=lambda one: one.day))
    for lane in lanes:
        spans = ", ".join(f"{span.words} from {span.first}" for span in lane.spans)
        yield f"{lane.name}: {spans}"
