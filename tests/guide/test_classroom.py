"""A class in a folder and in a table: what gets there, what never does, and when it is down."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from psycopg import sql

import docent
from data_assets import migrating, urls
from data_assets.errors import SandboxError
from docent import class_table, guide, sending
from docent.class_table import SharedTable, open_class
from docent.classroom import (
    Classroom,
    ClassTrouble,
    Roll,
    SharedFolder,
    ThisSandbox,
    WasPutAside,
    classroom,
    named_class,
)
from docent.discretion import without_answer
from docent.exercise import Outcome
from docent.ledger import Ledger
from docent.records import Progress, Record, to_text
from docent.sending import REST, Sender
from tests.conftest import REPOSITORY, new_database
from tests.guide.test_ledger import states

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
ADA = to_text(Progress("Ada", "1", {"00.1": Record(attempts=2, last_kind="wrong")}))
ADA_LATER = to_text(Progress("Ada", "1", {"00.1": Record(attempts=3, last_kind="correct")}))
BEN = to_text(Progress("Ben", "2", {"00.1": Record(attempts=1)}))


@pytest.fixture(params=["folder", "table on 18", "table on 15"])
def school(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Classroom]:
    """A class that is open, in each of its forms."""
    if request.param == "folder":
        (tmp_path / "class").mkdir()
        yield SharedFolder(tmp_path / "class")
        return
    server = request.getfixturevalue(f"server_{request.param.rpartition(' ')[2]}")
    with new_database(server) as url:
        open_class(url, urls.name_in(url))
        yield SharedTable(url)


def keys(roll: Roll) -> list[tuple[str, int]]:
    return [(copy.key, copy.progress.of("00.1").attempts) for copy in roll.copies]


# ---------------------------------------------------------------- there and back


def test_each_learner_has_one_copy_and_it_is_the_last(school: Classroom) -> None:
    school.knock()
    assert school.read() == Roll()
    for key, text in (("ben-2", BEN), ("ada-1", ADA), ("ada-1", ADA_LATER)):
        school.send(key, text)
    assert keys(school.read()) == [("ada-1", 3), ("ben-2", 1)]


def test_a_copy_that_was_put_aside_is_kept_and_not_read_and_not_written_again(
    school: Classroom,
) -> None:
    school.send("ada-1", ADA)
    school.send("ben-2", BEN)
    where = school.put_aside("ada-1", NOON)
    assert "ada-1" in where
    assert keys(school.read()) == [("ben-2", 1)]
    with pytest.raises(WasPutAside):
        school.send("ada-1", ADA_LATER)
    school.send("ada-3", ADA_LATER)
    assert keys(school.read()) == [("ada-3", 3), ("ben-2", 1)]
    if isinstance(school, SharedFolder):
        assert Path(where).read_text() == ADA
    else:
        assert kept_in(school) == {"ada-1": 2, "ada-3": 3, "ben-2": 1}


def kept_in(school: Classroom) -> dict[str, int]:
    assert isinstance(school, SharedTable)
    with psycopg.connect(school.url) as connection:
        found = connection.execute("select key, document from docent_class.progress").fetchall()
    return {key: document["exercises"]["00.1"]["attempts"] for key, document in found}


def test_a_file_that_came_just_when_it_was_put_aside_is_no_ghost(tmp_path: Path) -> None:
    school = SharedFolder(tmp_path)
    school.send("ada-1", ADA)
    school.put_aside("ada-1", NOON)
    (tmp_path / "ada-1.json").write_text(ADA_LATER)
    assert school.read() == Roll()


def test_in_this_sandbox_who_begins_anew_is_seen_under_the_same_key(tmp_path: Path) -> None:
    school = ThisSandbox(tmp_path / "progress")
    assert school.read() == Roll()
    for _ in range(2):
        (tmp_path / "progress" / "ada.json").write_text(ADA)
        assert keys(school.read()) == [("ada", 2)]
        school.put_aside("ada", NOON)
        assert school.read() == Roll()
    assert len(list((tmp_path / "progress").glob("ada-*.aside"))) == 2


def test_what_cannot_be_read_is_named_and_hides_nobody(tmp_path: Path) -> None:
    school = SharedFolder(tmp_path)
    school.send("ada-1", ADA)
    (tmp_path / "scribble.json").write_text("{")
    (tmp_path / "bytes.json").write_bytes(b"\xff\xfe")
    roll = school.read()
    assert keys(roll) == [("ada-1", 2)]
    assert [trouble.split(":")[0] for trouble in sorted(roll.troubles)] == [
        "bytes cannot be read",
        "scribble cannot be read",
    ]


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(progress=states)
def test_any_progress_comes_back_as_it_was(school: Classroom, progress: Progress) -> None:
    school.send("any-1", to_text(progress))
    (copy,) = school.read().copies
    assert copy.progress == progress


@pytest.mark.parametrize(
    ("place", "environment", "expected"),
    [
        ("", {"DOCENT_HOME": "/h"}, ThisSandbox(Path("/h/progress"))),
        ("", {"DOCENT_CLASS_FOLDER": "/c"}, SharedFolder(Path("/c"))),
        ("", {"DOCENT_CLASS_URL": "postgresql://s/x"}, SharedTable("postgresql://s/x")),
        ("", {"DOCENT_CLASS_FOLDER": "/c", "DOCENT_CLASS_URL": "postgresql://s/x"},
         SharedTable("postgresql://s/x")),
        ("/d", {"DOCENT_CLASS_FOLDER": "/c"}, SharedFolder(Path("/d"))),
        (" postgres://s/y ", {"DOCENT_CLASS_FOLDER": "/c"}, SharedTable("postgres://s/y")),
    ],
)  # fmt: skip
def test_which_class_is_meant(place: str, environment: dict[str, str], expected: Classroom) -> None:
    found = classroom(place, environment)
    assert (type(found), found) == (type(expected), expected)


def test_nobody_sends_anywhere_unless_told_to() -> None:
    assert named_class({"DOCENT_HOME": "/h", "DOCENT_CLASS_FOLDER": " "}) is None


# ---------------------------------------------------------------- the table, and nothing else


def objects(url: str) -> set[tuple[str, ...]]:
    """Everything that somebody has made in a database, and who may do what with it."""
    question = """
        select n.nspname, c.relname, c.relkind::text, coalesce(c.relacl::text, '')
        from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast')
        union all select nspname, '', '', coalesce(nspacl::text, '') from pg_namespace
    """
    with psycopg.connect(url) as connection:
        return set(connection.execute(question).fetchall())


def test_opening_makes_one_schema_and_touches_nothing_else(any_database: str) -> None:
    with psycopg.connect(any_database) as connection:
        connection.execute("create table orders (id integer primary key)")
    before = objects(any_database)
    name = urls.name_in(any_database)
    open_class(any_database, name)
    opened = objects(any_database)
    assert before < opened
    assert {each[0] for each in opened - before} == {"docent_class"}
    SharedTable(any_database).send("ada-1", ADA)
    open_class(any_database, name)  # once more does no harm
    assert objects(any_database) == opened
    assert keys(SharedTable(any_database).read()) == [("ada-1", 2)]


def test_a_database_must_be_named_to_be_opened(database: str) -> None:
    before = objects(database)
    with pytest.raises(SandboxError, match="you named 'school'"):
        open_class(database, "school")
    assert objects(database) == before


def test_a_schema_of_somebody_elses_is_left_alone(database: str) -> None:
    with psycopg.connect(database) as connection:
        connection.execute("create schema docent_class")
        connection.execute("create table docent_class.progress (key text, document text)")
    before = objects(database)
    with pytest.raises(SandboxError, match="not ours"):
        open_class(database, urls.name_in(database))
    with pytest.raises(ClassTrouble, match="no class is open"):
        SharedTable(database).send("ada-1", ADA)
    assert objects(database) == before
    with psycopg.connect(database) as connection:
        assert connection.execute("select * from docent_class.progress").fetchall() == []


def test_a_museum_takes_no_class_since_a_reset_would_put_it_aside(database: str) -> None:
    migrating.upgrade(database)
    with pytest.raises(SandboxError, match="museum to learn in"):
        open_class(database, urls.name_in(database))


def test_a_guide_makes_nothing_where_no_class_was_opened(database: str) -> None:
    before = objects(database)
    school = SharedTable(database)
    for attempt in (school.knock, school.read, lambda: school.send("ada-1", ADA)):
        with pytest.raises(ClassTrouble, match="no class is open in that database"):
            attempt()
    assert objects(database) == before


@pytest.fixture
def pupil(any_database: str) -> object:
    """The URL of a role that may do what learners do."""
    name = f"pupil_{urls.name_in(any_database)}"
    with psycopg.connect(any_database, autocommit=True) as connection:
        connection.execute(sql.SQL("create role {} login").format(sql.Identifier(name)))
        open_class(any_database, connection.info.dbname, learners=name)
        yield re.sub(r"postgres:?@", f"{name}@", any_database, count=1)
        connection.execute(sql.SQL("drop owned by {}").format(sql.Identifier(name)))
        connection.execute(sql.SQL("drop role {}").format(sql.Identifier(name)))


def test_learners_may_leave_progress_and_read_nobodys(any_database: str, pupil: str) -> None:
    school = SharedTable(pupil)
    school.send("ada-1", ADA)
    school.send("ada-1", ADA_LATER)
    SharedTable(any_database).put_aside("ada-1", NOON)
    with pytest.raises(WasPutAside):
        school.send("ada-1", ADA)
    for attempt in (school.read, lambda: school.put_aside("ada-1", NOON)):
        with pytest.raises(ClassTrouble, match="permission denied"):
            attempt()


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("postgresql:///x?host=/nowhere", "is down, or not at this address"),
        ("mysql://server/x", "DOCENT_CLASS_URL begins with 'mysql'"),
        ("postgresql://a:se@cret@server/x", "DOCENT_CLASS_URL has more than one @"),
    ],
)
def test_a_table_that_cannot_be_reached_says_why_without_its_password(url: str, said: str) -> None:
    with pytest.raises(ClassTrouble) as caught:
        SharedTable(url).knock()
    assert said in str(caught.value)
    assert "cret" not in f"{caught.value} {SharedTable(url).name}"


def test_the_name_of_a_table_shows_no_password() -> None:
    assert SharedTable("postgres://me:secret@host/x").name == (
        "postgresql://me:***@host/x, docent_class.progress"
    )


# ---------------------------------------------------------------- a class that is down


class Flaky:
    """A class that is down when it is told to be, and counts who knocks."""

    name = "the class"

    def __init__(self) -> None:
        self.down: Callable[[], None] | None = None
        self.knocks = 0
        self.texts: dict[str, str] = {}

    def knock(self) -> None:
        raise NotImplementedError

    def send(self, key: str, text: str) -> None:
        self.knocks += 1
        if self.down:
            self.down()
        self.texts[key] = text

    def read(self) -> Roll:
        raise NotImplementedError

    def put_aside(self, key: str, at: datetime) -> str:
        raise NotImplementedError


def refuse() -> None:
    raise ClassTrouble("it is closed")


def checked(ledger: Ledger, kind: str = "wrong") -> tuple[str, ...]:
    outcome = Outcome(kind, "seen")  # type: ignore[arg-type]
    return ledger.update("00.1", lambda record: record.checked(outcome, NOON)).notes


def test_a_class_that_is_down_is_told_once_and_gets_everything_later(tmp_path: Path) -> None:
    school, seconds = Flaky(), [0.0]
    sender = Sender(school, clock=lambda: seconds[0])
    ledger = Ledger(tmp_path / "ada.json", "Ada", lambda: NOON, sender)
    school.down = refuse
    assert " ".join(checked(ledger)) == (
        "Your progress has not reached the class yet (the class): it is closed. "
        "It is kept here, and sent later."
    )
    assert [checked(ledger), checked(ledger)] == [(), ()]
    assert school.knocks == 1  # and nobody waits for it again and again
    seconds[0] += REST
    assert (checked(ledger), school.knocks) == ((), 2)
    assert "it is closed" in (ledger.class_trouble() or "")

    school.down = None
    assert checked(ledger) == ()
    assert school.texts == {}
    seconds[0] += REST
    assert checked(ledger, "correct") == ()
    assert ledger.class_trouble() is None
    (text,) = school.texts.values()
    assert json.loads(text)["exercises"]["00.1"]["attempts"] == 6

    school.down = refuse
    assert "it is closed" in checked(ledger)[0]  # another time is told another time


def test_who_asks_for_the_map_sends_at_once(tmp_path: Path) -> None:
    school = Flaky()
    ledger = Ledger(tmp_path / "ada.json", "Ada", lambda: NOON, Sender(school))
    school.down = refuse
    checked(ledger)
    school.down = None
    ledger.hand_in()
    assert (len(school.texts), ledger.class_trouble()) == (1, None)
    knocks = school.knocks
    ledger.hand_in()
    ledger.read()
    assert school.knocks == knocks  # it has all of it


def test_a_class_that_hangs_is_waited_for_only_so_long(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "CLASS_PATIENCE", 0.05)
    school = Flaky()
    school.down = lambda: time.sleep(1)
    ledger = Ledger(tmp_path / "ada.json", "Ada", lambda: NOON, Sender(school))
    assert "it does not answer" in checked(ledger)[0]


def test_nothing_is_sent_before_there_is_something_to_tell(tmp_path: Path) -> None:
    school = Flaky()
    ledger = Ledger(tmp_path / "ada.json", "Ada", lambda: NOON, Sender(school))
    ledger.read()
    assert school.knocks == 0
    ledger.begin("00")
    assert list(school.texts) == [f"ada-{ledger.read().progress.id}"]


def test_a_database_that_goes_away_and_comes_back_stops_no_learner(
    learner: Path, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOCENT_CLASS_URL", database)
    assert "no class is open" in repr(docent.check("00.3", "table-missing"))
    assert "class" not in repr(docent.check("00.3", "column-missing"))
    open_class(database, urls.name_in(database))
    assert "not what you wrote" in repr(docent.progress())
    (copy,) = SharedTable(database).read().copies
    assert copy.progress.of("00.3").attempts == 2


# ---------------------------------------------------------------- a fresh start from afar


def test_a_learner_elsewhere_follows_the_instructor_and_loses_nothing(
    school: Classroom, tmp_path: Path
) -> None:
    ledger = Ledger(tmp_path / "ada.json", "Ada", lambda: NOON, Sender(school))
    checked(ledger)
    ledger.update("00.2", lambda record: record.hinted(1, NOON))
    (copy,) = school.read().copies
    before = ledger.path.read_text()
    school.put_aside(copy.key, NOON)

    (note,) = checked(ledger, "correct")

    (aside,) = tmp_path.glob("ada-*.aside")
    assert "Your instructor has given you a fresh start" in note
    assert str(aside) in note
    kept = json.loads(aside.read_text())["exercises"]
    assert kept["00.2"] == json.loads(before)["exercises"]["00.2"]
    (fresh,) = school.read().copies
    assert fresh.key != copy.key
    assert fresh.progress == ledger.read().progress
    assert set(fresh.progress.exercises) == {"00.1"}  # the check just made, and no more
    assert (fresh.progress.of("00.1").attempts, fresh.progress.of("00.1").done) == (1, True)


# ---------------------------------------------------------------- what a class is told


@pytest.mark.parametrize(
    ("message", "answer", "discreet"),
    [
        ("Your answer is 42, and that is not it.", 42, "Your answer is …, and that is not it."),
        ("Your answer is 'me', and 'me' again.", "me", "Your answer is …, and … again."),
        ("b: 7 is too many; 17 and 7.5 are not.", {"a": 1, "b": 7},
         "b: … is too many; 17 and 7.5 are not."),
        ("'x' does not belong in it.", {"x", "y"}, "… does not belong in it."),
        ("Your answer is a list: [1, 'two'].", [1, "two"], "Your answer is a list: …."),
        ("[['deep']] is too deep", [[["deep"]]], "… is too deep"),
        ("For x it's 'red', and not 'blue'.", "if x: 'red'", "For x it's …, and not 'blue'."),
        ('column "titel" does not exist', "select titel from object", "column … does not exist"),
        ("The table keeps its name.", "table-missing", "The table keeps its name."),
        ("a (b|c)* matches", "(b|c)*", "a (b|c)* matches"),
    ],
)  # fmt: skip
def test_a_message_is_kept_without_the_answer(message: str, answer: object, discreet: str) -> None:
    assert without_answer(message, answer) == discreet


def test_what_somebody_wrote_reaches_no_class(
    learner: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    school = tmp_path / "class"
    school.mkdir()
    monkeypatch.setenv("DOCENT_CLASS_FOLDER", str(school))
    docent.check("00.3", "my-secret-thought")
    docent.check("00.2", {"name": "my-secret-thought"})
    docent.check("00.1", "select 'my-secret-thought'")
    (file,) = school.glob("*.json")
    text = file.read_text()
    assert json.loads(text)["exercises"]["00.3"]["last_message"].startswith("Your answer is …,")
    assert "my-secret-thought" not in text


def rate(work: object) -> object:
    if work:
        raise ValueError("my-secret-thought")
    return "my-secret-thought"


@pytest.mark.parametrize("exercise", ["05.1", "05.2", "04.2", "04.4", "06.2", "06.5"])
def test_neither_is_what_somebody_programmed_or_wrote_into_a_file(
    exercise: str, learner: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    school = tmp_path / "class"
    school.mkdir()
    monkeypatch.setenv("DOCENT_CLASS_FOLDER", str(school))
    contract = folder_of(exercise) / "my.json"
    spec = json.loads((REPOSITORY / "contracts/object_images_contract_spec.json").read_text())
    spec["schema"]["properties"]["object_id"]["constraints"]["data_type"] = "my-secret-thought"
    contract.write_text(json.dumps(spec))
    shown = ""
    for answer in (
        contract,
        "my.json",
        rate,
        lambda *_: "my-secret-thought",
        ["my-secret-thought"],
    ):
        shown += repr(docent.check(exercise, answer))
    text = next(school.glob("*.json")).read_text()
    assert "my-secret-thought" in shown
    assert "my-secret-thought" not in text


def folder_of(exercise: str) -> Path:
    return docent.folder(exercise.partition(".")[0])


def test_beginning_a_lesson_is_seen_by_the_class(
    learner: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guide, "now", lambda: NOON)
    monkeypatch.setenv("DOCENT_CLASS_FOLDER", str(tmp_path))
    docent.begin("01")
    (copy,) = SharedFolder(tmp_path).read().copies
    assert copy.progress.begun == {"01": NOON.isoformat()}


def test_the_schema_is_left_out_of_every_check() -> None:
    from detection.coverage import is_ours

    assert is_ours(class_table.SCHEMA)
