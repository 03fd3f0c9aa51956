"""Progress on disk: what happens to it when two write, when one is killed, when nothing can be."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docent import ledger as ledger_module
from docent.exercise import Kind, Outcome
from docent.files import put_aside
from docent.ledger import Ledger
from docent.records import Progress, Record, UnreadableProgress, from_text, merged, to_text

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def ledger_in(folder: Path) -> Ledger:
    return Ledger(folder / "ada.json", "Ada", lambda: NOON)


def checked(record: Record, *kinds: Kind) -> Record:
    for kind in kinds:
        record = record.checked(Outcome(kind, f"seen {kind}"), NOON)
    return record


@pytest.mark.parametrize(
    ("kinds", "attempts", "misses", "done", "is_open"),
    [
        ([], 0, 0, False, False),
        (["not attempted"] * 5, 0, 0, False, False),
        (["incomplete"] * 5, 5, 0, False, False),
        (["wrong", "stopped"], 2, 2, False, False),
        (["wrong", "stopped", "wrong"], 3, 3, False, True),
        (["correct"], 1, 0, True, True),
        (["correct", "wrong"], 2, 0, True, True),
    ],
)
def test_what_a_record_counts(
    kinds: list[Kind], attempts: int, misses: int, done: bool, is_open: bool
) -> None:
    record = checked(Record(), *kinds)
    found = (record.attempts, record.misses, record.done, record.solution_open)
    assert found == (attempts, misses, done, is_open)


def test_an_answer_that_could_not_be_looked_at_is_no_attempt() -> None:
    assert Record().checked(Outcome("stopped", "no database", counts=False), NOON) == Record()


texts = st.text(st.characters(), max_size=20)
moments = st.datetimes(timezones=st.just(UTC)).map(datetime.isoformat)
times = st.none() | moments
records = st.builds(
    Record,
    attempts=st.integers(0, 99),
    misses=st.integers(0, 99),
    hints=st.integers(0, 3),
    first_correct=times,
    solution_opened=times,
    last_kind=st.sampled_from([None, "wrong", "stopped", "correct"]),
    last_message=texts,
    last_at=times,
    first_at=times,
)
begun = st.dictionaries(texts, moments, max_size=2)
states = st.builds(Progress, texts, texts, st.dictionaries(texts, records, max_size=4), begun)


@given(states)
def test_a_state_reads_back_as_it_was_written(progress: Progress) -> None:
    text = to_text(progress)
    assert from_text(text) == progress
    assert text.isascii()


@given(states, states)
def test_merging_loses_nothing(one: Progress, other: Progress) -> None:
    both = merged(one, other)
    for state in (one, other):
        for exercise, record in state.exercises.items():
            kept = both.of(exercise)
            assert kept.attempts >= record.attempts
            assert kept.done >= record.done
            assert kept.hints >= record.hints
        for lesson, at in state.begun.items():
            assert both.begun[lesson] >= at


def test_progress_that_was_kept_before_lessons_were_dated_is_read() -> None:
    document = json.loads(to_text(Progress("Ada", "1", {"00.1": Record(attempts=2)})))
    del document["begun"], document["exercises"]["00.1"]["first_at"]
    read = from_text(json.dumps(document))
    assert read == Progress("Ada", "1", {"00.1": Record(attempts=2)})


GOOD = json.loads(to_text(Progress("Ada", "1", {"00.1": Record(attempts=1, last_kind="wrong")})))


def changed(**values: object) -> str:
    record = {**GOOD["exercises"]["00.1"], **values}
    return json.dumps({**GOOD, "exercises": {"00.1": record}})


@pytest.mark.parametrize(
    "text",
    [
        "", "{", "[]", "null", "1", '{"version": 1}', "\x00" * 100, "[" * 100_000,
        json.dumps({**GOOD, "version": 2}),
        json.dumps({**GOOD, "learner": None}),
        json.dumps({**GOOD, "exercises": [1]}),
        json.dumps({**GOOD, "exercises": {"00.1": 1}}),
        changed(attempts="3"), changed(attempts=-1), changed(attempts=True),
        changed(last_kind="splendid"), changed(first_correct="yesterday"), changed(last_at=5),
        changed(surplus=1), changed(first_at="soon"),
        json.dumps({**GOOD, "begun": {"00": "early"}}), json.dumps({**GOOD, "begun": []}),
    ],
)  # fmt: skip
def test_an_unreadable_file_is_put_aside_under_a_dated_name(tmp_path: Path, text: str) -> None:
    with pytest.raises(UnreadableProgress):
        from_text(text)
    (tmp_path / "ada.json").write_text(text)
    kept = ledger_in(tmp_path).update("00.1", lambda record: checked(record, "wrong"))
    aside = tmp_path / "ada-2026-03-01T12-00-00.aside"
    assert aside.read_text() == text
    assert str(aside) in kept.notes[0]
    assert kept.progress.of("00.1").attempts == 1
    assert ledger_in(tmp_path).read() == ledger_module.Kept(kept.progress)


def test_bytes_that_are_no_text_are_put_aside_too(tmp_path: Path) -> None:
    (tmp_path / "ada.json").write_bytes(b"\xff\xfe\x00")
    assert ledger_in(tmp_path).read().notes
    assert (tmp_path / "ada-2026-03-01T12-00-00.aside").read_bytes() == b"\xff\xfe\x00"


def test_what_is_put_aside_twice_in_a_second_gets_two_names(tmp_path: Path) -> None:
    names = []
    for _ in range(3):
        (tmp_path / "ada.json").write_text("?")
        names.append(put_aside(tmp_path / "ada.json", NOON).name)
    assert len(set(names)) == 3


# ---------------------------------------------------------------- two kernels, and killed ones

WRITER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from docent.exercise import Outcome
from docent.ledger import Ledger
path, times = Path(sys.argv[1]), int(sys.argv[2])
ledger = Ledger(path, "Ada", lambda: datetime.now(UTC))
print("ready", flush=True)
for number in range(times):
    outcome = Outcome("wrong", "x" * 20_000)
    kept = ledger.update("00.1", lambda r: r.checked(outcome, datetime.now(UTC)))
    if kept.notes:
        raise SystemExit(kept.notes)
    print(number + 1, flush=True)
"""


