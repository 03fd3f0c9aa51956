"""A contract as a document of ODCS: all that the model holds, with nothing lost on the way."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any, Final

from contracts.dialects.odcs_checks import write_checks
from contracts.dialects.odcs_elements import (
    Plain,
    mapping,
    settle,
    write_element,
)
from contracts.dialects.odcs_links import write_links
from contracts.dialects.odcs_names import setting_of
from contracts.dialects.odcs_people import write_all, write_servers, write_team
from contracts.dialects.odcs_reading import DESCRIPTION, STATES, read_contract
from contracts.dialects.odcs_slots import CHANNEL, CONTRACT, ROLE, SERVICE_LEVEL
from contracts.dialects.odcs_tables import write_tables
from contracts.model import Contract, Custom

WRITTEN_VERSION: Final = "v3.1.0"
NEWEST_VERSION: Final = "v3.2.0"
NEWEST_KEYS: Final = frozenset({"deprecated", "enum", "map", "synonyms", "semanticType", "context"})
"""Keys that the standard has only in its newest version."""
STAND_INS: Final = {"version": "0.0.0", "status": "draft"}
"""What stands for a key that the standard demands and the contract does not say."""

KIND: Final = "DataContract"


def write_contract(contract: Contract) -> Plain:
    """A contract as the plain value of a document."""
    newest = is_newest(contract)
    setting = setting_of(contract.servers, newest=newest)
    tables = write_tables(contract.tables, setting)
    tables, unplaced = write_checks(contract.checks, contract.tables, tables)
    stated: Plain = {
        "apiVersion": NEWEST_VERSION if newest else WRITTEN_VERSION,
        "kind": KIND,
        "schema": tables or None,
        "servers": write_servers(contract.servers) or None,
        "authoritativeDefinitions": write_links(contract.links),
        "roles": write_all(ROLE, contract.roles) or None,
        "slaProperties": write_all(SERVICE_LEVEL, contract.service_levels) or None,
        "support": write_all(CHANNEL, contract.channels) or None,
    }
    own = {"checks": unplaced} if unplaced else {}

    def build(said: Plain, rest: Custom) -> Plain:
        return _build(contract, dict(stated), said, rest, dict(own))

    def read(written: Plain) -> Contract:
        read_again = read_contract(written)
        return replace(read_again, dialect=contract.dialect, spec_version=contract.spec_version)

    return settle(CONTRACT, contract, build, read)


def is_newest(contract: Contract) -> bool:
    """Whether a contract needs the newest version of the standard, or was written in it."""
    stated = contract.dialect == "odcs" and (contract.spec_version or "") >= NEWEST_VERSION
    return stated or any(name in NEWEST_KEYS for name in _names_kept(contract))


def _names_kept(contract: Contract) -> Iterable[str]:
    """The names of all that the contract, its tables and its columns keep besides."""
    elements: list[Any] = [contract, *contract.tables]
    columns = [column for table in contract.tables for column in table.columns]
    for element in (*elements, *columns):
        yield from (name for name, _ in element.custom)


def _build(contract: Contract, stated: Plain, said: Plain, rest: Custom, own: Plain) -> Plain:
    stated |= _build_identity(contract, said, own)
    team, held = write_team(contract, said.get("team"))
    stated["team"] = team
    words = {key: getattr(contract, key) for key in DESCRIPTION}
    stated["description"] = {
        **{key: word for key, word in words.items() if word is not None},
        **mapping(said.get("description")),
    } or None
    if stated["authoritativeDefinitions"]:
        held.add("links")
    return write_element(CONTRACT, contract, stated, said, rest, held=held, own=own)


def _build_identity(contract: Contract, said: Plain, own: Plain) -> Plain:
    """The keys that identify a contract; what the standard demands and it lacks has a stand-in."""
    is_named = contract.namespace is not None or contract.name != contract.id
    meant = STATES.get(str(said.get("status")))
    status = said["status"] if "status" in said and meant == contract.status else contract.status
    stated = {
        "id": contract.id,
        "version": contract.version,
        "status": status,
        "name": contract.name if is_named else None,
        "domain": contract.namespace if is_named else said.get("domain"),
    }
    stand_ins = {"id": contract.identity, **STAND_INS}
    unstated = tuple(key for key in stand_ins if stated[key] is None)
    if unstated:
        own["unstated"] = unstated
    return stated | {key: stand_ins[key] for key in unstated}
