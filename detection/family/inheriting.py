"""The effective contract: what a child promises, with all that it inherits.

A child's own promise comes before its parent's, and that before the grandparent's. What is
inherited is said of the child's own tables, and keeps the place in the document where it stands.
Who answers, who reads, where the data is and where in its life a contract is, each says for itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, Final

from contracts.classifications import MINIMUM, minimum_classification
from contracts.meaning import Section
from contracts.model import Column, Contract, Custom, ForeignKey, JsonShape, Location, Source, Table
from detection.diffing.keys import primary_key
from detection.diffing.places import keys_of, place_of_level
from detection.evolution.access import SENSITIVITY
from detection.family.levels import answers, is_about_the_same, own_checks
from detection.family.lineage import Family
from detection.family.projecting import (
    classified,
    place_of_minimum,
    projected,
)

UNSAID: Final = (None, ())

SAID_ONCE: Final = (
    "strict", "enforcement", "notice", "deletes", "row_lifecycle", "time", "backfills",
    "consistency", "cdc", "source_of_truth",
)  # fmt: skip
"""What of a contract as a whole is inherited where the child says nothing of it; a section that
both say part by part, part by part."""

OWN: Final = frozenset(
    {
        "name", "schema", "columns", "source", "custom", "position", "catalog", "storage",
        "extension", "unique_keys", "foreign_keys", "checks", "primary_key", "json_shape",
        "data_type",
    }
)  # fmt: skip
"""What of a table or a column is not inherited as it is: it is put together, or the child's own."""


@dataclass(frozen=True, slots=True)
class Effective:
    """A contract with all that it inherits.

    contract:  the child, with every promise that binds it; places lead to where each is written.
    lines:     what each of the family says of it, the child itself first, then the nearest.
    """

    contract: Contract
    lines: tuple[Contract, ...]


def in_effect(
    contracts: Sequence[Contract], relatives: Sequence[Contract] = ()
) -> tuple[Contract, ...]:
    """The contracts, each with all that it inherits; the same where none extends another.

    ``relatives`` may be extended too, and are not returned. What a parent says of no certain
    table is left to its children.
    """
    if not any(contract.extends for contract in (*contracts, *relatives)):
        return tuple(contracts)
    family = Family.of((*contracts, *relatives))
    parents = {
        parent.identity
        for contract in (*contracts, *relatives)
        if (parent := family.parent(contract))
    }
    return tuple(
        _without_loose_tables(whole) if whole.identity in parents else whole
        for contract in contracts
        for whole in [effective(contract, family).contract]
    )


def effective(contract: Contract, family: Family) -> Effective:
    """What a contract promises with all that it inherits, as far as its family is known."""
    whole, lines = contract, [contract]
    ancestors = family.lineage(contract)
    for ancestor in ancestors:
        said = projected(ancestor, whole)
        lines.append(said)
        whole = _over(whole, said)
    for ancestor in sorted(ancestors, key=_care, reverse=True)[:1]:  # the highest minimum counts
        if least := classified(whole, ancestor):
            lines.append(least)
            whole = replace(whole, tables=tuple(_table(table, least) for table in whole.tables))
    return Effective(whole, tuple(lines))


def _care(contract: Contract) -> int:
    return SENSITIVITY[minimum_classification(contract)]


def _without_loose_tables(contract: Contract) -> Contract:
    return replace(contract, tables=tuple(one for one in contract.tables if one.schema))


def _over(child: Contract, parent: Contract) -> Contract:
    """The child, with what the parent says besides."""
    inherited = [name for name in SAID_ONCE if _is_unsaid(child, parent, name)]
    levels = [
        (level, place_of_level(parent, level, number))
        for number, level in enumerate(parent.service_levels)
        if not any(answers(own, level, child) for own in child.service_levels)
    ]
    own = own_checks(child)
    checks = [
        check for check in parent.checks if not any(is_about_the_same(each, check) for each in own)
    ]
    rules = {str(one) for one in child.invariants}
    invariants = [one for one in parent.invariants if str(one) not in rules]
    functions = {(one.schema, one.name, one.arguments) for one in child.functions}
    merged = replace(
        child,
        **_sections(child, parent),
        **{name: getattr(parent, name) for name in inherited},
        tables=tuple(_table(table, parent) for table in child.tables),
        service_levels=(*child.service_levels, *(level for level, _ in levels)),
        checks=(*child.checks, *checks),
        invariants=(*child.invariants, *invariants),
        compatibility=tuple({**dict(parent.compatibility), **dict(child.compatibility)}.items()),
        custom=_with_minimum(child, parent),
        functions=(
            *child.functions,
            *(f for f in parent.functions if (f.schema, f.name, f.arguments) not in functions),
        ),
    )
    places = dict(_numbered("slaProperties", len(child.service_levels), [at for _, at in levels]))
    places |= dict(_places_of_invariants(child, parent))
    if parent.source and merged.custom != child.custom:
        at = place_of_minimum(parent) or parent.source.location
        places |= dict.fromkeys(MINIMUM, at)
    return replace(merged, source=_source(child.source, parent.source, inherited, places))


