"""Two contracts, as far as they are about the whole: who answers, what holds them, their life."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from contracts.days import day_of
from contracts.model import Contract, Deprecation, Role, Server
from contracts.privileges import rights
from detection.access.wanted import clearance
from detection.change import Change
from detection.diffing.checks import compare_checks
from detection.diffing.documentation import compare_documentation, documented
from detection.diffing.meaning import compare_meaning
from detection.diffing.pairing import Pair, shown, told
from detection.diffing.services import compare_service_levels
from detection.periods import STAGES, missing_of_end, state_of

DOCUMENTATION: Final = (
    "documentation", "owner", "technical_owner", "business_owner", "asset", "producer", "purpose",
    "usage", "limitations", "consumers", "channels", "tags", "links", "custom", "extends_version",
)  # fmt: skip
"""What of a contract is there to be read."""

_SILENT: Final = ("none", "None", "no", "")


def compare_contracts(pair: Pair) -> Iterator[Change]:
    """Every difference between two contracts that is not about one of their tables."""
    old, new = pair.before.contract, pair.after.contract
    if old is None or new is None or old == new:
        return
    yield from _compare_enforcement(pair, old, new)
    yield from compare_meaning(pair, old, new)
    yield from _compare_rules_of_its_own(pair, old, new)
    yield from compare_service_levels(pair, old.service_levels, new.service_levels)
    yield from compare_checks(pair, old.checks, new.checks)
    yield from _compare_notice(pair, old, new)
    yield from _compare_roles(pair, old.roles, new.roles)
    yield from _compare_servers(pair, old, new)
    yield from compare_lifecycle(pair, old, new)
    if (old.dialect, old.spec_version) != (new.dialect, new.spec_version):
        yield pair.change("dialect-changed", _dialect(old), _dialect(new), aspect="dialect")
    if old.id != new.id:
        kind = "contract-id-changed" if old.id and new.id else "documentation-changed"
        yield pair.change(kind, old.id, new.id, aspect="id")
    yield from compare_documentation(pair, old, new, DOCUMENTATION)


def _dialect(contract: Contract) -> str:
    return " ".join(filter(None, (contract.dialect, contract.spec_version)))


def _compare_enforcement(pair: Pair, old: Contract, new: Contract) -> Iterator[Change]:
    before, after = old.enforcement, new.enforcement
    holds, held = before not in (None, *_SILENT), after not in (None, *_SILENT)
    if holds is held:
        yield from documented(pair, "enforcement", before, after)
    else:
        kind = "enforcement-switched-on" if held else "enforcement-switched-off"
        yield pair.change(kind, before, after, aspect="enforcement")


def _compare_rules_of_its_own(pair: Pair, old: Contract, new: Contract) -> Iterator[Change]:
    if bool(old.strict) is not bool(new.strict):
        kind = "strictness-stated" if new.strict else "strictness-withdrawn"
        yield pair.change(kind, shown(old.strict), shown(new.strict), aspect="strict")
    elif old.strict is not new.strict:
        yield from documented(pair, "strict", old.strict, new.strict)
    before, after = dict(old.compatibility), dict(new.compatibility)
    for name in sorted(before.keys() | after.keys()):
        yield from told(
            pair, "compatibility", f"compatibility.{name}", before.get(name), after.get(name)
        )
    if old.extends != new.extends:
        yield pair.change("parent-changed", old.extends, new.extends, aspect="parent")


def _compare_notice(pair: Pair, old: Contract, new: Contract) -> Iterator[Change]:
    before, after = _days(old), _days(new)
    if before != after:
        kind = "notice-shortened" if (after or 0) < (before or 0) else "notice-lengthened"
        yield pair.change(kind, days(before), days(after), aspect="notice")
    channels = (each.notice.channel if each.notice else None for each in (old, new))
    yield from documented(pair, "notice", *channels)


def _days(contract: Contract) -> int | None:
    return contract.notice.lead_days if contract.notice else None


def days(number: int | None) -> str | None:
    """``1 day``, ``30 days``."""
    return None if number is None else f"{number} day{'' if number == 1 else 's'}"


def _compare_roles(pair: Pair, old: tuple[Role, ...], new: tuple[Role, ...]) -> Iterator[Change]:
    """Who may do what with the data: a role that lost any right is narrowed."""
    before, after = {role.name: role for role in old}, {role.name: role for role in new}
    for name in sorted(before.keys() | after.keys()):
        one, other = before.get(name), after.get(name)
        if one == other:
            continue
        had, has = rights(one), rights(other)
        there = pair.parts(one, other)
        cleared, was_cleared = _clearance(other), _clearance(one)
        if one and other and (had, was_cleared) == (has, cleared):
            yield from documented(there, "roles", one.classifications, other.classifications)
            yield from documented(there, "roles", one.description, other.description)
            yield from documented(there, "roles", one.custom, other.custom)
            continue
        lost = bool(had - has) or cleared < was_cleared
        kind = "grant-narrowed" if lost else "grant-widened"
        yield there.change(kind, _role(one), _role(other), aspect="roles")


def _clearance(role: Role | None) -> int:
    """How much care a role is trusted with; one that is not named, with none."""
    return clearance(role) if role else 0


def _role(role: Role | None) -> str | None:
    if role is None:
        return None
    limited = f" ({', '.join(role.classifications)})" if role.classifications else ""
    return f"{role.name}: {role.access or 'access'}{limited}"


def _compare_servers(pair: Pair, old: Contract, new: Contract) -> Iterator[Change]:
    before = {server.name: server for server in old.servers}
    after = {server.name: server for server in new.servers}
    for name in sorted(before.keys() | after.keys()):
        one, other = before.get(name), after.get(name)
        if one and other and _place(one) == _place(other):
            yield from documented(pair, "servers", one, other)
        elif one != other:
            kind = "changed" if one and other else "removed" if one else "added"
            yield pair.change(f"server-{kind}", _server(one), _server(other), aspect="servers")


def _place(server: Server) -> tuple[object, ...]:
    """Where a server is: what whoever connects has to know."""
    return (server.kind, server.host, server.port, server.database, server.schema)


def _server(server: Server | None) -> str | None:
    if server is None:
        return None
    place = ".".join(filter(None, (server.host, server.database, server.schema)))
    port = f":{server.port}" if server.port else ""
    return f"{server.name}: {server.kind} {place}{port}".rstrip()


def compare_lifecycle(pair: Pair, old: Contract, new: Contract) -> Iterator[Change]:
    """Where in its life the contract is, and when it ends."""
    step = STAGES[state_of(new)] - STAGES[state_of(old)]
    ends = Deprecation() if new.deprecation is None else new.deprecation
    ended = Deprecation() if old.deprecation is None else old.deprecation
    changed = (old.status, ended) != (new.status, ends)
    missing = missing_of_end(new)
    if missing and changed:
        yield pair.change("deprecation-incomplete", old.status, new.status, aspect=missing)
    elif step == 1:
        stage = {1: "activated", 2: "deprecated", 3: "sunset", 4: "retired"}[STAGES[state_of(new)]]
        yield pair.change(f"contract-{stage}", old.status, new.status, aspect="status")
        if stage == "sunset":  # with which the date that was announced must not change
            yield from _compare_ends(pair, ended, ends)
    if step < 0 and old.status == new.status:  # no states: its date alone said that it ends
        yield from _compare_ends(pair, ended, ends)
    elif step > 1 or step < 0:
        kind = "state-skipped" if step > 1 else "state-stepped-back"
        yield pair.change(kind, state_of(old), state_of(new), aspect="status")
    elif step == 0:
        yield from documented(pair, "status", old.status, new.status)
        yield from _compare_ends(pair, ended, ends)


def _compare_ends(pair: Pair, old: Deprecation, new: Deprecation) -> Iterator[Change]:
    for field in ("announced", "replacement", "migration_guide", "reason"):
        said = (getattr(each, field) for each in (old, new))
        yield from documented(pair, f"deprecation.{field}", *said)
    before, after = old.sunset_date, new.sunset_date
    if before == after:
        return
    if before and after:
        first, then = day_of(before), day_of(after)
        earlier = then < first if first and then else after < before
        kind = "sunset-moved-earlier" if earlier else "sunset-postponed"
        yield pair.change(kind, before, after, aspect="sunset date")
    else:
        kind = "sunset-date-set" if after else "sunset-date-withdrawn"
        yield pair.change(kind, before, after, aspect="sunset date")
