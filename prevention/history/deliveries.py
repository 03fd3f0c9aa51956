"""What was told of events over which channel: once, also where two tell or one is killed.

Whoever tells claims the event for a channel first, tells, and settles the claim. A claim that was
never settled (its holder was killed) falls after a while, so that a notice may go out a second
time then, and is never lost.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final, Literal

from prevention.history.engines import moment

if TYPE_CHECKING:
    from prevention.history.store import History

LEASE: Final = timedelta(minutes=10)
"""How long a claim holds."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of telling of an event over a channel.

    state:    ``claimed`` while somebody is at it, ``sent``, or ``failed`` and to be tried again.
    tries:    how often it was tried.
    trouble:  what stood in the way of the last try.
    """

    event: str
    channel: str
    state: Literal["claimed", "sent", "failed"]
    tries: int
    at: datetime
    trouble: str | None = None


def claim(history: History, event: str, channel: str, at: datetime) -> bool:
    """Whether we are the one to tell of this event over this channel, from now on.

    No: where it was told, or somebody else is at it since less than ``LEASE``.
    """
    engine = history.engine
    with engine.writing():
        found = engine.execute(
            "select state, at from deliveries where event = %s and channel = %s",
            [event, channel],
        )
        if not found:
            engine.execute(
                "insert into deliveries values (%s, %s, 'claimed', 1, %s, null)",
                [event, channel, at],
            )
            return True
        state, since = found[0]
        if state == "sent" or (state == "claimed" and at - moment(since) < LEASE):
            return False
        engine.execute(
            "update deliveries set state = 'claimed', tries = tries + 1, at = %s "
            "where event = %s and channel = %s",
            [at, event, channel],
        )
        return True


def settle(
    history: History, event: str, channel: str, at: datetime, trouble: str | None = None
) -> None:
    """Note that an event was told over a channel, or what stood in the way."""
    with history.engine.writing():
        history.engine.execute(
            "update deliveries set state = %s, at = %s, trouble = %s "
            "where event = %s and channel = %s",
            ["failed" if trouble else "sent", at, trouble, event, channel],
        )


def deliveries(history: History) -> tuple[Delivery, ...]:
    """What became of all telling so far, by event and channel."""
    rows = history.engine.execute(
        "select event, channel, state, tries, at, trouble from deliveries order by event, channel"
    )
    return tuple(Delivery(row[0], row[1], row[2], row[3], moment(row[4]), row[5]) for row in rows)
