"""What a role may do: from the words of contracts to the privileges of SQL."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from contracts.model import Role

PRIVILEGES: Final[Mapping[str, tuple[str, ...]]] = {
    "read": ("SELECT",),
    "select": ("SELECT",),
    "write": ("SELECT", "INSERT", "UPDATE", "DELETE"),
    "readwrite": ("SELECT", "INSERT", "UPDATE", "DELETE"),
    "rw": ("SELECT", "INSERT", "UPDATE", "DELETE"),
    "append": ("INSERT",),
    "insert": ("INSERT",),
    "update": ("SELECT", "UPDATE"),
    "delete": ("SELECT", "DELETE"),
    "truncate": ("TRUNCATE",),
    "references": ("REFERENCES",),
    "trigger": ("TRIGGER",),
}
"""What each word for a role's access comes to. Who changes rows has to find them first."""


def privileges(role: Role) -> tuple[str, ...]:
    """What a role may do with a table, as SQL names it; a role that is named may at least read."""
    found = [each for word in access_words(role) for each in PRIVILEGES.get(word, ())]
    return tuple(dict.fromkeys(found))


def rights(role: Role | None) -> frozenset[str]:
    """What a role may do, for comparison: privileges, and words that come to none."""
    return frozenset((*privileges(role), *strange_words(role))) if role else frozenset()


def access_words(role: Role) -> tuple[str, ...]:
    """The words in which a contract says what a role may do."""
    text = (role.access or "read").lower()
    for mark in "+,/;&-_":
        text = text.replace(mark, " ")
    return tuple(word for word in text.split() if word not in ("and", "only", "access"))


def strange_words(role: Role) -> tuple[str, ...]:
    """The words for a role's access that come to no privilege."""
    return tuple(word for word in access_words(role) if word not in PRIVILEGES)
