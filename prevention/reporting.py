"""The report as one Python call: what the history says of every contract over some days."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from detection.history import Breach, Coverage, Freshness, Observation, Run, Slots, Tally, total
from prevention.decision import NotJudged, Obstacle

if TYPE_CHECKING:
    from prevention.configuration import Configuration
    from prevention.history import History

DAYS = 30
"""How many days a report looks back, unless somebody says otherwise."""


@dataclass(frozen=True, slots=True)
class ContractReport:
    """One contract over the time of the report.

    last:       how it stood in the last run that it was part of, which was at ``seen_at``.
    is_current: whether that was the last run of all.
    slots:      how it stood in each slot of time; ``None`` where it was in no run.
    freshness:  how fresh its data was in that last run.
    breaches:   those that last, or ended within the time, the oldest first.
    """

    last: Observation
    seen_at: datetime
    is_current: bool
    slots: tuple[Tally | None, ...]
    freshness: tuple[Freshness, ...] = ()
    breaches: tuple[Breach, ...] = ()

    @property
    def tally(self) -> Tally:
        """All its runs in the time of the report."""
        return total(tally for tally in self.slots if tally)

    @property
    def keeps_availability(self) -> bool | None:
        """Whether it was available as promised; ``None`` where nothing was, or it never ran."""
        available = self.tally.availability
        if self.last.availability is None or available is None:
            return None
        return available >= self.last.availability


@dataclass(frozen=True, slots=True)
class Report:
    """What the history of a database says.

    slots:      the stretch of time, and how it is cut.
    runs:       how many runs there were in it.
    last:       the last run of all.
    contracts:  those that are broken first, then by name.
    coverage:   how much of the database was under contract, by slot.
    worst:      the oldest that data was, by contract, element and slot.
    """

    database: str
    place: str
    slots: Slots
    runs: int
    last: Run
    contracts: tuple[ContractReport, ...]
    coverage: Mapping[int, Coverage]
    worst: Mapping[tuple[str, str, int], Freshness]

    @property
    def breaches(self) -> tuple[Breach, ...]:
        """All breaches: those that last first, then the newest first."""
        every = [breach for contract in self.contracts for breach in contract.breaches]
        every.sort(key=lambda breach: breach.began_at, reverse=True)
        return tuple(sorted(every, key=lambda breach: not breach.lasts))

    @property
    def current(self) -> tuple[ContractReport, ...]:
        """The contracts of the last run."""
        return tuple(contract for contract in self.contracts if contract.is_current)

    def compliance(self) -> tuple[float | None, ...]:
        """Per cent of the judgements in each slot, over all contracts, that found it to hold."""
        return tuple(
            total(
                tally for contract in self.contracts if (tally := contract.slots[index])
            ).compliance
            for index in range(self.slots.count)
        )


def report(
    *,
    database: str | None = None,
    history_url: str | None = None,
    days: float = DAYS,
    slots: int = 60,
    now: datetime | None = None,
    configuration: Configuration | None = None,
) -> Report:
    """What the history says of a database over the last days; nothing is checked or changed.

    The stretch of time ends now, or with the last run where that lies later, and is cut into so
    many slots.

    Raises NotJudged where there is no run yet, SandboxError where the history cannot be reached.
    """
    from data_assets.postgres import database_url
    from prevention.configuration import configure
    from prevention.history import open_history

    settings = configuration or configure()
    url = database or database_url()
    history = open_history(url, history_url or settings.history(), make=False)
    if history is None:
        raise _no_run()
    with history, history.engine.reading():
        return _read(history, days, slots, now or datetime.now(UTC))


def _read(history: History, days: float, count: int, now: datetime) -> Report:
    from prevention.history import overview

    first, last = overview.first_run_at(history), history.last_run()
    if first is None or last is None:
        raise _no_run()
    end = max(now, last.at)
    slots = Slots(max(first, end - timedelta(days=days)), end, count)
    tallies, worst = overview.tallies(history, slots), overview.worst_freshness(history, slots)
    breaches = history.breaches_since(slots.start)
    known = overview.last_seen(history)
    fresh = {number: overview.freshness_in(history, number) for number in {k.run for k in known}}
    contracts = [
        ContractReport(
            seen.observation,
            seen.at,
            is_current=seen.run == last.number,
            slots=tuple(tallies.get((seen.observation.contract, at)) for at in range(count)),
            freshness=_of(seen.observation.contract, fresh[seen.run]),
            breaches=tuple(
                one for one in breaches if one.promise.contract == seen.observation.contract
            ),
        )
        for seen in known
    ]
    return Report(
        history.database,
        history.place,
        slots,
        overview.count_runs(history, slots),
        last,
        tuple(sorted(contracts, key=_standing)),
        overview.last_coverage(history, slots),
        worst,
    )


def _of(contract: str, freshness: Sequence[Freshness]) -> tuple[Freshness, ...]:
    return tuple(one for one in freshness if one.contract == contract)


def _standing(contract: ContractReport) -> tuple[bool, int, str]:
    """What was in the last run first; of that, what is broken, could not be judged, holds."""
    order = {"broken": 0, "not-judged": 1, "held": 2}
    return not contract.is_current, order[contract.last.outcome], contract.last.contract


def _no_run() -> NotJudged:
    return NotJudged(
        Obstacle("There is no history yet: the monitor has not run.", "docent monitor")
    )
