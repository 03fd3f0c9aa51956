"""The test on the consumers' side: nothing ends before its readers have read what comes next.

The gate asks it of every contract that a change brings nearer to its end; ``prove_readiness`` asks
it of one contract at any time.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from contracts.consumers import Consumer
from contracts.model import Contract, Owner
from detection.answers import Answer, Failure
from detection.periods import state_of
from detection.readiness import Readiness, Runs, find_readiness
from detection.replacements import replacement_of
from prevention.decision import Finding, HurtConsumer, NotJudged, Obstacle
from prevention.gate_rules import gate_rule

if TYPE_CHECKING:
    from detection.model import Catalog
    from detection.testimony import Testimony
    from prevention.asking import QueryTerms
    from prevention.configuration import Configuration

_ASKED: Final = ("deprecated", "sunset")
"""The states for which readers must be ready: soon, and now."""


def find_unready(
    before: Sequence[Contract],
    after: Sequence[Contract],
    consumers: Sequence[Consumer],
    testimonies: Sequence[Testimony] | None,
    made: Catalog | None = None,
    live: Runs | None = None,
) -> tuple[Finding, ...]:
    """The consumers who have not proven that they can do without a contract that a change ends.

    A contract whose end was announced and that is gone, or retired, ends as well.
    testimonies:  what became of their queries; ``None`` where they were not asked.
    made:         the database in which they were asked, as the migrations make it.
    live:         what became of them in the database that the contracts are held against, which
                  counts where the migrations do not make the replacement's tables.
    """
    migrated = _seen(testimonies or ())
    found: list[Finding] = []
    for contract, soon in nearer_their_end(before, after):
        successor = replacement_of(contract, after)
        runs = migrated if live is None or _is_made(successor, made) else live
        for each in find_readiness(contract, successor, consumers, after, runs):
            found += _unready(each, contract, soon=soon)
    return tuple(found)


def _is_made(contract: Contract | None, made: Catalog | None) -> bool:
    """Whether a database has every table of a contract."""
    if contract is None or made is None:
        return False
    return all(made.table(table.schema, table.name) for table in contract.tables)


def nearer_their_end(
    before: Sequence[Contract], after: Sequence[Contract]
) -> Iterator[tuple[Contract, bool]]:
    """The contracts that a change takes a step nearer to their end, and whether there is time left.

    Those that are gone, as they were.
    """
    was = {contract.identity: state_of(contract) for contract in before}
    now = {contract.identity: state_of(contract) for contract in after}
    for contract in after:
        state = state_of(contract)
        if state in _ASKED and was.get(contract.identity, state) != state:
            yield contract, state == "deprecated"
    for contract in before:
        if state_of(contract) in _ASKED and now.get(contract.identity, "retired") == "retired":
            yield contract, False


def prove_readiness(
    contract: str,
    *paths: str | os.PathLike[str],
    database: str | None = None,
    configuration: Configuration | None = None,
    queries: QueryTerms | None = None,
) -> tuple[Readiness, ...]:
    """How far the consumers of a contract can read its replacement, by their registered queries.

    contract:  its identity, its name, its id, or a table that it is about.
    paths:     contract documents and folders of them; without any, the project's folder.
    database:  a database URL; without it, ``DATABASE_URL`` or else the sandbox. The queries run
               there in transactions that only read.
    queries:   how long they may take.

    Raises NotJudged where there is no such contract or it names no replacement, DocumentError for
    documents that are none, SandboxError when the database cannot be asked.
    """
    from data_assets.postgres import database_url
    from prevention.asking import QueryTerms
    from prevention.checking import load_contracts
    from prevention.configuration import configure
    from prevention.consumers import load_registered
    from prevention.explaining import find_contract

    settings = configuration or configure()
    contracts = load_contracts(paths, settings)
    consumers = load_registered(paths or [settings.contracts], settings.contracts)
    ends = find_contract(contract, contracts)
    if ends.deprecation is None or not ends.deprecation.replacement:
        what = f"{ends.identity} is {state_of(ends)}, and names no replacement to be ready for."
        step = f"docent deprecate {ends.identity} --replacement NAME says what comes after it."
        raise NotJudged(Obstacle(what, step))
    runs = ask_for_runs(database or database_url(), consumers, queries or QueryTerms())
    return find_readiness(ends, replacement_of(ends, contracts), consumers, contracts, runs)


def ask_for_runs(url: str, consumers: Sequence[Consumer], terms: QueryTerms) -> Runs:
    """What becomes of every registered query in a database; those that took too long are left out.

    They run in transactions that only read. Raises SandboxError when it cannot be asked.
    """
    from prevention.asking import ask_one

    heard = ask_one(url, consumers, terms, paced=False)
    named = [(consumer.name, query.name) for consumer in consumers for query in consumer.queries]
    return {
        name: answer if isinstance(answer, Failure) else None
        for name, answer in zip(named, heard.answers, strict=True)
        if isinstance(answer, Answer) or not answer.is_impatience
    }


def describe(readiness: Readiness) -> str:
    """How far a consumer has proven that it can read a replacement, in a sentence."""
    name = readiness.replacement or "a replacement that is not named"
    if readiness.proof == "silent":
        return f"no registered query of it reads {name}"
    if readiness.failure:
        query, said = readiness.failure
        return f"its query {query} fails on {name}: {said}"
    names = ", ".join(readiness.queries)
    if readiness.proof == "proven":
        return f"it reads {name}: {names}"
    return (
        f"its queries that read {name} were not answered: {names}"
        if names
        else f"{name} is no contract here"
    )


def _unready(readiness: Readiness, contract: Contract, *, soon: bool) -> Iterator[Finding]:
    if readiness.is_ready:
        return
    unknown = readiness.proof == "unasked"
    if soon and unknown:
        return  # there is time enough to ask
    name = "unknown" if unknown else "open" if soon else "unproven"
    rule = gate_rule(f"readiness-{name}")
    difference = rule.states(readiness, describe(readiness))
    consumer, source = readiness.consumer, readiness.subscription.source
    yield Finding(
        rule.id,
        rule.level,
        contract.identity,
        "",
        "",
        promised=difference.promised if difference else None,
        found=difference.found if difference else None,
        owner=Owner(consumer.team, consumer.migration_contact),
        location=source.at("contract", "table") if source else None,
        consumers=(HurtConsumer(consumer.name, consumer.migration_contact),),
        aspect=consumer.name,
    )


def _seen(testimonies: Sequence[Testimony]) -> Runs:
    """What became of queries on the database as it is to be; without those nobody answered."""
    return {
        (each.consumer.name, each.query.name): each.difference.failure
        for each in testimonies
        if each.difference.outcome != "unanswered"
    }
