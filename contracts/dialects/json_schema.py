"""A table's rows as a JSON Schema 2020-12, for programs that get rows as JSON.

A row is what ``row_to_json`` makes of it: every column is a key, a null is ``null``, a time has
the form that Postgres prints. Only the shape of values can be said so; :func:`read_back` is what
is left of a contract, so that nobody needs to guess what is not.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from contracts.builtin_types import FLOATS
from contracts.checks import INVALID_VALUES, arguments_of, arguments_text
from contracts.dialects.layout import laid_out
from contracts.logical_types import logical
from contracts.model import Check, Column, Contract, DataType, Table
from contracts.spelling import LONGEST
from contracts.types import parse_type

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
WHOLE: Final = {"smallint": 15, "integer": 31, "bigint": 63}
"""The bits of a whole number beside its sign."""
NUMBERS: Final = ("numeric", "number", *FLOATS)
FORMS: Final = {
    "date": "date",
    "timestamp with time zone": "date-time",
    "uuid": "uuid",
}
"""Types that are written as texts of a form that JSON Schema knows."""
ANYTHING: Final = ("json", "jsonb")
TEXTS: Final = ("pattern", "format")
SMALLEST: Final = ("minLength", "minimum", "exclusiveMinimum")
GREATEST: Final = ("maxLength", "maximum", "exclusiveMaximum")
LIMITS: Final[tuple[str, ...]] = (*TEXTS, *SMALLEST, *GREATEST)
"""Arguments of checks that JSON Schema has a key for, under the same name."""


def write(contract: Contract) -> str:
    """The JSON Schema of the rows of a contract's one table."""
    (table,) = contract.tables
    limits = _limits(contract)
    value: dict[str, Any] = {"$schema": DIALECT, "title": contract.identity}
    if (told := contract.documentation or table.description) is not None:
        value["description"] = told
    value["type"] = "object"
    value["properties"] = {
        column.name: _write_column(column, limits.get(column.name, {})) for column in table.columns
    }
    value["required"] = [column.name for column in table.columns if not column.optional]
    if contract.strict is not None:
        value["additionalProperties"] = not contract.strict
    return laid_out(value)


def _limits(contract: Contract) -> dict[str, dict[str, Any]]:
    """By column, what no value may break at all, as far as JSON Schema can say it."""
    found: dict[str, dict[str, Any]] = {}
    for check in contract.checks:
        arguments = arguments_of(check)
        if len(check.columns) == 1 and arguments and _is_limit_of_values(check):
            found.setdefault(check.columns[0], {}).update(arguments)
    return found


def _is_limit_of_values(check: Check) -> bool:
    """Whether a check says of a column's values no more than JSON Schema can, by any name."""
    plain = Check(INVALID_VALUES, "mustBe", (0,), check.columns, arguments=check.arguments)
    about = ("name", "description", "dimension", "severity", "table", "custom")
    said = replace(check, **{key: getattr(plain, key) for key in about})
    return said == plain and all(_is_limit(*item) for item in arguments_of(check).items())


def _is_limit(key: str, value: object) -> bool:
    """Whether JSON Schema has such a limit with such a value."""
    if key in TEXTS:
        return isinstance(value, str) and (key == "format" or _is_pattern(value))
    counted = key in ("minLength", "maxLength")
    return key in LIMITS and (
        (isinstance(value, int) and not isinstance(value, bool) and (value >= 0 or not counted))
        or (isinstance(value, float) and not counted)
    )


def _is_pattern(text: str) -> bool:
    try:
        re.compile(text)
    except re.error:
        return False
    return True


def _stricter(value: dict[str, Any], limits: Mapping[str, Any]) -> dict[str, Any]:
    """What a type says of a value and what is checked of it: of two bounds the stricter one."""
    found = {**value, **limits}
    for key in value.keys() & limits.keys():
        if key in SMALLEST:
            found[key] = max(value[key], limits[key])
        elif key in GREATEST:
            found[key] = min(value[key], limits[key])
    return found


def _write_column(column: Column, limits: Mapping[str, Any]) -> dict[str, Any]:
    value: dict[str, Any] = {}
    if column.business_name is not None:
        value["title"] = column.business_name
    if column.description is not None:
        value["description"] = column.description
    said = _write_type(column.data_type) if column.data_type is not None else {}
    value |= _stricter(said, limits)
    if column.states is not None and not column.extensible:
        value["enum"] = list(column.states)
    if column.nullable is not False:
        value = _or_null(value)
    if column.examples:
        value["examples"] = list(column.examples)
    if column.deprecated is not None:
        value["deprecated"] = column.deprecated
    return value


