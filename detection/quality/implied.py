"""What a contract demands of rows without a check: by its grain, states, nulls and invariants."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from contracts.checks import arguments_of, arguments_text
from contracts.meaning import in_one_line
from contracts.model import Check, Column, Contract, ForeignKey, Location, Table
from detection.comparison import resolved
from detection.quality.authored import reads_as_condition
from detection.quality.measures import (
    DUPLICATE_VALUES,
    INVALID_VALUES,
    NULL_VALUES,
    SQL,
    UNEXPLAINED_NULLS,
)

REQUIRED_WHEN: Final = ("required_when", "requiredWhen")
REASON_COLUMN: Final = ("null_reason_column", "nullReasonColumn")
"""Keys by which an author says of a column when it must have a value, and which other column
says why it has none. Without the second that is its name with ``_null_reason`` behind it."""

_NONE: Final = ("mustBe", (0,))
_CONDITION = re.compile(r"\s*(\w+)\s*(==?|!=|<>|in\b)\s*(.+?)\s*", re.DOTALL | re.IGNORECASE)
_WORD = re.compile(r"[A-Za-z_][\w-]*")


class Implied(NamedTuple):
    """A demand that nobody put as a check: the rule that it is broken by, and where it stands."""

    rule: str
    check: Check
    location: Location | None
    says: str | None = None


def implied_by(contract: Contract, table: Table, found: Table) -> Iterator[Implied]:
    """All that a contract implies about the rows of one of its tables."""
    if table.grain and all(table.column(one) for one in table.grain):
        grain = Check(DUPLICATE_VALUES, *_NONE, table.grain)
        says = f"one row for each {', '.join(table.grain)}"
        yield Implied("rows-off-grain", grain, _place(contract, table, "grain"), says)
    for column in table.columns:
        if there := found.column(column.name):
            yield from _of_column(contract, table, column, there)
    for key in table.foreign_keys:
        if not _is_held(key, found):
            yield Implied("rows-orphaned", _reference(key), _place(contract, table))
    for number, text in enumerate(map(str, contract.invariants)):
        if check := _invariant(contract, table, text):
            keys = (f"invariants.{number}", "invariants", "invariant")
            place = contract.source.at(*keys) if contract.source else None
            yield Implied("rows-against-invariant", check, place, text)


def _of_column(
    contract: Contract, table: Table, column: Column, there: Column
) -> Iterator[Implied]:
    """What a column's states, the meanings of its nulls and its condition demand."""

    def place(*keys: str) -> Location | None:
        return column.source.at(*keys) if column.source else _place(contract, table)

    custom = {key: json.loads(text) for key, text in column.custom}
    if column.states and not _keeps_states(column, there) and not _is_checked(contract, column):
        keys = ("enum", "allowed_values", "valid_values", "states")
        says = f"one of {', '.join(column.states)}"
        if column.unknown_value_policy:
            says += f"; of others: {' '.join(in_one_line(column.unknown_value_policy).split())}"
        yield Implied("rows-of-unknown-state", _states(column), place(*keys), says)
    reason = _first(custom, REASON_COLUMN) or f"{column.name}_null_reason"
    if column.null_reasons and isinstance(reason, str) and table.column(reason):
        codes = [one.code for one in column.null_reasons]
        arguments = arguments_text({"validValues": codes})
        check = Check(UNEXPLAINED_NULLS, *_NONE, (column.name, reason), arguments=arguments)
        says = f"a reason in {reason} where there is no value, and none where there is: "
        says += ", ".join(codes)
        yield Implied("rows-null-unexplained", check, place("null_reasons"), says)
    required = _first(custom, REQUIRED_WHEN)
    for condition in required if isinstance(required, list) else [required]:
        if isinstance(condition, str):
            when = condition_as_sql(condition, table)
            check = Check(NULL_VALUES, *_NONE, (column.name,), filter=when)
            says = f"a value where {condition}"
            yield Implied("rows-required-null", check, place(*REQUIRED_WHEN), says)


def _states(column: Column) -> Check:
    """That there are none but these states; where more may join them, one is worth a note."""
    return Check(
        INVALID_VALUES, *_NONE, (column.name,),
        level="note" if column.extensible else "error",
        arguments=arguments_text({"validValues": list(column.states or ())}),
    )  # fmt: skip


def _keeps_states(column: Column, there: Column) -> bool:
    """Whether the type of a column lets no other value in than its states."""
    kept = resolved(there.data_type) if there.data_type else None
    return bool(kept and kept.labels and {*kept.labels} <= {*(column.states or ())})


def _is_checked(contract: Contract, column: Column) -> bool:
    """Whether a check says already which values a column may have."""
    return any(
        check.columns == (column.name,)
        and check.measure == INVALID_VALUES
        and "validValues" in arguments_of(check)
        for check in contract.checks
    )


def _is_held(key: ForeignKey, found: Table) -> bool:
    """Whether a constraint of the database sees to a key already."""
    return any(
        (one.columns, one.references_table, one.references_columns)
        == (key.columns, key.references_table, key.references_columns)
        for one in found.foreign_keys
    )


def _reference(key: ForeignKey) -> Check:
    references = {
        "schema": key.references_schema,
        "table": key.references_table,
        "columns": list(key.references_columns),
    }
    arguments = arguments_text({"references": references})
    return Check(INVALID_VALUES, *_NONE, key.columns, arguments=arguments)


def _invariant(contract: Contract, table: Table, text: str) -> Check | None:
    """An invariant that reads as a condition, at the first table that has its columns."""
    for each in contract.tables:
        columns = frozenset(column.name for column in each.columns)
        field, colon, rest = text.partition(": ")
        said = rest if colon and field in columns else text
        if reads_as_condition(said, columns):
            if each.qualified_name != table.qualified_name:
                return None
            arguments = arguments_text({"expression": f"({said}) is false", "counts": "rows"})
            return Check(SQL, *_NONE, arguments=arguments)
    return None


def condition_as_sql(text: str, table: Table) -> str:
    """A condition as SQL: a bare word that is no column stands for itself, ``status = CLOSED``."""
    columns = {column.name for column in table.columns}
    match = _CONDITION.fullmatch(text)
    if match is None or match[1] not in columns:
        return text
    named, operator, value = match[1], match[2].lower(), match[3]
    operator = {"==": "=", "!=": "<>"}.get(operator, operator)
    listed = operator == "in" and value.startswith("(") and value.endswith(")")
    words = [word.strip() for word in value[1:-1].split(",")] if listed else [value]
    if not all(_WORD.fullmatch(word) and word not in columns | _VALUES for word in words):
        return text
    texts = ", ".join(f"'{word}'" for word in words)
    return f"{named} in ({texts})" if listed else f"{named} {operator} {texts}"


_VALUES: Final = frozenset({"true", "false", "null", "TRUE", "FALSE", "NULL"})


def _place(contract: Contract, table: Table, *keys: str) -> Location | None:
    if table.source:
        return table.source.at(*keys, "table_name", "name")
    return contract.source.at(*keys) if contract.source else None


def _first(custom: Mapping[str, Any], keys: Sequence[str]) -> Any:
    return next((custom[key] for key in keys if key in custom), None)
