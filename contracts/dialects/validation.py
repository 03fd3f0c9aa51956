"""Holding a document against a JSON Schema, and saying what is wrong so that it can be mended."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from contracts.dialects.schema_errors import SchemaError, causes
from contracts.documents import Document
from contracts.problems import Problem
from contracts.reading import KeyPath, shown

if TYPE_CHECKING:
    import jsonschema_rs

Finding = tuple[KeyPath, Problem]

_NEAR: Final = 0.6
_VERY_NEAR: Final = 0.8
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
    validator: jsonschema_rs.Draft202012Validator,
    schema: Mapping[str, Any],
    document: Document,
    *,
    only_slips: bool = False,
) -> list[Finding]:
    """All that is wrong with a document by a schema: one finding for each cause, with its path.

    A key that is misspelt is one cause: neither is the right one missing, nor is the wrong one
    said to be unknown without a word about the right one. A value of the wrong type is one
    cause, whatever else the schema asks of it. The path of a missing key is its own.

    ``only_slips`` lets an unknown key pass that its author may have meant: one that is not very
    near to a known key, or near to one that is there as well.
    """
    errors = list(causes(schema, validator.iter_errors(document.value)))
    wrong_type = {error.path for error in errors if error.keyword == "type"}
    misspelt = _misspelt(errors, only_slips=only_slips)
    found = [
        finding
        for error in errors
        if error.keyword == "type" or error.path not in wrong_type
        for finding in _explain(error, document, misspelt, only_slips=only_slips)
    ]
    return sorted(set(found), key=lambda finding: finding[1])


def nearest(word: str, words: Iterable[str], cutoff: float = _NEAR) -> str | None:
    """The most similar of the words, if one is similar; case and hyphens hardly count."""
    from difflib import get_close_matches

    plain = {_plain(candidate): candidate for candidate in sorted(words)}
    found = get_close_matches(_plain(word), plain, n=1, cutoff=cutoff)
    return plain[found[0]] if found else None


def _plain(word: str) -> str:
    return word.lower().replace("-", "").replace("_", "")


def _explain(
    error: SchemaError, document: Document, misspelt: Mapping[KeyPath, str], *, only_slips: bool
) -> Iterator[Finding]:
    if error.keyword == "additionalProperties":
        for key in error.details["unexpected"]:
            path = (*error.path, key)
            if path in misspelt or not only_slips:
                yield path, _unknown_key(error, document, path, misspelt.get(path))
    elif error.keyword == "required":
        key = error.details["property"]
        meant = {(*wrong[:-1], right) for wrong, right in misspelt.items()}
        if (*error.path, key) not in meant:
            about = error.part.get("properties", {}).get(key, {}).get("description", "")
            what = f'The key "{key}" is missing.'
            next_step = f'Add "{key}". {about}'.rstrip()
            problem = document.problem(error.path, what, next_step, key=True)
            yield (*error.path, key), problem
    elif error.keyword == "not" or "keys" in error.details:
        yield from _explain_choice(error, document, misspelt)
    elif error.keyword == "propertyNames":
        path = (*error.path, error.details["error"].instance)
        what = f"Expected a name of 1 to 63 characters, found {shown(path[-1])}."
        yield path, document.problem(path, what, "Use the name that Postgres has.", key=True)
    else:
        what = f"Expected {_expected(error)}, found {shown(error.found)}."
        about = error.part.get("description", "")
        yield error.path, document.problem(error.path, what, f"Correct the value. {about}".rstrip())


def _explain_choice(
    error: SchemaError, document: Document, misspelt: Mapping[KeyPath, str]
) -> Iterator[Finding]:
    """A key that may not be there, or more or less than one of several that may."""
    if error.keyword == "not":
        for key in error.details.get("schema", {}).get("required", ()):
            path, about = (*error.path, key), error.part.get("description", "")
            what = f"The key {shown(key)} has no place here."
            yield path, document.problem(path, what, f"Delete it. {about}".rstrip(), key=True)
        return
    keys: list[str] = error.details["keys"]
    if any(wrong[:-1] == error.path and right in keys for wrong, right in misspelt.items()):
        return
    stated = [key for key in keys if key in error.found]
    what = f"Expected one of {', '.join(keys)}; found {' and '.join(stated) or 'none'}."
    next_step = "Keep one of them." if stated else "Add one of them."
    yield error.path, document.problem(error.path, what, next_step, key=True)


def _unknown_key(
    error: SchemaError, document: Document, path: KeyPath, meant: str | None
) -> Problem:
    known = list(error.part.get("properties", {}))
    if path[-1] in error.part.get("elsewhere", ()):
        what = f"The key {shown(path[-1])} goes with another type."
        return document.problem(path, what, "Delete it, or correct the type.", key=True)
    if meant is None:
        next_step = f"Delete it. The keys here are {', '.join(known)}."
    elif meant in error.found:
        next_step = f'Delete it: "{meant}" is here already.'
    else:
        next_step = f'Did you mean "{meant}"?'
    return document.problem(path, f"The key {shown(path[-1])} is not known.", next_step, key=True)


def _misspelt(errors: Sequence[SchemaError], *, only_slips: bool) -> dict[KeyPath, str]:
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
            meant = nearest(key, lacking) or (
                _slip(key, known, error.found) if only_slips else nearest(key, known)
            )
            if meant:
                found[(*error.path, key)] = meant
                lacking.discard(meant)
    return found


def _slip(key: str, known: Iterable[str], found: Mapping[str, Any]) -> str | None:
    """The known key that an author must have meant; none where it may be one of their own."""
    meant = nearest(key, known, _VERY_NEAR)
    theirs = meant is not None and meant in found and _plain(meant) != _plain(key)
    return None if theirs else meant


def _expected(error: SchemaError) -> str:
    """What a keyword of the schema asks for, in words."""
    part, keyword = error.part, error.keyword
    limit = part.get(keyword)
    if keyword == "type":
        names = [limit] if isinstance(limit, str) else list(limit or ())
        return " or ".join(_WORDS[name] for name in names)
    if keyword == "enum":
        return " or ".join(json.dumps(option) for option in limit or ())
    if keyword == "pattern":
        examples = part.get("examples")
        return f"a text like {json.dumps(examples[0])}" if examples else "a text of another form"
    words = {
        "const": json.dumps(limit),
        "minimum": f"at least {limit}",
        "maximum": f"at most {limit}",
        "minLength": "a text that is not empty",
        "maxLength": f"at most {limit} characters",
        "minProperties": "at least one entry",
        "maxProperties": "only one entry",
        "minItems": "at least one item",
        "uniqueItems": "every item only once",
    }
    return words.get(keyword, "something else")
