"""How long to wait before asking again: pure functions, and the time they are given."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

LONGEST_BACK_OFF = 300.0
"""Seconds; a service that did not come back in five minutes will not notice a sixth."""


@dataclass(frozen=True, slots=True)
class Timing:
    """The time as a program meets it, so that a test can bring its own.

    now:     the date, by which a server's dates are read.
    clock:   seconds that only ever go on.
    sleep:   waits so many seconds.
    jitter:  a number from 0 up to 1, another one each time.
    """

    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    jitter: Callable[[], float] = random.random


def back_off(attempt: int, base: float, jitter: float) -> float:
    """Seconds to wait after the failure of this attempt (from 1), doubling each time.

    The jitter takes off up to a half, so that those who failed together do not return together.
    """
    return min(LONGEST_BACK_OFF, base * 2.0 ** (attempt - 1)) * (1 - jitter / 2)


def read_retry_after(value: str | None, now: datetime) -> float | None:
    """Seconds that a Retry-After header asks for, as a number or a date; ``None`` for nonsense."""
    if value is None:
        return None
    text = value.strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        date = parsedate_to_datetime(text)
    except ValueError:
        return None
    aware = date if date.tzinfo else date.replace(tzinfo=UTC)
    return max(0.0, (aware - now).total_seconds())
