"""The columns of a change, for those who know that there is one."""

from __future__ import annotations

from contracts.model import Column, DataType, Table
from detection.change import Change


def old_column(change: Change) -> Column:
    """The column as it was."""
    if change.before.column is None:
        raise LookupError(f"{change.kind} has no column before")
    return change.before.column


def new_column(change: Change) -> Column:
    """The column as it is now."""
    if change.after.column is None:
        raise LookupError(f"{change.kind} has no column after")
    return change.after.column


def both_tables(change: Change) -> tuple[Table, Table]:
    """The table on both sides."""
    if change.before.table is None or change.after.table is None:
        raise LookupError(f"{change.kind} has no table on one side")
    return change.before.table, change.after.table


def type_of(column: Column | None) -> DataType:
    """The type of a column that has one."""
    if column is None or column.data_type is None:
        raise LookupError("there is no type")
    return column.data_type
