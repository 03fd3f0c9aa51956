"""The gate's judgement, on contracts and catalogues made by hand: no repository, no database."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from contracts.model import Column, Contract, DataType, Function, Location, Owner, Table
from detection.model import Catalog
from prevention.accepting import AcceptedName
from prevention.decision import NotJudged
from prevention.gate import Moment, Terms, judge_change
from prevention.lines import line_now
from prevention.migrated import Scripts

TERMS = Terms(today=date(2026, 1, 20))
INTEGER = DataType("integer", precision=32, scale=0)
BIGINT = DataType("bigint", precision=64, scale=0)


def column(name: str = "object_id", data_type: DataType = INTEGER) -> Column:
    return Column(name, data_type, nullable=True, primary_key=False, unique=False, updatable=True)


def table(*columns: Column, name: str = "object") -> Table:
    return Table(name, kind="table", columns=columns or (column(),), primary_key=())


def contract(*tables: Table, functions: tuple[Function, ...] = ()) -> Contract:
    owner = Owner("Registrar", "registrar@museum.org")
    return Contract("works", "museum", owner=owner, tables=tables, functions=functions)


def catalog(*tables: Table, functions: tuple[Function, ...] = ()) -> Catalog:
    return Catalog("museum", 180000, ("public",), tables, functions)


def told(before: Moment, after: Moment, terms: Terms = TERMS) -> list[tuple[str, str, str]]:
    decision = judge_change(before, after, terms)
    assert decision.status == ("broken" if any(f.breaks for f in decision.findings) else "held")
    return [
        (each.level, each.rule, each.element) for each in decision.findings if each.level != "note"
    ]


def moment(promised: Contract, observed: Catalog | None = None) -> Moment:
    return Moment((promised,), catalog=observed)


LOOKUP = Function("public", "gallery_of", "function", "integer", "text", "create function …")
PROMISED = replace(LOOKUP, definition=None)


def test_a_function_under_contract_is_watched_too() -> None:
    before = moment(contract(table(), functions=(PROMISED,)), catalog(table(), functions=(LOOKUP,)))
    gone = catalog(table())
    kept = moment(contract(table(), functions=(PROMISED,)), gone)
    assert told(before, kept) == [
        ("error", "migration-unannounced", "public.gallery_of(integer)")
    ]  # fmt: skip
    let_go = moment(contract(table()), gone)
    assert told(before, let_go) == [("error", "function-removed", "public.gallery_of(integer)")]


@pytest.mark.parametrize("written", ["integer", "room int4", "room integer"])
def test_a_function_is_known_however_its_arguments_are_written(written: str) -> None:
    there = replace(LOOKUP, arguments="room integer")
    promised = contract(table(), functions=(replace(PROMISED, arguments=written),))
    before = moment(promised, catalog(table(), functions=(there,)))
    assert told(before, before) == []
    other = replace(there, arguments="room text")
    after = moment(promised, catalog(table(), functions=(other,)))
    # one cause, told once: that the promise is broken follows from the migration
    assert told(before, after) == [
        ("error", "migration-unannounced", "public.gallery_of(room text)")
    ]
    (finding,) = judge_change(before, after, TERMS).findings
    assert [part.rule for part in finding.parts] == ["function-differs"]


def test_a_contract_that_goes_announces_what_becomes_of_its_tables() -> None:
    other = replace(contract(table(name="tags")), name="tags")
    both = catalog(table(), table(name="tags"))
    before = Moment((contract(table()), other), catalog=both)
    after = Moment((other,), catalog=catalog(table(name="tags")))
    assert told(before, after) == [("error", "contract-removed", "museum/works")]


def test_words_alone_announce_nothing() -> None:
    before = moment(contract(table()), catalog(table()))
    described = replace(table(), columns=(replace(column(), description="The number."),))
    after = moment(contract(described), catalog(table(column(data_type=BIGINT))))
    assert told(before, after) == [("error", "migration-unannounced", "public.object.object_id")]


def test_what_a_migration_breaks_is_told_under_it() -> None:
    before = moment(contract(table()), catalog(table()))
    after = moment(contract(table()), catalog(table(column(data_type=BIGINT))))
    (finding,) = [f for f in judge_change(before, after, TERMS).findings if f.level == "error"]
    assert [part.rule for part in finding.parts] == ["type-differs"]
    assert finding.parts[0].cause == finding.cause == "integer-widened public.object.object_id"
    passing = replace(TERMS, accepted=(AcceptedName("works", "--accept"),))
    decision = judge_change(before, after, passing)
    assert (decision.status, [f.acknowledged_by for f in decision.findings]) == (
        "held", ["--accept"],
    )  # fmt: skip


def test_a_live_database_is_judged_as_it_is_and_hides_no_migration() -> None:
    wider = catalog(table(column(data_type=BIGINT)))
    before = moment(contract(table()), catalog(table()))
    after = replace(moment(contract(table()), wider), live=catalog(table()))
    assert told(before, after) == [("error", "migration-unannounced", "public.object.object_id")]
    stale = replace(moment(contract(table()), catalog(table())), live=wider)
    assert told(before, stale) == [("error", "type-differs", "public.object.object_id")]


def test_nothing_on_either_side_cannot_be_judged() -> None:
    decision = judge_change(Moment(), Moment(), TERMS)
    assert (decision.status, decision.exit) == ("not-judged", 2)


def test_a_version_that_is_none_cannot_be_judged() -> None:
    old = replace(contract(table()), version="1.0.0")
    new = replace(contract(table(column(data_type=BIGINT))), version="newest")
    with pytest.raises(NotJudged, match="no version"):
        judge_change(moment(old), moment(new), TERMS)


# ------------------------------------------------------------------ which line it is


@pytest.mark.parametrize(
    ("old", "new", "line", "expected"),
    [
        ("a\nb\nc", "a\nb\nc", 2, 2),
        ("a\nb\nc", "a\nc", 2, 2),
        ("a\nb\nc", "a\nc", 3, 2),
        ("a\nb\nc", "x\na\nb\nc", 2, 3),
        ("a\nb\nc", "a\nB\nc", 2, 2),
        ("a\nb\nc\nd", "a\nX\nd", 3, 2),
        ("a\nb", "a", 2, 1),
        ("a\nb", "", 2, 1),
        ("", "a", 1, 1),
        ("a", "a\nb", 9, 2),
        ("x\n" * 6000, "x\n" * 10, 5000, 10),
    ],
)
def test_where_a_line_is_now(old: str, new: str, line: int, expected: int) -> None:
    assert line_now(old, new, line) == expected


MIGRATION = '''"""Drop primary_image of object_images, as agreed."""

def upgrade():
    op.drop_column("object", "title")
    with op.batch_alter_table("object_images") as batch:
        batch.drop_column("primary_image")

def downgrade():
    op.add_column("object_images", sa.Column("primary_image", sa.Text))
'''


@pytest.mark.parametrize(
    ("table_name", "column_name", "line"),
    [
        ("object", "title", 4),
        ("object_images", "primary_image", 5),
        ("object", "object_id", 4),
        ("museum", "nothing", None),
    ],
)
def test_the_line_of_a_migration_that_makes_a_change(
    table_name: str, column_name: str, line: int | None
) -> None:
    from detection.change import Change, Side

    side = Side(table=Table(table_name), column=Column(column_name))
    change = Change("column-removed", schema="public", table=table_name, before=side)
    found = Scripts({"migrations/2_drop.py": MIGRATION, "a.py": "def upgrade():\n    pass\n"})
    expected = Location("migrations/2_drop.py", line) if line else None
    assert found.line_of(change) == expected
