"""Nouns as plain values, which JSON and YAML can hold, and back: each by its own fields.

A field is written under its name in camel case and left out where it says nothing. What takes
no part in what a noun says (``source``, ``position``) is never written. A tuple of pairs is an
object where each name occurs once, and else a list of lists.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from functools import cache
from types import NoneType, UnionType
from typing import Any, Final, Literal, Union, get_args, get_origin, get_type_hints

UNSAID: Final = ("source", "position", "extension")
PAIRS: Final = tuple[tuple[str, str], ...]
"""The form of a tuple of names with what each of them says."""

_SCALARS: Final[Mapping[object, dict[str, Any]]] = {
    str: {"type": "string"},
    bool: {"type": "boolean"},
    int: {"type": "integer"},
    float: {"type": "number"},
    NoneType: {"type": "null"},
    object: {},
}


def camel(field: str) -> str:
    """``null_reasons`` as ``nullReasons``."""
    first, *rest = field.split("_")
    return first + "".join(word.capitalize() for word in rest)


def to_plain(said: object) -> Any:
    """What a field holds as a plain value."""
    if is_dataclass(said):
        return {
            camel(field.name): to_plain(inner)
            for field in said_fields(type(said))  # type: ignore[arg-type]
            if (inner := getattr(said, field.name)) != field.default and inner is not None
        }
    if not isinstance(said, tuple):
        return said
    if said and all(_is_pair(item) for item in said) and len(dict(said)) == len(said):
        return dict(said)
    return [to_plain(item) for item in said]


def from_plain(form: Any, value: Any) -> Any:
    """The plain value of a field as what it holds; ``form`` is the field's type."""
    if not isinstance(value, dict | list):
        return value
    if form == PAIRS:
        pairs = value.items() if isinstance(value, dict) else value
        return tuple((name, said) for name, said in pairs)
    if get_origin(form) in (UnionType, Union):
        return from_plain(_stated_form(form, value), value)
    if get_origin(form) is tuple:
        return tuple(from_plain(get_args(form)[0], item) for item in value)
    if not is_dataclass(form) or not isinstance(value, dict):
        return value
    forms = forms_of(form)  # type: ignore[arg-type]
    return form(  # type: ignore[operator]
        **{
            field.name: from_plain(forms[field.name], value.get(camel(field.name)))
            for field in said_fields(form)  # type: ignore[arg-type]
            if camel(field.name) in value or _has_no_default(field)
        }
    )


@cache
def schema_of(form: Any, within: tuple[Any, ...] = ()) -> dict[str, Any]:
    """The JSON Schema of the plain values of a field's type; ``within`` are the nouns around it."""
    if form == PAIRS:
        pair = {"type": "array", "items": {"type": "string"}, "minItems": 2, "maxItems": 2}
        return {"type": ["object", "array"], "additionalProperties": _SCALARS[str], "items": pair}
    if form in _SCALARS:
        return dict(_SCALARS[form])
    if get_origin(form) is Literal:
        return {"enum": list(get_args(form))}
    if get_origin(form) in (UnionType, Union):
        return _schema_of_union(form, within)
    if get_origin(form) is tuple:
        return {"type": "array", "items": schema_of(get_args(form)[0], within)}
    return _schema_of_noun(form, within)


@cache
def forms_of(noun: type) -> dict[str, Any]:
    """The types of a noun's fields, by their names."""
    return get_type_hints(noun)


@cache
def said_fields(noun: type) -> tuple[Field[Any], ...]:
    """The fields of a noun that a document can state."""
    return tuple(field for field in fields(noun) if field.name not in UNSAID)


def _schema_of_union(form: Any, within: tuple[Any, ...]) -> dict[str, Any]:
    """A type or null is that type: who says nothing leaves the key out.

    Of several types, each one's rules speak of its own kind of value only, so that they can stand
    side by side: ``properties`` says nothing of a text.
    """
    options = [option for option in get_args(form) if option is not NoneType]
    schemas = [schema_of(option, within) for option in options]
    if len(schemas) == 1:
        return schemas[0]
    kinds = [kind for schema in schemas for kind in _kinds(schema)]
    rules = {key: rule for schema in schemas for key, rule in schema.items() if key != "type"}
    return {"type": kinds, **rules}


def _kinds(schema: Mapping[str, Any]) -> list[str]:
    kinds = schema["type"]
    return kinds if isinstance(kinds, list) else [kinds]


def _schema_of_noun(noun: Any, within: tuple[Any, ...]) -> dict[str, Any]:
    if noun in within:  # a type inside a type
        return {"type": "object"}
    forms = forms_of(noun)
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": {
            camel(field.name): schema_of(forms[field.name], (*within, noun))
            for field in said_fields(noun)
        },
        "required": [
            camel(field.name)
            for field in said_fields(noun)
            if _has_no_default(field) and NoneType not in get_args(forms[field.name])
        ],
    }


def _has_no_default(field: Field[Any]) -> bool:
    return field.default is MISSING and field.default_factory is MISSING


def _stated_form(form: Any, value: dict[str, Any] | list[Any]) -> Any:
    """The type in ``T | None``; of several types, the one that is written as such a value."""
    options = [option for option in get_args(form) if option is not NoneType]
    if len(options) == 1:
        return options[0]
    kind = "object" if isinstance(value, dict) else "array"
    fitting = (option for option in options if kind in _kinds(schema_of(option)))
    return next(fitting, object)


def _is_pair(item: object) -> bool:
    return isinstance(item, tuple) and len(item) == 2 and all(isinstance(s, str) for s in item)
