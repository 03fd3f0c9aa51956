"""A contract's end by days: its edges, what each reader is told, and the rules that it keeps."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.model import Status
from detection.periods import Periods
from docent.life import ANNOUNCED, NOTHING, Life, life_of_the_card
from docent.life_cards import life_card, life_to_turn, states_card
from docent.life_face import Face
from prevention.deprecating.steps import Refused, Step, Terms, next_contract

LIFE = life_of_the_card()


@pytest.mark.parametrize(
    ("days", "state", "told"),
    [
        (-1, "active", {"guide-app": NOTHING}),
        (0, "deprecated", {"guide-app": "warning"}),
        (6, "deprecated", {"guide-app": "warning"}),
        (7, "deprecated", {"guide-app": "warning", "audio-guide": "warning"}),
        (89, "deprecated", {"guide-app": "warning", "audio-guide": "warning"}),
        (90, "sunset", {"guide-app": "urgent warning", "audio-guide": "error"}),
        (96, "sunset", {"guide-app": "urgent warning", "audio-guide": "error"}),
        (97, "retired", {"guide-app": "error", "audio-guide": "error"}),
        (4000, "retired", {"guide-app": "error", "audio-guide": "error"}),
    ],
)
def test_each_day_has_a_state_and_each_reader_a_word(
    days: int, state: Status, told: dict[str, str]
) -> None:
    day = ANNOUNCED + timedelta(days)
    assert LIFE.state(day) == LIFE.on(day).status == state
    assert {one.reader: one.word for one in LIFE.told(day)} == told
    assert all(bool(one.sentence) == (one.word != NOTHING) for one in LIFE.told(day))


@pytest.mark.parametrize(
    ("announced", "periods", "sunset", "removal"),
    [
        (date(2026, 12, 1), Periods(), date(2027, 3, 1), date(2027, 3, 8)),
        (date(2027, 11, 30), Periods(), date(2028, 2, 28), date(2028, 3, 6)),  # a leap year
        (date(2026, 11, 30), Periods(), date(2027, 2, 28), date(2027, 3, 7)),
        (date(2026, 12, 1), Periods(notice_days=120), date(2027, 3, 31), date(2027, 4, 7)),
        (date(2026, 12, 1), Periods(sunset_days=1), date(2027, 3, 1), date(2027, 3, 2)),
    ],
)
def test_the_longer_notice_holds(
    announced: date, periods: Periods, sunset: date, removal: date
) -> None:
    life = replace(life_of_the_card(announced), periods=periods)
    assert (life.sunset, life.removal) == (sunset, removal)


DAYS = st.dates(date(2024, 1, 1), date(2032, 12, 31))


@settings(max_examples=40, deadline=None)
@given(DAYS)
def test_each_step_is_one_that_docent_deprecate_takes_on_that_day_and_not_before(
    announced: date,
) -> None:
    life = Life(LIFE.contract, LIFE.replacement, LIFE.contracts, (), announced)
    now = life.on(announced - timedelta(1))
    steps: tuple[tuple[Step, date], ...] = (
        ("deprecated", life.announced), ("sunset", life.sunset), ("retired", life.removal),
    )  # fmt: skip
    for to, day in steps:
        ends = to == "deprecated"
        terms = Terms(to, life.sunset if ends else None, life.replacement if ends else None)
        if not ends:
            with pytest.raises(Refused, match="can be"):
                next_contract(now, terms, day - timedelta(1))
        then, _ = next_contract(now, terms, day)
        expected = life.on(day)
        assert (then.status, then.deprecation) == (expected.status, expected.deprecation)
        now = then
    short = Terms("deprecated", life.sunset - timedelta(1), life.replacement)
    with pytest.raises(Refused, match="owes its readers 90 days"):
        next_contract(life.contract, short, life.announced)


def test_the_states_stand_in_their_order_with_what_they_mean() -> None:
    assert repr(states_card(LIFE)).splitlines()[1:] == [
        "active: from the first day; who was there: nothing; who is new: nothing",
        "deprecated: announced; who was there: warning; who is new: warning",
        "sunset: 90 days; who was there: urgent warning; who is new: error",
        "retired: 7 days; who was there: error; who is new: error",
    ]


def test_a_day_says_its_name_its_state_and_who_is_told_what() -> None:
    said = repr(life_card(LIFE, date(2027, 3, 1)))
    assert said.startswith("Monday, 2027-03-01: object-card-v1 is sunset\ntoday is 2027-03-01\n")
    assert "audio-guide  2026-12-08  error" in said
    assert "may be removed from 2027-03-08 on, in 7 days" in said
    assert "No reader is told anything." in repr(life_card(LIFE, date(2026, 11, 30)))


def test_the_dial_shows_the_day_that_it_stands_at() -> None:
    face = life_to_turn()
    assert isinstance(face, Face)
    assert "2026-12-01: object-card-v1 is deprecated" in repr(face)
    face.days.value = 97
    assert "2027-03-08: object-card-v1 is retired" in repr(face)
    assert "retired" in face.result.value
    bundle = face._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in bundle
    assert "retired" in str(bundle["text/plain"])
    face.days.value = face.days.min
    assert "is active" in repr(face)
