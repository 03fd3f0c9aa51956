"""Steps in any order: who is hurt on which day, and that nothing is left of any of it."""

from __future__ import annotations

from itertools import pairwise

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from docent.migration_order import STEPS, try_order, walk

SAFE = ("add", "sync", "backfill", "announce", "move", "wait", "drop")
BEFORE = (
    ("add", "sync"), ("sync", "backfill"), ("backfill", "announce"), ("announce", "wait"),
    ("wait", "drop"), ("backfill", "move"), ("move", "drop"),
)  # fmt: skip
"""Which step must come before which, so that nobody is hurt."""


@pytest.mark.parametrize(
    ("order", "hurt"),
    [
        (SAFE, {}),
        (("add", "sync", "backfill", "announce", "wait", "move", "drop"), {}),
        (("add", "sync", "backfill", "move", "announce", "wait", "drop"), {}),
        (("backfill",), {"backfill": "stopped"}),
        (("sync", "add"), {"sync": "writer"}),
        (("move",), {"move": "loud"}),
        (("add", "move"), {"move": "silent"}),
        (("add", "backfill", "move"), {"move": "silent"}),
        (("add", "sync", "move", "backfill"), {"move": "silent"}),
        (("add", "announce"), {"announce": "owed"}),
        (("add", "sync", "backfill", "announce", "wait", "drop"), {"drop": "loud"}),
        (("add", "sync", "backfill", "announce", "move", "drop"), {"drop": "owed"}),
        (("add", "sync", "backfill", "wait", "announce", "move", "drop"), {"drop": "owed"}),
        (("add", "sync", "backfill", "move", "wait", "drop"), {"drop": "owed"}),
        ((), {}),
    ],
)
def test_who_is_hurt_on_which_day(
    own_museum: str, order: tuple[str, ...], hurt: dict[str, str]
) -> None:
    found = {}
    for day in walk(order, own_museum):
        if not day.is_well:
            reader = ("loud" if day.loud else "silent") if day.reader else ""
            kind = "stopped" if day.stopped else reader or ("writer" if day.writer else "owed")
            found[day.step] = kind
    assert found == hurt


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.permutations(SAFE))
def test_an_order_is_safe_exactly_where_each_step_has_what_it_needs(
    own_museum: str, order: list[str]
) -> None:
    needs_met = all(order.index(first) < order.index(then) for first, then in BEFORE)
    days = walk(order, own_museum)
    assert all(day.is_well for day in days) is needs_met
    if needs_met:
        assert [day.step for day in days] == order


def test_nothing_is_left_of_it(own_museum: str) -> None:
    def state() -> object:
        with psycopg.connect(own_museum) as connection:
            return connection.execute(
                "select array(select attname from pg_attribute where attrelid = "
                "'object_gallery_info'::regclass and attnum > 0 and not attisdropped),"
                " (select md5(string_agg(t::text, '' order by object_id))"
                "  from object_gallery_info t),"
                " array(select tgname from pg_trigger where tgname = 'fill_halls')"
            ).fetchone()

    before = state()
    walk(SAFE, own_museum)
    walk(("sync", "add"), own_museum)
    assert state() == before


def test_the_card_says_what_became_of_both(own_museum: str) -> None:
    said = repr(try_order("add", "drop", database_url=own_museum)).splitlines()
    assert said[0] == "Step by step"
    assert said[2].split() == ["add", "as", "ever", "as", "ever", "well"]
    assert 'column "gallery_number" does not exist' in said[3]
    assert said[3].endswith("hurt")
    assert said[-1] == "Days on which somebody is hurt: 1."
    well = repr(try_order("add", "sync", database_url=own_museum))
    assert "Nobody is hurt on any day." in well


def test_a_step_that_is_none_is_told_and_nothing_is_run() -> None:
    assert "There is no step pray" in repr(try_order("add", "pray", database_url="nowhere"))
    assert "add, announce, backfill" in repr(try_order("pray", database_url="nowhere"))


def test_the_names_of_the_steps_do_not_give_their_order_away() -> None:
    assert list(STEPS) == sorted(STEPS)
    assert sorted(SAFE) == list(STEPS)
    assert all(first in STEPS and then in STEPS for first, then in BEFORE)
    assert any(first > then for first, then in pairwise(SAFE))
