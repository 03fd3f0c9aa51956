"""Holding a document against a JSON Schema, and saying what is wrong so that it can be mended."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from contracts.documents import Document
from contracts.problems import Problem
from contracts.reading import KeyPath, shown

if TYPE_CHECKING:
    import jsonschema_rs

Finding = tuple[KeyPath, Problem]

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
    """All that is wrong with a document by a schema, in the order of its lines."""
    return [problem for _, problem in faults_by_path(validator, schema, document)]


def faults_by_path(
    validator: jsonschema_rs.Draft202012Validator, schema: Mapping[str, Any], document: Document
) -> list[Finding]:
    """All that is wrong with a document by a schema: one finding for each cause, with its path.

    A key that is misspelt is one cause: neither is the right one missing, nor is the wrong one
    said to be unknown without a word about the right one. A value of the wrong type is one
    cause, whatever else the schema asks of it.
    """
    errors = [_Error(schema, error) for error in validator.iter_errors(document.value)]
    wrong_type = {error.path for error in errors if error.keyword == "type"}
    misspelt = _misspelt(errors)
    found = [
        finding
        for error in errors
        if error.keyword == "type" or error.path not in wrong_type
        for finding in _explain(error, document, misspelt)
    ]
    return sorted(set(found), key=lambda finding: finding[1])


def nearest(word: str, words: Iterable[str]) -> str | None:
    """The most similar of the words, if one is similar; case and hyphens hardly count."""
    from difflib import get_close_matches

    plain = {_plain(candidate): candidate for candidate in sorted(words)}
    found = get_close_matches(_plain(word), plain, n=1, cutoff=_NEAR)
    return plain[found[0]] if found else None


def _plain(word: str) -> str:
    return word.lower().replace("-", "").replace("_", "")


class _Error:
    """An error of the validator: its keyword, its place in the document, its part of the schema.

    ``details`` holds what the keyword itself has to say, such as the unexpected keys.
    """

    def __init__(self, schema: Mapping[str, Any], error: jsonschema_rs.ValidationError) -> None:
        self.keyword = error.kind.name
        self.path: KeyPath = tuple(error.instance_path)
        self.found: Any = error.instance
        self.details: dict[str, Any] = error.kind.as_dict()
        self.part = _part(schema, error.evaluation_path)


def _explain(
    error: _Error, document: Document, misspelt: Mapping[KeyPath, str]
) -> Iterator[Finding]:
    if error.keyword == "additionalProperties":
        for key in error.details["unexpected"]:
            path = (*error.path, key)
            yield path, _unknown_key(error, document, path, misspelt.get(path))
    elif error.keyword == "required":
        key = error.details["property"]
        meant = {(*wrong[:-1], right) for wrong, right in misspelt.items()}
        if (*error.path, key) not in meant:
            about = error.part.get("properties", {}).get(key, {}).get("description", "")
            what = f'The key "{key}" is missing.'
            next_step = f'Add "{key}". {about}'.rstrip()
            problem = document.problem(error.path, what, next_step, key=True)
            yield error.path, problem
    elif error.keyword == "propertyNames":
        path = (*error.path, error.details["error"].instance)
        what = f"Expected a name of 1 to 63 characters, found {shown(path[-1])}."
        yield path, document.problem(path, what, "Use the name that Postgres has.", key=True)
    else:
        what = f"Expected {_expected(error)}, found {shown(error.found)}."
        about = error.part.get("description", "")
        yield error.path, document.problem(error.path, what, f"Correct the value. {about}".rstrip())


def _unknown_key(error: _Error, document: Document, path: KeyPath, meant: str | None) -> Problem:
    known = list(error.part.get("properties", {}))
    if meant is None:
        next_step = f"Delete it. The keys here are {', '.join(known)}."
    elif meant in error.found:
        next_step = f'Delete it: "{meant}" is here already.'
    else:
        next_step = f'Did you mean "{meant}"?'
    return document.problem(path, f"The key {shown(path[-1])} is not known.", next_step, key=True)


def _misspelt(errors: Sequence[_Error]) -> dict[KeyPath, str]:
    """The unknown keys that are near to a known one, and which; a missing one is nearest."""
    missing: dict[KeyPath, set[str]] = {}
    for error in errors:
        if error.keyword == "required":
            missing.setdefault(error.path, set()).add(error.details["property"])
    found: dict[KeyPath, str] = {}
    for error in errors:
        if error.keyword != "additionalProperties":
            continue
        lacking = missing.get(error.path, set())
        for key in error.details["unexpected"]:
            known = error.part.get("properties", {})
            meant = nearest(key, lacking) or nearest(key, known)
            if meant:
                found[(*error.path, key)] = meant
                lacking.discard(meant)
    return found


def _expected(error: _Error) -> str:
    """What a keyword of the schema asks for, in words."""
    part, keyword = error.part, error.keyword
    limit = part.get(keyword)
    if keyword == "type":
        names = [limit] if isinstance(limit, str) else list(limit or ())
        return " or ".join(_WORDS[name] for name in names)
    if keyword == "enum":
        return " or ".join(json.dumps(option) for option in limit or ())
    if keyword == "pattern":
        return f"a text like {json.dumps((part.get('examples') or ['…'])[0])}"
    words = {
        "const": json.dumps(limit),
        "minimum": f"at least {limit}",
        "maximum": f"at most {limit}",
        "minLength": "a text that is not empty",
        "maxLength": f"at most {limit} characters",
        "minProperties": "at least one entry",
        "uniqueItems": "every item only once",
    }
    return words.get(keyword, "something else")


def _part(schema: Mapping[str, Any], path: Sequence[str | int]) -> Mapping[str, Any]:
    """The part of a schema that holds a keyword; what is said beside a reference wins."""
    part: Any = schema
    for step in path[:-1]:
        if step != "$ref":
            part = part[step]
            continue
        target: Any = schema
        for name in part["$ref"].removeprefix("#/").split("/"):
            target = target[name]
        part = {**target, **{key: value for key, value in part.items() if key != "$ref"}}
    found: Mapping[str, Any] = part
    return found
