"""What a validator of JSON Schema finds wrong, each time as the one error that caused it.

A validator reports every rule that a document breaks, and some are broken only because another
one is: of alternatives all are said to fail, and beside a wrong value its neighbours are said to
be unknown. Here an alternative is reduced to the branch that was meant, and a key is unknown only
where nothing that applies to its object knows it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from contracts.reading import KeyPath

if TYPE_CHECKING:
    import jsonschema_rs

_ALTERNATIVES: Final = ("oneOf", "anyOf")


class SchemaError:
    """An error of the validator: its keyword, its place in the document, its part of the schema.

    ``details`` holds what the keyword itself has to say, such as the unexpected keys.
    """

    def __init__(self, schema: Mapping[str, Any], error: jsonschema_rs.ValidationError) -> None:
        self.keyword: str = error.kind.name
        self.path: KeyPath = tuple(error.instance_path)
        self.found: Any = error.instance
        self.details: dict[str, Any] = error.kind.as_dict()
        self.part = _part(schema, error.evaluation_path)


def causes(
    schema: Mapping[str, Any], errors: Iterable[jsonschema_rs.ValidationError]
) -> Iterator[SchemaError]:
    """The errors of a validator, without those that only follow from another one."""
    for error in errors:
        if error.kind.name in _ALTERNATIVES:
            yield from _of_alternatives(schema, error)
            continue
        cause = SchemaError(schema, error)
        if cause.keyword == "unevaluatedProperties":
            _keep_unknown_keys(schema, cause)
        if cause.details.get("unexpected") != []:
            yield cause


def _of_alternatives(
    schema: Mapping[str, Any], error: jsonschema_rs.ValidationError
) -> Iterator[SchemaError]:
    """What is wrong with a value that is none of several alternatives, or more than one."""
    branches: list[list[Any]] = list(error.kind.context)  # type: ignore[attr-defined]
    whole = SchemaError(schema, error)
    of_keys = [_only_key(branch) for branch in whole.part[whole.keyword]]
    if not all(branches) or all(of_keys):
        whole.details = {"keys": [key for key in of_keys if key]}
        yield whole
        return
    fitting = [branch for branch in branches if not _is_of_another_type(branch, whole.path)]
    if fitting:
        meant = min(fitting, key=len)
        yield from causes(schema, meant)
        return
    types = [_types(one) for branch in branches for one in branch if one.kind.name == "type"]
    whole.keyword = "type"
    whole.part = {**whole.part, "type": list(dict.fromkeys(name for of in types for name in of))}
    yield whole


def _only_key(branch: Mapping[str, Any]) -> str | None:
    """The key that an alternative is about, if it asks for nothing but that key."""
    required = branch.get("required", ())
    return str(required[0]) if len(required) == 1 and "$ref" not in branch else None


def _is_of_another_type(branch: Sequence[Any], path: KeyPath) -> bool:
    return any(one.kind.name == "type" and tuple(one.instance_path) == path for one in branch)


def _types(error: Any) -> list[str]:
    return list(error.kind.as_dict()["types"])


def _keep_unknown_keys(schema: Mapping[str, Any], cause: SchemaError) -> None:
    """Make an error about keys that nothing evaluated one about keys that nothing knows."""
    known = _keys(schema, cause.part, cause.found)
    elsewhere = set(_keys(schema, cause.part, None)) - set(known)
    cause.keyword = "additionalProperties"
    cause.part = {"properties": known, "elsewhere": elsewhere}
    unexpected = [key for key in cause.details["unexpected"] if key not in known]
    cause.details = {"unexpected": unexpected}


def _keys(schema: Mapping[str, Any], part: Mapping[str, Any], value: object) -> dict[str, Any]:
    """The keys that a part of a schema knows for a value; those for any value for ``None``."""
    known = dict(part.get("properties", {}))
    parts: list[Mapping[str, Any]] = []
    if "$ref" in part:
        parts.append(_referred(schema, part["$ref"]))
    for keyword in ("allOf", *_ALTERNATIVES):
        parts += part.get(keyword, ())
    if "if" in part:
        parts += _applying(part, value)
    for inner in parts:
        known |= _keys(schema, inner, value)
    return known


def _applying(part: Mapping[str, Any], value: object) -> Iterator[Mapping[str, Any]]:
    """The branches of a condition that apply to a value."""
    import jsonschema_rs

    holds = value is None or jsonschema_rs.is_valid(part["if"], value)
    if holds and "then" in part:
        yield part["then"]
    if (value is None or not holds) and "else" in part:
        yield part["else"]


def _referred(schema: Mapping[str, Any], reference: str) -> Mapping[str, Any]:
    target: Any = schema
    for name in reference.removeprefix("#/").split("/"):
        target = target[name]
    found: Mapping[str, Any] = target
    return found


def _part(schema: Mapping[str, Any], path: Sequence[str | int]) -> Mapping[str, Any]:
    """The part of a schema that holds a keyword; what is said beside a reference wins."""
    part: Any = schema
    for step in path[:-1]:
        # A document can have a key of this name too; then a schema stands there, and no address.
        if step != "$ref" or not isinstance(part["$ref"], str):
            part = part[step]
            continue
        target = _referred(schema, part["$ref"])
        part = {**target, **{key: value for key, value in part.items() if key != "$ref"}}
    found: Mapping[str, Any] = part
    return found
