"""What is different between two sets of contracts, or between two catalogues. Facts only.

Both are compared table by table with the same code, since a promised table and an observed
one are the same noun. What to think of a change is the business of ``judgement``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from contracts.consumers import Consumer
from contracts.model import Contract, Table
from detection.change import Change, Side
from detection.diffing.contracts import compare_contracts
from detection.diffing.functions import compare_functions
from detection.diffing.pairing import Pair
from detection.diffing.registry import compare_registries
from detection.diffing.tables import column_parts, compare_tables, renamed_in
from detection.matching import places_by_column, renamed_table
from detection.model import Catalog

Roots = tuple[str, str]
"""What stands before the path of a document on either side: ``main:``, ``/tmp/old/``."""

TableName = tuple[str, str]

_OF_THEIR_OWN: Final = ("table", None)
"""What holds columns of its own and shows nobody else's; a contract may leave the kind unsaid."""


def diff(
    old: Sequence[Contract],
    new: Sequence[Contract],
    *,
    roots: Roots | None = None,
    relatives: Sequence[Contract] = (),
) -> tuple[Change, ...]:
    """Every difference between two sets of contracts, contract by contract, by identity.

    ``roots`` lets a contract be found in another file than before; without it, nothing is
    said of files. ``relatives`` are other contracts that these may extend, the same on both sides.
    """
    from detection.family import weakened_children

    before = {contract.identity: contract for contract in old}
    after = {contract.identity: contract for contract in new}
    gone = [before[name] for name in before if name not in after]
    come = [after[name] for name in after if name not in before]
    renamed = _renamed_contracts(gone, come)
    pairs = [(before[name], after[name]) for name in before.keys() & after.keys()]
    changes = [
        *(_contract_removed(one) for one in gone if one.identity not in renamed),
        *(
            change
            for one, other in [*pairs, *renamed.values()]
            if one != other or roots
            for change in _compare(one, other, new, roots)
        ),
        *(
            Pair(Side(), Side(one)).change("contract-added")
            for one in come
            if one not in (pair[1] for pair in renamed.values())
        ),
        *weakened_children(old, new, relatives),
    ]
    return tuple(sorted(changes, key=lambda change: change.contract or ""))


def diff_catalogs(before: Catalog, after: Catalog) -> tuple[Change, ...]:
    """Every difference between two catalogues, table by table; then of the functions.

    Of a partition it only matters that it is there; its columns are those of its parent.
    """
    pair = Pair(Side(), Side(), observed=True)
    renamed = _renamed_tables(_compared(before), _compared(after))
    pair = replace(pair, renames=_renames(_compared(before), _compared(after), renamed))
    return (
        *_compare_table_sets(pair, _compared(before), _compared(after), renamed),
        *compare_functions(pair, before.functions, after.functions),
    )


def diff_consumers(old: Sequence[Consumer], new: Sequence[Consumer]) -> tuple[Change, ...]:
    """Every difference between two registries of consumers. No contract owes a bump for it."""
    return tuple(compare_registries(old, new))


def _compared(catalog: Catalog) -> tuple[Table, ...]:
    """The tables that are compared: all but those in which tools keep their own books."""
    from detection.coverage import MIGRATIONS, is_ours

    return tuple(
        table for table in catalog.tables if table.name != MIGRATIONS and not is_ours(table.schema)
    )


def _compare(
    old: Contract, new: Contract, all_new: Sequence[Contract], roots: Roots | None
) -> Iterator[Change]:
    """Every difference between two contracts of which one became the other."""
    pair = Pair(Side(old), Side(new))
    if old.identity != new.identity:
        yield pair.change("contract-renamed", old.identity, new.identity)
    if roots and (files := _files(old, new, roots)) and files[0] != files[1]:
        yield pair.change("contract-moved", *files)
    if old == new:
        return
    renamed = _renamed_tables(old.tables, new.tables)
    yield from compare_contracts(replace(pair, renames=_renames(old.tables, new.tables, renamed)))
    views = {
        (table.schema, table.name)
        for contract in all_new
        for table in contract.tables
        if table.kind in ("view", "materialized view")
    }
    yield from _compare_table_sets(pair, old.tables, new.tables, renamed, views)
    yield from compare_functions(pair, old.functions, new.functions)


