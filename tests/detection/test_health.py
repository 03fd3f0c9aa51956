"""The ways in which contracts die, each beside what only looks like it."""

from __future__ import annotations

import inspect
from datetime import UTC, datetime

import pytest

from contracts.consumers import Consumer, Query, Subscription
from contracts.model import Column, Contract, DataType, Location, Source, Status, Table
from detection.health import Migration, NeverKept, Practice, find_ailing, is_rougher, roughness
from detection.history import BrokenPromise
from detection.model import Catalog
from detection.rules import HEALTH_RULES, Rule, health, rule

MONTH = 30 * 24 * 3600
FILE = "contracts/visits.json"
TIDY = Table("visits", columns=(Column("id", DataType("integer"), nullable=False),))
MESSY = Table(
    "api_answers",
    columns=tuple(Column(f"c{n}", DataType("jsonb"), nullable=True) for n in range(9)),
)


def contract(
    enforcement: str | None = None, status: Status | None = "active", *tables: Table
) -> Contract:
    return Contract(
        "visits", status=status, enforcement=enforcement, tables=tables or (TIDY,),
        source=Source(Location(FILE, 1)),
    )  # fmt: skip


def rules(
    practice: Practice,
    one: Contract | None = None,
    catalog: Catalog | None = None,
    *consumers: Consumer,
) -> list[tuple[str, str | None, str | None]]:
    found = find_ailing((one or contract(),), consumers, catalog, practice)
    assert {each.level for each in found} <= {"warning"}
    return [(each.rule, each.promised, each.found) for each in found]


def script(text: str, at: int = 3 * MONTH) -> Migration:
    return Migration("migrations/versions/1.py", at, text)


NAMED = [
    ('op.add_column("visits", sa.Column("note", sa.Text))', True),
    ("op.execute('alter table visits add column note text')", True),
    ('op.execute("""ALTER TABLE IF EXISTS public.visits RENAME COLUMN a TO b""")', True),
    ('op.execute("update visits set id = id")', True),
    ('op.drop_column("public.visits", "note")', True),
    ("# what becomes of visits is another matter", False),
    ('op.add_column("visitors", sa.Column("note", sa.Text))', False),
    ("alter table visits_archive add column note text", False),
    ('op.create_table("visits", sa.Column("id", sa.Integer))', False),
    ("create table if not exists public.visits (id integer)", False),
]


@pytest.mark.parametrize(("text", "alters"), NAMED)
def test_a_migration_alters_a_table(text: str, alters: bool) -> None:
    assert script(text).alters(TIDY) is alters


ALTERS = 'op.add_column("visits", sa.Column("note", sa.Text))'
STALE = [
    ({FILE: MONTH}, (script(ALTERS),),
     [("health-stale", "1970-01-31", "1 migration since, the last on 1970-04-01")]),
    ({FILE: MONTH}, (script(ALTERS), script(ALTERS, 2 * MONTH)),
     [("health-stale", "1970-01-31", "2 migrations since, the last on 1970-04-01")]),
    ({FILE: 3 * MONTH}, (script(ALTERS),), []),  # committed together
    ({FILE: 3 * MONTH}, (script(ALTERS, 3 * MONTH + 60),), []),  # or on one day
    ({FILE: 4 * MONTH}, (script(ALTERS),), []),
    ({FILE: MONTH}, (script('op.drop_table("works")'),), []),
    ({}, (script(ALTERS),), []),  # never committed
]  # fmt: skip


@pytest.mark.parametrize(("changed", "migrations", "expected"), STALE)
def test_a_contract_stays_while_its_table_goes_on(
    changed: dict[str, int],
    migrations: tuple[Migration, ...],
    expected: list[tuple[str, str | None, str | None]],
) -> None:
    assert rules(Practice(changed, migrations)) == expected


ENFORCED = [
    (None, False, frozenset(), True),
    ("none", False, frozenset(), True),
    ("docent gate before a merge", False, frozenset(), False),
    (None, True, frozenset(), False),
    (None, None, frozenset(), False),  # no repository: nobody knows
    (None, False, frozenset({"visits"}), False),
    (None, False, frozenset({"works"}), True),
]


