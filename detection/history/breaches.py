"""Breaches: when each began and when it ended, read off runs in the order of their numbers."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Literal

from detection.history.model import BrokenPromise, Run

_HIDING: Final = ("table-missing", "column-missing", "rows-unmeasured", "rows-refused")
"""Rules that say that something could not be looked at."""


@dataclass(frozen=True, slots=True)
class Breach:
    """A promise that was broken from one run on, and perhaps until another.

    promise:            as the last run of the breach found it.
    began, began_at:    the number and the time of the first run that found it.
    ended, ended_at:    those of the first run that did not find it any more; ``None`` while it
                        lasts. Whoever mended it did so some time before.
    """

    database: str
    promise: BrokenPromise
    began: int
    began_at: datetime
    ended: int | None = None
    ended_at: datetime | None = None

    @property
    def id(self) -> str:
        """What tells this breach from every other; it stays the same when the breach ends."""
        facts = [self.database, self.promise.contract, self.promise.fingerprint, self.began]
        text = json.dumps([*facts, self.began_at.timestamp()])
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    @property
    def lasts(self) -> bool:
        """Whether no run has found it mended yet."""
        return self.ended is None


@dataclass(frozen=True, slots=True)
class Event:
    """A breach began, or ended."""

    kind: Literal["began", "ended"]
    breach: Breach

    @property
    def id(self) -> str:
        """What tells this event from every other, for ever."""
        return f"{self.breach.id}-{self.kind}"

    @property
    def at(self) -> datetime:
        """The time of the run that found it out."""
        ended = self.breach.ended_at if self.kind == "ended" else None
        return ended or self.breach.began_at


@dataclass(frozen=True, slots=True)
class Transition:
    """What a run changes: breaches that it begins, goes on with, and ends."""

    begun: tuple[Breach, ...]
    lasting: tuple[Breach, ...]
    ended: tuple[Breach, ...]

    @property
    def events(self) -> tuple[Event, ...]:
        """The beginnings, then the ends."""
        began = (Event("began", breach) for breach in self.begun)
        return (*began, *(Event("ended", breach) for breach in self.ended))

    @property
    def open(self) -> tuple[Breach, ...]:
        """The breaches that last after the run."""
        return (*self.lasting, *self.begun)


def carry_on(open_before: Sequence[Breach], run: Run) -> Transition:
    """What a run makes of the breaches of its database that were open before it.

    A breach goes on as it was where the run could not see whether the promise is kept: where it
    did not judge the contract, or where what the promise is about is gone or was not measured.
    """
    judged = {each.contract for each in run.observations if each.outcome != "not-judged"}
    found = {(each.contract, each.fingerprint): each for each in run.broken}
    lasting, ended = [], []
    for breach in sorted(open_before, key=_age):
        again = found.pop((breach.promise.contract, breach.promise.fingerprint), None)
        if again is not None:
            lasting.append(replace(breach, promise=again))
        elif breach.promise.contract in judged and not _is_hidden(breach.promise, run.broken):
            ended.append(replace(breach, ended=run.number, ended_at=run.at))
        else:
            lasting.append(breach)
    begun = (Breach(run.database, each, run.number, run.at) for each in found.values())
    return Transition(tuple(begun), tuple(lasting), tuple(ended))


def _is_hidden(promise: BrokenPromise, broken: Sequence[BrokenPromise]) -> bool:
    """Whether something else that is broken kept a run from seeing whether a promise is kept."""
    return any(
        each.contract == promise.contract
        and (
            (each.element, each.promised) == (promise.element, promise.promised)
            if each.rule.startswith("rows-")
            else f"{promise.element}.".startswith(f"{each.element}.")
        )
        for each in broken
        if each.rule in _HIDING
    )


def breaches_of(runs: Iterable[Run]) -> tuple[Breach, ...]:
    """All breaches in runs of one database, in the order in which they began."""
    ended: list[Breach] = []
    still_open: tuple[Breach, ...] = ()
    for run in runs:
        transition = carry_on(still_open, run)
        ended += transition.ended
        still_open = transition.open
    return tuple(sorted((*ended, *still_open), key=_age))


def events_of(runs: Iterable[Run]) -> tuple[Event, ...]:
    """All events in runs of one database, in the order in which they were found out."""
    events: list[Event] = []
    still_open: tuple[Breach, ...] = ()
    for run in runs:
        transition = carry_on(still_open, run)
        events += transition.events
        still_open = transition.open
    return tuple(events)


def _age(breach: Breach) -> tuple[int, str]:
    """The order of breaches: as they began, and of one run always the same."""
    return breach.began, breach.id
