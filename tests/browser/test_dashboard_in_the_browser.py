"""The dashboard in JupyterLab: a promise breaks and is mended, and both are to be seen."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from contracts.loading import load_folder
from tests.browser.learner import ERRORS, Learner, Theme
from tests.conftest import REPOSITORY

ALL = len(load_folder(REPOSITORY / "contracts"))
WATCH, PAGE = "watch()", "dashboard(days)"
LEAST_CONTRAST = 4.5
NARROW = 900

CONTRASTS = """() => {
    const channels = colour => {
        const parts = colour.match(/[\\d.]+/g).map(Number);
        const most = colour.startsWith("color(") ? 1 : 255;
        const [red, green, blue, alpha = 1] = parts;
        return {rgb: [red, green, blue].map(one => one / most), alpha};
    };
    const paper = element => {
        const {rgb, alpha} = channels(getComputedStyle(element).backgroundColor);
        return alpha === 1 || !element.parentElement ? rgb : paper(element.parentElement);
    };
    const light = rgb => rgb
        .map(one => one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4)
        .reduce((sum, one, at) => sum + one * [0.2126, 0.7152, 0.0722][at], 0);
    const contrast = element => {
        const style = getComputedStyle(element);
        const ink = element.closest("svg") ? style.fill : style.color;
        const both = [light(channels(ink).rgb), light(paper(element))];
        return (Math.max(...both) + 0.05) / (Math.min(...both) + 0.05);
    };
    const texts = ["h1", "h2", "p", "td", "th", "li", ".figure", ".figure b", "svg text"];
    return [...document.querySelectorAll(texts.map(each => `.docent-report ${each}`).join(", "))]
        .filter(element => element.textContent.trim())
        .map(element => [contrast(element), element.textContent.trim().slice(0, 60)]);
}"""
"""The contrast of every text of the page, with the text."""


@pytest.fixture(scope="module")
def dashboard(learner_at: Callable[[str], Learner]) -> Learner:
    """Somebody who has run the dashboard."""
    return learner_at("dashboard")


def shown(learner: Learner) -> str:
    """What the page says once the monitor has run again."""
    learner.answer(WATCH, f"from docent.dashboard import watch\n\n{WATCH}")
    learner.answer(PAGE, f"from docent.dashboard import dashboard\n\n{PAGE}")
    return learner.read(PAGE)


def test_it_runs_as_shipped(dashboard: Learner) -> None:
    assert dashboard.page.locator(ERRORS).all_inner_texts() == []
    said = shown(dashboard)
    assert f"{ALL} of {ALL} contracts hold" in said
    assert "None in this time." in said
    page = dashboard.output(PAGE).locator(".docent-report")
    assert page.locator(".state.held").count() >= ALL
    charts = page.locator(".charts svg").all()
    assert len(charts) >= 3
    for chart in charts[:3]:
        box = chart.bounding_box()
        assert box
        assert min(box["width"], box["height"]) > 50


def test_a_breach_is_seen_to_begin_and_to_end(
    dashboard: Learner, psql: Callable[[str], tuple[Any, ...]]
) -> None:
    psql("alter table object_images rename column primary_image to image")
    try:
        said = shown(dashboard)
        broken = dashboard.output(PAGE).locator(".state.broken").all_inner_texts()
    finally:
        psql("alter table object_images rename column image to primary_image")
    assert f"{ALL - 1} of {ALL} contracts hold" in said
    assert broken == ["broken", "lasts"]
    assert "column-renamed" in said
    assert "began" in dashboard.read(WATCH)
    said = shown(dashboard)
    assert f"{ALL} of {ALL} contracts hold" in said
    assert dashboard.output(PAGE).locator(".state.broken").count() == 0
    assert "ended" in dashboard.read(WATCH)


@pytest.fixture(params=["Light", "Dark"])
def dressed(request: pytest.FixtureRequest, dashboard: Learner) -> Iterator[Learner]:
    """The dashboard in each theme; a picture of it is kept."""
    theme: Theme = request.param
    dashboard.wear(theme)
    dashboard.output(PAGE)
    yield dashboard
    dashboard.wear("Light")


def test_every_word_can_be_read_in_either_theme(dressed: Learner) -> None:
    contrasts = dressed.page.evaluate(CONTRASTS)
    assert len(contrasts) > 50
    assert [one for one in contrasts if one[0] < LEAST_CONTRAST] == []
    dressed.picture("in-this-theme")


def test_the_page_scrolls_in_itself_where_it_is_too_narrow(dashboard: Learner) -> None:
    before = dashboard.page.viewport_size
    assert before
    dashboard.page.set_viewport_size({"width": NARROW, "height": before["height"]})
    try:
        output = dashboard.output(PAGE)
        wide = "element => element.scrollWidth - element.clientWidth"
        assert output.locator(".docent-report").evaluate(wide) <= 1
        dashboard.picture("narrow")
    finally:
        dashboard.page.set_viewport_size(before)
