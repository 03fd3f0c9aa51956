"""Contracts on one page: who promises whom which fields, how fresh, and with how much notice.

The fields stand in a list or by their names, each in one line (``email: string, not_null``) or
with keys of its own. Such a contract is about data, wherever it is: it names its table by the
key ``table``, or the project does by ``[tool.docent.bind]`` (see ``contracts.binding``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from contracts.dialects.field_lines import spelled_out
from contracts.dialects.fields import Field, read_field, read_quality
from contracts.dialects.flat import refuse_flat
from contracts.dialects.form import form, own_keys
from contracts.dialects.parts import (
    CONTRACT_KEYS,
    is_child,
    names_of,
    nested_own_keys,
    read_common,
    read_links,
    repeated,
    unknown_element,
)
from contracts.dialects.phrases import in_words, lead_days, read_owner, service_level
from contracts.dialects.sections import (
    read_backfills,
    read_cdc,
    read_consistency,
    read_deletion,
    read_invariants,
    read_row_lifecycle,
)
from contracts.documents import Document
from contracts.model import Contract, Notice, ServiceLevel, Table
from contracts.problems import DocumentError, Problem
from contracts.reading import KeyPath, printable

NAMES: Final = ("contract", "contract_name")
_READ: Final = frozenset(
    {
        *NAMES, *CONTRACT_KEYS, "table", "owner_team", "consumer", "description",
        "source_of_truth", "fields", "shape", "semantics", "freshness", "consistency", "deletion",
        "deletes", "time", "backfill", "backfills", "compatibility", "grain", "invariants",
        "invariant", "quality", "links", "lifecycle", "cdc",
    }
)  # fmt: skip
"""The keys of a document that the model has a place for."""
_CHILDREN: Final[Mapping[str, tuple[str, ...]]] = {
    "sla": ("freshness", "completeness", "availability", "uptime", "latency"),
    "shape": ("fields",),
    "deprecation": ("announced", "sunset_date", "replacement", "migration_guide", "reason"),
}
"""What stands below a key, and beside it in a text that has lost its indentation."""


def recognises(value: object) -> bool:
    """Whether a document is meant to be a contract on one page, correctly or not."""
    if not isinstance(value, dict) or value.keys().isdisjoint(NAMES):
        return False
    named = any(isinstance(value.get(key), str) for key in NAMES)
    return named or value.keys().isdisjoint({"apiVersion", "kind", "models"})


def read(document: Document) -> Contract:
    """The contract that a document states; :class:`DocumentError` names all that is wrong."""
    value, problems = form("one_pager").sound_part(document)
    problems += refuse_flat(document, _CHILDREN)
    fields = _read_fields(document, value, problems)
    levels = tuple(_read_levels(value))
    table = str(value.get("table") or value.get("contract")).rpartition(".")[2]
    problems += unknown_element(document, levels, [one.column.name for one in fields], [table])
    if problems:
        raise DocumentError(sorted(set(problems)))
    name = value.get("contract", value.get("contract_name"))
    common = read_common(value)
    checks = [check for one in fields for check in one.checks]
    return replace(
        Contract(name, **common),
        dialect="one_pager",
        documentation=value.get("description"),
        owner=read_owner(value.get("owner", value.get("owner_team"))),
        tables=(_read_table(document, value, name, fields),),
        source_of_truth=in_words(value.get("source_of_truth")),
        consumers=(*names_of(value.get("consumer")), *names_of(value.get("consumers"))),
        notice=common["notice"] or _implied_notice(value),
        compatibility=tuple(
            (kind, in_words(said) or "")
            for kind, said in (value.get("compatibility") or {}).items()
        ),
        service_levels=levels,
        checks=(*checks, *read_quality(document, (), value)),
        deletes=read_deletion(_first(value, "deletes", "deletion") or _deletion(value)),
        row_lifecycle=read_row_lifecycle(value.get("lifecycle")),
        time=in_words(_without(value.get("time"), _timed(value))),
        backfills=read_backfills(_first(value, "backfills", "backfill")),
        consistency=read_consistency(value.get("consistency")),
        invariants=(
            *read_invariants(_first(value, "invariants", "invariant")),
            *(text for one in fields for text in one.invariants),
        ),
        cdc=read_cdc(value.get("cdc")),
        links=read_links(value),
        custom=(*own_keys(value, _known(value)), *nested_own_keys(value)),
        source=document.source(),
    )


def _read_table(
    document: Document, value: Mapping[str, Any], name: str, fields: list[Field]
) -> Table:
    """The table, by the name that the document gives it; else by the contract's, unbound."""
    schema, _, table = str(value.get("table") or "").rpartition(".")
    grain = value.get("grain")
    return Table(
        table or name,
        (schema or "public") if table else "",
        columns=tuple(replace(one.column, position=number) for number, one in enumerate(fields, 1)),
        foreign_keys=tuple(one.foreign_key for one in fields if one.foreign_key),
        grain=(grain,) if isinstance(grain, str) else tuple(grain) if grain else None,
        source=document.source("table") if table else document.source(),
    )


