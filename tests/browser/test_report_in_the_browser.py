"""The page of ``docent report`` in a real browser: light and dark, with none, one and many."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page

from detection.history import BrokenPromise, Coverage, Freshness, Observation, Run
from prevention.render.page import render
from prevention.reporting import report
from tests.prevention.history.places import DATABASE, NOON, opened

Scheme = Literal["light", "dark"]

LONG = "museum/the_collection_of_objects_on_loan_to_other_museums_and_their_condition"
COUNTS = (0, 1, 200)


def name(number: int) -> str:
    return f"{LONG}_{number}" if number % 50 == 0 else f"museum/room_{number}"


def run_of(minute: int, contracts: int) -> Run:
    """A run in which every seventh contract is broken at times, and the database is away once."""
    names = [name(number) for number in range(contracts)]
    away = minute == 5 or not contracts
    broken = [] if away else [each for at, each in enumerate(names) if (at + minute // 4) % 7 == 0]
    outcome: Literal["held", "broken", "not-judged"] = "broken" if broken else "held"
    return Run(
        at=NOON + timedelta(minutes=minute),
        database="",
        outcome="not-judged" if away else outcome,
        observations=tuple(
            Observation(
                each, "not-judged" if away else "broken" if each in broken else "held", "1.2.0",
                "active", f"Visitor Experience Team <{each[-6:]}@museum.example>", 99.5,
            )
            for each in names
        ),
        broken=tuple(
            BrokenPromise(each, "f", "rows-stale", f"{each}.created_at", "fresh", "stale")
            for each in broken
        ),
        freshness=()
        if away
        else tuple(
            Freshness(each, f"{each}.at", 200.0 + 9 * minute, 300, kept=minute < 11)
            for each in names[::20]
        ),
        coverage=None if away else Coverage(contracts + 9, contracts),
        obstacle="The server does not answer." if away else None,
    )  # fmt: skip


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[int, Path]:
    """A page by its number of contracts."""
    folder = tmp_path_factory.mktemp("pages")
    made = {}
    for contracts in COUNTS:
        history = str(folder / f"{contracts}.db")
        with opened(history) as store:
            for minute in range(20):
                store.append(run_of(minute, contracts))
        found = report(database=DATABASE, history_url=history, now=NOON + timedelta(minutes=20))
        made[contracts] = folder / f"{contracts}.html"
        made[contracts].write_text(render(found), encoding="utf-8")
    return made


@dataclass(frozen=True)
class Seen:
    """A page that was opened, and whatever the browser asked for or complained of."""

    page: Page
    asked: list[str]
    complaints: list[str]


@pytest.fixture(params=["light", "dark"])
def scheme(request: pytest.FixtureRequest) -> Scheme:
    chosen: Scheme = request.param
    return chosen


@pytest.fixture(params=COUNTS, ids=lambda count: f"{count} contracts")
def seen(
    request: pytest.FixtureRequest, browser: Browser, pages: dict[int, Path], scheme: Scheme
) -> Iterator[Seen]:
    context = browser.new_context(
        color_scheme=scheme, offline=True, viewport={"width": 1280, "height": 900}
    )
    page = context.new_page()
    found = Seen(page, [], [])
    page.on("request", lambda request: found.asked.append(request.url))
    page.on("console", lambda message: found.complaints.append(message.text))
    page.on("pageerror", lambda error: found.complaints.append(str(error)))
    page.goto(pages[request.param].as_uri())
    yield found
    context.close()


def test_it_asks_for_nothing_and_complains_of_nothing(seen: Seen) -> None:
    assert seen.asked == [seen.page.url]
    assert seen.complaints == []


@pytest.mark.parametrize("width", [1280, 700, 380])
def test_nothing_runs_over_the_edge(seen: Seen, width: int) -> None:
    seen.page.set_viewport_size({"width": width, "height": 900})
    assert seen.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


CONTRAST = """() => {
  const light = colour => {
    const parts = colour.match(/[\\d.]+/g).slice(0, 3).map(part => {
      const value = part / 255;
      return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2];
  };
  const paper = light(getComputedStyle(document.body).backgroundColor);
  const ratio = colour => {
    const [high, low] = [light(colour), paper].sort((one, other) => other - one);
    return (high + 0.05) / (low + 0.05);
  };
  const texts = [...document.querySelectorAll("h1, h2, p, td, th, .figure, .figure b, svg text")];
  return texts.filter(each => each.textContent.trim()).map(each => {
    const style = getComputedStyle(each);
    const colour = each.closest("svg") ? style.fill : style.color;
    return [ratio(colour), each.textContent.trim().slice(0, 40)];
  }).filter(([contrast]) => contrast < 4.5);
}"""


def test_all_text_stands_out_from_the_paper(seen: Seen) -> None:
    assert seen.page.evaluate(CONTRAST) == []


def test_the_paper_is_as_the_reader_likes_it(seen: Seen, scheme: Scheme) -> None:
    paper = seen.page.evaluate("getComputedStyle(document.body).backgroundColor")
    red = int(paper.removeprefix("rgb(").partition(",")[0])
    assert (red > 200) == (scheme == "light")


def test_charts_and_strips_are_drawn(seen: Seen) -> None:
    page = seen.page
    rows = page.locator("td.strip svg").count()
    charts = page.locator(".charts div > svg")
    assert (charts.count(), page.locator(".empty").count() > 0) == (
        (3, False) if rows else (0, True)
    )
    for number in range(charts.count()):
        box = charts.nth(number).bounding_box()
        assert box is not None
        assert (box["width"] > 300, box["height"] > 80) == (True, True)
    if rows:
        held = page.evaluate("getComputedStyle(document.querySelector('td.strip svg .held')).fill")
        line = page.evaluate("""() => [...document.querySelectorAll('.charts div > svg path')]
            .map(path => getComputedStyle(path).stroke)""")
        assert held in line


def test_a_name_is_broken_where_its_parts_meet(seen: Seen) -> None:
    names = seen.page.locator("td.name")
    if names.count():
        broken = seen.page.evaluate("""() => [...document.querySelectorAll('td.name')]
            .filter(cell => cell.scrollWidth > cell.clientWidth).map(cell => cell.textContent)""")
        assert broken == []
