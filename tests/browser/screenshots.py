"""Make the README's pictures anew: ``make screenshots``.

The violation lab and lesson 00, each in the light and in the dark theme, into ``docs/images``.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from playwright.sync_api import Browser

from tests.browser.learner import PATIENCE, Learner, Theme, browse, find_browser
from tests.browser.serving import Served, serve
from tests.conftest import REPOSITORY

IMAGES: Final = REPOSITORY / "docs" / "images"
WIDTH: Final = 920
DENSITY: Final = 1.5
"""Pixels of a picture for each pixel of the page, so that it is sharp on most screens."""

THEMES: Final[tuple[Theme, ...]] = ("Light", "Dark")

TO_THE_TOP: Final = """async element => {
    for (const _ of Array(5)) {
        element.scrollIntoView({block: "start"});
        await new Promise(drawn => requestAnimationFrame(() => requestAnimationFrame(drawn)));
    }
}"""
"""Cells get their height when they come into sight, so that one scroll is not enough."""


@dataclass(frozen=True, slots=True)
class Scene:
    """What a picture shows: a cell of a notebook and what is below it.

    before:   how many cells before that one it begins.
    choices:  what is chosen there before: menu, choice, and the words that it leads to.
    """

    notebook: str
    cell: str
    height: int
    before: int = 0
    choices: tuple[tuple[str, str, str], ...] = ()


SCENES: Final[Mapping[str, Scene]] = {
    "lab": Scene(
        "violation_lab", "violation_lab()", 930,
        choices=(
            ("Table", "object_gallery_info", "public.object_gallery_info.note"),
            ("Column", "department", "public.object_gallery_info.department"),
        ),
    ),
    "lesson": Scene("00_start_here", "print(render(broken, colour=True))", 850, before=1),
}  # fmt: skip
"""The pictures, by their names."""


def main() -> int:
    """Take every picture; 2 where there is no browser."""
    program = find_browser()
    if program is None:
        sys.stderr.write("There is no browser.\nNext: sudo apt install chromium\n")
        return 2
    IMAGES.mkdir(exist_ok=True)
    with (
        tempfile.TemporaryDirectory(prefix="docent-lab-", ignore_cleanup_errors=True) as folder,
        serve(Path(folder)) as served,
        browse(program) as browser,
    ):
        for name in SCENES:
            for path in take(name, served, browser):
                kilobytes = path.stat().st_size // 1024
                sys.stdout.write(f"wrote {path.relative_to(REPOSITORY)}, {kilobytes} kB\n")
    return 0


def take(name: str, served: Served, browser: Browser) -> list[Path]:
    """Take a picture in each theme."""
    scene = SCENES[name]
    page = browser.new_page(
        viewport={"width": WIDTH, "height": scene.height}, device_scale_factor=DENSITY
    )
    page.set_default_timeout(PATIENCE)
    learner = Learner(page, served, IMAGES)
    learner.open(scene.notebook)
    learner.run_all()
    learner.take("View", "Appearance", "Show Left Sidebar")
    for menu, choice, until in scene.choices:
        learner.choose(scene.cell, menu, choice, until)
    taken = []
    for theme in THEMES:
        learner.wear(theme)
        first = learner.number_of(scene.cell) - scene.before
        learner.cell(first).evaluate(TO_THE_TOP)
        taken.append(learner.picture(f"{name}-{theme.lower()}"))
    learner.wear("Light")
    page.close()
    return taken


if __name__ == "__main__":
    sys.exit(main())
