"""Who reads around the contracts, and who sees more than they may: on a real Postgres."""

from __future__ import annotations

from dataclasses import replace

import psycopg
import pytest

from contracts.model import Role
from detection.access.lineage import lineage_of_views
from detection.access.reading import read_access
from detection.access.tracing import Origin
from detection.catalog import read_catalog
from tests.detection.access.conftest import MakeRole
from tests.detection.access.promising import applied, contract, run, table, told

MADE = """
create schema app;
create table app.signups (id int, email text, birthday date, source text);
create table app.internal (id int);
"""
SIGNUPS = table(
    "signups",
    {"id": None, "email": "sensitive", "birthday": "highly sensitive", "source": "public"},
)


@pytest.fixture
def made(any_connection: psycopg.Connection) -> psycopg.Connection:
    """A database with a table under contract, and one that is nobody's promise."""
    any_connection.execute(MADE)
    return any_connection


@pytest.fixture
def reader(make_role: MakeRole) -> str:
    """The role that the contract names."""
    return make_role("reader")


def around(found: list[tuple[str, str, str | None]], *kinds: str) -> list[tuple[str, str | None]]:
    """Of what was told, that of certain rules: element, and what was found."""
    wanted = kinds or ("around-contract",)
    return [(element, said) for kind, element, said in found if kind in wanted]


def test_nobody_reads_around_a_boundary_that_is_kept(made: psycopg.Connection, reader: str) -> None:
    promised = contract(SIGNUPS, roles=[Role(reader)])
    applied(made, promised)
    assert told(made, promised) == []


def test_a_group_leads_around_the_contracts(
    made: psycopg.Connection, reader: str, make_role: MakeRole
) -> None:
    outer, inner = make_role("outer"), make_role("inner")
    run(made, "grant {inner} to {outer}", inner=inner, outer=outer)
    run(made, "grant {outer} to {role}", outer=outer, role=reader)
    run(made, "grant select on app.internal to {inner}", inner=inner)
    promised = contract(SIGNUPS, roles=[Role(reader)])
    applied(made, promised)
    found = told(made, promised)
    assert around(found) == [("app.internal", f"{reader}: SELECT as a member of {inner}")]
    assert around(found, "outside-contracts") == [("app.internal", f"{inner}: SELECT")]


def test_a_role_that_does_not_inherit_gets_around_by_set_role(
    made: psycopg.Connection, make_role: MakeRole
) -> None:
    shy, group = make_role("shy", "noinherit"), make_role("group")
    run(made, "grant {group} to {role}", group=group, role=shy)
    run(made, "grant select on app.internal to {group}", group=group)
    promised = contract(SIGNUPS, roles=[Role(shy)])
    assert around(told(made, promised)) == [("app.internal", f"{shy}: SELECT by SET ROLE {group}")]


def test_a_membership_that_gives_nothing_is_none(
    made: psycopg.Connection, reader: str, make_role: MakeRole
) -> None:
    if made.info.server_version < 160000:
        with pytest.raises(psycopg.errors.SyntaxError):
            made.execute("grant a to b with inherit false")
        return
    group = make_role("group")
    run(made, "grant {g} to {r} with inherit false, set false", g=group, r=reader)
    run(made, "grant select on app.internal to {group}", group=group)
    promised = contract(SIGNUPS, roles=[Role(reader)])
    assert around(told(made, promised)) == []
    run(made, "grant {g} to {r} with inherit true", g=group, r=reader)
    assert around(told(made, promised)) == [
        ("app.internal", f"{reader}: SELECT as a member of {group}")
    ]
    run(made, "grant {g} to {r} with inherit false, set true", g=group, r=reader)
    assert around(told(made, promised)) == [
        ("app.internal", f"{reader}: SELECT by SET ROLE {group}")
    ]


def test_everybody_ownership_and_those_who_read_all_get_around(
    made: psycopg.Connection, reader: str, make_role: MakeRole
) -> None:
    promised = contract(SIGNUPS, roles=[Role(reader)])
    made.execute("grant select (id) on app.internal to public")
    assert around(told(made, promised)) == [("app.internal", "everybody (PUBLIC): SELECT")]
    made.execute("revoke select (id) on app.internal from public")
    run(made, "grant pg_read_all_data to {role}", role=reader)
    assert around(told(made, promised)) == [
        ("app.internal", f"{reader}: SELECT as a member of pg_read_all_data")
    ]
    run(made, "revoke pg_read_all_data from {role}", role=reader)
    run(made, "alter table app.internal owner to {role}", role=reader)
    ((element, said),) = around(told(made, promised))
    assert element == "app.internal"
    assert said == f"{reader}: SELECT, INSERT, UPDATE, DELETE, TRUNCATE as the owner"
    # the owner of what nobody promises is the application, as long as no contract names it
    assert around(told(made, contract(SIGNUPS)), "around-contract", "outside-contracts") == []


