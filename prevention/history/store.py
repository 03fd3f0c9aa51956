"""A history: runs are appended to it, and the last one and the breaches are read back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from types import TracebackType
from typing import Final, Self

from detection.history import (
    Breach,
    BrokenPromise,
    Coverage,
    Event,
    Freshness,
    Observation,
    Run,
    Transition,
    carry_on,
)
from prevention.history.engines import Engine, Row, moment
from prevention.history.overview import freshness_in

_BREACH: Final = (
    "select database, contract, fingerprint, rule, element, promised, found, "
    "began, began_at, ended, ended_at, accepted from breaches"
)


@dataclass(frozen=True, slots=True)
class Appended:
    """A run as it was appended, with its number, the one before it, and what it changed."""

    run: Run
    before: Run | None
    transition: Transition

    @property
    def events(self) -> tuple[Event, ...]:
        """What began and what ended in this run: for every event, exactly one run says so."""
        return self.transition.events


class History:
    """The history of one database; others may be kept in the same place."""

    def __init__(self, engine: Engine, database: str) -> None:
        self.engine = engine
        self.database = database

    @property
    def place(self) -> str:
        """Where it is kept, fit to be printed."""
        return self.engine.name

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the place."""
        self.engine.close()

    def append(self, run: Run) -> Appended:
        """Append a run, all of it or nothing, and say what it changed."""
        with self.engine.writing():
            before = self._last_run()
            number = self.engine.execute("select coalesce(max(number), 0) + 1 from runs")[0][0]
            numbered = replace(run, database=self.database, number=number)
            transition = carry_on(self._breaches("ended is null"), numbered)
            self._write_run(numbered)
            self._write_breaches(transition)
        return Appended(numbered, before, transition)

    def last_run(self) -> Run | None:
        """The run that was appended last."""
        return self._last_run()

    def open_breaches(self) -> tuple[Breach, ...]:
        """The breaches that last, the oldest first."""
        return self._breaches("ended is null")

    def breaches_since(self, start: datetime) -> tuple[Breach, ...]:
        """The breaches that last or that ended at ``start`` or later, the oldest first."""
        return self._breaches("(ended is null or ended_at >= %s)", start)

    def events_since(self, start: datetime) -> tuple[Event, ...]:
        """The events that were found out at ``start`` or later, the oldest first.

        With ``deliveries`` it says what is still to be told: what failed, and what a run that
        was killed has left.
        """
        breaches = self._breaches("(began_at >= %s or ended_at >= %s)", start, start)
        events = [Event("began", breach) for breach in breaches]
        events += [Event("ended", breach) for breach in breaches if not breach.lasts]
        return tuple(sorted((e for e in events if e.at >= start), key=lambda event: event.at))

    def _last_run(self) -> Run | None:
        rows = self.engine.execute(
            "select number, at, outcome, tables, covered, obstacle from runs "
            "where number = (select max(number) from runs where database = %s)",
            [self.database],
        )
        if not rows:
            return None
        number, at, outcome, tables, covered, obstacle = rows[0]
        observations = self.engine.execute(
            "select contract, outcome, version, status, owner, availability "
            "from observations where run = %s order by contract",
            [number],
        )
        judged = {tuple(row[:2]) for row in observations}
        return Run(
            at=moment(at),
            database=self.database,
            outcome=outcome,
            observations=tuple(Observation(*row) for row in observations),
            broken=tuple(
                breach.promise
                for breach in self._breaches("began <= %s and ended is null", number)
                if (breach.promise.contract, "broken") in judged
            ),
            freshness=freshness_in(self, number),
            coverage=None if tables is None else Coverage(tables, covered),
            obstacle=obstacle,
            number=number,
        )

    def _breaches(self, condition: str, *values: object) -> tuple[Breach, ...]:
        rows = self.engine.execute(
            f"{_BREACH} where database = %s and {condition} order by began, id",
            [self.database, *values],
        )
        return tuple(map(_breach, rows))

    def _write_run(self, run: Run) -> None:
        cover = (run.coverage.tables, run.coverage.covered) if run.coverage else (None, None)
        self.engine.execute(
            "insert into runs values (%s, %s, %s, %s, %s, %s, %s)",
            [run.number, run.at, run.database, run.outcome, *cover, run.obstacle],
        )
        self.engine.execute_many(
            "insert into observations values (%s, %s, %s, %s, %s, %s, %s)",
            [
                (run.number, one.contract, one.outcome, one.version, one.status, one.owner,
                 one.availability)
                for one in run.observations
            ],
        )  # fmt: skip
        self.engine.execute_many(
            "insert into contracts values (%s, %s, %s) "
            "on conflict (database, contract) do update set run = excluded.run",
            [(run.database, one.contract, run.number) for one in run.observations],
        )
        self.engine.execute_many(
            "insert into freshness values (%s, %s, %s, %s, %s, %s)",
            [
                (run.number, *key, age, limit, kept)
                for (*key, limit), (age, kept) in _by_promise(run.freshness).items()
            ],
        )

    def _write_breaches(self, transition: Transition) -> None:
        self.engine.execute_many(
            "insert into breaches (id, database, contract, fingerprint, rule, element, promised, "
            "found, began, began_at) values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
            [
                (one.id, one.database, one.promise.contract, one.promise.fingerprint,
                 one.promise.rule, one.promise.element, one.promise.promised, one.promise.found,
                 one.began, one.began_at)
                for one in transition.begun
            ],
        )  # fmt: skip
        self.engine.execute_many(
            "update breaches set found = %s where id = %s",
            [(one.promise.found, one.id) for one in transition.lasting],
        )
        self.engine.execute_many(
            "update breaches set ended = %s, ended_at = %s, accepted = %s where id = %s",
            [(one.ended, one.ended_at, one.accepted, one.id) for one in transition.ended],
        )


def _breach(row: Row) -> Breach:
    database, contract, fingerprint, rule, element, promised, found = row[:7]
    began, began_at, ended, ended_at, accepted = row[7:]
    promise = BrokenPromise(contract, fingerprint, rule, element, promised, found)
    over_at = moment(ended_at) if ended_at else None
    return Breach(database, promise, began, moment(began_at), ended, over_at, bool(accepted))


def _by_promise(
    freshness: Sequence[Freshness],
) -> dict[tuple[str, str, float], tuple[float | None, bool]]:
    """Age and outcome by contract, element and limit: a promise that is made twice is one."""
    return {(one.contract, one.element, one.limit): (one.age, one.kept) for one in freshness}
