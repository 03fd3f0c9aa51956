"""Random edits over months never lose notice: whatever passes step by step was announced in time.

Each edit is judged as the gate judges it, on its day. What breaks is turned away; the one break
that is let through is the last, a removal after its date, which is what somebody answers for.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import get_args

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from contracts.model import Contract, Deprecation, Notice, Status, Table
from detection.diff import diff
from detection.judgement import judge
from detection.periods import ENDING, NOT_YET, Periods, sunset_of

PERIODS = Periods(30, 7)
NEW = Contract("customers", status="active", version="1.0.0", tables=(Table("customers"),))
STATUSES = (None, *get_args(Status))
SOON = st.integers(-80, 80)
OPEN: tuple[Status | None, ...] = ("deprecated", "deprecated", None, "active")


@dataclass(frozen=True)
class Heard:
    """What the readers of a contract know of its end.

    since:     the day on which they could first read of it.
    promised:  the days of notice that they were promised until then.
    sunsets:   every sunset date that they were told.
    """

    since: date
    promised: int
    sunsets: tuple[date, ...]


class Lives(RuleBasedStateMachine):
    """A contract that is edited at random, and what its readers are told."""

    def __init__(self) -> None:
        super().__init__()
        self.day = date(2027, 12, 1)
        self.contract: Contract | None = NEW
        self.heard: Heard | None = None

    @rule(days=st.integers(0, 45))
    def wait(self, days: int) -> None:
        self.day += timedelta(days)

    @precondition(lambda self: self.contract is not None)
    @rule(
        status=st.sampled_from(STATUSES), announced=st.none() | SOON, sunset=st.none() | SOON,
        replacement=st.sampled_from((None, "customers-v2")),
        lead=st.sampled_from((None, 0, 10, 60, 90)),
    )  # fmt: skip
    def edit_anything(
        self, status: Status | None, announced: int | None, sunset: int | None,
        replacement: str | None, lead: int | None,
    ) -> None:  # fmt: skip
        ends = Deprecation(self._day(announced), self._day(sunset), replacement)
        self._propose(replace(
            NEW, status=status, deprecation=ends,
            notice=None if lead is None else Notice(lead_days=lead),
        ))  # fmt: skip

    @precondition(lambda self: self.contract is not None)
    @rule(status=st.sampled_from(STATUSES))
    def edit_the_status(self, status: Status | None) -> None:
        assert self.contract is not None
        self._propose(replace(self.contract, status=status))

    @precondition(lambda self: self.contract is not None)
    @rule(sunset=st.none() | SOON)
    def edit_the_date(self, sunset: int | None) -> None:
        assert self.contract is not None
        ends = self.contract.deprecation or Deprecation(replacement="customers-v2")
        self._propose(
            replace(self.contract, deprecation=replace(ends, sunset_date=self._day(sunset)))
        )

    @precondition(lambda self: self.contract is not None)
    @rule(days=st.integers(5, 45), ago=st.integers(-10, 60), status=st.sampled_from(OPEN))
    def announce(self, days: int, ago: int, status: Status | None) -> None:
        """A deprecation, dated back or ahead, in words or, where there are none, by its date."""
        assert self.contract is not None
        ends = Deprecation(self._day(-ago), self._day(days), "customers-v2")
        self._propose(replace(self.contract, status=status, deprecation=ends))

    @precondition(lambda self: self.contract is not None)
    @rule(sunset=st.sampled_from((None, -40, -7, 3)))
    def reach_the_sunset(self, sunset: int | None) -> None:
        """A sunset, perhaps with another date than the one that was announced."""
        assert self.contract is not None
        ends = self.contract.deprecation
        if ends and sunset is not None:
            ends = replace(ends, sunset_date=self._day(sunset))
        self._propose(replace(self.contract, status="sunset", deprecation=ends))

    @precondition(lambda self: self.contract is not None and self.contract.deprecation is not None)
    @rule(late=st.sampled_from((-1, 0, 0, 6, 7)))
    def wait_for_the_date(self, late: int) -> None:
        """On to a day about that of the sunset, or of the removal."""
        assert self.contract is not None
        if sunset := sunset_of(self.contract):
            self.day = max(self.day, sunset + timedelta(late))

    @precondition(lambda self: self.contract is not None)
    @rule()
    def remove(self) -> None:
        self._propose(None)

    @precondition(lambda self: self.contract is None)
    @rule()
    def begin_again(self) -> None:
        self.contract, self.heard = NEW, None

    def _day(self, number: int | None) -> str | None:
        return None if number is None else (self.day + timedelta(number)).isoformat()

    def _propose(self, new: Contract | None) -> None:
        old = self.contract
        assert old is not None
        changes = diff((old,), () if new is None else (new,))
        verdicts = judge(changes, today=self.day, periods=PERIODS)
        if any(each.breaks and each.rule != "contract-retired" for each in verdicts):
            return
        self._hear(old, new)
        self.contract = new

    def _hear(self, old: Contract, new: Contract | None) -> None:
        """What the readers learn of an edit that passed; and what must be so by then."""
        if old.status in NOT_YET or old.status == "retired":
            self.heard = None
        gone = new is None or new.status == "retired"
        if gone and old.status not in (*NOT_YET, "retired"):
            self._was_heard_in_time(stay=PERIODS.sunset_days)
        elif new is not None and new.status == "sunset" and old.status != "sunset":
            self._was_heard_in_time(stay=0)
        if new is not None and _ends(new):
            told = sunset_of(new)
            assert told is not None
            since = self.heard or Heard(self.day, PERIODS.notice_of(old), ())
            self.heard = replace(since, sunsets=(*since.sunsets, told))

    def _was_heard_in_time(self, *, stay: int) -> None:
        assert self.heard is not None, "nobody was told"
        assert (self.day - self.heard.since).days >= self.heard.promised + stay
        assert self.day >= max(self.heard.sunsets) + timedelta(stay)


def _ends(contract: Contract) -> bool:
    """Whether its readers learn that it is to end; a document without states says it by a date."""
    dated = contract.status is None and sunset_of(contract) is not None
    return contract.status in ENDING or dated


TestLives = Lives.TestCase
TestLives.settings = settings(
    max_examples=50,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
