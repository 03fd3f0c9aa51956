"""Made-up sign-ups for the museum guide: the same on every machine, late and untidy as real ones.

Nobody in here exists: all addresses are of domains that are reserved for examples. What stands
for free mail is ``example.com``, ``.net`` and ``.org``; companies are below ``.example``.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple

from data_assets.raw_data.chance import Chance

LAST: Final = datetime(2026, 1, 14, 16, 40, tzinfo=UTC)
"""When the sign-ups were fetched: what lands later is not among them."""

DAYS: Final = 28
SOURCES: Final = (("web", 52), ("mobile", 27), ("api", 12), ("partner", 9))
"""Where people sign up, by weight."""

JAM: Final = (datetime(2026, 1, 7, 12, 5, tzinfo=UTC), datetime(2026, 1, 7, 14, 30, tzinfo=UTC))
"""One afternoon the queue of the web stood still; all of it landed when it moved again."""

_FIRST: Final = (
    "ada", "amir", "anouk", "bela", "carmen", "chidi", "dina", "emil", "fatou", "grace", "hana",
    "ivo", "jonas", "kofi", "leila", "mara", "nils", "oona", "priya", "rafael", "sofia", "tomas",
    "ulla", "viktor", "wen", "yara", "zeno",
)  # fmt: skip
_LAST: Final = (
    "abel", "bruun", "castro", "diallo", "eriksen", "fontaine", "garcia", "haas", "ibrahim",
    "jansen", "keller", "lindqvist", "moreau", "nakamura", "okafor", "petrov", "quist", "rossi",
    "sato", "tanaka", "urban", "varga", "weiss", "yilmaz", "zhang",
)  # fmt: skip
_FREE: Final = ("example.com", "example.net", "example.org")
_COMPANIES: Final = (
    "arcadia-travel.example", "blue-bus-tours.example", "city-pass.example", "lyceum-trips.example",
    "north-gallery.example", "old-town-hotels.example", "river-cruises.example",
    "school-outings.example",
)  # fmt: skip
_ROLES: Final = ("info", "bookings", "office")
_HOURS: Final = tuple((hour, 1 + 6 * (7 <= hour < 21) + 4 * (9 <= hour < 17)) for hour in range(24))


class Signup(NamedTuple):
    """One sign-up, in the order of the table's columns."""

    signup_id: int
    email: str
    signup_source: str | None
    created_at: datetime
    landed_at: datetime


def make_signups() -> Iterator[Signup]:
    """All sign-ups that have landed by ``LAST``, in the order in which people made them."""
    chance = Chance("sign-ups")
    number = 41_200
    seen: set[str] = set()
    for created in _moments(chance):
        number += 1 + (chance.below(12) == 0) * chance.between(1, 3)
        source = chance.weigh(SOURCES)
        landed = created + _delay(chance, source, created)
        email = _email(chance, seen)
        if landed > LAST:
            continue
        seen.add(email)
        if source == "mobile" and chance.below(25) == 0:  # a telephone whose clock is fast
            created = landed + timedelta(seconds=chance.between(5, 90))
        yield Signup(number, email, _told(chance, source), created, landed)


def _moments(chance: Chance) -> list[datetime]:
    """When people signed up: fewer at night and at the weekend."""
    first = (LAST - timedelta(days=DAYS)).replace(hour=0, minute=0, second=0)
    moments: list[datetime] = []
    for number in range(DAYS + 1):
        day = first + timedelta(days=number)
        many = chance.between(26, 46) if day.weekday() < 5 else chance.between(9, 20)
        moments += [
            day + timedelta(hours=chance.weigh(_HOURS), milliseconds=chance.below(3_600_000))
            for _ in range(many)
        ]
    return sorted(moments)


def _delay(chance: Chance, source: str, created: datetime) -> timedelta:
    """How long a sign-up is on its way."""
    if source == "web" and JAM[0] <= created < JAM[1]:
        return JAM[1] - created + timedelta(seconds=chance.between(1, 240))
    if source == "mobile" and chance.often(12):  # out of reach, in a museum's basement
        return timedelta(minutes=chance.between(8, 15 * 60))
    if source == "partner":  # a file every night, at ten past two
        night = (created + timedelta(days=1)).replace(hour=2, minute=10, second=0, microsecond=0)
        return night - created + timedelta(milliseconds=chance.below(9_000))
    return timedelta(milliseconds=chance.between(700, 4_000) + chance.small(60_000))


def _told(chance: Chance, source: str) -> str | None:
    """The source as the row has it: some clients of the API do not say where they come from."""
    forgotten = chance.often(9) if source == "api" else chance.below(300) == 0
    return None if forgotten else source


def _email(chance: Chance, seen: set[str]) -> str:
    """An address as it was typed, which nobody else has typed so."""
    while True:
        first, last = chance.pick(_FIRST), chance.pick(_LAST)
        company = chance.often(38)
        domain = chance.pick(_COMPANIES if company else _FREE)
        name = chance.pick((f"{first}.{last}", f"{first}{last[0]}", f"{last}{chance.below(90)}"))
        if company and chance.often(12):
            name = f"{chance.pick(_ROLES)}{chance.below(60)}"
        typed = _mistyped(chance, f"{name}@{domain}")
        if typed not in seen:
            return typed


def _mistyped(chance: Chance, email: str) -> str:
    """An address with what hands and telephones do to it, now and then."""
    kind = chance.below(100)
    if kind < 5:
        return email.title()
    if kind < 7:
        return f"{email} "
    if kind < 10:
        return email.replace("@", f"+museum{chance.below(9)}@")
    if kind == 10:
        return email.replace("@", "(at)")
    return email
