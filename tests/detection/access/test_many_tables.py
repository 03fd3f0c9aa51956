"""Rights on many tables: the work grows as the tables do, and no faster."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType

import pytest

from contracts.model import Column, Contract, Role, Table
from contracts.types import parse_type
from detection.access.difference import find_gap
from detection.access.model import Access, HeldRight, Relation, Right, RoleSeen, Target
from detection.access.statements import statements
from detection.access.violations import find_access_violations
from detection.model import Catalog

ROLES = ("reader", "writer", "stranger", "owner")


def tables(number: int) -> tuple[Table, ...]:
    columns = (Column("a", parse_type("text")), Column("b", parse_type("text"),
               classification="sensitive"))  # fmt: skip
    return tuple(Table(f"t{each}", kind="table", columns=columns) for each in range(number))


def rights(number: int) -> tuple[tuple[Contract, ...], Catalog, Access]:
    """Contracts, and a database in which a stranger was let in, and has let others in."""
    there = tables(number)
    roles = (Role("reader", "read"), Role("writer", "write"))
    contracts = tuple(
        Contract(table.name, status="active", tables=(table,), roles=roles) for table in there
    )
    held = [
        HeldRight(Right(role, "SELECT", Target("table", "public", table.name)), grantor, passes)
        for table in there
        for role, grantor, passes in (
            ("stranger", "owner", True), ("writer", "stranger", False), ("reader", "owner", False),
        )
    ]  # fmt: skip
    access = Access(
        roles={name: RoleSeen(name) for name in ROLES},
        relations={("public", t.name): Relation("public", t.name, "table", "owner") for t in there},
        schemas={"public": "owner"},
        held=tuple(held),
    )
    return contracts, Catalog("museum", 180001, ("public",), there), access


def calls(work: Callable[[], object]) -> int:
    """How many functions of Python are called in a piece of work."""
    number = 0

    def count(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal number
        number += event == "call"

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        work()
    finally:
        sys.setprofile(before)
    return number


def gap(number: int) -> object:
    found = find_gap(*rights(number))
    assert len(found.too_much) == 3 * number
    assert len(found.lost) == number
    return statements(found)


def judged(number: int) -> object:
    return find_access_violations(*rights(number))


@pytest.mark.parametrize("work", [gap, judged])
def test_four_times_the_tables_are_four_times_the_work(work: Callable[[int], object]) -> None:
    work(10)  # what is imported late is there
    few, many = calls(lambda: work(50)), calls(lambda: work(200))
    assert many < 5 * few


def test_a_role_is_granted_the_same_on_many_tables_by_one_statement() -> None:
    numbers = {len(statements(find_gap(*rights(number)))) for number in (5, 50)}
    assert len(numbers) == 1
