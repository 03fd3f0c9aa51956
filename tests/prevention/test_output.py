from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from prevention.output import write_new, write_result, write_whole


def test_a_file_is_replaced_whole_and_keeps_its_rights(tmp_path: Path) -> None:
    file = tmp_path / "report.json"
    write_whole(file, "first")
    assert stat.S_IMODE(file.stat().st_mode) & 0o077 == 0o044
    file.chmod(0o600)
    write_whole(file, "second")
    assert (file.read_text(), stat.S_IMODE(file.stat().st_mode)) == ("second", 0o600)
    assert list(tmp_path.iterdir()) == [file]


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "report.json")
    write_whole(tmp_path / "link", "text")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "report.json").read_text() == "text"


def test_what_is_no_ordinary_file_is_written_to_and_not_replaced(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    end = os.open(pipe, os.O_RDWR | os.O_NONBLOCK)
    try:
        write_whole(pipe, "text")
        assert pipe.is_fifo()
        assert os.read(end, 10) == b"text"
    finally:
        os.close(end)


def test_a_failure_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "report.json"
    file.write_text("first")

    def full_disk(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full_disk)
    with pytest.raises(OSError, match="No space"):
        write_whole(file, "second")
    assert file.read_text() == "first"
    assert list(tmp_path.iterdir()) == [file]


def test_what_cannot_be_encoded_is_escaped(tmp_path: Path) -> None:
    write_whole(tmp_path / "report", "a\udc80")
    assert (tmp_path / "report").read_text() == "a\\udc80"


def test_a_new_file_never_takes_the_place_of_another(tmp_path: Path) -> None:
    file = tmp_path / "draft.json"
    write_new(file, "mine")
    with pytest.raises(FileExistsError):
        write_new(file, "yours")
    assert file.read_text() == "mine"


def test_a_new_file_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    with pytest.raises(UnicodeEncodeError):
        write_new(tmp_path / "draft.json", "a\udc80")
    assert list(tmp_path.iterdir()) == []


def test_a_dash_is_standard_output(capsys: pytest.CaptureFixture[str]) -> None:
    write_result("text\n", Path("-"))
    write_result("more\n", None)
    assert capsys.readouterr().out == "text\nmore\n"


def test_a_file_that_cannot_be_made_is_called_by_the_name_that_was_given(tmp_path: Path) -> None:
    file = tmp_path / "nowhere" / "docent.prom"
    with pytest.raises(FileNotFoundError) as caught:
        write_whole(file, "text")
    assert caught.value.filename == str(file)
