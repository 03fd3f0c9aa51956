"""The official JSON Schema of ODCS, and what a document breaks of it.

The schema is that of the newest version, which takes documents of the older ones too; it ships
in the package ``open-data-contract-standard``, which is slow to import and so is only found. The
prose of the standard outranks it: a ``null`` stands for a key that is left out, a whole number is
a version, the ``rule`` of v3.0 is read where ``metric`` stands today, and a property need not have
a logical type.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from contracts.documents import Document

if TYPE_CHECKING:
    import jsonschema_rs

    from contracts.dialects.validation import Finding

PACKAGE: Final = "open-data-contract-standard"
_NEVER_NULL: Final = frozenset(
    """
    apiVersion kind id version name server type channel role property username url to from metric
    query engine implementation schema
    """.split()  # noqa: SIM905
)
"""Keys that say something wherever they stand."""


def findings(document: Document) -> list[Finding]:
    """All that a document breaks of the schema, except where its text itself was at fault."""
    if _validator("").is_valid(document.value):
        return []
    from contracts.dialects.validation import faults_by_path

    found = faults_by_path(_Lenient(), schema(), document)  # type: ignore[arg-type]
    return [finding for finding in found if finding[0] not in document.faulty]


def is_valid(definition: str, value: object) -> bool:
    """Whether a value is what a part of the schema defines, or a whole contract for ``""``."""
    return _validator(definition).is_valid(value)


@cache
def schema() -> dict[str, Any]:
    """The JSON Schema of the newest version of ODCS."""
    package = find_spec(PACKAGE.replace("-", "_"))
    if package is None or package.origin is None:
        what = f"Contracts in ODCS cannot be read: the package {PACKAGE} is not installed."
        raise ModuleNotFoundError(f"{what} Next: pip install {PACKAGE}")
    file = Path(package.origin).with_name("schema.json")
    return _mended(json.loads(file.read_text(encoding="utf-8")))


def _mended(official: dict[str, Any]) -> dict[str, Any]:
    """The schema with two conditions as the prose has them.

    In v3.2.0 a property without a logical type has to have a ``map``: the condition holds for a
    key that is not there. By the prose a logical type is optional; and a check with a ``rule`` is
    one of the library, which is the type of a check that names none.
    """
    for part in official["$defs"]["SchemaBaseProperty"]["allOf"]:
        condition = part.get("if", {})
        for alternative in condition.get("anyOf", [condition]):
            alternative.setdefault("required", ["logicalType"])
    library = official["$defs"]["DataQuality"]["allOf"][0]["if"]["anyOf"]
    library.append({"required": ["rule"], "not": {"required": ["type"]}})
    return official


@cache
def _validator(definition: str) -> jsonschema_rs.Draft201909Validator:
    import jsonschema_rs

    if not definition:
        return jsonschema_rs.Draft201909Validator(schema())
    part = {"$ref": f"#/$defs/{definition}", "$defs": schema()["$defs"]}
    return jsonschema_rs.Draft201909Validator(part)


class _Lenient:
    """The validator without what the prose of the standard allows."""

    def iter_errors(self, value: object) -> Iterator[jsonschema_rs.ValidationError]:
        return (error for error in _validator("").iter_errors(value) if not _is_excused(error))


def _is_excused(error: jsonschema_rs.ValidationError) -> bool:
    path, found = error.instance_path, error.instance
    if found is None and path:
        return isinstance(path[-1], str) and path[-1] not in _NEVER_NULL
    if list(path) == ["version"]:
        return isinstance(found, int) and not isinstance(found, bool)
    return _is_of_an_old_rule(error, found)


def _is_of_an_old_rule(error: jsonschema_rs.ValidationError, found: object) -> bool:
    """Whether an error is only that a check has ``rule`` in place of ``metric``."""
    if not isinstance(found, Mapping) or "rule" not in found or "metric" in found:
        return False
    if error.kind.name == "required":
        return bool(error.kind.as_dict()["property"] == "metric")
    return error.kind.name == "oneOf"
