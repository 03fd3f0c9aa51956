"""How contracts are lived with: read from real repositories and real histories."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from contracts import load_folder
from prevention.health import practice_of
from prevention.history import open_history
from tests.prevention.histories import History, book
from tests.prevention.running import Ran, docent

VISITS = book("visits", columns={"id": "integer"})
SCRIPT = 'revision = "{0}"\ndown_revision = None\ndef upgrade():\n    op.drop_table("visits")\n'
CONTRACT = "contracts/visits.json"


@pytest.fixture
def history(tmp_path: Path) -> History:
    made = History(tmp_path / "museum")
    made.commit({CONTRACT: VISITS})
    return made


def later(history: History, files: dict[str, str]) -> None:
    """Commit these files a day after whatever was committed before."""
    history.write(files)
    history.git("add", "--all")
    day = "2025-02-15T10:30:00Z"
    settings = ["-c", "user.name=Archivist", "-c", "user.email=archive@museum.org"]
    tree, head = history.git("write-tree"), history.git("rev-parse", "HEAD")
    made = subprocess.run(
        ["git", *settings, "commit-tree", tree, "-p", head, "-m", "later"], cwd=history.root,
        env={**os.environ, "GIT_COMMITTER_DATE": day, "GIT_AUTHOR_DATE": day},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    history.git("reset", "--quiet", "--hard", made.stdout.strip())


def practice(history: History) -> tuple[int, list[str], bool | None]:
    contracts = load_folder(history.root / "contracts")
    found = practice_of(contracts, None, history.root)
    newest = max(found.changed.values(), default=0)
    return len(found.changed), [
        each.path for each in found.migrations if each.at > newest
    ], found.enforced  # fmt: skip


def test_migrations_that_come_after_a_contract(history: History) -> None:
    assert practice(history) == (1, [], False)
    script = "migrations/versions/2.py"
    later(history, {script: SCRIPT.format(2), "migrations/versions/notes.py": "x = 1\n"})
    assert practice(history) == (1, [script], False)
    later(history, {CONTRACT: VISITS.replace("visits", "visits", 1) + "\n"})
    assert practice(history) == (1, [], False)


def test_what_is_not_committed_or_no_repository_says_nothing(
    history: History, tmp_path: Path
) -> None:
    (history.root / "contracts" / "works.json").write_text(book("works", columns={"id": "integer"}))
    assert practice(history)[0] == 1
    bare = tmp_path / "alone"
    (bare / "contracts").mkdir(parents=True)
    (bare / CONTRACT).write_text(VISITS)
    found = practice_of(load_folder(bare / "contracts"), None, bare)
    assert (found.changed, found.enforced) == ({}, None)


def test_a_shallow_clone_knows_of_no_days(history: History, tmp_path: Path) -> None:
    history.commit({"README.md": "x"})
    clone = history.clone(tmp_path / "clone", "--depth", "1")
    found = practice_of(load_folder(clone.root / "contracts"), None, clone.root)
    assert (found.changed, found.enforced) == ({}, False)


AUTOMATION = [
    (".github/workflows/gate.yml", "run: docent gate --base origin/main", True),
    (".github/workflows/gate.yaml", "run: uvx docent check", True),
    (".gitlab-ci.yml", "script: [docent monitor]", True),
    (".pre-commit-config.yaml", "- id: docent-check-documents", True),
    (".github/workflows/test.yml", ("run: python -m unittest "
     "prevention/test_data_contract_violations.py"), True),
    ("Makefile", "check:\n\tdocent check", True),
    (".github/workflows/gate.yml", "run: pytest", False),
    ("docs/gate.md", "docent gate", False),
    (".github/workflows/gate.yml", "# docents are tour guides", False),
]  # fmt: skip


@pytest.mark.parametrize(("path", "text", "enforced"), AUTOMATION)
def test_what_runs_the_check(history: History, path: str, text: str, enforced: bool) -> None:
    history.write({path: text})
    assert practice(history)[2] is enforced


@pytest.fixture
def run(history: History, database: str, tmp_path: Path) -> Callable[..., Ran]:
    with closing(psycopg.connect(database, autocommit=True)) as connection:
        connection.execute("create table visits (id text)")
    settings = {"DATABASE_URL": database, "DOCENT_HOME": str(tmp_path / "home")}

    def docent_there(*words: str) -> Ran:
        return docent(*words, folder=history.root, settings=settings)

    return docent_there


def health(ran: Ran) -> set[str]:
    rules = {each["rule"] for each in json.loads(ran.out)["findings"]}
    return {each for each in rules if each.startswith("health-")}


def test_a_promise_that_no_run_ever_found_kept(
    history: History, run: Callable[..., Ran], database: str
) -> None:
    history.write({"pyproject.toml": '[tool.docent]\nhistory-url = "sqlite:///runs.db"\n'})
    ask = ("check", "--health", "--structure-only", "--format", "json")
    assert health(run(*ask)) == {"health-unenforced"}
    for _ in range(2):
        assert run("monitor", "--no-notices").code == 1
    assert health(run(*ask)) == set()  # watched now, and two runs are few
    assert run("monitor", "--no-notices").code == 1
    ran = run(*ask)
    assert (ran.code, health(ran)) == (1, {"health-never-met"})
    (found,) = [
        each for each in json.loads(ran.out)["findings"] if each["rule"] == "health-never-met"
    ]
    assert (found["level"], found["element"]) == ("warning", "public.visits.id")
    assert found["found"].startswith("broken in all 3 runs since ")
    kept = open_history(database, str(history.root / "runs.db"), make=False)
    assert kept is not None
    kept.close()


def test_health_is_told_only_where_somebody_asks(run: Callable[..., Ran]) -> None:
    assert health(run("check", "--structure-only", "--format", "json")) == set()
    ran = run("check", "--documents", "--health")
    assert ran.code == 2
    assert "--health has no meaning beside it" in ran.err


def test_the_museum_is_well(museum: str) -> None:
    ran = docent(
        "check", "--health", "--structure-only", "--format", "json",
        settings={"DATABASE_URL": museum},
    )  # fmt: skip
    assert (ran.code, health(ran)) == (0, set())
