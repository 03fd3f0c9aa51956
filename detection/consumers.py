"""The registry of consumers against what is: queries that are careless, columns that are not said.

Nobody's promise is broken by these; they say where the registry would mislead whoever asks it
who is hurt by a change. Facts only, as violations: the owner is the consumer's own team, and
the place is that in the registry.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from contracts.consumers import Consumer, Query, Subscription
from contracts.model import Contract
from contracts.queries import NoQueryError, find_stars, has_star
from detection.model import Catalog, Violation
from detection.promises import of_consumer
from detection.reads import ColumnRead, find_reads
from detection.rules import rule

_STAR: Final = rule("consumer-selects-star")
_UNREAD_QUERY: Final = rule("consumer-query-unread")
_UNDECLARED: Final = rule("consumer-column-undeclared")
_UNREAD_COLUMN: Final = rule("consumer-column-unread")
_UNKNOWN: Final = rule("consumer-contract-unknown")
_UNPROMISED: Final = rule("consumer-column-unpromised")

_NOTHING: Final = Catalog("", 0, (), ())


def find_careless_queries(consumers: Sequence[Consumer]) -> tuple[Violation, ...]:
    """Registered queries with a star, or that cannot be read. Needs no database."""
    return tuple(
        violation
        for consumer in consumers
        for query in consumer.queries
        for violation in _careless(consumer, query)
    )


def find_unknown_promises(
    consumers: Sequence[Consumer], contracts: Sequence[Contract]
) -> tuple[Violation, ...]:
    """Subscriptions to contracts and columns that nobody promises. Needs no database."""
    return tuple(
        violation
        for consumer in consumers
        for subscription in consumer.subscriptions
        for violation in _unknown(consumer, subscription, contracts)
    )


def find_undeclared_reads(consumers: Sequence[Consumer], catalog: Catalog) -> tuple[Violation, ...]:
    """What the queries read beside what their consumers say that they read, both ways."""
    return tuple(
        violation
        for consumer in consumers
        if consumer.queries
        for violation in _undeclared(consumer, catalog)
    )


def _careless(consumer: Consumer, query: Query) -> Iterator[Violation]:
    usual = consumer.subscriptions[0]
    try:
        stars = find_stars(query.sql)
        whole = _whole_rows(query, _NOTHING) if stars else ()
    except NoQueryError as error:
        unread = _UNREAD_QUERY.states(consumer, query, error.what)
        yield of_consumer(_UNREAD_QUERY, unread, consumer, usual, query=query)
        return
    star = _STAR.states(consumer, query, ", ".join(stars))
    for each in whole or (usual,) * len(stars[:1]):
        yield of_consumer(_STAR, star, consumer, each, query=query)


def _whole_rows(query: Query, catalog: Catalog) -> tuple[Subscription, ...]:
    """The tables that a query takes every column of."""
    reads = sorted(find_reads(query.sql, catalog))
    return tuple(Subscription(each.table, (), each.schema) for each in reads if each.column == "*")


def _unknown(
    consumer: Consumer, subscription: Subscription, contracts: Sequence[Contract]
) -> Iterator[Violation]:
    if subscription.contract is None:
        return
    contract = next((each for each in contracts if each.identity == subscription.contract), None)
    if contract is None:
        unknown = _UNKNOWN.states(consumer, subscription.contract)
        yield of_consumer(_UNKNOWN, unknown, consumer, subscription)
        return
    promised = {
        column.name
        for table in contract.tables
        if (table.schema, table.name) == (subscription.schema, subscription.table)
        for column in table.columns
    }
    for column in subscription.columns:
        if column not in promised:
            unpromised = _UNPROMISED.states(consumer)
            yield of_consumer(_UNPROMISED, unpromised, consumer, subscription, column=column)


def _undeclared(consumer: Consumer, catalog: Catalog) -> Iterator[Violation]:
    read: set[ColumnRead] = set()
    for query in consumer.queries:
        try:
            reads = find_reads(query.sql, catalog)
        except NoQueryError:
            return
        read |= reads
        if not has_star(query.sql):
            whole = _STAR.states(consumer, query, "a whole row")
            for place in _whole_rows(query, catalog):
                yield of_consumer(_STAR, whole, consumer, place, query=query)
        yield from _beside(consumer, query, sorted(reads))
    for subscription in consumer.subscriptions:
        where = (subscription.schema, subscription.table)
        for column in subscription.columns:
            if read.isdisjoint({ColumnRead(*where, column), ColumnRead(*where, "*")}):
                unread = _UNREAD_COLUMN.states(consumer)
                yield of_consumer(_UNREAD_COLUMN, unread, consumer, subscription, column=column)


def _beside(consumer: Consumer, query: Query, reads: Iterable[ColumnRead]) -> Iterator[Violation]:
    """What a query reads that its consumer does not say it reads."""
    undeclared = _UNDECLARED.states(consumer, query)
    for each in reads:
        if each.column != "*" and each.column not in consumer.reads(each.schema, each.table):
            place = Subscription(each.table, (), each.schema)
            yield of_consumer(
                _UNDECLARED, undeclared, consumer, place, column=each.column, query=query
            )
