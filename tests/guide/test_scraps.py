"""What a killed kernel left is swept up; what somebody still works in is not."""

from __future__ import annotations

from pathlib import Path

from docent.scraps import IN_USE, scrap_folder


def test_only_what_nobody_uses_is_swept_up(tmp_path: Path) -> None:
    left = tmp_path / "build-of-one-who-was-killed"
    (left / "deeper").mkdir(parents=True)
    (left / IN_USE).touch()
    (tmp_path / "build-by-hand").mkdir()  # no such folder of ours is without the mark
    (tmp_path / "making-something-else").mkdir()
    (tmp_path / "making-something-else" / IN_USE).touch()
    with scrap_folder("build", tmp_path) as mine:
        (mine / "work").touch()
        assert not left.exists()
        with scrap_folder("build", tmp_path) as other:
            assert (mine / "work").exists()
            assert other != mine
    assert {path.name for path in tmp_path.iterdir()} == {"build-by-hand", "making-something-else"}