def writer(path: Path, times: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", WRITER, str(path), str(times)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def test_kernels_at_once_lose_nothing(tmp_path: Path) -> None:
    writers = [writer(tmp_path / "ada.json", 25) for _ in range(4)]
    for one in writers:
        one.communicate(timeout=60)
    assert [one.returncode for one in writers] == [0] * 4
    assert ledger_in(tmp_path).read().progress.of("00.1").attempts == 100


def test_whoever_is_killed_leaves_a_whole_file(tmp_path: Path) -> None:
    path = tmp_path / "ada.json"
    told = 0
    for round_ in range(12):
        process = writer(path, 10_000)
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(0.011 * round_)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        lines = [line for line in process.stdout if line.endswith("\n")]
        process.stdout.close()
        kept = ledger_in(tmp_path).read()
        attempts = kept.progress.of("00.1").attempts
        # All that it said was kept is kept; and at most one more, which it had no time to tell.
        assert kept.notes == ()
        assert told + len(lines) <= attempts <= told + len(lines) + 1
        told = attempts
    assert told > 0
    assert {one.name for one in tmp_path.iterdir()} <= {"ada.json", "ada.lock", "ada.new"}


# ---------------------------------------------------------------- disks that take nothing


def test_a_folder_that_cannot_be_made_stops_nobody(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("a file where a folder should be")
    ledger = Ledger(tmp_path / "home" / "ada.json", "Ada", lambda: NOON)
    for attempts in (1, 2, 3):
        kept = ledger.update("00.1", lambda record: checked(record, "wrong"))
        assert kept.progress.of("00.1").attempts == attempts
        assert "could not be kept" in kept.notes[0]
    assert ledger.read().progress.of("00.1").solution_open
    (tmp_path / "home").unlink()
    kept = ledger.update("00.2", lambda record: checked(record, "correct"))
    assert kept.notes == ()
    again = Ledger(ledger.path, "Ada", lambda: NOON).read().progress
    assert (again.of("00.1").attempts, again.of("00.2").done) == (3, True)


def test_a_read_only_disk_still_says_what_was_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger_in(tmp_path).update("00.1", lambda record: checked(record, "correct"))

    def refuse(*_: object) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(ledger_module, "locked", refuse)
    ledger = ledger_in(tmp_path)
    assert ledger.read().progress.of("00.1").done
    kept = ledger.update("00.2", lambda record: checked(record, "wrong"))
    assert kept.progress.of("00.1").done
    assert "read-only file system" in kept.notes[0]


FULL = """
import resource, sys
from datetime import UTC, datetime
from pathlib import Path
from docent.exercise import Outcome
from docent.ledger import Ledger
import signal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (700, 700))
now = datetime.now(UTC)
ledger = Ledger(Path(sys.argv[1]), "Ada", lambda: now)
outcome = Outcome("correct", "y" * 2000)
kept = ledger.update("00.2", lambda record: record.checked(outcome, now))
print(kept.progress.of("00.2").done, kept.progress.of("00.1").done, kept.notes)
"""


def test_a_full_disk_leaves_the_old_file_whole(tmp_path: Path) -> None:
    ledger_in(tmp_path).update("00.1", lambda record: checked(record, "correct"))
    before = (tmp_path / "ada.json").read_text()
    command = [sys.executable, "-c", FULL, str(tmp_path / "ada.json")]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert said.startswith("True True ('Your progress could not be kept")
    assert (tmp_path / "ada.json").read_text() == before
    assert not (tmp_path / "ada.new").exists()


def test_a_lock_that_is_never_given_back_stops_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from docent import locking

    monkeypatch.setattr(locking, "PATIENCE", 0.05)
    with locking.locked(tmp_path / "ada.lock"):
        kept = ledger_in(tmp_path).update("00.1", lambda record: checked(record, "wrong"))
    assert kept.progress.of("00.1").attempts == 1
    assert "another notebook holds it" in kept.notes[0]
