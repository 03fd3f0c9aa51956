"""What holds of every change, whatever the contracts: found by trying many."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.meaning import Backfill, ChangeStream, Consistency, Deletion, Invariant
from contracts.model import (
    Check,
    Column,
    Contract,
    DataType,
    Deprecation,
    ForeignKey,
    Function,
    NullReason,
    Role,
    ServiceLevel,
    Storage,
    Table,
    UniqueKey,
)
from contracts.types import parse_type
from detection.change import worst
from detection.diff import diff, diff_catalogs
from detection.evolution import CHANGE_RULES, change_rule, rule_of
from detection.evolution.mirrors import BOTH_ADDITIVE
from detection.judgement import judge
from detection.model import Catalog

SPELLINGS = """
smallint integer bigint numeric numeric(10,2) numeric(12,2) numeric(10,4) real float8 text varchar
varchar(20) varchar(40) char(2) char(3) date timestamp timestamp(0) timestamptz time timetz
interval json jsonb uuid inet boolean bytea money text[] integer[] varchar(9)[] bit(3) varbit(5)
int4range
""".split()  # noqa: SIM905
NAMES = ["object_id", "title", "artist", "culture", "period"]
MOODS = [("oil",), ("oil", "ink"), ("ink", "oil"), ("bronze",)]

types = st.one_of(
    st.none(),
    st.sampled_from(SPELLINGS).map(parse_type),
    st.sampled_from(MOODS).map(lambda labels: DataType("mood", "enum", "public", labels=labels)),
    st.sampled_from(["string", "number", "integer", "date"]).map(lambda n: DataType(n, "logical")),
)
maybe = st.sampled_from([None, True, False])


def some(*values: Any) -> st.SearchStrategy[Any]:
    return st.sampled_from([None, *values])


columns = st.builds(
    Column,
    name=st.sampled_from(NAMES),
    data_type=types,
    nullable=maybe,
    primary_key=maybe,
    unique=maybe,
    updatable=maybe,
    default=some("", "now()", "1", "nextval('s')"),
    identity=some("", "always", "by default"),
    generated=some("", "a + 1"),
    collation=some("C"),
    description=some("The title."),
    meaning=some("the title", "unchanged"),
    unit=some("cm", "inch"),
    classification=some("public", "sensitive"),
    null_reasons=st.sampled_from([(), (NullReason("a", "b"),)]),
    states=some((), ("a",), ("a", "b")),
    extensible=maybe,
    unknown_value_policy=some("open", (("dashboards", "show it"),), (("exports", "hold"),)),
    terminal_states=st.sampled_from([(), ("a",), ("a", "b")]),
    external_terms=st.sampled_from([(), (("a", "x"),)]),
    origin=some("visit.seen_at"),
    correction=some("overwritten"),
    warning=some("of the load"),
    deprecated=maybe,
)
tables = st.builds(
    Table,
    name=st.sampled_from(["object", "object_images"]),
    kind=some("table", "view", "partitioned table"),
    columns=st.lists(columns, max_size=4, unique_by=lambda c: c.name).map(tuple),
    unique_keys=st.sampled_from([(), (UniqueKey("k", ("title", "artist")),)]),
    foreign_keys=st.sampled_from([(), (ForeignKey("f", ("title",), "public", "x", ("y",)),)]),
    grain=some((), ("title",)),
    filter=some("on view"),
    ordered=maybe,
    definition=some("select 1", "select 2"),
    storage=some(Storage(indexes=("CREATE INDEX a ON t (b)",)), Storage(grants=("a SELECT",))),
)
contracts = st.builds(
    Contract,
    name=st.sampled_from(["object", "images"]),
    version=some("1.0.0", "2.0.0"),
    status=some("draft", "active", "deprecated", "sunset", "retired"),
    tables=st.lists(tables, max_size=2, unique_by=lambda t: t.name).map(tuple),
    functions=st.sampled_from([(), (Function("public", "f", "function", "integer", "text"),)]),
    enforcement=some("none", "gate"),
    service_levels=st.sampled_from([(), (ServiceLevel("freshness", 4, "h"),)]),
    checks=st.sampled_from([(), (Check("rowCount", "mustBeGreaterThan", (4,)),)]),
    roles=st.sampled_from([(), (Role("a", "read"),), (Role("a", "read write"),)]),
    deprecation=some(Deprecation(sunset_date="2026-06-30", replacement="b")),
    strict=maybe,
    deletes=some("soft", Deletion("soft", retention="1 year"), Deletion("hard", "gone")),
    backfills=some("2019", (Backfill("a"),), (Backfill("a", "why"), Backfill("b"))),
    consistency=some("a", Consistency(row_level="a", max_staleness="5 minutes")),
    cdc=some("a", ChangeStream("object", key=("object_id",)), ChangeStream("object")),
    invariants=st.sampled_from([(), ("a",), (Invariant("a", "m"), "b"), (Invariant("a"),)]),
    extends=some("object"),
)
sets = st.lists(contracts, max_size=2, unique_by=lambda c: c.name).map(tuple)


def shuffled(contract: Contract, order: Any) -> Contract:
    """The same contract, everything in it in another order that is not promised."""

    def other(items: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple(order.draw(st.permutations(items)))

    return replace(
        contract,
        tables=other(
            tuple(
                replace(
                    table,
                    columns=other(table.columns) if not table.ordered else table.columns,
                    unique_keys=other(tuple(
                        replace(key, columns=other(key.columns)) for key in table.unique_keys
                    )),
                )
                for table in contract.tables
            )
        ),
        checks=other(contract.checks),
        service_levels=other(contract.service_levels),
        roles=other(contract.roles),
    )  # fmt: skip


@settings(max_examples=40)
@given(sets)
def test_nothing_changes_into_itself(some_contracts: tuple[Contract, ...]) -> None:
    assert diff(some_contracts, some_contracts) == ()
    assert diff((), ()) == ()


@settings(max_examples=40)
@given(sets, st.data())
def test_order_that_nobody_promises_makes_no_difference(
    some_contracts: tuple[Contract, ...], order: Any
) -> None:
    others = tuple(shuffled(each, order) for each in reversed(some_contracts))
    assert diff(some_contracts, others) == ()


@settings(max_examples=40)
@given(st.lists(tables, max_size=2, unique_by=lambda t: t.name), st.data())
def test_the_order_of_tables_in_a_database_makes_no_difference(
    some_tables: list[Table], order: Any
) -> None:
    one = Catalog("museum", 180001, ("public",), tuple(some_tables))
    other = replace(one, tables=tuple(order.draw(st.permutations(some_tables))))
    assert diff_catalogs(one, other) == ()


@settings(max_examples=40)
@given(sets, sets)
def test_every_change_is_judged_by_exactly_one_rule(
    old: tuple[Contract, ...], new: tuple[Contract, ...]
) -> None:
    for change in diff(old, new):
        rules = [rule.id for rule in CHANGE_RULES if rule.applies(change)]
        assert len(rules) == 1, (change, rules)
    verdicts = judge(diff(old, new))
    assert [verdict.change for verdict in verdicts] == list(diff(old, new))
    assert all(change_rule(verdict.rule) for verdict in verdicts)


@settings(max_examples=40)
@given(st.lists(tables, max_size=2, unique_by=lambda t: t.name).map(tuple),
       st.lists(tables, max_size=2, unique_by=lambda t: t.name).map(tuple))  # fmt: skip
def test_so_is_every_change_between_two_databases(
    old: tuple[Table, ...], new: tuple[Table, ...]
) -> None:
    before, after = (Catalog("museum", 180001, ("public",), each) for each in (old, new))
    for change in diff_catalogs(before, after):
        rules = [rule.id for rule in CHANGE_RULES if rule.applies(change)]
        assert len(rules) == 1, (change, rules)


@given(columns, st.data())
def test_a_change_of_one_thing_and_its_reverse_are_never_both_additive(
    column: Column, other: Any
) -> None:
    """One property of a column changes: whichever way is additive, the way back is not."""
    field = other.draw(
        st.sampled_from(sorted(set(Column.__dataclass_fields__) - {"name", "source"}))
    )
    changed = replace(column, **{field: getattr(other.draw(columns), field)})
    one, another = (
        Contract("a", tables=(Table("t", columns=(each,)),)) for each in (column, changed)
    )
    there, back = diff((one,), (another,)), diff((another,), (one,))
    if len(there) == len(back) == 1 and rule_of(there[0]).id not in BOTH_ADDITIVE:
        levels = [worst(rule_of(each).reader, rule_of(each).writer) for each in (*there, *back)]
        assert levels != ["additive", "additive"]


@settings(max_examples=40)
@given(sets, sets)
def test_what_is_different_is_told(old: tuple[Contract, ...], new: tuple[Contract, ...]) -> None:
    """Two sets of contracts between which nothing is told promise the same."""
    if not diff(old, new):
        assert not diff(new, old)
