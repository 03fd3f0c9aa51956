"""Two registries of consumers: who is no longer in it, and who says to read less than before.

Impact must not be hidden by deleting the witness, so what goes is told.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from contracts.consumers import Consumer, Subscription
from contracts.model import Location, Table
from detection.change import Change, Side


def compare_registries(old: Sequence[Consumer], new: Sequence[Consumer]) -> Iterator[Change]:
    """Every difference between two registries, consumer by consumer, by name."""
    before = {consumer.name: consumer for consumer in old}
    after = {consumer.name: consumer for consumer in new}
    for name in sorted(before.keys() | after.keys()):
        one, other = before.get(name), after.get(name)
        if one is not None and other is not None:
            yield from _compare(one, other)
        elif one is not None:
            yield _told("consumer-removed", one, one.subscriptions[0], old=_reads(one))
        elif other is not None:
            yield _told("consumer-added", other, other.subscriptions[0], new=_reads(other))


def _compare(old: Consumer, new: Consumer) -> Iterator[Change]:
    before, after = _columns(old), _columns(new)
    for table in sorted(before.keys() | after.keys()):
        read, reads = before.get(table, ()), after.get(table, ())
        subscription = _subscription(new if table in after else old, table)
        for kind, names in (
            ("consumer-reads-less", [name for name in read if name not in reads]),
            ("consumer-reads-more", [name for name in reads if name not in read]),
        ):
            if names:
                said = {"old" if kind.endswith("less") else "new": ", ".join(names)}
                yield _told(kind, new, subscription, **said)
    yield from _compare_queries(old, new)
    if _needs(old) != _needs(new):
        yield _told("consumer-described", new, new.subscriptions[0])


def _compare_queries(old: Consumer, new: Consumer) -> Iterator[Change]:
    before = {query.name: query.sql for query in old.queries}
    after = {query.name: query.sql for query in new.queries}
    usual = new.subscriptions[0]
    for name in before.keys() - after.keys():
        yield _told("consumer-reads-less", new, usual, old=f"query {name}")
    for name in after.keys() - before.keys():
        yield _told("consumer-reads-more", new, usual, new=f"query {name}")
    for name in before.keys() & after.keys():
        if before[name].split() != after[name].split():
            yield _told("consumer-described", new, usual, old=before[name], new=after[name])


def _columns(consumer: Consumer) -> dict[tuple[str, str], tuple[str, ...]]:
    return {
        (each.schema, each.table): consumer.reads(each.schema, each.table)
        for each in consumer.subscriptions
    }


def _subscription(consumer: Consumer, table: tuple[str, str]) -> Subscription:
    return next(each for each in consumer.subscriptions if (each.schema, each.table) == table)


def _needs(consumer: Consumer) -> Consumer:
    """A consumer without what it reads: its team, its mode, what it needs and what it bears."""
    contracts = tuple(
        replace(each, columns=(), table="", schema="") for each in consumer.subscriptions
    )
    return replace(consumer, subscriptions=tuple(dict.fromkeys(contracts)), queries=())


def _reads(consumer: Consumer) -> str:
    return ", ".join(each.qualified_table for each in consumer.subscriptions)


def _told(
    kind: str,
    consumer: Consumer,
    subscription: Subscription,
    *,
    old: str | None = None,
    new: str | None = None,
) -> Change:
    """A change of what a consumer says, at the table that it is about."""
    side = Side(table=Table(subscription.table, subscription.schema), part=consumer)
    source = consumer.source if kind == "consumer-described" else subscription.source
    place: Location | None = source.location if source else None
    return Change(
        kind,
        contract=subscription.contract,
        schema=subscription.schema,
        table=subscription.table,
        aspect=consumer.name,
        old=old,
        new=new,
        before=side,
        after=side,
        location=place,
    )
