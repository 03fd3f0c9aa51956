"""Ends of contracts that contradict themselves: dates in the wrong order, nowhere to move to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from contracts.days import day_of
from contracts.model import Contract, Deprecation
from detection.model import Violation
from detection.periods import ENDING, NOT_YET, missing_of_end, state_of, sunset_of
from detection.promises import of_contract
from detection.rules import rule


def find_contradictions(
    contract: Contract, contracts: Sequence[Contract], *, whole: bool = True
) -> Iterator[Violation]:
    """What a contract says of its end that cannot be meant, or that leads its readers nowhere.

    whole:  whether these are all the contracts there are, so that one which is missing is.
    """
    if (missing := missing_of_end(contract)) is not None:
        yield _told("lifecycle-incomplete", contract, missing)
    if _is_planned(contract):
        yield _told("lifecycle-end-unsaid", contract, contract)
    if state_of(contract) not in ENDING:
        return
    for what in _contradictions(contract):
        yield _told("lifecycle-contradictory", contract, what)
    if circle := _circle(contract, contracts):
        what = f"its replacements lead back to it: {' → '.join(circle)}"
        yield _told("lifecycle-contradictory", contract, what)
    else:
        yield from _nowhere_to_go(contract, contracts, whole=whole)


def replacement_of(contract: Contract, contracts: Sequence[Contract]) -> Contract | None:
    """The contract that a contract names as the one to move to, if it is among these.

    It goes by its identity, by its name in the same namespace, by its id, or by its bare name.
    """
    named = contract.deprecation.replacement if contract.deprecation else None
    if not named:
        return None
    own = f"{contract.namespace}/{named}" if contract.namespace else named
    ways = [
        {each.identity: each for each in contracts}.get,
        {each.id: each for each in contracts}.get,
        {each.name: each for each in reversed(contracts)}.get,
    ]
    found = (ways[0](named), ways[0](own), ways[1](named), ways[2](named))
    return next((each for each in found if each), None)


def _is_planned(contract: Contract) -> bool:
    """Whether a contract names the day of its end, and its status is still that of one without."""
    said = contract.status in ("active", *NOT_YET)
    return said and sunset_of(contract) is not None


def _contradictions(contract: Contract) -> Iterator[str]:
    ends = contract.deprecation or Deprecation()
    announced, sunset = day_of(ends.announced), sunset_of(contract)
    for word, said, day in (
        ("announced", ends.announced, announced),
        ("sunset_date", ends.sunset_date, sunset),
    ):
        if said and day is None:
            yield f"{word} {said} is no day"
    if announced and sunset and sunset < announced:
        yield f"its sunset date {sunset} is before {announced}, when it was announced"


def _circle(contract: Contract, contracts: Sequence[Contract]) -> tuple[str, ...]:
    """The way from a contract over replacements back to itself; nothing where there is none."""
    way, at = [contract.identity], replacement_of(contract, contracts)
    while at is not None and at.identity not in way[1:]:
        way.append(at.identity)
        if at.identity == contract.identity:
            return tuple(way)
        at = replacement_of(at, contracts)
    return ()


def _nowhere_to_go(
    contract: Contract, contracts: Sequence[Contract], *, whole: bool
) -> Iterator[Violation]:
    named = contract.deprecation.replacement if contract.deprecation else None
    other = replacement_of(contract, contracts)
    if named and other is None and whole:
        yield _told("lifecycle-replacement-unknown", contract, named)
    state = state_of(other) if other else "active"
    if state == "retired":
        yield _told("lifecycle-contradictory", contract, f"its replacement {named} is retired")
    elif state != "active":
        yield _told("lifecycle-replacement-unfit", contract, f"{named} is {state}")


def _told(identifier: str, contract: Contract, *facts: object) -> Violation:
    told = rule(identifier)
    return of_contract(told, told.states(*facts), contract)
