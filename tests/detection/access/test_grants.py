"""From contracts to GRANTs and REVOKEs, on a real Postgres: nothing more, and nothing less."""

from __future__ import annotations

from dataclasses import replace

import psycopg
import pytest

from contracts.model import Column, Contract, Role, Table
from contracts.privileges import privileges, strange_words
from detection.access.difference import Gap, find_gap
from detection.access.reading import read_access
from detection.access.statements import statements
from detection.access.wanted import may_see
from detection.catalog import read_catalog
from tests.detection.access.conftest import MakeRole
from tests.detection.access.promising import applied, contract, lacking, run, table, told

SIGNUPS = "create schema app; create table app.signups (id int, email text, source text)"
COLUMNS = {"id": None, "email": "sensitive", "source": "public"}


@pytest.fixture
def reader(make_role: MakeRole) -> str:
    """A role of a consumer, with a name that has to be quoted."""
    return make_role('Reader "of" sign-ups')


@pytest.fixture
def signups(any_connection: psycopg.Connection) -> psycopg.Connection:
    """A database with one table."""
    any_connection.execute(SIGNUPS)
    return any_connection


def promise(role: str, access: str = "read", cleared: tuple[str, ...] = ()) -> Contract:
    """A contract about the table, for one role."""
    return contract(
        table("signups", COLUMNS),  # type: ignore[arg-type]
        roles=[Role(role, access, classifications=cleared)],  # type: ignore[arg-type]
    )


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def test_a_role_gets_the_columns_that_it_may_see_and_is_then_content(
    signups: psycopg.Connection, reader: str
) -> None:
    assert applied(signups, promise(reader)) == [
        f'GRANT USAGE ON SCHEMA "app" TO {quoted(reader)}',
        f'GRANT SELECT ("id", "source") ON "app"."signups" TO {quoted(reader)}',
    ]
    assert lacking(signups, promise(reader)) == []
    run(signups, "set role {role}", role=reader)
    signups.execute("select id, source from app.signups")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        signups.execute("select email from app.signups")
    signups.execute("reset role")


def test_a_role_that_may_see_all_of_it_gets_the_table(
    signups: psycopg.Connection, reader: str
) -> None:
    assert applied(signups, promise(reader, cleared=("sensitive",)))[1:] == [
        f'GRANT SELECT ON "app"."signups" TO {quoted(reader)}'
    ]
    # a column that comes later is under no contract, and was not meant
    signups.execute("alter table app.signups add note text")
    assert applied(signups, promise(reader, cleared=("sensitive",))) == [
        f'REVOKE SELECT ON "app"."signups" FROM {quoted(reader)}',
        f'GRANT SELECT ("email", "id", "source") ON "app"."signups" TO {quoted(reader)}',
    ]
    assert lacking(signups, promise(reader, cleared=("sensitive",))) == []


def test_a_revoked_table_takes_its_columns_along_and_they_are_granted_anew(
    signups: psycopg.Connection, reader: str
) -> None:
    run(signups, "grant usage on schema app to {role}", role=reader)
    run(signups, "grant select on app.signups to {role}", role=reader)
    run(signups, "grant select (id, source) on app.signups to {role}", role=reader)
    applied(signups, promise(reader))
    assert lacking(signups, promise(reader)) == []


def test_rights_by_column_are_none_too_many_beside_one_on_the_table(
    signups: psycopg.Connection, reader: str
) -> None:
    run(signups, "grant usage on schema app to {role}", role=reader)
    run(signups, "grant select on app.signups to {role}", role=reader)
    run(signups, "grant select (id) on app.signups to {role}", role=reader)
    assert lacking(signups, promise(reader, cleared=("sensitive",))) == []
    run(signups, "grant update (id) on app.signups to {role}", role=reader)
    assert lacking(signups, promise(reader, cleared=("sensitive",))) == [
        f'REVOKE UPDATE ("id") ON "app"."signups" FROM {quoted(reader)}'
    ]


def test_who_writes_gets_the_sequence_that_fills_a_column(
    any_connection: psycopg.Connection, reader: str
) -> None:
    any_connection.execute(
        "create schema app; create table app.signups (id serial, also int generated always as "
        "identity, email text, source text)"
    )
    promised = table("signups", {"id": None, "also": None, "email": None, "source": None})
    writes = contract(promised, roles=[Role(reader, "write")])
    assert applied(any_connection, writes) == [
        f'GRANT USAGE ON SCHEMA "app" TO {quoted(reader)}',
        f'GRANT USAGE ON SEQUENCE "app"."signups_id_seq" TO {quoted(reader)}',
        f'GRANT SELECT, INSERT, UPDATE, DELETE ON "app"."signups" TO {quoted(reader)}',
    ]
    run(any_connection, "set role {role}", role=reader)
    any_connection.execute("insert into app.signups (email) values ('ada')")
    any_connection.execute("reset role")
    assert lacking(any_connection, writes) == []