def _or_null(value: dict[str, Any]) -> dict[str, Any]:
    """A value of this kind, or null."""
    found = dict(value)
    if "type" in value:
        found["type"] = [value["type"], "null"]
    if "enum" in value:
        found["enum"] = [*value["enum"], None]
    return found


def _write_type(data_type: DataType) -> dict[str, Any]:
    """What a value of a type is in JSON; nothing where it can be anything."""
    while data_type.kind == "domain" and data_type.base is not None:
        data_type = data_type.base
    name = data_type.name
    if data_type.kind == "array":
        items = _write_type(data_type.element) if data_type.element else {}
        return {"type": "array", "items": _or_null(items)} if items else {"type": "array"}
    if data_type.labels is not None:
        return {"type": "string", "enum": list(data_type.labels)}
    if data_type.schema is not None or name in ANYTHING or data_type.kind == "unknown":
        return {}
    if name in WHOLE and data_type.kind == "base":
        return {"type": "integer", "minimum": -(2 ** WHOLE[name]), "maximum": 2 ** WHOLE[name] - 1}
    if data_type.kind == "logical" and name == "integer":
        return {"type": "integer"}
    if name in NUMBERS:
        return {"type": "number"}
    if name in ("boolean", "object"):
        return {"type": name}
    length = data_type.length or 0
    limit = {"maxLength": length} if length > 0 and name.startswith("character") else {}
    form = {"format": FORMS[name]} if name in FORMS else {}
    return {"type": "string", **form, **limit}


def read_back(text: str) -> Contract:
    """What a written schema still says of the contract that it was made from."""
    value = json.loads(text)
    namespace, _, name = value["title"].rpartition("/")
    required = set(value["required"])
    columns, checks = [], []
    for key, stated in value["properties"].items():
        column, limits = _read_column(key, stated, optional=key not in required)
        columns.append(column)
        if limits:
            arguments = arguments_text(limits)
            checks.append(Check(INVALID_VALUES, "mustBe", (0,), (key,), arguments=arguments))
    closed = value.get("additionalProperties")
    return Contract(
        name,
        namespace or None,
        documentation=value.get("description"),
        strict=None if closed is None else not closed,
        tables=(Table("", "", columns=tuple(columns)),),
        checks=tuple(checks),
    )


def _read_column(
    name: str, stated: Mapping[str, Any], *, optional: bool
) -> tuple[Column, dict[str, Any]]:
    kinds = stated.get("type", [])
    nullable = isinstance(kinds, list)
    value = {**stated, "type": kinds[0]} if nullable and kinds else dict(stated)
    states = [label for label in value.get("enum", ()) if label is not None]
    limits: dict[str, Any] = {key: value[key] for key in LIMITS if key in value}
    column = Column(
        name,
        _read_type(value, limits),
        nullable=nullable if kinds else None,
        description=stated.get("description"),
        examples=tuple(stated.get("examples", ())),
        states=tuple(states) or None,
        deprecated=stated.get("deprecated"),
        business_name=stated.get("title"),
        optional=True if optional else None,
    )
    return column, limits


def _read_type(value: Mapping[str, Any], limits: dict[str, Any]) -> DataType | None:
    """The type that a value must have; the limits that say so are taken out of ``limits``."""
    kind = value.get("type")
    if kind == "array":
        items = value.get("items")
        inner = {**items, "type": items["type"][0]} if items else {}
        return DataType("ARRAY", "array", element=_read_type(inner, dict(inner)))
    if kind == "integer":
        bounds = limits.get("minimum"), limits.get("maximum")
        for name, bits in WHOLE.items():
            if bounds == (-(2**bits), 2**bits - 1):
                limits.pop("minimum"), limits.pop("maximum")
                return parse_type(name)
        return logical("integer")
    if kind == "string":
        for name, form in FORMS.items():
            if limits.get("format") == form:
                limits.pop("format")
                return parse_type(name)
        if 0 < limits.get("maxLength", 0) <= LONGEST:
            return parse_type(f"varchar({limits.pop('maxLength')})")
        return logical("string")
    if kind == "boolean":
        return parse_type("boolean")
    return logical(kind) if kind else None
