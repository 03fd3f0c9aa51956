"""The notices of a run of the monitor: what began and ended, and what is announced."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from contracts.consumers import Consumer
from contracts.documents import read_document
from contracts.model import Contract
from contracts.problems import DocumentError
from detection.periods import USUAL, Periods
from prevention.acknowledgements import Acknowledgement, read_acknowledgements
from prevention.notices.composing import announcements, notice_of
from prevention.notices.telling import Told, tell

if TYPE_CHECKING:
    from prevention.history import History

STILL_NEWS: Final = timedelta(days=7)
"""How long after an event somebody who could not be told of it is still told."""
ACKNOWLEDGEMENTS: Final = "acknowledgements.yaml"


def notify(
    history: History,
    contracts: Sequence[Contract],
    consumers: Sequence[Consumer],
    folder: Path,
    channels: Mapping[str, str],
    at: datetime,
    now: datetime,
    *,
    periods: Periods = USUAL,
    environment: Mapping[str, str] = os.environ,
) -> tuple[Told, ...]:
    """Tell of every event of a history, and of all that is announced, whoever was not told yet.

    folder:  the contracts' folder, where the acknowledgements are.
    at:      the time of the run, in UTC, by which is decided what is still news.
    now:     the time of telling, in UTC, by which claims are dated: never that of ``--now``.
    periods: how long a sunset lasts in this project, at least.
    """
    entries, trouble = _acknowledgements(folder / ACKNOWLEDGEMENTS)
    events = history.events_since(at - STILL_NEWS)
    notices = [notice_of(event, contracts, consumers) for event in events]
    notices += announcements(contracts, entries, consumers, at.date(), periods)
    # Of a contract that could not be read now, nobody is told half: the next run does it.
    known = {contract.identity for contract in contracts}
    notices = [notice for notice in notices if notice.contract in known]
    return (*trouble, *tell(history, notices, contracts, channels, now, environment=environment))


def _acknowledgements(file: Path) -> tuple[tuple[Acknowledgement, ...], tuple[Told, ...]]:
    """The entries of a file; one that cannot be read stands in the way of no other notice."""
    try:
        return (read_acknowledgements(read_document(file)) if file.exists() else ()), ()
    except DocumentError as error:
        problem = error.problems[0]
        what = f"nobody can be told of planned changes ({problem.location}: {problem.what})"
        return (), (Told(ACKNOWLEDGEMENTS, (), what, problem.next_step),)
