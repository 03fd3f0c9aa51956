"""Contracts whose tables stand below ``models``, with their ``elements`` or ``fields``.

``elements`` are of contracts with a life cycle and a family: a status, a deprecation, a parent
that a child can only be stronger than. ``fields`` are of the older Data Contract Specification.
A contract of several models is one contract with several tables: they share a version, an owner
and an end. Its name identifies it; without one its id does, or the name of its only model.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from contracts.dialects.flat import refuse_flat
from contracts.dialects.form import form, own_keys
from contracts.dialects.models_levels import read_levels
from contracts.dialects.models_tables import Model, read_model
from contracts.dialects.parts import (
    CONTRACT_KEYS,
    names_of,
    nested_own_keys,
    read_common,
    read_links,
    unknown_element,
)
from contracts.dialects.phrases import read_notice, read_owner
from contracts.documents import Document
from contracts.model import Channel, Check, Contract, Owner, Role, Server
from contracts.problems import DocumentError, Problem

_READ: Final = frozenset(
    {
        *CONTRACT_KEYS, "dataContractSpecification", "apiVersion", "kind", "id", "name", "info",
        "owners", "description", "servers", "terms", "models", "servicelevels", "serviceLevels",
        "links",
    }
)  # fmt: skip
"""The keys of a document that the model has a place for."""
_CHILDREN: Final[Mapping[str, tuple[str, ...]]] = {
    "models": ("elements", "fields"),
    "elements": ("type", "required"),
    "deprecation": ("announced", "sunset_date", "replacement", "migration_guide", "reason"),
    "sla": ("freshness", "completeness", "availability", "uptime", "latency"),
}
"""What stands below a key, and beside it in a text that has lost its indentation."""
_SERVER: Final = ("type", "environment", "host", "port", "database", "schema", "description")


def recognises(value: object) -> bool:
    """Whether a document is meant to have models, correctly or not; a list of them is dbt's."""
    if not isinstance(value, dict) or isinstance(value.get("models"), list):
        return False
    if "schema" in value or "contract" in value or "contract_name" in value:
        return False
    return not value.keys().isdisjoint(
        {"models", "elements", "dataContractSpecification", "deprecation"}
    )


def read(document: Document) -> Contract:
    """The contract that a document states; :class:`DocumentError` names all that is wrong."""
    value, problems = form("models").sound_part(document)
    flat = [*refuse_flat(document, _CHILDREN)]
    problems += flat
    problems += _misplaced(document, value)
    models = _read_models(document, value, problems)
    levels = tuple(read_levels(value, [model.table.name for model in models]))
    columns = [column.name for model in models for column in model.table.columns]
    tables = [model.table.name for model in models]
    problems += unknown_element(document, levels, columns, tables)
    problems += [] if flat else _unnamed(document, value)
    if problems:
        raise DocumentError(sorted(set(problems)))
    info, terms = value.get("info") or {}, value.get("terms") or {}
    common = read_common({**value, **_of_info(value, info)})
    given = value.get("id")
    name = value.get("name") or given or next(iter(value["models"]))
    return replace(
        Contract(str(name), **common),
        id=None if given is None else str(given),
        dialect="models",
        spec_version=_text(value.get("dataContractSpecification", value.get("apiVersion"))),
        documentation=value.get("description", info.get("description")),
        owner=_read_owner(value, info),
        strict=_strict(value),
        tables=tuple(model.table for model in models),
        usage=terms.get("usage"),
        limitations=terms.get("limitations"),
        consumers=names_of(value.get("consumers")),
        notice=common["notice"] or read_notice(terms.get("noticePeriod")),
        service_levels=levels,
        checks=tuple(_checks(models)),
        invariants=tuple(text for model in models for text in model.invariants),
        channels=tuple(_channels(info)),
        roles=tuple(_roles(value)),
        servers=tuple(_servers(value)),
        links=read_links(value),
        custom=(*own_keys(value, _known(value)), *nested_own_keys(value), *_own_of_parts(value)),
        source=document.source(),
    )


def _read_models(
    document: Document, value: Mapping[str, Any], problems: list[Problem]
) -> list[Model]:
    definitions = value.get("definitions") or {}
    schema = _schema(value)
    return [
        read_model(document, name, stated or {}, schema, definitions, problems)
        for name, stated in (value.get("models") or {}).items()
    ]


