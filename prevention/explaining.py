"""``docent explain`` as one Python call: what a contract promises, and where it comes from."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from contracts.model import Contract, Location
from detection.family.lineage import Family
from detection.family.promises import Promise, origins_of
from prevention.checking import load_contracts, load_relatives
from prevention.configuration import Configuration, configure
from prevention.consumers import load_registered
from prevention.decision import NotJudged, Obstacle

if TYPE_CHECKING:
    from contracts.consumers import Consumer


@dataclass(frozen=True, slots=True)
class Relative:
    """A contract of the same family."""

    identity: str
    version: str | None = None
    status: str | None = None
    location: Location | None = None

    def __str__(self) -> str:
        return f"{self.identity} {self.version}" if self.version else self.identity


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who relies on the contract: registered, or named by the contract alone.

    columns:  the columns that they read, as ``table.column``.
    version:  the version that they were built against; ``since`` the day from which they read.
    """

    name: str
    contact: str | None = None
    columns: tuple[str, ...] = ()
    version: str | None = None
    since: str | None = None


@dataclass(frozen=True, slots=True)
class Explanation:
    """The effective contract, for a person.

    contract:   the contract with all that it inherits; its places are where things are written.
    parents:    those that it extends, the nearest first; ``children`` those that extend it.
    promises:   every single promise, with the one contract that it comes from.
    problems:   what is wrong with its place in the family, in sentences.
    """

    contract: Contract
    parents: tuple[Relative, ...] = ()
    children: tuple[Relative, ...] = ()
    readers: tuple[Reader, ...] = ()
    promises: tuple[Promise, ...] = ()
    problems: tuple[str, ...] = ()

    @property
    def inherited(self) -> tuple[Promise, ...]:
        """The promises that come from another contract."""
        own = self.contract.identity
        return tuple(promise for promise in self.promises if promise.origin.contract != own)

    def __str__(self) -> str:
        from prevention.render.explanation import as_text

        return as_text(self)


def explain(
    name: str,
    *paths: str | os.PathLike[str],
    configuration: Configuration | None = None,
) -> Explanation:
    """Explain a contract by its identity, its bare name, or a table of it. No database is asked.

    paths:  contract documents and folders of them; without any, the project's folder.

    Raises DocumentError for documents that are no contracts, and NotJudged for a name that none
    or several of them go by.
    """
    settings = configuration or configure()
    contracts = load_contracts(paths, settings)
    contract = find_contract(name, contracts)
    consumers = load_registered(paths or [settings.contracts], settings.contracts)
    relatives = load_relatives(contracts, paths, settings)
    return explained(contract, (*contracts, *relatives), consumers)


def explained(
    contract: Contract, contracts: Sequence[Contract], consumers: Sequence[Consumer] = ()
) -> Explanation:
    """The explanation of one of these contracts; pure."""
    from detection.family import effective

    family = Family.of(contracts)
    whole = effective(contract, family)
    children = (each for each in contracts if family.parent(each) == contract)
    return Explanation(
        whole.contract,
        tuple(_relative(each) for each in family.lineage(contract)),
        tuple(_relative(each) for each in children),
        tuple(_readers(whole.contract, consumers)),
        tuple(origins_of(whole)),
        tuple(_problems(contract, contracts)),
    )


def find_contract(name: str, contracts: Sequence[Contract]) -> Contract:
    """The one contract that goes by a name; raises NotJudged, with the nearest name."""
    ways = (
        [each for each in contracts if name in (each.identity, each.id)],
        [each for each in contracts if each.name == name],
        [each for each in contracts if any(t.qualified_name == name for t in each.tables)],
        [each for each in contracts if any(t.name == name for t in each.tables)],
    )
    found = next((called for called in ways if called), [])
    if len(found) == 1:
        return found[0]
    if found:
        names = ", ".join(each.identity for each in found)
        raise NotJudged(Obstacle(f"{len(found)} contracts go by {name}.", f"Name one: {names}"))
    from contracts.dialects.validation import nearest

    # A table's schema is not compared: that two begin with public. makes them no more alike.
    schema, _, bare = name.rpartition(".")
    tables = {t.name: t.qualified_name if schema else t.name for c in contracts for t in c.tables}
    near = nearest(name, [each.identity for each in contracts])
    near = near or nearest(name, [each.name for each in contracts])
    near = near or tables.get(nearest(bare, list(tables)) or "")
    known = ", ".join(sorted(each.identity for each in contracts))
    step = f"Did you mean {near}?" if near else f"There are: {known}." if known else "Write one."
    raise NotJudged(Obstacle(f"No contract goes by {name}, and none is about such a table.", step))


def _relative(contract: Contract) -> Relative:
    place = contract.source.location if contract.source else None
    return Relative(contract.identity, contract.version, contract.status, place)


def _readers(contract: Contract, consumers: Sequence[Consumer]) -> Iterator[Reader]:
    """Who is registered for the contract or one of its tables, then whom only it names."""
    tables = {(table.schema, table.name) for table in contract.tables}
    named: set[str] = set()
    for consumer in consumers:
        taken = [
            each
            for each in consumer.subscriptions
            if each.contract == contract.identity
            or (each.contract is None and (each.schema, each.table) in tables)
        ]
        if taken:
            named.add(consumer.name)
            columns = tuple(f"{each.table}.{column}" for each in taken for column in each.columns)
            version = next((each.version for each in taken if each.version), None)
            since = next((each.since for each in taken if each.since), None)
            yield Reader(consumer.name, consumer.migration_contact, columns, version, since)
    yield from (Reader(name) for name in contract.consumers if name not in named)


def _problems(contract: Contract, contracts: Sequence[Contract]) -> Iterator[str]:
    """What is wrong with the contract's place in its family, as ``docent check`` says it."""
    from prevention.families import family_findings
    from prevention.words import issue

    for finding in family_findings([contract], contracts):
        yield issue(finding)