def _read_fields(
    document: Document, value: Mapping[str, Any], problems: list[Problem]
) -> list[Field]:
    """The fields, with what the document says of their meaning elsewhere."""
    stated_meanings = (value.get("semantics") or {}).items()
    meanings = {
        name: {"meaning": said} if isinstance(said, str) else said
        for name, said in stated_meanings
        if said
    }
    timed, status = _timed(value), _status(value)
    found: list[Field] = []
    for path, name, stated in _stated_fields(value):
        keys = spelled_out(document, path, stated, problems) if isinstance(stated, str) else stated
        said = meanings.pop(name, {})
        if name in timed:
            said = {**value["time"][name], **said}
        if name == status:
            said = {"unknown_status_policy": value.get("unknown_status_policy"), **said}
        found.append(read_field(document, path, name, {**said, **(keys or {})}, problems))
        problems += repeated(document, path, name, [one.column.name for one in found[:-1]])
    if is_child(value):
        for name, said in meanings.items():  # of a field that it inherits
            found.append(read_field(document, ("semantics", name), name, said, problems))
        return found
    for name in meanings if found else ():
        what = f'The contract promises no field "{printable(str(name))}".'
        path = ("semantics", name)
        problems.append(document.problem(path, what, "Add it to fields.", key=True))
    return found


def _stated_fields(value: Mapping[str, Any]) -> Iterator[tuple[KeyPath, str, Any]]:
    """Each field: where it stands, its name, and what is said of it."""
    path: KeyPath = ("fields",)
    stated = value.get("fields")
    if stated is None and value.get("shape"):
        path, stated = ("shape",), value["shape"]
        if isinstance(stated.get("fields"), dict) and len(stated) == 1:
            path, stated = ("shape", "fields"), stated["fields"]
    if isinstance(stated, dict):
        for name, said in stated.items():
            yield (*path, name), name, said
        return
    for number, item in enumerate(stated or ()):
        if isinstance(item, str):
            yield (*path, number), item, {}
        elif isinstance(item, dict) and len(item) > 1 and isinstance(item.get("name"), str):
            yield (*path, number), item["name"], {key: item[key] for key in item if key != "name"}
        elif isinstance(item, dict):
            for name, said in item.items():
                yield (*path, number, name), name, said


def _read_levels(value: Mapping[str, Any]) -> Iterator[ServiceLevel]:
    """The service levels, and how old the data may be where that is said elsewhere."""
    stated = value.get("sla") or {}
    for name, said in stated.items():
        yield service_level(name, in_words(said) if isinstance(said, dict) else said)
    freshness = value.get("freshness")
    if isinstance(freshness, str):
        yield service_level("freshness", freshness)
    elif isinstance(freshness, dict):
        bound = _first(freshness, "expected_lag", "maximum_lag_before_alert")
        taken = {"expected_lag" if "expected_lag" in freshness else "maximum_lag_before_alert"}
        yield service_level("freshness", bound or "", own_keys(freshness, taken))
    elif "freshness" not in stated and (bound := _staleness(value)) is not None:
        yield service_level("freshness", bound)


def _staleness(value: Mapping[str, Any]) -> str | None:
    """How old the data may be, where that is said under consistency."""
    consistency = value.get("consistency")
    stated = consistency.get("max_staleness") if isinstance(consistency, dict) else None
    return stated if isinstance(stated, str) else None


def _implied_notice(value: Mapping[str, Any]) -> Notice | None:
    """The notice that is promised in passing: where versions or changes are spoken of."""
    changes = value.get("compatibility") or {}
    texts = [value.get("versioning")]
    texts += [said for kind, said in changes.items() if "notice" in kind or "window" in kind]
    found = (lead_days(text) for text in texts if isinstance(text, str))
    days = next((days for days in found if days is not None), None)
    return None if days is None else Notice(lead_days=days)


def _deletion(value: Mapping[str, Any]) -> object:
    lifecycle = value.get("lifecycle")
    return lifecycle.get("deletion") if isinstance(lifecycle, dict) else None


def _timed(value: Mapping[str, Any]) -> frozenset[str]:
    """The fields of which the document says under ``time`` part by part what they are times of."""
    said = value.get("time")
    named = {name for _, name, _ in _stated_fields(value)}
    return frozenset(
        name
        for name, one in (said.items() if isinstance(said, dict) else ())
        if name in named and isinstance(one, dict)
    )


def _without(stated: Any, names: frozenset[str]) -> Any:
    if not isinstance(stated, dict):
        return stated
    return {key: said for key, said in stated.items() if key not in names} or None


def _status(value: Mapping[str, Any]) -> str | None:
    """The only field with a list of states: what is said of unknown ones is about it."""
    semantics = value.get("semantics") or {}
    found = [
        name
        for _, name, stated in _stated_fields(value)
        if any(
            isinstance(said, dict) and (said.get("enum") or said.get("allowed_values"))
            for said in (stated, semantics.get(name))
        )
    ]
    return found[0] if len(found) == 1 else None


def _known(value: Mapping[str, Any]) -> frozenset[str]:
    """The keys that are read, as far as the model holds all that they say."""
    unread = {
        key
        for key in ("consumer", "consumers")
        if any(not isinstance(one, str) for one in _listed(value.get(key)))
    }
    unread |= (
        {"quality"} if any(isinstance(one, str) for one in value.get("quality") or ()) else set()
    )
    elsewhere = {"unknown_status_policy"} if _status(value) else set()
    return (_READ | elsewhere) - unread


def _listed(stated: object) -> list[object]:
    return stated if isinstance(stated, list) else []


def _first(stated: Mapping[str, Any], *keys: str) -> Any:
    return next((stated[key] for key in keys if stated.get(key) is not None), None)
