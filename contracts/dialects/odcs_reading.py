"""A document of ODCS as a contract."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final, get_args

from contracts.dialects.odcs_checks import read_checks
from contracts.dialects.odcs_elements import (
    Plain,
    Stated,
    custom_of,
    mapping,
    read_element,
)
from contracts.dialects.odcs_links import read_links
from contracts.dialects.odcs_names import names_in, setting_of
from contracts.dialects.odcs_people import read_all, read_servers, read_team
from contracts.dialects.odcs_slots import CHANNEL, CONTRACT, ROLE, SERVICE_LEVEL
from contracts.dialects.odcs_tables import read_table
from contracts.documents import Document
from contracts.model import Contract, ServiceLevel, Status
from contracts.problems import DocumentError

STATES: Final[Mapping[str, Status]] = {
    **{state: state for state in get_args(Status)},
    "pending": "proposed",
    "development": "draft",
    "in development": "draft",
    "production": "active",
    "current": "active",
}
"""What the words for a state mean: those of the standard, and those that its examples use."""

DESCRIPTION: Final = ("purpose", "usage", "limitations")

_HELD: Final = frozenset(
    """
    apiVersion kind id name version status domain description authoritativeDefinitions servers
    schema team roles slaProperties support
    """.split()  # noqa: SIM905
)


def read_document(document: Document) -> Contract:
    """The contract that a document states; :class:`DocumentError` names all that is wrong."""
    from contracts.dialects.odcs_contradictions import find_problems

    problems = find_problems(document)
    if problems:
        raise DocumentError(sorted(set(problems)))
    return read_contract(mapping(document.value), document)


def read_contract(value: Mapping[str, Any], document: Document | None = None) -> Contract:
    """The contract that a document states which breaks no rule of the standard."""
    stated = {key: said for key, said in value.items() if said is not None}
    said = read_element(CONTRACT, value, _HELD)
    unheld, own = said.unheld, said.own
    owners, team = read_team(stated.get("team"))
    if team:
        unheld["team"] = team
    described = dict(mapping(stated.get("description")))
    words = {key: described.pop(key) for key in DESCRIPTION if described.get(key) is not None}
    if described := {key: inner for key, inner in described.items() if key not in DESCRIPTION}:
        unheld["description"] = described
    servers = read_servers(stated.get("servers"))
    setting = setting_of(servers)
    objects = stated.get("schema", [])
    names = names_in(objects, setting)
    tables = tuple(
        read_table(one, names, setting, document, place) for place, one in enumerate(objects)
    )
    implied: Plain = {
        **_read_identity(stated, said),
        **owners,
        **words,
        "spec_version": stated.get("apiVersion"),
        "links": read_links(stated),
        "servers": servers,
        "tables": tables,
        "roles": read_all(ROLE, stated.get("roles")),
        "service_levels": _read_levels(stated),
        "channels": read_all(CHANNEL, stated.get("support")),
    }
    return Contract(
        **(implied | said.fields),
        dialect="odcs",
        checks=read_checks(objects, tables, own.get("checks", ()), document),
        custom=custom_of(CONTRACT, unheld, said.strange),
        source=document.source() if document else None,
    )


def _read_identity(stated: Plain, said: Stated) -> Plain:
    """Name, namespace, id, version and status, as far as they are meant."""
    name, identifier = stated.get("name"), stated.get("id")
    namespace = stated.get("domain")
    if name is None and namespace is not None:
        said.unheld["domain"], namespace = namespace, None
    word = stated.get("status")
    status = STATES.get(str(word))
    if status != word:
        said.unheld["status"] = word
    found: Plain = {
        "name": identifier if name is None else name,
        "namespace": namespace,
        "id": identifier,
        "version": _version(stated.get("version")),
        "status": status,
    }
    return found | dict.fromkeys(said.own.get("unstated", ()))


def _read_levels(stated: Plain) -> tuple[ServiceLevel, ...]:
    """The service levels; one that names no element is about the default one, if there is one."""
    levels: tuple[ServiceLevel, ...] = read_all(SERVICE_LEVEL, stated.get("slaProperties"))
    default = stated.get("slaDefaultElement")
    return tuple(
        replace(level, element=default) if level.element is None else level for level in levels
    )


def _version(version: object) -> str | None:
    """A version; a whole number N is N.0.0."""
    if version is None:
        return None
    text = str(version)
    return f"{text}.0.0" if text.isdigit() else text
