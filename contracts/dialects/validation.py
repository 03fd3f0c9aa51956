"""Holding a document against a JSON Schema, and saying what is wrong so that it can be mended."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from contracts.documents import Document, dotted
from contracts.problems import Problem
from contracts.reading import KeyPath, shown

if TYPE_CHECKING:
    import jsonschema_rs

_NEAR: Final = 0.6
_WORDS: Final = {
    "string": "a text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "array": "a list",
    "object": "an object",
    "null": "null",
}


def find_faults(
    validator: jsonschema_rs.Draft202012Validator, schema: Mapping[str, Any], document: Document
) -> list[Problem]:
    """All problems of a document with a schema: one for each cause, in the order of the lines."""
    errors = list(validator.iter_errors(document.value))
    misspelt = _misspelt(errors, schema)
    problems = [
        problem for error in errors for problem in _explain(error, schema, document, misspelt)
    ]
    return sorted(set(problems))


def nearest(word: str, words: Iterable[str]) -> str | None:
    """The most similar of the words, if one is similar; case and hyphens hardly count."""
    from difflib import get_close_matches

    plain = {candidate.lower().replace("-", "_"): candidate for candidate in sorted(words)}
    found = get_close_matches(word.lower().replace("-", "_"), plain, n=1, cutoff=_NEAR)
    return plain[found[0]] if found else None


def _explain(
    error: jsonschema_rs.ValidationError,
    schema: Mapping[str, Any],
    document: Document,
    misspelt: Mapping[KeyPath, str],
) -> Iterator[Problem]:
    path = tuple(error.instance_path)
    kind = error.kind
    part = _part(schema, error.schema_path[:-1])
    if kind.name == "additionalProperties":
        for key in kind.unexpected:
            yield _unknown_key(document, (*path, key), part, misspelt.get((*path, key)))
    elif kind.name == "required":
        if (*path, kind.property) not in {
            (*wrong[:-1], meant) for wrong, meant in misspelt.items()
        }:
            yield _missing_key(document, path, kind.property, part)
    elif kind.name == "propertyNames":
        yield document.problem(
            path, "The name of a column is empty or longer than 63 characters.",
            "Use the column's name as Postgres has it.",
        )  # fmt: skip
    else:
        found = error.instance
        what = f"Expected {_expected(kind, part)}, found {shown(found)}."
        yield document.problem(path, what, _about(part))


def _unknown_key(
    document: Document, path: KeyPath, part: Mapping[str, Any], meant: str | None
) -> Problem:
    key = str(path[-1])
    known = list(part.get("properties", {}))
    if meant is None:
        next_step = f"Keys here: {', '.join(known)}."
    elif len(path) > 1 and meant in _siblings(document, path):
        next_step = f'Delete it; "{meant}" is here already.'
    else:
        next_step = f'Did you mean "{meant}"?'
    return document.problem(path, f"The key {shown(key)} is not known here.", next_step, key=True)


def _siblings(document: Document, path: KeyPath) -> Sequence[str]:
    value: Any = document.value
    for step in path[:-1]:
        value = value[step]
    return list(value)


def _missing_key(document: Document, path: KeyPath, key: str, part: Mapping[str, Any]) -> Problem:
    about = part.get("properties", {}).get(key, {}).get("description", "")
    place = document.key_at(*path)
    return Problem(place, dotted(path), f'The key "{key}" is missing.', f'Add "{key}": {about}')


def _misspelt(
    errors: Sequence[jsonschema_rs.ValidationError], schema: Mapping[str, Any]
) -> dict[KeyPath, str]:
    """The unknown keys that are near to a known one, and which; a missing one is nearest."""
    missing: dict[KeyPath, set[str]] = {}
    for error in errors:
        if error.kind.name == "required":
            missing.setdefault(tuple(error.instance_path), set()).add(error.kind.property)
    found: dict[KeyPath, str] = {}
    for error in errors:
        if error.kind.name != "additionalProperties":
            continue
        path = tuple(error.instance_path)
        known = _part(schema, error.schema_path[:-1]).get("properties", {})
        for key in error.kind.unexpected:
            meant = nearest(key, missing.get(path, ())) or nearest(key, known)
            if meant:
                found[(*path, key)] = meant
    return found


def _expected(kind: Any, part: Mapping[str, Any]) -> str:
    """What a keyword of the schema asks for, in words."""
    words = {
        "type": lambda: " or ".join(_WORDS[name] for name in _types(part)),
        "enum": lambda: " or ".join(json.dumps(option) for option in part["enum"]),
        "const": lambda: json.dumps(part["const"]),
        "minimum": lambda: f"at least {part['minimum']}",
        "maximum": lambda: f"at most {part['maximum']}",
        "minLength": lambda: "a text that is not empty",
        "maxLength": lambda: f"at most {part['maxLength']} characters",
        "minProperties": lambda: "at least one entry",
        "uniqueItems": lambda: "every item once",
        "pattern": lambda: "another form of text",
    }
    return words[kind.name]() if kind.name in words else "something else"


def _types(part: Mapping[str, Any]) -> list[str]:
    names = part["type"]
    return [names] if isinstance(names, str) else list(names)


def _about(part: Mapping[str, Any]) -> str:
    return str(part.get("description", "Correct the value."))


def _part(schema: Mapping[str, Any], path: Sequence[str | int]) -> Mapping[str, Any]:
    """The part of a schema at a path, through references; a description beside one wins."""
    part: Any = schema
    for step in path:
        part = _resolved(schema, part)
        part = part[step] if step != "$ref" else part
    return _resolved(schema, part)


def _resolved(schema: Mapping[str, Any], part: Any) -> Any:
    while isinstance(part, dict) and "$ref" in part:
        beside = {key: value for key, value in part.items() if key != "$ref"}
        target: Any = schema
        for step in part["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        part = {**target, **beside}
    return part
