"""Contracts, consumers and events that notices are made of."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from contracts.consumers import Consumer, Subscription
from contracts.model import (
    Channel,
    Column,
    Contract,
    Deprecation,
    Notice,
    Owner,
    ServiceLevel,
    Table,
)
from detection.history import Breach, BrokenPromise, Event

NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)

LEAD = Contract(
    "lead",
    "crm",
    version="2.1.0",
    status="active",
    owner=Owner("Signup Service", "signups@guide.example"),
    notice=Notice("#lead-data", 30),
    channels=(
        Channel("#lead-data", "https://guide.slack.com/archives/C1", "slack", "announcements"),
        Channel("on call", "mailto:oncall@guide.example", "email", "issues"),
        Channel("chat", "https://guide.slack.com/archives/C2", "slack", "interactive"),
    ),
    service_levels=(ServiceLevel("timeToRepair", 4, "h"),),
    tables=(Table("signups", "crm", columns=(Column("email"), Column("signup_source"))),),
)
OLD = Contract(
    "lead_v1",
    "crm",
    version="1.9.0",
    status="deprecated",
    deprecation=Deprecation(
        "2026-06-01", "2026-08-01", "crm/lead", "docs/lead-2.md", "two kinds of source in one"
    ),
)
SCORING = Consumer(
    "lead-scoring",
    "Revenue Operations",
    "batch-export",
    "revops@guide.example",
    (Subscription("signups", ("email", "signup_source"), "crm", "crm/lead", "2.1.0"),),
)
MAILING = Consumer(
    "newsletter",
    "Marketing",
    "operational",
    "#newsletter",
    (
        Subscription("signups", ("email",), "crm", "crm/lead", "2.1.0"),
        Subscription("leads", ("email",), "crm", "crm/lead_v1", "1.9.0"),
    ),
)
EVERYBODY = (SCORING, MAILING)


def breach(element: str = "crm.signups.signup_source", rule: str = "column-missing") -> Breach:
    promise = BrokenPromise("crm/lead", "f00d", rule, element, "text", None)
    return Breach("host:5432/crm", promise, 3, NOON)


def began(element: str = "crm.signups.signup_source", rule: str = "column-missing") -> Event:
    return Event("began", breach(element, rule))


def ended(*, accepted: bool = False) -> Event:
    over = Breach(
        "host:5432/crm", breach().promise, 3, NOON, ended=9, ended_at=NOON + timedelta(hours=2),
        accepted=accepted,
    )  # fmt: skip
    return Event("ended", over)
