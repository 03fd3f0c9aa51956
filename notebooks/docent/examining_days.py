"""Look at the days of an end that is planned backwards, from the day on which it must be over."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Final

from contracts.days import day_of
from docent import examining
from docent.answers import told
from docent.examining import Slip, unwrapped
from docent.exercise import Examine, Outcome, wrong
from docent.life import life_of_the_card
from docent.room import Room

SEASON: Final = date(2027, 4, 1)
"""The day on which the new season opens."""


def days_of_the_end(answer: object, room: Room) -> Outcome:
    """The latest announcement for an end before the season, and two last days."""
    usual = life_of_the_card()
    life = life_of_the_card(SEASON - (usual.removal - usual.announced))
    last_in, last_sure = life.sunset - timedelta(1), life.removal - timedelta(1)
    least, sunset = timedelta(life.periods.notice_days), timedelta(life.periods.sunset_days)
    still_there = ("In its sunset the view is there, for who was there before.",
                   "The view goes with the removal.")  # fmt: skip
    earlier = [life.announced - timedelta(days) for days in range(1, 60)]
    in_time = "That is in time, and earlier than it must be."
    little = "That leaves 30 days, the least that anybody gives. This contract promises more."
    asked = examining.parts(
        {
            AT_THE_LATEST: _day(life.announced, {
                life.announced + sunset: (
                    "Then its sunset is on the day of the opening, and the view stays on.",
                    "Count back from the removal, not from the sunset."),
                SEASON - least - sunset: (little, "How much it promises is in the picture."),
                SEASON - least: (little, "How much it promises is in the picture."),
                **dict.fromkeys(earlier, (in_time, "Which is the last day that will do?")),
            }),
            LAST_IN: _day(last_in, {
                life.sunset: ("On that day it is in its sunset already.", "One day less."),
                life.announced: ("Who comes later is warned, and let in.",
                                 "Look for the first error of audio-guide."),
            }),
            LAST_SURE: _day(last_sure, {
                life.removal: ("On that morning it may be gone.", "One day less."),
                life.sunset: still_there,
                last_in: still_there,
            }),
        },
        next_step="Turn the dial: each of the three is a day at an edge.",
    )  # fmt: skip
    return asked(answer, room)


AT_THE_LATEST: Final = "announce it at the latest on"
LAST_IN: Final = "the last day on which nobody new is refused"
LAST_SURE: Final = "the last day on which guide-app can count on it"


def _day(right: date, slips: Mapping[date, tuple[str, str]]) -> Examine:
    """This day and no other; ``slips`` are days that are easily taken for it."""
    known = tuple(Slip(day.isoformat(), *said) for day, said in slips.items())
    asked = examining.value(
        right.isoformat(), slips=known, next_step="Turn the dial, and read the days on the card."
    )

    def examine(answer: object, room: Room) -> Outcome:
        answer = unwrapped(answer)
        if isinstance(answer, str) and day_of(answer.strip()) is None:
            return wrong(f"{told(answer)} is no day.", 'Expected is one like "2026-12-31".')
        given = answer.strftime("%Y-%m-%d") if isinstance(answer, date) else answer
        return asked(given, room)

    return examine
