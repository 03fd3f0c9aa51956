"""What a role can do in the end: by its own rights, by those of groups, as owner, like everybody.

The server's own rules are followed: a right is inherited along memberships that inherit, and a
role may become whoever it can reach along memberships that let it, with what that one inherits.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from detection.access.model import (
    PUBLIC,
    READS_ALL,
    Access,
    Membership,
    Place,
    Right,
)

WRITES_ALL: Final = "pg_write_all_data"
_WRITES: Final = frozenset({"INSERT", "UPDATE", "DELETE"})


@dataclass(frozen=True, slots=True, order=True)
class Way:
    """How a role comes by a right: whose it is, and whether it takes a SET ROLE to use it.

    ``holder`` is the role itself, a group, or PUBLIC. ``owns`` is for what an owner may.
    """

    holder: str
    owns: bool = False
    by_set_role: bool = False


class Reach:
    """Who reaches what, from rights that are at hand; asked again and again, computed once."""

    def __init__(self, access: Access, rights: Collection[Right] | None = None) -> None:
        """``rights`` stand in for those that the database has, to see what others would do."""
        self._access = access
        self._identities: dict[str, Mapping[str, bool]] = {}
        self._rights = (
            frozenset(each.right for each in access.held) if rights is None else frozenset(rights)
        )

    @cached_property
    def _by_holder(self) -> Mapping[tuple[str, Place, str], frozenset[str]]:
        """The columns of a table that somebody holds a privilege on; {""} for the whole table."""
        columns: defaultdict[tuple[str, Place, str], set[str]] = defaultdict(set)
        for right in self._rights:
            if right.target.kind in ("table", "column"):
                where = (right.role, right.target.place, right.privilege)
                columns[where].add(right.target.column)
        return {where: frozenset(names) for where, names in columns.items()}

    @cached_property
    def _places(self) -> Mapping[str, frozenset[Place]]:
        """The tables that somebody holds any right on, by holder."""
        places: defaultdict[str, set[Place]] = defaultdict(set)
        for holder, place, _ in self._by_holder:
            places[holder].add(place)
        return {holder: frozenset(found) for holder, found in places.items()}

    def identities(self, role: str) -> Mapping[str, bool]:
        """Whose rights a role has, and whether it takes a SET ROLE; itself first, PUBLIC last."""
        if (known := self._identities.get(role)) is not None:
            return known
        inherited = _closure({role}, self._inherits)
        becomes = _closure({role}, self._becomes)
        found = dict.fromkeys([role, *sorted(inherited - {role})], False)
        for name in sorted(_closure(becomes, self._inherits)):
            found.setdefault(name, True)
        known = self._identities[role] = {**found, PUBLIC: False}
        return known

    def is_superuser(self, role: str) -> bool:
        """Whether a role may do everything, or may become one that does."""
        seen = self._access.roles
        return any(name in seen and seen[name].superuser for name in self.identities(role))

    @cached_property
    def _inherits(self) -> Mapping[str, set[str]]:
        return _edges(each for each in self._access.memberships if each.inherits)

    @cached_property
    def _becomes(self) -> Mapping[str, set[str]]:
        return _edges(each for each in self._access.memberships if each.may_set)

    def touches(self, role: str) -> Iterator[Place]:
        """The tables that a role has any right on, owned ones included; each once."""
        identities = set(self.identities(role))
        held = {place for name in identities for place in self._places.get(name, ())}
        if identities & {READS_ALL, WRITES_ALL}:
            held |= set(self._access.relations)
        owned = {one.place for one in self._access.relations.values() if one.owner in identities}
        yield from sorted(place for place in held | owned if place in self._access.relations)

    def ways(
        self, role: str, place: Place, privilege: str = "SELECT", column: str | None = None
    ) -> tuple[Way, ...]:
        """How a role comes by a privilege on a table or column; none where it does not.

        Without a ``column``, on the whole table or on any column of it. The USAGE of the schema
        is not asked for: it is one grant away, and half of a right is still one too many.
        """
        relation = self._access.relations.get(place)
        found = []
        for name, by_set_role in self.identities(role).items():
            columns = self._by_holder.get((name, place, privilege), frozenset())
            by_all = name == READS_ALL and privilege == "SELECT"
            by_all = by_all or (name == WRITES_ALL and privilege in _WRITES)
            if by_all or "" in columns or (columns if column is None else column in columns):
                found.append(Way(name, by_set_role=by_set_role))
            elif relation and relation.owner == name:
                found.append(Way(name, owns=True, by_set_role=by_set_role))
        return tuple(found)

    def has(self, right: Right) -> bool:
        """Whether a role has a right at once: without a SET ROLE, from whomever."""
        target = right.target
        identities = [name for name, later in self.identities(right.role).items() if not later]
        if any(Right(name, right.privilege, target) in self._rights for name in identities):
            return True
        if target.kind == "schema":
            return self._access.schemas.get(target.schema) in identities
        if target.kind == "sequence":
            return False
        ways = self.ways(right.role, target.place, right.privilege, target.column)
        whole = [way for way in ways if not way.by_set_role]
        if target.kind == "table":
            return any(way.owns or self._is_whole(way, right) for way in whole)
        return bool(whole)

    def _is_whole(self, way: Way, right: Right) -> bool:
        held = self._by_holder.get((way.holder, right.target.place, right.privilege), ())
        return "" in held or way.holder in (READS_ALL, WRITES_ALL)


def _edges(memberships: Iterable[Membership]) -> Mapping[str, set[str]]:
    edges: defaultdict[str, set[str]] = defaultdict(set)
    for each in memberships:
        edges[each.member].add(each.group)
    return edges


def _closure(start: Iterable[str], edges: Mapping[str, set[str]]) -> set[str]:
    found: set[str] = set()
    ahead = list(start)
    while ahead:
        name = ahead.pop()
        if name not in found:
            found.add(name)
            ahead += edges.get(name, ())
    return found
