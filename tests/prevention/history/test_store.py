"""The history in both engines: what is appended is read back, whole, also after a kill."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data_assets.errors import SandboxError
from detection.history import Run, breaches_of, events_of
from prevention.history import History, open_history
from prevention.history.deliveries import LEASE, claim, deliveries, settle
from prevention.history.engines import address
from prevention.history.schema import MIGRATIONS, SCHEMA
from tests.prevention.history.places import DATABASE, NOON, opened, process, run


def test_a_run_is_read_back_as_it_was_appended(place: str) -> None:
    with opened(place) as history:
        appended = history.append(run(1, "a", "b"))
        assert appended.before is None
        assert appended.run == replace(run(1, "a", "b"), database=address(DATABASE), number=1)
    with opened(place) as history:
        assert history.last_run() == appended.run
        second = history.append(run(2, judged=False))
        assert (second.before, second.events) == (appended.run, ())
        assert history.last_run() == second.run


def test_breaches_begin_and_end(place: str) -> None:
    with opened(place) as history:
        events = [history.append(each).events for each in (run(1, "a"), run(2, "a", "b"), run(3))]
        told = [[(event.kind, event.breach.promise.fingerprint) for event in e] for e in events]
        assert told == [[("began", "a")], [("began", "b")], [("ended", "a"), ("ended", "b")]]
        assert history.open_breaches() == ()
        known = history.breaches_since(NOON)
        assert [(b.promise.fingerprint, b.began, b.ended) for b in known] == [
            ("a", 1, 3), ("b", 2, 3),
        ]  # fmt: skip
        assert history.breaches_since(NOON + timedelta(minutes=3.1)) == ()
        since = history.events_since(NOON + timedelta(minutes=1.5))
        assert [event.id for event in since] == [e.id for some in events[1:] for e in some]


def test_a_breach_that_lasts_tells_what_was_found_last(place: str) -> None:
    with opened(place) as history:
        history.append(run(1, "a"))
        again = run(2, "a")
        promise = replace(again.broken[0], found="two hours old")
        history.append(replace(again, broken=(promise,)))
        (breach,) = history.open_breaches()
        assert (breach.promise, breach.began) == (promise, 1)


def test_a_breach_that_is_accepted_is_over_and_said_to_be_so(place: str) -> None:
    with opened(place) as history:
        history.append(run(1, "a", "b"))
        history.append(replace(run(2), accepted=run(2, "a").broken))
        known = history.breaches_since(NOON)
        assert [(each.promise.fingerprint, each.accepted) for each in known] == [
            ("a", True), ("b", False),
        ]  # fmt: skip


def opened_by_first_version(monkeypatch: pytest.MonkeyPatch, place: str) -> History:
    monkeypatch.setattr("prevention.history.schema.MIGRATIONS", MIGRATIONS[:1])
    return opened(place)


def test_a_history_that_an_older_version_made_goes_on(
    place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as older, opened_by_first_version(older, place) as history:
        history.engine.execute(
            "insert into runs (number, at, database, outcome) values (1, %s, 'other', 'broken')",
            [NOON],
        )
        history.engine.execute(
            "insert into breaches (id, database, contract, fingerprint, rule, element, began, "
            "began_at) values ('b', %s, 'museum/images', 'f', 'rows-stale', 'public', 1, %s)",
            [history.database, NOON],
        )
    with opened(place) as history:
        assert [each.accepted for each in history.open_breaches()] == [False]


STOOD = st.tuples(
    st.sampled_from(["museum/images", "museum/tags"]),
    st.sampled_from([(), ("a",), ("b",), ("a", "b"), None]),
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(STOOD, max_size=8))
def test_the_store_keeps_what_follows_from_the_runs(
    tmp_path_factory: pytest.TempPathFactory, stood: list[tuple[str, tuple[str, ...] | None]]
) -> None:
    made = [
        run(minute, *(broken or ()), judged=broken is not None, contract=contract)
        for minute, (contract, broken) in enumerate(stood)
    ]
    with opened(str(tmp_path_factory.mktemp("history") / "history.db")) as history:
        appended = [history.append(each) for each in made]
        runs: list[Run] = [each.run for each in appended]
        assert history.breaches_since(NOON) == breaches_of(runs)
        events = [event.id for each in appended for event in each.events]
        assert events == [event.id for event in events_of(runs)]


def test_histories_of_two_databases_in_one_place_are_apart(place: str) -> None:
    other = "postgresql://museum.example:5433/museum"
    with opened(place) as history, open_history(other, place) as beside:  # type: ignore[union-attr]
        history.append(run(1, "a"))
        appended = beside.append(run(2))
        assert (appended.before, appended.events, appended.run.number) == (None, (), 2)
        assert [b.promise.fingerprint for b in history.open_breaches()] == ["a"]


KILLED = """
import sys
from tests.prevention.history.places import opened, run
history = opened(sys.argv[1])
print(history.append(run(1, "a")).run.number, flush=True)
history._write_breaches = lambda transition: print("inside", flush=True) or sys.stdin.read()
history.append(run(2, "b"))
"""


def test_who_is_killed_in_the_middle_leaves_the_whole_run_or_nothing(place: str) -> None:
    with process(KILLED, place) as killed:
        assert killed.stdout
        assert [killed.stdout.readline(), killed.stdout.readline()] == ["1\n", "inside\n"]
        killed.kill()
    with opened(place) as history:
        last = history.last_run()
        assert last == replace(run(1, "a"), database=address(DATABASE), number=1)
        appended = history.append(run(2, "b"))
        assert appended.run.number == 2
        assert [(e.kind, e.breach.promise.fingerprint) for e in appended.events] == [
            ("began", "b"), ("ended", "a"),
        ]  # fmt: skip


ENDLESS = """
import itertools, sys
from tests.prevention.history.places import opened, run
with opened(sys.argv[1]) as history:
    for minute in itertools.count():
        print(history.append(run(minute, *("a" * (minute % 2)))).run.number, flush=True)
