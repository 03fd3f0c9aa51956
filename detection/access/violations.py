"""Access as violations: everything that is not as the contracts say, and whose concern it is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Final

from contracts.model import Contract, Location
from contracts.privileges import strange_words
from detection.access.boundary import (
    WayAround,
    find_almighty,
    find_defaults_around,
    find_guards,
    find_ways_around,
)
from detection.access.difference import Gap, find_gap, promised_as, whole_of
from detection.access.exposure import find_exposures, find_underclassified
from detection.access.model import PUBLIC, Access, Place, Right
from detection.access.rules import Rights, access_rule
from detection.access.wanted import given, gives_rights, grantee
from detection.comparison import Difference
from detection.model import Catalog, Violation

_LEVEL_ORDER: Final = {"error": 0, "warning": 1, "note": 2}


def find_access_violations(
    contracts: Sequence[Contract], catalog: Catalog, access: Access, *, whole: bool = True
) -> tuple[Violation, ...]:
    """Everything about rights that is not as the contracts say, errors first.

    whole:  whether these are all the contracts there are; else nothing is said of tables that
            none of them is about.
    """
    gap = find_gap(contracts, catalog, access, whole=whole)
    by_place = _promised(contracts)
    found = [
        *_of_roles(contracts, access),
        *_of_gap(gap, by_place, access),
        *_of_columns(contracts, catalog, access),
        *_of_policies(contracts, by_place, access),
        *_of_the_almighty(contracts, access),
    ]
    if whole:
        found += _around(find_ways_around(contracts, access))
        for default in find_defaults_around(contracts, access):
            found.append(
                _violation("access-default-rights", (default,), place=(default.schema or "*", ""))
            )
    return tuple(sorted(found, key=lambda each: _LEVEL_ORDER[each.level]))


def _violation(
    identifier: str,
    arguments: Sequence[object],
    *,
    contract: Contract | None = None,
    place: Place = ("", ""),
    column: str | None = None,
    location: Location | None = None,
) -> Violation:
    told = access_rule(identifier)
    stated = told.states(*arguments) or Difference(None, None)
    return Violation(
        rule=told.id,
        level=told.level,
        contract=contract.identity if contract else None,
        schema=place[0],
        table=place[1],
        column=column,
        promised=stated.promised,
        found=stated.found,
        owner=contract.owner if contract else None,
        location=location
        or (contract.source.at("roles") if contract and contract.source else None),
    )


def _of_roles(contracts: Sequence[Contract], access: Access) -> Iterator[Violation]:
    for contract in contracts:
        for role in contract.roles:
            there = grantee(role) in access.roles or grantee(role) == PUBLIC
            if not there and gives_rights(contract):
                yield _violation("access-role-missing", (role,), contract=contract)
            if words := strange_words(role):
                yield _violation("access-word-unknown", (role, words), contract=contract)


def _of_the_almighty(contracts: Sequence[Contract], access: Access) -> Iterator[Violation]:
    for role in find_almighty(contracts, access):
        naming = (each.contract for each in given(contracts) if each.role.name == role)
        yield _violation("access-unlimited", (role,), contract=next(naming))


def _of_gap(gap: Gap, contracts: dict[Place, Contract], access: Access) -> Iterator[Violation]:
    """One violation for what a role lacks of a table, and one for what it has too much of it."""
    for (role, place), rights in _by_table(gap.missing):
        contract = contracts.get(place) or _in_schema(place, contracts)
        yield _violation("access-right-missing", (role, rights), contract=contract, place=place)
    for (role, place), rights in _by_table(held.right for held in gap.too_much):
        contract = contracts.get(promised_as(place, contracts, access))
        if contract is not None:  # of the others it is told how they lead around the contracts
            yield _violation(
                "access-right-unpromised", (role, rights), contract=contract, place=place
            )


def _in_schema(place: Place, contracts: dict[Place, Contract]) -> Contract | None:
    """For the USAGE of a schema or a sequence, a contract about a table there."""
    return next((each for where, each in contracts.items() if where[0] == place[0]), None)


def _by_table(rights: Iterable[Right]) -> Iterator[tuple[tuple[str, Place], Rights]]:
    found: defaultdict[tuple[str, Place], dict[str, tuple[str, ...]]] = defaultdict(dict)
    for right in sorted(rights):
        by_privilege = found[right.role, right.target.place]
        column = (right.target.column,) if right.target.kind == "column" else ()
        by_privilege[right.privilege] = (*by_privilege.get(right.privilege, ()), *column)
    yield from sorted(found.items())


def _of_columns(
    contracts: Sequence[Contract], catalog: Catalog, access: Access
) -> Iterator[Violation]:
    for exposure in find_exposures(contracts, catalog, access):
        yield _violation(
            "access-leaked-by-view" if exposure.origin else "access-above-clearance",
            (exposure,),
            contract=exposure.promised.contract,
            place=exposure.place,
            column=exposure.column,
            location=exposure.promised.location,
        )
    for each in find_underclassified(contracts, catalog, access):
        table = each.promised.table
        yield _violation(
            "access-underclassified",
            (each,),
            contract=each.promised.contract,
            place=(table.schema, table.name),
            column=each.promised.column.name,
            location=each.promised.location,
        )


def _around(ways: Iterable[WayAround]) -> Iterator[Violation]:
    """The ways around the contracts; several of one role in one schema folded into one."""
    alike: defaultdict[tuple[str, str, str], list[Violation]] = defaultdict(list)
    for way in ways:
        concerns = way.named or way.role == PUBLIC
        identifier = "access-around-contract" if concerns else "access-outside-contracts"
        one = _violation(identifier, (way.role, way.privileges), place=way.place)
        alike[identifier, way.role, way.place[0]].append(one)
    for (_, _, schema), found in sorted(alike.items()):
        if len(found) == 1:
            yield found[0]
            continue
        said = list(dict.fromkeys(one.found for one in found))
        head = said[0] if len(said) == 1 else f"{said[0]}, and more"
        yield replace(found[0], schema=schema, table="", found=head, parts=tuple(found))


def _of_policies(
    contracts: Sequence[Contract], by_place: dict[Place, Contract], access: Access
) -> Iterator[Violation]:
    for guard in find_guards(contracts, access):
        place = guard.relation.place
        contract = by_place.get(whole_of(place, access))
        enabled = guard.relation.row_security
        identifier = "access-policies" if enabled else "access-policies-idle"
        yield _violation(identifier, (guard,), contract=contract, place=place)
        for role, reason in guard.exempt.items() if enabled else ():
            yield _violation(
                "access-policies-bypassed", (role, reason), contract=contract, place=place
            )


def _promised(contracts: Sequence[Contract]) -> dict[Place, Contract]:
    """The contract of each table: the first that names roles, else the first there is."""
    found = {
        (table.schema, table.name): contract
        for contract in reversed(contracts)
        for table in contract.tables
    }
    return found | {
        (each.table.schema, each.table.name): each.contract
        for each in reversed(list(given(contracts)))
    }
