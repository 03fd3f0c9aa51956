"""The ways in which contracts die: unchanged, unenforced, about the easy tables, never kept.

What is known besides documents and database comes in as :class:`Practice`. Facts only, as
violations.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from statistics import median
from typing import Final

from contracts.consumers import Consumer
from contracts.model import Contract, Table
from contracts.queries import NoQueryError
from detection.coverage import find_uncovered
from detection.history import BrokenPromise
from detection.model import Catalog, Violation
from detection.periods import NOT_YET, standing
from detection.promises import of_contract
from detection.reads import find_tables
from detection.rules import rule

_SILENT: Final = (None, "", "none", "None", "no")
_SQL: Final = (
    r"(?:table|index\s+\S+\s+on|update|into|view)\s+(?:if\s+(?:not\s+)?exists\s+)?(?:\w+\.)?"
)


@dataclass(frozen=True, slots=True)
class Migration:
    """A file of migrations: its path, the moment in which it joined (Unix time), its text."""

    path: str
    at: int
    text: str = field(repr=False)

    def alters(self, table: Table) -> bool:
        """Whether it names a table, as Alembic is told or in SQL, and does not make it."""
        name = re.escape(table.name)
        named = rf"""["'](?:\w+\.)?{name}["']|{_SQL}"?{name}\b"""
        made = rf"""create_table\(\s*["']{name}["']|create\s+{_SQL}"?{name}\b"""
        return self._has(named) and not self._has(made)

    def _has(self, pattern: str) -> bool:
        return re.search(pattern, self.text, re.IGNORECASE) is not None


@dataclass(frozen=True, slots=True)
class NeverKept:
    """A promise that was broken in all runs of its contract: how many, and since when."""

    promise: BrokenPromise
    runs: int
    since: datetime


@dataclass(frozen=True, slots=True)
class Practice:
    """How contracts are lived with, as far as a repository and a history can tell.

    changed:     the moment of the last commit of each document, by its path as it was read.
    migrations:  those that are committed.
    enforced:    whether anything in the repository runs the check; ``None`` without one.
    watched:     the contracts that the monitor has judged.
    never_kept:  the promises that it has never found kept.
    """

    changed: Mapping[str, int] = field(default_factory=dict)
    migrations: tuple[Migration, ...] = ()
    enforced: bool | None = None
    watched: frozenset[str] = frozenset()
    never_kept: tuple[NeverKept, ...] = ()


def find_ailing(
    contracts: Sequence[Contract],
    consumers: Sequence[Consumer],
    catalog: Catalog | None,
    practice: Practice,
) -> tuple[Violation, ...]:
    """What shows that contracts are dying; a database is looked at where there is one."""
    living = [each for each in standing(contracts) if each.status not in NOT_YET]
    return (
        *_stale(living, practice),
        *_unenforced(living, practice),
        *(_left_out(living, consumers, catalog) if catalog else ()),
        *_never_met(living, practice),
    )


def _stale(contracts: Sequence[Contract], practice: Practice) -> Iterator[Violation]:
    for contract in contracts:
        changed = practice.changed.get(contract.file or "")
        if changed is None:
            continue
        later = [
            each
            for each in practice.migrations
            if _day(each.at) > _day(changed)
            and any(each.alters(table) for table in contract.tables)
        ]
        if later:
            last = max(later, key=lambda each: each.at)
            count = f"{len(later)} migration{'s' if len(later) > 1 else ''} since, the last on"
            yield _told("health-stale", contract, _day(changed), f"{count} {_day(last.at)}")


def _unenforced(contracts: Sequence[Contract], practice: Practice) -> Iterator[Violation]:
    if practice.enforced is not False:
        return
    for contract in contracts:
        if contract.enforcement in _SILENT and contract.identity not in practice.watched:
            yield _told("health-unenforced", contract, contract.enforcement or None)


def _left_out(
    contracts: Sequence[Contract], consumers: Sequence[Consumer], catalog: Catalog
) -> Iterator[Violation]:
    promised = {(table.schema, table.name) for each in contracts for table in each.tables}
    covered = [table for table in catalog.tables if (table.schema, table.name) in promised]
    typical = _typical([roughness(table) for table in covered])
    readers = _readers(consumers)
    left = [one for one in find_uncovered(contracts, catalog) if one.contract is None]
    for one in left:
        table = catalog.table(one.schema, one.table)
        if table is None:
            continue
        read_by = readers.get((one.schema, one.table), ())
        if read_by or (covered and is_rougher(roughness(table), typical)):
            by = f", read by {', '.join(read_by)}" if read_by else ""
            told = rule("health-left-out")
            stated = told.states(f"{_said(roughness(table))}{by}", _said(typical))
            yield Violation(
                told.id, told.level, None, one.schema, one.table,
                promised=stated.promised if stated else None,
                found=stated.found if stated else None,
            )  # fmt: skip


def roughness(table: Table) -> tuple[float, ...]:
    """How many columns a table has, how many of them may be null, and how many hold JSON."""
    columns = table.columns
    json = sum(
        one.data_type is not None and (one.data_type.element or one.data_type).name in _JSON
        for one in columns
    )
    return (len(columns), sum(one.nullable is not False for one in columns), json)


_JSON: Final = ("json", "jsonb")


def is_rougher(one: Sequence[float], typical: Sequence[float]) -> bool:
    """Whether a table is as rough as what is typical in all measures, and rougher in two."""
    pairs = list(zip(one, typical, strict=True))
    return all(a >= b for a, b in pairs) and sum(a > b for a, b in pairs) >= 2


def _typical(measured: Sequence[Sequence[float]]) -> tuple[float, ...]:
    return tuple(median(each) for each in zip(*measured, strict=True)) or (0, 0, 0)


def _said(measured: Sequence[float]) -> str:
    return "{:g} columns, {:g} nullable, {:g} of JSON".format(*measured)


def _readers(consumers: Sequence[Consumer]) -> dict[tuple[str, str], tuple[str, ...]]:
    """Who reads each table, by what they are registered for and by their queries."""
    found: dict[tuple[str, str], dict[str, None]] = {}
    for consumer in consumers:
        tables = {(each.schema, each.table) for each in consumer.subscriptions}
        for query in consumer.queries:
            try:
                tables |= find_tables(query.sql)
            except NoQueryError:
                continue
        for table in tables:
            found.setdefault(table, {})[consumer.name] = None
    return {table: tuple(names) for table, names in found.items()}


def _never_met(contracts: Sequence[Contract], practice: Practice) -> Iterator[Violation]:
    known = {contract.identity: contract for contract in contracts}
    for each in practice.never_kept:
        contract = known.get(each.promise.contract)
        if contract is not None:
            runs = f"broken in all {each.runs} runs since {each.since:%Y-%m-%d}"
            place = each.promise.element.split(" (")[0].split(".", 2)
            yield _told("health-never-met", contract, each.promise.promised, runs, place=place)


def _day(moment: int) -> str:
    return f"{datetime.fromtimestamp(moment, UTC):%Y-%m-%d}"


def _told(
    identifier: str, contract: Contract, *facts: str | None, place: Sequence[str] = ()
) -> Violation:
    told = rule(identifier)
    schema, table, column = (*place, "", "", "")[:3]
    violation = of_contract(told, told.states(*facts), contract)
    return replace(violation, schema=schema, table=table, column=column or None)
