"""Rules about what is there and what is not: tables and columns, promised and found.

Each states the fact; which tables and columns it applies to is worked out by ``coverage``,
``matching`` and ``violations``.
"""

from __future__ import annotations

from contracts.model import Column, Table
from contracts.types import type_name
from detection.comparison import Difference


def table_missing(promised: Table, looks_like: Table | None) -> Difference:
    """Report a table under contract that is not in the database.

    It is one finding for a contract and a table, with a part for each promised column. Where
    a table without a contract has nearly the same columns, the finding names it: the table
    looks renamed.

    **Who is hurt.** Everybody: every query on the table fails.

    **Example.** `object_images` is under contract, and
    `alter table object_images rename to object_pictures` was run. A view that goes by the old
    name keeps the promise.

    **What to do.** Run the migrations that are still to be run; else bring the table back, or
    leave a view under the old name until every reader has moved.
    """
    if looks_like is None:
        return Difference(promised.name, None)
    same_schema = looks_like.schema == promised.schema
    return Difference(
        promised.name if same_schema else promised.qualified_name,
        looks_like.name if same_schema else looks_like.qualified_name,
    )


def column_missing(promised: Column) -> Difference:
    """Report a column under contract that its table does not have.

    **Who is hurt.** Readers who name the column: their queries fail. Writers too.

    **Example.** `additional_images` is under contract, and
    `alter table object_images drop column additional_images` was run. A column that is there
    under another type is a type that differs.

    **What to do.** Bring the column back, or agree with the owner on a contract without it
    before it goes.
    """
    return Difference(type_name(promised.data_type) if promised.data_type else None, None)


def column_renamed(promised: Column, found: Column) -> Difference:
    """Report a column under contract that seems to go by another name now.

    A promised column is missing, and a column that no contract declares has the same type and
    either the same place in the table or a similar name. Where two columns could be meant
    equally well, none is named: then one column is missing and two are undeclared.

    **Who is hurt.** Exactly those whom a missing column hurts. The finding is never softer
    for naming the new name.

    **Example.** `alter table object_images rename column primary_image to image`.

    **What to do.** Rename it back, or keep both columns until every reader has moved.
    """
    return Difference(promised.name, found.name)


def column_undeclared(found: Column) -> Difference:
    """Report a column that is in the table and in no contract about it.

    It is an error where the contract is declared strict, or the project is.

    **Who is hurt.** Nobody yet. Somebody will come to rely on what nobody promised; and
    `select *` hands it out already, personal data included.

    **Example.** `notes` was added to `object_images`, and the contract does not know it.
    A column that a second contract about the same table declares is fine.

    **What to do.** Declare it in the contract together with the owner, or drop it.
    """
    return Difference(None, type_name(found.data_type) if found.data_type else None)


def table_uncovered(found: Table) -> Difference:
    """Report a table or view that is under no contract.

    Left out are a partition, which its parent stands for, the table in which Alembic keeps
    its version, and the schemas in which Docent keeps its own tables.

    **Who is hurt.** Nobody yet; but whatever happens to it, no check will say so.

    **Example.** `visitor_comments` was created, and nobody wrote a contract for it.

    **What to do.** `docent draft` writes a first contract from the table as it is.
    """
    return Difference(None, found.kind)
