"""Tell everybody whom a notice concerns, of each event once, whatever is down meanwhile.

What was told is kept in the history (see ``prevention.history.deliveries``). All that is new for
one address goes out in one message. What could not be told now is tried again at the next run.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from contracts.model import Contract
from prevention.history.deliveries import claim, deliveries, settle
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


def tell(
    history: History,
    notices: Sequence[Notification],
    contracts: Sequence[Contract],
    channels: Mapping[str, str],
    at: datetime,
    *,
    environment: Mapping[str, str] = os.environ,
    sending: Send = send,
) -> tuple[Told, ...]:
    """Tell of each notice everybody whom it concerns and who was not told yet.

    at:  the time of telling, in UTC.
    """
    known = {contract.identity: contract for contract in contracts}
    post: dict[Address | Unreachable, list[Notification]] = {}
    troubles = {(each.event, each.channel): each.trouble for each in deliveries(history)}
    for notice in notices:
        contract = known.get(notice.contract)
        for address in addresses_of(notice, contract, channels, environment):
            post.setdefault(address, []).append(notice)
    told: list[Told] = []
    for address, about in post.items():
        if isinstance(address, Unreachable):
            # Who cannot be reached is named once for each event, not at every run.
            new = [x for x in about if troubles.get((x.event, address.label)) != address.why]
            told += _leave(history, address, new, at)
        else:
            told += _tell(history, address, about, at, environment, sending)
    return tuple(told)


def _leave(
    history: History, address: Unreachable, notices: Sequence[Notification], at: datetime
) -> Iterator[Told]:
    """Note that there is no way to an address yet; once there is, it is told."""
    due = tuple(each for each in notices if claim(history, each.event, address.label, at))
    for notice in due:
        settle(history, notice.event, address.label, at, address.why)
    if due:
        yield Told(address.label, due, address.why, address.next_step)


def _tell(
    history: History,
    address: Address,
    notices: Sequence[Notification],
    at: datetime,
    environment: Mapping[str, str],
    sending: Send,
) -> Iterator[Told]:
    due = tuple(each for each in notices if claim(history, each.event, address.label, at))
    if not due:
        return
    trouble = sending(due, address, environment)
    for notice in due:
        settle(history, notice.event, address.label, at, trouble)
    retried = "It is tried again at the next run." if trouble else None
    yield Told(address.label, due, trouble, retried)
