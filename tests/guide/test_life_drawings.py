"""Drawings of days and of states: what stands where, with nothing over another, and in words."""

from __future__ import annotations

import re
from datetime import date, timedelta
from itertools import pairwise
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docent.display import Picture
from docent.life_drawings import (
    LETTER,
    NAMES,
    WIDTH,
    Lane,
    Mark,
    Span,
    State,
    states,
    timeline,
)

FIRST = date(2026, 12, 1)


def day(number: int) -> date:
    return FIRST + timedelta(number)


LANE = Lane("card", (Span(day(0), day(10), "old", "old"), Span(day(10), day(100), "new", "new")))


def elements(picture: Picture, tag: str, look: str = "") -> list[dict[str, str]]:
    root = ElementTree.fromstring(picture.svg)
    found = [one for one in root.iter(tag) if look in one.get("class", "").split() or not look]
    return [{**one.attrib, "words": "".join(one.itertext())} for one in found]


def test_a_span_is_as_long_as_its_days_and_ends_where_the_next_begins() -> None:
    first, second = elements(timeline([LANE], []), "rect")
    assert float(first["x"]) == NAMES
    assert float(second["x"]) + float(second["width"]) < WIDTH
    assert float(second["x"]) == pytest.approx(float(first["x"]) + float(first["width"]) + 1)
    assert float(second["width"]) + 1 == pytest.approx(9 * (float(first["width"]) + 1), abs=0.5)


def test_words_that_do_not_fit_into_a_span_are_told_to_whoever_points_at_it() -> None:
    short = Lane("card", (Span(day(0), day(1), "sunset", "sunset"),
                          Span(day(1), day(100), "retired", "retired")))  # fmt: skip
    drawn = timeline([short], [])
    assert [one["words"] for one in elements(drawn, "text", "middle")] == ["retired"]
    assert [one["words"] for one in elements(drawn, "title")] == ["sunset", "retired"]


@given(st.lists(st.integers(0, 100), min_size=1, max_size=8))
def test_no_name_of_a_day_stands_over_another_or_beside_the_picture(numbers: list[int]) -> None:
    drawn = timeline([LANE], [Mark(day(number), "announced") for number in numbers])
    lines: dict[str, list[tuple[float, float]]] = {}
    for text in elements(drawn, "text", "said"):
        left = float(text["x"])
        lines.setdefault(text["y"], []).append((left, left + LETTER * len(text["words"])))
    for words in lines.values():
        words.sort()
        assert all(one[1] < other[0] for one, other in pairwise(words))
        assert words[0][0] >= 0
        assert words[-1][1] <= WIDTH + 0.1
    assert sum(map(len, lines.values())) == len(numbers)


@pytest.mark.parametrize(
    ("today", "at"), [(-50, NAMES), (0, NAMES), (100, WIDTH - 2), (5000, WIDTH - 2)]
)
def test_today_stays_within_the_picture(today: int, at: float) -> None:
    (dot,) = elements(timeline([LANE], [], day(today)), "circle", "today")
    assert float(dot["cx"]) == pytest.approx(at, abs=0.1)
    assert elements(timeline([LANE], []), "circle") == []


def test_all_of_it_is_in_the_words() -> None:
    said = timeline([LANE], [Mark(day(90), "sunset"), Mark(day(0), "announced")], day(3)).words
    assert said.splitlines() == [
        "today is 2026-12-04",
        "announced 2026-12-01",
        "sunset 2027-03-01",
        "card: old from 2026-12-01, new from 2026-12-11",
    ]


def test_what_others_wrote_is_no_markup() -> None:
    lane = Lane("<b>&", (Span(day(0), day(100), "<script>", "old"),))
    drawn = timeline([lane], [Mark(day(3), "</svg>")])
    assert not re.search(r"<b>|<script>|</svg>.", drawn.svg)
    assert [one["words"] for one in elements(drawn, "title")] == ["<script>"]


def test_states_have_a_way_from_each_to_the_next_and_one_of_them_is_here() -> None:
    life = [State("active", "", "nothing", "nothing"), State("deprecated", "announced", "a", "b"),
            State("retired", "7 days", "c", "d")]  # fmt: skip
    drawn = states(life, "deprecated")
    boxes = elements(drawn, "rect")
    assert ["now" in box["class"].split() for box in boxes] == [False, True, False]
    assert all(float(box["x"]) + float(box["width"]) <= WIDTH + 0.1 for box in boxes)
    assert len(elements(drawn, "path", "way")) == 2
    assert {"announced", "7 days"} < {one["words"] for one in elements(drawn, "text")}
    assert not any("now" in box["class"].split() for box in elements(states(life), "rect"))
