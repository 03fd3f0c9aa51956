"""The dashboard: a notebook that runs the monitor and shows the history."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat
import papermill  # type: ignore[import-untyped]
import psycopg
import pytest

from contracts.loading import load_folder
from data_assets.crm import seed_signups
from prevention.decision import NotJudged
from tests.conftest import REPOSITORY, new_database

ALL = len(load_folder(REPOSITORY / "contracts"))
NOTEBOOK = REPOSITORY / "notebooks" / "dashboard.ipynb"


def executed(url: str, folder: Path) -> nbformat.NotebookNode:
    """The notebook after a run on this database."""
    run: nbformat.NotebookNode = papermill.execute_notebook(
        NOTEBOOK, folder / "run.ipynb", parameters={"database_url": url}, cwd=NOTEBOOK.parent,
        progress_bar=False, kernel_name="python3",
    )  # fmt: skip
    return run


def shown(notebook: nbformat.NotebookNode, source: str) -> Any:
    """What the one cell with this source returned, by the kind of data."""
    (cell,) = [c for c in notebook.cells if c.cell_type == "code" and source in c.source]
    (output,) = cell.outputs
    return output.data


@pytest.fixture(scope="module")
def runs(
    server_18: str, museum_template: str, tmp_path_factory: pytest.TempPathFactory
) -> list[nbformat.NotebookNode]:
    """A museum as it was made, the same with a promise broken, and mended again."""
    folder = tmp_path_factory.mktemp("dashboard")
    changes = (
        "select 1",
        "alter table object_images rename column primary_image to image",
        "alter table object_images rename column image to primary_image",
    )
    notebooks = []
    with (
        new_database(server_18, museum_template) as url,
        psycopg.connect(url, autocommit=True) as connection,
    ):
        name = psycopg.sql.Identifier(connection.info.dbname)
        marked = psycopg.sql.SQL("comment on database {} is 'docent sandbox'").format(name)
        connection.execute(marked)
        seed_signups(connection)
        for change in changes:
            connection.execute(change)
            notebooks.append(executed(url, folder))
    return notebooks


def test_each_run_is_told(runs: list[nbformat.NotebookNode]) -> None:
    first, broken, mended = (shown(run, "watch()")["text/plain"] for run in runs)
    assert f"{ALL} of {ALL} contracts hold" in first
    assert "schema docent_history of " in first
    assert f"{ALL - 1} of {ALL} contracts hold" in broken
    assert (broken.count("began"), mended.count("ended")) == (1, 1)


def test_the_page_and_its_text_say_the_same(runs: list[nbformat.NotebookNode]) -> None:
    for run, held in zip(runs, (ALL, ALL - 1, ALL), strict=True):
        data = shown(run, "dashboard(days)")
        headline = f"{held} of {ALL}"
        assert data["text/plain"].startswith(f"{headline} contracts hold")
        assert f"{headline} contracts hold</h1>" in data["text/html"]
        assert "<script" not in data["text/html"]


def test_the_breach_is_a_row_that_begins_and_ends(runs: list[nbformat.NotebookNode]) -> None:
    none, lasts, ended = (shown(run, "found = breaches")["text/plain"] for run in runs)
    assert "Empty DataFrame" in none
    assert ("column-renamed" in lasts, "NaT" in lasts) == (True, True)
    assert ("column-renamed" in ended, "NaT" in ended) == (True, False)


def test_the_history_is_there_to_be_asked(runs: list[nbformat.NotebookNode]) -> None:
    said = shown(runs[-1], "from docent_history.runs")["text/plain"].splitlines()
    assert [line.split()[-3] for line in said[1:]] == ["held", "broken", "held"]


def test_without_a_run_it_says_what_to_do(museum: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from docent import place
    from docent.dashboard import dashboard

    monkeypatch.setattr(place, "_told", {"database_url": museum})
    with pytest.raises(NotJudged, match="the monitor has not run"):
        dashboard()
