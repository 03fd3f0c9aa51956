"""A model as a table: its elements or fields, its key, and what its definitions bring."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Final, NamedTuple

from contracts.dialects.fields import read_field, read_quality
from contracts.dialects.form import own_keys
from contracts.dialects.parts import read_links
from contracts.documents import Document
from contracts.model import Check, Table, TableKind
from contracts.problems import Problem
from contracts.reading import KeyPath, printable, shown

DEFINITIONS: Final = "#/definitions/"
KINDS: Final[Mapping[str, TableKind]] = {"table": "table", "view": "view"}
_READ: Final = frozenset(
    {"type", "description", "title", "elements", "fields", "primaryKey", "quality", "grain",
     "tags", "links", "additionalFields"}
)  # fmt: skip
_DEEPEST: Final = 16
"""How many definitions may take over one another in a row."""


class Model(NamedTuple):
    """What a model comes to: a table, checks on its rows, what always holds."""

    table: Table
    checks: tuple[Check, ...]
    invariants: tuple[str, ...]


def read_model(
    document: Document,
    key: str,
    stated: Mapping[str, Any],
    schema: str,
    definitions: Mapping[str, Any],
    problems: list[Problem],
) -> Model:
    """A model by its key, which may name a schema other than ``schema``: ``gold.customers``."""
    path: KeyPath = ("models", key)
    below = "elements" if stated.get("elements") is not None else "fields"
    named, _, name = key.rpartition(".")
    fields = []
    for field, said in (stated.get(below) or {}).items():
        place = (*path, below, field)
        whole = _whole(document, place, said or {}, definitions, problems)
        fields.append(read_field(document, place, field, whole, problems, named or schema))
    columns = [one.column for one in fields]
    primary_key = tuple(stated.get("primaryKey") or ())
    problems += _unknown_key(document, path, primary_key, [column.name for column in columns])
    grain = stated.get("grain")
    table = Table(
        name,
        named or schema,
        kind=KINDS.get(stated.get("type") or ""),
        columns=tuple(
            replace(
                column,
                position=number,
                primary_key=True if column.name in primary_key else column.primary_key,
            )
            for number, column in enumerate(columns, 1)
        ),
        primary_key=primary_key or None,
        foreign_keys=tuple(one.foreign_key for one in fields if one.foreign_key),
        description=stated.get("description"),
        grain=(grain,) if isinstance(grain, str) else tuple(grain) if grain else None,
        business_name=stated.get("title"),
        tags=tuple(stated.get("tags") or ()),
        links=read_links(stated),
        custom=own_keys(stated, _known(stated)),
        source=document.source(*path),
    )
    checks = [check for one in fields for check in one.checks]
    return Model(
        table,
        (*checks, *read_quality(document, path, stated)),
        tuple(text for one in fields for text in one.invariants),
    )


def _known(stated: Mapping[str, Any]) -> frozenset[str]:
    """The keys of a model that are read, as far as the model holds what they say here."""
    kind = stated.get("type")
    return _READ if kind is None or kind in KINDS else _READ - {"type"}


def _whole(
    document: Document,
    path: KeyPath,
    stated: Mapping[str, Any],
    definitions: Mapping[str, Any],
    problems: list[Problem],
) -> dict[str, Any]:
    """A field with what it takes over from a definition; what it says itself stands."""
    whole, depth = dict(stated), 0
    while (reference := whole.pop("$ref", None)) is not None:
        name = str(reference).removeprefix(DEFINITIONS)
        definition = definitions.get(name)
        depth += 1
        if not str(reference).startswith(DEFINITIONS) or definition is None or depth > _DEEPEST:
            problems.append(_no_definition(document, path, str(reference), name, definitions))
            return whole
        whole = {**definition, **whole}
    return whole


def _no_definition(
    document: Document, path: KeyPath, reference: str, name: str, definitions: Mapping[str, Any]
) -> Problem:
    from contracts.dialects.validation import nearest

    what = f"{shown(reference)} leads to no definition in this document."
    near = nearest(name, definitions) if reference.startswith(DEFINITIONS) else None
    next_step = f"Write it like {DEFINITIONS}NAME, and define NAME under definitions."
    if name in definitions:
        what, near = f"{shown(reference)} leads back to itself.", None
        next_step = "Let one of the definitions say what it is."
    if near:
        next_step = f'Did you mean "{DEFINITIONS}{near}"?'
    return document.problem((*path, "$ref"), what, next_step)


def _unknown_key(
    document: Document, path: KeyPath, key: tuple[str, ...], columns: list[str]
) -> Iterator[Problem]:
    from contracts.dialects.validation import nearest

    for number, name in enumerate(key):
        if name is not None and name not in columns:
            near = nearest(name, columns)
            next_step = f'Did you mean "{near}"?' if near else "Add it to the fields."
            what = f'The contract promises no field "{printable(str(name))}".'
            yield document.problem((*path, "primaryKey", number), what, next_step)
