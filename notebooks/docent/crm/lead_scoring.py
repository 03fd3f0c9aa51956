"""Lead scoring: how likely somebody who signed up buys, as far as source and address can tell."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

Rating = Literal["hot", "warm", "cold"]

BASE: Final = 10
OF_SOURCE: Final[Mapping[str | None, int]] = {"partner": 45, "api": 35, "web": 20, "mobile": 10}
"""Points for where people sign up; an unknown source has none."""
OF_COMPANY: Final = 30
OF_ROLE: Final = -20
"""Points for an address at a company, and for one that is a desk and not a person."""

FREE_MAIL: Final = ("example.com", "example.net", "example.org")
ROLES: Final = ("info", "bookings", "office")
HOT: Final = 70
WARM: Final = 45


@dataclass(frozen=True, slots=True)
class Lead:
    """Somebody who may be called.

    email:   in small letters and without blanks.
    source:  where the person signed up; ``None`` where nobody knows.
    score:   from 0 to 100.
    """

    email: str
    source: str | None
    signed_up_at: datetime
    score: int

    @property
    def rating(self) -> Rating:
        """What the score comes to in a word."""
        return "hot" if self.score >= HOT else "warm" if self.score >= WARM else "cold"


def score(email: str, source: str | None) -> int:
    """How promising a sign-up is, from 0 to 100."""
    points = BASE + OF_SOURCE.get(source, 0)
    name, _, domain = email.partition("@")
    if domain not in FREE_MAIL:
        points += OF_COMPANY
        points += OF_ROLE * (name.rstrip("0123456789") in ROLES)
    return max(0, min(100, points))


def make_leads(signups: Iterable[Mapping[str, Any]]) -> tuple[Lead, ...]:
    """A lead for each address among sign-ups, the earliest of which counts.

    A sign-up is ``email``, ``signup_source`` and ``created_at``, by these names. Where nothing has
    the name of the source there is no source, and no error, as in most tools that carry rows from
    one system to the next. A text without an @ is no address, and makes no lead.
    """
    leads: dict[str, Lead] = {}
    for signup in signups:
        email = (signup.get("email") or "").strip().lower()
        if "@" in email and email not in leads:
            source = signup.get("signup_source")
            leads[email] = Lead(email, source, signup["created_at"], score(email, source))
    return tuple(leads.values())
