"""Who sees more than they may: columns above a clearance, directly or through a view."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from contracts.model import Classification, Column, Contract, Location, Role, Table
from detection.access.difference import whole_of
from detection.access.lineage import lineage_of_views
from detection.access.model import OWN_ROLES, PUBLIC, Access, Place
from detection.access.reach import Reach, Way
from detection.access.tracing import Origin, Origins
from detection.access.wanted import UNSAID, care, given, grantee
from detection.model import Catalog


@dataclass(frozen=True, slots=True)
class PromisedColumn:
    """A column under contract, with how it is classified and where."""

    contract: Contract
    table: Table
    column: Column

    @property
    def location(self) -> Location | None:
        """The line of the classification, or of the column."""
        source = self.column.source
        return source.at("classification") if source else None


@dataclass(frozen=True, slots=True)
class Exposure:
    """A role that can read a column although its contract does not clear it for that.

    place, column:   what the role can read; of a table or of a view.
    classification:  how the data is classified, by the contract of ``origin``.
    clearance:       the most that the role may see.
    ways:            how the role comes by the right.
    origin:          the column of a table that a view hands on; ``None`` where it is the column.
    """

    role: str
    place: Place
    column: str
    classification: Classification
    clearance: Classification
    ways: tuple[Way, ...]
    promised: PromisedColumn
    origin: Origin | None = None


@dataclass(frozen=True, slots=True)
class Underclassified:
    """A view's column under contract, classified lower than what it is made from."""

    promised: PromisedColumn
    origin: Origin
    demanded: Classification


class Classified:
    """The classifications of contracts, and what each role is cleared for by which of them."""

    def __init__(self, contracts: Sequence[Contract]) -> None:
        self.columns: dict[tuple[Place, str], PromisedColumn] = {}
        for contract in contracts:
            for table in contract.tables:
                for column in table.columns:
                    where = (table.schema, table.name), column.name
                    known = self.columns.get(where)
                    if known is None or care(known.column.classification) < care(
                        column.classification
                    ):
                        self.columns[where] = PromisedColumn(contract, table, column)
        self.roles: defaultdict[str, dict[Place, list[Role]]] = defaultdict(dict)
        for each in given(contracts):
            place = each.table.schema, each.table.name
            self.roles[grantee(each.role)].setdefault(place, []).append(each.role)

    def sensitive(self) -> Mapping[Place, frozenset[str]]:
        """The columns that ask for more care than a role is trusted with unsaid, by table."""
        found: defaultdict[Place, set[str]] = defaultdict(set)
        for (place, name), promised in self.columns.items():
            if care(promised.column.classification) > 0:
                found[place].add(name)
        return {place: frozenset(names) for place, names in found.items()}

    def clearance(self, role: str, *places: Place) -> Classification:
        """The most that a role may see of the first of these tables whose contract names it."""
        for place in places:
            if roles := self.roles.get(role, {}).get(place):
                said = [each for one in roles for each in one.classifications or UNSAID]
                return max(said, key=care)
        return max(UNSAID, key=care)


def find_exposures(
    contracts: Sequence[Contract], catalog: Catalog, access: Access
) -> tuple[Exposure, ...]:
    """Every role that can read a column above what it is cleared for.

    Looked at are the roles that contracts name, with all that they can reach; and whoever else
    holds a right by name, or everybody. Owners other than those named, and superusers, are left
    out: no grant limits them.
    """
    classified = Classified(contracts)
    lineage = lineage_of_views(catalog, access, classified.sensitive())
    reach = Reach(access)
    matter = {*classified.sensitive(), *(place for place, _ in lineage)}
    found: list[Exposure] = []
    for role in _looked_at(classified, access):
        for place in reach.touches(role):
            if place not in matter and whole_of(place, access) not in matter:
                continue
            found += _of_table(role, place, classified, lineage, catalog, access, reach)
    return tuple(found)


def find_underclassified(
    contracts: Sequence[Contract], catalog: Catalog, access: Access
) -> tuple[Underclassified, ...]:
    """The columns of views under contract that are classified lower than what they are made from.

    A column that is handed on as it is keeps its classification; one that is computed from
    sensitive ones is derived sensitive at least.
    """
    classified = Classified(contracts)
    lineage = lineage_of_views(catalog, access, classified.sensitive())
    found = []
    for where, origins in sorted(lineage.items()):
        promised = classified.columns.get(where)
        if promised is None:
            continue
        demanded = _demanded(origins, classified)
        if demanded and care(promised.column.classification) < care(demanded[0]):
            found.append(Underclassified(promised, demanded[1], demanded[0]))
    return tuple(found)


def _demanded(origins: Origins, classified: Classified) -> tuple[Classification, Origin] | None:
    """How a column has to be classified at least because of what it is made from, and of which."""
    demands = [
        (demanded, origin)
        for origin in sorted(origins)
        if (demanded := _demanded_by(origin, classified))
    ]
    return max(demands, key=lambda each: care(each[0]), default=None)


def _demanded_by(origin: Origin, classified: Classified) -> Classification | None:
    promised = classified.columns.get(((origin.schema, origin.table), origin.column))
    said = promised.column.classification if promised else None
    if not origin.computed:
        return said
    return "derived sensitive" if care(said) >= care("derived sensitive") else None


def _looked_at(classified: Classified, access: Access) -> list[str]:
    named = {role for role in classified.roles if role == PUBLIC or role in access.roles}
    holders = {held.right.role for held in access.held if held.right.target.kind != "schema"}
    owners = {relation.owner for relation in access.relations.values()}
    superusers = {name for name, role in access.roles.items() if role.superuser}
    return sorted((named | (holders - owners)) - superusers - OWN_ROLES)


def _of_table(
    role: str,
    place: Place,
    classified: Classified,
    lineage: Mapping[tuple[Place, str], Origins],
    catalog: Catalog,
    access: Access,
    reach: Reach,
) -> Iterator[Exposure]:
    table, relation = catalog.table(*place), access.relations[place]
    promised_as = whole_of(place, access)
    for column in table.columns if table else ():
        own = classified.columns.get((promised_as, column.name))
        said = own.column.classification if own else None
        clearance = classified.clearance(role, promised_as)
        if own and said and care(said) > care(clearance):
            if ways := reach.ways(role, place, "SELECT", column.name):
                yield Exposure(role, place, column.name, said, clearance, ways, own)
            continue
        if relation.invoker:  # the view reads with the reader's own rights, which are judged
            continue
        demanded = _demanded(lineage.get((place, column.name), frozenset()), classified)
        if demanded is None or care(demanded[0]) <= care(said):
            continue
        origin = demanded[1]
        source = origin.schema, origin.table
        clearance = classified.clearance(role, place, source)
        ways = reach.ways(role, place, "SELECT", column.name)
        if ways and care(demanded[0]) > care(clearance):
            promised = classified.columns[source, origin.column]
            yield Exposure(role, place, column.name, demanded[0], clearance, ways, promised, origin)
