"""Days, as documents say them (``2026-02-03``), and the day that it is.

A day is a day in UTC, for everybody alike: a deadline that came at another moment for each reader
would be none. What is stated as a moment with a zone (``2026-02-03T00:30+02:00``) is the day that
it was in UTC then; a moment without a zone is one in UTC.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Final

_BEGINS: Final = re.compile(r"\d{4}-\d{2}-\d{2}")


def day_of(text: str | None) -> date | None:
    """The day that a text names; ``None`` where it names none, as 30 February."""
    if text is None or not _BEGINS.match(text):
        return None
    try:
        return date.fromisoformat(text) if len(text) == 10 else day_at(datetime.fromisoformat(text))
    except (ValueError, OverflowError):
        return None


def day_at(moment: datetime) -> date:
    """The day in UTC at a moment; without a zone it is one in UTC."""
    return moment.astimezone(UTC).date() if moment.tzinfo else moment.date()


def today() -> date:
    """The day that it is now, in UTC."""
    return datetime.now(UTC).date()


def days_between(first: str | None, last: str | None) -> int | None:
    """The days from one day to another; ``None`` where one of them is no day."""
    start, end = day_of(first), day_of(last)
    return (end - start).days if start and end else None
