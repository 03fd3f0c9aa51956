"""The end of a contract, day by day: each step taken when it is due, and what readers are told.

Nothing is written: the contract as it would be on a day is worked out, and looked at with the very
function that ``docent check --now`` uses.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from contracts.consumers import Consumer
from contracts.days import day_of
from contracts.model import Contract, Deprecation, Status
from detection.lifetimes import find_lifetimes, readers_of
from detection.periods import USUAL, Periods

ANNOUNCED: Final = date(2026, 12, 1)
"""The day on which the end of the card's first version is announced, wherever it is told."""

NOTHING: Final = "nothing"

SAID: Final = {
    "lifecycle-deprecated": "warning",
    "lifecycle-new-to-deprecated": "warning",
    "lifecycle-sunset": "urgent warning",
    "lifecycle-new-to-sunset": "error",
    "lifecycle-retired-read": "error",
}
"""What a rule comes to for a reader, in a word or two."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a reader is told on a day.

    since:  the day from which they have read; ``None`` where the registry does not say.
    word:   ``nothing``, ``warning``, ``urgent warning`` or ``error``.
    sentence:  the whole of it, as ``docent check`` says it.
    """

    reader: str
    since: date | None
    word: str
    sentence: str = ""


@dataclass(frozen=True, slots=True)
class Life:
    """A contract whose end is announced on a day, with just as much notice as it owes.

    contracts:  all there are, it among them; its replacement is named by ``replacement``.
    consumers:  who is registered, newcomers included; each reads from the day it names.
    """

    contract: Contract
    replacement: str
    contracts: tuple[Contract, ...]
    consumers: tuple[Consumer, ...]
    announced: date = ANNOUNCED
    periods: Periods = USUAL

    @property
    def sunset(self) -> date:
        """The day from which nobody new may rely on it."""
        return self.announced + timedelta(self.periods.notice_of(self.contract))

    @property
    def removal(self) -> date:
        """The first day on which it may be gone."""
        return self.sunset + timedelta(self.periods.sunset_days)

    def state(self, day: date) -> Status:
        """The state that it is in on a day."""
        due: tuple[tuple[date, Status], ...] = (
            (self.removal, "retired"), (self.sunset, "sunset"), (self.announced, "deprecated"),
        )  # fmt: skip
        return next((state for first, state in due if day >= first), "active")

    def on(self, day: date) -> Contract:
        """The contract as its document says it on a day."""
        state = self.state(day)
        if state == "active":
            return self.contract
        ends = Deprecation(self.announced.isoformat(), self.sunset.isoformat(), self.replacement)
        return replace(self.contract, status=state, deprecation=ends)

    def told(self, day: date) -> tuple[Told, ...]:
        """What each of its readers is told on a day, of those that read it by then."""
        from prevention.decision import finding_of
        from prevention.words import issue

        now = self.on(day)
        contracts = tuple(now if one is self.contract else one for one in self.contracts)
        readers = [
            (consumer, day_of(subscription.since))
            for consumer, subscription in readers_of(now, self.consumers, contracts)
        ]
        there = [(who, since) for who, since in readers if since is None or since <= day]
        found = find_lifetimes(contracts, [who for who, _ in there], day, self.periods)
        heard = {
            name: (SAID[one.rule], issue(finding_of(one)))
            for one in found
            if one.rule in SAID and one.life
            for name in one.life.readers
        }
        return tuple(
            Told(who.name, since, *heard.get(who.name, (NOTHING, ""))) for who, since in there
        )


def life_of_the_card(announced: date = ANNOUNCED) -> Life:
    """The life of the first version of the museum's card, with somebody who comes too late."""
    from contracts import load_folder
    from contracts.consumers import load_consumers
    from data_assets.reporting import CONTRACTS

    contracts = load_folder(CONTRACTS)
    consumers = load_consumers(CONTRACTS / "consumers.yaml")
    (card,) = (one for one in contracts if one.name == "object-card-v1")
    reader = next(one for one in consumers if one.name == "guide-app")
    late = came_late(reader, "audio-guide", announced + timedelta(7))
    return Life(card, "reporting/object-card-v2", contracts, (*consumers, late), announced)


def came_late(like: Consumer, name: str, day: date) -> Consumer:
    """A consumer who reads what another one reads, from a day on."""
    since = tuple(replace(one, since=day.isoformat()) for one in like.subscriptions)
    return replace(like, name=name, subscriptions=since)
