"""Somebody in front of JupyterLab: opens a notebook, runs cells, types, chooses, and reads.

Whatever is done is done with the mouse and the keyboard. What is waited for is what JupyterLab
says of its kernel and its cells. What does not work ends in a sentence that says what was tried,
what the page showed instead, and where the picture of it lies.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from playwright.sync_api import Browser, Locator, Page, sync_playwright
from playwright.sync_api import Error as PlaywrightError

from tests.browser.serving import Served

Theme = Literal["Light", "Dark"]

PROGRAMS: Final = ("chromium", "chromium-browser", "google-chrome")
FLAGS: Final = (
    "--disable-gpu", "--disable-quic", "--disable-sync", "--disable-component-update",
    "--disable-background-networking", "--no-first-run", "--force-color-profile=srgb",
)  # fmt: skip
PATIENCE: Final = 30_000
"""Milliseconds for whatever the page does by itself."""
LONG: Final = 180_000
"""Milliseconds for whatever a kernel does."""

CURRENT: Final = "window.jupyterapp?.shell?.currentWidget"
IS_READY: Final = f"""name => {{
    const panel = {CURRENT};
    return panel?.context?.path?.endsWith(name) && panel.context.isReady
        && panel.sessionContext.session?.kernel?.status === "idle";
}}"""
HAS_RUN: Final = f"""numbers => {{
    const cells = {CURRENT}.content.widgets;
    return numbers.every(number => {{
        const {{executionCount, executionState}} = cells[number].model;
        return executionCount !== null && executionState === "idle";
    }});
}}"""
FORGET: Final = f"number => {CURRENT}.content.widgets[number].model.clearExecution()"
ERRORS: Final = '.jp-OutputArea-output[data-mime-type="application/vnd.jupyter.error"]'
ASK_TWICE: Final = f"""async () => {{
    const kernel = {CURRENT}.sessionContext.session.kernel;
    await kernel.requestKernelInfo();
    await kernel.requestKernelInfo();
}}"""
"""What a widget sends goes before a question, or at the latest before the next one."""
CODE: Final = f"""() => {CURRENT}.content.widgets.flatMap(
    (cell, number) => cell.model.type === "code"
        ? [[number, cell.model.sharedModel.getSource()]] : []
)"""


def find_browser() -> str | None:
    """The program of the browser that the system has, if it has one."""
    return next(filter(None, map(shutil.which, PROGRAMS)), None)


@contextmanager
def browse(program: str) -> Iterator[Browser]:
    """Start a browser without a window, and end it."""
    # Chromium's own sandbox refuses to work for root.
    as_root = ("--no-sandbox",) if sys.platform == "linux" and os.geteuid() == 0 else ()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=[*FLAGS, *as_root])
        try:
            yield browser
        finally:
            browser.close()


@dataclass(frozen=True, slots=True)
class Learner:
    """Somebody in front of a page; ``pictures`` is where what they see is kept."""

    page: Page
    served: Served
    pictures: Path

    # ------------------------------------------------------------------ notebooks and cells

    def open(self, notebook: str) -> None:
        """Open a notebook from ``notebooks/``, and wait until its kernel is idle."""
        with self.doing(f"open {notebook}"):
            self.page.goto(self.served.url_of(notebook), timeout=LONG)
            name = f"{notebook}.ipynb"
            self.page.wait_for_function(IS_READY, arg=name, timeout=LONG)

    def run_all(self) -> None:
        """Run every cell, and wait for the last one."""
        self.take("Run", "Run All Cells")
        self.await_cells([number for number, _ in self.code_cells()])

    def answer(self, words: str, source: str) -> None:
        """Type another source into the one cell that contains these words, and run it."""
        number = self.number_of(words)
        with self.doing(f"type an answer into the cell with {words!r}"):
            self.page.evaluate(FORGET, number)
            self.cell(number).locator(".cm-content").click()
            self.page.keyboard.press("ControlOrMeta+a")
            self.page.keyboard.insert_text(source)
            self.page.keyboard.press("Shift+Enter")
        self.await_cells([number])

    def await_cells(self, numbers: list[int]) -> None:
        """Wait until the kernel is through with these cells."""
        with self.doing("wait for the kernel"):
            self.page.wait_for_function(HAS_RUN, arg=numbers, timeout=LONG)

    def code_cells(self) -> list[tuple[int, str]]:
        """The number of every code cell, with its source."""
        return [(number, source) for number, source in self.page.evaluate(CODE)]

    def number_of(self, words: str) -> int:
        """The number of the one code cell that contains these words."""
        numbers = [number for number, source in self.code_cells() if words in source]
        assert len(numbers) == 1, f"{len(numbers)} cells contain {words!r}, not one"
        return numbers[0]

    def cell(self, number: int) -> Locator:
        """A cell on the page, brought into sight."""
        cell = self.page.locator(f'.jp-Notebook .jp-Cell[data-windowed-list-index="{number}"]')
        cell.scroll_into_view_if_needed()
        return cell

    def output(self, words: str) -> Locator:
        """What the one cell that contains these words has put out, brought into sight."""
        with self.doing(f"look at the output of the cell with {words!r}"):
            output = self.cell(self.number_of(words)).locator(".jp-Cell-outputArea")
            output.scroll_into_view_if_needed()
            return output

    def read(self, words: str) -> str:
        """The text of the output of the one cell that contains these words."""
        output = self.output(words)
        with self.doing(f"read the output of the cell with {words!r}"):
            return output.inner_text()

    def badge(self, words: str) -> str:
        """The word in the frame of the card that this cell has put out."""
        output = self.output(words)
        with self.doing(f"find a card in the output of the cell with {words!r}"):
            return output.locator(".docent .kind").inner_text()

    # ------------------------------------------------------------------ menus

    def take(self, *words: str) -> None:
        """Choose from JupyterLab's menus: ``take("Run", "Run All Cells")``."""
        with self.doing(f"choose {' → '.join(words)} from the menus"):
            first, *others = words
            self.page.locator(".lm-MenuBar-itemLabel", has_text=exactly(first)).click()
            for word in others:
                self.page.locator(".lm-Menu-itemLabel", has_text=exactly(word)).last.click()

    def wear(self, theme: Theme) -> None:
        """Change JupyterLab's theme."""
        self.take("Settings", "Theme", f"JupyterLab {theme}")
        with self.doing(f"wait for the {theme.lower()} theme"):
            light = str(theme == "Light").lower()
            body = self.page.locator(f'body[data-jp-theme-light="{light}"]')
            body.wait_for(state="attached")

    def choose(self, words: str, menu: str, label: str, until: str) -> None:
        """Choose from a drop-down in a cell's output, and wait until these words stand there."""
        output = self.output(words)
        with self.doing(f"choose {label!r} from the menu {menu}, and read {until!r} below it"):
            output.get_by_label(menu, exact=True).select_option(label=label)
            self.page.evaluate(ASK_TWICE)
            output.locator(".docent").get_by_text(until).first.wait_for()

    def press(self, words: str, button: str) -> None:
        """Press a button in a cell's output, and wait until the kernel has done what it asks."""
        output = self.output(words)
        with self.doing(f"press the button {button!r} below the cell with {words!r}"):
            output.get_by_role("button", name=button, exact=True).click()
            self.page.evaluate(ASK_TWICE)

    # ------------------------------------------------------------------ pictures, and what failed

    def picture(self, name: str) -> Path:
        """Keep a picture of what is to be seen."""
        path = self.pictures / f"{name}.png"
        self.page.screenshot(path=path)
        return path

    @contextmanager
    def doing(self, what: str) -> Iterator[None]:
        """Say what could not be done when it could not be done."""
        try:
            yield
        except PlaywrightError as error:
            first = str(error).strip().splitlines()[0]
            raise AssertionError(f"Could not {what}: {first}\n{self._scene()}") from None

    def _scene(self) -> str:
        """What there is to be seen instead."""
        try:
            picture = self.picture("what-was-there-instead")
            dialogs = self.page.locator(".jp-Dialog-content").all_inner_texts()
            errors = self.page.locator(ERRORS).all_inner_texts()
        except PlaywrightError:
            return "The page does not answer any more."
        said = [*dialogs, *(error.strip().splitlines()[-1] for error in errors if error.strip())]
        return "\n".join([f"A picture of the page: {picture}", *said])


def exactly(word: str) -> re.Pattern[str]:
    """A text that is this word and nothing else."""
    return re.compile(rf"^{re.escape(word)}$")
