"""Whom a notice goes to, and by which way: the contract's channels, its owner, its consumers.

A contract names channels; where they lead is said by whoever runs the monitor, in
``[tool.docent.channels]``. So nobody who writes a contract can make us call an address of theirs,
and no secret stands in a file: it is kept in the environment, and named there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal
from urllib.parse import urlsplit

from contracts.model import Channel, Contract
from prevention.configuration import variable_in
from prevention.notices.model import Kind, Notification

Way = Literal["mail", "webhook", "github", "file", "other"]

MAIL_SERVER: Final = "DOCENT_SMTP_URL"
"""The variable with the mail server: ``smtps://user:secret@mail.example:465``."""
_EMAIL: Final = re.compile(r"[^@\s,<>?&/:]+@[^@\s,<>?&/:]+")
_ISSUE: Final = re.compile(r"https://github\.com/([\w.-]+/[\w.-]+)/(?:issues|pull)/(\d+)/?")
_SHORT_ISSUE: Final = re.compile(r"github:([\w.-]+/[\w.-]+)#(\d+)")

_SCOPES: Final[Mapping[Kind, tuple[str, ...]]] = {
    "breach": ("issues", "notifications"),
    "mended": ("issues", "notifications"),
    "accepted": ("issues", "notifications"),
    "change": ("announcements", "notifications"),
    "deprecation": ("announcements", "notifications"),
}
"""What a channel must be for, where its contract says what it is for."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where a notice is sent.

    label:   what to call it; it never holds a secret, and stays the same from run to run.
    target:  by the way: a mail address, a webhook, ``owner/repository#number``, a path, or any
             URL of apprise.
    """

    label: str
    way: Way
    target: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Unreachable:
    """A channel that is named and leads nowhere, why, and what to do about it."""

    label: str
    why: str
    next_step: str


def addresses_of(
    notice: Notification,
    contract: Contract | None,
    channels: Mapping[str, str],
    environment: Mapping[str, str],
) -> tuple[Address | Unreachable, ...]:
    """Everybody whom a notice concerns, each once: channels, the owner, the consumers.

    channels:  a channel's name -> ``$VARIABLE``, ``file:PATH`` or ``github:OWNER/REPO#NUMBER``.
    """
    found: dict[str, Address | Unreachable] = {}
    for name, channel in _named(notice, contract):
        address = _address(name, channel, channels, environment)
        found.setdefault(address.label, address)
    return tuple(found.values())


def _named(notice: Notification, contract: Contract | None) -> Iterator[tuple[str, Channel | None]]:
    if contract is not None:
        suited = _suited(contract.channels, notice.kind)
        for channel in suited:
            yield channel.name, channel
        announced = contract.notice.channel if contract.notice else None
        if announced and notice.kind in ("change", "deprecation"):
            known = {channel.name: channel for channel in contract.channels}
            yield announced, known.get(announced)
        if contract.owner and contract.owner.email:
            yield contract.owner.email, None
    for consumer in notice.concerned:
        yield consumer.migration_contact, None


def _suited(channels: Sequence[Channel], kind: Kind) -> list[Channel]:
    """The channels that are for this; where none says what it is for, all of them."""
    suited = [each for each in channels if each.scope in (None, *_SCOPES[kind])]
    return suited or list(channels)


def _address(
    name: str, channel: Channel | None, channels: Mapping[str, str], environment: Mapping[str, str]
) -> Address | Unreachable:
    if name in channels:
        return _as_told(name, channels[name], environment)
    url = (channel.url if channel else None) or ""
    mail = url.removeprefix("mailto:") if url.startswith("mailto:") else url or name
    if _EMAIL.fullmatch(mail):
        return _mail(mail, environment)
    issue = _ISSUE.fullmatch(url)
    if issue and issue[1] == environment.get("GITHUB_REPOSITORY"):
        return Address(f"{issue[1]}#{issue[2]}", "github", f"{issue[1]}#{issue[2]}")
    return Unreachable(
        name,
        "nothing says where it leads",
        f'Name it in [tool.docent.channels]: "{name}" = "$A_VARIABLE" with its webhook.',
    )


def _mail(address: str, environment: Mapping[str, str]) -> Address | Unreachable:
    label = f"mail to {address}"
    if not environment.get(MAIL_SERVER):
        return Unreachable(
            label,
            "no mail server is named",
            f"export {MAIL_SERVER}=smtps://user:secret@mail.example:465",
        )
    return Address(label, "mail", address)


def _as_told(name: str, said: str, environment: Mapping[str, str]) -> Address | Unreachable:
    variable = variable_in(said)
    if variable is None:
        return _plain(name, said) or Unreachable(
            name,
            "where it leads is written in the settings, and may be a secret",
            "Keep it in the environment, and write $ITS_VARIABLE in [tool.docent.channels].",
        )
    target = environment.get(variable, "")
    if not target:
        return Unreachable(name, f"{variable} is not set", f"export {variable}=… (its webhook)")
    if plain := _plain(name, target):
        return plain
    if _EMAIL.fullmatch(target):
        return _mail(target, environment)
    try:
        scheme = urlsplit(target).scheme
    except ValueError:  # what it says quotes the address
        scheme = ""
    if not scheme:
        return Unreachable(name, f"{variable} holds no address", f"export {variable}=https://…")
    return Address(name, "webhook" if scheme in ("http", "https") else "other", target)


def _plain(name: str, target: str) -> Address | None:
    """An address that is no secret: a file, or an issue."""
    if target.startswith("file:"):
        return Address(name, "file", target.removeprefix("file:").removeprefix("//"))
    issue = _SHORT_ISSUE.fullmatch(target)
    return Address(name, "github", f"{issue[1]}#{issue[2]}") if issue else None
