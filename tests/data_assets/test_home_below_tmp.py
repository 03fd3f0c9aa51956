"""A sandbox whose own folder looks like one of the short folders made for sockets."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from data_assets import server


@pytest.fixture
def home() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="docent-", dir="/tmp"))
    folder.chmod(0o755)
    yield folder / "home"
    server.stop(folder / "home")
    shutil.rmtree(folder, ignore_errors=True)


def test_stopping_leaves_the_data_wherever_they_lie(home: Path) -> None:
    server.start(home)
    assert server.stop(home)
    assert server.is_set_up(home)
    server.start(home)
    assert server.is_running(home)


@pytest.mark.parametrize(
    ("holds", "stays"),
    [
        ((), False),
        ((".s.PGSQL.5432", ".s.PGSQL.5432.lock"), False),
        (("PG_VERSION", ".s.PGSQL.5432"), True),
        (("thesis.txt",), True),
    ],
)
def test_only_a_folder_of_a_socket_alone_is_removed(
    holds: tuple[str, ...], stays: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "SHORT_FOLDER", tmp_path / "docent-")
    folder = tmp_path / "docent-x"
    folder.mkdir()
    for name in holds:
        (folder / name).touch()
    server._remove_short_folder(folder)
    assert folder.exists() is stays
    if stays:
        assert (folder / holds[0]).exists()
