"""Random roles, memberships, owners and grants: what is computed of them is what Postgres says.

The server is the oracle: ``has_column_privilege`` for what a role has, ``pg_has_role`` for whom it
may become. After the statements for a random contract, the roles have what it gives, exactly.
"""

from __future__ import annotations

from typing import Any

import psycopg
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.model import Column, Contract, Role, Table
from detection.access.difference import find_gap
from detection.access.reach import Reach
from detection.access.reading import read_access
from detection.access.statements import statements
from detection.access.wanted import may_see
from detection.catalog import read_catalog
from tests.conftest import new_database

ROLES = tuple(f'oracle "{letter}"' for letter in "abcde")
TABLES = ("one", "two")
COLUMNS = {"x": None, "y": "internal", "z": "sensitive"}

role = st.sampled_from(ROLES)
membership = st.tuples(role, role, st.booleans(), st.booleans())
grant = st.tuples(
    st.sampled_from((*ROLES, "public")),
    st.sampled_from(TABLES),
    st.sampled_from((None, *COLUMNS)),
    st.sampled_from(("select", "insert", "update")),
)
promised = st.dictionaries(
    role,
    st.tuples(
        st.sampled_from(("read", "write")), st.sampled_from(((), ("public",), ("sensitive",)))
    ),
    min_size=1,
    max_size=3,
)


def quoted(name: str) -> str:
    return name if name == "public" else '"' + name.replace('"', '""') + '"'


def make(
    connection: psycopg.Connection[Any],
    inherit: list[bool],
    memberships: list[tuple[str, str, bool, bool]],
    owner: str | None,
    grants: list[tuple[str, str, str | None, str]],
) -> None:
    new = connection.info.server_version >= 160000
    for name, inherits in zip(ROLES, inherit, strict=True):
        connection.execute(f"create role {quoted(name)} {'' if inherits else 'noinherit'}".encode())
    for member, group, inherits, may_set in memberships:
        if ROLES.index(member) >= ROLES.index(group):
            continue  # no circles: the server refuses them
        options = f" with inherit {inherits}, set {may_set}" if new else ""
        connection.execute(f"grant {quoted(group)} to {quoted(member)}{options}".encode())
    for name in TABLES:
        connection.execute(f"create table {name} (x int, y int, z int)".encode())
    if owner:
        connection.execute(f"alter table one owner to {quoted(owner)}".encode())
    for who, table, column, privilege in grants:
        part = f" ({column})" if column else ""
        connection.execute(f"grant {privilege}{part} on {table} to {quoted(who)}".encode())


def has(connection: psycopg.Connection[Any], who: str, table: str, column: str, what: str) -> bool:
    row = connection.execute(
        "select has_column_privilege(%s, %s, %s, %s)", [who, table, column, what]
    ).fetchone()
    return bool(row and row[0])


def becomes(connection: psycopg.Connection[Any], who: str) -> list[str]:
    word = "SET" if connection.info.server_version >= 160000 else "MEMBER"
    rows = connection.execute(
        "select other from unnest(%s::text[]) other where pg_has_role(%s, other, %s)",
        [list(ROLES), who, word],
    )
    return [row[0] for row in rows]


WORLD = {
    "inherit": st.lists(st.booleans(), min_size=5, max_size=5),
    "memberships": st.lists(membership, max_size=6, unique_by=lambda each: each[:2]),
    "owner": st.none() | role,
    "grants": st.lists(grant, max_size=6),
}


@settings(max_examples=20)
@given(**WORLD)
def check_reach(connection: psycopg.Connection[Any], **world: Any) -> None:
    with connection.transaction(force_rollback=True):
        make(connection, **world)
        reach = Reach(read_access(connection))
        for who in ROLES:
            others = becomes(connection, who)
            for table in TABLES:
                for column in COLUMNS:
                    ways = reach.ways(who, ("public", table), "SELECT", column)
                    at_once = has(connection, who, table, column, "SELECT")
                    later = any(has(connection, one, table, column, "SELECT") for one in others)
                    assert any(not way.by_set_role for way in ways) == at_once
                    assert bool(ways) == (at_once or later)


@settings(max_examples=20)
@given(roles=promised, whole=st.booleans(), **WORLD)
def check_statements(
    connection: psycopg.Connection[Any],
    roles: dict[str, tuple[str, tuple[str, ...]]],
    whole: bool,
    **world: Any,
) -> None:
    columns = tuple(Column(name, classification=said) for name, said in COLUMNS.items())  # type: ignore[arg-type]
    named = tuple(Role(name, access, classifications=may) for name, (access, may) in roles.items())  # type: ignore[arg-type]
    contract = Contract("c", tables=(Table("one", columns=columns),), roles=named)
    with connection.transaction(force_rollback=True):
        make(connection, **world)

        def gap() -> Any:
            catalog, access = read_catalog(connection), read_access(connection)
            return find_gap([contract], catalog, access, whole=whole)

        for statement in statements(gap()):
            connection.execute(statement)
        assert gap().is_closed
        granted = {(right.right.role, right.right.privilege, right.right.target.column)
                   for right in read_access(connection).held
                   if right.right.target.place == ("public", "one")}  # fmt: skip
        owner = world["owner"]
        for who, privilege, column in granted:
            if who != (owner or connection.info.user):
                assert who in roles  # nobody else, and not everybody
                seen = [name for name in COLUMNS if may_see(
                    next(one for one in named if one.name == who), COLUMNS[name]  # type: ignore[arg-type]
                )]  # fmt: skip
                assert privilege == "SELECT" or roles[who][0] == "write"
                assert privilege != "SELECT" or not column or column in seen
        for one in named:
            for name, said in COLUMNS.items():
                if may_see(one, said):  # type: ignore[arg-type]
                    assert has(connection, one.name, "one", name, "SELECT")


def test_reach_is_what_the_server_says_18(server_18: str) -> None:
    with new_database(server_18) as url, psycopg.connect(url) as connection:
        check_reach(connection)


def test_reach_is_what_the_server_says_15(server_15: str) -> None:
    with new_database(server_15) as url, psycopg.connect(url) as connection:
        check_reach(connection)


def test_the_statements_give_what_is_promised_18(server_18: str) -> None:
    with new_database(server_18) as url, psycopg.connect(url) as connection:
        check_statements(connection)


def test_the_statements_give_what_is_promised_15(server_15: str) -> None:
    with new_database(server_15) as url, psycopg.connect(url) as connection:
        check_statements(connection)