def test_many_tables_of_a_schema_are_one_finding(made: psycopg.Connection, reader: str) -> None:
    for number in range(5):
        made.execute(f"create table app.more{number} ()")
    run(made, "grant select on all tables in schema app to {role}", role=reader)
    promised = contract(SIGNUPS, roles=[Role(reader)])
    assert around(told(made, promised)) == [("app", f"{reader}: SELECT")]


def test_a_partition_belongs_to_its_table(made: psycopg.Connection, reader: str) -> None:
    made.execute("create table app.visits (day date) partition by range (day)")
    made.execute("create table app.visits_1 partition of app.visits default")
    run(made, "grant select on app.visits_1 to {role}", role=reader)
    promised = contract(SIGNUPS, table("visits", {"day": None}), roles=[Role(reader)])
    assert around(told(made, promised)) == []


def test_default_privileges_that_lead_around(
    made: psycopg.Connection, reader: str, make_role: MakeRole
) -> None:
    other = make_role("other")
    run(
        made,
        "alter default privileges in schema app grant select on tables to {role}, {other}",
        role=reader,
        other=other,
    )
    ((element, said),) = around(
        told(made, contract(SIGNUPS, roles=[Role(reader)])), "default-rights"
    )
    assert (element, said) == (
        "app",
        f"{reader}: SELECT on what {made.info.user} makes in schema app",
    )
    run(made, "alter default privileges in schema app revoke all on tables from {r}", r=reader)
    run(made, "alter default privileges in schema app revoke all on tables from {r}", r=other)


def test_a_column_above_the_clearance(
    made: psycopg.Connection, reader: str, make_role: MakeRole
) -> None:
    desk = make_role("desk")
    promised = contract(SIGNUPS, roles=[Role(reader), Role(desk, classifications=("sensitive",))])
    applied(made, promised)
    run(made, "grant select on app.signups to {role}, {desk}", role=reader, desk=desk)
    found = told(made, promised)
    assert sorted(around(found, "above-clearance")) == [
        ("app.signups.birthday", "highly sensitive: SELECT"),
        ("app.signups.birthday", "highly sensitive: SELECT"),
        ("app.signups.email", "sensitive: SELECT"),
    ]
    applied(made, promised)
    assert told(made, promised) == []


VIEWS = {
    # a view's query, and what is found of its columns beside what the contract says of them
    "select email as contact from app.signups": "sensitive, the same as email",
    "select email::varchar(20) as contact from app.signups": "sensitive, the same as email",
    "select s.contact from (select email as contact from app.signups) s":
        "sensitive, the same as email",
    "with s as (select * from app.signups) select s.email as contact from s":
        "sensitive, the same as email",
    "select source as contact from app.signups union all select email from app.signups":
        "sensitive, the same as email",
    "select lower(email) as contact from app.signups": "derived sensitive, computed from email",
    "select to_jsonb(s) as contact from app.signups s":
        "derived sensitive, computed from birthday",
    "select (select max(email) from app.signups) as contact":
        "derived sensitive, computed from email",
    "select u.contact from app.signups, lateral unnest(array[email]) as u (contact)":
        "derived sensitive, computed from email",
    "select string_agg(email, ',') filter (where id > 1) as contact from app.signups":
        "derived sensitive, computed from email",
    "select l.contact from app.signups s, lateral (select s.email as contact) l":
        "sensitive, the same as email",
    "select c from app.signups s left join lateral (select upper(s.email)) l (c) on true":
        "derived sensitive, computed from email",
    "select l.contact from app.signups s, lateral (select s.source as contact) l": None,
    "select row_to_json(s) as contact, id from app.signups s":
        "derived sensitive, computed from birthday",
    "values ((select max(source) from app.signups)), ((select email from app.signups limit 1))":
        "sensitive, the same as email",
    "select v.c as contact from (values ((select email from app.signups limit 1))) v (c)":
        "sensitive, the same as email",
    "select id::text from app.internal union all values ((select max(email) from app.signups))":
        "derived sensitive, computed from email",
    "with v as (values (1, (select email from app.signups limit 1))) select column2 from v":
        "sensitive, the same as email",
    "with v as (values (1, (select max(email) from app.signups))) select column1::text from v":
        None,
    "select t.m as contact from (app.internal i join app.signups s on true) as t (a, b, m)":
        "sensitive, the same as email",
    "select t.c as contact from (app.internal i join app.signups s using (id)) as t (a, m, b, c)":
        None,
    "select t.m as contact from (app.internal i join app.signups s using (id)) as t (a, m, b)":
        "sensitive, the same as email",
    "select t.a as contact from (app.internal i join app.signups s on true) as t (a, b, m)": None,
    "select source as contact from app.signups where email like '%@met.org'": None,
    "select count(email) as contact from app.signups": None,
    "select exists (select email from app.signups) as contact": None,
    "select upper(source) as contact from app.signups order by birthday": None,
}  # fmt: skip


