"""Every plan, run on real servers: nobody fails before its end, and every step leads back."""

from __future__ import annotations

from datetime import date

import psycopg
import pytest

from contracts.consumers import Consumer, Query
from contracts.model import Contract
from data_assets.place import Place
from detection.catalog import read_catalog
from detection.diff import diff
from detection.judgement import judge
from prevention.planning.model import Plan
from prevention.planning.planner import make_plan
from prevention.rehearsing import People, Rehearsal, rehearse
from tests.prevention.planning.cases import CASES as COLUMNS
from tests.prevention.planning.cases import Case
from tests.prevention.planning.cases_divided import DIVIDED
from tests.prevention.planning.cases_objects import OBJECTS

TODAY = date(2026, 1, 3)
CASES = (*COLUMNS, *OBJECTS, *DIVIDED)


def contracts_of(case: Case, connection: psycopg.Connection) -> tuple[Contract, ...]:
    """OLD's contract and those of NEW, from what Postgres makes of the DDL."""
    sides = []
    for ddl, version in ((case.old_ddl, "1.2.0"), (case.new_ddl, "2.0.0")):
        with connection.transaction(force_rollback=True):
            connection.execute(ddl.encode())
            tables = read_catalog(connection, ["public"]).tables
        sides.append(
            Contract(
                "visitors",
                "museum",
                dialect="odcs",
                version=version,
                status="active",
                tables=tables,
            )
        )
    return case.promise(*sides)


def planned(case: Case, connection: psycopg.Connection) -> Plan:
    old, *after = contracts_of(case, connection)
    verdicts = judge(diff([old], after))
    rules = {each.rule for each in verdicts if each.breaks}
    assert case.rule in rules, f"{case.rule} is not among {rules}"
    return make_plan([old], after, verdicts, today=TODAY, wishes=case.wishes)


def consumer(name: str, *queries: str) -> Consumer:
    asked = tuple(Query(str(number), each) for number, each in enumerate(queries))
    return Consumer(name, "Visitors", "dashboard", "visitors@museum.org", (), asked)


def people(case: Case) -> People:
    return People(
        (consumer("the-old-report", *case.reads),),
        (consumer("the-new-report", *case.new_reads),),
        case.writes,
        case.new_writes,
    )


def run(case: Case, url: str, *, plan: Plan | None = None) -> tuple[Plan, Rehearsal]:
    with psycopg.connect(url, autocommit=True) as connection:
        plan = plan or planned(case, connection)
        connection.execute(case.old_ddl.encode())
        if case.rows:
            connection.execute(case.rows.encode())
    return plan, rehearse(
        plan, url, people(case), schemas=["public"], place=Place(url, url, embedded=False)
    )


@pytest.mark.parametrize("case", CASES, ids=[case.id or case.rule for case in CASES])
def test_nobody_is_hurt_before_the_end(case: Case, database: str) -> None:
    plan, rehearsal = run(case, database)
    assert plan.complete, (plan.without_path, plan.to_fill_in)
    assert not rehearsal.troubles, rehearsal.troubles
    assert {each.step: each.troubles for each in rehearsal.steps if each.troubles} == {}
    assert rehearsal.steps
    assert sum(each.asked for each in rehearsal.steps) > 0
    assert sum(each.written for each in rehearsal.steps) > 0
