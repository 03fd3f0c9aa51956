"""Lead scoring, as a table of cases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from docent.crm.lead_scoring import HOT, WARM, Lead, make_leads, score

NOON = datetime(2026, 1, 9, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("email", "source", "points", "rating"),
    [
        ("ada@lyceum-trips.example", "partner", 85, "hot"),
        ("ada@lyceum-trips.example", "api", 75, "hot"),
        ("ada@lyceum-trips.example", "web", 60, "warm"),
        ("ada@lyceum-trips.example", "mobile", 50, "warm"),
        ("ada@example.com", "partner", 55, "warm"),
        ("ada@example.com", "api", 45, "warm"),
        ("ada@example.com", "web", 30, "cold"),
        ("ada@example.net", "mobile", 20, "cold"),
        # A desk is no person; somebody called Infomann is one.
        ("info12@lyceum-trips.example", "partner", 65, "warm"),
        ("infomann@lyceum-trips.example", "partner", 85, "hot"),
        # Without a known source nobody is worth a call.
        ("ada@lyceum-trips.example", None, 40, "cold"),
        ("ada@lyceum-trips.example", "carrier pigeon", 40, "cold"),
        ("info@lyceum-trips.example", None, 20, "cold"),
    ],
)
def test_a_score_and_what_it_comes_to(
    email: str, source: str | None, points: int, rating: str
) -> None:
    assert score(email, source) == points
    assert Lead(email, source, NOON, points).rating == rating


@pytest.mark.parametrize(
    ("points", "rating"),
    [(HOT, "hot"), (HOT - 1, "warm"), (WARM, "warm"), (WARM - 1, "cold"), (0, "cold")],
)
def test_ratings_begin_at_their_thresholds(points: int, rating: str) -> None:
    assert Lead("a@example.org", None, NOON, points).rating == rating


def signup(email: str | None, source: str | None = "web", hours: int = 0) -> dict[str, Any]:
    return {"email": email, "signup_source": source, "created_at": NOON + timedelta(hours=hours)}


def test_one_lead_for_each_address_the_earliest_first() -> None:
    leads = make_leads(
        [
            signup("Ada.Abel@Example.COM ", "mobile"),
            signup("ada.abel@example.com", "partner", hours=1),
            signup("bela(at)example.com"),
            signup(""),
            signup(None),
            signup("bela@example.com", None, hours=2),
        ]
    )
    assert [(lead.email, lead.source) for lead in leads] == [
        ("ada.abel@example.com", "mobile"),
        ("bela@example.com", None),
    ]
    assert leads[0].signed_up_at == NOON


def test_a_source_by_another_name_is_none_and_nobody_hears_of_it() -> None:
    renamed = {"email": "ada@lyceum-trips.example", "signup_channel": "partner", "created_at": NOON}
    (lead,) = make_leads([renamed])
    assert (lead.source, lead.rating) == (None, "cold")
