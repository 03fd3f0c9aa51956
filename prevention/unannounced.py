"""What migrations change under contract while the contract stays as it was.

A change to the database is announced by a change to the contract at the same place. One that
only keeps a promise which was broken before needs no announcement.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from contracts.model import Contract, Function, Level, Location, Source
from detection.change import Change, Side, Verdict
from detection.functions import call_of
from prevention.acknowledging import Breaking
from prevention.changes import Telling, names_of_contract
from prevention.decision import Finding
from prevention.gate_rules import gate_rule

Where = Callable[[Change], Location | None]
"""The line of a migration that makes a change to the database."""

WHOLE: Final = (
    "contract-removed", "contract-added", "contract-retired", "table-removed", "table-added",
    "table-renamed", "table-kind-changed",
)  # fmt: skip
"""The kinds of change to a contract that announce whatever happens to its tables."""

UNANNOUNCED: Final = "migration-unannounced"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a change is, by the names on both sides: tables and columns, or functions."""

    tables: frozenset[str]
    columns: frozenset[str]
    functions: frozenset[str] = frozenset()

    def holds(self, finding: Finding) -> bool:
        """Whether a finding is about the same; of a whole table, everything in it is."""
        table = f"{finding.schema}.{finding.table}"
        if table in self.functions:
            return True
        return table in self.tables and (not self.columns or finding.column in self.columns)


@dataclass(frozen=True, slots=True)
class Promise:
    """What a contract says of a place. ``exact`` says that it speaks of the very column."""

    contract: Contract
    source: Source | None
    exact: bool


def promises_about(place: Place, contracts: Sequence[Contract]) -> list[Promise]:
    """What contracts say of the table, the column or the function at a place."""
    return [
        promise
        for contract in contracts
        for promise in (*_of_tables(place, contract), *_of_functions(place, contract))
    ]


def _of_tables(place: Place, contract: Contract) -> Iterator[Promise]:
    for table in contract.tables:
        if table.qualified_name in place.tables:
            named = [column for name in place.columns if (column := table.column(name))]
            source = next((column.source for column in named), None) or table.source
            yield Promise(contract, source, bool(named) or not place.columns)


def _of_functions(place: Place, contract: Contract) -> Iterator[Promise]:
    for function in contract.functions:
        if _signature(function) in place.functions:
            yield Promise(contract, function.source, exact=True)


def find_unannounced(
    changes: Sequence[Verdict],
    announcing: Sequence[Verdict],
    contracts: Sequence[Contract],
    now: Sequence[Finding],
    once: Sequence[Finding],
    telling: Telling,
    where: Where,
) -> tuple[list[Breaking], list[Finding]]:
    """The changes of the database that nobody announced; and what else is left to tell.

    changes:     what becomes of the database.
    announcing:  what becomes of the contracts.
    contracts:   those that are to be, then those that were.
    now, once:   how the contracts stand to the database, as both are to be and as they were.
    """
    known = {finding.fingerprint for finding in once}
    still = {finding.fingerprint for finding in now}
    mended = [each for each in once if each.level == "error" and each.fingerprint not in still]
    left = list(now)
    found: list[Breaking] = []
    for verdict in changes:
        place = place_of(verdict.change)
        promises = promises_about(place, contracts)
        if verdict.overall == "patch" or any(
            _announces(each, verdict, place) for each in announcing
        ):
            continue
        if not promises:
            left += _hurting(verdict, telling)
            continue
        follows = [each for each in left if place.holds(each) and each.fingerprint not in known]
        if not follows and any(place.holds(each) for each in mended):
            continue  # it keeps a promise that was broken before
        left = [each for each in left if each not in follows]
        finding = _finding(verdict, promises, telling, follows)
        names = names_of_contract(*(each.contract for each in promises), tables=place.tables)
        found.append(Breaking(replace(finding, changed_at=where(verdict.change)), names))
    return found, left


def _hurting(verdict: Verdict, telling: Telling) -> list[Finding]:
    """A change to what nobody promises breaks no promise; but whoever reads it is warned."""
    finding = telling.finding(verdict)
    return [replace(finding, level="warning")] if finding.consumers else []


def place_of(change: Change) -> Place:
    """Where a change is, before and after."""
    sides = (change.before, change.after)
    tables = {side.table.qualified_name for side in sides if side.table}
    columns = {side.column.name for side in sides if side.column}
    functions = [_signature(side.function) for side in sides if side.function]
    return Place(frozenset(tables), frozenset(columns), frozenset(functions))


def _signature(function: Function) -> str:
    return f"{function.schema}.{call_of(function)}"


def _announces(verdict: Verdict, change: Verdict, place: Place) -> bool:
    """Whether a change of a contract is the announcement of one of the database."""
    if verdict.overall == "patch":
        return False
    own = place_of(verdict.change)
    if place.functions:
        if verdict.change.kind in WHOLE:
            own = replace(
                own, functions=own.functions.union(*map(_functions, _sides(verdict.change)))
            )
        return not own.functions.isdisjoint(place.functions)
    tables = {table for side in _sides(verdict.change) for table in _tables(side)}
    if tables.isdisjoint(place.tables):
        return False
    if verdict.change.kind in WHOLE:
        return True
    columns = own.columns.union(*(place_of(part).columns for part in verdict.change.parts))
    if place.columns and columns:
        return not columns.isdisjoint(place.columns)
    return _family(verdict.rule) == _family(change.rule)


def _sides(change: Change) -> tuple[Side, Side]:
    return change.before, change.after


def _tables(side: Side) -> Iterator[str]:
    """The table that a side is about; all of the contract's where it is about the whole."""
    if side.table is not None:
        yield side.table.qualified_name
    elif side.contract is not None:
        yield from (table.qualified_name for table in side.contract.tables)


def _functions(side: Side) -> frozenset[str]:
    return frozenset(map(_signature, side.contract.functions if side.contract else ()))


def _family(rule: str) -> str:
    """What rules about one thing begin with: ``primary-key`` for ``primary-key-dropped``."""
    return rule.rpartition("-")[0]


def _finding(
    verdict: Verdict, promises: Sequence[Promise], telling: Telling, follows: Sequence[Finding]
) -> Finding:
    promise = next((each for each in promises if each.exact), promises[0])
    change = telling.finding(verdict)
    cause = f"{verdict.rule} {change.element}"
    parts = (replace(part, cause=cause) for each in follows for part in each.unfolded())
    return replace(
        change,
        rule=UNANNOUNCED,
        level=_level(verdict, follows, promise),
        contract=promise.contract.identity,
        owner=promise.contract.owner,
        location=promise.source.location if promise.source else None,
        cause=cause,
        parts=tuple(parts),
    )


def _level(verdict: Verdict, follows: Sequence[Finding], promise: Promise) -> Level:
    """That of the rule where a promise is touched, or a reader cannot bear what is new.

    A column that was there before, and that nobody promised, is a warning.
    """
    is_new = verdict.change.before.column is None
    concerns = promise.exact or is_new
    if (verdict.breaks and concerns) or any(each.level == "error" for each in follows):
        return gate_rule(UNANNOUNCED).level
    return "warning"