def test_what_comes_by_a_group_is_not_granted_again(
    signups: psycopg.Connection, reader: str, make_role: MakeRole
) -> None:
    group = make_role("staff")
    run(signups, "grant {group} to {role}", group=group, role=reader)
    both = contract(
        table("signups", COLUMNS),  # type: ignore[arg-type]
        roles=[Role(group, classifications=("sensitive",)), Role(reader)],
    )
    run(signups, "grant usage on schema app to {group}", group=group)
    assert applied(signups, both) == [
        f'GRANT SELECT ON "app"."signups" TO {quoted(group)}',
        f'GRANT SELECT ("id", "source") ON "app"."signups" TO {quoted(reader)}',
    ]
    run(signups, "revoke all on app.signups from {role}", role=reader)
    assert lacking(signups, both) == []


def test_what_everybody_has_is_taken_back_and_given_to_whom_it_is_promised(
    signups: psycopg.Connection, reader: str
) -> None:
    signups.execute("grant usage on schema app to public; grant select on app.signups to public")
    assert applied(signups, promise(reader)) == [
        'REVOKE SELECT ON "app"."signups" FROM PUBLIC',
        f'GRANT SELECT ("id", "source") ON "app"."signups" TO {quoted(reader)}',
    ]
    assert lacking(signups, promise(reader)) == []
    # a contract may promise it to everybody
    assert applied(signups, promise("public", cleared=("sensitive",)))[-1] == (
        'GRANT SELECT ON "app"."signups" TO PUBLIC'
    )
    assert lacking(signups, promise("public", cleared=("sensitive",))) == []


def test_a_membership_that_does_not_inherit_is_not_enough(
    signups: psycopg.Connection, make_role: MakeRole
) -> None:
    group, shy = make_role("staff"), make_role("shy", "noinherit")
    run(signups, "grant {group} to {role}", group=group, role=shy)
    run(signups, "grant usage on schema app to {group}", group=group)
    run(signups, "grant select on app.signups to {group}", group=group)
    for_both = contract(
        table("signups", COLUMNS),  # type: ignore[arg-type]
        roles=[Role(each, classifications=("sensitive",)) for each in (group, shy)],
    )
    assert lacking(signups, for_both) == [
        f'GRANT USAGE ON SCHEMA "app" TO {quoted(shy)}',
        f'GRANT SELECT ON "app"."signups" TO {quoted(shy)}',
    ]


def test_owners_and_superusers_keep_what_they_have(
    signups: psycopg.Connection, reader: str, make_role: MakeRole
) -> None:
    owner, root = make_role("owner"), make_role("root", "superuser")
    run(signups, "alter table app.signups owner to {owner}", owner=owner)
    run(signups, "grant select on app.signups to {root}", root=root)
    applied(signups, promise(reader))
    assert lacking(signups, promise(reader), promise(root)) == []
    assert ("unlimited", "", root) in told(signups, promise(root))
    assert (
        lacking(signups, promise(owner, "write", ("sensitive",)))
        == [
            f'GRANT USAGE ON SCHEMA "app" TO {quoted(owner)}',
            f'REVOKE SELECT ("id", "source") ON "app"."signups" FROM {quoted(reader)}',
        ][::-1]
    )


def test_a_role_that_is_not_there_is_said_and_made_only_when_asked(
    signups: psycopg.Connection,
) -> None:
    nobody = promise("no such role; drop table app.signups")
    assert lacking(signups, nobody) == []
    assert told(signups, nobody) == [("role-missing", "", "no such role; drop table app.signups")]
    gap = Gap(absent=("no such role",))
    assert [each.as_string(None) for each in statements(gap)] == []
    assert [each.as_string(None) for each in statements(gap, create_roles=True)] == [
        'CREATE ROLE "no such role" NOLOGIN'
    ]


