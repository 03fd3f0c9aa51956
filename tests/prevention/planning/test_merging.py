"""Every plan, merged as its runbook says: a day at a time, each through the gate of that day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import psycopg
import pytest

from contracts.model import Contract
from detection.diff import diff
from detection.judgement import judge
from detection.lifetimes import find_lifetimes
from detection.versions import judge_versions
from prevention.planning.model import Plan
from tests.prevention.planning.cases import Case
from tests.prevention.planning.test_rehearsed import CASES, planned

BEHIND_VIEW = {"table-replaced-by-view", "primary-key-dropped", "detail-withdrawn"}
"""What a table that is renamed demands on the first day: its old name is that of a view by then, of
which the contract has to say so. It is the one break that the plan asks to acknowledge at once."""
ANNOUNCED = {"lifecycle-deprecated", "lifecycle-sunset"}


def by_day(plan: Plan) -> list[tuple[date, tuple[Contract, ...]]]:
    """The contracts as they are merged: those after the last step of each day."""
    days: dict[date, tuple[Contract, ...]] = {}
    for step in plan.steps:
        days[step.starts] = step.documents
    return list(days.items())


def refused(
    before: Sequence[Contract], after: Sequence[Contract], day: date
) -> tuple[set[str], list[str]]:
    """What of a change the gate of a day refuses, and the versions that it finds too low."""
    verdicts = judge(diff(before, after), today=day)
    versions = [
        f"{each.contract} {each.old} -> {each.new}: {each.outcome}, {each.required}"
        for each in judge_versions(before, after, verdicts)
        if each.fails
    ]
    return {each.rule for each in verdicts if each.breaks}, versions


@pytest.mark.parametrize("case", CASES, ids=[case.id or case.rule for case in CASES])
def test_each_day_passes_its_gate_until_the_one_that_was_announced(
    case: Case, connection: psycopg.Connection
) -> None:
    plan = planned(case, connection)
    before: tuple[Contract, ...] = plan.before
    for day, after in by_day(plan):
        late = day + timedelta(days=7 if day < plan.removal else 0)  # a week of review
        broken, versions = refused(before, after, late)
        assert versions == [], (day, sorted(broken))
        ends = {each.rule for each in find_lifetimes(after, (), day, whole=False)}
        if day < plan.removal:
            renamed = day == plan.today and "table-replaced-by-view" in broken
            assert broken == (BEHIND_VIEW if renamed else set()), day
            assert not renamed or case.rule in ("table-name-changed", "table-renamed-behind-view")
            assert ends <= ANNOUNCED, day
        else:
            assert ends == set(), day
        before = after
