"""What is there to be read, and promises nothing: descriptions, tags, links, owners."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from contracts.model import Channel, Link, Server
from detection.change import Change
from detection.diffing.pairing import Pair, shown


def documented(pair: Pair, aspect: str, old: Any, new: Any) -> Iterator[Change]:
    """The change of something that is there to be read; the order of a list does not matter."""
    before, after = words(old), words(new)
    if before != after:
        yield pair.change("documentation-changed", before, after, aspect=aspect)


def compare_documentation(
    pair: Pair, old: Any, new: Any, fields: Sequence[str]
) -> Iterator[Change]:
    """The changes of these fields of two nouns; an aspect is a field's name in words."""
    for field in fields:
        before, after = getattr(old, field), getattr(new, field)
        if field == "custom":
            yield from _compare_custom(pair, dict(before), dict(after))
        elif before != after:
            yield from documented(pair, field.replace("_", " "), before, after)


def _compare_custom(pair: Pair, old: dict[str, str], new: dict[str, str]) -> Iterator[Change]:
    """What a document says and no noun holds, property by property."""
    for name in dict.fromkeys((*old, *new)):
        if old.get(name) != new.get(name):
            yield pair.change(
                "documentation-changed", old.get(name), new.get(name), aspect=f"custom.{name}"
            )


def words(value: Any) -> str | None:
    """A value as a report shows it; ``None`` for nothing."""
    if value is None or value == ():
        return None
    if isinstance(value, tuple) and not hasattr(value, "_fields"):
        return ", ".join(sorted(_word(each) for each in value))
    return _word(value)


def _word(value: Any) -> str:
    if isinstance(value, bool) or value is None:
        return shown(value) or "nothing"
    if isinstance(value, Link):
        return " ".join(filter(None, (value.kind, value.url, value.description)))
    if isinstance(value, Channel | Server):
        facts = [getattr(value, name) for name in value.__slots__ if name != "custom"]
        return " ".join(str(fact) for fact in (*facts, *value.custom) if fact is not None)
    if isinstance(value, tuple):
        return " ".join(map(str, value))
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
