"""The pages of the rules about rows, and that each of them is broken by something."""

from __future__ import annotations

import inspect
from types import ModuleType

import pytest

from contracts.model import Check
from detection.quality.naming import rule_of
from detection.quality.rules import ROW_RULES, TROUBLES, troubles, values, wholes
from detection.rules import RULES, Rule
from tests.detection.quality.rows import check

MODULES: tuple[ModuleType, ...] = (values, wholes, troubles)


@pytest.mark.parametrize("one", ROW_RULES, ids=lambda one: one.id)
def test_a_rules_docstring_is_its_page(one: Rule) -> None:
    title, _, rest = one.page.partition("\n")
    assert title.endswith(".") or rest.lstrip().split("\n\n")[0]
    places = [rest.find(f"**{part}.**") for part in ("Who is hurt", "Example", "What to do")]
    assert -1 not in places
    assert places == sorted(places)


def test_every_rule_is_registered_once_and_its_id_says_that_it_is_about_rows() -> None:
    stated = {
        function
        for module in MODULES
        for function in vars(module).values()
        if inspect.isfunction(function) and function.__module__ == module.__name__
    }
    assert {one.states for one in ROW_RULES} == stated
    assert len({one.id for one in ROW_RULES}) == len(ROW_RULES)
    assert all(one.id.startswith("rows-") for one in ROW_RULES)
    assert not any(one.id.startswith("rows-") for one in RULES)


def test_every_trouble_has_a_rule() -> None:
    ids = {one.id for one in ROW_RULES}
    assert set(TROUBLES.values()) <= ids
    assert {one.id for one in ROW_RULES if one.level != "error"} == {
        "rows-unread", "rows-unsampled",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("stated", "rule"),
    [
        (check("nullValues", "email"), "rows-null"),
        (check("completeness", "email"), "rows-null"),
        (check("completeness", "email", missingValues=[None, ""]), "rows-missing"),
        (check("missingValues", "email"), "rows-missing"),
        (check("duplicateValues", "email"), "rows-duplicate"),
        (check("uniqueness", "email"), "rows-duplicate"),
        (check("invalidValues", "email", validValues=[1]), "rows-unlisted"),
        (check("invalidValues", "email", invalidValues=[1], validValues=[2]), "rows-unlisted"),
        (check("invalidValues", "email", pattern="x"), "rows-malformed"),
        (check("invalidValues", "email", format="email"), "rows-malformed"),
        (check("invalidValues", "email", minimum=1, exclusiveMaximum=2), "rows-out-of-range"),
        (check("invalidValues", "email", minLength=1), "rows-of-wrong-length"),
        (check("invalidValues", "email", references={"table": "x"}), "rows-orphaned"),
        (check("invalidValues", "email", pattern="x", maxLength=2), "rows-invalid"),
        (check("invalidValues", "email", pattern="x", missingValues=[""]), "rows-malformed"),
        (check("invalidValues", "email"), "rows-invalid"),
        (check("distinctValues", "email"), "rows-distinct-values"),
        (check("rowCount"), "rows-count"),
        (check("sql", query="select 1"), "rows-query"),
        (check("sql", "score", function="avg"), "rows-aggregate"),
        (check("sql", expression="score > 1", counts="rows"), "rows-query"),
        (Check("freshness"), "rows-stale"),
        (Check("latency"), "rows-late"),
        (Check("retention"), "rows-retention"),
        (Check("unexplainedNulls"), "rows-null-unexplained"),
        (Check("text"), "rows-unread"),
    ],
)
def test_a_check_is_broken_by_the_rule_that_says_what_is_the_matter(
    stated: Check, rule: str
) -> None:
    assert rule_of(stated) == rule
