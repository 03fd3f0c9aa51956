"""Checks in Soda's language: a kind with a body and a threshold -> a check, and back again."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from contracts.checks import (
    CUSTOM,
    DUPLICATE_VALUES,
    INVALID_VALUES,
    MISSING_VALUES,
    NULL_VALUES,
    ROW_COUNT,
    SQL,
    arguments_of,
    arguments_text,
)
from contracts.dialects.form import as_json
from contracts.model import Check

OPERATORS: Final = {
    "must_be": "mustBe",
    "must_not_be": "mustNotBe",
    "must_be_greater_than": "mustBeGreaterThan",
    "must_be_greater_than_or_equal": "mustBeGreaterOrEqualTo",
    "must_be_less_than": "mustBeLessThan",
    "must_be_less_than_or_equal": "mustBeLessOrEqualTo",
    "must_be_between": "mustBeBetween",
    "must_be_not_between": "mustNotBeBetween",
}
"""Soda's operators and those of ODCS, which the model has."""

BOUNDS: Final = {
    "must_be_between": ("greater_than_or_equal", "less_than_or_equal"),
    "must_be_not_between": ("greater_than", "less_than"),
}
"""How the two bounds of an operator are said: a bound itself is always good, as in ODCS."""

MEASURES: Final = {
    "missing": NULL_VALUES,
    "invalid": INVALID_VALUES,
    "duplicate": DUPLICATE_VALUES,
    "row_count": ROW_COUNT,
    "aggregate": SQL,
    "metric": SQL,
    "failed_rows": SQL,
}
"""What each kind of check counts; a kind that is not here is ``custom``."""

USUAL: Final = {
    **dict.fromkeys(("missing", "invalid", "duplicate", "failed_rows"), ("mustBe", (0,))),
    "row_count": ("mustBeGreaterThan", (0,)),
}
"""The threshold of a kind that states none."""

ARGUMENTS: Final = {
    "valid_values": "validValues",
    "invalid_values": "invalidValues",
    "missing_values": "missingValues",
    "valid_min": "minimum",
    "valid_max": "maximum",
    "valid_min_length": "minLength",
    "valid_max_length": "maxLength",
    "function": "function",
    "expression": "expression",
}
"""Soda's keys that say what a measure needs besides, and the model's names for them."""

FORMATS: Final = {
    "valid_format": "pattern",
    "invalid_format": "invalidPattern",
    "missing_format": "missingPattern",
}
VALIDITY: Final = (*ARGUMENTS, *FORMATS, "valid_length", "valid_reference_data")
"""The keys that can stand on a column as well, for all its checks."""
_KIND: Final = "soda.check"
_THRESHOLD: Final = "soda.threshold"
OTHER: Final = ("qualifier", "attributes")
"""What a check of Soda's can say besides, which the model has no place for."""
_BODY: Final = ("name", "filter", "query", "columns", "threshold", "metric", "level")


def read_check(
    stated: Mapping[str, Any], column: str | None = None, usual: Mapping[str, Any] | None = None
) -> Check:
    """One check; ``usual`` is what its column says for all its checks."""
    kind, body = next(iter(stated.items()))
    if kind not in MEASURES:
        body_text = as_json(body)
        return Check(
            CUSTOM,
            columns=(column,) if column else (),
            arguments=body_text,
            custom=((_KIND, as_json(kind)),),
        )
    body = body or {}
    arguments = _read_arguments(kind, {**(usual or {}), **body})
    custom = [
        (key, as_json(value))
        for key, value in body.items()
        if key not in (*_BODY, *VALIDITY, *OPERATORS)
    ]
    formats = {key: body[key]["name"] for key in FORMATS if "name" in (body.get(key) or {})}
    custom += [(f"{key}.name", as_json(name)) for key, name in formats.items()]
    read = Check(
        measure=MISSING_VALUES if _counts_more_than_nulls(kind, arguments) else MEASURES[kind],
        columns=tuple(body.get("columns") or ((column,) if column else ())),
        query=body.get("query"),
        name=body.get("name"),
        filter=body.get("filter"),
        arguments=arguments_text(arguments),
        custom=tuple(custom),
    )
    return read_threshold(read, body, *USUAL.get(kind, (None, ())))


def read_threshold(
    check: Check, body: Mapping[str, Any], operator: str | None, bound: tuple[object, ...]
) -> Check:
    """A check with the threshold that its body states, or else with the usual one.

    A threshold that is no single operator of ODCS is kept as Soda writes it.
    """
    inner = body.get("threshold") or {}
    stated = {key: value for key, value in {**body, **inner}.items() if key in OPERATORS}
    metric = inner.get("metric", body.get("metric"))
    level = inner.get("level", body.get("level"))
    custom = check.custom
    if "additional" in inner:
        custom = (*custom, ("soda.additional", as_json(inner["additional"])))
    if stated:
        operator, bound = _single(stated)
        if operator is None:
            custom = (*custom, (_THRESHOLD, as_json(stated)))
    return replace(
        check,
        operator=operator,
        bound=bound,
        unit={"percent": "percent", "count": "rows"}.get(metric or ""),
        level="warning" if level == "warn" else "error",
        custom=custom,
    )


