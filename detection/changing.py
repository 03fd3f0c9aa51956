"""A change to try on a table, and the SQL that makes it.

A kind of change is one row of :data:`STATEMENTS`, one choice in ``detection.choices`` and one
entry in the words of ``prevention.experiment_report``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Literal

from psycopg import sql

from contracts.model import TableKind
from contracts.types import parse_type, type_name

Kind = Literal[
    "rename column", "drop column", "retype column", "allow null", "forbid null", "add column",
    "blank values", "repeat a value", "stop the clock", "rename table", "drop table",
]  # fmt: skip

BLANKED: Final = 0.02
"""The share of a column's values that ``blank values`` makes null."""

STOPPED: Final = timedelta(days=30)
"""How long nothing arrives after ``stop the clock``."""

LOSES_VIEWS: Final[frozenset[Kind]] = frozenset({"drop column", "retype column", "drop table"})
"""The kinds that Postgres refuses as long as a view depends on what is changed."""

TOUCHES_ROWS: Final[frozenset[Kind]] = frozenset(
    {"retype column", "blank values", "repeat a value"}
)
"""The kinds after which a value of the column may read otherwise than before."""

FAULTS_OF_ROWS: Final[frozenset[Kind]] = frozenset(
    {"blank values", "repeat a value", "stop the clock"}
)
"""The kinds that leave the structure as it is: only a promise about rows can tell of them."""


@dataclass(frozen=True, slots=True)
class Change:
    """One change of a table or of a column, as a person may ask "what if".

    column:  the column that is changed or added; ``None`` for changes of the whole table.
    to:      the new name, or the type, in any spelling, of a column retyped or added.
    cast:    for ``retype column``: whether every value is cast (``USING``), which forces what
             does not fit and cuts or rounds it without a word. Without it, a value that does
             not fit stops the change.
    """

    kind: Kind
    schema: str
    table: str
    column: str | None = None
    to: str | None = None
    cast: bool = False

    @property
    def element(self) -> str:
        """``schema.table`` or ``schema.table.column``, unquoted: for people, never for SQL."""
        return ".".join(filter(None, (self.schema, self.table, self.column)))


def statement(change: Change, kind: TableKind | None = None) -> sql.Composed:
    """The SQL that makes a change to a table or view of this kind.

    Raises UnknownTypeError for a type that no spelling names.
    """
    return STATEMENTS[change.kind](change, _noun(kind))


def drop_statement(schema: str, name: str, kind: TableKind | None) -> sql.Composed:
    """The SQL that drops a table or view."""
    return sql.SQL("drop {} {}").format(_noun(kind), sql.Identifier(schema, name))


def _noun(kind: TableKind | None) -> sql.SQL:
    """What SQL calls a relation of this kind."""
    views: dict[str | None, sql.SQL] = {
        "view": sql.SQL("view"),
        "materialized view": sql.SQL("materialized view"),
        "foreign table": sql.SQL("foreign table"),
    }
    return views.get(kind, sql.SQL("table"))


def _rename_column(change: Change, noun: sql.SQL) -> sql.Composed:
    return _altered(change, noun, "rename column {column} to {to}", to=_name(change.to))


def _drop_column(change: Change, noun: sql.SQL) -> sql.Composed:
    return _altered(change, noun, "drop column {column}")


def _retype_column(change: Change, noun: sql.SQL) -> sql.Composed:
    action = "alter column {column} type {to}"
    if change.cast:
        action += " using {column}::{to}"
    return _altered(change, noun, action, to=_type(change.to))


def _allow_null(change: Change, noun: sql.SQL) -> sql.Composed:
    return _altered(change, noun, "alter column {column} drop not null")


def _forbid_null(change: Change, noun: sql.SQL) -> sql.Composed:
    return _altered(change, noun, "alter column {column} set not null")


def _add_column(change: Change, noun: sql.SQL) -> sql.Composed:
    return _altered(change, noun, "add column {column} {to}", to=_type(change.to))


def _rename_table(change: Change, noun: sql.SQL) -> sql.Composed:
    return _altered(change, noun, "rename to {to}", to=_name(change.to))


def _drop_table(change: Change, noun: sql.SQL) -> sql.Composed:
    return sql.SQL("drop {} {}").format(noun, sql.Identifier(change.schema, change.table))


def _blank_values(change: Change, _noun: sql.SQL) -> sql.Composed:
    """Two in a hundred of the values that are there, at least one, always the same ones."""
    return sql.SQL(
        "update {table} set {column} = null where ctid = any (array("
        "select ctid from {table} where {column} is not null order by md5(ctid::text) "
        "limit (select ceil(count({column}) * {share})::bigint from {table})))"
    ).format(
        table=sql.Identifier(change.schema, change.table),
        column=_name(change.column),
        share=sql.Literal(BLANKED),
    )


def _repeat_a_value(change: Change, _noun: sql.SQL) -> sql.Composed:
    """One row gets what another one has: always the same two, and nothing where all are alike."""
    return sql.SQL(
        "with ranked as (select ctid as place, {column} as told, row_number() over"
        " (order by md5(ctid::text)) as rank from {table} where {column} is not null)"
        " update {table} set {column} = (select told from ranked where rank = 1)"
        " where ctid = (select place from ranked where rank = 2)"
    ).format(table=sql.Identifier(change.schema, change.table), column=_name(change.column))


def _stop_the_clock(change: Change, _noun: sql.SQL) -> sql.Composed:
    """Nothing is done to the table, which is the fault; it says what time it is then."""
    return sql.SQL("select max({column}) + {pause}::interval as now from {table}").format(
        column=_name(change.column),
        pause=sql.Literal(f"{STOPPED.days} days"),
        table=sql.Identifier(change.schema, change.table),
    )


STATEMENTS: Final[dict[Kind, Callable[[Change, sql.SQL], sql.Composed]]] = {
    "rename column": _rename_column,
    "drop column": _drop_column,
    "retype column": _retype_column,
    "allow null": _allow_null,
    "forbid null": _forbid_null,
    "add column": _add_column,
    "blank values": _blank_values,
    "repeat a value": _repeat_a_value,
    "stop the clock": _stop_the_clock,
    "rename table": _rename_table,
    "drop table": _drop_table,
}
"""How each kind of change is written in SQL."""


def _altered(
    change: Change, noun: sql.SQL, action: str, to: sql.Composable | None = None
) -> sql.Composed:
    whole = sql.SQL("alter {noun} {table} " + action)
    return whole.format(
        noun=noun,
        table=sql.Identifier(change.schema, change.table),
        column=_name(change.column),
        to=to,
    )


def _name(name: str | None) -> sql.Identifier:
    return sql.Identifier(name or "")


def _type(spelling: str | None) -> sql.SQL:
    """A type as SQL: no spelling gets there, only the type that it names, printed anew."""
    return sql.SQL(type_name(parse_type(spelling or "")))