def test_tables_on_which_a_role_gets_the_same_share_a_statement(
    any_connection: psycopg.Connection, reader: str
) -> None:
    any_connection.execute("create schema app")
    tables = []
    for number in range(30):
        any_connection.execute(f"create table app.t{number:02} (id int)")
        tables.append(table(f"t{number:02}", {"id": None}))
    found = applied(any_connection, contract(*tables, roles=[Role(reader)]))
    assert len(found) == 2
    assert lacking(any_connection, contract(*tables, roles=[Role(reader)])) == []
    # those of which it may see the same columns, too
    for number in range(30):
        any_connection.execute(f"alter table app.t{number:02} add secret int")
    found = applied(any_connection, contract(*tables, roles=[Role(reader)]))
    assert [each.partition(" ON ")[0] for each in found] == ["REVOKE SELECT", 'GRANT SELECT ("id")']
    assert lacking(any_connection, contract(*tables, roles=[Role(reader)])) == []


def test_wild_names_are_names(any_connection: psycopg.Connection, make_role: MakeRole) -> None:
    role = make_role('it\'s; drop table "x" -- é\n')
    any_connection.execute(
        'create schema "a.b"; create table "a.b"."Sel""ect; \'" ("co,l" int, "%s {{}}" int)'
    )
    wild = Table("Sel\"ect; '", "a.b", columns=(Column("co,l"), Column("%s {{}}", None)))
    applied(any_connection, contract(wild, roles=[Role(role)]))
    assert lacking(any_connection, contract(wild, roles=[Role(role)])) == []
    partly = Table("Sel\"ect; '", "a.b", columns=(Column("%s {{}}"),))
    assert applied(any_connection, contract(partly, roles=[Role(role)])) == [
        f'REVOKE SELECT ON "a.b"."Sel""ect; \'" FROM {quoted(role)}',
        f'GRANT SELECT ("%s {{{{}}}}") ON "a.b"."Sel""ect; \'" TO {quoted(role)}',
    ]
    assert lacking(any_connection, contract(partly, roles=[Role(role)])) == []


def test_tables_of_no_contract_are_taken_from_its_roles_only_if_all_contracts_are_known(
    signups: psycopg.Connection, reader: str, make_role: MakeRole
) -> None:
    application = make_role("application")
    applied(signups, promise(reader))
    signups.execute("create table app.internal (id int)")
    run(signups, "grant select on app.internal to {role}, {other}", role=reader, other=application)
    assert lacking(signups, promise(reader), whole=False) == []
    assert lacking(signups, promise(reader)) == [
        f'REVOKE SELECT ON "app"."internal" FROM {quoted(reader)}'
    ]


VISITS = """
create table app.visits (id int, note text) partition by list (id);
create table app.visits_2026 partition of app.visits for values in (1) partition by list (id);
create table app.visits_2026_a partition of app.visits_2026 default;
"""


def test_rights_on_a_partition_are_rights_on_what_is_promised(
    signups: psycopg.Connection, reader: str, make_role: MakeRole
) -> None:
    signups.execute(VISITS)
    other = make_role("other")
    promised = contract(
        table("visits", {"id": None, "note": "sensitive"}), roles=[Role(reader)]
    )  # fmt: skip
    applied(signups, promised)
    run(signups, "grant select on app.visits_2026 to public")
    run(signups, "grant insert on app.visits_2026_a to {role}", role=other)
    run(signups, "grant select on app.visits_2026_a to {role}", role=reader)
    run(signups, "grant select (id) on app.visits_2026 to {role}", role=reader)  # as on the whole
    assert applied(signups, promised) == [
        'REVOKE SELECT ON "app"."visits_2026" FROM PUBLIC',
        f'REVOKE SELECT ON "app"."visits_2026_a" FROM {quoted(reader)}',
        f'REVOKE INSERT ON "app"."visits_2026_a" FROM {quoted(other)}',
    ]
    assert lacking(signups, promised) == []


def test_a_partition_with_a_contract_of_its_own_goes_by_that(
    signups: psycopg.Connection, reader: str, make_role: MakeRole
) -> None:
    signups.execute(VISITS)
    other = make_role("other")
    whole = contract(table("visits", {"id": None, "note": None}), roles=[Role(reader)])
    part = contract(table("visits_2026", {"id": None, "note": None}), name="part")
    run(signups, "grant usage on schema app to {role}", role=other)
    run(signups, "grant select on app.visits_2026 to {role}", role=other)
    applied(signups, whole, part)
    assert lacking(signups, whole, part) == []  # of roles the partition's contract says nothing
    named = replace(part, roles=(Role(other),))
    assert lacking(signups, whole, named) == []
    assert lacking(signups, whole) == [f'REVOKE SELECT ON "app"."visits_2026" FROM {quoted(other)}']


