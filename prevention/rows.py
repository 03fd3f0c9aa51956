"""The check of rows as one Python call: contracts and a database in, measurements or breaches out.

What takes time to import is imported once a contract promises something of its rows.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from contracts.model import Column, Contract, Table
from detection.model import Catalog, Violation

if TYPE_CHECKING:
    import psycopg

    from data_assets.clock import Arrival
    from data_assets.marking import Mark
    from detection.quality import Demand, Measurement, Scan

KEYS_ABOUT_ROWS: Final = frozenset(
    {"required_when", "requiredWhen", "null_reason_column", "nullReasonColumn"}
)
"""Keys of a column by which its author demands something of rows."""


@dataclass(frozen=True, slots=True)
class RowTerms:
    """How rows are looked at.

    now:         the time of the check; without one, the sandbox's clock or the server's.
    where:       which rows are looked at at all, as SQL.
    sample:      the per cent of them that are looked at.
    show:        how many of the rows that break a promise are told by their keys.
    time_limit:  the seconds that a statement may take.
    """

    now: datetime | None = None
    where: str | None = None
    sample: float | None = None
    show: int = 0
    time_limit: float = 60


def promise_rows(contracts: Sequence[Contract]) -> bool:
    """Whether any of these contracts may promise something of its rows, at a glance."""
    return any(
        contract.checks
        or contract.service_levels
        or contract.invariants
        or any(map(_promises_rows, contract.tables))
        for contract in contracts
    )


def _promises_rows(table: Table) -> bool:
    return bool(table.grain or table.foreign_keys or any(map(_is_about_rows, table.columns)))


def _is_about_rows(column: Column) -> bool:
    stated = any(key in KEYS_ABOUT_ROWS for key, _ in column.custom)
    return bool(column.states or column.null_reasons or stated)


def find_row_breaches(
    contracts: Sequence[Contract],
    catalog: Catalog,
    database: str | None = None,
    terms: RowTerms | None = None,
    *,
    whole: bool = True,
) -> tuple[int, tuple[Violation, ...]]:
    """How many promises about rows were looked at, and those that are not kept.

    ``whole`` says that these are all contracts that there are (see ``data_assets.row_reading``).
    """
    found = measure_rows(contracts, catalog, database, terms, whole=whole)
    return sum(not one.trouble for one in found), breaches_of(contracts, found)


def breaches_of(
    contracts: Sequence[Contract], found: Sequence[Measurement]
) -> tuple[Violation, ...]:
    """The promises about rows that are not kept, by what was measured."""
    if not found:
        return ()
    from detection.quality import find_breaches

    return find_breaches(contracts, found)


def measure_rows(
    contracts: Sequence[Contract],
    catalog: Catalog,
    database: str | None = None,
    terms: RowTerms | None = None,
    *,
    whole: bool = True,
    grant: bool = True,
) -> tuple[Measurement, ...]:
    """What the rows say to each promise about them, kept or not. Nothing is changed.

    ``grant`` says whether the rights of a sandbox's role are kept as these contracts are.
    ``catalog`` is the structure of the database, which is ``DATABASE_URL``'s or the sandbox's
    where none is named. Raises SandboxError when it cannot be asked, and NotJudged for a
    condition of ``terms`` that is none.
    """
    from data_assets.postgres import connect, database_url, explained
    from detection.quality import find_demands
    from detection.quality.authored import RefusedError
    from prevention.decision import NotJudged, Obstacle

    looked = terms or RowTerms()
    demands = find_demands(contracts, catalog)
    if not demands:
        return ()
    url = database or database_url()
    with closing(connect(url, autocommit=True)) as connection, explained(url):
        try:
            return _measure(connection, demands, looked, whole=whole, grant=grant)
        except RefusedError as error:
            what = f"The rows to look at cannot be chosen by {looked.where}: {error.what}"
            raise NotJudged(Obstacle(what, error.next_step)) from error


def _measure(
    connection: psycopg.Connection,
    demands: Sequence[Demand],
    terms: RowTerms,
    *,
    whole: bool,
    grant: bool,
) -> tuple[Measurement, ...]:
    from data_assets.marking import mark_of
    from data_assets.row_reading import row_reader
    from detection.quality import find_failing_rows, measure

    mark = mark_of(connection)
    scans = _plan(connection, mark, demands, terms)
    ours = grant and mark is not None
    role = row_reader(connection, _columns(demands), ours=ours, whole=whole)
    found = measure(connection, scans, role=role, time_limit=terms.time_limit)
    if terms.show:
        found = find_failing_rows(
            connection, scans, found, terms.show, role=role, time_limit=terms.time_limit
        )
    return found


def _plan(
    connection: psycopg.Connection,
    mark: Mark | None,
    demands: Sequence[Demand],
    terms: RowTerms,
) -> tuple[Scan, ...]:
    """The scans, each at the time of its schema: a sandbox may hold stories of different days."""
    from data_assets.clock import time_of
    from detection.quality import Terms, plan_scans

    of_schema: defaultdict[str, list[Demand]] = defaultdict(list)
    for demand in demands:
        of_schema[demand.found.schema].append(demand)
    scans: list[Scan] = []
    for together in of_schema.values():
        now = terms.now or time_of(connection, mark, _arrivals(together))
        scans += plan_scans(together, Terms(now, terms.where, terms.sample))
    return tuple(scans)


def _arrivals(demands: Sequence[Demand]) -> list[Arrival]:
    """The columns by which data is promised to be fresh."""
    from detection.quality.measures import FRESHNESS

    return [
        (demand.found.schema, demand.found.name, column)
        for demand in demands
        if demand.check.measure == FRESHNESS and not demand.trouble
        for column in demand.check.columns
    ]


def _columns(demands: Sequence[Demand]) -> dict[tuple[str, str], set[str]]:
    """The columns that are under contract or named by a promise, as far as they are there."""
    from detection.quality.referring import referred_columns

    wanted: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for demand in demands:
        for table, names in (*demand.reach.columns.items(), *referred_columns(demand)):
            if there := demand.reach.catalog.table(*table):
                wanted[table] |= {column.name for column in there.columns} & {*names}
    return {table: names for table, names in wanted.items() if names}
