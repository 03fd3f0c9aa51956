"""The verbs, as a learner meets them; whatever is handed in, none of them raises."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import docent
from contracts.types import parse_type
from docent import examining, guide
from docent import lessons as registry
from docent.examining_functions import function
from docent.exercise import KINDS, Exercise, Lesson, Outcome
from docent.lessons import EXERCISES
from docent.lessons.lesson_00 import LESSON


def kind(exercise: str, answer: object = ...) -> str:
    outcome: Outcome = docent.check(exercise, answer).subject
    return outcome.kind


# ---------------------------------------------------------------- answers of every sort


class Hostile:
    """An answer that refuses everything."""

    def __init__(self, error: type[BaseException]) -> None:
        self.error = error

    def refuse(self, *_: object) -> None:
        raise self.error("no")

    __repr__ = __str__ = __eq__ = __bool__ = __len__ = __iter__ = __call__ = refuse  # type: ignore[assignment]
    __hash__ = __getitem__ = __float__ = __int__ = __fspath__ = refuse  # type: ignore[assignment]

    def __getattr__(self, name: str) -> object:
        raise self.error(name)


class SpeechlessError(Exception):
    def __str__(self) -> str:
        raise self


def raises_speechless(*_: object) -> None:
    raise SpeechlessError


hostile = st.sampled_from(
    [ValueError, SystemExit, KeyboardInterrupt, RecursionError, SpeechlessError]
)
endless: list[object] = []
endless.append(endless)
answers = st.one_of(
    st.from_type(type).flatmap(st.from_type).filter(lambda _: True),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner) | st.tuples(inner),
        max_leaves=8,
    ),
    hostile.map(Hostile),
    st.lists(hostile.map(Hostile), min_size=1, max_size=2),
    st.sampled_from([10**5000, endless, object, type, print, raises_speechless, "\ud800", "\x00"]),
)


@settings(
    max_examples=100,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(exercise=st.sampled_from(sorted(EXERCISES)), answer=answers)
def test_check_never_raises_and_always_shows(exercise: str, answer: object, learner: Path) -> None:
    shown = docent.check(exercise, answer)
    assert shown.subject.kind in KINDS
    assert shown.subject.seen
    repr(shown).encode()
    shown.html().encode()


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(answer=answers)
def test_no_look_raises_through_check(answer: object, home: Path) -> None:
    from docent.examination import examine
    from docent.room import Room

    looks = [
        examining.value(8),
        examining.value("x"),
        examining.members({"x", 1}),
        examining.parts({"a": examining.value(1)}),
        function([((1,), 1)], time_limit=1),
        examining.every(examining.members([None])),
    ]
    for look in looks:
        outcome = examine(with_look(look), answer, Room("00", home, "postgresql:///nowhere"))
        assert outcome.kind in KINDS


def with_look(look: object) -> Exercise:
    from dataclasses import replace

    return replace(EXERCISES["00.3"], examine=look)  # type: ignore[arg-type]


def gallery(work: dict[str, str]) -> int:
    number = work["gallery_numbr"]
    return int(number)


def test_an_error_in_the_learners_function_is_told_by_its_line(home: Path) -> None:
    from docent.examination import examine
    from docent.room import Room

    look = function([(({"gallery_number": "7"},), 7)])
    outcome = examine(with_look(look), gallery, Room("00", home))
    assert outcome.kind == "stopped"
    assert outcome.seen.endswith("KeyError: 'gallery_numbr'")
    assert outcome.code == 'number = work["gallery_numbr"]'


def reads_any(_work: dict[str, str]) -> bool:
    return parse_type(None) == parse_type("text")


def test_an_error_inside_the_museums_own_code_is_told_by_the_line_that_called_it(
    home: Path,
) -> None:
    from docent.examination import examine
    from docent.room import Room

    look = function([(({},), True)])
    outcome = examine(with_look(look), reads_any, Room("00", home))
    assert outcome.kind == "stopped"
    assert outcome.code.startswith('return parse_type(None) == parse_type("text")')


def test_an_error_in_a_query_is_told_with_its_place(learner: Path) -> None:
    outcome = docent.check("00.1", "select count(*)\nfrom informaton_schema.tables").subject
    assert outcome.kind == "stopped"
    assert "informaton_schema.tables" in outcome.seen
    assert outcome.code == "from informaton_schema.tables\n     ^"


# ---------------------------------------------------------------- hints and solutions


def test_hints_come_one_after_the_other(learner: Path) -> None:
    hints = EXERCISES["00.1"].hints
    given_ = [docent.hint("00.1").subject for _ in range(4)]
    assert given_ == [*hints, hints[-1]]
    assert "hint 2 of 2" in repr([docent.hint("00.2"), docent.hint("00.2")]).lower()


def test_a_solution_opens_after_three_answers_that_were_wrong(learner: Path) -> None:
    for left in ("3 more attempts", "2 more attempts", "one more attempt"):
        closed = docent.solution("00.3")
        assert (closed.subject, left in repr(closed)) == ("", True)
        assert kind("00.3") == "not attempted"
        assert kind("00.3", "table-missing") == "wrong"
    assert "is open now" in repr(docent.check("00.3", "table-missing"))
    assert docent.solution("00.3").subject == EXERCISES["00.3"].solution


def test_a_solution_opens_after_a_correct_answer(learner: Path) -> None:
    assert kind("00.3", "column-renamed") == "correct"
    shown = docent.solution("00.3")
    assert shown.subject == EXERCISES["00.3"].solution
    assert EXERCISES["00.3"].reasoning in repr(shown)


def test_no_attempt_is_counted_while_there_is_no_database(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@/nothing?host=/nowhere")
    for _ in range(3):
        shown = docent.check("00.1", "select 8")
        assert shown.subject.kind == "stopped"
        assert "DATABASE_URL" in repr(shown)
    assert docent.solution("00.1").subject == ""


@pytest.mark.parametrize("name", ["99.9", "", None, 3, object(), "00", [], "../../etc"])
def test_an_unknown_id_is_told_with_the_known_ones(home: Path, name: object) -> None:
    for verb in (docent.check, docent.hint, docent.solution):
        assert "00.1, 00.2, 00.3" in repr(verb(name))  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["00.3", "0.3", 0.3, " 00.3 "])
def test_an_id_may_be_written_as_it_comes(home: Path, name: str) -> None:
    assert kind(name, "column-renamed") == "correct"


def test_the_map_shows_what_is_done(learner: Path) -> None:
    docent.check("00.2", "Data Engineering Team")
    docent.check("00.3", "table-missing")
    shown = repr(docent.progress())
    assert "Ada: 1 of" in shown
    assert "[ ] 00.1  [x] 00.2  [~] 00.3" in shown


def test_a_class_that_cannot_be_reached_is_told_once_and_seen_on_the_map(
    learner: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOCENT_CLASS_FOLDER", "/nowhere/at/all")
    assert "has not reached the class" in repr(docent.check("00.3", "table-missing"))
    assert "class" not in repr(docent.check("00.3", "table-missing"))
    assert repr(docent.progress()).count("has not reached the class") == 1


def test_progress_that_cannot_be_kept_is_said_and_stops_nobody(
    learner: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    learner.write_text("a file where the folder should be")
    for _ in range(3):
        assert "could not be kept" in repr(docent.check("00.3", "table-missing"))
    assert docent.solution("00.3").subject
    assert "could not be laid out" in repr(docent.begin("00"))


# ---------------------------------------------------------------- reset


GIVEN = {"spec.json": '{"name": "draft"}', "notes/read_me.txt": "Hello"}


@pytest.fixture
def lesson_with_files(monkeypatch: pytest.MonkeyPatch) -> Lesson:
    from dataclasses import replace

    lesson = replace(LESSON, files=GIVEN)
    monkeypatch.setattr(registry, "LESSONS", (lesson,))
    return lesson


@pytest.fixture
def own_learner(home: Path, own_museum: str, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("DATABASE_URL", own_museum)
    return own_museum


def test_reset_gives_everything_back_and_loses_nothing(
    own_learner: str, lesson_with_files: Lesson
) -> None:
    folder = docent.folder("00")
    assert (folder / "spec.json").read_text() == GIVEN["spec.json"]
    (folder / "spec.json").write_text("mine")
    (folder / "another.txt").write_text("mine too")
    docent.sql("drop table object_images")
    docent.check("00.3", "column-renamed")

    shown = repr(docent.reset("00"))

    aside = next(folder.parent.glob("00-*.aside"))
    assert str(aside) in shown
    assert (aside / "spec.json").read_text() == "mine"
    assert (aside / "another.txt").read_text() == "mine too"
    assert {path.name for path in folder.iterdir()} == {"spec.json", "notes"}
    assert (folder / "spec.json").read_text() == GIVEN["spec.json"]
    assert docent.sql("select count(*) > 0 as there from object_images")["there"].tolist() == [True]
    assert "the one before is kept as" in shown
    assert "[x] 00.3" in repr(docent.progress())


def test_reset_puts_nothing_aside_that_nobody_changed(
    learner: Path, lesson_with_files: Lesson, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guide, "_fresh_database", lambda: "fresh")
    folder = docent.folder("00")
    (folder / "notes" / "read_me.txt").unlink()
    assert "changed no file" in repr(docent.reset("00"))
    assert (folder / "notes" / "read_me.txt").exists()
    assert list(folder.parent.glob("*.aside")) == []


def test_reset_tells_what_it_could_not_do(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@/nothing?host=/nowhere")
    assert "The database is as it was" in repr(docent.reset("00"))
    assert "There is no '77'" in repr(docent.reset("77"))


def test_a_learners_file_stays_within_the_lesson(home: Path, lesson_with_files: Lesson) -> None:
    from docent.place import room_for

    room = room_for(lesson_with_files)
    assert room.file("spec.json").is_relative_to(home / "work")
    for name in ("../01/spec.json", "/etc/passwd", "notes/../../x"):
        with pytest.raises(ValueError, match="outside the folder"):
            room.file(name)
