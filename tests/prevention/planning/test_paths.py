"""Every rule about change has its steps, its documents, or a reason why there is no safe path."""

from __future__ import annotations

import pytest

from detection.evolution import CHANGE_RULES
from detection.evolution.rule import ChangeRule
from prevention.planning.paths import DOCUMENTS, STEPS, WITHOUT, has_steps
from tests.prevention.planning.cases import CASES

NOT_RUN = {
    "contract-removed": "its tables go as table-removed",
    "contract-retired": "its tables go as table-removed",
    "table-added": "hurts nobody",
    "contract-added": "hurts nobody",
    "column-added": "hurts nobody; the cases of splits add columns",
    "column-added-with-default": "hurts nobody",
    "column-added-within": "as column-added, where a contract declares its order",
    "serial-became-identity": "a patch",
    "numeric-widened": "hurts nobody",
    "value-added-to-extensible": "as value-added, where the contract declares it",
    "filter-changed": "as grain-changed: a query makes the rows",
    "table-replaced-by-view": "as grain-changed",
    "view-kind-changed": "as view-query-changed",
    "meaning-withdrawn": "as meaning-changed",
    "json-key-removed": "as meaning-changed",
    "default-added": "as default-changed",
}


@pytest.mark.parametrize("rule", CHANGE_RULES, ids=lambda rule: str(rule.id))
def test_every_rule_has_one_way(rule: ChangeRule) -> None:
    ways = [has_steps(rule.id), rule.id in DOCUMENTS, rule.id in WITHOUT]
    assert sum(ways) == 1, ways


def test_every_rule_with_steps_is_run_or_says_why_not() -> None:
    run = {case.rule for case in CASES}
    with_steps = {rule.id for rule in CHANGE_RULES if has_steps(rule.id)}
    assert with_steps - run - NOT_RUN.keys() == set()
    assert run & NOT_RUN.keys() == set()
    assert set(STEPS) <= with_steps
