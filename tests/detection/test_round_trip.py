"""What is observed breaks no promise made from it, and one change breaks exactly its own.

Tables are drawn at random, made in Postgres, read, and drafted as a contract through the
book's spec and back.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass

import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from psycopg import sql

from contracts.dialects import book
from contracts.documents import scan_document
from contracts.drafting import draft
from contracts.loading import contract_in
from contracts.model import Contract, Table
from contracts.types import completed, parse_type
from detection.catalog import read_catalog
from detection.coverage import find_uncovered
from detection.violations import find_violations
from tests.conftest import new_database
from tests.detection.promises import contract_of, told

TYPES = (
    "smallint", "integer", "bigint", "numeric", "numeric(8,2)", "numeric(3,-1)", "real",
    "double precision", "text", "varchar", "varchar(20)", "char(3)", "bpchar", "date", "time",
    "timetz(2)", "timestamp", "timestamp(0)", "timestamptz", "interval", "interval year to month",
    "interval second(3)", "boolean", "uuid", "json", "jsonb", "bytea", "inet", "bit(4)",
    "bit varying", "int4range", "text[]", "numeric(5,1)[]", "varchar(9)[]", "point", '"char"',
)  # fmt: skip
UNSORTED = ("json", "point")
NAMES = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=12)
IDENTITY = ("smallint", "integer", "bigint")


@dataclass(frozen=True)
class Drawn:
    """A column to be made."""

    name: str
    type: str
    not_null: bool
    in_key: bool
    unique: bool
    identity: str

    def definition(self) -> sql.Composed:
        parts = [sql.Identifier(self.name), sql.SQL(self.type)]
        parts += [sql.SQL("not null")] if self.not_null else []
        parts += [sql.SQL("unique")] if self.unique else []
        parts += [sql.SQL(f"generated {self.identity} as identity")] if self.identity else []
        return sql.SQL(" ").join(parts)


@st.composite
def columns(draw: st.DrawFn) -> list[Drawn]:
    names = draw(st.lists(NAMES, min_size=1, max_size=6, unique=True))
    drawn = []
    for name in names:
        kind = draw(st.sampled_from(TYPES))
        sorts = kind not in UNSORTED
        identity = draw(st.sampled_from(("", "", "always", "by default")))
        drawn.append(
            Drawn(
                name=name,
                type=kind,
                not_null=draw(st.booleans()),
                in_key=sorts and draw(st.integers(0, 3)) == 0,
                unique=sorts and draw(st.integers(0, 3)) == 0,
                identity=identity if kind in IDENTITY else "",
            )
        )
    return drawn


def create(table: str, drawn: list[Drawn]) -> sql.Composed:
    parts = [column.definition() for column in drawn]
    if key := [sql.Identifier(column.name) for column in drawn if column.in_key]:
        parts.append(sql.SQL("primary key ({})").format(sql.SQL(", ").join(key)))
    return sql.SQL("create table {} ({})").format(sql.Identifier(table), sql.SQL(", ").join(parts))


def written_and_read(table: Table) -> Contract:
    text = book.write(draft(table, namespace="museum"))
    return contract_in(scan_document("draft.json", text.encode()))


@pytest.fixture(scope="module")
def museums(server_18: str, server_15: str) -> Iterator[dict[int, psycopg.Connection]]:
    """One open database on each server, shared by all examples; each is rolled back."""
    with ExitStack() as opened:
        yield {
            version: opened.enter_context(
                psycopg.connect(opened.enter_context(new_database(server)), autocommit=True)
            )
            for version, server in ((18, server_18), (15, server_15))
        }


examples = settings(max_examples=30, deadline=None)


@pytest.mark.parametrize("version", [18, 15])
@given(drawn=columns(), name=NAMES)
@examples
def test_what_is_observed_breaks_nothing(
    museums: dict[int, psycopg.Connection], version: int, drawn: list[Drawn], name: str
) -> None:
    museum = museums[version]
    with museum.transaction(force_rollback=True):
        museum.execute(create(name, drawn))
        catalog = read_catalog(museum)
    table = catalog.table("public", name)
    assert table is not None
    assert [column.name for column in table.columns] == [column.name for column in drawn]
    assert {column.name for column in table.columns if column.primary_key} == {
        column.name for column in drawn if column.in_key
    }
    assert [column.data_type for column in table.columns] == [
        completed(parse_type(column.type)) for column in drawn
    ]
    for contract in (contract_of(table), written_and_read(table)):
        assert find_violations([contract], catalog, strict=True) == ()
        assert find_uncovered([contract], catalog) == ()


@dataclass(frozen=True)
class Change:
    """A statement about the table that was drawn, and exactly what it breaks."""

    statement: sql.Composed
    broken: set[tuple[str, str | None]]


def changes(table: str, drawn: list[Drawn], place: int) -> dict[str, Change]:
    """What can happen to one of the columns, by name."""
    column = drawn[place]
    key = [one.name for one in drawn if one.in_key]
    name = sql.Identifier(column.name)

    def change(action: str, *broken: tuple[str, str | None], **parts: sql.Composable) -> Change:
        whole = sql.SQL("alter table {table} " + action)
        return Change(whole.format(table=sql.Identifier(table), column=name, **parts), set(broken))

    missing = ("column-missing", column.name)
    renamed = ("column-renamed", column.name)
    possible = {
        "added": change("add column {new} xml", ("column-undeclared", "a new column"),
                        new=sql.Identifier("a new column")),
        "dropped": change("drop column {column}", missing),
        "renamed": change("rename column {column} to {new}", renamed,
                          new=sql.Identifier("renamed")),
        "table renamed": change("rename to {new}", new=sql.Identifier("another table")),
    }  # fmt: skip
    if place == len(drawn) - 1:
        # the end of a table does not tell a rename from a column that came and one that went
        del possible["renamed"]
    if not column.in_key and not column.identity:
        action = "drop" if column.not_null else "set"
        broken = ("nullability-differs", column.name)
        possible["nullable"] = change(f"alter column {{column}} {action} not null", broken)
    if column.identity:
        other = "by default" if column.identity == "always" else "always"
        broken = ("identity-differs", column.name)
        possible["identity"] = change(f"alter column {{column}} set generated {other}", broken)
    else:
        new_type = "xml[]" if column.type.endswith("[]") else "xml"
        rule = "array-element-differs" if column.type.endswith("[]") else "type-differs"
        if not column.in_key and not column.unique:
            possible["retyped"] = change(
                f"alter column {{column}} type {new_type} using null", (rule, column.name)
            )
        possible["default"] = change(
            "alter column {column} set default null::{type}", type=sql.SQL(column.type)
        )
    if key and column.in_key:
        dropped = sql.SQL("alter table {} drop constraint {}")
        possible["key dropped"] = Change(
            dropped.format(sql.Identifier(table), sql.Identifier("the key")),
            {("primary-key-missing", key[0])},
        )
    return possible


@pytest.mark.parametrize("version", [18, 15])
@given(drawn=columns(), data=st.data())
@examples
def test_one_change_breaks_exactly_its_own_promise(
    museums: dict[int, psycopg.Connection], version: int, drawn: list[Drawn], data: st.DataObject
) -> None:
    museum, name = museums[version], "object"
    place = data.draw(st.integers(0, len(drawn) - 1))
    possible = changes(name, drawn, place)
    what = data.draw(st.sampled_from(sorted(possible)))
    change = possible[what]
    with museum.transaction(force_rollback=True):
        museum.execute(create(name, drawn))
        if any(column.in_key for column in drawn):
            found = museum.execute(
                "select conname from pg_constraint where contype = 'p'"
                " and conrelid = 'object'::regclass"
            ).fetchone()
            assert found
            museum.execute(
                sql.SQL("alter table object rename constraint {} to {}").format(
                    sql.Identifier(found[0]), sql.Identifier("the key")
                )
            )
        table = read_catalog(museum).table("public", name)
        assert table is not None
        contract = written_and_read(table)
        museum.execute(change.statement)
        catalog = read_catalog(museum)
    violations = find_violations([contract], catalog)
    if what == "table renamed":
        (missing,) = (v for v in find_uncovered([contract], catalog) if v.contract)
        assert (missing.rule, missing.table) == ("table-missing", "object")
        assert [part.column for part in missing.parts] == [column.name for column in drawn]
        assert violations == ()
        return
    assert {(one.rule, one.column) for one in violations} == change.broken
    assert len(told(violations)) == len(violations)


def test_every_type_that_a_column_can_have(any_connection: psycopg.Connection) -> None:
    """Not those that somebody names here, but all that the server has."""
    offered = [
        str(row[0])
        for row in any_connection.execute("""
            select format_type(t.oid, null) from pg_type t left join pg_type e on e.oid = t.typelem
            where t.typisdefined and t.typrelid = 0 and t.typtype in ('b', 'r', 'm', 'd')
                and coalesce(e.typtype, 'b') <> 'p' and coalesce(e.typrelid, 0) = 0
        """)
    ]
    assert len(offered) > 150
    names = ", ".join(f"c{place} {spelling}" for place, spelling in enumerate(offered))
    any_connection.execute(f"create table every_type ({names})")
    catalog = read_catalog(any_connection)
    table = catalog.table("public", "every_type")
    assert table is not None
    assert find_violations([written_and_read(table)], catalog, strict=True) == ()
    different = {
        spelling: column.data_type
        for spelling, column in zip(offered, table.columns, strict=True)
        if column.data_type != completed(parse_type(spelling))
    }
    # of a type that somebody made, a spelling does not say that it is a domain
    assert all(spelling.startswith("information_schema.") for spelling in different)
