"""Tell everybody whom a notice concerns, of each event once, whatever is down meanwhile.

What was told is kept in the history (see ``prevention.history.deliveries``). All that is new for
one address goes out in one message. What could not be told now is tried again at the next run.

Telling takes so long and no longer: an address that does not come to an end is left behind, and
what there is no time for is left to the next run, which begins with those that were left.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from queue import Empty, SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING, Final

from contracts.model import Contract
from prevention.history.deliveries import Delivery, claim, deliveries, settle
from prevention.notices.addressing import Address, Unreachable, addresses_of
from prevention.notices.model import Notification
from prevention.notices.sending import send

if TYPE_CHECKING:
    from prevention.history import History

Send = Callable[[Sequence[Notification], Address, Mapping[str, str]], str | None]


@dataclass(frozen=True, slots=True)
class Told:
    """What became of telling one address.

    notices:    those that it was told of, or was not; none where there is no way to it.
    trouble:    what stood in the way; ``None`` where it was told.
    next_step:  what to do about that, where somebody can.
    """

    label: str
    notices: tuple[Notification, ...]
    trouble: str | None = None
    next_step: str | None = None


@dataclass(frozen=True, slots=True)
class Limits:
    """How long telling may take, in seconds: one address, and all of them together."""

    address: float = 30
    whole: float = 120


LIMITS: Final = Limits()


def tell(
    history: History,
    notices: Sequence[Notification],
    contracts: Sequence[Contract],
    channels: Mapping[str, str],
    at: datetime,
    *,
    environment: Mapping[str, str] = os.environ,
    sending: Send = send,
    limits: Limits = LIMITS,
) -> tuple[Told, ...]:
    """Tell of each notice everybody whom it concerns and who was not told yet.

    at:  the time of telling, in UTC.
    """
    until = time.monotonic() + limits.whole
    known = {contract.identity: contract for contract in contracts}
    post: dict[Address | Unreachable, list[Notification]] = {}
    tried = {(each.event, each.channel): each for each in deliveries(history)}
    for notice in notices:
        contract = known.get(notice.contract)
        for address in addresses_of(notice, contract, channels, environment):
            post.setdefault(address, []).append(notice)
    told: list[Told] = []
    for address, about in sorted(post.items(), key=lambda each: _failures(each[0], each[1], tried)):
        if isinstance(address, Unreachable):
            # Who cannot be reached is named once for each event, not at every run.
            new = [x for x in about if not _is_known(address, tried.get((x.event, address.label)))]
            told += _leave(history, address, new, at)
            continue

        def to_send(due: Sequence[Notification], to: Address = address) -> str | None:
            seconds = min(limits.address, until - time.monotonic())
            return _within(seconds, lambda: sending(due, to, environment))

        told += _tell(history, address, about, at, to_send)
    return tuple(told)


def _failures(
    address: Address | Unreachable,
    notices: Sequence[Notification],
    tried: Mapping[tuple[str, str], Delivery],
) -> int:
    """How often an address failed for something of which it is still to be told."""
    if isinstance(address, Unreachable):  # it takes no time
        return 0
    known = (tried.get((notice.event, address.label)) for notice in notices)
    return max((each.tries for each in known if each and each.state == "failed"), default=0)


def _is_known(address: Unreachable, delivery: Delivery | None) -> bool:
    return delivery is not None and delivery.trouble == address.why


def _leave(
    history: History, address: Unreachable, notices: Sequence[Notification], at: datetime
) -> Iterator[Told]:
    """Note that there is no way to an address yet; once there is, it is told."""
    due = _claimed(history, address, notices, at)
    for notice, tried in due:
        settle(history, notice.event, address.label, tried, at, address.why)
    if due:
        yield Told(address.label, tuple(each for each, _ in due), address.why, address.next_step)


def _tell(
    history: History,
    address: Address,
    notices: Sequence[Notification],
    at: datetime,
    to_send: Callable[[Sequence[Notification]], str | None],
) -> Iterator[Told]:
    claimed = _claimed(history, address, notices, at)
    if not claimed:
        return
    due = tuple(notice for notice, _ in claimed)
    trouble = to_send(due)
    for notice, tried in claimed:
        settle(history, notice.event, address.label, tried, at, trouble)
    retried = "It is tried again at the next run." if trouble else None
    yield Told(address.label, due, trouble, retried)


def _claimed(
    history: History,
    address: Address | Unreachable,
    notices: Sequence[Notification],
    at: datetime,
) -> list[tuple[Notification, int]]:
    """Those of the notices that are ours to tell now, and which try that is."""
    claims = ((each, claim(history, each.event, address.label, at)) for each in notices)
    return [(notice, tried) for notice, tried in claims if tried is not None]


def _within(seconds: float, call: Callable[[], str | None]) -> str | None:
    """What a call returns, or that it took too long; then it is left behind as it is."""
    if seconds <= 0:
        return "there was no time left for it"
    result: SimpleQueue[str | None] = SimpleQueue()

    def work() -> None:
        try:
            result.put(call())
        except Exception as error:  # noqa: BLE001 - whatever it is, nobody waits for it in vain
            result.put(f"it cannot be told ({type(error).__name__})")

    Thread(target=work, daemon=True).start()
    try:
        return result.get(timeout=seconds)
    except Empty:
        return f"it took more than {seconds:.0f} seconds, and may have been told"
