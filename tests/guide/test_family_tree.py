"""The picture of a family: who stands below whom, what each adds, and what is weaker."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.model import Column, Contract, Notice, ServiceLevel, Table
from docent.family_documents import MAIN, TO_TRY, read_texts
from docent.family_tree import NOTHING, STEP, Added, family_tree


def fresh(hours: int) -> tuple[ServiceLevel, ...]:
    return (ServiceLevel("freshness", hours, "hours"),)


TOP = Contract("museum", version="1.0.0", service_levels=fresh(24), notice=Notice(lead_days=30))
MIDDLE = Contract("crm", version="1.2.0", extends="museum", service_levels=fresh(6))
LOW = Contract("signups", version="2.1.0", extends="crm", service_levels=fresh(4))

TREES: dict[str, tuple[list[Contract], list[tuple[str, int, int | None]]]] = {
    "a line": ([TOP, MIDDLE, LOW], [("museum", 0, None), ("crm", 1, 0), ("signups", 2, 1)]),
    "in any order": ([LOW, TOP, MIDDLE], [("museum", 0, None), ("crm", 1, 0), ("signups", 2, 1)]),
    "two children": (
        [TOP, MIDDLE, replace(LOW, extends="museum")],
        [("museum", 0, None), ("crm", 1, 0), ("signups", 1, 0)],
    ),
    "two families": (
        [TOP, replace(MIDDLE, extends=None), LOW],
        [("museum", 0, None), ("crm", 0, None), ("signups", 1, 1)],
    ),
    "a parent that is not there": ([MIDDLE, LOW], [("crm", 0, None), ("signups", 1, 0)]),
    "a circle": (
        [replace(MIDDLE, extends="signups"), LOW], [("crm", 0, None), ("signups", 1, 0)],
    ),
    "its own parent": ([replace(TOP, extends="museum")], [("museum", 0, None)]),
    "nobody": ([], []),
}  # fmt: skip


@pytest.mark.parametrize("name", TREES)
def test_each_stands_once_and_below_the_one_that_it_extends(name: str) -> None:
    contracts, expected = TREES[name]
    members = family_tree(contracts).members
    assert [(one.contract.name, one.depth, one.parent) for one in members] == expected


ADDED: dict[str, tuple[Contract, list[Added]]] = {
    "stricter": (LOW, [Added("freshness: 4 hours", "6 hours")]),
    "weaker": (
        replace(LOW, service_levels=fresh(48)),
        [Added("freshness: 48 hours", "6 hours", is_weaker=True)],
    ),
    "weaker in one thing of two": (
        replace(LOW, service_levels=fresh(48), notice=Notice(lead_days=60)),
        [
            Added("freshness: 48 hours", "6 hours", is_weaker=True),
            Added("notice: 60 days", "30 days"),
        ],
    ),
    "weaker than a grandparent": (
        replace(LOW, service_levels=(), notice=Notice(lead_days=7)),
        [Added("notice: 7 days", "30 days", is_weaker=True)],
    ),
    "said again in the same words": (replace(LOW, service_levels=fresh(6)), []),
    "nothing": (replace(LOW, service_levels=()), []),
    "of its own": (
        replace(LOW, service_levels=(ServiceLevel("retention", 90, "days"),)),
        [Added("retention: 90 days")],
    ),
    "a column": (
        replace(
            LOW,
            service_levels=(),
            tables=(Table("signups", columns=(Column("email", nullable=False),)),),
        ),
        [Added("email: NOT NULL")],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", ADDED)
def test_what_a_contract_adds_is_compared_with_the_nearest_above(name: str) -> None:
    child, added = ADDED[name]
    assert list(family_tree([TOP, MIDDLE, child]).members[2].added) == added


def test_a_column_that_may_be_null_is_weaker_than_one_that_may_not() -> None:
    def about(*, nullable: bool) -> tuple[Table, ...]:
        return (Table("signups", columns=(Column("email", nullable=nullable),)),)

    top = replace(TOP, tables=about(nullable=False))
    low = replace(LOW, extends="museum", service_levels=(), tables=about(nullable=True))
    (added,) = family_tree([top, low]).members[1].added
    assert added == Added("email: NULL", "NOT NULL", is_weaker=True)
    assert added.compared == "weaker than NOT NULL"


def test_the_family_to_try_in_lines() -> None:
    said = repr(family_tree(read_texts(TO_TRY))).splitlines()
    assert [line for line in said if re.search(r"\d\.\d\.\d$", line)] == [
        "museum-base 1.0.0",
        "└── crm-domain 1.2.0",
        "    └── signup-list 2.1.0",
    ]
    assert [line.strip() for line in said if "freshness" in line] == [
        "freshness: 24 hours",
        "freshness: 6 hours (stricter than 24 hours)",
        "freshness: 4 hours on landed_at (stricter than 6 hours)",
    ]


def test_service_levels_come_first_in_their_order_then_the_rest_then_columns() -> None:
    base, domain, _ = family_tree(read_texts(TO_TRY)).members
    assert [one.words.partition(":")[0] for one in base.added] == [
        "freshness", "availability", "enforcement", "notice", "minimum classification",
        "compatibility.field_removal",
    ]  # fmt: skip
    assert [one.words.partition(":")[0] for one in domain.added] == [
        "freshness", "deletes", "minimum classification", "email",
    ]  # fmt: skip


def texts(svg: str) -> list[str]:
    found = ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")
    return ["".join(one.itertext()) for one in found]


def test_the_picture_has_a_box_for_each_and_a_tie_for_each_child() -> None:
    tree = family_tree(read_texts(MAIN))
    assert tree.svg.count('class="box"') == 4
    assert tree.svg.count('class="tie"') == 3
    lefts = re.findall(r'<rect class="box" x="(\d+)"', tree.svg)
    assert lefts == [str(STEP * depth) for depth in (0, 1, 2, 1)]
    said = texts(tree.svg)
    for member in tree.members:
        assert member.title in said
        for added in member.added:
            assert added.words in said
            assert not added.compared or added.compared in said


def test_boxes_follow_one_another_and_ties_end_at_their_edges() -> None:
    svg = family_tree(read_texts(MAIN)).svg
    boxes = [
        tuple(map(int, found))
        for found in re.findall(r'class="box" x="(\d+)" y="(\d+)" width="\d+" rx="6" height="(\d+)',
                                svg)
    ]  # fmt: skip
    for (_, top, height), (_, after, _) in pairwise(boxes):
        assert top + height < after
    ends = re.findall(r'<circle class="end" cx="(\d+)" cy="(\d+)"', svg)
    assert [int(x) for x, _ in ends] == [left for left, _, _ in boxes[1:]]
    for (_, y), (_, top, height) in zip(ends, boxes[1:], strict=True):
        assert top < int(y) < top + height
    begins = re.findall(r'class="tie" d="M(\d+) (\d+)V', svg)
    for (x, y), parent in zip(begins, (0, 1, 0), strict=True):
        left, top, height = boxes[parent]
        assert (left < int(x) < left + STEP, int(y)) == (True, top + height)


def test_what_is_weaker_is_marked_and_what_adds_nothing_says_so() -> None:
    late = replace(LOW, service_levels=fresh(48))
    svg = family_tree([TOP, MIDDLE, late]).svg
    assert (svg.count('class="weak"'), svg.count('class="weak than"')) == (1, 1)
    idle = replace(MIDDLE, service_levels=())
    assert 'class="weak' not in family_tree([TOP, idle]).svg
    assert NOTHING in texts(family_tree([TOP, idle]).svg)
    assert repr(family_tree([TOP, idle])).splitlines()[-1] == f"      {NOTHING}"


@given(st.text(min_size=1).filter(str.strip))
def test_whatever_a_contract_is_called_the_picture_is_one(name: str) -> None:
    svg = family_tree([replace(TOP, name=name)]).svg
    (title, *_) = texts(svg)
    assert title
    assert "<script" not in svg


def test_a_notebook_gets_the_picture_and_everything_else_the_text() -> None:
    tree = family_tree([TOP, MIDDLE])
    bundle = tree._repr_mimebundle_()
    assert bundle == {"text/html": tree.svg, "text/plain": tree.text}
