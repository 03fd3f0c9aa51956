"""A field as contracts of many kinds describe it: its type, what must hold, and what it means.

The one-pager and the ``models:`` documents share these keys, down to the words for types:
``string`` and ``timestamp`` are logical types, ``varchar(20)`` and ``timestamptz`` exact ones.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Final, NamedTuple

from contracts.checks import CUSTOM, INVALID_VALUES, OPERATORS, SQL, arguments_text
from contracts.dialects.field_lines import as_enum
from contracts.dialects.form import own_keys
from contracts.dialects.phrases import CLASSIFICATIONS, in_words
from contracts.dialects.sections import read_policy
from contracts.documents import Document
from contracts.logical_types import logical, parse_word
from contracts.meaning import Pairs
from contracts.model import (
    Check,
    Column,
    DataType,
    ForeignKey,
    JsonShape,
    Link,
    NullReason,
)
from contracts.problems import Problem
from contracts.reading import KeyPath
from contracts.types import UnknownTypeError

LIMITS: Final = (
    "pattern",
    "format",
    "minLength",
    "maxLength",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
)
"""What bounds the values of a field; each is an argument of the check that it becomes."""

KEPT: Final = (
    "type", "required", "nullable", "unique", "primaryKey", "primary_key", "primary",
    "description", "title", "meaning", "enum", "allowed_values", "precision", "scale", "examples",
    "example", "unit", "currency", "timezone", "tags", "links", "references", "null_reasons",
    "unknown_value_policy", "unknown_status_policy", "extensible", "deprecated", "replaced_by",
    "items", "invariant", "quality", "$ref", "terminal_values", "terminal_states",
    "transient_values", "transient_states", "external_terms", "transition_history", "source",
    "correction", "correction_policy", "warning", *LIMITS,
)  # fmt: skip
"""The keys of a field that the model has a place for."""

_OPERATORS: Final = {
    **{name: name for name in OPERATORS},
    "mustBeGreaterThanOrEqualTo": "mustBeGreaterOrEqualTo",
    "mustBeLessThanOrEqualTo": "mustBeLessOrEqualTo",
}


class Field(NamedTuple):
    """What a field comes to: a column, checks on its values, a key, an invariant."""

    column: Column
    checks: tuple[Check, ...] = ()
    foreign_key: ForeignKey | None = None
    invariants: tuple[str, ...] = ()


def read_field(
    document: Document,
    path: KeyPath,
    name: str,
    stated: Mapping[str, Any],
    problems: list[Problem],
    schema: str = "public",
) -> Field:
    """A field by its keys; a type that is none goes to ``problems``.

    ``schema`` is that of the tables that are referred to without one.
    """
    source = document.source(*path)
    stated = as_enum(stated)
    states = stated.get("enum", stated.get("allowed_values"))
    column = Column(
        name=name,
        data_type=_read_type(document, path, stated, problems),
        nullable=_read_nullable(stated),
        primary_key=_first(stated, "primaryKey", "primary_key", "primary"),
        unique=stated.get("unique"),
        description=stated.get("description"),
        examples=tuple(
            stated.get("examples") or ([stated["example"]] if "example" in stated else [])
        ),
        meaning=in_words(stated.get("meaning")),
        unit=stated.get("unit"),
        classification=CLASSIFICATIONS.get(str(stated.get("classification", "")).lower()),
        null_reasons=_read_null_reasons(stated.get("null_reasons")),
        states=None if states is None else tuple(str(item) for item in states),
        unknown_value_policy=read_policy(
            _first(stated, "unknown_value_policy", "unknown_status_policy")
        ),
        terminal_states=_texts(_first(stated, "terminal_values", "terminal_states")),
        transient_states=_texts(_first(stated, "transient_values", "transient_states")),
        external_terms=_pairs(stated.get("external_terms")),
        transition_history=in_words(stated.get("transition_history")),
        origin=in_words(stated.get("source")),
        correction=in_words(_first(stated, "correction", "correction_policy")),
        warning=in_words(stated.get("warning")),
        extensible=stated.get("extensible"),
        json_shape=_read_shape(stated.get("fields")),
        timezone=stated.get("timezone") or _timezone(stated.get("type")),
        currency=stated.get("currency"),
        deprecated=stated.get("deprecated"),
        replaced_by=stated.get("replaced_by"),
        business_name=stated.get("title"),
        tags=tuple(stated.get("tags") or ()),
        links=tuple(Link(str(url), kind) for kind, url in (stated.get("links") or {}).items()),
        custom=own_keys(stated, _known(stated)),
        source=source,
    )
    return Field(
        column,
        (*_read_limits(name, stated, source), *read_quality(document, path, stated, (name,))),
        _read_reference(name, stated.get("references"), schema),
        tuple(f"{name}: {text}" for text in [in_words(stated.get("invariant"))] if text),
    )


def read_quality(
    document: Document, path: KeyPath, stated: Mapping[str, Any], columns: tuple[str, ...] = ()
) -> Iterator[Check]:
    """The checks in a list of them, each with a query, or as another tool or a person has it."""
    listed = stated.get("quality")
    for number, one in enumerate(listed if isinstance(listed, list) else ()):
        if isinstance(one, dict):
            source = document.source(*path, "quality", number)
            yield replace(_read_quality(one, columns), source=source)


def _read_quality(stated: Mapping[str, Any], columns: tuple[str, ...]) -> Check:
    operator = next((key for key in stated if key in _OPERATORS), None)
    bound = stated[operator] if operator else ()
    known = {"query", "description", "dimension", "severity", "name"}
    is_sql = stated.get("type") in ("sql", None) and "query" in stated
    known |= {"type"} if is_sql else set()
    return Check(
        measure=SQL if is_sql else CUSTOM,
        operator=_OPERATORS[operator] if operator else None,
        bound=tuple(bound) if isinstance(bound, list | tuple) else (bound,),
        columns=columns,
        dimension=stated.get("dimension"),
        query=stated.get("query"),
        name=stated.get("name"),
        description=stated.get("description"),
        severity=stated.get("severity"),
        custom=own_keys(stated, known | _OPERATORS.keys()),
    )


def _read_type(
    document: Document, path: KeyPath, stated: Mapping[str, Any], problems: list[Problem]
) -> DataType | None:
    """The type of a field, exact where one is named that Postgres has."""
    config = stated.get("config")
    exact = config.get("postgresType") if isinstance(config, dict) else None
    text, key = (exact, "config") if isinstance(exact, str) else (stated.get("type"), "type")
    if text is None:
        return None
    if text.strip().lower() == "timestamp_utc":
        return logical("timestamp")
    try:
        found = parse_word(text, precision=stated.get("precision"), scale=stated.get("scale"))
    except UnknownTypeError as error:
        place = _written_at(document.value, path, key)
        problems.append(document.problem(place, error.what, error.next_step))
        return None
    items = stated.get("items")
    if found.kind == "array" and found.element is None and isinstance(items, dict):
        return replace(found, element=_read_type(document, (*path, "items"), items, problems))
    return found


def _written_at(value: Any, path: KeyPath, key: str) -> KeyPath:
    """The path of a field's key; of the field itself where it is one line, or is taken over."""
    for step in path:
        value = value[step]
    return (*path, key) if isinstance(value, dict) and key in value else path


