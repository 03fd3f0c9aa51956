"""What fills a column where an INSERT leaves it out: put on, and taken off again."""

from __future__ import annotations

from typing import Final

from contracts.model import Column
from prevention.planning.model import Statement, TableName
from prevention.planning.statements import alter, do, literal, name, set_default, spelled

NEXT: Final = "nextval("


def fill(table: TableName, column: Column) -> tuple[tuple[Statement, ...], tuple[Statement, ...]]:
    """The default or identity that a column is promised, and the way back to none."""
    at, there = name(column.name), name(*table)
    if column.generated:
        return (), ()
    if column.identity:
        return do(
            alter(table, f"alter column {at} add generated {column.identity} as identity"),
            _carry_on(table, column),
        ), do(alter(table, f"alter column {at} drop identity if exists"))
    if column.default and column.default.strip().lower().startswith(NEXT):
        sequence = _sequence(column.default)
        if sequence is not None:
            return do(
                f"create sequence if not exists {sequence} owned by {there}.{at}",
                set_default(table, column.name, f"nextval({literal(sequence)}::regclass)"),
                _carry_on(table, column),
            ), do(set_default(table, column.name, None), f"drop sequence {sequence}")
    if column.default:
        return do(set_default(table, column.name, column.default)), do(
            set_default(table, column.name, None)
        )
    return (), ()


def counts(column: Column) -> bool:
    """Whether the default of a column takes the next number of a sequence."""
    return bool(column.default and column.default.strip().lower().startswith(NEXT))


def counting(table: TableName, column: Column) -> tuple[Statement, ...]:
    """A new column that counts, by identity or by a sequence; the rows that are there as well."""
    there, at = name(*table), name(column.name)
    added = f"add column {at} {spelled(column.data_type)}"
    sequence = _sequence(column.default or "")
    if column.identity:
        return do(alter(table, f"{added} generated {column.identity} as identity"))
    if sequence is None:
        return do(alter(table, f"{added} default {column.default}"))
    strict = " not null" if column.nullable is False else ""
    return do(
        f"create sequence {sequence}",
        alter(table, f"{added}{strict} default nextval({literal(sequence)}::regclass)"),
        f"alter sequence {sequence} owned by {there}.{at}",
    )


def refill(
    table: TableName, old: Column, new: Column
) -> tuple[tuple[Statement, ...], tuple[Statement, ...]]:
    """From one filling to another on the same column, and back."""
    if old.identity and new.identity:
        at = name(new.name)
        return do(alter(table, f"alter column {at} set generated {new.identity}")), do(
            alter(table, f"alter column {at} set generated {old.identity}")
        )
    on, off = fill(table, new)
    was_on, was_off = fill(table, old)
    return (*was_off, *on), (*off, *was_on)


def _carry_on(table: TableName, column: Column) -> str:
    """Let the numbers go on behind the highest that is there."""
    at, there = name(column.name), literal(name(*table))
    return (
        f"select setval(pg_get_serial_sequence({there}, {literal(column.name)}), "
        f"coalesce(max({at}), 0) + 1, false) from {name(*table)}"
    )


def _sequence(default: str) -> str | None:
    """The sequence that a default takes its numbers from, as SQL names it."""
    inside = default.strip()[len(NEXT) :].partition("::")[0].rstrip(") ")
    return inside[1:-1].replace("''", "'") if inside.startswith("'") else None
