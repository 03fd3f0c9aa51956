"""Lesson 00 and the violation lab, as a learner sees and uses them in JupyterLab."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from playwright.sync_api import Browser

from docent.lessons import EXERCISES, LESSONS
from tests.browser.learner import ERRORS, PATIENCE, Learner, Theme
from tests.browser.serving import Served
from tests.conftest import REPOSITORY

LAB = "violation_lab()"
NOTEBOOKS = REPOSITORY / "notebooks"
NARROW = 900
LEAST_CONTRAST = 4.5
"""Between a text and what it stands on, by the Web Content Accessibility Guidelines (AA)."""


@pytest.fixture(scope="module")
def lesson(learner_at: Callable[[str], Learner]) -> Learner:
    """Somebody who has run lesson 00 as it is shipped."""
    return learner_at("00_start_here")


@pytest.fixture(scope="module")
def lab(learner_at: Callable[[str], Learner]) -> Learner:
    """Somebody who has run the violation lab."""
    return learner_at("violation_lab")


@pytest.fixture(params=["lesson", "lab"])
def either(request: pytest.FixtureRequest) -> Learner:
    """Both, one after the other."""
    learner: Learner = request.getfixturevalue(request.param)
    return learner


def check_cell(exercise: str) -> str:
    """Words that stand in the cell of an exercise alone."""
    return f'check("{exercise}"'


# ------------------------------------------------------------------ lesson 00


def test_lesson_00_runs_as_shipped(lesson: Learner) -> None:
    assert lesson.page.locator(ERRORS).all_inner_texts() == []
    for exercise in LESSONS[0].exercises:
        # As shipped, or as another test has left it.
        assert lesson.badge(check_cell(exercise.id)) in ("not attempted", "correct")
    assert "with_a_picture" in lesson.read("sql(question)")


def test_the_promise_breaks_in_red(lesson: Learner) -> None:
    cell = "print(render(broken, colour=True))"
    assert "error  column-renamed  public.object_images.primary_image" in lesson.read(cell)
    in_red = lesson.output(cell).locator('[class*="ansi-red"]')
    assert in_red.all_inner_texts()[0] == "error"
    assert "exit code: 0 · while it was broken: 1" in lesson.read("again = prevention.check(")


def test_the_map_is_a_picture_that_loads(lesson: Learner) -> None:
    picture = lesson.page.locator('.jp-Notebook img[src*="loop.svg"]')
    picture.scroll_into_view_if_needed()
    loaded = "image => image.decode().then(() => image.naturalWidth)"
    assert picture.evaluate(loaded) > 0


def test_every_exercise_is_answered_wrong_and_then_right(lesson: Learner) -> None:
    for exercise in LESSONS[0].exercises:
        wrong = next(one for one in exercise.wrong if one.kind == "wrong")
        cell = wrong.cell or f"answer = {wrong.answer!r}\n\n{check_cell(exercise.id)}, answer)"
        lesson.answer(check_cell(exercise.id), cell)
        assert lesson.badge(check_cell(exercise.id)) == "not yet"
        assert wrong.message in lesson.read(check_cell(exercise.id))
        lesson.answer(check_cell(exercise.id), exercise.solution)
        assert lesson.badge(check_cell(exercise.id)) == "correct"
        assert exercise.title in lesson.read(check_cell(exercise.id))
    lesson.answer("progress()", "progress()")
    said = lesson.read("progress()")
    assert f"Ada: {len(LESSONS[0].exercises)} of {len(EXERCISES)} exercises done" in said
    dots = lesson.output("progress()").locator(".dot.done")
    assert dots.count() == len(LESSONS[0].exercises)


# ------------------------------------------------------------------ the violation lab


def test_the_lab_opens_with_an_experiment(lab: Learner) -> None:
    assert lab.page.locator(ERRORS).all_inner_texts() == []
    assert lab.badge('to="image")') == "breaks"
    said = lab.read('to="image")')
    for words in ("1 promise broken; 3 consumers stopped by an error.", "Data Engineering Team",
                  'rename column "primary_image" to "image"', "The safe path"):  # fmt: skip
        assert words in said
    assert "With it" not in said  # a renamed column is no second one that is lost


def test_what_is_chosen_is_tried_at_once(lab: Learner) -> None:
    for menu, label, until, verdict in (
        ("Table", "object_gallery_info", "add column public.object_gallery_info.note", "warns"),
        ("Column", "department", "rename column public.object_gallery_info.department", "breaks"),
        ("Change", "blank 2 % of its values", "blank 2 % of the values of", "breaks"),
        ("Change", "change its type to integer, casting every value", "to integer", "refused"),
        ("Table", "object", "add column public.object.note", "warns"),
        ("Change", "drop it", "drop table public.object", "breaks"),
    ):
        lab.choose(LAB, menu, label, until)
        assert lab.badge(LAB) == verdict, (menu, label)
    said = lab.read(LAB)
    assert "Stopped by an error" in said
    assert "search-index" in said
    assert "All of it was undone" in said


def test_the_column_s_menu_follows_the_table_s(lab: Learner) -> None:
    lab.choose(LAB, "Table", "object_tags", "public.object_tags")
    column = lab.output(LAB).get_by_label("Column", exact=True)
    with lab.doing("read the menu Column"):
        options = column.locator("option").all_inner_texts()
    # Between the words of an option stand spaces that keep them together.
    assert [option.replace("\xa0", " ") for option in options] == [
        "the table as a whole",
        "object_id",
        "tags",
        "created_at",
    ]


def test_the_comment_unfolds(lab: Learner) -> None:
    card = lab.output('to="image")')
    comment = card.locator("details pre")
    with lab.doing("unfold the comment on the pull request"):
        assert not comment.is_visible()
        card.locator("summary").click()
        comment.wait_for()
    assert "## Data contracts: 1 promise broken" in comment.inner_text()


def test_a_table_that_came_meanwhile_is_seen_when_tried_again(lab: Learner, psql: Any) -> None:
    psql("create table loan (object_id integer, lent_to text)")
    lab.press(LAB, "Try again")
    lab.choose(LAB, "Table", "loan", "public.loan")
    psql("drop table loan")
    lab.press(LAB, "Try again")
    lab.choose(LAB, "Table", "object_images", "public.object_images")
    assert psql("select count(*) from object_images where primary_image is not null")[0] > 0


# ------------------------------------------------------------------ diagrams

DRAWN = """number => {
    const picture = ".jp-RenderedMermaid:not(.jp-mod-warning) img";
    const drawn = cell => cell.node.querySelectorAll(picture).length;
    const {widgets} = window.jupyterapp.shell.currentWidget.content;
    return widgets.reduce((sum, cell) => sum + drawn(cell), 0) === number;
}"""
"""Whether so many diagrams of a notebook are pictures, and no complaint about their text."""


def diagrams_in(notebook: str) -> int:
    """How many diagrams a notebook has in its prose."""
    cells = nbformat.read(NOTEBOOKS / f"{notebook}.ipynb", as_version=4).cells
    return sum(cell.source.count("```mermaid") for cell in cells if cell.cell_type == "markdown")


DIAGRAMS = {path.stem: diagrams_in(path.stem) for path in sorted(NOTEBOOKS.glob("*.ipynb"))}


@pytest.mark.parametrize("notebook", [name for name, number in DIAGRAMS.items() if number])
def test_every_diagram_is_drawn(
    browser: Browser, served: Served, notebook: str, tmp_path: Path
) -> None:
    page = browser.new_page(viewport={"width": 1200, "height": 900})
    page.set_default_timeout(PATIENCE)
    learner = Learner(page, served, tmp_path)
    learner.open(notebook)
    with learner.doing(f"see {DIAGRAMS[notebook]} diagrams in {notebook}"):
        page.wait_for_function(DRAWN, arg=DIAGRAMS[notebook])
    page.close()


# ------------------------------------------------------------------ how it looks

CONTRASTS = """() => {
    const channels = colour => {
        const [red, green, blue, alpha = 1] = colour.match(/[\\d.]+(?:e-?\\d+)?/g).map(Number);
        const most = colour.startsWith("color(") ? 1 : 255;
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
        const both = [light(channels(getComputedStyle(element).color).rgb), light(paper(element))];
        return (Math.max(...both) + 0.05) / (Math.min(...both) + 0.05);
    };
    const written = element => [...element.childNodes].some(
        node => node.nodeType === Node.TEXT_NODE && node.textContent.trim()
    );
    return [...document.querySelectorAll(".jp-Notebook .docent *")]
        .filter(element => written(element) && !["STYLE", "OPTION"].includes(element.tagName))
        .map(element => [contrast(element), element.className, element.textContent.slice(0, 60)]);
}"""
"""The contrast of every text in a card, with the text."""

SIDEWAYS = """() => [...document.querySelectorAll(".jp-Notebook .docent, .jp-Notebook .docent *")]
    .filter(element => element.scrollWidth > element.clientWidth + 1 && element.clientWidth)
    .map(element => [element.tagName, element.className, element.textContent.slice(0, 60)])"""
"""Every piece of a card that is wider than its place."""


@pytest.fixture(params=["Light", "Dark"])
def dressed(request: pytest.FixtureRequest, either: Learner) -> Iterator[Learner]:
    """Each notebook in each theme; a picture of it is kept."""
    theme: Theme = request.param
    either.wear(theme)
    yield either
    either.wear("Light")


def test_every_word_can_be_read_in_either_theme(dressed: Learner) -> None:
    contrasts = dressed.page.evaluate(CONTRASTS)
    assert len(contrasts) > 20
    assert [one for one in contrasts if one[0] < LEAST_CONTRAST] == []
    dressed.picture("in-this-theme")


def test_nothing_is_wider_than_its_place(either: Learner) -> None:
    before = either.page.viewport_size
    assert before
    either.page.set_viewport_size({"width": NARROW, "height": before["height"]})
    try:
        assert either.page.evaluate(SIDEWAYS) == []
        either.picture("narrow")
    finally:
        either.page.set_viewport_size(before)
