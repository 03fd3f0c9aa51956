"""Model contracts of dbt: each model of a properties file is a contract by itself.

A file holds models that happen to stand together: each is enforced, versioned and owned by
itself, and the file has no name. So a file of several models states several contracts, and a
model's name identifies its own. ``constraints`` are promises about the table's structure;
``data_tests`` are checks on rows, as dbt runs them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from contracts.dialects.dbt_constraints import Constraints
from contracts.dialects.dbt_tests import read_test
from contracts.dialects.dbt_writing import ENFORCED, MATERIALIZED, write
from contracts.dialects.form import as_json, form, own_keys
from contracts.dialects.phrases import read_owner, read_version
from contracts.documents import Document
from contracts.logical_types import logical, parse_foreign
from contracts.model import Check, Column, Contract, Custom, DataType, Deprecation, Table
from contracts.problems import DocumentError, Problem
from contracts.reading import KeyPath
from contracts.types import UnknownTypeError

__all__ = ["read_all", "recognises", "write"]

_MODEL: Final = frozenset(
    {"name", "description", "config", "contract", "constraints", "columns", "data_tests", "tests",
     "latest_version", "deprecation_date", "tags", "meta"}
)  # fmt: skip
_COLUMN: Final = frozenset(
    {"name", "description", "data_type", "constraints", "data_tests", "tests", "tags"}
)
_CONFIG: Final = frozenset({"contract", "materialized", "schema", "alias", "tags", "meta"})


def recognises(value: object) -> bool:
    """Whether a document is meant to be a properties file of dbt, which lists its models."""
    if not isinstance(value, dict) or not isinstance(value.get("models"), list):
        return False
    others = {"elements", "fields"}
    return all(others.isdisjoint(one) for one in value["models"] if isinstance(one, dict))


def read_all(document: Document) -> tuple[Contract, ...]:
    """The contracts of a file; :class:`DocumentError` names all that is wrong with it."""
    value, problems = form("dbt").sound_part(document)
    contracts = [
        _read_model(document, number, stated, problems)
        for number, stated in enumerate(value.get("models") or ())
        if isinstance(stated, dict) and "name" in stated
    ]
    if problems:
        raise DocumentError(sorted(set(problems)))
    return tuple(contracts)


def _read_model(
    document: Document, number: int, stated: Mapping[str, Any], problems: list[Problem]
) -> Contract:
    path: KeyPath = ("models", number)
    config = stated.get("config") or {}
    contract = config.get("contract", stated.get("contract")) or {}
    meta = {**(config.get("meta") or {}), **(stated.get("meta") or {})}
    owner = read_owner(meta.get("owner"))
    enforced = _truth(contract.get("enforced"))
    version = read_version(stated.get("latest_version"))
    table, checks = _read_table(document, path, stated, config, problems)
    return Contract(
        stated["name"],
        dialect="dbt",
        version=version,
        documentation=stated.get("description"),
        owner=owner,
        strict=True if enforced is True else None,
        enforcement=_enforcement(enforced),
        deprecation=_deprecation(stated),
        tables=(table,),
        checks=checks,
        tags=tuple(dict.fromkeys((*_listed(config.get("tags")), *_listed(stated.get("tags"))))),
        custom=(
            *own_keys(stated, _MODEL),
            *own_keys(config, _CONFIG, "config."),
            *own_keys(contract, {"enforced"} if isinstance(enforced, bool) else (), "contract."),
            *own_keys(meta, {"owner"} if owner else (), "meta."),
            *_materialized(config),
        ),
        source=document.source(*path),
    )


def _read_table(
    document: Document,
    path: KeyPath,
    stated: Mapping[str, Any],
    config: Mapping[str, Any],
    problems: list[Problem],
) -> tuple[Table, tuple[Check, ...]]:
    """The table that a model becomes, and the checks on its rows."""
    schema = config.get("schema") or "public"
    constraints = Constraints()
    columns: list[Column] = []
    checks: list[Check] = []
    for place, one in enumerate(stated.get("columns") or ()):
        if not isinstance(one, dict) or "name" not in one:
            continue
        where = (*path, "columns", place)
        problems += _repeated(document, where, one["name"], columns)
        columns.append(_read_column(document, where, one, problems))
        for constraint in _sound(one.get("constraints")):
            constraints.take(constraint, one["name"], schema)
        checks += _read_tests(document, where, one, one["name"], schema)
    for constraint in _sound(stated.get("constraints")):
        constraints.take(constraint, None, schema)
    checks += _read_tests(document, path, stated, None, schema)
    names = [column.name for column in columns]
    problems += _unknown_columns(document, path, stated, names)
    table = Table(
        _relation(stated, config),
        schema,
        kind=MATERIALIZED.get(config.get("materialized") or ""),
        columns=tuple(
            replace(
                column,
                **constraints.flags.get(column.name, {}),
                custom=(*column.custom, *constraints.custom_of(column.name)),
                position=position,
            )
            for position, column in enumerate(columns, 1)
        ),
        primary_key=constraints.primary_key,
        unique_keys=tuple(constraints.unique_keys),
        foreign_keys=tuple(constraints.foreign_keys),
        checks=tuple(constraints.checks),
        custom=constraints.custom_of(None),
        source=document.source(*path),
    )
    return table, tuple(checks)


def _read_column(
    document: Document, path: KeyPath, stated: Mapping[str, Any], problems: list[Problem]
) -> Column:
    data_type: DataType | None = None
    if (text := stated.get("data_type")) is not None:
        try:
            data_type = logical("string") if text.lower() == "string" else parse_foreign(text)
        except UnknownTypeError as error:
            problems.append(document.problem((*path, "data_type"), error.what, error.next_step))
    return Column(
        stated["name"],
        data_type,
        description=stated.get("description"),
        tags=_listed(stated.get("tags")),
        custom=own_keys(stated, _COLUMN),
        source=document.source(*path),
    )


def _read_tests(
    document: Document,
    path: KeyPath,
    stated: Mapping[str, Any],
    column: str | None,
    schema: str,
) -> Iterator[Check]:
    for key in ("data_tests", "tests"):
        for number, test in enumerate(stated.get(key) or ()):
            if test:
                source = document.source(*path, key, number)
                yield replace(read_test(test, column, schema), source=source)


def _relation(stated: Mapping[str, Any], config: Mapping[str, Any]) -> str:
    """What the model's table is called: by its alias, its name, or its name and version."""
    name = str(stated["name"])
    latest = stated.get("latest_version")
    versioned = f"{name}_v{latest}" if latest is not None and stated.get("versions") else name
    return str(config.get("alias") or versioned)