def _timezone(text: object) -> str | None:
    return "UTC" if str(text).strip().lower() == "timestamp_utc" else None


def _read_nullable(stated: Mapping[str, Any]) -> bool | None:
    required = stated.get("required")
    if required is None and _first(stated, "primary_key", "primaryKey", "primary"):
        return False
    nullable: bool | None = stated.get("nullable") if required is None else not required
    return nullable


def _read_null_reasons(stated: object) -> tuple[NullReason, ...]:
    """The meanings of null: codes with what they mean, or codes alone."""
    if isinstance(stated, Mapping):
        return tuple(NullReason(code, in_words(said) or "") for code, said in stated.items())
    return tuple(NullReason(str(code), "") for code in (stated or ()))  # type: ignore[attr-defined]


def _read_shape(fields: object) -> JsonShape | None:
    """The keys of an object's values, by its inner fields."""
    if not isinstance(fields, Mapping):
        return None
    must = {key for key, one in fields.items() if isinstance(one, dict) and one.get("required")}
    return JsonShape(
        tuple(key for key in fields if key in must),
        tuple(key for key in fields if key not in must),
    )


def _read_limits(name: str, stated: Mapping[str, Any], source: Any) -> Iterator[Check]:
    limits = {key: stated[key] for key in LIMITS if stated.get(key) is not None}
    if limits:
        arguments = arguments_text(limits)
        yield Check(INVALID_VALUES, "mustBe", (0,), (name,), arguments=arguments, source=source)


def _read_reference(name: str, text: object, schema: str) -> ForeignKey | None:
    """The key that ``orders.order_id`` or ``crm.orders.order_id`` refers to."""
    if not isinstance(text, str) or "." not in text:
        return None
    *table, column = text.split(".")
    named = table[-2] if len(table) > 1 else schema
    return ForeignKey("", (name,), named, table[-1], (column,))


def _known(stated: Mapping[str, Any]) -> frozenset[str]:
    """The keys of a field that are read, as far as the model can hold what they say here."""
    known = {*KEPT}
    if str(stated.get("classification", "")).lower() in CLASSIFICATIONS:
        known.add("classification")
    if isinstance(stated.get("references"), str) and "." not in stated["references"]:
        known.discard("references")
    if not {*(stated.get("items") or ())} <= {"type", "items"}:
        known.discard("items")
    return frozenset(known)


def _texts(stated: object) -> tuple[str, ...]:
    return tuple(str(item) for item in stated) if isinstance(stated, list) else ()


def _pairs(stated: object) -> Pairs:
    named = stated.items() if isinstance(stated, Mapping) else ()
    return tuple((str(name), in_words(said) or "") for name, said in named)


def _first(stated: Mapping[str, Any], *keys: str) -> Any:
    return next((stated[key] for key in keys if stated.get(key) is not None), None)
