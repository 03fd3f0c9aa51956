"""Who and where in ODCS: the team, the roles, the servers, how to reach people, service levels."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from contracts.dialects.odcs_elements import (
    Element,
    Plain,
    custom_of,
    mapping,
    read_element,
    settle,
    write_element,
)
from contracts.dialects.odcs_slots import SERVER, SERVICE_LEVEL
from contracts.model import Contract, Custom, Owner, Server

OWNERS: Final[Mapping[str, str]] = {
    "owner": "owner",
    "technical_owner": "technical owner",
    "business_owner": "business owner",
}
"""The fields of a contract that are people, each with the role of the member of the team."""
OWNER_TOO: Final = ("data owner", "product owner", "data product owner", "contract owner")
"""What else the owner of a contract is called in a team."""

_PLAIN_MEMBER: Final = frozenset({"username", "name", "role"})
_CUSTOM: Final = "custom"


def read_all(element: Element, values: Iterable[Mapping[str, Any]] | None) -> tuple[Any, ...]:
    """All elements of one kind whose keys are simply taken over."""
    return tuple(_read(element, value) for value in values or ())


def _read(element: Element, value: Mapping[str, Any]) -> Any:
    said = read_element(element, value)
    custom = custom_of(element, said.unheld, said.strange)
    if element is SERVICE_LEVEL:
        said.fields.setdefault("value", "")  # the standard allows null there
    return element.noun(**said.fields, custom=custom)


def write_all(element: Element, nouns: Sequence[Any]) -> list[Plain]:
    """All elements of one kind whose keys are simply taken over."""
    return [_write(element, noun) for noun in nouns]


def _write(element: Element, noun: Any) -> Plain:
    def build(said: Plain, rest: Custom) -> Plain:
        return write_element(element, noun, {}, said, rest)

    def read(written: Plain) -> Any:
        return _read(element, written)

    return settle(element, noun, build, read)


def read_servers(values: Iterable[Mapping[str, Any]] | None) -> tuple[Server, ...]:
    """The servers of a document."""
    return tuple(_read_server(value) for value in values or ())


def _read_server(value: Mapping[str, Any]) -> Server:
    said = read_element(SERVER, value, ("type", "port"))
    unheld, port = said.unheld, value.get("port")
    if isinstance(port, str) and port.isascii() and port.isdigit():
        port = int(port)
    elif not isinstance(port, int) and port is not None:
        unheld["port"], port = port, None
    fields = {"kind": value["type"], "port": port} | said.fields
    return Server(**fields, custom=custom_of(SERVER, unheld, said.strange))


def write_servers(servers: Sequence[Server]) -> list[Plain]:
    """Servers; one that the standard has no kind for, or too many demands on, is a custom one."""
    return [_write_server(server) for server in servers]


def _write_server(server: Server) -> Plain:
    from contracts.dialects.odcs_schema import is_valid

    def build(kind: str, said: Plain, rest: Custom) -> Plain:
        stated = {"type": kind, "port": said.get("port", server.port)}
        held = {"kind"} if kind == server.kind else set()
        return write_element(SERVER, server, stated, said, rest, held=held)

    for kind in (server.kind, _CUSTOM):

        def build_kind(said: Plain, rest: Custom, kind: str = kind) -> Plain:
            return build(kind, said, rest)

        written = settle(SERVER, server, build_kind, _read_server)
        if is_valid(SERVER.definition, written) and _read_server(written) == server:
            break
    return written


def read_team(team: object) -> tuple[dict[str, Owner], object]:
    """The people that a team names for a contract, and what is left of the team beside them.

    Who has left is nobody's owner any more. A team without an owner owns the contract itself.
    """
    is_list = isinstance(team, list)
    members = team if isinstance(team, list) else mapping(team).get("members") or []
    owners: dict[str, Owner] = {}
    said: list[object] = []
    for field, role in OWNERS.items():
        member = next((one for one in members if _has_role(one, role)), None)
        if member is not None:
            owners[field] = _owner(member)
            said += [member] if _is_plain(member, role) else []
    others = [one for one in members if not any(one is member for member in said)]
    if is_list:
        return owners, others
    rest = {key: value for key, value in mapping(team).items() if key != "members"}
    if isinstance(rest.get("name"), str):
        owners.setdefault("owner", Owner(rest["name"]))
    return owners, rest | ({"members": others} if others else {})


def write_team(contract: Contract, said: object) -> tuple[object, set[str]]:
    """A team with the people that a contract names, and the fields that it says.

    ``said`` is what is kept of the team that the contract was read with.
    """
    named, _ = read_team(said)
    members: list[Plain] = []
    for field, role in OWNERS.items():
        owner = getattr(contract, field)
        if owner is not None and owner != named.get(field):
            members.append(_member(owner, role))
    if isinstance(said, list):
        team: object = [*members, *said]
    else:
        others = mapping(said).get("members") or []
        team = {**mapping(said), "members": [*members, *others]}
        team = {key: value for key, value in team.items() if value != []}
    found, left = read_team(team)
    wanted = {field: getattr(contract, field) for field in OWNERS}
    if found == {field: owner for field, owner in wanted.items() if owner} and left == (said or {}):
        return team or None, set(OWNERS)
    return said, {field for field in OWNERS if wanted[field] == named.get(field)}


def _has_role(member: Mapping[str, Any], role: str) -> bool:
    words = str(member.get("role")).replace("_", " ").replace("-", " ")
    roles = (role, *OWNER_TOO) if role == OWNERS["owner"] else (role,)
    return words.casefold() in roles and member.get("dateOut") is None


def _owner(member: Mapping[str, Any]) -> Owner:
    username = str(member.get("username"))
    return Owner(member.get("name") or username, username if "@" in username else None)


def _is_plain(member: Mapping[str, Any], role: str) -> bool:
    """Whether a member of a team says nothing but who owns the contract."""
    return member == _member(_owner(member), role) and member.keys() <= _PLAIN_MEMBER


def _member(owner: Owner, role: str) -> Plain:
    if owner.email is None:
        return {"username": owner.name, "role": role}
    name = {"name": owner.name} if owner.name != owner.email else {}
    return {"username": owner.email, **name, "role": role}
