"""The end of a contract as people see it: a day, the window to move in, the four states, a dial."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import Any, cast

from docent.display import Grid, Paragraph, Picture, Shown
from docent.life import NOTHING, Life, Told, life_of_the_card
from docent.life_drawings import Lane, Look, Mark, Span, State, states, timeline


def life_card(life: Life, day: date) -> Shown[tuple[Told, ...]]:
    """A day in the life of a contract: where it stands, and what each reader is told."""
    told = life.told(day)
    rows = tuple((one.reader, str(one.since or "always"), one.word) for one in told)
    said = next((one.sentence for one in told if one.sentence), "No reader is told anything.")
    return Shown(
        told,
        f"{day:%A, %Y-%m-%d}: {life.contract.name} is {life.state(day)}",
        (
            window(life, day),
            Grid(("reader", "since", "is told"), rows),
            Paragraph(said, look="aside"),
        ),
    )


def window(life: Life, today: date | None = None) -> Picture:
    """The migration window: both versions, and the days between them."""
    first, last = edges(life)
    steps = (first, life.announced, life.sunset, life.removal, last)
    looks: tuple[Look, ...] = ("active", "deprecated", "sunset", "retired")
    ending = tuple(
        Span(begin, end, look, look)
        for (begin, end), look in zip(pairwise(steps), looks, strict=True)
    )
    lanes = (
        Lane("object_card_v1", ending),
        Lane("object_card_v2", (Span(first, last, "active", "active"),)),
        Lane("time to move", (Span(life.announced, life.sunset, _days(life), "new"),)),
    )
    marks = (
        Mark(life.announced, "announced"), Mark(life.sunset, "sunset"), Mark(life.removal, "gone"),
    )  # fmt: skip
    return timeline(lanes, marks, today)


def _days(life: Life) -> str:
    return f"{(life.sunset - life.announced).days} days of notice"


def edges(life: Life) -> tuple[date, date]:
    """The first and the last day worth looking at."""
    return life.announced - timedelta(14), life.removal + timedelta(14)


def states_card(life: Life) -> Shown[Sequence[Told]]:
    """The four states in their order, and what each means for who was there and who is new."""
    days = (life.announced - timedelta(1), life.announced + timedelta(7), life.sunset, life.removal)
    notice = (life.sunset - life.announced).days
    ways = ("", "announced", f"{notice} days", f"{life.periods.sunset_days} days")
    drawn = []
    for day, way in zip(days, ways, strict=True):
        words = {one.reader: one.word for one in life.told(day)}
        state = cast("Look", life.state(day))
        drawn.append(State(state, way, words["guide-app"], words.get("audio-guide", NOTHING)))
    return Shown(life.told(days[-1]), "The four states of a contract", (states(drawn),))


def life_to_turn(life: Life | None = None) -> Any:
    """A dial for the day, and below it the life of the contract then; without widgets, a card."""
    life = life or life_of_the_card()
    try:
        from docent.life_face import Face
    except ImportError:
        return life_card(life, life.announced)
    return Face(life)
