"""Violations: every promise about a table that is there, or a function, compared with what is.

A table that is missing altogether is the business of ``coverage``; so is one without a
contract. Facts only: what to think of them, and how to say it, is decided elsewhere.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from contracts.model import Column, Contract, Level, Table
from detection.comparison import Comparison
from detection.function_violations import find_broken_functions
from detection.matching import renamed_columns
from detection.model import Catalog, Violation
from detection.promises import broken, missing_column
from detection.rules import COLUMN_RULES, KEY_RULES, TYPE_RULES, rule
from detection.rules.columns import promised_key

_RENAMED: Final = rule("column-renamed")
_UNDECLARED: Final = rule("column-undeclared")


@dataclass(frozen=True, slots=True)
class Promise:
    """One table as one contract promises it, and the one that the database has.

    ``renamed`` holds, by its promised name, each column that seems to be called otherwise now.
    """

    contract: Contract
    promised: Table
    found: Table
    renamed: Mapping[str, Column]


def find_violations(
    contracts: Sequence[Contract], catalog: Catalog, *, strict: bool = False
) -> tuple[Violation, ...]:
    """Every way in which the tables that are there break what is promised of them.

    ``strict`` makes an undeclared column an error where the contract does not say itself
    whether it is one. The order is that of the contracts, their tables and columns; functions
    come after them, and columns that nobody declared last. A table that is missing is left to
    ``find_uncovered``.
    """
    promised = [
        (contract, table, found)
        for contract in contracts
        for table in contract.tables
        if (found := catalog.table(table.schema, table.name)) is not None
    ]
    declared: defaultdict[str, set[str]] = defaultdict(set)
    for _, table, _ in promised:
        declared[table.qualified_name].update(column.name for column in table.columns)
    promises = [
        Promise(contract, table, found, _renamed(table, found, declared[table.qualified_name]))
        for contract, table, found in promised
    ]
    broken_promises = (violation for promise in promises for violation in _violations(promise))
    functions = find_broken_functions(contracts, catalog)
    return (*broken_promises, *functions, *_undeclared(promises, strict=strict))


def _renamed(promised: Table, found: Table, declared: set[str]) -> dict[str, Column]:
    """The columns that seem to be called otherwise now, by the name that was promised."""
    there = {column.name for column in found.columns}
    missing = [column for column in promised.columns if column.name not in there]
    strange = [column for column in found.columns if column.name not in declared]
    pairs = renamed_columns(promised, found, missing, strange)
    return {old.name: new for old, new in pairs}


def _violations(promise: Promise) -> Iterator[Violation]:
    """The violations of one promise about one table, column by column."""
    there = {column.name: column for column in promise.found.columns} | dict(promise.renamed)
    pairs = [
        Comparison(column, there[column.name], promise.promised, promise.found)
        for column in promise.promised.columns
        if column.name in there
    ]
    keys = _key_violations(promise, pairs)
    # Only a column that is promised can be told as missing, with its key's parts under it.
    missed = {column.name for column in promise.promised.columns} - there.keys()
    lost = [name for name in promised_key(promise.promised) if name in missed]
    for column in promise.promised.columns:
        if column.name not in there:
            if column.optional:
                continue
            missing = missing_column(promise.contract, promise.promised, column)
            consequences = keys if column.name in lost[:1] else ()
            yield replace(missing, parts=(missing, *consequences)) if consequences else missing
        elif column.name in promise.renamed:
            yield _renamed_column(promise, column)
    told = () if lost else _folded(keys)
    for pair in pairs:
        yield from (violation for violation in told if violation.column == pair.promised.name)
        yield from _column_violations(promise, pair)


def _renamed_column(promise: Promise, column: Column) -> Violation:
    """A rename: one finding that names both columns, with the missing one folded under it."""
    found = promise.renamed[column.name]
    difference = rule("column-renamed").states(column, found)
    violation = broken(_RENAMED, promise.contract, promise.promised, column, difference)
    return replace(violation, parts=(missing_column(promise.contract, promise.promised, column),))


def _column_violations(promise: Promise, pair: Comparison) -> Iterator[Violation]:
    for one in (*TYPE_RULES, *COLUMN_RULES):
        if difference := one.states(pair):
            yield broken(one, promise.contract, promise.promised, pair.promised, difference)


def _key_violations(promise: Promise, pairs: Sequence[Comparison]) -> tuple[Violation, ...]:
    """Each column that is in the key and should not be, or is not and should."""
    return tuple(
        broken(one, promise.contract, promise.promised, pair.promised, difference)
        for pair in pairs
        for one in KEY_RULES
        if (difference := one.states(pair))
    )


def _folded(keys: Sequence[Violation]) -> Sequence[Violation]:
    """One finding for a key that was dropped or moved, with a part for each of its columns."""
    return keys if len(keys) < 2 else (replace(keys[0], parts=tuple(keys)),)


def _undeclared(promises: Sequence[Promise], *, strict: bool) -> Iterator[Violation]:
    """Columns that no contract declares, in the order of their tables."""
    of_table: defaultdict[str, list[Promise]] = defaultdict(list)
    for promise in promises:
        of_table[promise.found.qualified_name].append(promise)
    for together in of_table.values():
        severe = [promise for promise in together if promise.contract.strict]
        for promise in severe:
            yield from _undeclared_columns(promise, [promise], "error")
        if not severe:
            undecided = [promise for promise in together if promise.contract.strict is None]
            level: Level = "error" if strict and undecided else _UNDECLARED.level
            yield from _undeclared_columns((undecided or together)[0], together, level)


def _undeclared_columns(
    teller: Promise, together: Sequence[Promise], level: Level
) -> Iterator[Violation]:
    """The columns that none of these contracts about one table declares, told under one."""
    declared = {column.name for promise in together for column in promise.promised.columns}
    declared |= {column.name for promise in together for column in promise.renamed.values()}
    for column in teller.found.columns:
        if column.name not in declared:
            difference = _UNDECLARED.states(column)
            violation = broken(_UNDECLARED, teller.contract, teller.promised, column, difference)
            yield replace(violation, level=level)
