import inspect

import pytest

from detection.rules import (
    PEOPLE_RULES,
    RULES,
    Rule,
    columns,
    families,
    functions,
    people,
    presence,
    rule,
    types,
)
from tests.detection.pages import assert_is_a_page


@pytest.mark.parametrize("one", RULES, ids=lambda one: one.id)
def test_a_rules_docstring_is_its_page(one: Rule) -> None:
    assert_is_a_page(one)


def test_every_rule_is_registered_once_under_the_name_of_its_function() -> None:
    stated = [
        function
        for module in (presence, types, columns, functions, people, families)
        for function in vars(module).values()
        if inspect.isfunction(function)
        and function.__module__ == module.__name__
        and (function.__doc__ or "").startswith("Report ")
    ]
    assert [one.states for one in RULES] != []
    assert {one.states for one in RULES} == set(stated)
    assert len({one.id for one in RULES}) == len(RULES)
    for one in RULES:
        assert one.id == one.states.__name__.replace("_", "-")
        assert rule(one.id) is one


def test_only_what_nobody_promised_is_a_warning() -> None:
    softer = {one.id for one in RULES if one.level != "error"}
    assert softer - {one.id for one in PEOPLE_RULES} == {
        "column-undeclared", "table-uncovered", "parent-version-differs", "parent-ending",
    }  # fmt: skip
    assert {one.level for one in PEOPLE_RULES} == {"warning", "note"}
