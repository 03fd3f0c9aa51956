"""Old runs are taken out of a history, and nothing that still says something of today."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from detection.history import Run
from prevention.history import History, open_history
from prevention.history.deliveries import claim, deliveries, settle
from prevention.history.overview import last_seen
from prevention.history.pruning import prune
from prevention.reporting import report
from tests.prevention.history.places import DATABASE, NOON, opened, run
from tests.prevention.history.watched import FRESH, SIGNUPS, run_sql, write_contract
from tests.prevention.running import docent

TAGS = "museum/tags"


def numbers(history: History, table: str = "runs", column: str = "number") -> list[int]:
    rows = history.engine.execute(f"select distinct {column} from {table} order by 1")
    return [row[0] for row in rows]


# The runs, the minute before which they go, and the numbers that stay.
CASES: dict[str, tuple[list[Run], float, list[int]]] = {
    "nothing is old": ([run(1), run(2)], 1, [1, 2]),
    "what is old": ([run(1), run(2), run(3)], 2.5, [3]),
    "at that moment": ([run(1), run(2), run(3)], 2, [2, 3]),
    "all but the last": ([run(1), run(2), run(3)], 99, [3]),
    "a breach that lasts keeps its beginning": (
        [run(1), run(2, "a"), run(3, "a"), run(4, "a")], 99, [2, 4],
    ),
    "one that ended in time keeps both of its runs": (
        [run(1), run(2, "a"), run(3, "a"), run(4), run(5)], 3.5, [2, 4, 5],
    ),
    "one that ended long ago goes": ([run(1, "a"), run(2), run(3), run(4)], 2.5, [3, 4]),
    "a contract keeps its last run": (
        [run(1, contract=TAGS), run(2, contract=TAGS), run(3), run(4)], 99, [2, 4],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("runs", "before", "expected"), CASES.values(), ids=CASES)
def test_what_stays(place: str, runs: list[Run], before: float, expected: list[int]) -> None:
    with opened(place) as history:
        for each in runs:
            history.append(each)
        still_open, seen = history.open_breaches(), last_seen(history)
        pruned = prune(history, NOON + timedelta(minutes=before))
        assert pruned == len(runs) - len(expected)
        assert numbers(history) == expected
        for table in ("observations", "freshness"):
            assert set(numbers(history, table, "run")) <= set(expected)
        assert (history.open_breaches(), last_seen(history)) == (still_open, seen)
        assert history.append(run(100)).run.number == len(runs) + 1
    now = NOON + timedelta(minutes=101)
    assert report(database=DATABASE, history_url=place, now=now).last.number == len(runs) + 1


def test_another_database_in_the_same_place_is_left_alone(place: str) -> None:
    other = "postgresql://museum.example:5433/museum"
    with opened(place) as history, open_history(other, place) as beside:  # type: ignore[union-attr]
        for minute in (1, 2, 3):
            history.append(run(minute, *"a" * (minute == 1)))
            beside.append(run(minute, *"a" * (minute == 1)))
        assert prune(history, NOON + timedelta(minutes=99)) == 2
        assert numbers(history) == [2, 4, 5, 6]
        assert len(beside.breaches_since(NOON)) == 1


def test_what_was_told_of_a_breach_goes_with_it_and_announcements_are_not_told_again(
    place: str,
) -> None:
    with opened(place) as history:
        gone = history.append(run(1, "a")).events + history.append(run(2)).events
        kept = history.append(run(8, "b")).events
        for event in ("deprecation-1", *(each.id for each in (*gone, *kept))):
            assert claim(history, event, "#a", NOON) == 1
            settle(history, event, "#a", 1, NOON)
        prune(history, NOON + timedelta(minutes=5))
        told = {each.event for each in deliveries(history)}
        assert told == {"deprecation-1", *(each.id for each in kept)}


def test_the_command_keeps_everything_unless_one_says_so(database: str, tmp_path) -> None:  # type: ignore[no-untyped-def]
    run_sql(database, SIGNUPS)
    write_contract(tmp_path)
    place = str(tmp_path / "history.db")

    def monitor(*arguments: str):  # type: ignore[no-untyped-def]
        settings = {"DATABASE_URL": database}
        words = ("monitor", "--history-url", place, *arguments)
        return docent(*words, folder=tmp_path, settings=settings)

    for time in ("2024-01-15T12:02", "2024-06-15T12:02", "2025-01-15T12:02", FRESH):
        assert "Taken out" not in monitor("--now", time).out
    ran = monitor("--now", FRESH, "--keep", "400d")  # a breach of the first run ended just now
    assert "  Taken out of the history for their age: 1 run\n" in ran.out
    # A clock that is set into the future makes nothing old.
    assert "Taken out" not in monitor("--now", "2999-01-15T12:02", "--keep", "99999d").out
    for wrong in ("400", "0d", "1h", "-3d", "999999d"):
        assert (
            monitor("--keep", wrong).code,
            "write it like 400d" in monitor("--keep", wrong).err,
        ) == (2, True)


def test_who_is_killed_while_pruning_loses_nothing(
    place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with opened(place) as history:
        for minute in (1, 2, 3):
            history.append(run(minute))
        put = history.engine.execute

        def killed(statement: str, values: object = ()) -> object:
            if statement.startswith("delete from runs"):
                raise KeyboardInterrupt
            return put(statement, values)  # type: ignore[arg-type]

        monkeypatch.setattr(history.engine, "execute", killed)
        with pytest.raises(KeyboardInterrupt):
            prune(history, NOON + timedelta(minutes=99))
    with opened(place) as history:
        assert numbers(history) == numbers(history, "observations", "run") == [1, 2, 3]


def test_a_run_that_could_not_judge_goes_like_any_other(place: str) -> None:
    with opened(place) as history:
        history.append(replace(run(1, judged=False), observations=()))
        history.append(run(2))
        assert prune(history, NOON + timedelta(minutes=99)) == 1
        assert numbers(history) == [2]
