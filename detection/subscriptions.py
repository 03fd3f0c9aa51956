"""The versions that consumers subscribe to: that there is one, and that it can still be kept."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from contracts.consumers import Consumer, Subscription
from contracts.model import Contract
from contracts.versions import Version, read_version
from detection.model import Violation
from detection.promises import of_consumer
from detection.rules import rule


def find_unfit_versions(
    consumers: Sequence[Consumer], contracts: Sequence[Contract]
) -> tuple[Violation, ...]:
    """Subscriptions to no version, to one that is yet to come, and to one that is gone."""
    by_name = {contract.identity: contract for contract in contracts}
    return tuple(
        violation
        for consumer in consumers
        for subscription in consumer.subscriptions
        for violation in _unfit(consumer, subscription, by_name.get(subscription.contract or ""))
    )


def _unfit(
    consumer: Consumer, subscription: Subscription, contract: Contract | None
) -> Iterator[Violation]:
    said = subscription.version
    version = read_version(_whole(said)) if said else None
    if said is not None and version is None:
        yield _told("subscription-floating", consumer, subscription, said or "(nothing)")
        return
    now = read_version(contract.version) if contract and contract.version else None
    if contract is None or now is None:
        return
    if version is None:
        yield _told("subscription-unversioned", consumer, subscription, str(contract.version))
    elif now < version:
        yield _told("subscription-ahead", consumer, subscription, str(said), str(contract.version))
    elif _promise(version) < _promise(now):
        yield _told("subscription-behind", consumer, subscription, str(said), str(contract.version))


def _whole(version: str) -> str:
    """A version as it is read; a registry may leave out the patch, as in 1.2."""
    return f"{version}.0" if version.count(".") == 1 and "-" not in version else version


def _promise(version: Version) -> tuple[int, int]:
    """What stays the same as long as nothing breaks: below 1.0.0, minor acts as major."""
    return (version.major, 0 if version.major else version.minor)


def _told(
    identifier: str, consumer: Consumer, subscription: Subscription, *facts: str
) -> Violation:
    told = rule(identifier)
    return of_consumer(told, told.states(consumer, *facts), consumer, subscription)
