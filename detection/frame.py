"""The catalogue, and contracts, as pandas tables: one row a column, named as Postgres does.

The names are those of ``information_schema.columns``, so that a notebook can join what was
promised with what is. Nothing else in this package needs pandas.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

import pandas as pd

from contracts.model import UNLIMITED, Column, Contract, DataType, Table
from contracts.types import type_name
from detection.comparison import resolved
from detection.model import Catalog

KEYS: Final = ("table_catalog", "table_schema", "table_name", "column_name")
"""What a catalogue and contracts are joined on. Leave ``table_catalog`` out where it is a label."""

_TEXT, _NUMBER, _TRUTH = "str", "Int64", "boolean"
_COLUMNS: Final = {
    "table_catalog": _TEXT,
    "table_schema": _TEXT,
    "table_name": _TEXT,
    "table_type": _TEXT,
    "column_name": _TEXT,
    "ordinal_position": _NUMBER,
    "data_type": _TEXT,
    "formatted_type": _TEXT,
    "array_element": _TEXT,
    "udt_schema": _TEXT,
    "udt_name": _TEXT,
    "domain_schema": _TEXT,
    "domain_name": _TEXT,
    "character_maximum_length": _NUMBER,
    "numeric_precision": _NUMBER,
    "numeric_scale": _NUMBER,
    "datetime_precision": _NUMBER,
    "interval_type": _TEXT,
    "is_nullable": _TRUTH,
    "is_primary_key": _TRUTH,
    "is_unique": _TRUTH,
    "is_updatable": _TRUTH,
    "column_default": _TEXT,
    "identity_generation": _TEXT,
    "generation_expression": _TEXT,
    "collation_name": _TEXT,
    "description": _TEXT,
}

Row = dict[str, object]


def catalog_frame(catalog: Catalog) -> pd.DataFrame:
    """One row for each column in the database, by table and place."""
    return _frame(
        [
            {"table_catalog": catalog.database} | _row(table, column)
            for table in catalog.tables
            for column in table.columns
        ],
        _COLUMNS,
    )


def contracts_frame(contracts: Sequence[Contract]) -> pd.DataFrame:
    """One row for each promised column, with the contract that promises it and its owner."""
    return _frame(
        [
            {
                "contract": contract.identity,
                "owner": str(contract.owner) if contract.owner else None,
                "table_catalog": table.catalog,
            }
            | _row(table, column)
            for contract in contracts
            for table in contract.tables
            for column in table.columns
        ],
        {"contract": _TEXT, "owner": _TEXT} | _COLUMNS,
    )


def _frame(rows: Iterable[Row], types: dict[str, str]) -> pd.DataFrame:
    """A frame with all the columns and their types, also where there is no row."""
    return pd.DataFrame(rows, columns=list(types)).astype(types)


def _row(table: Table, column: Column) -> Row:
    return {
        "table_schema": table.schema,
        "table_name": table.name,
        "table_type": table.kind,
        "column_name": column.name,
        "ordinal_position": column.position,
        "is_nullable": column.nullable,
        "is_primary_key": column.primary_key,
        "is_unique": column.unique,
        "is_updatable": column.updatable,
        "column_default": column.default or None,
        "identity_generation": column.identity.upper() if column.identity else None,
        "generation_expression": column.generated or None,
        "collation_name": column.collation,
        "description": column.description,
    } | (_type_row(column.data_type) if column.data_type else {})


def _type_row(data_type: DataType) -> Row:
    """A type in the words of ``information_schema``, and as Postgres formats it."""
    base = resolved(data_type)
    is_domain = data_type.kind == "domain"
    is_timed = base.name.startswith(("time", "interval"))
    return {
        "data_type": _word(base),
        "formatted_type": type_name(data_type),
        "array_element": type_name(base.element) if base.element else None,
        "udt_schema": base.schema,
        "udt_name": base.name if base.schema else None,
        "domain_schema": data_type.schema if is_domain else None,
        "domain_name": data_type.name if is_domain else None,
        "character_maximum_length": _limit(base.length),
        "numeric_precision": None if is_timed else _limit(base.precision),
        "numeric_scale": None if base.precision == UNLIMITED else base.scale,
        "datetime_precision": base.precision if is_timed else None,
        "interval_type": base.fields.upper() if base.fields else None,
    }


def _word(data_type: DataType) -> str:
    """What ``information_schema`` calls a type."""
    return "USER-DEFINED" if data_type.schema else data_type.name


def _limit(number: int | None) -> int | None:
    """A figure, or nothing where there is no limit."""
    return None if number == UNLIMITED else number
