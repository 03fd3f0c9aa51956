"""The CRM's sign-ups: the same everywhere, late and untidy, and loaded only where nothing is."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from datetime import timedelta

import psycopg
import pytest

from data_assets import migrating, sandbox
from data_assets.crm import seed_signups
from data_assets.errors import SandboxError
from data_assets.raw_data.signups import JAM, LAST, SOURCES, Signup, make_signups
from tests.data_assets.conftest import rows

SIGNUPS = list(make_signups())


def loaded(url: str) -> int:
    with psycopg.connect(url) as connection:
        return seed_signups(connection)


def run(url: str, *statements: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement.encode())


# ------------------------------------------------------------------ the sign-ups


def test_they_are_the_same_on_every_machine() -> None:
    assert list(make_signups()) == SIGNUPS
    said = "\n".join(" ".join(map(str, signup)) for signup in SIGNUPS)
    assert hashlib.sha256(said.encode()).hexdigest()[:16] == "ead5eaf0747eb168"


def test_nobody_in_them_exists() -> None:
    for signup in SIGNUPS:
        domain = re.split(r"@|\(at\)", signup.email.strip().lower())[-1]
        assert re.fullmatch(r"example\.(com|net|org)|[a-z-]+\.example", domain), signup


def test_numbers_and_addresses_as_typed_are_told_once() -> None:
    assert len({signup.signup_id for signup in SIGNUPS}) == len(SIGNUPS)
    assert len({signup.email for signup in SIGNUPS}) == len(SIGNUPS)
    numbers = [signup.signup_id for signup in SIGNUPS]
    assert numbers == sorted(numbers)
    assert numbers[-1] - numbers[0] >= len(numbers)  # some are left out


def delays(source: str | None) -> list[timedelta]:
    return [one.landed_at - one.created_at for one in SIGNUPS if one.signup_source == source]


def test_they_come_late_in_the_ways_that_data_comes_late() -> None:
    assert max(one.landed_at for one in SIGNUPS) <= LAST
    assert all(one.landed_at.time().hour == 2 for one in SIGNUPS if one.signup_source == "partner")
    assert max(delays("web")) > timedelta(hours=1)  # the afternoon on which the queue stood
    jammed = [
        one for one in SIGNUPS if one.signup_source == "web" and JAM[0] <= one.created_at < JAM[1]
    ]
    assert jammed
    assert all(one.landed_at > JAM[1] for one in jammed)
    assert sum(delay > timedelta(minutes=5) for delay in delays("mobile")) > 5
    assert min(delays("mobile")) < timedelta(0)  # a telephone whose clock is fast
    assert max(one.landed_at - one.created_at for one in SIGNUPS) < timedelta(days=2)
    landed = [one.landed_at for one in SIGNUPS]
    assert landed != sorted(landed)


def test_they_are_untidy() -> None:
    sources = Counter(one.signup_source for one in SIGNUPS)
    assert set(sources) == {source for source, _ in SOURCES} | {None}
    assert 0 < sources[None] < 0.05 * len(SIGNUPS)
    emails = [one.email for one in SIGNUPS]
    assert any(email != email.lower() for email in emails)
    assert any(email != email.strip() for email in emails)
    assert any("+" in email for email in emails)
    assert any("@" not in email for email in emails)
    assert len({email.strip().lower() for email in emails}) < len(emails)


# ------------------------------------------------------------------ into the table


def test_they_are_loaded_whole_and_once(museum: str) -> None:
    assert loaded(museum) == len(SIGNUPS)
    query = (
        "select signup_id, email, signup_source, created_at, landed_at from crm.signups order by 1"
    )
    assert [Signup(*row) for row in rows(museum, query)] == SIGNUPS
    assert loaded(museum) == 0


@pytest.mark.parametrize(
    "statement",
    [
        "drop table crm.signups",
        "drop schema crm cascade",
        "alter table crm.signups rename column signup_source to signup_channel",
        "alter table crm.signups drop column landed_at",
        "insert into crm.signups (signup_id, email, created_at) values (1, 'a@example.org', now())",
    ],
)
def test_somebody_s_work_is_left_alone(museum_18: str, statement: str) -> None:
    run(museum_18, statement)
    assert loaded(museum_18) == 0


def test_a_column_more_is_no_obstacle(museum_18: str) -> None:
    run(museum_18, "alter table crm.signups add column note text")
    assert loaded(museum_18) == len(SIGNUPS)


def test_a_database_that_is_no_sandbox_is_refused(museum_18: str) -> None:
    run(museum_18, "do $$ begin execute format('comment on database %I is null', "
        "current_database()); end $$")  # fmt: skip
    with pytest.raises(SandboxError):
        loaded(museum_18)
    assert rows(museum_18, "select count(*) from crm.signups") == [(0,)]


# ------------------------------------------------------------------ in the sandbox


def test_a_sandbox_has_them_and_gets_them_back(environment: dict[str, str]) -> None:
    count = "select count(*) from crm.signups"
    url = sandbox.up(environment)
    assert rows(url, count) == [(len(SIGNUPS),)]
    run(url, "delete from crm.signups where signup_source = 'web'")
    sandbox.up(environment)
    assert rows(url, count) != [(len(SIGNUPS),)]  # what somebody did to them stays
    migrating.downgrade(url)
    sandbox.up(environment)
    assert rows(url, count) == [(len(SIGNUPS),)]


def test_a_sandbox_from_before_the_crm_gets_it(environment: dict[str, str]) -> None:
    url = sandbox.up(environment)
    migrating.downgrade(url, "00e9b3375a5f")
    works = rows(url, "select count(*) from object")
    sandbox.up(environment)
    assert rows(url, "select count(*) from crm.signups") == [(len(SIGNUPS),)]
    assert rows(url, "select count(*) from object") == works


# ------------------------------------------------------------------ up and down


def test_down_takes_the_schema_and_up_brings_it_back(museum: str) -> None:
    there = "select count(*) from pg_namespace where nspname = 'crm'"
    migrating.downgrade(museum)
    assert rows(museum, there) == [(0,)]
    migrating.upgrade(museum)
    assert rows(museum, there) == [(1,)]
    assert loaded(museum) == len(SIGNUPS)


def test_what_else_is_in_the_schema_stays(museum: str) -> None:
    run(museum, "create table crm.notes (note text)", "insert into crm.notes values ('mine')")
    migrating.downgrade(museum)
    assert rows(museum, "select note from crm.notes") == [("mine",)]
    migrating.upgrade(museum)
    assert loaded(museum) == len(SIGNUPS)


def test_tables_that_an_experiment_dropped_are_no_obstacle(museum_18: str) -> None:
    run(museum_18, "drop schema crm cascade")
    migrating.downgrade(museum_18)
    migrating.upgrade(museum_18)
    assert loaded(museum_18) == len(SIGNUPS)