def _sections(child: Contract, parent: Contract) -> dict[str, Any]:
    """The sections that both say part by part, with the parts of which the child says nothing."""
    found = {}
    for name in SAID_ONCE:
        own, theirs = getattr(child, name), getattr(parent, name)
        if isinstance(own, Section) and type(own) is type(theirs):
            unsaid = [each.name for each in fields(own) if _is_unsaid(own, theirs, each.name)]
            found[name] = replace(own, **{each: getattr(theirs, each) for each in unsaid})
    return found


def _with_minimum(child: Contract, parent: Contract) -> Custom:
    """What a child says besides; the parent's minimum counts where it has none of its own."""
    if minimum_classification(child) is not None:
        return child.custom
    return (*child.custom, *(pair for pair in parent.custom if pair[0] in MINIMUM))


def _is_unsaid(child: Any, parent: Any, name: str) -> bool:
    """Whether the child says nothing of what the parent does."""
    return getattr(child, name) in UNSAID and getattr(parent, name) not in UNSAID


def _places_of_invariants(child: Contract, parent: Contract) -> Iterator[tuple[str, Location]]:
    """The places of the parent's invariants, by where they come to stand among the child's."""
    rules = {str(one) for one in child.invariants}
    new = [number for number, one in enumerate(parent.invariants) if str(one) not in rules]
    for number, old in enumerate(new, len(child.invariants)):
        if parent.source:
            at = parent.source.at(f"invariants.{old}", "invariants", "invariant")
            yield f"invariants.{number}", at


def _numbered(
    key: str, first: int, places: Iterable[Location | None]
) -> Iterator[tuple[str, Location]]:
    for number, place in enumerate(places, first):
        if place is not None:
            yield f"{key}.{number}", place


def _table(child: Table, contract: Contract) -> Table:
    """A table with what the parent says of it besides."""
    parent = next((t for t in contract.tables if t.qualified_name == child.qualified_name), None)
    if parent is None:
        return child
    theirs = {column.name: column for column in parent.columns}
    own = {column.name for column in child.columns}
    inherited = [
        field.name
        for field in fields(Table)
        if field.name not in OWN and _is_unsaid(child, parent, field.name)
    ]
    columns = [_column(each, theirs.get(each.name)) for each in child.columns]
    columns += [column for column in parent.columns if column.name not in own]
    keys = {frozenset(key.columns) for key in child.unique_keys}
    ties = {_tie(key) for key in child.foreign_keys}
    named = {check.name for check in child.checks}
    said = {check.expression for check in child.checks}
    unsaid = primary_key(child) is None
    return replace(
        child,
        **{name: getattr(parent, name) for name in inherited},
        columns=tuple(columns),
        primary_key=parent.primary_key if unsaid else child.primary_key,
        unique_keys=(
            *child.unique_keys,
            *(key for key in parent.unique_keys if frozenset(key.columns) not in keys),
        ),
        foreign_keys=(
            *child.foreign_keys,
            *(key for key in parent.foreign_keys if _tie(key) not in ties),
        ),
        checks=(
            *child.checks,
            *(c for c in parent.checks if c.name not in named and c.expression not in said),
        ),
        custom=tuple({**dict(parent.custom), **dict(child.custom)}.items()),
        source=_source(child.source, parent.source, inherited, {}),
    )


def _tie(key: ForeignKey) -> tuple[object, ...]:
    return key.columns, key.references_schema, key.references_table


def _column(child: Column, parent: Column | None) -> Column:
    """A column with what the parent says of it besides."""
    if parent is None:
        return child
    inherited = [
        field.name
        for field in fields(Column)
        if field.name not in OWN and _is_unsaid(child, parent, field.name)
    ]
    if _is_more_exact(child, parent):
        inherited.append("data_type")
    return replace(
        child,
        **{name: getattr(parent, name) for name in inherited},
        json_shape=_shape(child.json_shape, parent.json_shape),
        custom=tuple({**dict(parent.custom), **dict(child.custom)}.items()),
        source=_source(child.source, parent.source, inherited, {}),
    )


def _is_more_exact(child: Column, parent: Column) -> bool:
    """Whether the parent says of a type what the child leaves open: all of it, or what holds it."""
    if child.data_type is None or parent.data_type is None:
        return child.data_type is None and parent.data_type is not None
    if child.data_type.kind == "logical":
        return parent.data_type.kind != "logical"
    return child.data_type == replace(parent.data_type, labels=None) != parent.data_type


def _shape(child: JsonShape | None, parent: JsonShape | None) -> JsonShape | None:
    """The keys of both; of one that both name, the child says whether it has to be there."""
    if child is None or parent is None:
        return child or parent
    required = [key for key in parent.required if key not in child.optional + child.required]
    optional = [key for key in parent.optional if key not in child.required + child.optional]
    return JsonShape((*child.required, *required), (*child.optional, *optional))


def _source(
    child: Source | None,
    parent: Source | None,
    inherited: Iterable[str],
    places: Mapping[str, Location],
) -> Source | None:
    """Where the child is written, with the parent's places for what is inherited."""
    if child is None:
        return parent
    taken = dict(places)
    for name in inherited if parent else ():
        keys = keys_of(name)
        at = parent.at(*keys) if parent else child.location
        taken |= dict.fromkeys(keys, at)
    return Source(child.location, {**child.keys, **taken}) if taken else child
