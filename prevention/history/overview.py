"""What a report needs of a history: counts and the worst of each slot of time, never run by run."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from detection.history import Coverage, Freshness, Observation, Slots, Tally
from detection.history.compliance import gather
from prevention.history.engines import moment

if TYPE_CHECKING:
    from prevention.history.store import History


class LastSeen(NamedTuple):
    """A contract as its last run found it."""

    observation: Observation
    run: int
    at: datetime


def first_run_at(history: History) -> datetime | None:
    """The earliest time of a run; ``None`` where there is none."""
    asked = "select min(at) from runs where database = %s"
    found = history.engine.execute(asked, [history.database])[0][0]
    return moment(found) if found else None


def last_seen(history: History) -> tuple[LastSeen, ...]:
    """Every contract that was ever in a run, by name."""
    rows = history.engine.execute(
        "select o.contract, o.outcome, o.version, o.status, o.owner, o.availability, "
        "r.number, r.at from contracts c "
        "join observations o on o.run = c.run and o.contract = c.contract "
        "join runs r on r.number = c.run where c.database = %s order by o.contract",
        [history.database],
    )
    return tuple(LastSeen(Observation(*row[:6]), row[6], moment(row[7])) for row in rows)


def freshness_in(history: History, run: int) -> tuple[Freshness, ...]:
    """How fresh the data was in a run."""
    rows = history.engine.execute(
        "select contract, element, age, age_limit, kept from freshness where run = %s "
        "order by contract, element, age_limit",
        [run],
    )
    return tuple(
        Freshness(contract, element, age, limit, bool(kept))
        for contract, element, age, limit, kept in rows
    )


def count_runs(history: History, slots: Slots) -> int:
    """How many runs there were."""
    asked = "select count(*) from runs where database = %s and at between %s and %s"
    found = history.engine.execute(asked, [history.database, slots.start, slots.end])
    return int(found[0][0])


def tallies(history: History, slots: Slots) -> dict[tuple[str, int], Tally]:
    """How each contract stood in each slot; the same as ``detection.history.tally_runs``."""
    return gather(
        (contract, index, outcome, count)
        for index, within in _ranges(slots)
        for contract, outcome, count in history.engine.execute(
            "select o.contract, o.outcome, count(*) from runs r "
            "join observations o on o.run = r.number "
            "where r.database = %s and r.at >= %s and r.at < %s "
            "group by o.contract, o.outcome",
            [history.database, *within],
        )
    )


def worst_freshness(history: History, slots: Slots) -> dict[tuple[str, str, int], Freshness]:
    """The oldest that data was in each slot, by contract and element, with the strictest limit."""
    return {
        (contract, element, index): Freshness(contract, element, age, limit, bool(kept))
        for index, within in _ranges(slots)
        for contract, element, age, limit, kept in history.engine.execute(
            "select f.contract, f.element, max(f.age), min(f.age_limit), "
            "min(case when f.kept then 1 else 0 end) from runs r "
            "join freshness f on f.run = r.number "
            "where r.database = %s and r.at >= %s and r.at < %s "
            "group by f.contract, f.element",
            [history.database, *within],
        )
    }


def last_coverage(history: History, slots: Slots) -> dict[int, Coverage]:
    """How much was under contract in the last run of each slot that says so."""
    found = {}
    for index, within in _ranges(slots):
        rows = history.engine.execute(
            "select tables, covered from runs where database = %s and at >= %s and at < %s "
            "and tables is not null order by at desc, number desc limit 1",
            [history.database, *within],
        )
        if rows:
            found[index] = Coverage(*rows[0])
    return found


def _ranges(slots: Slots) -> Iterator[tuple[int, tuple[datetime, datetime]]]:
    """Each slot with the moments that lie in it: from the first on, before the second."""
    for index in range(slots.count):
        if (start := slots.start_of(index)) > slots.end:
            return
        last = index == slots.count - 1 or slots.start_of(index + 1) > slots.end
        until = slots.end + timedelta(microseconds=1) if last else slots.start_of(index + 1)
        yield index, (start, until)


def run_before(history: History, number: int) -> datetime | None:
    """When the run before that of a number was; ``None`` where it was the first."""
    found = history.engine.execute(
        "select at from runs where database = %s and number < %s order by number desc limit 1",
        [history.database, number],
    )
    return moment(found[0][0]) if found else None
