"""Which columns contracts classify, and which figures are values of them.

A count, a share, a number of different values tell of no row. The greatest of a column is one of
its values, a sum over one row is, and so is the age of the oldest: such a figure is judged, and
not told.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from contracts.checks import arguments_of
from contracts.model import Column, Contract
from detection.quality import measures
from detection.quality.authored import RefusedError, named, tokens_of
from detection.quality.guarding import columns_read, quoted
from detection.quality.model import Place, Reach, Reading, Sql

if TYPE_CHECKING:
    from sqlglot import exp

COUNTS: Final = frozenset({"count", "count_distinct"})
"""The aggregates that say how many values there are, and nothing of any of them."""


def is_classified(column: Column | None) -> bool:
    """Whether a contract restricts who may see a column's values, in words known here or not."""
    if column is None:
        return True
    stated = any(key == "classification" for key, _ in column.custom)
    return stated or column.classification not in (None, "public")


def classified_columns(contracts: Sequence[Contract]) -> frozenset[Place]:
    """The columns whose values one of these contracts restricts."""
    return frozenset(
        (table.schema, table.name, column.name)
        for contract in contracts
        for table in contract.tables
        for column in table.columns
        if is_classified(column)
    )


def withheld_columns(reading: Reading) -> tuple[str, ...]:
    """The classified columns of whose values a figure is made; ``()`` where it may be told."""
    reach = reading.demand.reach
    if not reach.classified:
        return ()
    return tuple(dict.fromkeys(name for *_, name in sorted({*_told(reading)} & reach.classified)))


def _told(reading: Reading) -> Iterator[Place]:
    """The columns whose values a figure may be."""
    check, table, reach = reading.demand.check, reading.demand.found, reading.demand.reach
    arguments = arguments_of(check)
    if check.measure in measures.TIMES:
        yield from ((table.schema, table.name, column) for column in check.columns)
    elif check.measure != measures.SQL or arguments.get("counts") == "rows":
        return
    elif reading.how == "query":
        yield from _told_by(reading.figures[0], reach)
    elif str(arguments.get("function")).lower() in COUNTS:
        return
    elif expression := arguments.get("expression"):
        try:
            yield from _told_by(f"select {expression} from {quoted(table)}", reach)  # noqa: S608
        except RefusedError:  # Postgres may read it all the same
            for name in named(tokens_of(str(expression))):
                yield table.schema, table.name, name
    else:
        yield from ((table.schema, table.name, column) for column in check.columns[:1])


def _told_by(query: Sql, reach: Reach) -> Iterator[Place]:
    """All columns that a query reads, unless it does no more than count."""
    from contracts.queries import parse

    reads = columns_read(query, reach)
    if _counts(parse(query)):
        return
    for read in reads:
        if read.column == "*":
            yield from (one for one in reach.classified if one[:2] == (read.schema, read.table))
        yield read.schema, read.table, read.column


def _counts(part: exp.Expr) -> bool:
    """Whether a part of a query comes to counts, truths and numbers of the author's alone."""
    from sqlglot import exp

    if isinstance(part, exp.Count | exp.Predicate | exp.Where):
        return True
    if isinstance(part, exp.Select):
        return all(map(_counts, part.expressions))
    if isinstance(part, exp.Subquery | exp.Paren | exp.Alias):
        return _counts(part.this)
    if isinstance(part, exp.Case):
        results = [branch.args["true"] for branch in part.args["ifs"]]
        return all(map(_counts, (*results, *filter(None, [part.args.get("default")]))))
    if isinstance(part, exp.Column | exp.Star):
        return False
    return all(map(_counts, part.iter_expressions()))