def _single(stated: Mapping[str, Any]) -> tuple[str | None, tuple[object, ...]]:
    """The one operator that a threshold comes to, with its bounds; ``None`` for another one."""
    key, value = next(iter(stated.items()))
    if len(stated) > 1:
        return None, ()
    if isinstance(value, Mapping):
        if key not in BOUNDS or value.keys() != set(BOUNDS[key]):
            return None, ()
        return OPERATORS[key], tuple(value[bound] for bound in BOUNDS[key])
    return OPERATORS[key], tuple(value) if isinstance(value, list) else (value,)


def _read_arguments(kind: str, stated: Mapping[str, Any]) -> dict[str, Any]:
    arguments = {ARGUMENTS[key]: stated[key] for key in ARGUMENTS if stated.get(key) is not None}
    for key, name in FORMATS.items():
        if regex := (stated.get(key) or {}).get("regex"):
            arguments[name] = regex
    if (length := stated.get("valid_length")) is not None:
        arguments |= {"minLength": length, "maxLength": length}
    if reference := stated.get("valid_reference_data"):
        arguments["references"] = {"table": reference["dataset"], "column": reference["column"]}
    if kind == "missing":
        arguments = {key: arguments[key] for key in arguments if key.startswith("missing")}
        if "missingValues" in arguments and None not in arguments["missingValues"]:
            arguments["missingValues"] = [None, *arguments["missingValues"]]
    if kind == "failed_rows":
        arguments["counts"] = "rows"
    return arguments


def _counts_more_than_nulls(kind: str, arguments: Mapping[str, Any]) -> bool:
    return kind == "missing" and bool(arguments)


def write_check(check: Check, *, whole: bool) -> dict[str, Any] | None:
    """A check as Soda says it; ``None`` where Soda has no such kind.

    ``whole`` writes keys that Soda does not know, too, as a document in its language had them.
    """
    custom = dict(check.custom)
    if _KIND in custom:
        return {json.loads(custom[_KIND]): json.loads(check.arguments or "null")}
    arguments = arguments_of(check)
    kind = _kind(check, arguments)
    if kind is None:
        return None
    body: dict[str, Any] = {}
    if check.name is not None:
        body["name"] = check.name
    if kind == "duplicate" and len(check.columns) > 1:
        body["columns"] = list(check.columns)
    body |= _write_arguments(kind, arguments, custom)
    if check.query is not None:
        body["query"] = check.query
    if check.filter is not None:
        body["filter"] = check.filter
    body |= {
        key: json.loads(value)
        for key, value in custom.items()
        if key in OTHER or (whole and not key.startswith("soda.") and not _is_format(key))
    }
    if threshold := _write_threshold(check, custom):
        body["threshold"] = threshold
    return {kind: body or None}


def _kind(check: Check, arguments: Mapping[str, Any]) -> str | None:
    if check.measure == SQL:
        if arguments.get("counts") == "rows":
            return "failed_rows"
        return "aggregate" if "function" in arguments else "metric"
    if check.measure == ROW_COUNT and check.columns:
        return None
    kinds = {MEASURES[kind]: kind for kind in ("missing", "invalid", "duplicate", "row_count")}
    return {**kinds, MISSING_VALUES: "missing"}.get(check.measure)


def _is_format(key: str) -> bool:
    return key.endswith("_format.name")


def _write_arguments(
    kind: str, arguments: Mapping[str, Any], custom: Mapping[str, str]
) -> Iterator[tuple[str, Any]]:
    """The keys of Soda that say what a measure needs besides."""
    for key, name in ARGUMENTS.items():
        if name in arguments:
            value = arguments[name]
            if kind == "missing" and isinstance(value, list):
                value = [item for item in value if item is not None]
            yield key, value
    for key, name in FORMATS.items():
        if name in arguments:
            named = custom.get(f"{key}.name")
            format_name = json.loads(named) if named else name
            yield key, {"regex": arguments[name], "name": format_name}
    if reference := arguments.get("references"):
        yield (
            "valid_reference_data",
            {
                "dataset": reference.get("table"),
                "column": reference.get("column"),
            },
        )


def _write_threshold(check: Check, custom: Mapping[str, str]) -> dict[str, Any]:
    threshold: dict[str, Any] = {}
    if check.unit is not None:
        threshold["metric"] = "percent" if check.unit == "percent" else "count"
    if check.level == "warning":
        threshold["level"] = "warn"
    if _THRESHOLD in custom:
        threshold |= json.loads(custom[_THRESHOLD])
    elif check.operator is not None:
        threshold |= _write_operator(check.operator, check.bound)
    if "soda.additional" in custom:
        threshold["additional"] = json.loads(custom["soda.additional"])
    return threshold


def _write_operator(operator: str, bound: tuple[object, ...]) -> dict[str, Any]:
    name = next((theirs for theirs, ours in OPERATORS.items() if ours == operator), None)
    if name is None or not bound:
        return {}
    return {name: dict(zip(BOUNDS[name], bound, strict=False)) if name in BOUNDS else bound[0]}