def test_a_draft_gives_nothing_and_takes_nothing_and_what_is_retired_gives_nothing(
    signups: psycopg.Connection, reader: str
) -> None:
    for status in ("draft", "proposed", "retired"):
        assert lacking(signups, replace(promise(reader), status=status)) == []
    applied(signups, promise(reader))
    assert lacking(signups, replace(promise(reader), status="draft")) == []
    beside = replace(promise(reader), name="next", status="draft")
    assert lacking(signups, replace(promise(reader), status="deprecated"), beside) == []


def test_what_somebody_granted_on_goes_along_and_is_granted_anew_where_it_is_promised(
    signups: psycopg.Connection, reader: str, make_role: MakeRole
) -> None:
    first, second = make_role("first"), make_role("second")
    applied(signups, promise(reader))
    for text in (
        "revoke select (id, source) on app.signups from {reader}",
        "grant usage on schema app to {first}, {second}",
        "grant select (id, source) on app.signups to {first} with grant option",
        "grant update on app.signups to {first} with grant option",
        "set role {first}",
        "grant select (id) on app.signups to {second} with grant option",
        "grant select (source), update on app.signups to {reader}",
        "reset role",
        "set role {second}",
        "grant select (id) on app.signups to {reader}",
        "reset role",
    ):
        run(signups, text, first=first, second=second, reader=reader)
    lost = find_gap([promise(reader)], read_catalog(signups), read_access(signups)).lost
    assert {(one.right.role, one.right.privilege, one.grantor) for one in lost} == {
        (second, "SELECT", first), (reader, "SELECT", first), (reader, "SELECT", second),
        (reader, "UPDATE", first),
    }  # fmt: skip
    assert sorted(applied(signups, promise(reader))) == sorted([
        f'REVOKE UPDATE ON "app"."signups" FROM {quoted(reader)}',
        f'REVOKE SELECT ("id") ON "app"."signups" FROM {quoted(second)} CASCADE',
        f'REVOKE UPDATE ON "app"."signups" FROM {quoted(first)} CASCADE',
        f'REVOKE SELECT ("id", "source") ON "app"."signups" FROM {quoted(first)} CASCADE',
        f'GRANT SELECT ("id", "source") ON "app"."signups" TO {quoted(reader)}',
    ])  # fmt: skip
    assert lacking(signups, promise(reader)) == []


def test_a_right_to_grant_that_nobody_used_is_taken_back_as_any_other(
    signups: psycopg.Connection, reader: str, make_role: MakeRole
) -> None:
    other = make_role("other")
    applied(signups, promise(reader))
    run(signups, "grant select on app.signups to {other} with grant option", other=other)
    assert applied(signups, promise(reader)) == [
        f'REVOKE SELECT ON "app"."signups" FROM {quoted(other)}'
    ]


@pytest.mark.parametrize(
    ("access", "expected", "strange"),
    [
        (None, ("SELECT",), ()),
        ("read", ("SELECT",), ()),
        ("Read-Only", ("SELECT",), ()),
        ("write", ("SELECT", "INSERT", "UPDATE", "DELETE"), ()),
        ("read, write", ("SELECT", "INSERT", "UPDATE", "DELETE"), ()),
        ("append", ("INSERT",), ()),
        ("select+insert", ("SELECT", "INSERT"), ()),
        ("admin", (), ("admin",)),
        ("read admin", ("SELECT",), ("admin",)),
    ],
)
def test_the_words_for_access(
    access: str | None, expected: tuple[str, ...], strange: tuple[str, ...]
) -> None:
    role = Role("r", access)
    assert (privileges(role), strange_words(role)) == (expected, strange)


@pytest.mark.parametrize(
    ("cleared", "sees"),
    [
        ((), "public internal"),
        (("public",), "public"),
        (("internal",), "public internal"),
        (("derived sensitive",), "public internal derived"),
        (("sensitive",), "public internal derived sensitive"),
        (("public", "highly sensitive"), "public internal derived sensitive highly"),
    ],
)
def test_a_clearance_covers_what_asks_for_less_care(cleared: tuple[str, ...], sees: str) -> None:
    role = Role("r", classifications=cleared)  # type: ignore[arg-type]
    every = {
        "public": "public", "internal": "internal", "derived": "derived sensitive",
        "sensitive": "sensitive", "highly": "highly sensitive",
    }  # fmt: skip
    seen = [short for short, said in every.items() if may_see(role, said)]  # type: ignore[arg-type]
    assert seen == sees.split()
    assert may_see(role, None)
