"""What a child may say beside its parent: every dimension, with what is equal, stricter, unsaid."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from contracts.meaning import Consistency, Deletion
from contracts.model import (
    Check,
    CheckConstraint,
    Column,
    Contract,
    DataType,
    ForeignKey,
    JsonShape,
    Notice,
    NullReason,
    Role,
    ServiceLevel,
    Table,
    UniqueKey,
)
from contracts.types import parse_type
from detection.family.inheriting import effective
from detection.family.levels import BY_ROWS, BY_TIME
from detection.family.lineage import Family
from detection.family.weakening import weaker_promises
from detection.quality.measures import TIMES
from detection.quality.service_levels import MEASURES

Case = tuple[Contract, Contract, str | None]
"""A parent, a child, and what of the child is weaker; ``None`` for nothing."""


def contract(*columns: Column, **facts: Any) -> Contract:
    of_table = {"primary_key", "unique_keys", "foreign_keys", "grain", "ordered", "constraints"}
    table = {key: facts.pop(key) for key in of_table & facts.keys()}
    table["checks"] = table.pop("constraints", ())
    tables = (Table("visitors", columns=columns, **table),)
    return Contract(**{"name": "base", "version": "1.0.0", "tables": tables, **facts})


def col(**facts: Any) -> Contract:
    return contract(Column("email", **facts))


def typed(text: str) -> Contract:
    return col(data_type=parse_type(text))


def level(value: float | str, unit: str | None = "hours", **facts: Any) -> Contract:
    name = facts.pop("property", "freshness")
    return contract(Column("email"), service_levels=(ServiceLevel(name, value, unit, **facts),))


def check(bound: int, **facts: Any) -> Contract:
    about = {"columns": ("email",), "unit": "percent", **facts}
    one = Check("nullValues", "mustBeLessThan", (bound,), **about)
    return contract(Column("email"), checks=(one,))


def enum(*labels: str) -> DataType:
    return DataType("source", kind="enum", schema="public", labels=labels)


def without_table(parent: Contract) -> Contract:
    return replace(parent, tables=())


LOANED, STORED = NullReason("on-loan", "It is on loan."), NullReason("stored", "It is stored.")
READER = Role("reporting", "read", classifications=("public", "internal"))
TIE = ForeignKey("f", ("email",), "public", "person", ("email",))
STRING = DataType("string", kind="logical")
MINIMUM = (("minimum_classification", '"sensitive"'),)
NOTHING = col()

CASES: dict[str, Case] = {
    # ---------------------------------------------------------------- service levels
    "freshness, longer": (level(24), level(48), "freshness"),
    "freshness, the same in another unit": (level(24), level(1440, "minutes"), None),
    "freshness, shorter": (level(24), level(4), None),
    "freshness, unsaid": (level(24), NOTHING, None),
    "freshness, unsaid by the parent": (NOTHING, level(48), None),
    "freshness, of a parent without tables": (without_table(level(24)), level(48), "freshness"),
    "freshness, on a column of the child": (level(24), level(48, element="email"), "freshness"),
    "freshness, stricter on that column": (level(24), level(4, element="email"), None),
    "freshness, a duration of ISO 8601": (level(24), level("PT6H", None), None),
    "freshness, a longer one of ISO 8601": (level(24), level("PT36H", None), "freshness"),
    "freshness, in words that nobody can compare": (level(24), level("soon", None), "freshness"),
    "freshness, only a warning": (level(24), level(24, level="warning"), "freshness"),
    "availability, less": (
        level(99.5, "percent", property="availability"),
        level(99, "percent", property="availability"), "availability",
    ),
    "availability, more": (
        level(99.5, "percent", property="availability"),
        level(99.9, "percent", property="availability"), None,
    ),
    "completeness, less": (
        level(99, "percent", property="completeness", element="email"),
        level(95, "percent", property="completeness", element="email"), "completeness",
    ),
    "completeness, of another column": (
        level(99, "percent", property="completeness"),
        level(95, "percent", property="completeness", element="email"), None,
    ),
    "retention, shorter": (
        level(90, "days", property="retention"), level(30, "days", property="retention"),
        "retention",
    ),
    "retention, longer": (
        level(90, "days", property="retention"), level(1, "years", property="retention"), None,
    ),
    "retention, longer than at most": (
        level(90, "days", property="retention", operator="mustBeLessOrEqualTo"),
        level(1, "years", property="retention", operator="mustBeLessOrEqualTo"), "retention",
    ),
    "retention, shorter than at most": (
        level(90, "days", property="retention", operator="mustBeLessOrEqualTo"),
        level(30, "days", property="retention", operator="mustBeLessOrEqualTo"), None,
    ),
    "retention, at most where at least is asked for": (
        level(90, "days", property="retention", operator="mustBeGreaterOrEqualTo"),
        level(90, "days", property="retention", operator="mustBeLessOrEqualTo"), "retention",
    ),
    # ---------------------------------------------------------------- checks
    "a check that lets more through": (check(1), check(5), "quality"),
    "a check under another name": (check(1, name="a"), check(5, name="b"), "quality"),
    "a check that lets less through": (check(5), check(1), None),
    "a check of a parent without tables": (without_table(check(1)), check(5), "quality"),
    "a check with less weight": (check(1), check(1, level="warning"), "quality"),
    "another check": (check(1), check(5, unit="rows"), None),
    "no check": (check(1), NOTHING, None),
    # ---------------------------------------------------------------- columns
    "nullable": (col(nullable=False), col(nullable=True), "nullable"),
    "not nullable any more": (col(nullable=True), col(nullable=False), None),
    "nullability unsaid": (col(nullable=False), NOTHING, None),
    "a shorter text": (typed("varchar(20)"), typed("varchar(10)"), None),
    "a longer text": (typed("varchar(20)"), typed("varchar(30)"), "type"),
    "a wider number": (typed("integer"), typed("bigint"), "type"),
    "a narrower number": (typed("integer"), typed("smallint"), None),
    "another type": (typed("date"), typed("timestamp"), "type"),
    "the same type, spelled otherwise": (typed("int4"), typed("integer"), None),
    "an exact type for what a value is": (col(data_type=STRING), typed("text"), None),
    "what a value is, for an exact type": (typed("text"), col(data_type=STRING), None),
    "no type": (typed("text"), NOTHING, None),
    "fewer states": (col(states=("a", "b")), col(states=("a",)), None),
    "another state": (col(states=("a", "b")), col(states=("a", "c")), "states"),
    "states that may grow": (col(states=("a",)), col(states=("a",), extensible=True),
                             "extensible"),
    "states that may not grow": (col(states=("a",), extensible=True),
                                 col(states=("a",), extensible=False), None),
    "another state where more may come": (
        col(states=("a",), extensible=True, unknown_value_policy="Leave it out."),
        col(states=("a", "b"), extensible=True, unknown_value_policy="Leave it out."), None,
    ),
    "another state where nobody says what to do with it": (
        col(states=("a",), extensible=True), col(states=("a", "b"), extensible=True), "states",
    ),
    "a column that may be missing": (NOTHING, col(optional=True), "optional"),
    "a classification that asks for less": (
        col(classification="sensitive"), col(classification="internal"), "classification",
    ),
    "a classification that asks for more": (
        col(classification="internal"), col(classification="highly sensitive"), None,
    ),
    "less than the least classification": (
        without_table(contract(custom=MINIMUM)), col(classification="internal"), "classification",
    ),
    "as the least classification says": (
        without_table(contract(custom=MINIMUM)), col(classification="sensitive"), None,
    ),
    "no classification where there is a least one": (
        without_table(contract(custom=MINIMUM)), NOTHING, None,
    ),
    "a lower least classification": (
        contract(custom=MINIMUM),
        contract(custom=(("minimumClassification", '"public"'),)), "minimum classification",
    ),
    "another unit": (col(unit="cm"), col(unit="inch"), "unit"),
    "a meaning in other words": (col(meaning="Where to write to."), col(meaning="Mail."), None),
    "fewer reasons for a null": (col(null_reasons=(LOANED, STORED)), col(null_reasons=(LOANED,)),
                                 None),
    "another reason for a null": (col(null_reasons=(LOANED,)), col(null_reasons=(STORED,)),
                                  "null reasons"),
    "another default": (col(default="'a'"), col(default="'b'"), "default"),
    "a default": (NOTHING, col(default="'a'"), None),
    "a key of a json value that need not be there": (
        col(json_shape=JsonShape(("a",))), col(json_shape=JsonShape((), ("a",))), "json shape",
    ),
    "a json shape of its own": (
        col(json_shape=JsonShape(("a",))), col(json_shape=JsonShape(("b",))), None,
    ),
    # ---------------------------------------------------------------- tables and keys
    "no column": (contract(Column("email"), Column("name", nullable=False)), NOTHING, None),
    "another column": (NOTHING, contract(Column("email"), Column("name")), None),
    "another primary key": (
        contract(Column("email"), Column("id"), primary_key=("id",)),
        contract(Column("email"), Column("id"), primary_key=("email",)), "primary key",
    ),
    "no primary key, and saying so": (
        contract(Column("email"), primary_key=("email",)),
        contract(Column("email"), primary_key=()), "primary key",
    ),
    "not unique, and saying so": (col(unique=True), col(unique=False), "unique"),
    "unique, unsaid": (col(unique=True), NOTHING, None),
    "another unique key": (
        contract(Column("email"), unique_keys=(UniqueKey("a", ("email",)),)),
        contract(Column("email"), Column("n"), unique_keys=(UniqueKey("b", ("n",)),)), None,
    ),
    "a reference that lets go": (
        contract(Column("email"), foreign_keys=(TIE,)),
        contract(Column("email"), foreign_keys=(replace(TIE, on_delete="CASCADE"),)),
        "foreign key",
    ),
    "a looser CHECK": (
        contract(Column("n"), constraints=(CheckConstraint("c", ("n",), "n > 10"),)),
        contract(Column("n"), constraints=(CheckConstraint("c", ("n",), "n > 1"),)), "check",
    ),
    "a tighter CHECK": (
        contract(Column("n"), constraints=(CheckConstraint("c", ("n",), "n > 1"),)),
        contract(Column("n"), constraints=(CheckConstraint("c", ("n",), "n > 10"),)), None,
    ),
    "another grain": (contract(grain=("a",)), contract(grain=("b",)), "grain"),
    "columns in another order": (
        contract(Column("a"), Column("b"), ordered=True), contract(Column("b"), Column("a")),
        "order of columns",
    ),
    # ---------------------------------------------------------------- the contract as a whole
    "a shorter notice": (
        contract(notice=Notice(lead_days=90)), contract(notice=Notice(lead_days=30)), "notice",
    ),
    "a longer notice": (
        contract(notice=Notice(lead_days=30)), contract(notice=Notice(lead_days=90)), None,
    ),
    "a notice without days": (
        contract(notice=Notice(lead_days=30)), contract(notice=Notice("#data")), None,
    ),
    "nothing that enforces it": (
        contract(enforcement="docent gate"), contract(enforcement="none"), "enforcement",
    ),
    "lenient": (contract(strict=True), contract(strict=False), "strict"),
    "strict": (contract(strict=False), contract(strict=True), None),
    "a laxer rule about changes": (
        contract(compatibility=(("type_widening", "requires v2"),)),
        contract(compatibility=(("type_widening", "additive"),)), "compatibility.type_widening",
    ),
    "a stricter rule about changes": (
        contract(compatibility=(("type_widening", "conditional"),)),
        contract(compatibility=(("type_widening", "requires v2"),)), None,
    ),
    "an invariant less": (contract(invariants=("n > 0",)), contract(invariants=()), None),
    "other deletes": (contract(deletes="hard"), contract(deletes="soft"), "deletes"),
    "a part of deletes that the parent does not speak of": (
        contract(deletes=Deletion(table="soft")), contract(deletes=Deletion(delay="30 days")), None,
    ),
    "deletes kept for less long": (
        contract(deletes=Deletion(retention="90 days")),
        contract(deletes=Deletion(retention="30 days")), "retention",
    ),
    "staler": (
        contract(consistency=Consistency(max_staleness="1 hour")),
        contract(consistency=Consistency(max_staleness="2 hours")), "max staleness",
    ),
    "a role that may do more": (
        contract(roles=(READER,)), contract(roles=(replace(READER, access="read+write"),)), "roles",
    ),
    "a role that may read more": (
        contract(roles=(READER,)),
        contract(roles=(replace(READER, classifications=("sensitive",)),)), "roles",
    ),
    "a role that is cleared for what is usual": (
        contract(roles=(READER,)), contract(roles=(replace(READER, classifications=()),)), None,
    ),
    "a role that may read what it may write in the parent": (
        contract(roles=(replace(READER, access="write"),)),
        contract(roles=(replace(READER, access="read"),)), None,
    ),
    "a role that may append, in other words": (
        contract(roles=(replace(READER, access="append"),)),
        contract(roles=(replace(READER, access="insert"),)), None,
    ),
    "a role that may write what it may read in the parent": (
        contract(roles=(READER,)), contract(roles=(replace(READER, access="rw"),)), "roles",
    ),
    "a role that may read less": (
        contract(roles=(READER,)),
        contract(roles=(replace(READER, classifications=("public",)),)), None,
    ),
    "a role of its own": (contract(), contract(roles=(READER,)), None),
    # ---------------------------------------------------------------- what each says for itself
    "another state of life, owner and server": (
        contract(status="active", tags=("a",)), contract(status="draft", tags=("b",)), None,
    ),
}  # fmt: skip


def a_family(parent: Contract, child: Contract) -> tuple[Contract, Contract]:
    return (
        replace(parent, name="enterprise-base", version="1.0.0"),
        replace(child, name="visitors", version="2.1.0", extends="enterprise-base"),
    )


@pytest.mark.parametrize("name", CASES)
def test_a_child_may_only_be_stricter(name: str) -> None:
    parent, child, weaker = CASES[name]
    found = weaker_promises(a_family(parent, child))
    assert [change.aspect for change in found] == ([weaker] if weaker else [])
    for change in found:
        assert (change.kind, change.contract) == ("child-weaker", "visitors")
        sides = (change.before.contract, change.after.contract)
        assert [(each.name, each.version) for each in sides if each] == [
            ("enterprise-base", "1.0.0"),
            ("visitors", "2.1.0"),
        ]
        assert None not in (change.old, change.new)
        assert change.old != change.new


@pytest.mark.parametrize("name", [name for name in CASES if CASES[name][2] is None])
def test_what_a_child_inherits_is_no_weaker_than_its_parent_either(name: str) -> None:
    parent, child = a_family(*CASES[name][:2])
    whole = effective(child, Family.of([parent, child])).contract
    assert weaker_promises([parent, whole]) == ()
    # what it has inherited, it says itself now: nothing more is to be had from its parent
    again = effective(whole, Family.of([parent, whole])).contract
    assert again == whole


def test_a_grandparent_counts_too_and_a_weakness_is_told_against_the_nearest() -> None:
    top = replace(level(24), name="top")
    middle = replace(level(6), name="middle", extends="top")
    low = replace(level(48), name="low", extends="middle")
    (change,) = weaker_promises([top, middle, low])
    assert (change.old, change.new) == ("6 hours", "48 hours")
    silent = replace(NOTHING, name="middle", extends="top")
    (change,) = weaker_promises([top, silent, low])
    assert (change.old, change.new) == ("24 hours", "48 hours")


def test_a_weak_parent_is_not_blamed_on_its_child() -> None:
    top = replace(level(24), name="top")
    middle = replace(level(48), name="middle", extends="top")
    low = replace(level(12), name="low", extends="middle")
    assert [change.contract for change in weaker_promises([top, middle, low])] == ["middle"]


def test_what_a_parent_says_of_a_column_counts_before_its_minimum_for_all() -> None:
    parent = replace(col(classification="highly sensitive"), custom=MINIMUM)
    (change,) = weaker_promises(a_family(parent, col(classification="public")))
    assert (change.old, change.new) == ("highly sensitive", "public")


@pytest.mark.parametrize(
    ("parent", "child", "values"),
    [
        (col(states=("a", "b")), col(states=("a", "c", "d")), ("a, b", "a, c, d")),
        (col(data_type=enum("a")), col(data_type=enum("a", "b")), ("a", "a, b")),
        (col(states=("a",)), col(states=("a",), extensible=True), ("no", "yes")),
        (NOTHING, col(optional=True), ("no", "yes")),
    ],
)
def test_both_sides_are_told_in_full(
    parent: Contract, child: Contract, values: tuple[str, str]
) -> None:
    (change,) = weaker_promises(a_family(parent, child))
    assert (change.old, change.new) == values


def test_one_time_of_a_table_that_is_fresh_enough_is_enough() -> None:
    parent = level(24)
    columns = (Column("seen_at"), Column("left_at"))
    levels = (
        ServiceLevel("freshness", 4, "hours", "seen_at"),
        ServiceLevel("freshness", 48, "hours", "left_at"),
    )
    child = contract(*columns, service_levels=levels)
    assert weaker_promises(a_family(parent, child)) == ()
    late = replace(child, service_levels=levels[1:])
    assert [each.new for each in weaker_promises(a_family(parent, late))] == ["48 hours on left_at"]


def test_a_parents_table_without_a_place_is_about_every_table_of_a_child() -> None:
    loose = Table("base", schema="", columns=(Column("email", nullable=False),))
    parent = Contract("base", tables=(loose,))
    tables = (Table("a", columns=(Column("email", nullable=True),)), Table("b"))
    child = Contract("child", tables=tables, extends="base")
    (change,) = weaker_promises([parent, child])
    assert (change.element, change.aspect) == ("public.a.email", "nullable")
    whole = effective(child, Family.of([parent, child])).contract
    assert whole.tables[1].columns == loose.columns


def test_the_names_of_levels_are_those_that_rows_can_tell() -> None:
    assert MEASURES.keys() == BY_ROWS
    assert {name for name, measure in MEASURES.items() if measure in TIMES} == BY_TIME


def test_what_a_parent_without_tables_weakens_is_seen_by_the_table_of_its_child() -> None:
    """Neither contract is weaker by itself: only one of the two speaks of the table."""
    top = replace(check(1), name="top")
    middle = replace(without_table(check(5)), name="middle", extends="top")
    low = replace(NOTHING, name="low", extends="middle")
    assert weaker_promises([top, middle]) == ()
    (change,) = weaker_promises([top, middle, low])
    assert (change.contract, change.aspect) == ("middle", "quality")
    strict = replace(without_table(check(1)), name="middle", extends="top")
    assert weaker_promises([top, strict, low]) == ()


@pytest.mark.parametrize(
    ("parent", "child", "expected"),
    [
        (typed("text"), col(data_type=STRING), "text"),
        (col(data_type=STRING), typed("text"), "text"),
        (typed("varchar(20)"), typed("varchar(10)"), "character varying"),
        (typed("text"), NOTHING, "text"),
    ],
)
def test_the_more_exact_type_is_in_effect(parent: Contract, child: Contract, expected: str) -> None:
    elder, younger = a_family(parent, child)
    (table,) = effective(younger, Family.of([elder, younger])).contract.tables
    found = table.columns[0].data_type
    assert found is not None
    assert (found.name, found.kind) == (expected, "base")
