"""Promises about rows, before and after a fault that leaves the structure as it is.

Asked within the transaction of an experiment, so that rows count which nobody else ever sees.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg import sql

from contracts.model import Contract
from detection.changing import FAULTS_OF_ROWS, STOPPED, Change
from detection.model import Catalog, Violation

if TYPE_CHECKING:
    from detection.quality import Demand


def broken_promises(
    connection: psycopg.Connection[Any],
    changes: Sequence[Change],
    contracts: Sequence[Contract],
    catalog: Catalog,
    *,
    made: bool,
    time_limit: float,
) -> tuple[Violation, ...]:
    """What the rows of the changed tables do not keep; nothing without a fault of rows.

    made:        whether the changes have been made: then the clock has gone on, if it should.
    time_limit:  the seconds that each statement may take.
    """
    faults = [change for change in changes if change.kind in FAULTS_OF_ROWS]
    places = {(change.schema, change.table) for change in faults}
    about = [
        contract
        for contract in contracts
        if places.intersection((table.schema, table.name) for table in contract.tables)
    ]
    if not about:
        return ()
    from detection.quality import Terms, find_breaches, find_demands, measure, plan_scans

    demands = [one for one in find_demands(about, catalog) if _is_touched(one, faults)]
    if not demands:
        return ()
    scans = plan_scans(demands, Terms(_now(connection, faults, made=made)))
    return find_breaches(about, measure(connection, scans, time_limit=time_limit))


def _is_touched(demand: Demand, faults: Sequence[Change]) -> bool:
    """Whether one of these faults could make a difference to a demand."""
    check = demand.check
    if check.query:
        return True
    text = f"{check.filter} {check.arguments}"
    return any(
        check.measure in ("freshness", "latency", "retention")
        if fault.kind == "stop the clock"
        else fault.column in check.columns or str(fault.column) in text
        for fault in faults
    )


def new_ones(before: Sequence[Violation], after: Sequence[Violation]) -> tuple[Violation, ...]:
    """The promises that are broken now and were not before; by how much does not count."""
    known = {_promise(one) for one in before}
    return tuple(one for one in after if _promise(one) not in known)


def _promise(violation: Violation) -> tuple[str | None, ...]:
    return violation.rule, violation.contract, violation.element, violation.promised


def _now(connection: psycopg.Connection[Any], faults: Sequence[Change], *, made: bool) -> datetime:
    """The time of the check: the server's; where the clock is a fault, counted from the newest row.

    So data that was seeded long ago is fresh until the fault.
    """
    stop = next((fault for fault in faults if fault.kind == "stop the clock"), None)
    newest: sql.Composable = sql.SQL("now()")
    source: sql.Composable = sql.SQL("")
    if stop is not None:
        newest = sql.SQL("coalesce(max({})::timestamptz, now())").format(
            sql.Identifier(stop.column or "")
        )
        source = sql.SQL("from {}").format(sql.Identifier(stop.schema, stop.table))
    question = sql.SQL("select extract(epoch from {}) {}").format(newest, source)
    row = connection.execute(question).fetchone()
    moment = datetime.fromtimestamp(float(row[0]) if row else 0.0, UTC)
    return moment + STOPPED if stop is not None and made else moment
