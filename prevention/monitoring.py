"""The monitor as one Python call: a check of everything, and what it found into the history.

Then whoever is concerned is told of what began and what ended (see ``prevention.notices``).
"""

from __future__ import annotations

import os
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from contracts.model import Contract
from contracts.problems import DocumentError
from prevention.checking import Looked, load_contracts, look
from prevention.configuration import Configuration, configure
from prevention.consumers import load_registered
from prevention.decision import Decision, not_judged
from prevention.failures import describe

if TYPE_CHECKING:
    from detection.history import Run
    from prevention.history import Appended, History
    from prevention.notices import Told
    from prevention.rows import RowTerms


@dataclass(frozen=True, slots=True)
class Monitored:
    """A run of the monitor.

    appended:   the run as it stands in the history, and what it changed.
    decision:   what the check came to.
    contracts:  those that were looked at; none where their documents could not be read.
    place:      where the history is kept.
    told:       what became of telling people; nothing where nobody was to be told.
    pruned:     how many runs were taken out of the history for their age.
    """

    appended: Appended
    decision: Decision
    place: str
    contracts: tuple[Contract, ...] = field(default=(), repr=False)
    told: tuple[Told, ...] = ()
    pruned: int = 0

    @property
    def exit(self) -> int:
        """The exit code: 0 all promises hold, 1 one is broken, 2 could not judge."""
        return self.decision.exit


def monitor(
    *paths: str | os.PathLike[str],
    database: str | None = None,
    history_url: str | None = None,
    schemas: Sequence[str] | None = None,
    strict: bool | None = None,
    accepted: Collection[str] = (),
    configuration: Configuration | None = None,
    rows: RowTerms | None = None,
    notices: bool = True,
    keep: timedelta | None = None,
) -> Monitored:
    """Check contracts against a database once, and append what was found to the history.

    The parameters are those of ``prevention.check``, and ``history_url``: where the history is
    kept (see ``prevention.history``). The time of the run is ``rows.now``, else the clock's.
    ``notices`` says whether people are told (see ``prevention.notices``). With ``keep``, runs that
    are older are taken out of the history afterwards (see ``prevention.history.pruning``).

    A check that nobody can judge is appended as such. Raises SandboxError where the history
    itself cannot be reached: then nothing is checked.
    """
    from data_assets.postgres import database_url
    from prevention.history import open_history
    from prevention.history.pruning import prune

    settings = configuration or configure()
    url = database or database_url()
    history = open_history(url, history_url or settings.history(), make=True)
    assert history is not None  # noqa: S101 - it was made
    with history:
        looked = _look(paths, url, settings, schemas, strict, accepted, rows)
        clock = datetime.now(UTC)
        at = rows.now if rows and rows.now else clock
        appended = history.append(_run(looked, at))
        told = _notify(history, paths, settings, looked.contracts, at, clock) if notices else ()
        pruned = prune(history, min(at, clock) - keep) if keep else 0
        return Monitored(appended, looked.decision, history.place, looked.contracts, told, pruned)


def _notify(
    history: History,
    paths: Sequence[str | os.PathLike[str]],
    settings: Configuration,
    contracts: Sequence[Contract],
    at: datetime,
    clock: datetime,
) -> tuple[Told, ...]:
    """Tell people, by the ways that are set up; whatever goes wrong with that fails no check."""
    from prevention.notices.addressing import MAIL_SERVER
    from prevention.notices.telling import Told

    by_github = os.environ.get("GITHUB_REPOSITORY") and os.environ.get("GITHUB_TOKEN")
    if not settings.channels and not os.environ.get(MAIL_SERVER) and not by_github:
        return ()
    from prevention.notices import notify

    try:
        # Who is registered in the project reads what lies in any folder of it.
        consumers = load_registered([*paths, settings.contracts], settings.contracts)
    except DocumentError:  # the check has told it
        consumers = ()
    try:
        return notify(
            history, contracts, consumers, settings.contracts, settings.channels, at, clock,
            periods=settings.periods,
        )  # fmt: skip
    except Exception as error:  # noqa: BLE001 - the run is kept, and must be told all the same
        return (Told("notices", (), f"nobody could be told ({type(error).__name__})"),)


def _look(
    paths: Sequence[str | os.PathLike[str]],
    url: str,
    settings: Configuration,
    schemas: Sequence[str] | None,
    strict: bool | None,
    accepted: Collection[str],
    rows: RowTerms | None,
) -> Looked:
    """Look at everything; what stands in the way becomes a decision that nobody could judge."""
    contracts: tuple[Contract, ...] = ()
    try:
        contracts = load_contracts(paths, settings)
        return look(
            contracts,
            load_registered(paths or [settings.contracts], settings.contracts),
            paths,
            database=url,
            schemas=schemas,
            strict=strict,
            accepted=accepted,
            settings=settings,
            rows=rows,
        )
    except Exception as error:
        obstacles = describe(error)
        if not obstacles:
            raise
        return Looked(not_judged(*obstacles), contracts)


def _run(looked: Looked, at: datetime) -> Run:
    """What was seen, as facts for the history."""
    from detection.history import BrokenPromise, Run
    from detection.history.observing import cover, freshness_of, observe

    decision, catalog = looked.decision, looked.catalog

    def promises(*, accepted: bool) -> tuple[BrokenPromise, ...]:
        return tuple(
            BrokenPromise(
                finding.contract, finding.fingerprint, finding.rule, finding.element,
                finding.promised, finding.found,
            )
            for finding in decision.findings
            if finding.level == "error" and finding.acknowledged is accepted
            if finding.contract is not None
        )  # fmt: skip

    broken = promises(accepted=False)
    judged = decision.status != "not-judged"
    names = {promise.contract for promise in broken}
    return Run(
        at=at,
        database="",  # the history knows its own
        outcome=decision.status,
        observations=observe(looked.contracts, names, judged=judged),
        broken=broken,
        freshness=freshness_of(looked.measurements) if judged else (),
        coverage=cover(looked.contracts, catalog, looked.schemas)
        if judged and catalog and looked.whole
        else None,
        obstacle="; ".join(obstacle.what for obstacle in decision.obstacles) or None,
        accepted=promises(accepted=True),
    )
