"""Whether the consumers of a contract that is to end have proven that they can read the next one.

The proof is a query that the consumer has registered: it reads a table of the replacement, and it
runs on the database. A consumer who no longer subscribes to the old contract owes none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from contracts.consumers import Consumer, Query, Subscription
from contracts.model import Contract, Table
from contracts.queries import NoQueryError
from detection.answers import Failure
from detection.lifetimes import is_new, readers_of
from detection.model import Catalog
from detection.reads import find_reads, find_tables

Evidence = Literal["proven", "fails", "silent", "unasked"]
"""How far a consumer has proven that it can read the replacement.

proven:   all its queries that read the replacement run, and there is one.
fails:    one of them does not run.
silent:   it has registered no query that reads the replacement.
unasked:  it has, and nobody could put it to the database; or the replacement is not known.
"""

Runs = Mapping[tuple[str, str], Failure | None]
"""What became of queries, by the names of the consumer and of the query: ``None`` is an answer.

One that was not answered in time, or not put to a database at all, is not in it.
"""


@dataclass(frozen=True, slots=True)
class Readiness:
    """How far one consumer of a contract is able to read what replaces it.

    subscription:  that to the contract which is to end.
    replacement:   the identity of the contract to move to; as it was written, where it is not
                   among the contracts that are known.
    queries:       the names of its queries that read the replacement.
    failure:       the first of them that does not run, with what Postgres says.
    """

    consumer: Consumer
    subscription: Subscription
    contract: str
    replacement: str | None
    proof: Evidence
    queries: tuple[str, ...] = ()
    failure: tuple[str, str] | None = None

    @property
    def is_ready(self) -> bool:
        """Whether the old contract could go without stopping this consumer."""
        return self.proof == "proven"


def find_readiness(
    contract: Contract,
    replacement: Contract | None,
    consumers: Sequence[Consumer],
    contracts: Sequence[Contract],
    runs: Runs,
) -> tuple[Readiness, ...]:
    """How far each consumer of a contract can read its replacement, in the registry's order.

    Who came after its end was announced is left out: they owe no move, but were not to come.
    """
    found: dict[str, Readiness] = {}
    for consumer, subscription in readers_of(contract, consumers, contracts):
        if consumer.name not in found and not is_new(subscription, contract):
            found[consumer.name] = _ready(consumer, subscription, contract, replacement, runs)
    return tuple(found.values())


def _ready(
    consumer: Consumer,
    subscription: Subscription,
    contract: Contract,
    replacement: Contract | None,
    runs: Runs,
) -> Readiness:
    ends = contract.deprecation
    if replacement is None:
        named = ends.replacement if ends else None
        return Readiness(consumer, subscription, contract.identity, named, "unasked")
    queries = [query for query in consumer.queries if _reads(query, contract, replacement)]
    names = tuple(query.name for query in queries)
    proof, failure = _prove([(consumer.name, name) for name in names], runs)
    return Readiness(
        consumer, subscription, contract.identity, replacement.identity, proof, names, failure
    )


def _prove(
    queries: Sequence[tuple[str, str]], runs: Runs
) -> tuple[Evidence, tuple[str, str] | None]:
    if not queries:
        return "silent", None
    for query in queries:
        if (failure := runs.get(query)) is not None:
            return "fails", (query[1], failure.message)
    return ("proven" if all(query in runs for query in queries) else "unasked"), None


def _reads(query: Query, contract: Contract, replacement: Contract) -> bool:
    """Whether a query reads what the replacement promises and the old contract does not.

    Where both are about the same tables, it is one that reads nothing which the old contract
    alone promises: such a query runs for as long as both are there, and not a day longer.
    """
    old, new = _tables(contract), _tables(replacement)
    try:
        if not find_tables(query.sql).isdisjoint(new - old):
            return True
        return not (new - old) and _does_without(query, contract, replacement)
    except NoQueryError:
        return False


def _does_without(query: Query, contract: Contract, replacement: Contract) -> bool:
    """Whether a query reads a table of both, and no column of it that goes with the old one."""
    before, after = _by_name(contract), _by_name(replacement)
    both = {at: _with_all_columns(table, after[at]) for at, table in before.items() if at in after}
    gone = {
        (*at, column.name)
        for at in both
        for column in before[at].columns
        if after[at].column(column.name) is None
    }
    ending = {at[:2] for at in gone}
    read = find_reads(query.sql, Catalog("", 0, (), tuple(both.values())))
    return not find_tables(query.sql).isdisjoint(both) and not any(
        (each.schema, each.table) in ending
        if each.column == "*"
        else (each.schema, each.table, each.column) in gone
        for each in read
    )


def _with_all_columns(old: Table, new: Table) -> Table:
    """A table as it is while both contracts hold."""
    return replace(
        old, columns=(*old.columns, *(each for each in new.columns if not old.column(each.name)))
    )


def _by_name(contract: Contract) -> dict[tuple[str, str], Table]:
    return {(table.schema, table.name): table for table in contract.tables}


def _tables(contract: Contract) -> frozenset[tuple[str, str]]:
    return frozenset((table.schema, table.name) for table in contract.tables)
