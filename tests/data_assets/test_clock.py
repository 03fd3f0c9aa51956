"""What time it is for a check: in a sandbox just after the last arrival, until somebody sets it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import psycopg
import pytest

from data_assets.clock import JUST_AFTER, Arrival, set_clock, time_of
from data_assets.errors import SandboxError
from data_assets.marking import Mark, mark_of, write_mark

NOON = datetime(2026, 1, 15, 12, tzinfo=UTC)
CREATED: Arrival = ("crm", "signups", "created_at")
SEEN: Arrival = ("crm", "visits", "seen_on")


@pytest.fixture
def sandbox(any_connection: psycopg.Connection) -> psycopg.Connection:
    any_connection.execute(
        "create schema crm; create table crm.signups (created_at timestamp);"
        "create table crm.visits (seen_on date)"
    )
    any_connection.execute("set timezone to 'UTC'")
    write_mark(any_connection, any_connection.info.dbname, Mark("learner", made="ab"))
    return any_connection


def time(connection: psycopg.Connection, *arrivals: Arrival) -> datetime:
    return time_of(connection, mark_of(connection), arrivals)


def is_the_servers(moment: datetime) -> bool:
    return abs(datetime.now(UTC) - moment) < timedelta(minutes=5)


def test_it_stands_just_after_the_last_arrival(sandbox: psycopg.Connection) -> None:
    assert is_the_servers(time(sandbox, CREATED, SEEN))  # nothing has arrived yet
    sandbox.execute("insert into crm.signups values ('2026-01-15 12:00'), ('2026-01-01'), (null)")
    assert time(sandbox, CREATED) == NOON + JUST_AFTER
    assert time(sandbox, CREATED, SEEN) == NOON + JUST_AFTER
    sandbox.execute("insert into crm.visits values ('2026-01-16')")
    assert time(sandbox, CREATED, SEEN) == NOON + timedelta(hours=12) + JUST_AFTER
    assert is_the_servers(time(sandbox))


@pytest.mark.parametrize("value", ["infinity", "-infinity", "290000-01-01", "0001-01-01 BC"])
def test_what_lies_at_no_time_has_not_arrived(sandbox: psycopg.Connection, value: str) -> None:
    sandbox.execute("insert into crm.signups values ('2026-01-15 12:00'), (%s)", [value])
    assert time(sandbox, CREATED) == NOON + JUST_AFTER


def test_it_can_be_set_and_let_go(sandbox: psycopg.Connection) -> None:
    sandbox.execute("insert into crm.signups values ('2026-01-15 12:00')")
    set_clock(sandbox, datetime(2026, 1, 15, 15, tzinfo=timezone(timedelta(hours=2))))
    assert time(sandbox, CREATED) == NOON + timedelta(hours=1)
    mark = mark_of(sandbox)
    assert mark is not None
    assert (mark.kind, mark.made) == ("learner", "ab")
    set_clock(sandbox, None)
    assert time(sandbox, CREATED) == NOON + JUST_AFTER
    assert mark_of(sandbox) == Mark("learner", made="ab")


def test_outside_a_sandbox_it_is_the_servers(sandbox: psycopg.Connection) -> None:
    sandbox.execute("insert into crm.signups values ('2026-01-15 12:00')")
    assert is_the_servers(time_of(sandbox, None, [CREATED]))


def test_the_clock_of_a_stranger_is_not_set(any_connection: psycopg.Connection) -> None:
    any_connection.execute("create table visitor (name text)")
    with pytest.raises(SandboxError, match="not marked as a sandbox"):
        set_clock(any_connection, NOON)
