"""The form of a way of writing: what a document must keep to, and what its author may add.

Each form is a JSON Schema beside this module, with a description of every key. The schemas are
open: documents of the world hold keys that only their own tools know, and those are kept as
``custom``. A key that is very near to a known one is taken for a slip, though, and refused with
the right one: a promise that is not read because of a typing error is worse than a red check.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from contracts.documents import Document
from contracts.model import Custom
from contracts.problems import Problem
from contracts.reading import KeyPath

if TYPE_CHECKING:
    import jsonschema_rs

    from contracts.dialects.validation import Finding

FOLDER: Final = Path(__file__).parent


class Form:
    """One form, by the name of its schema's file."""

    def __init__(self, file: str) -> None:
        self.file = FOLDER / file

    @cached_property
    def schema(self) -> dict[str, Any]:
        """The JSON Schema as it is published: unknown keys are welcome."""
        read_schema: dict[str, Any] = json.loads(self.file.read_text(encoding="utf-8"))
        return read_schema

    @cached_property
    def _closed(self) -> dict[str, Any]:
        closed: dict[str, Any] = _closed(self.schema)
        return closed

    @cached_property
    def _validator(self) -> jsonschema_rs.Draft202012Validator:
        import jsonschema_rs

        return jsonschema_rs.Draft202012Validator(self._closed)

    def known(self, *path: str) -> frozenset[str]:
        """The keys that the form knows at a place of the schema (``"$defs", "column"``)."""
        part = self.schema
        for step in path:
            part = part[step]
        return frozenset(part["properties"])

    def sound_part(self, document: Document) -> tuple[Any, list[Problem]]:
        """What can be read of a document, and all that is wrong with it by its form.

        What is at fault is left out, so that the rest can be judged all the same: of an object
        its key, in a list ``None`` stands in its place. What is left keeps to the form, except
        that keys may be missing that must be there.
        """
        problems = list(document.problems)
        if self._validator.is_valid(document.value):
            return without_faults(document.value, document.faulty), problems
        from contracts.dialects.validation import faults_by_path

        findings: list[Finding] = [
            finding
            for finding in faults_by_path(self._validator, self._closed, document, only_slips=True)
            if finding[0] not in document.faulty
        ]
        faulty = document.faulty | {path for path, _ in findings}
        problems += [problem for _, problem in findings]
        return without_faults(document.value, faulty), problems


@cache
def form(dialect: str) -> Form:
    """The form of a dialect, read once."""
    return Form(f"{dialect}.schema.json")


def own_keys(value: Mapping[str, Any], known: Collection[str], prefix: str = "") -> Custom:
    """What an object says by keys that its form does not know, as the model keeps it."""
    return tuple(
        (f"{prefix}{key}", as_json(stated)) for key, stated in value.items() if key not in known
    )


def as_json(value: object) -> str:
    """A value as the JSON text that the model keeps."""
    return json.dumps(value, ensure_ascii=False)


def _closed(part: Any) -> Any:
    """A schema in which objects with known keys have no others."""
    if isinstance(part, list):
        return [_closed(item) for item in part]
    if not isinstance(part, dict):
        return part
    closed = {key: _closed(value) for key, value in part.items()}
    if isinstance(part.get("properties"), dict) and "type" in part:
        closed.setdefault("additionalProperties", False)
    return closed


def without_faults(value: Any, faulty: Collection[KeyPath], path: KeyPath = ()) -> Any:
    """A value without what is at fault in it."""
    if not faulty:
        return value
    if isinstance(value, dict):
        return {
            key: without_faults(inner, faulty, (*path, key))
            for key, inner in value.items()
            if (*path, key) not in faulty
        }
    if isinstance(value, list):
        return [
            None if (*path, number) in faulty else without_faults(inner, faulty, (*path, number))
            for number, inner in enumerate(value)
        ]
    return value
