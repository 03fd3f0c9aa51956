"""Every rule about change has its steps, its documents, or a reason why there is no safe path."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from contracts.model import Contract, Deprecation
from detection.diff import diff
from detection.evolution import CHANGE_RULES
from detection.evolution.rule import ChangeRule
from detection.judgement import judge
from prevention.planning.model import Place, Plan
from prevention.planning.paths import DOCUMENTS, OVER, STEPS, WITHOUT, has_steps
from prevention.planning.planner import make_plan
from prevention.render.plan import as_markdown, as_text
from tests.detection.evolution.cases_objects import function, with_functions
from tests.detection.evolution.making import contract, table
from tests.prevention.planning.test_documents_alone import BY_DOCUMENTS
from tests.prevention.planning.test_rehearsed import CASES, TODAY

HARMLESS = ("additive", "patch", None)
BREAKING = {r.id for r in CHANGE_RULES if {r.reader, r.writer} - set(HARMLESS)}
"""Every kind of change of the policy that breaks somebody, or may."""


@pytest.mark.parametrize("rule", CHANGE_RULES, ids=lambda rule: str(rule.id))
def test_every_rule_has_one_way(rule: ChangeRule) -> None:
    ways = [has_steps(rule.id), rule.id in DOCUMENTS, rule.id in WITHOUT]
    assert sum(ways) == 1, ways


def test_every_breaking_kind_is_rehearsed_or_has_no_safe_path() -> None:
    rehearsed = {case.rule for case in CASES} | set(BY_DOCUMENTS) | {OVER}
    assert rehearsed & WITHOUT.keys() == set()
    assert rehearsed | WITHOUT.keys() == BREAKING
    assert set(STEPS) <= {rule.id for rule in CHANGE_RULES}


def test_why_there_is_no_path_is_a_reason_and_what_to_do() -> None:
    for rule, why in WITHOUT.items():
        assert why.count(". ") >= 1, rule
        assert why.endswith("."), rule


def test_a_function_is_not_planned_and_the_plan_says_what_to_do() -> None:
    old, new = with_functions(function()), with_functions(function("gallery text"))
    verdicts = judge(diff([old], [new]))
    plan = make_plan([old], [new], verdicts, today=TODAY)
    assert not plan.complete
    (told,) = plan.without_path
    assert (told.rule, told.why) == ("function-signature-changed", WITHOUT[told.rule])
    assert "beside the old one, with other arguments or another name" in as_text(plan)
    assert not any(step.runs for step in plan.steps)  # and the notice of the old one runs


# ------------------------------------------------------------------ an end that has come


def ending(day: str, status: str = "sunset") -> Contract:
    said = Deprecation("2025-11-01", day, "met-museum-data/pictures", "PLAN.md", "It is replaced.")
    return replace(contract(table()), status=status, deprecation=said, version="1.0.0")  # type: ignore[arg-type]


def end_of(*old: Contract, new: tuple[Contract, ...] = ()) -> Plan:
    return make_plan(old, new, judge(diff(old, new), today=TODAY), today=TODAY)


def test_an_end_whose_notice_is_over_is_not_announced_again() -> None:
    gone = ending("2025-12-20")
    plan = end_of(gone, new=(replace(gone, status="retired"),))
    assert (plan.sunset, plan.removal) == (date(2025, 12, 20), TODAY)
    assert [step.work.place for step in plan.steps] == [Place.REMOVE, Place.RELEASE, Place.FORGET]
    assert {step.starts for step in plan.steps[:2]} == {TODAY}
    assert plan.old_until == 0  # nobody is owed an answer any more
    for told in (as_text(plan), as_markdown(plan)):
        assert "days of notice" not in told
        assert "2025-12-20" in told


def test_it_waits_for_what_ends_with_it_and_is_not_announced_again() -> None:
    gone, images = ending("2025-12-20"), contract(table(name="object"), name="object")
    plan = end_of(gone, replace(images, version="1.0.0"))
    assert (plan.sunset, plan.removal) == (date(2026, 2, 9), date(2026, 2, 16))
    told = next(step for step in plan.steps if step.work.place is Place.DEPRECATE)
    assert told.title == f"Announce the end of the old version of {images.identity}"
    states = {one.name: one.status for one in told.documents}
    assert states == {"object": "deprecated", "object-images": "sunset"}
    dates = {one.name: one.deprecation.sunset_date for one in told.documents if one.deprecation}
    assert dates == {"object": "2026-02-09", "object-images": "2025-12-20"}


def test_an_end_that_is_announced_for_a_later_day_keeps_it() -> None:
    plan = end_of(ending("2026-06-01", "deprecated"))
    assert (plan.sunset, plan.removal) == (date(2026, 6, 1), date(2026, 6, 8))
