"""The states of a contract's life, and how much notice there is of its end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

from contracts.days import day_of
from contracts.model import Contract, Deprecation, Status

NOT_YET: Final[tuple[Status, ...]] = ("proposed", "draft")
"""The states in which a contract promises nothing yet."""

ENDING: Final[tuple[Status, ...]] = ("deprecated", "sunset")
"""The states in which the end of a contract is announced."""

REVIEW_DAYS: Final = 7
"""Days that a sunset nobody named lies beyond the notice: the gate counts from when it sees the
announcement, which is not the day on which it was written."""

STAGES: Final[dict[Status | None, int]] = {
    "proposed": 0, "draft": 0, None: 1, "active": 1, "deprecated": 2, "sunset": 3, "retired": 4,
}  # fmt: skip
"""The stages of a contract's life in their order; where nothing is said, it is active."""


@dataclass(frozen=True, slots=True)
class Periods:
    """The least time that each stage of a contract's end takes, in days.

    notice_days:  from the announcement to the sunset date; a contract may promise more.
    sunset_days:  from the sunset date to the day on which the contract may go.
    inherited:    what contracts promise of notice because they extend others, in days, by their
                  identities.
    """

    notice_days: int = 30
    sunset_days: int = 7
    inherited: Mapping[str, int] = field(default_factory=dict, hash=False)

    def notice_of(self, contract: Contract) -> int:
        """How many days before its end a contract promises to say so."""
        own = contract.notice.lead_days if contract.notice else None
        return max(self.notice_days, own or 0, self.inherited.get(contract.identity, 0))

    def at_least(self, other: Periods) -> Periods:
        """The longer of each, of two settings of one project."""
        return Periods(
            max(self.notice_days, other.notice_days),
            max(self.sunset_days, other.sunset_days),
            {
                each: max(self.inherited.get(each, 0), other.inherited.get(each, 0))
                for each in (*self.inherited, *other.inherited)
            },
        )

    def removal_of(self, contract: Contract) -> date | None:
        """The first day on which a contract may go; ``None`` where it says no sunset date."""
        sunset = sunset_of(contract)
        try:
            return sunset + timedelta(self.sunset_days) if sunset else None
        except OverflowError:
            return date.max


USUAL: Final = Periods()
"""Those of a project that says nothing of its own."""


def sunset_of(contract: Contract) -> date | None:
    """The sunset date that a contract announces; ``None`` where it announces none."""
    return day_of(contract.deprecation.sunset_date) if contract.deprecation else None


def state_of(contract: Contract) -> Status:
    """The state that a contract is in, as its document says.

    One that says none is active; where it names the day of its end all the same, as a model of
    dbt does, which has no states, it is deprecated.
    """
    if contract.status is not None:
        return contract.status
    return "deprecated" if sunset_of(contract) else "active"


def missing_of_end(contract: Contract) -> str | None:
    """What a contract that is to end does not say of it: ``sunset date and replacement``.

    ``None`` where it says all, or is not to end. A date that no calendar has is none.
    """
    if STAGES[contract.status] not in (2, 3):
        return None
    ends = contract.deprecation or Deprecation()
    said = {"sunset date": day_of(ends.sunset_date), "replacement": ends.replacement}
    return " and ".join(word for word, value in said.items() if not value) or None


def standing(contracts: Sequence[Contract]) -> tuple[Contract, ...]:
    """Those that still promise something: all but the retired ones."""
    return tuple(contract for contract in contracts if contract.status != "retired")
