"""A contract and its replacement: what is different on the way, and whom it hurts."""

from __future__ import annotations

from dataclasses import replace

import pytest

from contracts.consumers import Consumer, Subscription
from contracts.model import Check, Column, Contract, Table
from contracts.types import parse_type
from detection.succession import Rearranged, affected, succeed

TEXT = parse_type("text")


def table(name: str, *columns: str, schema: str = "public") -> Table:
    return Table(name, schema, columns=tuple(Column(each, TEXT) for each in columns))


def contract(name: str, *tables: Table, version: str = "1.0.0") -> Contract:
    return Contract(name, version=version, status="active", tables=tables)


def rules(old: Table, new: Table) -> list[tuple[str, str]]:
    found = succeed(contract("c-v1", old), contract("c-v2", new, version="2.0.0"))
    return [(each.rule, each.change.column or each.change.element) for each in found.verdicts]


PAIRS: dict[str, tuple[list[Table], list[Table], list[tuple[str, str]]]] = {
    "the same name": ([table("c", "a")], [table("c", "a")], []),
    "another version": (
        [table("c_v1", "a")],
        [table("c_v2", "b")],
        [("public.c_v1", "public.c_v2")],
    ),
    "another schema": (
        [table("c", "a")],
        [table("c", "a", schema="gold")],
        [("public.c", "gold.c")],
    ),
    "one each": (
        [table("people", "a")],
        [table("staff", "b")],
        [("public.people", "public.staff")],
    ),
    "several": (
        [table("c_v1", "a"), table("d", "a"), table("gone", "x")],
        [table("d", "a"), table("c_v2", "a")],
        [("public.c_v1", "public.c_v2")],
    ),
    "which one is not clear": (
        [table("c_v1", "a")],
        [table("c_v2", "a"), table("c_v3", "a")],
        [],
    ),
}


@pytest.mark.parametrize("name", PAIRS)
def test_which_table_takes_the_place_of_which(name: str) -> None:
    old, new, tables = PAIRS[name]
    assert list(succeed(contract("x", *old), contract("y", *new)).tables) == tables


def test_names_of_their_own_are_no_difference() -> None:
    assert rules(table("c_v1", "a", "b"), table("c_v2", "a", "b")) == []


def test_a_column_that_names_what_takes_its_place_is_renamed() -> None:
    old = table("c", "a", "z")
    named = replace(old, columns=(replace(old.columns[0], replaced_by="q"), old.columns[1]))
    new = table("c", "z", "q", "other")
    assert rules(old, new)[0] == ("column-removed", "a")
    assert rules(named, new) == [("column-name-changed", "q"), ("column-added", "other")]


def test_a_check_that_follows_its_column_is_no_difference() -> None:
    old = replace(
        contract("x", table("c_v1", "a", "z")),
        checks=(Check("nullValues", "mustBe", (0,), ("a",)), Check("sql", query="select a1, a")),
    )
    moved = replace(old, tables=(table("c_v2", "ab", "z"),), checks=(
        Check("nullValues", "mustBe", (0,), ("ab",)), Check("sql", query="select a1, ab"),
    ))  # fmt: skip
    other = replace(moved, checks=(Check("nullValues", "mustBe", (1,), ("ab",)), moved.checks[1]))
    assert [each.rule for each in succeed(old, moved).verdicts] == ["column-name-changed"]
    assert [each.rule for each in succeed(old, other).verdicts] == [
        "quality-check-changed", "column-name-changed",
    ]  # fmt: skip


REARRANGED: dict[str, tuple[tuple[str, ...], tuple[str, ...], list[Rearranged]]] = {
    "split": (
        ("id", "phone"),
        ("id", "phone_country", "phone_number"),
        [Rearranged("public", "c", ("phone",), ("phone_country", "phone_number"))],
    ),
    "merged": (
        ("id", "first_name", "last_name"),
        ("id", "name"),
        [Rearranged("public", "c", ("first_name", "last_name"), ("name",))],
    ),
    "one part is a rename": (("id", "phone"), ("id", "phone_number"), []),
    "another word": (("id", "phone"), ("id", "telephone_a", "phones_b"), []),
    "it stays beside": (("id", "phone"), ("id", "phone", "phone_a", "phone_b"), []),
}


@pytest.mark.parametrize("name", REARRANGED)
def test_columns_that_became_several_or_one(name: str) -> None:
    before, after, found = REARRANGED[name]
    old, new = contract("x", table("c", *before)), contract("y", table("c", *after))
    assert list(succeed(old, new).rearranged) == found


def consumer(name: str, *columns: str, contract: str | None = "c-v1", table: str = "c") -> Consumer:
    return Consumer(
        name, "T", "dashboard", "t@x.org", (Subscription(table, columns, contract=contract),)
    )


def test_whom_it_hurts_and_where() -> None:
    everybody = (
        consumer("names-it", "a", "b"),
        consumer("reads-the-rest", "b"),
        consumer("by-the-table", "a", contract=None),
        consumer("elsewhere", "a", contract="other"),
        consumer("another-table", "a", contract=None, table="d"),
    )
    old, new = contract("c-v1", table("c", "a", "b")), contract("c-v2", table("c", "b"))
    found = affected(succeed(old, new, everybody), everybody)
    assert [(each.consumer.name, each.columns) for each in found] == [
        ("names-it", ("a",)),
        ("reads-the-rest", ()),
        ("by-the-table", ("a",)),
    ]
