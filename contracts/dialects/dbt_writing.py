"""A contract as a model of dbt: its columns with types and constraints, tests of its rows."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final

from contracts.checks import INVALID_VALUES, arguments_text
from contracts.dialects.dbt_constraints import write_column_constraints, write_table_constraints
from contracts.dialects.dbt_tests import write_test
from contracts.dialects.layout import laid_out_yaml
from contracts.logical_types import spelled
from contracts.model import Check, Column, Contract, DataType, Level, Table, TableKind

ENFORCED: Final = "dbt model contract"
"""The mechanism that holds a model to its columns."""
MATERIALIZED: Final[dict[str, TableKind]] = {
    "table": "table",
    "incremental": "table",
    "view": "view",
    "materialized_view": "materialized view",
}
"""What a model becomes, by how dbt builds it."""


def write(contract: Contract) -> str:
    """A contract about one table as a properties file of dbt.

    dbt holds a model to its columns only where each has a type, so a contract without all types
    is not enforced.
    """
    (table,) = contract.tables
    own = contract.dialect == "dbt"
    custom = {key: json.loads(text) for key, text in contract.custom}
    model: dict[str, Any] = {"name": contract.name if own else table.name}
    if (told := contract.documentation or table.description) is not None:
        model["description"] = told
    if contract.deprecation is not None and contract.deprecation.sunset_date:
        model["deprecation_date"] = contract.deprecation.sunset_date
    if own:
        prefixes = ("config.", "contract.", "meta.")
        model |= {key: custom[key] for key in custom if not key.startswith(prefixes)}
        if contract.version is not None:
            model["latest_version"] = _latest(contract.version)
    if config := _write_config(contract, table, custom, own):
        model["config"] = config
    if constraints := [*write_table_constraints(table)]:
        model["constraints"] = constraints
    checks = contract.checks if own else (*contract.checks, *_standing_in(contract, table))
    model["columns"] = [_write_column(column, table, checks, own) for column in table.columns]
    of_rows = [write_test(check, table.schema) for check in checks if len(check.columns) != 1]
    if tests := [test for test in of_rows if test is not None]:
        model["data_tests"] = tests
    return laid_out_yaml({"version": 2, "models": [model]})


def _latest(version: str) -> int | str:
    """A version as dbt counts: N for N.0.0."""
    bare = version.removesuffix(".0.0")
    return int(bare) if bare.isdecimal() else version


def _write_config(
    contract: Contract, table: Table, custom: dict[str, Any], own: bool
) -> dict[str, Any]:
    config: dict[str, Any] = {}
    how = {kind: name for name, kind in reversed(MATERIALIZED.items())}
    if table.kind in how:
        config["materialized"] = how[table.kind]
    if table.schema != "public":
        config["schema"] = table.schema
    if own and table.name != _relation(contract, custom):
        config["alias"] = table.name
    if enforced := _enforced(contract, table, own):
        config["contract"] = enforced
    if contract.tags:
        config["tags"] = list(contract.tags)
    meta = {} if contract.owner is None else {"owner": str(contract.owner)}
    for key in custom if own else ():
        section, _, name = key.partition(".")
        if section == "config":
            config[name] = custom[key]
        elif section == "contract":
            config.setdefault("contract", {})[name] = custom[key]
        elif section == "meta":
            meta[name] = custom[key]
    return {**config, "meta": meta} if meta else config


def _relation(contract: Contract, custom: dict[str, Any]) -> str:
    """What dbt calls the table of a model without an alias."""
    if contract.version is None or not custom.get("versions"):
        return contract.name
    return f"{contract.name}_v{_latest(contract.version)}"


def _enforced(contract: Contract, table: Table, own: bool) -> dict[str, Any]:
    if own:
        enforced = {ENFORCED: True, "none": False}.get(contract.enforcement or "")
        return {} if enforced is None else {"enforced": enforced}
    typed = all(_write_type(column.data_type) for column in table.columns)
    return {"enforced": True} if typed and contract.strict is not False else {}


def _write_column(
    column: Column, table: Table, checks: tuple[Check, ...], own: bool
) -> dict[str, Any]:
    value: dict[str, Any] = {"name": column.name}
    if column.description is not None:
        value["description"] = column.description
    if (data_type := _write_type(column.data_type)) is not None:
        value["data_type"] = data_type
    custom = {key: json.loads(text) for key, text in column.custom}
    constraints = [*write_column_constraints(column, table)]
    if own and "constraint" in custom:
        constraints.append(custom.pop("constraint"))
    if constraints:
        value["constraints"] = constraints
    found = (write_test(check, table.schema) for check in checks if check.columns == (column.name,))
    if tests := [test for test in found if test is not None]:
        value["data_tests"] = tests
    if column.tags:
        value["tags"] = list(column.tags)
    if own:
        value |= {key: custom[key] for key in custom if not key.startswith("constraints.")}
    return value


def _write_type(data_type: DataType | None) -> str | None:
    """A type as Postgres prints it; of logical types dbt has a word for ``string`` only."""
    if data_type is None or data_type == DataType("ARRAY", "array"):
        return None
    is_string = data_type.kind == "logical" and data_type.name == "string"
    return "string" if is_string else spelled(data_type)


def _standing_in(contract: Contract, table: Table) -> Iterator[Check]:
    """The checks on rows that come nearest to what dbt has no constraint for."""
    listed = {check.columns for check in contract.checks if check.measure == INVALID_VALUES}
    for column in table.columns:
        if column.states is not None and (column.name,) not in listed:
            arguments = arguments_text({"validValues": list(column.states)})
            level: Level = "warning" if column.extensible else "error"
            of = (column.name,)
            yield Check(INVALID_VALUES, "mustBe", (0,), of, level, arguments=arguments)