def _truth(stated: object) -> object:
    """Whether a word is yes or no, as the YAML of dbt takes it; another one as it is."""
    words = {"yes": True, "on": True, "no": False, "off": False}
    return words.get(stated.lower(), stated) if isinstance(stated, str) else stated


def _enforcement(enforced: object) -> str | None:
    """What holds the contract to its word; nothing is said by a template that is filled later."""
    if not isinstance(enforced, bool):
        return None
    return ENFORCED if enforced else "none"


def _deprecation(stated: Mapping[str, Any]) -> Deprecation | None:
    date = stated.get("deprecation_date")
    return None if date is None else Deprecation(sunset_date=date)


def _materialized(config: Mapping[str, Any]) -> Custom:
    """How a model is built, where that is more than what it becomes."""
    stated = config.get("materialized")
    if stated is None or MATERIALIZED.get(stated) == stated.replace("_", " "):
        return ()
    return (("config.materialized", as_json(stated)),)


def _sound(constraints: Sequence[Any] | None) -> Iterator[Mapping[str, Any]]:
    for constraint in constraints or ():
        if isinstance(constraint, dict) and "type" in constraint:
            yield constraint


def _repeated(
    document: Document, path: KeyPath, name: str, before: Sequence[Column]
) -> Iterator[Problem]:
    if any(column.name == name for column in before):
        what = f'The column "{name}" is here already.'
        yield document.problem((*path, "name"), what, "Delete one of the two.")


def _unknown_columns(
    document: Document, path: KeyPath, stated: Mapping[str, Any], columns: Sequence[str]
) -> Iterator[Problem]:
    """A problem for each column that a constraint of the model names and nobody promises."""
    from contracts.dialects.validation import nearest

    for number, constraint in enumerate(stated.get("constraints") or ()):
        for name in _listed((constraint or {}).get("columns")):
            if columns and name not in columns:
                near = nearest(name, columns)
                next_step = f'Did you mean "{near}"?' if near else "Add it to columns."
                what = f'The contract promises no column "{name}".'
                place = (*path, "constraints", number, "columns")
                yield document.problem(place, what, next_step)


def _listed(stated: object) -> tuple[str, ...]:
    if isinstance(stated, str):
        return (stated,)
    return tuple(name for name in stated or () if name) if isinstance(stated, list) else ()
