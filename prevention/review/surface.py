"""Questions about the surface: who reads it, whether that is meant, and whether it suits them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from contracts.consumers import Consumer, Mode
from detection.diffing.services import amount
from prevention.render.plain import count
from prevention.review.keys import say
from prevention.review.model import Evidence, Facts, Question, place_of

VIEWS: Final = ("view", "materialized view")
KINDS: Final[dict[Mode, str]] = {
    "operational": "operational", "dashboard": "analytical", "batch-export": "integration",
    "async-projection": "integration",
}  # fmt: skip
"""What kind of consumer a mode is: those who act on the data, count it, or carry it on."""
CURRENT: Final = 3600.0
"""Seconds up to which data is current enough for whoever acts on it."""
MANY: Final = 3
"""From so many ways of reading one table on, each way wants a surface of its own."""


def about_surface(facts: Facts) -> Iterator[Question]:
    """What is exposed to whom."""
    yield _used_outside(facts)
    yield _access_is_meant(facts)
    yield _suits_its_readers(facts)
    yield _boundary_is_held(facts)


def about_consumers(facts: Facts) -> Iterator[Question]:
    """Who is affected, and what is known of them."""
    yield _who(facts)
    yield _all_known(facts)
    yield _queries_tested(facts)
    yield _every_kind(facts)


def _used_outside(facts: Facts) -> Question:
    asks = "Does anybody read it besides its owner?"
    owner = facts.contract.owner.name if facts.contract.owner else None
    outside = [each for each in facts.readers if each.team != owner]
    found = [_reader(each) for each in outside]
    found += [Evidence(f"{who} may {what} {table}") for table, who, what in _grants(facts)]
    if found:
        return Question("Contract surface", asks, "yes", tuple(found))
    if facts.catalog is None or not facts.consumers:
        step = "Ask with a database at hand, and keep a registry: consumers.yaml."
        return Question("Contract surface", asks, "open", facts.trouble("database"), next_step=step)
    said = Evidence("nobody is registered, and no role but the owner's has a right on it")
    return Question("Contract surface", asks, "no", (said,))


def _access_is_meant(facts: Facts) -> Question:
    asks = "Is reading it directly meant by both sides?"
    identity = facts.contract.identity
    without = [
        Evidence(f"{each.name} reads {one.qualified_table} under no contract", place_of(one))
        for each in facts.readers
        for one in each.subscriptions
        if one.contract is None and one.qualified_table in _names(facts)
    ]
    if without:
        step = f"Name the contract in their subscription: {identity}."
        return Question("Contract surface", asks, "no", tuple(without), worry=True, next_step=step)
    if not facts.readers:
        step = say(facts.contract, "usage", "Register who reads it, or say in {} who may.")
        said = _said(facts, "usage")
        return Question("Contract surface", asks, "yes" if said else "open", said, next_step=step)
    under = tuple(
        Evidence(f"{each.name} reads it under this contract", place_of(each))
        for each in facts.readers
    )
    return Question("Contract surface", asks, "yes", under)


def _suits_its_readers(facts: Facts) -> Question:
    asks = "Does what is exposed suit each kind of reader, or should a view stand in front?"
    if not facts.readers:
        step = "Register who reads it: what suits them depends on how they read."
        return Question("Contract surface", asks, "open", next_step=step)
    found = tuple(misfits(facts))
    if found:
        step = "Give each kind of reader a view, an export or a stream of its own."
        views = tuple(
            Evidence(f"the view {view} reads {table} already")
            for table, names in facts.dependents.items()
            for view in names
        )
        return Question(
            "Contract surface", asks, "no", (*found, *views), worry=True, next_step=step
        )
    kinds = sorted({each.mode for each in facts.readers})
    return Question("Contract surface", asks, "yes", (Evidence(f"read as {', '.join(kinds)}"),))


def misfits(facts: Facts) -> Iterator[Evidence]:
    """Where a way of reading and what is read do not go together. Pure."""
    contract = facts.contract
    stale = _staleness(facts)
    for table in facts.found or contract.tables:
        if table.kind == "materialized view":
            yield from (
                Evidence(f"{each.name} acts on {table.qualified_name}, a materialised view: "
                         "it is as old as its last refresh")
                for each in _of(facts, "operational")
            )  # fmt: skip
    for each in facts.readers:
        need = each.freshness.total_seconds() if each.freshness else None
        if stale is not None and need is not None and stale > need:
            said = f"{each.name} needs the data within {_in_words(need)}, and it may be older"
            yield Evidence(said, facts.at("sla", "slaProperties", "freshness"))
        elif stale is not None and stale > CURRENT and each.mode == "operational":
            said = f"{each.name} acts on it, and it is promised only as of a batch"
            yield Evidence(said, facts.at("sla", "slaProperties", "freshness"))
    if contract.cdc is None:
        yield from (
            Evidence(f"{each.name} follows every change, and `cdc` says nothing of the stream",
                     place_of(each))
            for each in _of(facts, "async-projection")
        )  # fmt: skip
    modes = {each.mode for each in facts.readers}
    if len(modes) >= MANY and any(one.kind not in VIEWS for one in facts.found or contract.tables):
        yield Evidence(f"one table serves {len(modes)} ways of reading: {', '.join(sorted(modes))}")


def _boundary_is_held(facts: Facts) -> Question:
    asks = "Do the rights in the database hold the boundary that the contract draws?"
    if facts.catalog is None or not facts.found:
        step = "Ask with the database at hand (docent up, or DATABASE_URL)."
        return Question("Contract surface", asks, "open", facts.trouble("database"), next_step=step)
    roles = {role.name for role in facts.contract.roles}
    beyond = tuple(
        Evidence(f"{who} may {what} {table}, and the contract names no such role")
        for table, who, what in _grants(facts)
        if who not in roles
    )
    if beyond:
        step = "Name the role in the contract's roles, or revoke the right (docent grants)."
        return Question("Contract surface", asks, "no", beyond, worry=True, next_step=step)
    names = ", ".join(sorted(roles)) or "nobody but its owner"
    said = Evidence(f"in the database {names} may use it, and no other role")
    return Question("Contract surface", asks, "yes", (said,))


def _who(facts: Facts) -> Question:
    asks = "Who relies on it?"
    found = tuple(_reader(each) for each in facts.readers)
    if found:
        return Question("Consumers", asks, "yes", found)
    step = "Ask who would notice if it went, and register them in consumers.yaml."
    return Question("Consumers", asks, "open", next_step=step)


def _all_known(facts: Facts) -> Question:
    asks = "Is everybody who reads it registered?"
    known = {each.name for each in facts.readers}
    missing = tuple(
        Evidence(f"the contract names {name}, who is not registered for it", facts.at("consumers"))
        for name in facts.contract.consumers
        if name not in known
    )
    if missing:
        step = "Register them with what they read."
        return Question("Consumers", asks, "no", missing, worry=True, next_step=step)
    step = "docent consumers puts the registry beside what the database and the code know."
    seen = tuple(Evidence(f"{who} may {what} {table}") for table, who, what in _grants(facts))
    return Question("Consumers", asks, "open", seen, next_step=step)


def _queries_tested(facts: Facts) -> Question:
    asks = "Are the queries that they run known, and run before a change?"
    if not facts.readers:
        return Question("Consumers", asks, "open", next_step="Register readers with queries.")
    lacking = tuple(
        Evidence(f"{each.name} has registered no query", place_of(each))
        for each in facts.readers
        if not each.queries
    )
    if lacking:
        step = "Ask them for the queries, and register those."
        return Question("Consumers", asks, "no", lacking, worry=True, next_step=step)
    number = sum(len(each.queries) for each in facts.readers)
    said = [Evidence(f"{number} queries of {len(facts.readers)} readers are registered")]
    gates = [one for one in facts.automation or () if "gate" in one.says]
    if not gates:
        step = "Let docent gate run in the build: it puts the queries to both databases."
        return Question("Consumers", asks, "open", tuple(said), next_step=step)
    return Question("Consumers", asks, "yes", (*said, *gates))


def _every_kind(facts: Facts) -> Question:
    asks = "Are dashboards, exports, streams of changes and search indexes counted in?"
    followed = [
        Evidence(f"{table.qualified_name} is in the publication {name}")
        for table in facts.found
        if table.storage
        for name in table.storage.publications
    ]
    modes = {each.mode for each in facts.readers}
    if followed and "async-projection" not in modes:
        step = "Find who follows the publication, and register them."
        return Question("Consumers", asks, "no", tuple(followed), worry=True, next_step=step)
    lacking = [mode for mode in KINDS if mode not in modes]
    said = Evidence(f"registered: {', '.join(sorted(modes)) or 'nobody'}")
    if not lacking:
        return Question("Consumers", asks, "yes", (said, *followed))
    step = f"Ask whether there is really nobody of: {', '.join(lacking)}."
    return Question("Consumers", asks, "open", (said, *followed), next_step=step)


def _reader(consumer: Consumer) -> Evidence:
    return Evidence(f"{consumer.name} ({consumer.team}), {consumer.mode}", place_of(consumer))


def _grants(facts: Facts) -> Iterator[tuple[str, str, str]]:
    """Table, role and rights, of every role that has any on a table of the contract."""
    for table in facts.found:
        held: dict[str, list[str]] = {}
        for grant in table.storage.grants if table.storage else ():
            role, _, right = grant.rpartition(" ")
            held.setdefault(role, []).append(right.lower())
        for role, words in held.items():
            yield table.qualified_name, role, ", ".join(words)


def _staleness(facts: Facts) -> float | None:
    """How old the data may be by the contract, in seconds; ``None`` where it does not say."""
    said = (
        amount(level.value, level.unit)
        for level in facts.contract.service_levels
        if level.property.lower() in ("freshness", "latency")
    )
    return next((value for value in said if value is not None), None)


def _in_words(seconds: float) -> str:
    """``15 minutes``, ``1 hour``: in the largest unit that comes out whole."""
    for unit, length in (("day", 86_400), ("hour", 3600), ("minute", 60)):
        if seconds >= length and seconds % length == 0:
            return count(int(seconds / length), unit)
    return count(int(seconds), "second")


def _of(facts: Facts, mode: Mode) -> Iterator[Consumer]:
    return (each for each in facts.readers if each.mode == mode)


def _names(facts: Facts) -> set[str]:
    return {table.qualified_name for table in facts.contract.tables}


def _said(facts: Facts, field: str) -> tuple[Evidence, ...]:
    said = getattr(facts.contract, field)
    return (Evidence(f"{field}: {said}", facts.at(field)),) if said else ()
