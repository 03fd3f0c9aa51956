"""The life of contracts on a given day: what it means for those who read, and for who joins them.

Facts only, as violations. Whether a consumer is new to a contract is told by the registry: whoever
has read it since the day of the announcement, or says nothing of it, was there before.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import date

from contracts.consumers import Consumer, Subscription
from contracts.days import day_of
from contracts.model import Contract, Deprecation
from detection.model import Lifetime, Violation
from detection.periods import ENDING, USUAL, Periods, state_of, sunset_of
from detection.promises import of_consumer, of_contract
from detection.replacements import find_contradictions
from detection.rules import rule

Reader = tuple[Consumer, Subscription]


def find_lifetimes(
    contracts: Sequence[Contract],
    consumers: Sequence[Consumer],
    today: date,
    periods: Periods = USUAL,
    *,
    whole: bool = True,
) -> tuple[Violation, ...]:
    """What there is to tell of the ends of contracts on this day, contract by contract.

    whole:  whether these are all the contracts there are, so that one which is missing is.
    """
    return tuple(
        violation
        for contract in contracts
        for violation in (
            *find_contradictions(contract, contracts, whole=whole),
            *_lived(contract, readers_of(contract, consumers, contracts), today, periods),
        )
    )


def readers_of(
    contract: Contract, consumers: Sequence[Consumer], contracts: Sequence[Contract]
) -> tuple[Reader, ...]:
    """Who subscribes to a contract, in the order of the registry.

    A subscription that names no contract is to whatever active contract promises the table; to
    one that ends, where there is none that goes on.
    """
    tables = {(table.schema, table.name) for table in contract.tables}
    others = {
        (table.schema, table.name)
        for each in contracts
        if each.identity != contract.identity and state_of(each) == "active"
        for table in each.tables
    }
    own = tables - others
    return tuple(
        (consumer, each)
        for consumer in consumers
        for each in consumer.subscriptions
        if each.contract == contract.identity
        or (each.contract is None and (each.schema, each.table) in own)
    )


def is_new(subscription: Subscription, contract: Contract) -> bool:
    """Whether somebody came to a contract after its end was announced.

    Who came on the very day could not know yet; who says no day is taken to have been there.
    """
    ends = contract.deprecation
    announced, since = day_of(ends.announced if ends else None), day_of(subscription.since)
    return announced is not None and since is not None and since > announced


def since_today(
    before: Sequence[Consumer], after: Sequence[Consumer], today: date
) -> tuple[Consumer, ...]:
    """The consumers of a registry that changes; a subscription that joins it begins today.

    That is so where it names no day itself; one that was there before stays as it is.
    """
    known = {
        (consumer.name, each.contract, each.qualified_table)
        for consumer in before
        for each in consumer.subscriptions
    }
    return tuple(
        replace(
            consumer,
            subscriptions=tuple(
                each
                if each.since or (consumer.name, each.contract, each.qualified_table) in known
                else replace(each, since=today.isoformat())
                for each in consumer.subscriptions
            ),
        )
        for consumer in after
    )


def lifetime_of(contract: Contract, today: date, periods: Periods = USUAL) -> Lifetime:
    """Where in its life a contract is on this day, and what comes next."""
    ends, state = contract.deprecation or Deprecation(), state_of(contract)
    sunset, removal = sunset_of(contract), periods.removal_of(contract)
    until = {"deprecated": sunset, "sunset": removal}.get(state)
    return Lifetime(
        state,
        announced=ends.announced,
        sunset=sunset.isoformat() if sunset else None,
        removal=removal.isoformat() if removal else None,
        replacement=ends.replacement,
        migration_guide=ends.migration_guide,
        reason=ends.reason,
        days_left=(until - today).days if until else None,
    )


def _lived(
    contract: Contract, readers: Sequence[Reader], today: date, periods: Periods
) -> Iterator[Violation]:
    state, life = state_of(contract), lifetime_of(contract, today, periods)
    if state == "retired":
        for reader in _once(readers):
            yield _of_reader("lifecycle-retired-read", contract, reader, life)
    if state not in ENDING:
        return
    new = [reader for reader in readers if is_new(reader[1], contract)]
    newcomers = {consumer.name for consumer, _ in new}
    there = dict.fromkeys(
        consumer.name for consumer, _ in readers if consumer.name not in newcomers
    )
    yield _of_contract(f"lifecycle-{state}", contract, life, tuple(there))
    for reader in _once(new):
        yield _of_reader(f"lifecycle-new-to-{state}", contract, reader, life)
    if life.days_left is not None and life.days_left < 0:
        overdue = "sunset" if state == "deprecated" else "retirement"
        yield _of_contract(f"lifecycle-{overdue}-overdue", contract, life, tuple(there))


def _once(readers: Sequence[Reader]) -> Collection[Reader]:
    """Each consumer once, at the first of its subscriptions."""
    first: dict[str, Reader] = {}
    for reader in readers:
        first.setdefault(reader[0].name, reader)
    return first.values()


def _of_contract(
    identifier: str, contract: Contract, life: Lifetime, readers: tuple[str, ...]
) -> Violation:
    told = rule(identifier)
    violation = of_contract(told, told.states(life), contract)
    return replace(violation, life=life.read_by(*readers))


def _of_reader(identifier: str, contract: Contract, reader: Reader, life: Lifetime) -> Violation:
    told = rule(identifier)
    consumer, subscription = reader
    violation = of_consumer(told, told.states(life, consumer), consumer, subscription)
    # A subscription that names no contract is to this one all the same.
    return replace(violation, contract=contract.identity, life=life.read_by(consumer.name))
