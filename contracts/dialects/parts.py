"""The parts that contracts of several kinds share: owners, life cycle, family, service levels."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from contracts.dialects.form import own_keys
from contracts.dialects.phrases import in_words, read_notice, read_owner, read_version
from contracts.documents import Document
from contracts.model import Custom, Deprecation, Link, ServiceLevel
from contracts.problems import Problem
from contracts.reading import KeyPath, printable

CONTRACT_KEYS: Final = (
    "version", "status", "owner", "technical_owner", "business_owner", "producer", "consumers",
    "purpose", "enforcement", "notice", "deprecation", "extends", "extends_version", "parent",
    "sla", "tags",
)  # fmt: skip
"""The keys that contracts of several kinds share."""
_NESTED: Final[Mapping[str, frozenset[str]]] = {
    "owner": frozenset({"name", "email"}),
    "technical_owner": frozenset({"name", "email"}),
    "business_owner": frozenset({"name", "email"}),
    "notice": frozenset({"channel", "lead_days", "lead_time"}),
    "deprecation": frozenset(
        {"announced", "sunset_date", "replacement", "migration_guide", "reason"}
    ),
    "extends": frozenset({"name", "version"}),
    "parent": frozenset({"name", "version"}),
}
"""Keys that hold an object, and the keys of that object which are read."""


def read_common(value: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a contract that several kinds of document state by the same keys."""
    status = value.get("status")
    parent, parent_version = _read_parent(value)
    return {
        "version": read_version(value.get("version")),
        "status": "draft" if status == "in development" else status,
        "technical_owner": read_owner(value.get("technical_owner")),
        "business_owner": read_owner(value.get("business_owner")),
        "producer": value.get("producer"),
        "purpose": in_words(value.get("purpose")),
        "enforcement": value.get("enforcement"),
        "notice": read_notice(value.get("notice")),
        "deprecation": _read_deprecation(value.get("deprecation")),
        "extends": parent,
        "extends_version": parent_version,
        "tags": tuple(value.get("tags") or ()),
    }


def read_links(value: Mapping[str, Any]) -> tuple[Link, ...]:
    """Pages that say more, by their kinds."""
    return tuple(Link(url, kind) for kind, url in (value.get("links") or {}).items())


def names_of(stated: object) -> tuple[str, ...]:
    """The names in a list of names, or of objects that have one; a single one is a list, too."""
    listed = stated if isinstance(stated, list) else [] if stated is None else [stated]
    names = (one.get("name") if isinstance(one, dict) else one for one in listed)
    return tuple(name for name in names if isinstance(name, str))


def nested_own_keys(value: Mapping[str, Any]) -> Custom:
    """What authors add to the objects that a contract's own keys hold, by dotted names."""
    return tuple(
        pair
        for key, known in _NESTED.items()
        if isinstance(value.get(key), dict)
        for pair in own_keys(value[key], known, f"{key}.")
    )


def repeated(
    document: Document, path: KeyPath, name: str, before: Sequence[str]
) -> Iterator[Problem]:
    """A problem if a field's name was used before."""
    if name in before:
        what = f'The field "{name}" is here already.'
        yield document.problem(path, what, "Delete one of the two.", key=True)


def unknown_element(
    document: Document,
    levels: Sequence[ServiceLevel],
    columns: Sequence[str],
    tables: Sequence[str],
) -> Iterator[Problem]:
    """A problem for each service level about a field that is not promised; nor by a parent.

    A field of another table than ``tables`` is a watermark: only the catalogue knows it.
    """
    from contracts.dialects.validation import nearest

    if is_child(document.value):
        return
    named = ((level, name) for level in levels for name in _columns_of(level, tables))
    for level, name in named:
        if columns and name not in columns:
            near = nearest(name, columns)
            next_step = f'Did you mean "{near}"?' if near else "Add it to the fields."
            what = f'The contract promises no field "{printable(str(name))}".'
            yield document.problem(_written_at(document.value, level.property), what, next_step)


def _columns_of(level: ServiceLevel, tables: Sequence[str]) -> Iterator[str]:
    """The columns of these tables that a level names, with commas between: two for a delay."""
    for part in (level.element or "").split(","):
        *before, name = part.strip().split(".")
        if name and (not before or before[-1] in tables):
            yield name


def _written_at(value: Any, level: str) -> KeyPath:
    """Where a service level is stated."""
    for key in ("sla", "servicelevels", "serviceLevels"):
        if isinstance(value.get(key), dict) and level in value[key]:
            return (key, level)
    return (level,)


def is_child(value: Any) -> bool:
    """Whether a document extends another, whose fields it may speak of as of its own."""
    return _read_parent(value)[0] is not None


def _read_parent(value: Mapping[str, Any]) -> tuple[str | None, str | None]:
    """The parent of a contract, and the version of it that is meant."""
    stated = value.get("extends", value.get("parent"))
    version = value.get("extends_version")
    if isinstance(stated, dict):
        version = stated.get("version", version)
        stated = stated.get("name")
    return stated, read_version(version)


def _read_deprecation(stated: object) -> Deprecation | None:
    if not isinstance(stated, dict):
        return None
    known = _NESTED["deprecation"]
    return Deprecation(**{key: stated[key] for key in stated if key in known})
