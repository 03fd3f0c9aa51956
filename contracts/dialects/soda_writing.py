"""A contract in Soda's language: what it has words for, and checks that come near to the rest."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final

from contracts.checks import DUPLICATE_VALUES, NULL_VALUES
from contracts.dialects.book_types import FIGURES, write_type
from contracts.dialects.layout import laid_out_yaml
from contracts.dialects.soda_checks import OPERATORS, VALIDITY, write_check
from contracts.durations import unit_word
from contracts.logical_types import spelled
from contracts.model import Check, Column, Contract, DataType, ServiceLevel, Table

OTHER: Final = ("variables", "check_attributes", "soda_runner", "soda_agent")
"""What Soda's contracts say besides, which the model has no place for."""
YOUNGER: Final = "mustBeLessThan"
"""How the age of freshness is bound, unless it is said otherwise."""
_SOURCE: Final = "postgres"
"""The data source of a dataset whose contract names none, for its author to replace."""
_UNITS: Final = {"minutes": "minute", "hours": "hour", "days": "day"}


def write(contract: Contract) -> str:
    """A contract about one table in Soda's language.

    Promises that Soda has no words for are left out; where a check on rows comes near to one
    (a column that is NOT NULL has no missing values), the check is written instead.
    """
    (table,) = contract.tables
    whole = contract.dialect == "soda"
    custom = {key: json.loads(text) for key, text in contract.custom}
    value: dict[str, Any] = {"dataset": contract.identity if whole else _dataset(table)}
    if (told := contract.documentation or table.description) is not None:
        value["description"] = told
    if table.filter is not None:
        value["filter"] = table.filter
    value |= {key: custom[key] for key in custom if whole or key in OTHER}
    checks = contract.checks if whole else (*contract.checks, *_standing_in(contract, table))
    value["columns"] = [_write_column(column, checks, whole) for column in table.columns]
    if found := [*_write_dataset_checks(contract, table, checks, whole)]:
        value["checks"] = found
    return laid_out_yaml(value)


def _dataset(table: Table) -> str:
    return "/".join((_SOURCE, table.catalog or "postgres", table.schema, table.name))


def _standing_in(contract: Contract, table: Table) -> Iterator[Check]:
    """The checks on rows that come nearest to what is promised of a table's structure."""
    there = {(check.measure, check.columns) for check in contract.checks}
    key = table.primary_key or tuple(one.name for one in table.columns if one.primary_key)
    never_null = [one.name for one in table.columns if one.nullable is False or one.name in key]
    unique = [key] if key else []
    unique += [(column.name,) for column in table.columns if column.unique]
    unique += [one.columns for one in table.unique_keys]
    wanted: list[tuple[str, tuple[str, ...]]] = [(NULL_VALUES, (name,)) for name in never_null]
    wanted += [(DUPLICATE_VALUES, columns) for columns in unique]
    for measure, columns in dict.fromkeys(wanted):
        if (measure, columns) not in there:
            yield Check(measure, "mustBe", (0,), columns)


def _write_column(column: Column, checks: tuple[Check, ...], whole: bool) -> dict[str, Any]:
    value: dict[str, Any] = {"name": column.name}
    if column.description is not None:
        value["description"] = column.description
    if column.data_type is not None:
        value |= _write_type(column.data_type)
    if column.optional is not None:
        value["optional"] = column.optional
    if column.states is not None and not column.extensible:
        value["valid_values"] = list(column.states)
    value |= {key: json.loads(text) for key, text in column.custom if whole or key in VALIDITY}
    written = [
        found
        for check in checks
        if check.columns == (column.name,) and (found := write_check(check, whole=whole))
    ]
    return {**value, "checks": written} if written else value


def _write_type(data_type: DataType) -> dict[str, Any]:
    """A type in the words of information_schema, which Soda compares; nothing for a logical one."""
    stated = write_type(data_type)
    if stated.get("data_type") in ("ARRAY", "USER-DEFINED"):
        text = spelled(data_type)
        return {"data_type": text} if text and text != "ARRAY" else {}
    return {key: stated[key] for key in ("data_type", *FIGURES) if stated.get(key) is not None}


def _write_dataset_checks(
    contract: Contract, table: Table, checks: tuple[Check, ...], whole: bool
) -> Iterator[dict[str, Any]]:
    if (schema := _write_schema(contract, table, whole)) is not None:
        yield {"schema": schema or None}
    names = {column.name for column in table.columns}
    for check in checks:
        known = not names or names.issuperset(check.columns)
        if len(check.columns) != 1 and known and (found := write_check(check, whole=whole)):
            yield found
    for level in contract.service_levels:
        known = not names or level.element in names
        if known and (found := _write_freshness(level, whole)):
            yield {"freshness": found}


def _write_schema(contract: Contract, table: Table, whole: bool) -> dict[str, Any] | None:
    """The check of the schema; a contract that is not Soda's own gets the mildest one."""
    if whole and contract.strict is None and table.ordered is None:
        return None
    value = {
        name.removeprefix("schema."): json.loads(text)
        for name, text in table.custom
        if name.startswith("schema.")
    }
    if not contract.strict:
        value["allow_extra_columns"] = True
    if not table.ordered:
        value["allow_other_column_order"] = True
    return value


def _write_freshness(level: ServiceLevel, whole: bool) -> dict[str, Any] | None:
    """The check that a service level is, if it is one of freshness on a column."""
    unit = _UNITS.get(unit_word(level.unit or "") or "")
    names = {ours: theirs for theirs, ours in OPERATORS.items()}
    operator = names.get(level.operator or YOUNGER)
    if level.property != "freshness" or not level.element or unit is None or operator is None:
        return None
    threshold: dict[str, Any] = {"unit": unit}
    if level.level != "error":
        threshold["level"] = "warn"
    threshold[operator] = level.value
    own = {key: json.loads(text) for key, text in level.custom} if whole else {}
    return {"column": level.element, **own, "threshold": threshold}
