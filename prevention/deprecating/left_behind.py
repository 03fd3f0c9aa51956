"""Who would be left behind by a step: registered readers who have not moved. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from contracts.consumers import Consumer
from contracts.model import Contract
from detection.lifetimes import readers_of
from detection.readiness import Readiness, find_readiness
from prevention.deprecating.steps import Refused
from prevention.readiness import describe


def require_moved(
    base: Contract,
    new: Contract,
    successor: Contract,
    consumers: Sequence[Consumer],
    contracts: Sequence[Contract],
) -> tuple[Readiness, ...]:
    """The readers whose queries of the replacement a database has still to be asked about.

    Raises :class:`Refused` where a contract comes to its sunset and somebody has no query of the
    replacement, or is retired and somebody is registered for it.
    """
    if base.status == new.status:
        return ()
    if new.status == "retired":
        _require_nobody(new, successor, consumers, contracts)
    if new.status != "sunset":
        return ()
    found = find_readiness(new, successor, consumers, contracts, {})
    if silent := [each for each in found if each.proof == "silent"]:
        who = "; ".join(f"{_called(each.consumer)}: {describe(each)}" for each in silent)
        raise Refused(
            "readiness-unproven",
            f"{new.identity} has readers who have not moved: {who}.",
            f"Register the query by which each reads {successor.identity}, or move its "
            f"subscription there; or postpone: docent deprecate {new.identity} --sunset DAY.",
        )
    return tuple(each for each in found if not each.is_ready)


def _require_nobody(
    new: Contract, successor: Contract, consumers: Sequence[Consumer], contracts: Sequence[Contract]
) -> None:
    readers = dict.fromkeys(_called(one) for one, _ in readers_of(new, consumers, contracts))
    if readers:
        raise Refused(
            "lifecycle-retired-read",
            f"{new.identity} is still read by {', '.join(readers)}.",
            f"Move each subscription to {successor.identity} in the registry, together with its "
            "team; take out those that nobody is behind any more.",
        )


def _called(consumer: Consumer) -> str:
    return f"{consumer.name} ({consumer.migration_contact})"
