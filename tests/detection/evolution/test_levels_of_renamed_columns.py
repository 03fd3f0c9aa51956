"""A service level about a column that is called otherwise now: one cause is told once."""

from __future__ import annotations

import pytest

from contracts.model import Column, Contract, ServiceLevel, Table
from contracts.types import parse_type
from detection.diff import diff

RENAMED = "column-renamed"


def signups(source: str, *levels: ServiceLevel) -> Contract:
    """A contract about sign-ups, whose source goes by this name."""
    types = {"signup_id": "bigint", source: "text", "created_at": "timestamptz"}
    columns = tuple(
        Column(name, parse_type(said), position=position)
        for position, (name, said) in enumerate(types.items(), 1)
    )
    table = Table("signups", "crm", columns=columns)
    return Contract("lead", "crm", dialect="odcs", tables=(table,), service_levels=levels)


def filled(
    percent: float, element: str, name: str = "filled", driver: str | None = None
) -> ServiceLevel:
    return ServiceLevel(name, percent, "percent", element=element, driver=driver)


@pytest.mark.parametrize(
    ("old", "new", "kinds"),
    [
        (filled(95, "signup_source"), filled(95, "signup_channel"), {RENAMED}),
        (filled(95, "signups.signup_source"), filled(95, "signups.signup_channel"), {RENAMED}),
        (filled(95, "created_at,signup_source"), filled(95, "created_at,signup_channel"),
         {RENAMED}),
        (filled(95, "created_at", driver="signup_source"),
         filled(95, "created_at", driver="signup_channel"), {RENAMED}),
        # What is promised of it is another thing by now: that is told, too.
        (filled(95, "signup_source", "completeness"), filled(90, "signup_channel", "completeness"),
         {RENAMED, "service-level-weakened"}),
        (filled(95, "signup_source", "completeness"), filled(99, "signup_channel", "completeness"),
         {RENAMED, "service-level-strengthened"}),
        # About a column that was not renamed, or about one that nobody has any more.
        (filled(95, "created_at"), filled(95, "created_at"), {RENAMED}),
        (filled(95, "created_at"), filled(95, "signup_channel"),
         {RENAMED, "service-level-weakened", "service-level-strengthened"}),
        (filled(95, "signup_source"), filled(95, "signup_source"),
         {RENAMED, "service-level-weakened", "service-level-strengthened"}),
        # A name that another one begins with is another name.
        (filled(95, "signup_source_id"), filled(95, "signup_channel_id"),
         {RENAMED, "service-level-weakened", "service-level-strengthened"}),
    ],
)  # fmt: skip
def test_it_follows_its_column(old: ServiceLevel, new: ServiceLevel, kinds: set[str]) -> None:
    before, after = signups("signup_source", old), signups("signup_channel", new)
    assert {change.kind for change in diff([before], [after])} == kinds
