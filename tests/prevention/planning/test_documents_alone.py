"""What hurts by a document alone: no step touches the database, and its notice runs as ever."""

from __future__ import annotations

from dataclasses import replace

import psycopg
import pytest

from contracts.consumers import Consumer
from contracts.definition import create_table
from contracts.model import Column, Contract, Table
from contracts.types import parse_type
from data_assets.place import Place
from detection.diff import diff
from detection.evolution import CHANGE_RULES
from detection.judgement import judge
from prevention.planning.model import Place as At
from prevention.planning.paths import DOCUMENTS
from prevention.planning.planner import make_plan
from prevention.rehearsing import People, rehearse
from tests.detection.evolution.test_cases import CASES
from tests.prevention.planning.test_rehearsed import TODAY, consumer

HARMS = ("breaking", "conditional")
BY_DOCUMENTS = sorted(
    rule.id for rule in CHANGE_RULES
    if rule.id in DOCUMENTS and (rule.reader in HARMS or rule.writer in HARMS)
)  # fmt: skip
ANOTHER = {"type-made-exact": 1, "type-stated": 1}
"""Which of a rule's cases is taken, where it is not the first."""


def contracts(side: object) -> tuple[Contract, ...]:
    sides = side if isinstance(side, tuple) else (side,)
    assert all(isinstance(each, Contract) for each in sides)
    return sides


def keeps_both(old: tuple[Contract, ...], new: tuple[Contract, ...]) -> list[Table]:
    """Tables as OLD's, of the types that either side asks for: what changes is what is said."""
    said = {table.name: table for each in new for table in each.tables}

    def typed(column: Column, table: Table) -> Column:
        later = said[table.name].column(column.name) if table.name in said else None
        for each in (later, column):
            if each and each.data_type and each.data_type.kind != "logical":
                return replace(column, data_type=each.data_type)
        return replace(column, data_type=parse_type("text"))

    return [
        replace(table, columns=tuple(typed(column, table) for column in table.columns))
        for each in old
        for table in each.tables
    ]


def everybody(tables: list[Table]) -> Consumer:
    return consumer("the-report", *(
        f"select {', '.join(column.name for column in table.columns)} from {table.name}"
        for table in tables
    ))  # fmt: skip


@pytest.mark.parametrize("rule", BY_DOCUMENTS)
def test_its_notice_runs_and_nobody_is_hurt(rule: str, database: str) -> None:
    case = CASES[rule][ANOTHER.get(rule, 0)]
    old, new = contracts(case.before), contracts(case.after)
    verdicts = judge(diff(old, new))
    assert rule in {each.rule for each in verdicts if each.breaks}
    plan = make_plan(old, new, verdicts, today=TODAY)
    assert plan.complete, (plan.without_path, plan.to_fill_in)
    places = [step.work.place for step in plan.steps]
    assert places == [At.DEPRECATE, At.SUNSET, At.RELEASE]
    assert not any(step.runs for step in plan.steps)
    tables = keeps_both(old, new)
    with psycopg.connect(database, autocommit=True) as connection:
        for table in tables:
            connection.execute(create_table(table))
    rehearsal = rehearse(
        plan, database, People((everybody(tables),)), schemas=["public"],
        place=Place(database, database, embedded=False),
    )  # fmt: skip
    assert rehearsal.holds, (rehearsal.troubles, rehearsal.steps)
    assert [each.asked for each in rehearsal.steps] == [len(tables), len(tables), 0]
