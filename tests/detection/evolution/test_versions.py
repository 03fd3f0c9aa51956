"""Versions: how they are read and ordered, what a change demands, and what is enough."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.model import Contract, Location, Source
from contracts.versions import Bump, Version, read_version
from detection.change import Outcome, Verdict, VersionVerdict
from detection.diff import diff
from detection.evolution import CHANGE_RULES
from detection.judgement import judge
from detection.versions import (
    VersionError,
    judge_versions,
    required_bump,
)
from tests.detection.evolution.making import changes, col, contract, one, table

READ = [
    ("1.2.3", Version(1, 2, 3)),
    ("0.0.0", Version(0)),
    ("7", Version(7)),
    (" 1.2.3 ", Version(1, 2, 3)),
    ("2.0.0-rc.1", Version(2, 0, 0, ("rc", "1"))),
    ("2.0.0-rc.1+build.5", Version(2, 0, 0, ("rc", "1"))),
    *((text, None) for text in ("", "1.2", "v1", "1.2.3.4", "01.2.3", "1.2.x", "-1", "1.2.3-")),
]


@pytest.mark.parametrize(("text", "version"), READ)
def test_a_version_is_read_as_semver_or_as_a_whole_number(
    text: str, version: Version | None
) -> None:
    assert read_version(text) == version


def test_versions_are_ordered_as_semver_org_says() -> None:
    in_order = """0.9.9 1.0.0-alpha 1.0.0-alpha.1 1.0.0-alpha.beta 1.0.0-beta 1.0.0-beta.2
        1.0.0-beta.11 1.0.0-rc.1 1.0.0 1.0.1 1.2.0 1.10.0 2 2.0.1""".split()  # noqa: SIM905
    versions = [read_version(text) for text in in_order]
    versions.reverse()
    versions.sort()
    assert versions == [read_version(text) for text in in_order]


@pytest.mark.parametrize(
    ("text", "bump", "lowest"),
    [
        ("1.2.3", "major", "2.0.0"),
        ("1.2.3", "minor", "1.3.0"),
        ("1.2.3", "patch", "1.2.4"),
        ("0.2.3", "major", "0.3.0"),
        ("0.2.3", "minor", "0.2.4"),
        ("0.2.3", "patch", "0.2.4"),
    ],
)
def test_the_lowest_version_that_is_a_bump_away(text: str, bump: Bump, lowest: str) -> None:
    version = read_version(text)
    assert version is not None
    assert str(version.bumped(bump)) == lowest


OLD = replace(contract(table(one(), one(name="culture"))), version="1.2.0")
BREAKING = contract(table(one()))
ADDITIVE = contract(table(one(), one(name="culture"), one(name="period")))
PATCH = replace(OLD, documentation="Pictures of works.", version=None)
CASES: list[tuple[Contract, str | None, Contract, str | None, Outcome, str | None]] = [
    (OLD, "1.2.0", BREAKING, "2.0.0", "enough", "2.0.0"),
    (OLD, "1.2.0", BREAKING, "3.0.0", "enough", "2.0.0"),
    (OLD, "1.2.0", BREAKING, "1.3.0", "too low", "2.0.0"),
    (OLD, "1.2.0", BREAKING, "1.2.1", "too low", "2.0.0"),
    (OLD, "1.2.0", BREAKING, "1.2.0", "unchanged", "2.0.0"),
    (OLD, "1.2.0", BREAKING, "1.1.0", "lower", "2.0.0"),
    (OLD, "1.2.0", BREAKING, None, "withdrawn", "2.0.0"),
    (OLD, "1.2.0", BREAKING, "2.0.0-rc.1", "enough", "2.0.0"),
    (OLD, "1.2.0", BREAKING, "1.3.0-rc.1", "too low", "2.0.0"),
    (OLD, "2.0.0-rc.1", BREAKING, "2.0.0-rc.2", "enough", "3.0.0"),
    (OLD, "2.0.0-rc.1", BREAKING, "2.0.0-rc.1", "unchanged", "3.0.0"),
    (OLD, "1.2.0", ADDITIVE, "1.3.0", "enough", "1.3.0"),
    (OLD, "1.2.0", ADDITIVE, "2.0.0", "enough", "1.3.0"),
    (OLD, "1.2.0", ADDITIVE, "1.2.1", "too low", "1.3.0"),
    (OLD, "1.2.0", PATCH, "1.2.1", "enough", "1.2.1"),
    (OLD, "1.2.0", PATCH, "1.2.0", "unchanged", "1.2.1"),
    (OLD, "0.2.0", BREAKING, "0.3.0", "enough", "0.3.0"),
    (OLD, "0.2.0", BREAKING, "0.2.1", "too low", "0.3.0"),
    (OLD, "0.2.0", ADDITIVE, "0.2.1", "enough", "0.2.1"),
    (OLD, "0.2.0", BREAKING, "1.0.0", "enough", "0.3.0"),
    (OLD, "1", BREAKING, "2", "enough", "2"),
    (OLD, "1", BREAKING, "1", "unchanged", "2"),
    (OLD, "1", ADDITIVE, "2", "enough", "1.1.0"),
    (OLD, "1", ADDITIVE, "1.1.0", "enough", "1.1.0"),
    (OLD, None, BREAKING, None, "unversioned", None),
    (OLD, None, BREAKING, "1.0.0", "new", None),
    (OLD, "1.2.0", OLD, "1.2.1", "enough", None),
    (OLD, "1.2.0", OLD, "1.1.0", "lower", None),
]


@pytest.mark.parametrize(("old", "before", "new", "after", "outcome", "suggested"), CASES)
def test_the_declared_version_is_held_to_what_the_changes_demand(
    old: Contract, before: str | None, new: Contract, after: str | None, outcome: Outcome,
    suggested: str | None,
) -> None:  # fmt: skip
    (verdict,) = versions(replace(old, version=before), replace(new, version=after))
    assert (verdict.outcome, verdict.suggested) == (outcome, suggested)
    assert verdict.fails is (outcome in ("too low", "unchanged", "lower", "withdrawn"))


def versions(old: Contract | None, new: Contract | None) -> tuple[VersionVerdict, ...]:
    before = () if old is None else (old,)
    after = () if new is None else (new,)
    return judge_versions(before, after, judge(diff(before, after)))


def test_nothing_changed_and_nothing_is_said() -> None:
    assert versions(OLD, OLD) == ()


def test_a_draft_owes_no_bump_and_its_first_promise_does() -> None:
    draft = replace(OLD, status="draft")
    (verdict,) = versions(draft, replace(BREAKING, status="draft", version="1.2.0"))
    assert (verdict.outcome, verdict.required) == ("draft", None)
    (verdict,) = versions(draft, replace(BREAKING, status="active", version="1.2.0"))
    assert (verdict.outcome, verdict.required, verdict.suggested) == ("unchanged", "minor", "1.3.0")


def test_what_is_new_and_what_is_gone() -> None:
    assert [each.outcome for each in versions(None, OLD)] == ["new"]
    assert [each.outcome for each in versions(OLD, None)] == ["removed"]


def test_a_contract_under_another_name_carries_its_version_on() -> None:
    (verdict,) = versions(OLD, replace(OLD, name="pictures", version="1.3.0"))
    assert verdict.contract == "met-museum-data/pictures"
    assert (verdict.outcome, verdict.required, verdict.old) == ("too low", "major", "1.2.0")


def test_a_contract_that_only_moved_owes_nothing() -> None:
    there = replace(OLD, source=Source(Location("old/a.json", 1)))
    here = replace(OLD, source=Source(Location("new/b.json", 1)))
    moved = judge(changes(there, here))
    assert [verdict.rule for verdict in moved] == ["contract-moved"]
    assert required_bump(moved) is None
    assert judge_versions([there], [here], moved) == ()


def test_a_version_that_is_none_names_its_place() -> None:
    place = Source(Location("a.yaml", 1), {"version": Location("a.yaml", 7)})
    with pytest.raises(VersionError) as caught:
        versions(OLD, replace(BREAKING, version="next", source=place))
    assert caught.value.location == Location("a.yaml", 7)
    assert "'next'" in caught.value.what


def any_verdict() -> st.SearchStrategy[Verdict]:
    (change,) = changes(col("text"), col("uuid"))
    return st.sampled_from(CHANGE_RULES).map(
        lambda rule: Verdict(change, rule.id, rule.reader, rule.writer, "", "")
    )


@given(st.lists(any_verdict()), st.lists(any_verdict()))
def test_more_changes_never_demand_less(some: list[Verdict], more: list[Verdict]) -> None:
    bumps: list[Bump | None] = [None, "patch", "minor", "major"]
    one_of, all_of = bumps.index(required_bump(some)), bumps.index(required_bump([*some, *more]))
    assert one_of <= all_of
    assert all_of == max(one_of, bumps.index(required_bump(more)))
