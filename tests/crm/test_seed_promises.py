"""The contract of the sign-ups says at least what the one-pager that began the story says."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

import pytest

from contracts.loading import load
from contracts.model import Column, Contract, Notice
from tests.crm.conftest import CRM, rows, run
from tests.prevention.running import docent

LEAD = CRM / "salesforce_lead.yaml"
FIELDS = {
    "email": {"type": "string", "not_null": True, "unique": True, "enum": None, "timezone": None},
    "signup_source": {
        "type": "string", "not_null": False, "unique": False,
        "enum": ("web", "mobile", "api", "partner"), "timezone": None,
    },
    "created_at": {
        "type": "timestamp", "not_null": True, "unique": False, "enum": None, "timezone": "UTC",
    },
}  # fmt: skip
"""The fields as they were promised there; ``created_at`` is promised not to be null besides."""
LEVELS = {
    ("freshness", 5, "minutes"),  # less than five minutes
    ("completeness", 99.5, "percent", "email"),  # at least
}


@pytest.fixture(scope="module")
def lead() -> Contract:
    return load(LEAD)


def stated(column: Column) -> dict[str, object]:
    assert column.data_type is not None
    return {
        "type": column.data_type.name,
        "not_null": column.nullable is False,
        "unique": column.unique is True,
        "enum": column.states,
        "timezone": column.timezone,
    }


def test_every_field_is_promised_as_it_was(lead: Contract) -> None:
    (table,) = lead.tables
    promised = {column.name: stated(column) for column in table.columns}
    assert {name: promised[name] for name in FIELDS} == FIELDS


def test_who_promises_what_to_whom_with_how_much_notice(lead: Contract) -> None:
    assert lead.name == "salesforce_lead_v2"
    assert lead.producer == "product-signup-service"
    assert lead.consumers == ("rev-ops-reverse-etl",)
    assert lead.owner is not None
    assert "@" in str(lead.owner)
    assert lead.notice == Notice("#crm-contracts", 30)
    versioning = json.loads(dict(lead.custom)["versioning"])
    assert versioning == "semver; breaking changes require 30-day notice"


def test_the_levels_of_service_are_those(lead: Contract) -> None:
    levels = {level.property: level for level in lead.service_levels}
    fresh, complete = levels["freshness"], levels["completeness"]
    assert ("freshness", fresh.value, fresh.unit) in LEVELS
    assert ("completeness", complete.value, complete.unit, complete.element) in LEVELS


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("select 1", []),
        ("alter table crm.signups alter email drop not null", ["nullability-differs email"]),
        ("alter table crm.signups drop constraint signups_email_key", ["unique-missing email"]),
        ("alter table crm.signups alter email type bytea using email::bytea",
         ["type-differs email"]),
        ("update crm.signups set signup_source = 'fax' where signup_source = 'web'",
         ["rows-of-unknown-state signup_source"]),
        ("alter table crm.signups rename signup_source to signup_channel",
         ["column-renamed signup_source"]),
        ("alter table crm.signups alter created_at type text", ["type-differs created_at"]),
        ("alter table crm.signups drop created_at", ["column-missing created_at"]),
    ],
)  # fmt: skip
def test_whatever_breaks_it_is_found(crm: str, statement: str, expected: list[str]) -> None:
    run(crm, statement)
    assert broken(crm) == expected


@pytest.mark.parametrize(("minutes", "expected"), [(4, []), (6, ["rows-stale landed_at"])])
def test_five_minutes_without_a_sign_up_are_too_long(
    crm: str, minutes: int, expected: list[str]
) -> None:
    ((last,),) = rows(crm, "select max(landed_at) from crm.signups")
    assert isinstance(last, datetime)
    assert broken(crm, "--now", (last + timedelta(minutes=minutes)).isoformat()) == expected


@pytest.mark.parametrize(
    ("nulls", "expected"),
    [(4, ["nullability-differs email"]), (6, ["nullability-differs email", "rows-null email"])],
)
def test_an_address_in_two_hundred_may_be_missing(
    crm: str, nulls: int, expected: list[str]
) -> None:
    """Of every thousand sign-ups so many lose their address, once nothing forbids it."""
    run(
        crm,
        "alter table crm.signups alter email drop not null",
        "update crm.signups set email = null where signup_id in (select signup_id from crm.signups"
        f" limit (select count(*) * {nulls} / 1000 from crm.signups))",
    )
    assert broken(crm) == expected


def broken(url: str, *arguments: str) -> list[str]:
    """The rules that are broken, and the column of each."""
    ran = docent("check", LEAD, "--format", "json", *arguments, settings={"DATABASE_URL": url})
    errors = [each for each in json.loads(ran.out)["findings"] if each["level"] == "error"]
    return sorted(f"{each['rule']} {each['column']}" for each in errors)