def _files(old: Contract, new: Contract, roots: Roots) -> tuple[str, str] | None:
    """The paths of two documents below their roots."""
    if old is new or old.file is None or new.file is None:
        return None
    return old.file.removeprefix(roots[0]), new.file.removeprefix(roots[1])


def _contract_removed(contract: Contract) -> Change:
    pair = Pair(Side(contract), Side())
    tables = tuple(
        pair.tables(table, None).change("table-removed", table.qualified_name)
        for table in contract.tables
    )
    functions = compare_functions(pair, contract.functions, ())
    return pair.change("contract-removed", contract.identity, parts=(*tables, *functions))


def _renamed_contracts(
    gone: Sequence[Contract], come: Sequence[Contract]
) -> dict[str, tuple[Contract, Contract]]:
    """The contracts that go by another name now, by their old one: the same id, or tables."""
    renamed: dict[str, tuple[Contract, Contract]] = {}
    for one in gone:
        same = [other for other in come if _is_same(one, other)]
        rivals = [each for each in gone for other in same if _is_same(each, other)]
        if len(same) == 1 and rivals == [one]:
            renamed[one.identity] = (one, same[0])
    return renamed


def _is_same(old: Contract, new: Contract) -> bool:
    if old.id and new.id:
        return old.id == new.id
    tables, others = ({table.qualified_name for table in each.tables} for each in (old, new))
    return bool(tables) and tables == others


def _compare_table_sets(
    pair: Pair,
    old: Sequence[Table],
    new: Sequence[Table],
    renamed: Mapping[TableName, Table],
    views: set[TableName] | None = None,
) -> Iterator[Change]:
    """What became of each table; ``views`` are those by which an old name may be kept."""
    after = {(table.schema, table.name): table for table in new}
    now = {(table.schema, table.name) for table in renamed.values()}
    before = {(table.schema, table.name): table for table in old}
    for at, table in before.items():
        if at in renamed:
            there = pair.tables(table, renamed[at])
            kept = "behind a view" if views and at in views else None
            yield there.change(
                "table-renamed", table.qualified_name, renamed[at].qualified_name, aspect=kept
            )
            yield from compare_tables(there)
        elif at in after:
            if pair.observed and table.kind == after[at].kind == "partition":
                table, other = replace(table, columns=()), replace(after[at], columns=())
                yield from compare_tables(pair.tables(table, other))
            else:
                yield from compare_tables(pair.tables(table, after[at]))
        else:
            there = pair.tables(table, None)
            kind = "partition-removed" if table.kind == "partition" else "table-removed"
            parts = column_parts(there, removed=True)
            yield there.change(kind, table.qualified_name, parts=parts)
    for at, table in after.items():
        if at not in before and at not in now:
            kind = "partition-added" if table.kind == "partition" else "table-added"
            yield pair.tables(None, table).change(kind, None, table.qualified_name)


def _renamed_tables(old: Sequence[Table], new: Sequence[Table]) -> dict[TableName, Table]:
    """The tables that seem to go by another name now, by schema and name of before."""
    names = {(table.schema, table.name) for table in old}
    there = {(table.schema, table.name) for table in new}
    gone = [table for table in old if (table.schema, table.name) not in there]
    come = [table for table in new if (table.schema, table.name) not in names]
    if not gone or not come:
        return {}
    places = places_by_column(come)
    found = [(table, renamed_table(table, come, places)) for table in gone]
    targets = [other for _, other in found if other is not None]
    return {
        (table.schema, table.name): other
        for table, other in found
        if other is not None and targets.count(other) == 1
    }


def _renames(
    old: Sequence[Table], new: Sequence[Table], renamed: Mapping[TableName, Table]
) -> dict[str, str]:
    """The bare names of all tables and columns that are called otherwise now."""
    after = {(table.schema, table.name): table for table in new} | dict(renamed)
    names = {at[1]: table.name for at, table in renamed.items()}
    for table in old:
        other = after.get((table.schema, table.name))
        if other is not None and other.columns != table.columns and table.kind in _OF_THEIR_OWN:
            names |= renamed_in(table, other)
    return names