"""


@pytest.mark.parametrize("after", [1, 2, 7])
def test_what_was_said_to_be_appended_is_there_after_a_kill(place: str, after: int) -> None:
    with process(ENDLESS, place) as killed:
        assert killed.stdout
        said = [int(killed.stdout.readline()) for _ in range(after)]
        killed.kill()
        said += [int(line) for line in killed.stdout.read().splitlines()]
    with opened(place) as history:
        last = history.last_run()
        assert last is not None
        assert said == [*range(1, len(said) + 1)]
        assert last.number in (said[-1], said[-1] + 1)
        expected = breaches_of(
            replace(run(n - 1, *("a" * ((n - 1) % 2))), database=history.database, number=n)
            for n in range(1, last.number + 1)
        )
        assert history.breaches_since(NOON) == expected


TWO = """
import json, sys
from tests.prevention.history.places import opened, run
sys.stdin.readline()
with opened(sys.argv[1]) as history:
    for minute in range(30):
        done = history.append(run(minute, "a", *("b" * (minute % 2))))
        print(json.dumps([done.run.number, [event.id for event in done.events]]), flush=True)
"""


def test_two_at_once_append_one_after_the_other(place: str) -> None:
    with process(TWO, place) as first, process(TWO, place) as second:
        for each in (first, second):
            assert each.stdin
            each.stdin.write("now\n")
            each.stdin.flush()
        said = first.communicate()[0] + second.communicate()[0]
    done = [json.loads(line) for line in said.splitlines()]
    assert sorted(number for number, _ in done) == [*range(1, 61)]
    events = [event for _, events in done for event in events]
    assert len(events) == len(set(events))
    with opened(place) as history:
        assert [b.promise.fingerprint for b in history.open_breaches()].count("a") == 1
        assert {event.id for event in history.events_since(NOON)} == set(events)


def test_migrations_are_done_once_by_whoever_comes_first(place: str) -> None:
    with opened(place) as history:
        history.append(run(1))
    with opened(place) as history:
        done = history.engine.execute("select number from migrations order by number")
        assert [row[0] for row in done] == [*range(1, len(MIGRATIONS) + 1)]


def test_a_history_of_a_newer_version_is_left_alone(place: str) -> None:
    with opened(place) as history:
        history.engine.execute("insert into migrations values (999, %s)", [NOON])
    with pytest.raises(SandboxError, match="newer version of Docent"):
        opened(place)


def test_a_schema_of_somebody_else_is_left_alone(database: str) -> None:
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(f"create schema {SCHEMA} create table runs (mine text)")
    with pytest.raises(SandboxError, match="a schema docent_history that is not ours"):
        opened(database)


def test_a_file_of_somebody_else_is_left_alone(tmp_path: Path) -> None:
    import sqlite3

    ours, text = tmp_path / "theirs.db", tmp_path / "notes.txt"
    with sqlite3.connect(ours) as connection:
        connection.execute("create table visitors (name text)")
    connection.close()
    before = ours.read_bytes()
    with pytest.raises(SandboxError, match="a database that is not ours"):
        opened(str(ours))
    assert ours.read_bytes() == before
    text.write_text("Exhibition opens in May. " * 100)
    with pytest.raises(SandboxError, match="not a database"):
        opened(str(text))


def test_an_event_is_claimed_by_one_told_once_and_tried_again(place: str) -> None:
    with opened(place) as first, opened(place) as second:
        assert claim(first, "e", "slack", NOON) == 1
        assert claim(second, "e", "slack", NOON + LEASE / 2) is None
        assert claim(second, "e", "email", NOON) == 1
        settle(second, "e", "email", 1, NOON)
        assert claim(first, "e", "email", NOON + 2 * LEASE) is None
        settle(first, "e", "slack", 1, NOON, "503")
        assert [(d.channel, d.state, d.trouble) for d in deliveries(first) if d.trouble] == [
            ("slack", "failed", "503")
        ]
        assert claim(second, "e", "slack", NOON + timedelta(seconds=1)) == 2
        assert claim(first, "e", "slack", NOON + timedelta(seconds=2) + LEASE) == 3
        settle(first, "e", "slack", 3, NOON)
        assert [(d.channel, d.state, d.tries) for d in deliveries(second)] == [
            ("email", "sent", 1), ("slack", "sent", 3),
        ]  # fmt: skip


@pytest.mark.parametrize(
    ("settled", "expected"),
    [
        ([(2, None), (1, "503")], ("sent", None)),
        ([(1, "503")], ("claimed", None)),
        ([(1, "503"), (2, "404")], ("failed", "404")),
        ([(1, None)], ("sent", None)),
        ([(1, None), (2, "404")], ("sent", None)),
        ([(2, "404"), (1, None)], ("sent", None)),
    ],
)
def test_who_lost_a_claim_may_say_that_it_was_told_and_not_that_it_failed(
    place: str, settled: list[tuple[int, str | None]], expected: tuple[str, str | None]
) -> None:
    with opened(place) as slow, opened(place) as second:
        assert claim(slow, "e", "slack", NOON) == 1
        assert claim(second, "e", "slack", NOON + LEASE) == 2
        for tried, trouble in settled:
            settle(slow if tried == 1 else second, "e", "slack", tried, NOON, trouble)
        (found,) = deliveries(slow)
        assert (found.state, found.trouble) == expected
