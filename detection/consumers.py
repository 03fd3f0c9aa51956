"""The registry of consumers against what is: queries that are careless, columns that are not said.

Nobody's promise is broken by these; they say where the registry would mislead whoever asks it
who is hurt by a change. Facts only, as violations: the owner is the consumer's own team, and
the place is that in the registry.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from contracts.consumers import Consumer, Query, Subscription
from contracts.model import Contract, Level, Location, Owner, Source
from contracts.queries import NoQueryError, find_stars, has_star
from detection.model import Catalog, Violation
from detection.reads import ColumnRead, find_reads

LEVELS: Final[dict[str, Level]] = {
    "consumer-selects-star": "warning",
    "consumer-query-unread": "warning",
    "consumer-column-undeclared": "warning",
    "consumer-column-unread": "note",
    "consumer-contract-unknown": "warning",
    "consumer-column-unpromised": "warning",
}
"""The rules and their levels.

consumer-selects-star:       a query takes columns by a star, so any new one reaches its reader.
consumer-query-unread:       a query could not be read as SQL, so nobody knows what it needs.
consumer-column-undeclared:  a query reads a column that the consumer does not say it reads.
consumer-column-unread:      the consumer says that it reads a column that no query of its does.
consumer-contract-unknown:   a subscription names a contract that there is none of.
consumer-column-unpromised:  a subscription names a column that its contract does not promise.
"""


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
        yield _told("consumer-query-unread", consumer, usual, found=error.what, query=query)
        return
    for each in whole or (usual,) * len(stars[:1]):
        yield _told("consumer-selects-star", consumer, each, found=", ".join(stars), query=query)


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
        yield _told(
            "consumer-contract-unknown", consumer, subscription, found=subscription.contract
        )
        return
    promised = {
        column.name
        for table in contract.tables
        if (table.schema, table.name) == (subscription.schema, subscription.table)
        for column in table.columns
    }
    for column in subscription.columns:
        if column not in promised:
            yield _told("consumer-column-unpromised", consumer, subscription, column=column)


def _undeclared(consumer: Consumer, catalog: Catalog) -> Iterator[Violation]:
    read: set[ColumnRead] = set()
    for query in consumer.queries:
        try:
            reads = find_reads(query.sql, catalog)
        except NoQueryError:
            return
        read |= reads
        if not has_star(query.sql):
            for place in _whole_rows(query, catalog):
                yield _told(
                    "consumer-selects-star", consumer, place, found="a whole row", query=query
                )
        for each in sorted(reads):
            declared = consumer.reads(each.schema, each.table)
            if each.column != "*" and each.column not in declared:
                place = Subscription(each.table, (), each.schema)
                yield _told(
                    "consumer-column-undeclared", consumer, place, column=each.column, query=query
                )
    for subscription in consumer.subscriptions:
        where = (subscription.schema, subscription.table)
        for column in subscription.columns:
            if read.isdisjoint({ColumnRead(*where, column), ColumnRead(*where, "*")}):
                yield _told("consumer-column-unread", consumer, subscription, column=column)


def _told(
    rule: str,
    consumer: Consumer,
    subscription: Subscription,
    *,
    column: str | None = None,
    found: str | None = None,
    query: Query | None = None,
) -> Violation:
    """A violation under the consumer's name, at the place in the registry that it is about."""
    source = query.source if query else subscription.source
    return Violation(
        rule=rule,
        level=LEVELS[rule],
        contract=subscription.contract,
        schema=subscription.schema,
        table=subscription.table,
        column=column,
        promised=f"{consumer.name}/{query.name}" if query else consumer.name,
        found=found,
        owner=Owner(consumer.team, consumer.migration_contact),
        location=_place(source, "sql" if query else "contract" if column is None else "columns"),
    )


def _place(source: Source | None, key: str) -> Location | None:
    return source.at(key) if source else None
