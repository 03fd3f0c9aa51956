"""Soda's contracts: a dataset with its columns, and checks on its rows.

The dataset's name identifies the contract: ``source/schema/table`` or ``schema.table``. What Soda
checks of rows are checks here, too: ``missing: must_be: 0`` says that no row lacks a value today,
not that the column is NOT NULL. The check ``schema`` says whether undeclared columns and another
order of columns are borne with; the check ``freshness`` is a service level.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from contracts.dialects.book_types import FIGURES
from contracts.dialects.form import form, own_keys
from contracts.dialects.soda_checks import OPERATORS, VALIDITY, read_check, read_threshold
from contracts.dialects.soda_writing import OTHER, YOUNGER, write
from contracts.documents import Document
from contracts.logical_types import parse_foreign
from contracts.model import Check, Column, Contract, ServiceLevel, Table
from contracts.problems import DocumentError, Problem
from contracts.reading import shown
from contracts.types import UnknownTypeError

__all__ = ["read", "recognises", "write"]

LONGEST_NAME: Final = 63
"""As long as a name in Postgres can be, in characters."""
_SCHEMA: Final = ("allow_extra_columns", "allow_other_column_order")


def recognises(value: object) -> bool:
    """Whether a document is meant to be in Soda's language, correctly or not."""
    if not isinstance(value, dict):
        return False
    if not value.keys().isdisjoint({"apiVersion", "contract", "contract_name", "models"}):
        return False
    return "dataset" in value or isinstance(value.get("columns"), list)


def read(document: Document) -> Contract:
    """The contract that a document states; :class:`DocumentError` names all that is wrong."""
    value, problems = form("soda").sound_part(document)
    columns: list[Column] = []
    checks: list[Check] = []
    for number, stated in enumerate(value.get("columns") or ()):
        if isinstance(stated, dict) and "name" in stated:
            columns.append(_read_column(document, stated, number, columns, problems))
            checks += _read_column_checks(document, stated, number)
    problems += _ill_named(document, value)
    table, levels, more = _read_dataset_checks(document, value)
    problems += _unknown_columns(document, value, {column.name for column in columns})
    if problems:
        raise DocumentError(sorted(set(problems)))
    namespace, _, name = value["dataset"].rpartition("/")
    return Contract(
        name=name,
        namespace=namespace or None,
        dialect="soda",
        documentation=value.get("description"),
        strict=None if table is None else not table.get("allow_extra_columns"),
        tables=(
            replace(
                _table(value["dataset"]),
                columns=tuple(columns),
                filter=value.get("filter"),
                ordered=None if table is None else not table.get("allow_other_column_order"),
                custom=own_keys(table or {}, _SCHEMA, "schema."),
                source=document.source("dataset"),
            ),
        ),
        service_levels=levels,
        checks=(*checks, *more),
        custom=own_keys(value, form("soda").known() - {*OTHER}),
        source=document.source(),
    )


def _parts(dataset: str) -> list[str]:
    return dataset.split("/" if "/" in dataset else ".")


def _ill_named(document: Document, value: Mapping[str, Any]) -> Iterator[Problem]:
    if any(not 0 < len(part) <= LONGEST_NAME for part in _parts(value.get("dataset", "object"))):
        what = f"{shown(value['dataset'])} does not name a table by a source, a schema and a name."
        yield document.problem(("dataset",), what, "Write it like museum/public/object.")


def _table(dataset: str) -> Table:
    """The table that a dataset's name means; what stands before its schema is a label."""
    *source, name = _parts(dataset)
    schema = source.pop() if source else "public"
    return Table(name, schema, catalog="/".join(source) or None)


def _read_column(
    document: Document,
    stated: Mapping[str, Any],
    number: int,
    before: list[Column],
    problems: list[Problem],
) -> Column:
    """A column; a type that there is none such, and a name said twice, go to ``problems``."""
    path = ("columns", number)
    if any(column.name == stated["name"] for column in before):
        what = f'The column "{stated["name"]}" is here already.'
        problems.append(document.problem((*path, "name"), what, "Delete one of the two."))
    data_type = None
    if stated.get("data_type") is not None:
        figures = {key: stated[key] for key in FIGURES if stated.get(key) is not None}
        try:
            data_type = parse_foreign(stated["data_type"], **figures)
        except UnknownTypeError as error:
            problems.append(document.problem((*path, "data_type"), error.what, error.next_step))
    values = stated.get("valid_values")
    states = tuple(values) if values and all(isinstance(one, str) for one in values) else None
    known = form("soda").known("$defs", "column") - {*VALIDITY}
    return Column(
        name=stated["name"],
        data_type=data_type,
        description=stated.get("description"),
        states=states,
        optional=stated.get("optional"),
        custom=own_keys(stated, known | ({"valid_values"} if states else set())),
        position=number + 1,
        source=document.source(*path),
    )


def _read_column_checks(
    document: Document, stated: Mapping[str, Any], number: int
) -> Iterator[Check]:
    usual = {key: stated[key] for key in VALIDITY if key in stated}
    for place, check in enumerate(stated.get("checks") or ()):
        if check:
            source = document.source("columns", number, "checks", place)
            yield replace(read_check(check, stated["name"], usual), source=source)


def _read_dataset_checks(
    document: Document, value: Mapping[str, Any]
) -> tuple[Mapping[str, Any] | None, tuple[ServiceLevel, ...], list[Check]]:
    """What the check of the schema says (``None`` without one), service levels, other checks."""
    table: Mapping[str, Any] | None = None
    levels: list[ServiceLevel] = []
    checks: list[Check] = []
    for number, stated in enumerate(value.get("checks") or ()):
        if not stated:
            continue
        kind, body = next(iter(stated.items()))
        if kind == "schema":
            table = body or {}
        elif kind == "freshness" and (level := _read_freshness(body or {})):
            levels.append(level)
        else:
            source = document.source("checks", number)
            checks.append(replace(read_check(stated), source=source))
    return table, tuple(levels), checks


def _read_freshness(body: Mapping[str, Any]) -> ServiceLevel | None:
    """The service level that a check of freshness is, if its threshold is a single bound."""
    read = read_threshold(Check("freshness"), body, None, ())
    if len(read.bound) != 1 or read.custom or "column" not in body:
        return None
    unit = (body.get("threshold") or {}).get("unit", body.get("unit", "hour"))
    known = ("column", "unit", "threshold", "level", "metric", *OPERATORS)
    return ServiceLevel(
        "freshness",
        read.bound[0],  # type: ignore[arg-type]
        f"{unit}s",
        body["column"],
        operator=None if read.operator == YOUNGER else read.operator,  # type: ignore[arg-type]
        level=read.level,
        custom=own_keys(body, known),
    )


def _unknown_columns(
    document: Document, value: Mapping[str, Any], columns: set[str]
) -> Iterator[Problem]:
    """A problem for each column that a check names and the contract does not promise."""
    for number, stated in enumerate(value.get("checks") or ()):
        for kind, body in (stated or {}).items():
            if not isinstance(body, dict) or kind not in ("freshness", "duplicate"):
                continue
            named = [("column", body["column"])] if "column" in body else []
            named += [("columns", name) for name in body.get("columns") or () if name]
            for key, name in named:
                if columns and name not in columns:
                    near = _nearest(name, columns)
                    next_step = f'Did you mean "{near}"?' if near else "Add it to columns."
                    what = f'The contract promises no column "{name}".'
                    path = ("checks", number, kind, key)
                    yield document.problem(path, what, next_step)


def _nearest(name: str, columns: set[str]) -> str | None:
    from contracts.dialects.validation import nearest

    return nearest(name, columns)
