"""The rights that are against the rights that contracts give: what is missing, what is too much.

Only what differs is told, so that a second look after it was put right finds nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

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
    lost:      rights that go along with those, since who loses a right had granted them.
    """

    too_much: tuple[HeldRight, ...] = ()
    missing: tuple[Right, ...] = ()
    absent: tuple[str, ...] = ()
    lost: tuple[HeldRight, ...] = ()

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
    promised = promised_tables(contracts)
    inside = internal_tables(contracts, access) if whole else frozenset()
    too_much = tuple(
        held
        for held in access.held
        if _is_judged(held.right, access)
        and (
            promised_as(held.right.target.place, promised, access) in governed
            or (held.right.target.place in inside and held.right.role in named)
        )
        and not _is_wanted(held.right, wanted, access)
    )
    lost = _lost(access, too_much)
    left = _remaining(access, too_much, lost)
    absent = tuple(sorted(named - set(access.roles) - {PUBLIC}))
    reach = Reach(access, left)
    missing = tuple(
        sorted(
            (
                right for right in wanted
                if right.role not in absent
                and not (right.role != PUBLIC and access.roles[right.role].superuser)
                and not reach.has(right)
            ),
            key=lambda right: right.order,
        )
    )  # fmt: skip
    return Gap(too_much, missing, absent, lost)


def internal_tables(contracts: Sequence[Contract], access: Access) -> frozenset[Place]:
    """The tables and views that no contract is about, itself or as a part of a promised table."""
    promised = promised_tables(contracts)
    return frozenset(
        place
        for place, relation in access.relations.items()
        if promised_as(place, promised, access) not in promised
        and not relation.of_extension
        and relation.name != MIGRATIONS
        and not is_ours(relation.schema)
    )


def promised_tables(contracts: Sequence[Contract]) -> frozenset[Place]:
    """The tables that contracts are about."""
    return frozenset(
        (table.schema, table.name) for contract in contracts for table in contract.tables
    )


def promised_as(place: Place, promised: Collection[Place], access: Access) -> Place:
    """The table by which this one is promised: itself, or for a partition what it is a part of."""
    return place if place in promised else whole_of(place, access)


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


def _is_wanted(right: Right, wanted: Collection[Right], access: Access) -> bool:
    """Whether a contract gives a right.

    One on a column comes with one on the whole table, and one on a partition with the same one on
    what it is a part of.
    """
    for place in (right.target.place, whole_of(right.target.place, access)):
        same = replace(right.target, schema=place[0], name=place[1])
        for target in (same, Target("table", *place)):
            if Right(right.role, right.privilege, target) in wanted:
                return True
    return False


def _lost(access: Access, revoked: Sequence[HeldRight]) -> tuple[HeldRight, ...]:
    """The rights that go with these: granted by somebody who may then grant them no longer.

    As Postgres does it: only what the owner granted is taken back; a table's right takes those on
    its columns along; and what hangs on a right is of the same table or the same column.
    """
    owners = {place: relation.owner for place, relation in access.relations.items()}
    by_owner = [one for one in revoked if one.grantor == owners[one.right.target.place]]
    whole = {_on_place(one.right) for one in by_owner if one.right.target.kind == "table"}
    gone = {*by_owner, *(
        one for one in access.held
        if one.right.target.kind == "column" and _on_place(one.right) in whole
        and one.grantor == owners.get(one.right.target.place)
    )}  # fmt: skip
    lost: set[HeldRight] = set()
    grantable, granted = _by_right(access)
    ahead = [one for one in gone if one.grantable]
    while ahead:
        right = ahead.pop().right
        if any(one not in gone for one in grantable[right]):
            continue  # somebody else lets them grant it, too
        hanging = {one for one in granted[right] if one not in gone}
        gone |= hanging
        lost |= hanging
        ahead += [one for one in hanging if one.grantable]
    return tuple(sorted(lost, key=lambda one: (one.right, one.grantor)))


def _by_right(
    access: Access,
) -> tuple[defaultdict[Right, list[HeldRight]], defaultdict[Right, list[HeldRight]]]:
    """Each right as it may be granted on, by whomever it came; and what was granted by it."""
    grantable: defaultdict[Right, list[HeldRight]] = defaultdict(list)
    granted: defaultdict[Right, list[HeldRight]] = defaultdict(list)
    for one in access.held:
        if one.grantable:
            grantable[one.right].append(one)
        granted[replace(one.right, role=one.grantor)].append(one)
    return grantable, granted


def _on_place(right: Right) -> tuple[str, str, Place]:
    return right.role, right.privilege, right.target.place


def _remaining(
    access: Access, revoked: Sequence[HeldRight], lost: Sequence[HeldRight]
) -> frozenset[Right]:
    """What is left. Who loses a privilege on a table loses it on each of its columns with that."""
    along = frozenset(lost)
    gone = {each.right for each in revoked}
    whole = {_on_place(right) for right in gone if right.target.kind == "table"}
    return frozenset(
        right
        for right in (each.right for each in access.held if each not in along)
        if right not in gone and not (right.target.kind == "column" and _on_place(right) in whole)
    )
