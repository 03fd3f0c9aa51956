"""Random families of up to four generations: what is inherited, and where it comes from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import reduce
from typing import Any, get_args

from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.model import (
    Check,
    Classification,
    Column,
    Contract,
    Location,
    Notice,
    ServiceLevel,
    Source,
    Table,
)
from detection.evolution.access import SENSITIVITY
from detection.family.inheriting import effective
from detection.family.lineage import Family
from detection.family.promises import list_promises, promises_of
from detection.family.weakening import weaker_promises

CLASSES: list[Classification] = sorted(get_args(Classification), key=SENSITIVITY.__getitem__)
STATES = ("a", "b", "c", "d")


@dataclass(frozen=True)
class Said:
    """What one generation says, dimension by dimension; ``None`` for nothing."""

    freshness: int | None
    availability: int | None
    notice: int | None
    nulls: int | None
    nullable: bool | None
    classification: int | None
    states: int | None
    strict: bool | None
    abstract: bool


def maybe(strategy: st.SearchStrategy[int]) -> st.SearchStrategy[int | None]:
    return st.none() | strategy


SAID = st.builds(
    Said,
    freshness=maybe(st.integers(1, 50)),
    availability=maybe(st.integers(90, 99)),
    notice=maybe(st.integers(1, 90)),
    nulls=maybe(st.integers(1, 50)),
    nullable=st.none() | st.booleans(),
    classification=maybe(st.integers(0, len(CLASSES) - 1)),
    states=maybe(st.integers(1, len(STATES))),
    strict=st.sampled_from((None, True)),
    abstract=st.booleans(),
)
FAMILIES = st.lists(SAID, min_size=2, max_size=4)


def written(number: int, said: Said, *, youngest: bool) -> Contract:
    """A generation as a contract, each in a file of its own."""
    place = Source(Location(f"{number}.yaml", 1))
    column = Column(
        "state",
        nullable=said.nullable,
        classification=None if said.classification is None else CLASSES[said.classification],
        states=None if said.states is None else STATES[: said.states],
        source=place,
    )
    levels = {
        "freshness": (said.freshness, "hours"),
        "availability": (said.availability, "percent"),
    }
    abstract = said.abstract and not youngest
    return Contract(
        f"g{number}",
        version=f"{number}.0.0",
        extends=f"g{number - 1}" if number else None,
        strict=said.strict,
        tables=() if abstract else (Table("visit", columns=(column,), source=place),),
        notice=None if said.notice is None else Notice(lead_days=said.notice),
        service_levels=tuple(
            ServiceLevel(name, value, unit) for name, (value, unit) in levels.items() if value
        ),
        checks=()
        if said.nulls is None or (abstract and number % 2)
        else (Check("nullValues", "mustBeLessThan", (said.nulls,), ("state",), unit="percent"),),
        source=place,
    )


def generations(family: Sequence[Said]) -> list[Contract]:
    last = len(family) - 1
    return [written(number, said, youngest=number == last) for number, said in enumerate(family)]


def promised(contract: Contract) -> dict[str, float]:
    """How much a contract promises, dimension by dimension; more is stricter."""
    found: dict[str, float] = {}
    for level in contract.service_levels:
        sign = -1 if level.property == "freshness" else 1
        found[level.property] = sign * float(level.value)
    if contract.notice and contract.notice.lead_days:
        found["notice"] = contract.notice.lead_days
    if contract.strict:
        found["strict"] = 1
    for check in contract.checks:
        bound = -float(str(check.bound[0]))
        found["nulls"] = max(bound, found.get("nulls", bound))
    for table in contract.tables:
        for column in table.columns:
            if column.nullable is False:
                found["not null"] = 1
            if column.classification:
                found["classification"] = SENSITIVITY[column.classification]
            if column.states is not None:
                found["states"] = -len(column.states)
    return found


def is_valid(contracts: Sequence[Contract]) -> bool:
    """Whether no child says less than any of its ancestors, told from figures alone."""
    for number, child in enumerate(contracts):
        own = promised(child)
        for ancestor in contracts[:number]:
            theirs = promised(ancestor)
            if any(own[name] < theirs[name] for name in own.keys() & theirs.keys()):
                return False
            nullable = any(c.nullable for table in child.tables for c in table.columns)
            if "not null" in theirs and nullable:
                return False
    return True


@given(FAMILIES)
@settings(max_examples=60, deadline=None)
def test_what_is_weaker_is_found_and_nothing_else(family: list[Said]) -> None:
    contracts = generations(family)
    assert (weaker_promises(contracts) == ()) == is_valid(contracts)


@given(FAMILIES)
@settings(max_examples=60, deadline=None)
def test_a_valid_family_inherits_at_least_what_every_ancestor_promises(family: list[Said]) -> None:
    contracts = valid(generations(family))
    whole = promised(effective(contracts[-1], Family.of(contracts)).contract)
    for ancestor in contracts:
        for name, value in promised(ancestor).items():
            assert whole[name] >= value, name


@given(FAMILIES)
@settings(max_examples=60, deadline=None)
def test_each_promise_has_one_origin_which_states_it_at_that_place(family: list[Said]) -> None:
    contracts = valid(generations(family))
    known = Family.of(contracts)
    whole = effective(contracts[-1], known)
    promises = promises_of(contracts[-1], known)
    named = [(each.about, each.aspect, each.value) for each in promises]
    assert len(named) == len(set(named))
    assert set(named) == {each.words for each in list_promises(whole.contract)}
    by_name = {contract.identity: contract for contract in contracts}
    for promise in promises:
        origin = by_name[promise.origin.contract]
        assert promise.origin.version == origin.version
        assert promise.origin.location == Location(f"{origin.name[1:]}.yaml", 1)
        assert promise.aspect in {each.aspect for each in list_promises(origin)}


def valid(contracts: list[Contract]) -> list[Contract]:
    """The family without what its children say too weakly: they inherit that instead."""
    kept = list(contracts)
    while changes := weaker_promises(kept):
        weak = {(change.contract, change.aspect or "") for change in changes}
        kept = [
            reduce(without, [aspect for name, aspect in weak if name == each.identity], each)
            for each in kept
        ]
    return kept


def without(child: Contract, aspect: str) -> Contract:
    """A contract that says nothing of one dimension."""
    if aspect in ("freshness", "availability"):
        levels = tuple(each for each in child.service_levels if each.property != aspect)
        return replace(child, service_levels=levels)
    if aspect == "notice":
        return replace(child, notice=None)
    if aspect == "quality":
        return replace(child, checks=())
    (table,) = child.tables
    unsaid: dict[str, Any] = {aspect: None}
    columns = tuple(replace(column, **unsaid) for column in table.columns)
    return replace(child, tables=(replace(table, columns=columns),))
