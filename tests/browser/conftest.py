"""One JupyterLab and one browser for all of these tests."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from playwright.sync_api import Browser

from tests.browser.learner import PATIENCE, Learner, browse, find_browser
from tests.browser.serving import Served, serve
from tests.conftest import omit

SIZE = {"width": 1280, "height": 900}


@pytest.fixture(scope="session")
def program() -> str:
    """The browser that the system has."""
    found = find_browser()
    if found is None:
        omit("a browser (chromium)")
    assert found is not None
    return found


@pytest.fixture(scope="session")
def served(program: str) -> Iterator[Served]:
    """JupyterLab, over a museum of its own."""
    # Not below pytest's own folder: that one admits nobody else, and the server may be.
    with (
        tempfile.TemporaryDirectory(prefix="docent-lab-", ignore_cleanup_errors=True) as folder,
        serve(Path(folder)) as lab,
    ):
        yield lab


@pytest.fixture(scope="module")
def browser(program: str) -> Iterator[Browser]:
    """The browser; no longer than a module, since an event loop runs for as long as it does."""
    with browse(program) as started:
        yield started


@pytest.fixture(scope="module")
def learner_at(
    browser: Browser, served: Served, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[str], Learner]]:
    """Sit a learner down before a notebook, every cell of which has been run."""
    pages = []

    def sit_down(notebook: str) -> Learner:
        page = browser.new_page(viewport={"width": SIZE["width"], "height": SIZE["height"]})
        page.set_default_timeout(PATIENCE)
        pages.append(page)
        learner = Learner(page, served, tmp_path_factory.mktemp("pictures"))
        learner.open(notebook)
        learner.run_all()
        return learner

    yield sit_down
    for page in pages:
        page.close()


@pytest.fixture(scope="session")
def psql(served: Served) -> Callable[[str], tuple[Any, ...]]:
    """Ask the learner's database something from outside; the first row of the answer."""
    url = served.docent("url").strip()

    def ask(statement: str) -> tuple[Any, ...]:
        with psycopg.connect(url, autocommit=True) as connection:
            cursor = connection.execute(statement.encode())
            return (cursor.fetchone() or ()) if cursor.description else ()

    return ask
