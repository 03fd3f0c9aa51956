"""The files of a commit in a folder of their own."""

from __future__ import annotations

from pathlib import Path

import pytest

from prevention.exporting import export
from prevention.git import find_repository
from tests.prevention.histories import History, git


@pytest.fixture
def history(tmp_path: Path) -> History:
    return History(tmp_path / "museum")


def test_a_commit_is_exported_and_nothing_of_the_clone_is_touched(
    history: History, tmp_path: Path
) -> None:
    history.write({"alembic.ini": "[alembic]\n", "migrations/ü 1.py": b"pass\r\n"})
    history.write({"other/large.bin": b"\0" * 10_000_001})
    (history.root / "link").symlink_to("alembic.ini")
    commit = history.commit()
    history.write({"migrations/ü 1.py": "uncommitted", "untracked.py": "x"})
    before = history.git("status", "--porcelain")
    target = tmp_path / "out"
    export(find_repository(history.root), commit, target)
    found = {path.relative_to(target).as_posix() for path in target.rglob("*")}
    assert found == {"alembic.ini", "link", "migrations", "migrations/ü 1.py"}
    assert (target / "migrations/ü 1.py").read_bytes() == b"pass\r\n"
    assert (target / "link").readlink() == Path("alembic.ini")
    assert history.git("status", "--porcelain") == before
    export(find_repository(history.root), commit, tmp_path / "part", "migrations")
    assert [path.name for path in (tmp_path / "part").iterdir()] == ["migrations"]


def test_a_tree_that_leads_out_writes_nothing_there(history: History, tmp_path: Path) -> None:
    """Git makes no such tree by itself; somebody who means harm can."""
    blob = git(history.root, "hash-object", "-w", "--stdin", given=b"harm")
    tree = git(
        history.root, "mktree", "-z", given=f"100644 blob {blob}\tharm.txt\0".encode()
    )  # fmt: skip
    outer = git(history.root, "hash-object", "-w", "-t", "tree", "--stdin", "--literally",
                given=b"40000 ..\0" + bytes.fromhex(tree))  # fmt: skip
    commit = git(history.root, "commit-tree", outer, "-m", "harm")
    target = tmp_path / "out" / "deep"
    target.mkdir(parents=True)
    export(find_repository(history.root), commit, target)
    assert not list(target.parent.rglob("harm.txt"))


def test_the_working_tree_is_copied_but_for_what_git_ignores(
    history: History, tmp_path: Path
) -> None:
    history.commit({".gitignore": "*.log\n", "db/a.py": "1", "db/gone.py": "1", "other/b.py": "1"})
    history.write({"db/a.py": "2", "db/new.py": "1", "db/noise.log": "1", "db/gone.py": None})
    (history.root / "db" / "link").symlink_to("a.py")
    export(find_repository(history.root), None, tmp_path / "out", "db")
    found = {path.relative_to(tmp_path / "out").as_posix() for path in tmp_path.glob("out/**/*")}
    assert found == {"db", "db/a.py", "db/new.py", "db/link"}
    assert (tmp_path / "out/db/a.py").read_text() == "2"
