"""The rights that are against the rights that contracts give: what is missing, what is too much.

Only what differs is told, so that a second look after it was put right finds nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from contracts.model import Contract
from detection.access.model import OWN_ROLES, PUBLIC, Access, HeldRight, Place, Right, Target
from detection.access.reach import Reach
from detection.access.wanted import given, grantee, wanted_rights
from detection.coverage import MIGRATIONS, is_ours
from detection.model import Catalog


@dataclass(frozen=True, slots=True)
class Gap:
    """What stands between the rights of a database and those that contracts give.

    too_much:  rights on tables under contract that no contract gives; and, where ``whole`` was
               said, rights of the contracts' roles on tables that nobody promises.
    missing:   rights that a role lacks once the others are taken back.
    absent:    roles that contracts name and the server does not have.
    """

    too_much: tuple[HeldRight, ...] = ()
    missing: tuple[Right, ...] = ()
    absent: tuple[str, ...] = ()

    @property
    def is_closed(self) -> bool:
        """Whether the rights are exactly those that the contracts give."""
        return not (self.too_much or self.missing or self.absent)


def find_gap(
    contracts: Sequence[Contract], catalog: Catalog, access: Access, *, whole: bool = True
) -> Gap:
    """The difference between what is and what the contracts give.

    whole:  whether these are all the contracts there are, so that a table under none of them is
            nobody's to read for whom a contract names.
    """
    wanted = wanted_rights(contracts, catalog, access)
    named = {grantee(each.role) for each in given(contracts)}
    governed = {(each.table.schema, each.table.name) for each in given(contracts)}
    inside = internal_tables(contracts, access) if whole else frozenset()
    too_much = tuple(
        held
        for held in access.held
        if _is_judged(held.right, access)
        and (
            held.right.target.place in governed
            or (held.right.target.place in inside and held.right.role in named)
        )
        and not _is_wanted(held.right, wanted)
    )
    left = _remaining(access, too_much)
    absent = tuple(sorted(named - set(access.roles) - {PUBLIC}))
    reach = Reach(access, left)
    missing = tuple(
        sorted(
            right for right in wanted
            if right.role not in absent
            and not (right.role != PUBLIC and access.roles[right.role].superuser)
            and not reach.has(right)
        )
    )  # fmt: skip
    return Gap(too_much, missing, absent)


def internal_tables(contracts: Sequence[Contract], access: Access) -> frozenset[Place]:
    """The tables and views that no contract is about, itself or as a part of a promised table."""
    promised = {(table.schema, table.name) for contract in contracts for table in contract.tables}
    return frozenset(
        place
        for place, relation in access.relations.items()
        if whole_of(place, access) not in promised
        and place not in promised
        and not relation.of_extension
        and relation.name != MIGRATIONS
        and not is_ours(relation.schema)
    )


def whole_of(place: Place, access: Access) -> Place:
    """The table that a partition is a part of in the end; of any other table, itself."""
    seen = {place}
    while (relation := access.relations.get(place)) and relation.parent:
        place = relation.parent
        if place in seen:
            break
        seen.add(place)
    return place


def _is_judged(right: Right, access: Access) -> bool:
    """Whether a right is anybody's to take back: not an owner's, nor of those who may anything."""
    if right.target.kind not in ("table", "column") or right.role in OWN_ROLES:
        return False
    relation = access.relations.get(right.target.place)
    role = access.roles.get(right.role)
    return (
        relation is not None
        and relation.owner != right.role
        and not (role is not None and role.superuser)
    )


def _is_wanted(right: Right, wanted: Collection[Right]) -> bool:
    """Whether a contract gives a right; one on a column comes with one on the whole table."""
    if right in wanted:
        return True
    whole = Target("table", *right.target.place)
    return right.target.kind == "column" and Right(right.role, right.privilege, whole) in wanted


def _remaining(access: Access, revoked: Sequence[HeldRight]) -> frozenset[Right]:
    """What is left. Who loses a privilege on a table loses it on each of its columns with that."""
    gone = {each.right for each in revoked}
    whole = {
        (right.role, right.privilege, right.target.place)
        for right in gone
        if right.target.kind == "table"
    }
    return frozenset(
        right
        for right in (each.right for each in access.held)
        if right not in gone
        and not (
            right.target.kind == "column"
            and (right.role, right.privilege, right.target.place) in whole
        )
    )
