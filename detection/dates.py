"""What only a day can tell of a contract's end: whether it came after its date, or too soon."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from contracts.days import day_of
from contracts.model import Contract
from contracts.versions import read_version
from detection.change import Change
from detection.diffing.contracts import days
from detection.periods import ENDING, USUAL, Periods, state_of, sunset_of


def dated(change: Change, today: date | None, periods: Periods = USUAL) -> Change:
    """The change as it is to be told on this day; without a day, none has come yet."""
    old, new = change.before.contract, change.after.contract
    if old is None:
        return change
    if change.kind == "contract-deprecated" and new is not None:
        return _announced(change, old, new, today, periods)
    if today is None:
        return change
    if change.kind in ("contract-removed", "contract-retired"):
        return _ended(change, old, today, periods)
    if change.kind == "state-stepped-back" and new is not None:
        return _succeeded(change, old, new, today, periods)
    if change.kind == "contract-sunset":
        return _stopped(change, old, today)
    return change


def _announced(
    change: Change, old: Contract, new: Contract, today: date | None, periods: Periods
) -> Change:
    """A deprecation is announced on the day that it names, and not before it can be read.

    A date in the past gives nobody notice: until today, whoever read the contract saw no end.
    """
    ends = new.deprecation
    stated, sunset = day_of(ends.announced if ends else None), sunset_of(new)
    heard = max((each for each in (stated, today) if each), default=None)
    if heard is None or sunset is None:
        return change
    promised = max(periods.notice_of(old), periods.notice_of(new))
    notice = (sunset - heard).days
    if notice >= promised:
        return change
    return replace(
        change, kind="notice-too-short", old=days(promised), new=days(notice), aspect="sunset date"
    )


def _stopped(change: Change, old: Contract, today: date) -> Change:
    """A sunset comes on the date that the contract announced before, or later."""
    sunset = sunset_of(old)
    if sunset is None:
        return replace(change, kind="notice-too-short", old="a sunset date", new="none announced")
    left = (sunset - today).days
    return _too_soon(change, sunset, today) if left > 0 else change


def _ended(change: Change, old: Contract, today: date, periods: Periods) -> Change:
    """A contract goes some days after its sunset date; one that announced no end is removed."""
    removal, sunset = periods.removal_of(old), sunset_of(old)
    if removal is None or sunset is None or state_of(old) not in ENDING:
        return change
    left = (removal - today).days
    if left <= 0:
        return replace(change, kind="contract-retired")
    if change.kind == "contract-removed" and today < sunset:
        return change
    return _too_soon(change, removal, today)


def _succeeded(
    change: Change, old: Contract, new: Contract, today: date, periods: Periods
) -> Change:
    """Where the next major version takes the place of one whose end was announced, and has come.

    The states of two versions are no steps of one life: the old one is retired on its day.
    """
    removal = periods.removal_of(old)
    is_next = _major(new) > _major(old) and state_of(new) == "active"
    if state_of(old) in ENDING and is_next and removal is not None and removal <= today:
        return replace(change, kind="contract-retired")
    return change


def _major(contract: Contract) -> int:
    version = read_version(contract.version) if contract.version else None
    return version.major if version else 0


def _too_soon(change: Change, due: date, today: date) -> Change:
    sooner = f"{today}, {days((due - today).days)} sooner"
    return replace(change, kind="notice-too-short", old=due.isoformat(), new=sooner)
