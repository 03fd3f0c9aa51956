"""What only a day can tell of a contract's end: whether it came after its date, or too soon."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Final

from contracts.model import Contract
from detection.change import Change
from detection.diffing.contracts import days, days_between, notice_days

SUNSET_DAYS: Final = 7
"""The days that a contract stays after its sunset date, at least."""


def dated(change: Change, today: date | None) -> Change:
    """The change as it is to be told on this day; without a day, as it is."""
    contract = change.before.contract
    if today is None or contract is None:
        return change
    if change.kind in ("contract-removed", "contract-retired"):
        return _ended(change, contract, today)
    if change.kind == "contract-sunset" and _until(contract, today) > 0:
        return _too_soon(change, _until(contract, today), "before its sunset date")
    if change.kind == "contract-deprecated" and change.after.contract is not None:
        return _announced(change, contract, change.after.contract, today)
    return change


def _ended(change: Change, contract: Contract, today: date) -> Change:
    if contract.deprecation is None or contract.deprecation.sunset_date is None:
        return change
    left = _until(contract, today) + SUNSET_DAYS
    if left <= 0:
        return replace(change, kind="contract-retired")
    if left <= SUNSET_DAYS:
        return _too_soon(change, left, f"{SUNSET_DAYS} days after its sunset date")
    return change


def _announced(change: Change, old: Contract, new: Contract, today: date) -> Change:
    """A deprecation that says not when it was announced is announced on this day."""
    ends = new.deprecation
    if ends is None or ends.announced is not None:
        return change
    notice = days_between(today.isoformat(), ends.sunset_date)
    if notice is None or notice >= notice_days(old):
        return change
    return replace(
        change, kind="notice-too-short", old=days(notice_days(old)), new=days(notice),
        aspect="sunset date",
    )  # fmt: skip


def _too_soon(change: Change, number: int, when: str) -> Change:
    return replace(change, kind="notice-too-short", old=when, new=f"{days(number)} sooner")


def _until(contract: Contract, today: date) -> int:
    """The days that are left until the contract's sunset date; below 0 once it is past."""
    ends = contract.deprecation.sunset_date if contract.deprecation else None
    return days_between(today.isoformat(), ends) or 0
