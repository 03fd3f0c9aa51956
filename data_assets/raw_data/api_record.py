"""One record of the Met Collection API, and what is wrong with something that should be one.

The promise itself is ``api_record.schema.json``: it is the contract of the interface by
which records come into our database.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import jsonschema_rs

SCHEMA_FILE = Path(__file__).with_name("api_record.schema.json")


@dataclass(frozen=True, slots=True)
class RecordProblem:
    """One way in which a record breaks the promise.

    key:       the keys that lead to it, such as ``tags[0].term``; ``""`` is the record itself.
    expected:  what was promised, in words.
    found:     what is there instead, cut short.
    """

    key: str
    expected: str
    found: str

    def __str__(self) -> str:
        return f"{self.key or 'the record'}: expected {self.expected}, found {self.found}"


@cache
def schema() -> dict[str, Any]:
    """The JSON Schema of a record, as it stands in its file."""
    document: dict[str, Any] = json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))
    return document


@cache
def fields() -> tuple[str, ...]:
    """The names of the 57 fields, in the order in which the API gives them."""
    return tuple(schema()["properties"])


@cache
def _validator() -> jsonschema_rs.Draft202012Validator:
    import jsonschema_rs

    return jsonschema_rs.Draft202012Validator(schema())


def is_record(value: object) -> bool:
    """Whether a value keeps the promise."""
    return _validator().is_valid(value)


def find_problems(value: object) -> tuple[RecordProblem, ...]:
    """All ways in which a value breaks the promise, in the order of the fields; () for none."""
    if is_record(value):
        return ()
    errors = _validator().iter_errors(value)
    problems = [_problem(error, value) for error in errors]
    return tuple(dict.fromkeys(sorted(problems, key=lambda problem: _place(problem.key))))


def _place(key: str) -> tuple[int, str]:
    first = key.split("[")[0].split(".")[0]
    return (fields().index(first) if first in fields() else -1), key


def _problem(error: jsonschema_rs.ValidationError, value: object) -> RecordProblem:
    path = list(error.instance_path)
    found = _at(value, path)
    rule, schema_path = error.kind.name, list(error.schema_path)
    promised = _at(schema(), schema_path[:-1])
    if rule == "required":
        missing = error.message.split('"')[1]
        return RecordProblem(
            _join([*path, missing]), _expected(_promise_of(missing)), "no such key"
        )
    return RecordProblem(_join(path), _expected(promised), _shorten(found))


def _promise_of(name: str) -> object:
    """The promise for a field of the record or of one of its parts."""
    parts = (schema(), *schema()["$defs"].values())
    return next(part["properties"][name] for part in parts if name in part["properties"])


def _at(document: Any, path: Sequence[object]) -> Any:
    """What stands at the end of a path; references within a schema are followed."""
    for step in path:
        document = document[step]
        if step == "$ref":
            document = _at(schema(), document.removeprefix("#/").split("/"))
    return document


_WORDS = {
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "array": "a list",
    "object": "an object",
    "null": "null",
}


def _expected(promise: Any) -> str:
    """What a part of the schema asks for, in a few words."""
    words = " or ".join(_WORDS[kind] for kind in _as_list(promise["type"]))
    return words + "".join(
        limit.format(promise[key]) for key, limit in _LIMITS.items() if key in promise
    )


_LIMITS = {
    "examples": " such as {0[0]}",
    "minLength": ", not empty",
    "minItems": ", not empty",
    "minimum": " from {}",
    "maximum": " to {}",
}


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _join(path: Sequence[object]) -> str:
    joined = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return joined.removeprefix(".")


def _shorten(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else f"{text[:57]}..."
