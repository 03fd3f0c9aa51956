"""The rights that contracts give: their roles, what each may do, and which columns it may see."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from contracts.model import Classification, Contract, Role, Table
from contracts.privileges import privileges
from detection.access.model import PUBLIC, Access, Place, Right, Target
from detection.evolution.access import SENSITIVITY
from detection.model import Catalog
from detection.periods import NOT_YET

UNSAID: Final[tuple[Classification, ...]] = ("public", "internal")
"""What a role may see whose contract does not say what: the least that is of any use."""

_BY_COLUMN: Final = frozenset({"SELECT", "REFERENCES"})
"""The privileges that are given by column where a role may not see all of a table."""
_WRITES_MATERIALISED: Final = frozenset({"INSERT", "UPDATE", "DELETE", "TRUNCATE"})


@dataclass(frozen=True, slots=True)
class Given:
    """A role of a contract, beside one of its tables."""

    contract: Contract
    role: Role
    table: Table


def gives_rights(contract: Contract) -> bool:
    """Whether a contract is in force; a draft gives nothing and takes nothing."""
    return contract.status != "retired" and contract.status not in NOT_YET


def given(contracts: Iterable[Contract]) -> Iterator[Given]:
    """Every role of every contract in force, beside each table that the contract is about."""
    for contract in filter(gives_rights, contracts):
        for role in contract.roles:
            for table in contract.tables:
                yield Given(contract, role, table)


def grantee(role: Role) -> str:
    """The role by its exact name; PUBLIC where the contract says ``public``, which is no role's."""
    return PUBLIC if role.name.lower() == "public" else role.name


def care(classification: Classification | None) -> int:
    """How much care a classification asks for, from 0; nothing said asks for none."""
    return SENSITIVITY.get(classification, 0)


def clearance(role: Role) -> int:
    """How much care a role is trusted with."""
    return max(map(care, role.classifications or UNSAID))


def may_see(role: Role, classification: Classification | None) -> bool:
    """Whether a role is cleared for a classification: it is listed, or needs less than one is."""
    return care(classification) <= clearance(role)


def wanted_rights(
    contracts: Sequence[Contract], catalog: Catalog, access: Access
) -> frozenset[Right]:
    """The rights that these contracts give on the tables that are there, and no other.

    A role gets a whole table where it may see every column and all of them are promised; else the
    promised columns that it may see. Two contracts about one table give what either gives.
    """
    tables: defaultdict[tuple[str, Place, str], set[str]] = defaultdict(set)
    for each in given(contracts):
        found = catalog.table(each.table.schema, each.table.name)
        if found is None:
            continue
        place = (found.schema, found.name)
        there = {column.name for column in found.columns}
        promised = {column.name: column for column in each.table.columns}
        seen = {
            name for name in there & promised.keys()
            if may_see(each.role, promised[name].classification)
        }  # fmt: skip
        for privilege in privileges(each.role):
            if found.kind == "materialized view" and privilege in _WRITES_MATERIALISED:
                continue
            columns = seen if privilege in _BY_COLUMN else there
            tables[grantee(each.role), place, privilege] |= columns
    rights: set[Right] = set()
    for (role, place, privilege), columns in tables.items():
        rights |= _on_table(role, place, privilege, columns, catalog)
    return frozenset(rights | {*_beside(rights, access)})


def _on_table(
    role: str, place: Place, privilege: str, columns: set[str], catalog: Catalog
) -> set[Right]:
    found = catalog.table(*place)
    if found is None:
        return set()
    if columns == {column.name for column in found.columns}:
        return {Right(role, privilege, Target("table", *place))}
    return {Right(role, privilege, Target("column", *place, name)) for name in columns}


def _beside(rights: Iterable[Right], access: Access) -> Iterator[Right]:
    """What it takes to use rights: the schema, and the sequences of the columns written to."""
    owned: defaultdict[Place, list[Target]] = defaultdict(list)
    for each in access.sequences:
        owned[each.table].append(Target("sequence", each.schema, each.name))
    for right in rights:
        yield Right(right.role, "USAGE", Target("schema", right.target.schema))
        if right.privilege == "INSERT":
            for sequence in owned[right.target.place]:
                yield Right(right.role, "USAGE", sequence)
