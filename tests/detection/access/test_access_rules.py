"""The rules of access: each has its page, its words, and an id of its own."""

from __future__ import annotations

import inspect

import pytest

from detection.access import rules
from detection.access.rules import ACCESS_RULES, access_rule
from detection.rules import RULES, Rule
from prevention.access_words import ACCESS_WORDS
from tests.detection.pages import assert_is_a_page


@pytest.mark.parametrize("one", ACCESS_RULES, ids=lambda one: one.id)
def test_a_rules_docstring_is_its_page(one: Rule) -> None:
    assert_is_a_page(one)


def test_every_rule_is_registered_under_the_name_of_its_function_and_has_words() -> None:
    stated = {
        function.__name__.replace("_", "-")
        for function in vars(rules).values()
        if inspect.isfunction(function) and (function.__doc__ or "").startswith("Report ")
    }
    assert [one.id for one in ACCESS_RULES] == [
        one.states.__name__.replace("_", "-") for one in ACCESS_RULES
    ]
    assert {one.id for one in ACCESS_RULES} == stated
    assert stated <= set(ACCESS_WORDS)
    assert stated.isdisjoint(one.id for one in RULES)
    assert all(access_rule(name).id == name and name.startswith("access-") for name in stated)
