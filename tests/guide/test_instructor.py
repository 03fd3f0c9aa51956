"""The instructor's notebook over a class of pretend learners, who really did the exercises."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import nbformat
import papermill  # type: ignore[import-untyped]
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from data_assets import urls
from docent import commands, looks
from docent.class_board import Board
from docent.class_cards import class_card, fresh_starts_card, preview_card, told_span
from docent.class_table import open_class
from docent.classroom import Copy
from docent.display import Shown
from docent.drawings import Bar, Light, Squares
from docent.instructor import show_class, timetable, watch
from docent.lessons import LESSONS
from docent.looks import room_card
from docent.records import Progress, Record
from docent.resetting import FreshStart, Reach
from docent.solving import lint
from docent.standing import standings
from tests.conftest import REPOSITORY, new_database
from tests.guide.pretend_class import CLASS, Pretender, play
from tests.guide.test_display import HOSTILE
from tests.guide.test_lab import Page
from tests.notebooks.test_first_notebooks import said_by

NOTEBOOK = REPOSITORY / "notebooks" / "instructor.ipynb"
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture(params=["folder", "table"])
def school(
    request: pytest.FixtureRequest, learner: Path, server_18: str, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[str]:  # fmt: skip
    """Where the class is; its learners are in the midst of it."""
    now = datetime.now(UTC).replace(microsecond=0)
    if request.param == "folder":
        folder = tmp_path / "class"
        folder.mkdir()
        monkeypatch.setenv("DOCENT_CLASS_FOLDER", str(folder))
        play(CLASS, now, monkeypatch)
        yield str(folder)
        return
    with new_database(server_18) as url:
        open_class(url, urls.name_in(url))
        monkeypatch.setenv("DOCENT_CLASS_URL", url)
        play(CLASS, now, monkeypatch)
        yield url


def run(place: str, tmp_path: Path) -> Any:
    """The notebook as an instructor runs it, in a kernel of its own."""
    return papermill.execute_notebook(
        NOTEBOOK, tmp_path / "run.ipynb", parameters={"class_place": place},
        cwd=NOTEBOOK.parent, progress_bar=False, kernel_name="python3",
    )  # fmt: skip


def lines(text: str) -> list[str]:
    """Lines with one space wherever there are several."""
    return [" ".join(line.split()) for line in text.splitlines()]


def test_the_notebook_tells_who_needs_help_and_where_everybody_is(
    school: str, tmp_path: Path
) -> None:
    notebook = run(school, tmp_path)
    shown = lines(said_by(notebook, "\nshow_class(class_place)"))
    assert shown[0] == "CLASS 7 learners · 2 stuck · 2 trying · 2 reading · 1 away"
    helped = shown[shown.index("Who needs help first") + 2 :][:4]
    for line, (name, state, at, tries, told) in zip(helped, [
        ("Ada", "stuck", "03.2", "3, 1 hint", "Only the arrays are left"),
        ("Dmitri", "stuck", "00.1", "1, 1 hint", "Your query counts alembic_version too"),
        ("Farid", "trying", "03.2", "1", "Only the arrays are left"),
        ("Ben", "trying", "01.2", "1", "That counts works without any picture too."),
    ], strict=True):  # fmt: skip
        assert re.match(rf"{name} {state} {at} \d+ min {tries} {told}", line), line
    assert "03.2, 2 learners Only the arrays are left: every other column fell out of" in (
        " ".join(shown)
    )
    board = shown[shown.index("Where everybody is") + 2 :][:7]
    assert [line.split()[0] for line in board] == [
        "Ada", "Ben", "Chloé", "Dmitri", "Esi", "Farid", "林",
    ]  # fmt: skip
    assert re.match(r"Ada stuck 03\.2 \d+ min xxx xxxx \.{5} x>~\.\.", board[0])
    assert re.match(r"Esi away 00 1 h \d+ min xxx \.{4}", board[4])
    bars = shown[shown.index("How far the class is") + 2 :][:2]
    assert bars == ["00 Start here xxxxx~~ 5 of 7", "01 The incident xxx~... 3 of 7"]
    assert (
        said_by(notebook, "watch(class_place)").splitlines()[0]
        == (said_by(notebook, "\nshow_class(class_place)").splitlines()[0])
    )
    assert "Nobody was reset" in said_by(notebook, "reset_learner(")
    assert "A fresh start for 7 learners" in said_by(notebook, "reset_class(")
    assert "class_place" not in said_by(notebook, "check_room(")


def test_nothing_that_somebody_wrote_is_shown(school: str, tmp_path: Path) -> None:
    """The wrong answers of the class, and whole cells of it, are nowhere in the notebook."""
    from docent.lessons import EXERCISES

    text = "".join(
        said_by(run(school, tmp_path), source)
        for source in ("\nshow_class(class_place)", "reset_class(")
    )
    for one in CLASS:
        for _, deed in one.deeds:
            verb, _, id_ = deed.partition(" ")
            if verb == "miss":
                wrong = EXERCISES[id_].wrong[0]
                written = wrong.cell or str(wrong.answer)
                assert not any(len(line) > 20 and line in text for line in written.splitlines())


def test_as_it_is_shipped_it_shows_this_sandbox(
    learner: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    play(CLASS[1:2], datetime.now(UTC).replace(microsecond=0), monkeypatch)
    notebook = papermill.execute_notebook(
        NOTEBOOK, tmp_path / "run.ipynb", cwd=NOTEBOOK.parent, progress_bar=False,
        kernel_name="python3",
    )  # fmt: skip
    assert "CLASS  1 learner · 1 trying" in said_by(notebook, "\nshow_class(class_place)")
    assert "No class was opened" in said_by(notebook, "open_class(")


def test_it_is_committed_as_it_should_be() -> None:
    assert lint(nbformat.read(NOTEBOOK, as_version=4), NOTEBOOK.name, None) == ()


def test_the_button_reads_the_class_anew(
    learner: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOCENT_CLASS_FOLDER", str(tmp_path))
    board = watch()
    assert isinstance(board, Board)
    assert "Nobody has begun" in board.result.value
    play([Pretender("Ada", ((3, "begin 00"),))], datetime.now(UTC), monkeypatch)
    assert "Nobody has begun" in board.result.value
    board.button.click()
    assert "reading 00.1" in board.result.value
    bundle = board._repr_mimebundle_()
    assert {"application/vnd.jupyter.widget-view+json", "text/html", "text/plain"} <= set(bundle)
    tmp_path.joinpath("ada.lock").touch()
    for file in tmp_path.glob("*.json"):
        file.unlink()
    tmp_path.rename(tmp_path.with_name("gone"))
    board.button.click()
    assert "there is no such folder" in board.result.value
    tmp_path.with_name("gone").rename(tmp_path)


def test_without_widgets_there_is_the_card(learner: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import builtins

    real = builtins.__import__

    def without(name: str, *rest: Any, **more: Any) -> Any:
        if name in ("ipywidgets", "docent.class_board"):
            raise ImportError(name)
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", without)
    assert isinstance(watch(), Shown)


def test_the_command_shows_the_same_class(school: str) -> None:
    result = CliRunner().invoke(commands.progress, ["--class", school])
    assert result.exit_code == 0, result.output
    said = lines(result.output)
    assert said[:-1] == lines(repr(show_class(school)))[:-1]
    wrong = CliRunner().invoke(commands.progress, ["--class", "postgresql:///x?host=/nowhere"])
    assert (wrong.exit_code, "is down" in wrong.output) == (2, True)


# ---------------------------------------------------------------- the cards


TAGS = {
    "style", "div", "span", "p", "code", "dl", "dt", "dd", "br", "table", "thead", "tbody", "tr",
    "th", "td", "svg", "rect",
}  # fmt: skip
ATTRIBUTES = {
    "class", "scope", "role", "aria-label", "viewbox", "preserveaspectratio", "x", "y", "width",
    "height",
}  # fmt: skip


def cards_about(text: str) -> list[Shown[Any]]:
    """Every card of the instructor's, with this text wherever somebody else's words can stand."""
    record = Record(attempts=1, misses=1, last_kind="wrong", last_message=text,
                    last_at=NOW.isoformat(), first_at=NOW.isoformat())  # fmt: skip
    two = [
        Copy(f"{text}-{number}", Progress(text, str(number), {"00.1": record})) for number in (1, 2)
    ]
    reach = Reach(two[0], {}, text, text)
    return [
        class_card(LESSONS, standings(LESSONS, two, NOW), NOW, text, [text]),
        preview_card([reach, replace(reach, database="")], text),
        fresh_starts_card([FreshStart(text, text, text, text)]),
        room_card([looks.red(text, text, text)], 2),
    ]


def assert_harmless(shown: Shown[Any], text: str) -> None:
    page = Page(shown)
    assert page.tags <= TAGS
    assert page.attributes <= ATTRIBUTES
    repr(shown).encode()
    for mark in ("\x1b", "\u202e", "\ud800"):
        assert mark not in shown.html() + repr(shown)


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_what_others_wrote_is_shown_and_does_nothing(text: str) -> None:
    for shown in cards_about(text):
        assert_harmless(shown, text)


@given(st.text(st.characters()))
def test_any_text_is_harmless(text: str) -> None:
    for shown in cards_about(text):
        assert_harmless(shown, text)


def test_two_of_one_name_are_told_apart_by_their_keys() -> None:
    card = repr(cards_about("Ada")[0])
    assert "Ada (Ada-1)" in card
    assert "Ada (Ada-2)" in card
    assert "00.1, 2 learners" in card


@pytest.mark.parametrize(
    ("drawn", "text", "html"),
    [
        (Light("red", "stuck"), "stuck", "light red"),
        (Light("green"), "green", ">green<"),
        (Squares(("done", "begun", "open"), 1), "x>~.", "square begun here"),
        (Squares(("open", "open")), "..", "0 of 2 done"),
        (Bar((1, 2, 0)), "x~~", 'viewBox="0 0 3 1"'),
        (Bar((0, 0, 0)), "", 'viewBox="0 0 1 1"'),
    ],
)
def test_drawings_say_in_words_what_they_show(
    drawn: Light | Squares | Bar, text: str, html: str
) -> None:
    assert drawn.plain() == text
    assert html in drawn.html()


@pytest.mark.parametrize(
    ("span", "told"),
    [
        (timedelta(seconds=-5), "0 min"), (timedelta(seconds=29), "0 min"),
        (timedelta(minutes=59), "59 min"), (timedelta(minutes=74), "1 h 14 min"),
        (timedelta(hours=24), "1 day"), (timedelta(days=3), "3 days"),
    ],
)  # fmt: skip
def test_spans_of_time(span: timedelta, told: str) -> None:
    assert " ".join(told_span(span).split()) == told


# ---------------------------------------------------------------- the hours


def test_the_timetable_adds_up() -> None:
    shown = timetable("09:30", lessons=["00", "1", "03", "04"], pause=10)
    slots = shown.subject
    assert [slot.lesson and slot.lesson.id for slot in slots] == ["00", "01", "03", None, "04"]
    for slot, after in pairwise(slots):
        assert after.begins - slot.begins == timedelta(minutes=slot.minutes)
    minutes = sum(slot.minutes for slot in slots)
    assert f"{minutes // 60} h {minutes % 60:02} min" in repr(shown)
    assert len(timetable().subject) >= len(LESSONS)


def test_every_lesson_has_a_note_for_the_room() -> None:
    shown = repr(timetable())
    for lesson in LESSONS:
        assert lesson.room_notes
        assert lesson.room_notes[0] in shown


@pytest.mark.parametrize("start", ["half past nine", "25:00", ""])
def test_a_time_that_is_none_is_told(start: str) -> None:
    assert "There is no such time of day" in repr(timetable(start))


def test_the_environment_is_read_where_no_place_is_named(
    learner: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert str(learner / "progress") in repr(show_class())
    monkeypatch.setenv("DOCENT_CLASS_FOLDER", str(tmp_path / "none"))
    assert "there is no such folder" in repr(show_class())
    assert os.environ["DOCENT_LEARNER"] == "Ada"
