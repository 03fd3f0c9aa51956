"""What a rule tells, as a violation: whose promise it is, and where it was written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from contracts.consumers import Consumer, Query, Subscription
from contracts.model import Column, Contract, Location, Owner, Table
from detection.comparison import Difference
from detection.model import Violation
from detection.rules import Rule, rule

ELSEWHERE: Final[Mapping[str, tuple[str, ...]]] = {
    "constraints.data_type": ("physicalType", "logicalType"),
    "constraints.is_nullable": ("required",),
    "constraints.primaryKey": ("primaryKey",),
    "constraints.unique": ("unique",),
}
"""Keys of the book's spec that rules name, and where ODCS says the same."""


def broken(
    broken_rule: Rule,
    contract: Contract,
    table: Table,
    column: Column | None,
    difference: Difference | None,
) -> Violation:
    """The violation of a promise that ``contract`` makes about ``table``, or its ``column``."""
    stated = difference or Difference(None, None)
    return Violation(
        rule=broken_rule.id,
        level=broken_rule.level,
        contract=contract.identity,
        schema=table.schema,
        table=table.name,
        column=column.name if column else None,
        promised=stated.promised,
        found=stated.found,
        owner=contract.owner,
        location=_place(contract, table, column, stated.keys),
    )


def missing_column(contract: Contract, table: Table, column: Column) -> Violation:
    """The violation that a promised column is not there."""
    one = rule("column-missing")
    return broken(one, contract, table, column, one.states(column))


def of_contract(told: Rule, difference: Difference | None, contract: Contract) -> Violation:
    """A violation of a contract as a whole, at the keys of its document that it is about."""
    stated = difference or Difference(None, None)
    return Violation(
        rule=told.id,
        level=told.level,
        contract=contract.identity,
        schema="",
        table="",
        promised=stated.promised,
        found=stated.found,
        owner=contract.owner,
        location=contract.source.at(*stated.keys) if contract.source else None,
    )


def of_consumer(
    told: Rule,
    difference: Difference | None,
    consumer: Consumer,
    subscription: Subscription,
    *,
    column: str | None = None,
    query: Query | None = None,
) -> Violation:
    """A violation under a consumer's name, at the place in the registry that it is about."""
    stated = difference or Difference(None, None)
    source = query.source if query else subscription.source
    return Violation(
        rule=told.id,
        level=told.level,
        contract=subscription.contract,
        schema=subscription.schema,
        table=subscription.table,
        column=column,
        promised=stated.promised,
        found=stated.found,
        owner=Owner(consumer.team, consumer.migration_contact),
        location=source.at(*stated.keys) if source else None,
    )


def _place(
    contract: Contract, table: Table, column: Column | None, keys: tuple[str, ...]
) -> Location | None:
    """Where the promise was written: as near to it as the document's places go."""
    if column and column.source:
        others = [other for key in keys for other in ELSEWHERE.get(key, ())]
        return column.source.at(*keys, *others)
    if table.source:
        return table.source.at("table_name", "physicalName", "name")
    return contract.source.location if contract.source else None
