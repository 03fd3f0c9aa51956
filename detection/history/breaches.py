"""Breaches: when each began and when it ended, read off runs in the order of their numbers."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Literal

from detection.history.model import BrokenPromise, Run

_HIDING: Final = ("table-missing", "column-missing", "rows-unmeasured", "rows-refused")
"""Rules that say that something could not be looked at."""

Likeness = Callable[[BrokenPromise], tuple[str | None, ...]]
"""By what two broken promises are the same."""


@dataclass(frozen=True, slots=True)
class Breach:
    """A promise that was broken from one run on, and perhaps until another.

    promise:            as the last run of the breach found it.
    began, began_at:    the number and the time of the first run that found it.
    ended, ended_at:    those of the first run that did not find it any more; ``None`` while it
                        lasts. Whoever mended it did so some time before.
    accepted:           whether it ended because somebody accepted it as it is, by a baseline:
                        the promise is broken still.
    """

    database: str
    promise: BrokenPromise
    began: int
    began_at: datetime
    ended: int | None = None
    ended_at: datetime | None = None
    accepted: bool = False

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

    A breach goes on where the same promise is broken, whatever is found there by now; it keeps
    its fingerprint. It goes on as it was where the run could not see whether the promise is kept:
    where it did not judge the contract, or where what the promise is about is gone or was not
    measured. Where that or the breach itself is accepted, the breach is over, and not mended.
    """
    judged = {each.contract for each in run.observations if each.outcome != "not-judged"}
    open_before = sorted(open_before, key=_age)
    found, new = _found_again(open_before, run.broken)
    accepted, _ = _found_again([each for each in open_before if each not in found], run.accepted)
    lasting, ended = [], []
    for breach in open_before:
        promise = breach.promise
        if breach in found:
            same = replace(found[breach], fingerprint=promise.fingerprint)
            lasting.append(replace(breach, promise=same))
        elif promise.contract not in judged or _is_hidden(promise, run.broken):
            lasting.append(breach)
        else:
            known = breach in accepted or _is_hidden(promise, run.accepted)
            ended.append(replace(breach, ended=run.number, ended_at=run.at, accepted=known))
    begun = (Breach(run.database, each, run.number, run.at) for each in new)
    return Transition(tuple(begun), tuple(lasting), tuple(ended))


def _found_again(
    breaches: Sequence[Breach], promises: Sequence[BrokenPromise]
) -> tuple[dict[Breach, BrokenPromise], tuple[BrokenPromise, ...]]:
    """Which of the promises is that of which breach, and the promises of no breach.

    The same finding goes first; of the others, what promises the same of the same element.
    """
    again: dict[Breach, BrokenPromise] = {}
    left = {_finding(each): each for each in promises}
    likenesses: tuple[Likeness, ...] = (_finding, _promise)
    for alike in likenesses:
        waiting: dict[tuple[str | None, ...], list[BrokenPromise]] = {}
        for each in left.values():
            waiting.setdefault(alike(each), []).append(each)
        for breach in breaches:
            if breach not in again and (found := waiting.get(alike(breach.promise))):
                again[breach] = found.pop(0)
                del left[_finding(again[breach])]
    return again, tuple(left.values())


def _finding(promise: BrokenPromise) -> tuple[str, str]:
    return promise.contract, promise.fingerprint


def _promise(promise: BrokenPromise) -> tuple[str | None, ...]:
    return promise.contract, promise.rule, promise.element, promise.promised


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
