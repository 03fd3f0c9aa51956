"""The policy's own table, typed anew: what each row says of readers and of writers."""

from __future__ import annotations

import pytest

from detection.change import Impact, worst
from detection.evolution import CHANGE_RULES, change_rule
from detection.rules import RULES

LETTERS: dict[str, Impact | None] = {
    "B": "breaking", "C": "conditional", "A": "additive", "P": "patch", "-": None, "!": "invalid",
}  # fmt: skip

POLICY = """
contract-removed B B             table-removed B B                 contract-name-changed B B
table-name-changed B B           table-renamed-behind-view C C     contract-moved P P
contract-added A A               table-added A A                   view-base-renamed P -
view-kind-changed C -            enforcement-switched-off B C      consumer-removed C -

column-removed B B               column-name-changed B B           column-added A A
column-added-with-default A A    column-added-required A B         columns-reordered C C
column-deprecated A A            not-null-dropped B A              not-null-added A B
default-changed C C              default-removed C B               identity-tightened C B
column-became-generated C B      generation-changed B -            serial-became-identity P P
column-added-within A C          collation-changed C C             null-meaning-changed B C

type-respelled P P               length-grown C A                  length-cut A B
padding-changed B B              padding-grown B A                 integer-widened C A
integer-narrowed A B             numeric-narrowed A B              integer-to-fraction B A
fraction-to-integer B B          exact-to-float B B                float-narrowed B B
float-widened C A                numeric-widened A A               scale-grown C A
scale-grown-into-digits C B      scale-lost B B                    date-to-timestamp B A
time-zone-changed B B            timestamp-to-date B B             array-changed B B
json-to-jsonb C C                jsonb-to-json B B                 json-key-removed B C
json-key-added A A               type-opened-to-text B A           type-closed-from-text B B
enum-renamed C C                 type-changed B B                  type-stated C C
type-withdrawn C C

primary-key-changed B B          primary-key-dropped B B           primary-key-added A B
unique-dropped B B               unique-added A B                  nulls-not-distinct-added A B
foreign-key-dropped C A          foreign-key-added A B             foreign-key-action-changed C C
check-tightened A B              check-loosened C A                check-changed C C
value-added C A                  value-added-to-extensible A A     value-removed B B
values-reordered C A

documentation-changed P P        unit-changed B B                  filter-changed B B
meaning-changed B B              grain-changed B B                 view-query-changed C -
backfill-declared C -            delete-mode-changed B C           classification-raised C C
classification-lowered B B       grant-narrowed B B                grant-widened C C
function-signature-changed B B   function-body-changed C C         partitioning-changed P P
replication-changed P P          partition-removed B B             partition-detached B B
index-added P P                  index-removed P P                stream-changed P P
stream-key-changed B B           row-lifecycle-changed B C        state-meaning-changed B C
warning-changed C -              consistency-changed C -

service-level-weakened C A       service-level-strengthened A C    quality-check-loosened C A
quality-check-tightened A C      notice-shortened B -

contract-activated A A           contract-deprecated A A           deprecation-incomplete ! !
sunset-moved-earlier B B         notice-too-short B B              state-skipped B B
state-stepped-back B B           contract-retired B -              child-weaker ! !
"""

ROWS = [
    entry.split() for line in POLICY.splitlines() for entry in line.split("  ") if entry.strip()
]


@pytest.mark.parametrize(("rule", "reader", "writer"), ROWS, ids=[row[0] for row in ROWS])
def test_a_rule_has_the_levels_of_the_policy(rule: str, reader: str, writer: str) -> None:
    found = change_rule(rule)
    assert (found.reader, found.writer) == (LETTERS[reader], LETTERS[writer])


def test_the_policy_is_typed_once() -> None:
    assert len({row[0] for row in ROWS}) == len(ROWS)


def test_no_id_is_a_rule_of_the_check_too() -> None:
    assert {rule.id for rule in CHANGE_RULES}.isdisjoint(rule.id for rule in RULES)
    assert len({rule.id for rule in CHANGE_RULES}) == len(CHANGE_RULES)


@pytest.mark.parametrize("rule", CHANGE_RULES, ids=lambda rule: rule.id)
def test_a_rules_docstring_is_its_page(rule: object) -> None:
    from detection.evolution.rule import ChangeRule

    assert isinstance(rule, ChangeRule)
    assert rule.page.split("\n\n")[0].endswith(".")
    parts = ["Who is hurt", "Before and after", "Safe path", "Migration", "Evidence",
             "Departs from"]  # fmt: skip
    assert list(rule.sections) == [part for part in parts if part in rule.sections]
    assert {"Who is hurt", "Before and after", "Safe path"} <= rule.sections.keys()
    # what is left open by a rule, or by a reader that cannot bear it, can be settled
    overall = worst(rule.reader, rule.writer)
    is_open = overall == "conditional" or (rule.tolerance is not None and overall == "additive")
    assert "Evidence" in rule.sections or not is_open
    assert "Evidence" not in rule.sections or is_open or overall == "breaking"
    assert rule.by_meaning <= ("`meaning: unchanged`" in rule.sections.get("Evidence", ""))
    if rule.tolerance is not None and rule.reader == "conditional":
        assert f"`{rule.tolerance}`" in rule.sections["Evidence"]


def test_every_function_that_has_a_page_is_registered() -> None:
    import importlib
    import inspect
    import pkgutil

    import detection.evolution as package

    pages = {
        function
        for module in pkgutil.iter_modules(package.__path__)
        for name, function in vars(
            importlib.import_module(f"{package.__name__}.{module.name}")
        ).items()
        if inspect.isfunction(function) and "**Who is hurt.**" in (function.__doc__ or "")
    }
    assert pages == {rule.applies for rule in CHANGE_RULES}
    for rule in CHANGE_RULES:
        assert rule.id == rule.applies.__name__.replace("_", "-")
