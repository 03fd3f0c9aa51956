"""The notebooks, executed as a learner would execute them, and what they show."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat
import papermill  # type: ignore[import-untyped]
import psycopg
import pytest

from tests.conftest import REPOSITORY

NOTEBOOKS = REPOSITORY / "notebooks"


def run(name: str, folder: Path, database_url: str) -> nbformat.NotebookNode:
    """Execute a notebook in its own folder against a database, and return it with its outputs."""
    executed: nbformat.NotebookNode = papermill.execute_notebook(
        NOTEBOOKS / name,
        folder / name,
        parameters={"database_url": database_url},
        cwd=NOTEBOOKS,
        progress_bar=False,
        kernel_name="python3",
    )
    return executed


def said_by(notebook: nbformat.NotebookNode, source: str) -> str:
    """Return what the one cell that contains this source printed or returned, as plain text."""
    (cell,) = [c for c in notebook.cells if c.cell_type == "code" and source in c.source]
    return "".join(text_of(output) for output in cell.outputs)


def text_of(output: Any) -> str:
    if output.output_type == "stream":
        return str(output.text)
    return str(output.data["text/plain"])


@pytest.fixture(scope="module")
def finished(
    server_18: str, museum_template: str, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, nbformat.NotebookNode]:
    """Both notebooks after a run, one after the other on the same museum, as docent up makes it."""
    from data_assets.crm import seed_signups
    from data_assets.marking import Mark, write_mark
    from tests.conftest import new_database

    folder = tmp_path_factory.mktemp("notebooks")
    with new_database(server_18, museum_template) as url:
        with psycopg.connect(url) as connection:
            write_mark(connection, connection.info.dbname, Mark())
            seed_signups(connection)
        names = ("00_start_here.ipynb", "sql_scratchpad.ipynb")
        notebooks = {name: run(name, folder, url) for name in names}
        with psycopg.connect(url) as connection:
            row = connection.execute("select count(primary_image) from object_images").fetchone()
        assert row is not None
        assert row[0] > 0  # the broken promise of lesson 00 was rolled back
        return notebooks


@pytest.fixture(scope="module")
def start_here(finished: dict[str, nbformat.NotebookNode]) -> nbformat.NotebookNode:
    return finished["00_start_here.ipynb"]


@pytest.fixture(scope="module")
def scratchpad(finished: dict[str, nbformat.NotebookNode]) -> nbformat.NotebookNode:
    return finished["sql_scratchpad.ipynb"]


def test_start_here_counts_the_sample(start_here: nbformat.NotebookNode) -> None:
    header, row = said_by(start_here, "with_a_picture").splitlines()
    assert header.split() == ["works", "with_a_picture", "on_view"]
    works, with_a_picture, on_view = map(int, row.split()[1:])
    assert 2_900 <= works <= 3_100
    assert 0 < with_a_picture < works
    assert 0 < on_view < works


def test_start_here_is_green_then_red_then_green(start_here: nbformat.NotebookNode) -> None:
    kept = said_by(start_here, "kept = prevention.check(")
    broken = said_by(start_here, "rename column primary_image to image")
    again = said_by(start_here, "again = prevention.check(")
    assert "object_images" not in kept
    assert broken.count("column-renamed") == 1
    for said in ("primary_image", "image", "Data Engineering Team", "object_images_contract_spec"):
        assert said in broken
    assert again.splitlines()[-1] == "exit code: 0 · while it was broken: 1"


def test_start_here_shows_the_owner_before_the_promise(start_here: nbformat.NotebookNode) -> None:
    said = said_by(start_here, 'print(document["owner"])')
    assert "data-eng@museum.org" in said
    assert "'data_type': 'text'" in said


def test_the_scratchpad_answers_with_tables(scratchpad: nbformat.NotebookNode) -> None:
    departments = said_by(scratchpad, "group by department")
    assert departments.splitlines()[0].split() == ["department", "works", "with_a_picture"]
    assert len(departments.splitlines()) == 11
    galleries = said_by(scratchpad, "gallery_number !~")
    assert "Fifth Avenue" in galleries


def test_the_scratchpad_explains_a_mistake_in_a_few_lines(
    scratchpad: nbformat.NotebookNode,
) -> None:
    said = said_by(scratchpad, "except SqlError").splitlines()
    assert said == [
        'Postgres says: column "titel" does not exist',
        "    select titel from object",
        "           ^",
        'Next: Perhaps you meant to reference the column "object.title".',
    ]


@pytest.mark.parametrize("name", sorted(path.name for path in NOTEBOOKS.glob("*.ipynb")))
def test_a_notebook_is_committed_as_it_should_be(name: str) -> None:
    notebook = nbformat.read(NOTEBOOKS / name, as_version=4)
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    (parameters,) = [cell for cell in cells if "parameters" in cell.metadata.get("tags", [])]
    assert "database_url = " in parameters.source
    assert "mode = " in parameters.source
    assert all(not cell.outputs and cell.execution_count is None for cell in cells)
    assert all(len(cell.source.splitlines()) <= 15 for cell in cells)
