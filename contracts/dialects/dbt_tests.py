"""Tests of dbt as checks, and back: ``unique``, ``not_null``, ``accepted_values``, and the rest."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Final

from contracts.checks import (
    CUSTOM,
    DUPLICATE_VALUES,
    INVALID_VALUES,
    NULL_VALUES,
    arguments_of,
    arguments_text,
)
from contracts.dialects.form import as_json
from contracts.model import Check

MEASURES: Final = {
    "not_null": NULL_VALUES,
    "unique": DUPLICATE_VALUES,
    "accepted_values": INVALID_VALUES,
    "relationships": INVALID_VALUES,
    "dbt_utils.unique_combination_of_columns": DUPLICATE_VALUES,
}
"""What each test counts, none of which may be; a test that is not here is ``custom``."""

_COMBINATION: Final = "dbt_utils.unique_combination_of_columns"
_ABOUT: Final = ("arguments", "config", "name", "where", "severity", "description")
"""The keys of a test that are about the test itself, beside its arguments."""
_ARGUMENTS: Final = ("values", "to", "field", "combination_of_columns")
_TEST: Final = "dbt.test"
_REF: Final = re.compile(r"\s*ref\(\s*(?:['\"][^'\"]*['\"]\s*,\s*)?['\"]([^'\"]+)['\"]")
_SOURCE: Final = re.compile(r"\s*source\(\s*['\"]([^'\"]+)['\"]\s*,\s*['\"]([^'\"]+)['\"]\s*\)")


def referred(text: str, schema: str) -> tuple[str, str]:
    """The schema and the table that ``ref('object')`` or ``source('crm', 'leads')`` means.

    A text that is neither is a table's name, with its schema or without.
    """
    bare = text.strip().removeprefix("{{").removesuffix("}}")
    if match := _SOURCE.match(bare):
        return match[1], match[2]
    if match := _REF.match(bare):
        return schema, match[1]
    named, _, table = bare.strip().replace('"', "").rpartition(".")
    return named.rpartition(".")[2] or schema, table


def reference(schema: str, table: str, own: str) -> str:
    """How a model of the schema ``own`` refers to a table."""
    return f"ref('{table}')" if schema == own else f"source('{schema}', '{table}')"


def read_test(stated: str | Mapping[str, Any], column: str | None, schema: str) -> Check:
    """A test, by its name alone or with arguments."""
    kind, body = (stated, {}) if isinstance(stated, str) else next(iter(stated.items()))
    body = body if isinstance(body, dict) else {}
    stated_arguments = {
        **{key: value for key, value in body.items() if key not in _ABOUT},
        **(body.get("arguments") or {}),
    }
    config = {**{key: body[key] for key in ("where", "severity") if key in body}}
    config |= body.get("config") or {}
    custom = [
        (f"config.{key}", as_json(value))
        for key, value in config.items()
        if key not in ("where", "severity")
    ]
    columns = tuple(stated_arguments.get("combination_of_columns") or ())
    known = kind in MEASURES
    if known:
        rest = {key: stated_arguments[key] for key in stated_arguments if key not in _ARGUMENTS}
        custom += [(key, as_json(value)) for key, value in rest.items()]
    else:
        custom.append((_TEST, as_json(kind)))
    return Check(
        MEASURES.get(kind, CUSTOM),
        operator="mustBe" if known else None,
        bound=(0,) if known else (),
        columns=columns or ((column,) if column else ()),
        level="warning" if str(config.get("severity", "")).lower() == "warn" else "error",
        name=body.get("name"),
        description=body.get("description"),
        filter=config.get("where"),
        arguments=arguments_text(
            _read_arguments(stated_arguments, schema) if known else stated_arguments
        ),
        custom=tuple(custom),
    )


def _read_arguments(stated: Mapping[str, Any], schema: str) -> dict[str, Any]:
    arguments: dict[str, Any] = {}
    if "values" in stated:
        arguments["validValues"] = stated["values"]
    if isinstance(stated.get("to"), str) and stated.get("field"):
        named, table = referred(stated["to"], schema)
        arguments["references"] = {"table": f"{named}.{table}", "column": stated["field"]}
    return arguments


def write_test(check: Check, schema: str) -> str | dict[str, Any] | None:
    """A check as dbt's test; ``None`` where dbt brings none along that counts this."""
    custom = {key: json.loads(text) for key, text in check.custom}
    kind = custom.get(_TEST) or _kind(check)
    if kind is None:
        return None
    body = dict(arguments_of(check)) if _TEST in custom else _write_arguments(check, kind, schema)
    about: dict[str, Any] = {}
    if check.name is not None:
        about["name"] = check.name
    if check.description is not None:
        about["description"] = check.description
    config = {key.removeprefix("config."): custom[key] for key in custom if key[:7] == "config."}
    if check.filter is not None:
        config["where"] = check.filter
    if check.level == "warning":
        config["severity"] = "warn"
    body |= {key: custom[key] for key in custom if key != _TEST and key[:7] != "config."}
    whole = about | ({"arguments": body} if body else {}) | ({"config": config} if config else {})
    return {kind: whole} if whole else kind


def _kind(check: Check) -> str | None:
    """The test that counts what a check counts and demands that there is none."""
    if check.operator != "mustBe" or check.bound != (0,) or check.unit == "percent":
        return None
    arguments = arguments_of(check).keys()
    if len(check.columns) > 1:
        return _COMBINATION if check.measure == DUPLICATE_VALUES and not arguments else None
    if not check.columns:
        return None
    if check.measure == INVALID_VALUES:
        kinds = {"validValues": "accepted_values", "references": "relationships"}
        return kinds.get(next(iter(arguments))) if len(arguments) == 1 else None
    simple = {NULL_VALUES: "not_null", DUPLICATE_VALUES: "unique"}
    return None if arguments else simple.get(check.measure)


def _write_arguments(check: Check, kind: str, schema: str) -> dict[str, Any]:
    arguments = arguments_of(check)
    if kind == "accepted_values":
        return {"values": arguments["validValues"]}
    if kind == "relationships":
        named, _, table = str(arguments["references"].get("table")).rpartition(".")
        to = reference(named or schema, table, schema)
        return {"to": to, "field": arguments["references"].get("column")}
    return {"combination_of_columns": list(check.columns)} if kind == _COMBINATION else {}
