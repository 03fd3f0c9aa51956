"""Contracts for the tests: the promise that everything stays as it was observed."""

from __future__ import annotations

from dataclasses import replace

import psycopg

from contracts.model import Column, Contract, Owner, Table
from detection.catalog import read_catalog
from detection.model import Catalog, Violation

OWNER = Owner("Data Engineering Team", "data-eng@museum.org")


def contract_of(*tables: Table, name: str = "collection", strict: bool | None = None) -> Contract:
    return Contract(name, "met-museum-data", owner=OWNER, strict=strict, tables=tables)


def as_observed(connection: psycopg.Connection, *names: str) -> tuple[Contract, ...]:
    """A contract for each table (of all, without names) that promises all that is observed."""
    tables = read_catalog(connection).tables
    return tuple(
        contract_of(table, name=table.qualified_name)
        for table in tables
        if not names or table.name in names
    )


def promising(table: Table, column: str, **promise: object) -> Table:
    """A promised table in which one column promises something else."""
    changed = (
        replace(one, **promise) if one.name == column else one  # type: ignore[arg-type]
        for one in table.columns
    )
    return replace(table, columns=tuple(changed))


def told(violations: tuple[Violation, ...]) -> set[tuple[str, str]]:
    """The rules that were broken, each with its element without the schema ``public``."""
    assert len({(one.rule, one.contract, one.element) for one in violations}) == len(violations)
    return {(one.rule, one.element.removeprefix("public.")) for one in violations}


def catalog_of(*tables: Table) -> Catalog:
    return Catalog("museum", 180001, ("public",), tables)


def bare(name: str, data_type: object = None, **facts: object) -> Column:
    return Column(name, data_type, **facts)  # type: ignore[arg-type]
