"""Where a child promises less than one of its ancestors. Facts only, as changes from one to it.

The ancestor is compared with the child as if it had become the child: what would hurt readers then
is weaker. What a child says nothing of, it inherits; what it narrows is its own business.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain
from typing import Final

from contracts.classifications import minimum_classification
from contracts.model import Check, Contract, DataType, NullReason, Role, ServiceLevel
from contracts.privileges import rights
from detection.access.wanted import clearance
from detection.change import Change, Side
from detection.diffing.checks import compare_checks
from detection.diffing.contracts import compare_contracts
from detection.diffing.functions import compare_functions
from detection.diffing.pairing import Pair
from detection.diffing.places import place_of_level
from detection.diffing.services import compare_service_levels
from detection.diffing.tables import compare_tables
from detection.family.inheriting import effective
from detection.family.levels import answers, is_about_the_same, own_checks
from detection.family.lineage import Family
from detection.family.projecting import projected

_WORD: Final = re.compile(r"[^\s,()]+")

NOT_INHERITED: Final = (
    "contract-", "state-", "sunset-", "deprecation-", "documentation-", "dialect-", "server-",
    "parent-", "column-added", "column-renamed", "column-removed", "table-", "type-respelled",
    "view-", "partition-", "index-", "replication-",
)  # fmt: skip
"""The beginnings of those kinds of change in which a child goes its own way."""

STRICTER: Final = frozenset({"classification-raised", "type-made-exact", "type-made-general"})
"""Rules about changes that concern readers, by which a child is no weaker than its parent."""

BOUND_UNSAID: Final = frozenset({"value-added", "values-opened", "column-made-optional"})
"""Kinds of change by which a child is weaker, although its parent says nothing of it.

To a list of values nothing may join unless somebody says so, and a column is there unless somebody
says that it may be missing."""

DIMENSIONS: Final = {
    "type": ("type-", "detail-"), "primary key": ("primary-key-",), "unique": ("unique-",),
    "foreign key": ("foreign-key-",), "check": ("check-",), "order of columns": ("columns-",),
    "collation": ("collation-",), "function": ("function-",),
}  # fmt: skip
"""What a promise is about, where the change itself has no word for it."""


def weakened_children(
    old: Sequence[Contract], new: Sequence[Contract], relatives: Sequence[Contract] = ()
) -> tuple[Change, ...]:
    """Each promise of a child that is weaker than its parent's, and was not so before.

    ``relatives`` may be extended on either side.
    """
    known = {_told(change) for change in weaker_promises(old, relatives)}
    return tuple(change for change in weaker_promises(new, relatives) if _told(change) not in known)


def weaker_promises(
    contracts: Sequence[Contract], relatives: Sequence[Contract] = ()
) -> tuple[Change, ...]:
    """Each promise of a child that is weaker than that of its parent, or of its parent's.

    It is told once, against the nearest that promises more: ``before`` is the parent's side, and
    ``after`` the child's. ``relatives`` may be extended too, and are not judged themselves.
    """
    if not any(contract.extends for contract in contracts):
        return ()
    family = Family.of((*contracts, *relatives))
    judged = {contract.identity for contract in contracts}
    told: set[tuple[object, ...]] = set()
    found: list[Change] = []
    lines = [child for child in contracts if not family.circle(child)]  # in one, all are above all
    for between in (False, True):  # what a contract says itself comes first
        for child in lines:
            for change in _weak(child, family, between=between):
                if change.contract in judged and _said(change) not in told:
                    told.add(_said(change))
                    found.append(change)
    return tuple(found)


def _weak(child: Contract, family: Family, *, between: bool) -> Iterator[Change]:
    """Where a child is weaker than its ancestors; or they than theirs, where its tables show it."""
    ancestors = family.lineage(child)
    if not between:
        for ancestor in ancestors:
            yield from _compare(projected(ancestor, child), child, child)
    elif len(ancestors) > 1:
        whole = effective(child, family)
        lines = whole.lines[1 : len(ancestors) + 1]
        for number, line in enumerate(lines):
            for ancestor in lines[number + 1 :]:
                yield from _compare(ancestor, line, whole.contract)


def _said(change: Change) -> tuple[object, ...]:
    """What a child says, whomever of its ancestors it is weaker than, and of whichever table."""
    if change.location is not None:
        return (change.contract, change.aspect, change.location, change.column)
    return (change.contract, change.aspect, change.new, change.column)


def _compare(parent: Contract, child: Contract, whole: Contract) -> Iterator[Change]:
    """Every promise of a child that is weaker than what one of its ancestors says of it.

    ``whole`` has the tables that both are about.
    """
    pair = Pair(Side(parent), Side(child))
    changes = (
        _whole(pair, parent, child),
        _tables(pair, parent, child),
        _minimums(pair, parent, child),
    )  # what is said of a column itself comes first
    for change in chain.from_iterable(changes):
        if is_weaker(change):
            yield _named(change)
    yield from _levels(pair, parent, child, whole)
    yield from _checks(pair, parent, child)


def _whole(pair: Pair, parent: Contract, child: Contract) -> Iterator[Change]:
    """What is said of no table; levels and checks are compared apart (``_levels``, ``_checks``)."""
    old, new = (replace(each, service_levels=(), checks=()) for each in (parent, child))
    yield from compare_contracts(Pair(Side(old), Side(new)))
    yield from compare_functions(pair, parent.functions, child.functions)


def _minimums(pair: Pair, parent: Contract, child: Contract) -> Iterator[Change]:
    """What the parent demands of every column's classification, and what the child says there."""
    least, own = minimum_classification(parent), minimum_classification(child)
    if least is None:
        return
    kind = "classification-changed"
    if own:
        yield pair.change(kind, least, own, aspect="minimum classification")
    for table in child.tables:
        for column in table.columns:
            if column.classification:
                there = pair.tables(None, table).columns(None, column)
                yield there.change(kind, least, column.classification, aspect="classification")


