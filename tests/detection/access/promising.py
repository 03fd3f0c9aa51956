"""Contracts about access, made by hand, and what is said of a database that they are about."""

from __future__ import annotations

from collections.abc import Sequence

import psycopg
from psycopg import sql

from contracts.model import Classification, Column, Contract, Role, Table
from detection.access.difference import find_gap
from detection.access.reading import read_access
from detection.access.statements import statements
from detection.access.violations import find_access_violations
from detection.catalog import read_catalog

Columns = dict[str, Classification | None]


def table(name: str, columns: Columns, schema: str = "app") -> Table:
    """A promised table: its columns with their classifications."""
    made = tuple(Column(each, classification=said) for each, said in columns.items())
    return Table(name, schema, columns=made)


def contract(*tables: Table, roles: Sequence[Role] = (), name: str = "promise") -> Contract:
    """A contract about tables, for roles."""
    return Contract(name, tables=tables, roles=tuple(roles))


def run(connection: psycopg.Connection, text: str, **names: str) -> None:
    """Run SQL with names put in, each quoted."""
    quoted = {key: sql.Identifier(name) for key, name in names.items()}
    connection.execute(sql.SQL(text).format(**quoted))


def lacking(connection: psycopg.Connection, *contracts: Contract, whole: bool = True) -> list[str]:
    """The statements that close the gap, as text."""
    gap = find_gap(contracts, read_catalog(connection), read_access(connection), whole=whole)
    return [each.as_string(connection) for each in statements(gap)]


def applied(connection: psycopg.Connection, *contracts: Contract, whole: bool = True) -> list[str]:
    """The statements that close the gap, run."""
    found = lacking(connection, *contracts, whole=whole)
    for each in found:
        connection.execute(each)
    return found


def told(
    connection: psycopg.Connection, *contracts: Contract, whole: bool = True
) -> list[tuple[str, str, str | None]]:
    """What is wrong with the rights: rule, element, and what was found."""
    violations = find_access_violations(
        contracts, read_catalog(connection), read_access(connection), whole=whole
    )
    return [
        (
            each.rule.removeprefix("access-"),
            ".".join(filter(None, (each.schema, each.table, each.column))),
            each.found if each.found is not None else each.promised,
        )
        for each in violations
    ]
