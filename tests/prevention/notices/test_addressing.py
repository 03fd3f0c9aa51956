"""Whom a notice goes to, each once, and what is said of a channel that leads nowhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from contracts.model import Channel, Contract
from prevention.notices import Address, Notification, Unreachable, addresses_of
from prevention.notices.model import Kind
from tests.prevention.notices.samples import EVERYBODY, LEAD, MAILING, SCORING

SECRET = "https://hooks.example/services/T0/B0/very-secret"
CHANNELS = {"#lead-data": "$LEAD_WEBHOOK"}
ENVIRONMENT = {"LEAD_WEBHOOK": SECRET, "DOCENT_SMTP_URL": "smtp://127.0.0.1:2525"}


def notice(kind: Kind = "breach", *consumers: object) -> Notification:
    return Notification("e1", kind, "crm/lead", "s", "w", "n", "d", "b", consumers)  # type: ignore[arg-type]


def labels(
    kind: Kind,
    contract: Contract = LEAD,
    channels: Mapping[str, str] = CHANNELS,
    environment: Mapping[str, str] = ENVIRONMENT,
) -> list[str]:
    found = addresses_of(notice(kind, *EVERYBODY), contract, channels, environment)
    return [f"{'' if isinstance(each, Address) else '! '}{each.label}" for each in found]


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("breach", ["mail to oncall@guide.example"]),
        ("mended", ["mail to oncall@guide.example"]),
        ("change", ["#lead-data"]),
        ("deprecation", ["#lead-data"]),
    ],
)
def test_each_kind_takes_the_channels_that_are_for_it(kind: Kind, expected: list[str]) -> None:
    everybody = ["mail to signups@guide.example", "mail to revops@guide.example", "! #newsletter"]
    assert labels(kind) == [*expected, *everybody]


def test_where_no_channel_is_for_it_all_of_them_are() -> None:
    chat = replace(LEAD, channels=(Channel("#lead-data", scope="interactive"),), owner=None)
    assert labels("breach", chat)[0] == "#lead-data"


def test_nobody_is_told_twice() -> None:
    contact = replace(SCORING, migration_contact="signups@guide.example")
    found = addresses_of(notice("breach", contact, contact), LEAD, CHANNELS, ENVIRONMENT)
    assert [each.label for each in found].count("mail to signups@guide.example") == 1


@pytest.mark.parametrize(
    ("said", "environment", "expected"),
    [
        ("$LEAD_WEBHOOK", {"LEAD_WEBHOOK": SECRET}, ("webhook", SECRET)),
        ("${LEAD_WEBHOOK}", {"LEAD_WEBHOOK": SECRET}, ("webhook", SECRET)),
        ("$LEAD_WEBHOOK", {"LEAD_WEBHOOK": "msteams://a/b/c"}, ("other", "msteams://a/b/c")),
        ("$LEAD_WEBHOOK", {"LEAD_WEBHOOK": "file:a.jsonl"}, ("file", "a.jsonl")),
        ("file:notices/a.jsonl", {}, ("file", "notices/a.jsonl")),
        ("file:///var/notices.jsonl", {}, ("file", "/var/notices.jsonl")),
        ("github:museum/leads#12", {}, ("github", "museum/leads#12")),
        ("$LEAD_WEBHOOK", {}, "LEAD_WEBHOOK is not set"),
        ("$LEAD_WEBHOOK", {"LEAD_WEBHOOK": "very-secret"}, "LEAD_WEBHOOK holds no address"),
        (
            "$LEAD_WEBHOOK",
            {"LEAD_WEBHOOK": "https://[very-secret"},
            "LEAD_WEBHOOK holds no address",
        ),
        (
            "$LEAD_WEBHOOK",
            {"LEAD_WEBHOOK": "https://u:very-secret@ho\u2100st/"},
            "LEAD_WEBHOOK holds no address",
        ),
        (SECRET, {}, "where it leads is written in the settings, and may be a secret"),
    ],
)
def test_where_a_named_channel_leads(
    said: str, environment: dict[str, str], expected: object
) -> None:
    contract = Contract("lead", "crm", channels=(Channel("#x"),))
    (found,) = addresses_of(notice(), contract, {"#x": said}, environment)
    assert found.label == "#x"
    if isinstance(found, Unreachable):
        assert found.why == expected
        assert found.next_step
    else:
        assert (found.way, found.target) == expected
    assert "very-secret" not in repr(found)


@pytest.mark.parametrize(
    ("channel", "environment", "expected"),
    [
        (Channel("desk", "mailto:a@b.example"), ENVIRONMENT, "mail to a@b.example"),
        (Channel("desk", "a@b.example", "email"), ENVIRONMENT, "mail to a@b.example"),
        (Channel("a@b.example"), ENVIRONMENT, "mail to a@b.example"),
        (Channel("a@b.example"), {}, None),
        (Channel("desk", "mailto:a@b.example?bcc=c@d.example"), ENVIRONMENT, None),
        (Channel("desk", "mailto:a@b.example,c@d.example"), ENVIRONMENT, None),
        (Channel("desk", "https://internal.example/hook"), ENVIRONMENT, None),
        (
            Channel("desk", "https://github.com/museum/leads/issues/12"),
            {"GITHUB_REPOSITORY": "museum/leads"},
            "museum/leads#12",
        ),
        (
            Channel("desk", "https://github.com/museum/leads/issues/12"),
            {"GITHUB_REPOSITORY": "museum/other"},
            None,
        ),
    ],
)
def test_a_contract_sends_us_nowhere_but_by_mail_and_to_its_own_repository(
    channel: Channel, environment: dict[str, str], expected: str | None
) -> None:
    contract = Contract("lead", "crm", channels=(channel,))
    (found,) = addresses_of(notice(), contract, {}, environment)
    assert (found.label if isinstance(found, Address) else None) == expected


def test_a_contract_that_is_gone_leaves_its_consumers() -> None:
    found = addresses_of(notice("breach", MAILING), None, {"#newsletter": "file:a"}, {})
    assert found == (Address("#newsletter", "file", "a"),)
