from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_assets import home
from tests.conftest import REPOSITORY


@pytest.mark.parametrize(
    ("who", "expected"),
    [
        ("anna", "docent_anna"),
        ("Anna", "docent_anna"),
        ("anna_2", "docent_anna_2"),
        ("a.b", "docent_a_b_2e7336"),
        ("a b", "docent_a_b_c8687a"),
        ("李雷", "docent_learner_3a4732"),
        ("../../etc; drop database", "docent_etc_drop_database_9bf4fb"),
        ("x" * 32, "docent_" + "x" * 32),
        ("x" * 200, "docent_" + "x" * 32 + "_aa20c2"),
    ],
)
def test_a_learners_database(who: str, expected: str) -> None:
    assert home.database_name(who) == expected


@given(st.text(min_size=1), st.text(min_size=1))
def test_two_learners_never_share_a_database(one: str, other: str) -> None:
    names = {home.database_name(one), home.database_name(other)}
    assert len(names) == len({one.lower(), other.lower()})
    assert all(name.isidentifier() and name.isascii() and len(name) <= 48 for name in names)


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, REPOSITORY / ".docent"),
        ({"DOCENT_HOME": ""}, REPOSITORY / ".docent"),
        ({"DOCENT_HOME": "/srv/a b"}, Path("/srv/a b")),
        ({"DOCENT_HOME": "~/x"}, Path.home() / "x"),
        ({"DOCENT_HOME": "here"}, Path.cwd() / "here"),
    ],
)
def test_where_the_sandbox_keeps_its_things(environment: dict[str, str], expected: Path) -> None:
    assert home.home_folder(environment) == expected


def test_outside_a_clone_the_current_folder_counts(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(home, "__file__", str(tmp_path / "site-packages" / "pkg" / "home.py"))
    monkeypatch.chdir(tmp_path)
    assert home.home_folder({}) == tmp_path / ".docent"


def test_who_is_learning(monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody() -> str:
        raise KeyError("no such user")

    assert home.learner({"DOCENT_LEARNER": " anna "}) == "anna"
    monkeypatch.setattr("getpass.getuser", lambda: "ben")
    assert home.learner({"DOCENT_LEARNER": " "}) == "ben"
    monkeypatch.setattr("getpass.getuser", nobody)
    assert home.learner({}) == "learner"
