"""Who reads around the contracts: rights on what nobody promises, now and on tables to come."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from contracts.model import Contract
from detection.access.difference import internal_tables
from detection.access.model import OWN_ROLES, PUBLIC, Access, DefaultRight, Place, Policy, Relation
from detection.access.reach import Reach, Way
from detection.access.wanted import given, grantee

PRIVILEGES = ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE")


@dataclass(frozen=True, slots=True)
class WayAround:
    """What a role can do with one table that no contract is about.

    privileges:  each with how the role comes by it.
    named:       whether a contract names the role, so that it is a consumer's.
    """

    role: str
    place: Place
    privileges: Mapping[str, tuple[Way, ...]]
    named: bool


@dataclass(frozen=True, slots=True)
class Guard:
    """How the rows of one table are guarded by policies.

    exempt:  the roles of contracts that no policy of the table holds for, with the reason.
    """

    relation: Relation
    policies: tuple[Policy, ...]
    exempt: Mapping[str, str] = field(default_factory=dict)


def find_ways_around(contracts: Sequence[Contract], access: Access) -> tuple[WayAround, ...]:
    """Every right on a table under no contract.

    Looked at are the roles that contracts name, everybody, and whoever else was granted one by
    name. An owner is told of only where a contract names it, and no superuser is.
    """
    inside = internal_tables(contracts, access)
    reach = Reach(access)
    named = _named(contracts, access)
    holders = {
        held.right.role
        for held in access.held
        if held.right.target.place in inside
        and access.relations[held.right.target.place].owner != held.right.role
    }
    roles = (named | holders | {PUBLIC}) - OWN_ROLES
    found = []
    for role in sorted(roles):
        if role in access.roles and access.roles[role].superuser:
            continue
        for place in reach.touches(role):
            if place in inside:
                by = {
                    privilege: ways
                    for privilege in PRIVILEGES
                    if (ways := _foreign(reach.ways(role, place, privilege), role, named))
                }
                if by:
                    found.append(WayAround(role, place, by, role in named))
    return tuple(found)


def _foreign(ways: tuple[Way, ...], role: str, named: set[str]) -> tuple[Way, ...]:
    """Of how a role comes by a right, what counts.

    Of those whom no contract names these are their own grants; and what everybody has is told
    once, of everybody.
    """
    return tuple(
        way
        for way in ways
        if (way.holder == role or (role in named and way.holder != PUBLIC))
        and (role in named or not way.owns)
    )


def find_defaults_around(contracts: Sequence[Contract], access: Access) -> tuple[DefaultRight, ...]:
    """Default privileges that will give tables yet to be made to a contract's role or everybody."""
    named = _named(contracts, access) | {PUBLIC}
    return tuple(each for each in access.defaults if each.role in named)


def find_guards(contracts: Sequence[Contract], access: Access) -> tuple[Guard, ...]:
    """The tables with row-level security or policies, and which named roles they do not hold."""
    by_table: defaultdict[Place, list[Policy]] = defaultdict(list)
    for policy in access.policies:
        by_table[policy.schema, policy.table].append(policy)
    by_role = sorted(_named(contracts, access) - {PUBLIC})
    reach = Reach(access)
    return tuple(
        Guard(relation, tuple(by_table[place]), dict(_exempt(by_role, relation, access, reach)))
        for place, relation in sorted(access.relations.items())
        if relation.row_security or place in by_table
    )


def _exempt(
    roles: Sequence[str], relation: Relation, access: Access, reach: Reach
) -> list[tuple[str, str]]:
    found = []
    for role in roles:
        if not reach.ways(role, relation.place):
            continue
        owns = relation.owner in reach.identities(role)
        if access.roles[role].superuser:
            found.append((role, "is a superuser"))
        elif access.roles[role].bypasses_rls:
            found.append((role, "has BYPASSRLS"))
        elif owns and not relation.forced:
            found.append((role, "owns the table, whose policies are not forced"))
    return found


def find_almighty(contracts: Sequence[Contract], access: Access) -> tuple[str, ...]:
    """The roles that contracts name, and that no grant limits: superusers, or may become one."""
    reach = Reach(access)
    return tuple(
        sorted(role for role in _named(contracts, access) - {PUBLIC} if reach.is_superuser(role))
    )


def _named(contracts: Sequence[Contract], access: Access) -> set[str]:
    """The roles that contracts name, as far as they are there."""
    roles = {grantee(each.role) for each in given(contracts)}
    return {role for role in roles if role == PUBLIC or role in access.roles}