@pytest.mark.parametrize(("stated", "runs", "watched", "ails"), ENFORCED)
def test_a_contract_that_nothing_holds_to_its_word(
    stated: str | None, runs: bool | None, watched: frozenset[str], ails: bool
) -> None:
    found = rules(Practice(enforced=runs, watched=watched), contract(stated))
    assert [each[0] for each in found] == (["health-unenforced"] if ails else [])


@pytest.mark.parametrize("status", ["draft", "proposed", "retired"])
def test_what_promises_nothing_cannot_die(status: Status) -> None:
    practice = Practice({FILE: MONTH}, (script(ALTERS),), enforced=False)
    assert rules(practice, contract(None, status)) == []


def reader(table: str, sql: str = "select id from visits") -> Consumer:
    return Consumer(
        "guide-app", "App", "operational", "app@museum.org",
        (Subscription(table, ("id",)),), (Query("cards", sql),),
    )  # fmt: skip


SMALL = Table("notes", columns=TIDY.columns)
LEFT = [
    (MESSY, (), [("health-left-out", "1 columns, 0 nullable, 0 of JSON",
                  "9 columns, 9 nullable, 9 of JSON")]),
    (SMALL, (), []),
    (SMALL, (reader("notes"),),
     [("health-left-out", "1 columns, 0 nullable, 0 of JSON",
       "1 columns, 0 nullable, 0 of JSON, read by guide-app")]),
    (SMALL, (reader("visits", "select * from notes"),),
     [("health-left-out", "1 columns, 0 nullable, 0 of JSON",
       "1 columns, 0 nullable, 0 of JSON, read by guide-app")]),
    (SMALL, (reader("visits", "this is no query"),), []),
]  # fmt: skip


@pytest.mark.parametrize(("table", "consumers", "expected"), LEFT)
def test_the_easy_tables_are_promised_and_the_chaotic_one_is_not(
    table: Table,
    consumers: tuple[Consumer, ...],
    expected: list[tuple[str, str | None, str | None]],
) -> None:
    catalog = Catalog("museum", 180000, ("public",), (TIDY, table))
    assert rules(Practice(), None, catalog, *consumers) == expected
    under = contract(None, "active", TIDY, table)
    assert rules(Practice(), under, catalog, *consumers) == []


def test_how_rough_a_table_is() -> None:
    arrays = DataType("ARRAY", kind="array", element=DataType("json"))
    columns = (Column("a", arrays), Column("b", DataType("text"), nullable=False), Column("c"))
    assert roughness(Table("t", columns=columns)) == (3, 2, 1)
    assert is_rougher((4, 3, 1), (3, 2, 1))
    assert not is_rougher((4, 2, 1), (3, 2, 1))  # wider alone is no chaos
    assert not is_rougher((40, 30, 0), (3, 2, 1))  # and less in one is another kind


def never(name: str = "visits") -> Practice:
    promise = BrokenPromise(name, "f", "rows-null", "public.visits.note", "< 1 percent", "12")
    return Practice(never_kept=(NeverKept(promise, 4, datetime(2026, 3, 1, tzinfo=UTC)),))


def test_a_promise_that_was_never_kept() -> None:
    (found,) = find_ailing((contract(),), (), None, never())
    assert (found.rule, found.element) == ("health-never-met", "public.visits.note")
    assert (found.promised, found.found) == (
        "< 1 percent", "broken in all 4 runs since 2026-03-01",
    )  # fmt: skip
    assert rules(never("gone")) == []


@pytest.mark.parametrize("one", HEALTH_RULES, ids=lambda one: one.id)
def test_a_rules_docstring_is_its_page(one: Rule) -> None:
    places = [one.page.find(f"**{part}.**") for part in ("Who is hurt", "Example", "What to do")]
    assert -1 not in places
    assert places == sorted(places)
    assert rule(one.id) is one
    assert one.id == one.states.__name__.replace("_", "-")


def test_every_rule_is_registered() -> None:
    stated = {
        function
        for function in vars(health).values()
        if inspect.isfunction(function) and (function.__doc__ or "").startswith("Report ")
    }
    assert {one.states for one in HEALTH_RULES} == stated