@pytest.mark.parametrize(("query", "expected"), VIEWS.items())
def test_what_a_view_hands_on(
    connection: psycopg.Connection, query: str, expected: str | None
) -> None:
    connection.execute(MADE)
    connection.execute(f"create view app.reach (contact) as {query}")
    with connection.transaction(force_rollback=True):
        connection.execute('create role "v reader"; grant usage on schema app to "v reader"')
        connection.execute('grant select on app.reach to "v reader"')
        public = contract(table("reach", {"contact": "public"}), roles=[Role("v reader")])
        found = told(connection, contract(SIGNUPS), public)
    leaked = around(found, "leaked-by-view")
    lower = around(found, "underclassified")
    if expected is None:
        assert (leaked, lower) == ([], [])
        return
    how, _, column = expected.rpartition(" ")
    assert leaked == [("app.reach.contact", f"{how} app.signups.{column}: SELECT")]
    assert lower == [("app.reach.contact", "public")]


def test_a_view_on_a_partition_hands_on_what_the_whole_table_promises(
    made: psycopg.Connection, reader: str
) -> None:
    made.execute("create table app.visits (id int, email text) partition by list (id)")
    made.execute("create table app.visits_1 partition of app.visits default")
    made.execute("create view app.first as select id, email from app.visits_1")
    visits = contract(table("visits", {"id": None, "email": "sensitive"}))
    public = contract(table("first", {"id": None, "email": "public"}), roles=[Role(reader)])
    applied(made, visits, public)
    found = told(made, visits, public)
    assert around(found, "leaked-by-view") == [
        ("app.first.email", "sensitive, the same as app.visits.email: SELECT")
    ]
    assert around(found, "underclassified") == [("app.first.email", "public")]


def test_of_a_view_that_cannot_be_followed_all_columns_are_made_from_all_that_it_reads(
    made: psycopg.Connection,
) -> None:
    made.execute("create view app.reach as select id, upper(source) as s from app.signups")
    catalog = read_catalog(made)
    unread = replace(
        catalog,
        tables=tuple(
            replace(each, definition="SELECT FROM WHERE (") if each.kind == "view" else each
            for each in catalog.tables
        ),
    )
    roots = {("app", "signups"): frozenset({"email"})}
    assert lineage_of_views(catalog, read_access(made), roots) == {}
    made_from = frozenset({Origin("app", "signups", "email", computed=True)})
    assert lineage_of_views(unread, read_access(made), roots) == {
        (("app", "reach"), "id"): made_from,
        (("app", "reach"), "s"): made_from,
    }


def test_a_view_over_a_view_and_one_that_asks_for_the_readers_own_rights(
    made: psycopg.Connection, reader: str
) -> None:
    made.execute("create view app.inner_view as select email, source from app.signups")
    made.execute("create materialized view app.outer_view as select email as e from app.inner_view")
    made.execute(
        "create view app.asking with (security_invoker = on) as select email from app.signups"
    )
    names = ("outer_view", "e"), ("asking", "email"), ("inner_view", "source")
    promised = [table(name, {column: "public"}) for name, column in names]
    contracts = contract(SIGNUPS), contract(*promised, roles=[Role(reader)])
    applied(made, *contracts)
    assert around(told(made, *contracts), "leaked-by-view") == [
        ("app.outer_view.e", "sensitive, the same as app.signups.email: SELECT")
    ]


def test_row_level_security_is_reported(
    made: psycopg.Connection, reader: str, make_role: MakeRole
) -> None:
    exempt = make_role("exempt", "bypassrls")
    promised = contract(SIGNUPS, roles=[Role(reader), Role(exempt)])
    applied(made, promised)
    assert around(told(made, promised), "policies", "policies-idle") == []
    run(
        made,
        "create policy own on app.signups for select to {role} using (source = 'x')",
        role=reader,
    )
    policy = f"own (SELECT for {reader}) using (source = 'x'::text)"
    assert around(told(made, promised), "policies-idle") == [("app.signups", policy)]
    made.execute("alter table app.signups enable row level security")
    found = told(made, promised)
    assert around(found, "policies-idle") == []
    assert around(found, "policies") == [
        ("app.signups", f"enabled, not forced on its owner: {policy}")
    ]
    assert around(found, "policies-bypassed") == [("app.signups", f"{exempt} has BYPASSRLS")]
    made.execute("alter table app.signups force row level security; drop policy own on app.signups")
    made.execute(
        "create policy p on app.signups as restrictive for all to public with check (true)"
    )
    assert around(told(made, promised), "policies") == [
        (
            "app.signups",
            "enabled, forced: p (restrictive, ALL for everybody (PUBLIC)) with check true",
        )
    ]


def test_rights_are_read_in_three_statements_and_the_search_path_stays(
    made: psycopg.Connection,
) -> None:
    made.execute("set search_path to app, public")
    before = made.execute("show search_path").fetchone()
    read_access(made)
    assert made.execute("show search_path").fetchone() == before
    with made.transaction():
        made.execute("grant select on app.internal to public")
        assert any(
            held.right.role == "" and held.right.target.name == "internal"
            for held in read_access(made).held
        )
        assert made.execute("show search_path").fetchone() == before
