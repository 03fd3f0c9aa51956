"""What a look at one thing came to: green, amber or red, and what to do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from docent.display import Grid, Paragraph, Piece, Shown
from docent.drawings import Colour, Light

ORDER: Final[tuple[Colour, ...]] = ("green", "amber", "red")


@dataclass(frozen=True, slots=True)
class Look:
    """A look at one thing.

    light:      green: as it should be; amber: it works, and may be in the way; red: it does not.
    seen:       what was seen.
    next_step:  what to do about it; nothing where it is green.
    """

    what: str
    light: Colour
    seen: str
    next_step: str = ""


def green(what: str, seen: str) -> Look:
    """All is as it should be."""
    return Look(what, "green", seen)


def amber(what: str, seen: str, next_step: str) -> Look:
    """It works, and may be in the way."""
    return Look(what, "amber", seen, next_step)


def red(what: str, seen: str, next_step: str) -> Look:
    """It would stop a learner."""
    return Look(what, "red", seen, next_step)


def looked(what: str, look: Callable[[], Look]) -> Look:
    """A look, whatever comes of it: what fails to be looked at is red, and says why."""
    from prevention.failures import defect, describe

    try:
        return look()
    except Exception as error:  # noqa: BLE001 - each becomes what went wrong, and what next
        obstacle = (describe(error) or (defect(error),))[0]
        return red(what, obstacle.what, obstacle.next_step)


def worst(looks: Sequence[Look]) -> Colour:
    """The worst of the lights."""
    return max((one.light for one in looks), key=ORDER.index, default="green")


HEADLINES: Final[dict[Colour, str]] = {
    "green": "All is ready",
    "amber": "It works; look at what is amber",
    "red": "Not ready yet: begin with what is red",
}


def room_card(looks: Sequence[Look], learners: int) -> Shown[Sequence[Look]]:
    """The check of a room, worst first, each line with what to do."""
    ordered = sorted(looks, key=lambda one: -ORDER.index(one.light))
    rows = tuple((Light(one.light), one.what, one.seen, one.next_step) for one in ordered)
    several = "one learner" if learners == 1 else f"{learners} learners"
    pieces: tuple[Piece, ...] = (
        Grid(("", "what", "seen", "what to do"), rows),
        Paragraph(f"Checked for {several} on this machine or this server.", look="aside"),
    )
    light = worst(looks)
    return Shown(looks, HEADLINES[light], pieces, kind="the room", full=light == "green")
