"""Whatever happens in an experiment, afterwards the database is as it was."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg.pq import TransactionStatus

import detection.experiment
from contracts.consumers import Consumer, Query, Subscription
from contracts.model import Contract
from detection.answers import Failure
from detection.catalog import read_catalog
from detection.changing import Change
from detection.choices import possible_changes
from detection.experiment import Patience, try_change
from detection.replay import ask as ask_really
from prevention.experiment_report import report
from tests.lab.state import state

DROP = Change("drop table", "public", "object_tags")
RENAME = Change("rename column", "public", "object", "title", "name")
BLANK = Change("blank values", "public", "object", "title")
ENDLESS = "select o.title, count(*) from object as o, generate_series(1, 9999999) group by 1"
"""A query that takes longer than anybody waits, by nothing but its size."""


def reader(*queries: str) -> Consumer:
    return Consumer(
        "guide-app",
        "Museum Assistant",
        "operational",
        "assistant@museum.org",
        (Subscription("object", ("object_id",)),),
        tuple(Query(f"query-{number}", sql) for number, sql in enumerate(queries)),
    )


@pytest.fixture
def untouched(collection: psycopg.Connection) -> Iterator[psycopg.Connection]:
    """The museum; at the end it must be as it was, and the connection idle."""
    before = state(collection)
    yield collection
    assert collection.info.transaction_status == TransactionStatus.IDLE
    assert state(collection) == before


def test_every_possible_change_is_answered_and_undone(
    untouched: psycopg.Connection, promises: tuple[Contract, ...], readers: tuple[Consumer, ...]
) -> None:
    changes = possible_changes(read_catalog(untouched))
    assert len({change.kind for change in changes}) == len(detection.changing.STATEMENTS)
    assert len(changes) > 200
    for change in changes:
        experiment = try_change(untouched, change, promises, readers)
        told = report(experiment, promises)
        assert told.headline
        assert bool(told.refusal) == (told.verdict == "refused")
        assert told.comment or told.refusal


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_any_changes_in_a_row_are_answered_and_undone(
    collection: psycopg.Connection,
    promises: tuple[Contract, ...],
    readers: tuple[Consumer, ...],
    data: st.DataObject,
) -> None:
    before = state(collection)
    possible = possible_changes(before[0])
    changes = data.draw(st.lists(st.sampled_from(possible), min_size=1, max_size=4))
    experiment = try_change(collection, changes, promises, readers)
    assert (experiment.refusal is None) == (experiment.catalog is not None)
    told = report(experiment, promises)
    assert told.safe_path or told.refusal
    assert state(collection) == before


names = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=70)


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    kind=st.sampled_from(sorted(detection.changing.STATEMENTS)),
    column=st.sampled_from(["title", "object_id", "lost"]) | names,
    to=names | st.sampled_from(["text", "integer", "varchar(5)", "object", "title", "json[]"]),
    cast=st.booleans(),
)
def test_no_name_and_no_type_makes_an_experiment_fail(
    collection: psycopg.Connection,
    readers: tuple[Consumer, ...],
    kind: Any,
    column: str,
    to: str,
    cast: bool,
) -> None:
    change = Change(kind, "public", "object", column, to, cast)
    before = state(collection)
    experiment = try_change(collection, change, (), readers)
    assert report(experiment, ()).headline
    assert state(collection) == before


STAGES = [
    ("read_catalog", 1), ("read_catalog", 2), ("look", 1), ("look", 2), ("ask", 1), ("ask", 2),
    ("statement", 1), ("find_violations", 1), ("find_uncovered", 2),
]  # fmt: skip


@pytest.mark.parametrize("stage", STAGES, ids=str)
@pytest.mark.parametrize("error", [KeyboardInterrupt, MemoryError, psycopg.OperationalError])
def test_an_error_at_any_stage_undoes_everything(
    untouched: psycopg.Connection,
    readers: tuple[Consumer, ...],
    monkeypatch: pytest.MonkeyPatch,
    stage: tuple[str, int],
    error: type[BaseException],
) -> None:
    name, call = stage
    calls = 0
    original: Callable[..., Any] = getattr(detection.experiment, name)

    def interrupted(*arguments: Any, **named: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == call:
            raise error
        return original(*arguments, **named)

    monkeypatch.setattr(detection.experiment, name, interrupted)
    with pytest.raises(error):
        try_change(untouched, BLANK, (), readers)
    assert calls == call


def test_ctrl_c_undoes_everything(untouched: psycopg.Connection) -> None:
    slow = reader(ENDLESS)
    timer = threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    try:
        with pytest.raises(KeyboardInterrupt):
            try_change(untouched, BLANK, (), [slow], patience=Patience(statement=60_000))
    finally:
        timer.cancel()


def test_a_connection_that_is_cut_leaves_nothing_behind(
    untouched: psycopg.Connection, museum_url: str
) -> None:
    other = psycopg.connect(museum_url, autocommit=True)

    def cut() -> None:
        with psycopg.connect(museum_url) as third:
            third.execute("select pg_terminate_backend(%s)", [other.info.backend_pid])

    timer = threading.Timer(0.5, cut)
    timer.start()
    try:
        patience = Patience(statement=60_000)
        with pytest.raises(psycopg.OperationalError):
            try_change(other, BLANK, (), [reader(ENDLESS)], patience=patience)
        assert other.closed
    finally:
        timer.cancel()
        other.close()


def test_a_transaction_of_the_callers_goes_on(untouched: psycopg.Connection) -> None:
    with untouched.transaction(force_rollback=True):
        untouched.execute("update object set title = 'ours' where object_id > 0")
        query = "select distinct title from object"
        experiment = try_change(untouched, [RENAME, DROP], (), [reader(query)])
        assert [each.difference.outcome for each in experiment.evidence] == ["fails"]
        assert try_change(untouched, Change("drop table", "public", "lost"), ()).refusal
        assert untouched.info.transaction_status == TransactionStatus.INTRANS
        assert untouched.execute(query).fetchall() == [("ours",)]
        assert untouched.execute("show transaction_read_only").fetchone() == ("off",)
        assert untouched.execute("show lock_timeout").fetchone() == ("0",)


def test_without_autocommit_no_transaction_is_left_open(
    untouched: psycopg.Connection, museum_url: str
) -> None:
    with psycopg.connect(museum_url) as other:
        try_change(other, RENAME, ())
        assert other.info.transaction_status == TransactionStatus.IDLE
        assert other.execute("show lock_timeout").fetchone() == ("0",)


def test_it_does_not_wait_for_a_lock_for_long(
    untouched: psycopg.Connection, museum_url: str
) -> None:
    with psycopg.connect(museum_url) as other:
        other.execute("lock table object in access share mode")
        refusal = try_change(untouched, RENAME, (), patience=Patience(lock=20)).refusal
        assert refusal
        assert (refusal.code, refusal.is_impatience) == ("55P03", True)
        other.rollback()
    assert try_change(untouched, RENAME, ()).refusal is None


def test_it_does_not_wait_for_a_query_for_long(untouched: psycopg.Connection) -> None:
    slow = reader(ENDLESS, "select title from object")
    patience = Patience(statement=100)
    experiment = try_change(untouched, BLANK, (), [slow], patience=patience)
    outcomes = [each.difference.outcome for each in experiment.evidence]
    assert outcomes == ["unanswered", "other rows"]


def test_it_does_not_take_longer_than_it_may(untouched: psycopg.Connection) -> None:
    queries = reader(*["select title from object"] * 3)
    experiment = try_change(untouched, BLANK, (), [queries], patience=Patience(whole=0))
    assert [each.difference.outcome for each in experiment.evidence] == ["unanswered"] * 3
    assert experiment.evidence[0].difference.failure == Failure(
        "57014", "not asked: the time for it was over"
    )


def test_what_others_write_meanwhile_is_no_effect_of_the_change(
    collection: psycopg.Connection, museum_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both answers are about the same rows: those that were there when the experiment began."""
    original = ask_really

    def ask(*arguments: Any, **named: Any) -> Any:
        with psycopg.connect(museum_url, autocommit=True) as other:
            other.execute("insert into gallery_note values ('written meanwhile')")
        return original(*arguments, **named)

    collection.execute("create table gallery_note (note text)")
    try:
        monkeypatch.setattr(detection.experiment, "ask", ask)
        query = "select o.title, n.note from object o left join gallery_note n on true"
        change = Change("retype column", "public", "object", "title", "varchar(999)")
        (evidence,) = try_change(collection, change, (), [reader(query)]).evidence
        assert evidence.difference.outcome == "other types"
        assert evidence.difference.rows is None
    finally:
        collection.execute("drop table gallery_note")


def test_a_consumer_that_writes_is_refused_by_the_transaction(
    untouched: psycopg.Connection,
) -> None:
    writer = reader(
        "with gone as (delete from object returning 1) select 1 from gone, object",
        "select 1) as q; commit; select * from (select 1 from object",
    )
    experiment = try_change(untouched, BLANK, (), [writer])
    assert {each.difference.outcome for each in experiment.evidence} == {"failed before"}