def _schema(value: Mapping[str, Any]) -> str:
    """The schema in which the models are: that of the first server which names one."""
    servers = [server for server in (value.get("servers") or {}).values() if server]
    servers.sort(key=lambda server: server.get("type") != "postgres")
    return next((one["schema"] for one in servers if one.get("schema")), "public")


def _checks(models: list[Model]) -> Iterator[Check]:
    """All checks, each with its table where there are several."""
    for model in models:
        table = model.table.qualified_name if len(models) > 1 else None
        for check in model.checks:
            yield replace(check, table=table)


def _misplaced(document: Document, value: Mapping[str, Any]) -> Iterator[Problem]:
    if value.get("elements"):
        what = "elements stand below a model, and there is none above them."
        next_step = "Name the table: models: NAME: elements: …"
        yield document.problem(("elements",), what, next_step, key=True)


def _unnamed(document: Document, value: Mapping[str, Any]) -> Iterator[Problem]:
    models = value.get("models") or {}
    if value.get("name") or value.get("id") or len(models) == 1 or value.get("elements"):
        return
    given = document.value.get("models") if isinstance(document.value, dict) else None
    if not isinstance(given or {}, dict):  # told by the form already
        return
    what = f'There are {len(models) or "no"} models, and the key "name" is missing.'
    yield document.problem((), what, 'Add "name". The contract\'s name, which identifies it.')


def _of_info(value: Mapping[str, Any], info: Mapping[str, Any]) -> dict[str, Any]:
    """Version and status, from either place that they can stand in."""
    return {key: value.get(key, info.get(key)) for key in ("version", "status")}


def _read_owner(value: Mapping[str, Any], info: Mapping[str, Any]) -> Owner | None:
    listed = value.get("owners") or [None]
    if (owner := read_owner(value.get("owner", listed[0]))) is not None:
        return owner
    owner, contact = read_owner(info.get("owner")), info.get("contact") or {}
    if owner is None or owner.email is not None:
        return owner or read_owner(contact)
    return Owner(owner.name, contact.get("email"))


def _channels(info: Mapping[str, Any]) -> Iterator[Channel]:
    contact = info.get("contact") or {}
    if contact.get("url"):
        yield Channel(contact.get("name") or contact["url"], contact["url"])


def _servers(value: Mapping[str, Any]) -> Iterator[Server]:
    for name, stated in (value.get("servers") or {}).items():
        if stated:
            known = {key: stated.get(key) for key in _SERVER if key not in ("type", "port")}
            port = stated.get("port")
            whole = isinstance(port, int) or str(port or "").isdecimal()
            kept = {*_SERVER, "roles"} - (set() if whole or port is None else {"port"})
            yield Server(
                name,
                stated.get("type") or "postgres",
                port=int(port) if whole and port is not None else None,
                custom=own_keys(stated, kept),
                **known,
            )


def _roles(value: Mapping[str, Any]) -> Iterator[Role]:
    """The roles of all servers, each once."""
    seen: set[str] = set()
    for server in (value.get("servers") or {}).values():
        for role in (server or {}).get("roles") or ():
            if role and role.get("name") and role["name"] not in seen:
                seen.add(role["name"])
                yield Role(
                    role["name"],
                    description=role.get("description"),
                    custom=own_keys(role, {"name", "description"}),
                )


def _strict(value: Mapping[str, Any]) -> bool | None:
    """Whether undeclared columns break the contract, where all models say the same."""
    models = [model or {} for model in (value.get("models") or {}).values()]
    said = {model.get("additionalFields") for model in models}
    more = said.pop() if len(said) == 1 else None
    return None if more is None else not more


def _own_of_parts(value: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What is said of a contract in ``info`` and ``terms`` that the model has no place for."""
    info, terms = value.get("info") or {}, value.get("terms") or {}
    yield from own_keys(info, {"version", "status", "description", "owner", "contact"}, "info.")
    read = {"name", "url"} if (info.get("contact") or {}).get("url") else set()
    if info.get("owner"):
        read.add("email")
    yield from own_keys(info.get("contact") or {}, read, "info.contact.")
    yield from own_keys(terms, {"usage", "limitations"}, "terms.")


def _known(value: Mapping[str, Any]) -> frozenset[str]:
    """The keys that are read, as far as the model holds all that they say."""
    consumers = value.get("consumers")
    named = all(isinstance(one, str) for one in consumers) if isinstance(consumers, list) else True
    unread = set() if named else {"consumers"}
    return _READ - (unread | {"owners"} if len(value.get("owners") or ()) > 1 else unread)


def _text(stated: object) -> str | None:
    return None if stated is None else str(stated)