def _tables(pair: Pair, parent: Contract, child: Contract) -> Iterator[Change]:
    theirs = {table.qualified_name: table for table in parent.tables}
    for table in child.tables:
        if table.qualified_name in theirs:
            yield from compare_tables(pair.tables(theirs[table.qualified_name], table))


def _levels(pair: Pair, parent: Contract, child: Contract, whole: Contract) -> Iterator[Change]:
    """A service level is weaker where none of the child's that answer it is as strict."""
    numbers = {id(level): number for number, level in enumerate(child.service_levels)}
    for level in parent.service_levels:
        own = [each for each in child.service_levels if answers(each, level, whole)]
        weak = [change for each in own if (change := _weaker_level(pair, level, each))]
        if own and len(weak) == len(own):
            place = place_of_level(child, own[0], numbers[id(own[0])])
            yield replace(weak[0], location=place)


def _weaker_level(pair: Pair, theirs: ServiceLevel, own: ServiceLevel) -> Change | None:
    level = replace(theirs, property=own.property, element=own.element, driver=own.driver)
    changes = compare_service_levels(pair, [level], [own])
    return next((_named(change) for change in changes if is_weaker(change)), None)


def _checks(pair: Pair, parent: Contract, child: Contract) -> Iterator[Change]:
    """A check is weaker where none of the child's about the same lets as little through."""
    for check in parent.checks:
        own = [each for each in own_checks(child) if is_about_the_same(each, check)]
        weak = [change for each in own if (change := _weaker_check(pair, check, each))]
        if own and len(weak) == len(own):
            place = own[0].source.location if own[0].source else weak[0].location
            yield replace(weak[0], location=place)


def _weaker_check(pair: Pair, theirs: Check, own: Check) -> Change | None:
    changes = compare_checks(pair, [replace(theirs, name=own.name)], [own])
    return next((_named(change) for change in changes if is_weaker(change)), None)


def _named(change: Change) -> Change:
    """The same difference as a weakness of the child, called by what is weaker."""
    kinds = (name for name, kinds in DIMENSIONS.items() if change.kind.startswith(kinds))
    aspect = change.aspect or next(kinds, change.kind)
    old, new = _in_full(change)
    return replace(change, kind="child-weaker", aspect=aspect, old=old, new=new, parts=())


def _in_full(change: Change) -> tuple[str | None, str | None]:
    """What parent and child say, where the change itself tells of one side only."""
    if change.kind == "value-added":
        return _values(change.before), _values(change.after)
    if change.kind in BOUND_UNSAID:
        return change.old or "no", change.new
    return change.old, change.new if change.new is not None else _denial(change)


def _values(side: Side) -> str | None:
    """All the values that a column can take on one side: its states, or the labels of its enum."""
    labels = side.part.labels if isinstance(side.part, DataType) else None
    values = labels or (side.column.states if side.column else None)
    return ", ".join(values) if values else None


def is_weaker(change: Change) -> bool:
    """Whether a difference from a parent to its child leaves readers with less."""
    from detection.evolution import rule_of

    if change.kind.startswith(NOT_INHERITED):
        return False
    if change.new is None and _denial(change) is None:
        return False
    if change.old is None and change.kind not in BOUND_UNSAID:
        return False
    rule = rule_of(change)
    if rule.reader not in ("breaking", "conditional") or rule.id in STRICTER:
        return False
    return not _is_narrowed(change)


def _denial(change: Change) -> str | None:
    """What a child says by which it has none of its parent's keys, if it says so."""
    table, own = change.after.table, change.after.column
    if change.kind == "primary-key-dropped" and table is not None:
        key = getattr(change.before.part, "columns", ())
        marked = [column for column in table.columns if column.name in key]
        if table.primary_key == () or any(column.primary_key is False for column in marked):
            return "no primary key"
    if change.kind == "unique-dropped" and own is not None and own.unique is False:
        return "not unique"
    return None


def _is_narrowed(change: Change) -> bool:
    """Whether a child says otherwise than its parent, and allows nothing that it does not."""
    if change.kind.startswith("grant-"):
        return _is_narrower_role(change.before.part, change.after.part)
    if change.kind == "null-meaning-changed" and change.before.column and change.after.column:
        reasons: tuple[NullReason, ...] = change.after.column.null_reasons
        return set(reasons) <= set(change.before.column.null_reasons)
    if change.kind == "compatibility-changed":
        return _is_stricter_rule(change.old or "", change.new or "")
    return change.kind == "meaning-changed" and change.aspect == "meaning"


def _is_narrower_role(old: object, new: object) -> bool:
    """Whether a role may do no more than in the parent; what it may not read is no less."""
    if not isinstance(old, Role) or not isinstance(new, Role):
        return True
    return rights(new) <= rights(old) and clearance(new) <= clearance(old)


def _is_stricter_rule(old: str, new: str) -> bool:
    """Whether a rule about changes asks for as much as the parent's, in words that we know."""
    from detection.change import worst
    from detection.own_rules import strictness_of

    before, after = strictness_of(old), strictness_of(new)
    return before is not None and after is not None and worst(before, after) == after


def _told(change: Change) -> tuple[object, ...]:
    """What tells one weakness from another; the order of columns in its words does not."""
    words = (tuple(sorted(_WORD.findall(text or ""))) for text in (change.old, change.new))
    return (change.contract, change.element, change.aspect, *words)
