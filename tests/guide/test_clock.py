"""The clock that a learner turns: it is theirs alone, it is looked at, it is given back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from data_assets import sandbox
from data_assets.marking import mark_of
from docent.clock import Clock, Reading, clock_to_turn
from docent.clock_face import Face
from docent.row_promises import RECORDS

NEWEST = "select max(metadata_date) from object_api_metadata"


@pytest.fixture
def contract(tmp_path: Path) -> Path:
    path = tmp_path / "records.yaml"
    path.write_text(RECORDS)
    return path


@pytest.fixture
def clock(own_museum: str, contract: Path) -> Clock:
    """The clock of a museum of one's own."""
    return Clock(contract, own_museum)


def newest(url: str) -> datetime:
    with psycopg.connect(url) as connection:
        row = connection.execute(NEWEST).fetchone()
    assert row
    moment: datetime = row[0].replace(tzinfo=UTC)
    return moment


def set_to(url: str) -> str:
    """What the mark of a database says of its clock."""
    with psycopg.connect(url) as connection:
        mark = mark_of(connection)
    return mark.clock if mark else "no mark"


@pytest.mark.parametrize(
    ("days", "found"),
    [
        (0, None),
        (6.99, None),
        (7, "the newest is 7 days old"),
        (8, "the newest is 8 days old"),
        (400, "the newest is 1 year 35 days old"),
    ],
)
def test_freshness_is_as_the_clock_says(
    clock: Clock, own_museum: str, days: float, found: str | None
) -> None:
    reading = clock.turn(days).subject
    assert isinstance(reading, Reading)
    assert (reading.promised, reading.found) == ("the newest row less than 7 days old", found)
    assert reading.now == newest(own_museum) + timedelta(days=days)
    assert set_to(own_museum) == reading.now.isoformat()
    assert clock.look().kind == ("kept" if found is None else "broken")


def test_it_is_given_back(clock: Clock, own_museum: str) -> None:
    assert "until you give it back" in repr(clock.turn(30))
    shown = clock.give_back()
    assert "give it back" not in repr(shown)
    assert set_to(own_museum) == ""
    assert (shown.kind, shown.subject.now - shown.subject.newest) == ("kept", timedelta(seconds=1))


def test_a_fresh_database_has_a_clock_of_its_own(
    learner: Path, own_museum: str, contract: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", own_museum)
    Clock(contract).turn(30)
    assert set_to(own_museum)
    sandbox.reset({"DATABASE_URL": own_museum, "DOCENT_HOME": str(learner)})
    assert set_to(own_museum) == ""


def test_it_is_nobody_else_s(clock: Clock, museum: str, own_museum: str) -> None:
    before = set_to(museum)
    clock.turn(30)
    assert set_to(museum) == before


def test_a_database_that_is_no_sandbox_has_no_clock_to_turn(database: str, contract: Path) -> None:
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(
            "create table object_api_metadata (object_id int, metadata_date timestamp)"
        )
        connection.execute("insert into object_api_metadata values (1, now())")
    shown = Clock(contract, database).turn(3)
    assert (shown.kind, "sandbox" in repr(shown)) == ("stopped", True)
    assert set_to(database) == "no mark"


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (
            RECORDS.replace("freshness: < 7 days on metadata_date", "row count: '> 1'"),
            "no freshness",
        ),
        ("nonsense", "records.yaml"),
    ],
)
def test_what_cannot_be_read_is_told(clock: Clock, contract: Path, text: str, what: str) -> None:
    contract.write_text(text)
    assert (clock.look().kind, what in repr(clock.look())) == ("stopped", True)


def test_without_rows_there_is_no_newest(clock: Clock, own_museum: str) -> None:
    with psycopg.connect(own_museum) as connection:
        connection.execute("truncate object_api_metadata")
    assert clock.turn(3).kind == "stopped"


# ------------------------------------------------------------------ with something to turn


def test_the_slider_turns_the_clock_and_the_button_gives_it_back(
    contract: Path, own_museum: str
) -> None:
    face = clock_to_turn(contract, own_museum)
    assert isinstance(face, Face)
    assert (face.days.value, face.shown.kind, set_to(own_museum)) == (0, "kept", "")
    face.days.value = 9
    assert (face.shown.kind, face.result.value) == ("broken", face.shown.html())
    assert set_to(own_museum) == (newest(own_museum) + timedelta(days=9)).isoformat()
    again = clock_to_turn(contract, own_museum)
    assert (again.days.value, again.shown.kind) == (9, "broken")
    face.back.click()
    assert (face.days.value, face.shown.kind, set_to(own_museum)) == (0, "kept", "")


def test_without_widgets_it_is_the_card(contract: Path, own_museum: str) -> None:
    face = clock_to_turn(contract, own_museum)
    bundle = face._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in bundle
    assert "The promise of freshness is kept" in str(bundle["text/plain"])
    assert "The promise of freshness is kept" in str(bundle["text/html"])
    assert repr(face) == bundle["text/plain"]


def test_a_face_shows_what_stands_in_the_way(contract: Path, own_museum: str) -> None:
    contract.write_text("nonsense")
    face = clock_to_turn(contract, own_museum)
    assert (face.shown.kind, face.days.value) == ("stopped", 0)
