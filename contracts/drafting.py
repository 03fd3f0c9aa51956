"""A first contract for a table that has none: everything that the catalogue says of it.

A draft promises what is, no more and no less, so that checking it against the database that
it was drafted from finds nothing. What it means is for its owner to say.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from contracts.model import Column, Contract, DataType, Owner, Table

SPEC_VERSION: Final = "1.0.0"
FIRST_VERSION: Final = "0.1.0"
"""The version of a draft that can have one; before 1.0.0, little is promised."""
OWNER_TO_BE_NAMED: Final = Owner("Owner to be named", "owner@to-be-named.invalid")
"""Stands in a draft for an owner that nobody has named yet; see :func:`is_owned`."""


def draft(
    table: Table,
    *,
    namespace: str,
    owner: Owner = OWNER_TO_BE_NAMED,
    name: str | None = None,
    catalog: str | None = None,
    strict: bool | None = None,
) -> Contract:
    """A contract in the book's spec that promises a table of a catalogue exactly as it is.

    Comments on the table and its columns become the documentation. ``name`` is made from the
    table's name unless it is given; ``catalog`` is the database's name, a label only. A view
    promises no NOT NULL, since Postgres cannot say of its columns which are never null.
    A table without columns has nothing to promise: ``ValueError``.
    """
    if not table.columns:
        raise ValueError(f"{table.qualified_name} has no columns, so there is nothing to promise.")
    return Contract(
        name=name or _contract_name(table),
        namespace=namespace,
        spec_version=SPEC_VERSION,
        documentation=documentation_of(table),
        owner=owner,
        asset=resource_of(replace(table, catalog=catalog)),
        strict=strict,
        tables=(
            Table(
                name=table.name,
                schema=table.schema,
                columns=tuple(_promise(column, table) for column in table.columns),
                description=f"{table.name} {table.kind or 'table'}",
                catalog=catalog,
            ),
        ),
    )


def draft_in_full(
    table: Table,
    *,
    namespace: str,
    owner: Owner = OWNER_TO_BE_NAMED,
    name: str | None = None,
    strict: bool | None = None,
) -> Contract:
    """A contract in ODCS that promises a table with its keys, its checks and its comments.

    What goes without saying is left out: that a column has no default, for example. A table
    without columns has nothing to promise: ``ValueError``.
    """
    if not table.columns:
        raise ValueError(f"{table.qualified_name} has no columns, so there is nothing to promise.")
    contract = Contract(
        name=name or _contract_name(table),
        namespace=namespace,
        dialect="odcs",
        version=FIRST_VERSION,
        status="draft",
        owner=owner,
        purpose=documentation_of(table),
        strict=strict,
        tables=(
            replace(
                table,
                columns=tuple(_promise_in_full(column) for column in table.columns),
                primary_key=table.primary_key or None,
                storage=None,
                extension=None,
                source=None,
            ),
        ),
    )
    return replace(contract, id=contract.identity)


def is_owned(contract: Contract) -> bool:
    """Whether somebody has been named as the owner of a contract, after it was drafted."""
    return contract.owner is not None and contract.owner != OWNER_TO_BE_NAMED


def _promise(column: Column, table: Table) -> Column:
    """What a catalogue says of a column, as a promise."""
    is_view = table.kind in ("view", "materialized view")
    return replace(
        column,
        data_type=_promised_type(column.data_type) if column.data_type else None,
        nullable=None if is_view else column.nullable,
        description=column.description or "",
        examples=(),
        source=None,
    )


def _promise_in_full(column: Column) -> Column:
    """What a catalogue says of a column, without what goes without saying."""
    return replace(
        column,
        primary_key=column.primary_key or None,
        unique=column.unique or None,
        updatable=None if column.updatable else column.updatable,
        default=column.default or None,
        identity=column.identity or None,
        generated=column.generated or None,
        source=None,
    )


def _promised_type(data_type: DataType) -> DataType:
    """A type as a contract names it: of domains upon domains the first, and what is beneath all."""
    if data_type.element is not None:
        return replace(data_type, element=_promised_type(data_type.element))
    base = data_type.base
    while base is not None and base.base is not None:
        base = base.base
    return replace(data_type, base=base)


def _contract_name(table: Table) -> str:
    """``object_images`` gives ``object-images-contract-spec``, as the book names its own."""
    schema = "" if table.schema == "public" else f"{table.schema}-"
    words = f"{schema}{table.name}".replace("_", "-").replace("/", "-")
    return f"{' '.join(words.split())}-contract-spec"


def documentation_of(table: Table) -> str:
    """What a table says of itself, or that nobody has written it yet."""
    if table.description:
        return table.description
    return f"What the {table.kind or 'table'} {table.qualified_name} holds is still to be written."


def resource_of(table: Table) -> str:
    """Where a table's data is, as a URL."""
    return f"postgresql:///{table.catalog or 'postgres'}.{table.qualified_name}"
