"""The words for rules about rows: every rule has some, and they name the table and the owner."""

from __future__ import annotations

import pytest

from contracts.model import Owner
from detection.model import Violation
from detection.quality.rules import ROW_RULES
from detection.rules import Rule
from prevention.decision import finding_of
from prevention.row_words import ROW_WORDS
from prevention.words import WORDS, issue, next_step


def test_every_rule_has_words_and_no_words_are_left_over() -> None:
    assert set(ROW_WORDS) == {rule.id for rule in ROW_RULES}
    assert not set(ROW_WORDS) & set(WORDS)


@pytest.mark.parametrize("rule", ROW_RULES, ids=lambda rule: rule.id)
def test_each_names_the_table_and_what_is_next(rule: Rule) -> None:
    owner = Owner("Growth Team", "growth@guide.example")
    finding = finding_of(
        Violation(rule.id, rule.level, "crm/lead", "crm", "signups", "email", owner=owner)
    )
    assert "'signups'" in issue(finding)
    assert "nothing" not in issue(finding)
    assert next_step(finding).endswith(".")


def test_a_rule_of_tomorrow_is_told_all_the_same() -> None:
    finding = finding_of(
        Violation("rows-green", "error", "crm/lead", "crm", "signups", promised="no", found="yes")
    )
    assert issue(finding) == "'crm.signups' is 'no' in contract but 'yes' in data catalog"
    assert next_step(finding) == "Talk to the contract's owner before you merge."
