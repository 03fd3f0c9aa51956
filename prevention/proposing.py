"""A draft with promises about rows, as one Python call: what they keep today, and why."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

from contracts.model import Check, Contract, ServiceLevel, Table
from detection.model import Catalog

if TYPE_CHECKING:
    from detection.quality.proposing import Proposal


def with_quality(
    contract: Contract,
    catalog: Catalog,
    database: str | None = None,
    *,
    beside: Sequence[Contract] = (),
) -> tuple[Contract, tuple[Proposal, ...]]:
    """A drafted contract about one table with what its rows keep today, and each such promise.

    Of a column that a contract ``beside`` it classifies it tells counts, and no value.

    Raises SandboxError when the database cannot be asked.
    """
    from detection.quality.classified import classified_columns
    from detection.quality.proposing import (
        Profile,
        arrival_columns,
        listed_columns,
        probes,
        propose,
    )
    from prevention.rows import measure_rows

    (promised,) = contract.tables
    found = catalog.table(promised.schema, promised.name) or promised
    place = (found.schema, found.name)
    hidden = {column for *table, column in classified_columns(beside) if (*table,) == place}
    checks = probes(found, hidden)
    asked = Contract(contract.name, contract.namespace, tables=(found,), checks=checks)
    profile = Profile(measure_rows([asked], catalog, database, grant=False))
    lists, arrivals = (
        [name for name in names if name not in hidden]
        for names in (listed_columns(found, profile), arrival_columns(found))
    )
    values, pauses = _read(found, lists, arrivals, database)
    proposals = propose(found, profile, values, pauses)
    proposed = [
        replace(one.promise, description=one.reason)
        for one in proposals
        if isinstance(one.promise, Check)
    ]
    levels = [
        replace(one.promise, description=one.reason)
        for one in proposals
        if isinstance(one.promise, ServiceLevel)
    ]
    promising = replace(
        contract,
        checks=(*contract.checks, *proposed),
        service_levels=(*contract.service_levels, *levels),
    )
    return promising, proposals


def _read(
    table: Table, lists: Sequence[str], arrivals: Sequence[str], database: str | None
) -> tuple[dict[str, tuple[str, ...]], dict[str, float]]:
    from data_assets.clock import time_of
    from data_assets.marking import mark_of
    from data_assets.postgres import connect, database_url, explained
    from detection.quality.profiling import read_profile

    url = database or database_url()
    with closing(connect(url, autocommit=True)) as connection, explained(url):
        columns = [(table.schema, table.name, column) for column in arrivals]
        now = time_of(connection, mark_of(connection), columns)
        return read_profile(connection, table, lists, arrivals, now)


def promises_without_headroom(
    contracts: Sequence[Contract], catalog: Catalog, database: str | None = None
) -> tuple[tuple[str, str, str], ...]:
    """Promises about rows that one row more would break: contract, what it promises, how little.

    Raises SandboxError when the database cannot be asked.
    """
    from detection.quality.headroom import without_headroom
    from detection.quality.judging import promised
    from prevention.rows import measure_rows, promise_rows

    if not promise_rows(contracts):
        return ()
    measured = measure_rows(contracts, catalog, database, grant=False)
    return tuple(
        (one.demand.contract, promised(one), little)
        for one in measured
        if (little := without_headroom(one)) is not None
    )
