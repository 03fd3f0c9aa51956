"""What was told of events over which channel: once, also where two tell or one is killed.

Whoever tells claims the event for a channel first, tells, and settles the claim. A claim that was
never settled (its holder was killed) falls after a while, so that a notice may go out a second
time then, and is never lost. That something was told is noted by whoever told it; that it failed,
only by the one whose claim still stands.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final, Literal

from prevention.history.engines import moment

if TYPE_CHECKING:
    from prevention.history.store import History

LEASE: Final = timedelta(minutes=10)
"""How long a claim holds: longer than any run takes to tell (``telling.LIMITS``)."""


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


def claim(history: History, event: str, channel: str, at: datetime) -> int | None:
    """Claim the telling of an event over a channel: which try it is, from 1.

    ``None`` where it was told, or somebody else is at it since less than ``LEASE``.
    """
    engine = history.engine
    with engine.writing():
        found = engine.execute(
            "select state, at, tries from deliveries where event = %s and channel = %s",
            [event, channel],
        )
        if not found:
            engine.execute(
                "insert into deliveries values (%s, %s, 'claimed', 1, %s, null)",
                [event, channel, at],
            )
            return 1
        state, since, tries = found[0]
        if state == "sent" or (state == "claimed" and at - moment(since) < LEASE):
            return None
        engine.execute(
            "update deliveries set state = 'claimed', tries = %s, at = %s "
            "where event = %s and channel = %s",
            [tries + 1, at, event, channel],
        )
        return int(tries) + 1


def settle(
    history: History,
    event: str,
    channel: str,
    tried: int,
    at: datetime,
    trouble: str | None = None,
) -> None:
    """Note that an event was told over a channel by a try, or what stood in its way.

    Where somebody else has tried since, because the claim fell, their failure or success counts,
    unless it was told by us as well.
    """
    noted = (
        "update deliveries set state = %s, at = %s, trouble = %s where event = %s and channel = %s "
    )
    with history.engine.writing():
        if trouble:
            history.engine.execute(
                noted + "and state = 'claimed' and tries = %s",
                ["failed", at, trouble, event, channel, tried],
            )
        else:
            history.engine.execute(
                noted + "and state <> 'sent'", ["sent", at, None, event, channel]
            )


def deliveries(history: History) -> tuple[Delivery, ...]:
    """What became of all telling so far, by event and channel."""
    rows = history.engine.execute(
        "select event, channel, state, tries, at, trouble from deliveries order by event, channel"
    )
    return tuple(Delivery(row[0], row[1], row[2], row[3], moment(row[4]), row[5]) for row in rows)
