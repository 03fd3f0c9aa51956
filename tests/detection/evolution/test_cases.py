"""Every rule about change: what triggers it, exactly, and what looks like it and is not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from detection.change import worst
from detection.evolution import CHANGE_RULES, change_rule, mirrors
from tests.detection.evolution import (
    cases_columns,
    cases_consumers,
    cases_keys,
    cases_meaning,
    cases_objects,
    cases_types,
)
from tests.detection.evolution.making import Case, Side, rules

MODULES: tuple[Any, ...] = (
    cases_columns,
    cases_consumers,
    cases_keys,
    cases_meaning,
    cases_objects,
    cases_types,
)
CASES: Mapping[str, list[Case]] = {
    rule: cases for module in MODULES for rule, cases in module.CASES.items()
}
NEAR_MISSES: Mapping[str, list[tuple[Side, Side, frozenset[str]]]] = {
    rule: misses for module in MODULES for rule, misses in module.NEAR_MISSES.items()
}


def numbered(table: Mapping[str, list[Any]]) -> Iterator[Any]:
    for rule, entries in table.items():
        for number, entry in enumerate(entries, 1):
            yield pytest.param(rule, entry, id=f"{rule}-{number}")


@pytest.mark.parametrize(("rule", "case"), list(numbered(CASES)))
def test_what_triggers_a_rule(rule: str, case: Case) -> None:
    assert rules(case.before, case.after) == {rule, *case.also}


@pytest.mark.parametrize(("rule", "miss"), list(numbered(NEAR_MISSES)))
def test_what_looks_like_it_and_is_not(rule: str, miss: tuple[Side, Side, frozenset[str]]) -> None:
    before, after, expected = miss
    assert rule not in expected
    assert rules(before, after) == expected


def test_every_rule_has_a_case_and_a_near_miss() -> None:
    ids = {rule.id for rule in CHANGE_RULES}
    assert ids - CASES.keys() == set()
    assert ids - NEAR_MISSES.keys() == set()
    assert (CASES.keys() | NEAR_MISSES.keys()) - ids == set()


@pytest.mark.parametrize(("rule", "case"), list(numbered(CASES)))
def test_a_change_that_is_taken_back_is_told_by_a_mirror_rule(rule: str, case: Case) -> None:
    if rule not in mirrors.WAIVERS:
        assert rules(case.after, case.before) & mirrors.mirrors_of(rule)


def test_every_rule_has_a_mirror_or_a_written_reason() -> None:
    ids = {rule.id for rule in CHANGE_RULES}
    named = {one for pair in mirrors.PAIRS for one in pair} | mirrors.SYMMETRIC
    assert ids - named == mirrors.WAIVERS.keys()
    assert (named | mirrors.WAIVERS.keys() | mirrors.BOTH_ADDITIVE.keys()) - ids == set()
    assert all(
        len(reason) > 20 for reason in (*mirrors.WAIVERS.values(), *mirrors.BOTH_ADDITIVE.values())
    )


def test_a_rule_and_its_mirror_are_never_both_additive() -> None:
    for rule in CHANGE_RULES:
        overall = worst(rule.reader, rule.writer)
        others = [change_rule(mirror) for mirror in mirrors.mirrors_of(rule.id)]
        both = [
            other.id
            for other in others
            if overall == worst(other.reader, other.writer) == "additive"
        ]
        assert not both or rule.id in mirrors.BOTH_ADDITIVE, (rule.id, both)
