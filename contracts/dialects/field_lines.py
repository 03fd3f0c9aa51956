"""A field in one line: ``string, not_null, unique``, ``uuid required``, ``enum(oil, bronze)``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from contracts.documents import Document
from contracts.problems import Problem
from contracts.reading import KeyPath, shown

FLAGS: Final[Mapping[str, Mapping[str, bool]]] = {
    "required": {"required": True},
    "not_null": {"required": True},
    "nullable": {"required": False},
    "optional": {"required": False},
    "unique": {"unique": True},
    "primary_key": {"primary_key": True, "required": True},
    "deprecated": {"deprecated": True},
}
"""What a word behind a field's type says."""

_ENUM = re.compile(r"enum\s*\((.*)\)", re.IGNORECASE | re.DOTALL)
_COMMA = re.compile(r",(?![^()]*\))")


def spelled_out(
    document: Document, path: KeyPath, text: str, problems: list[Problem]
) -> dict[str, Any]:
    """A field in one line (``string, not_null, unique``; ``uuid required``) as keys.

    A word that says nothing about a field goes to ``problems``.
    """
    if text.count("(") != text.count(")"):
        what = f"{shown(text)} has a parenthesis without its other half."
        problems.append(document.problem(path, what, "Write it like enum(oil, bronze)."))
        return {}
    first, *rest = (part.strip() for part in _COMMA.split(text.strip()))
    words = first.split()
    flags: list[str] = []
    while len(words) > 1 and (size := _flag_size(words)):
        flags.append(_flag(" ".join(words[-size:])))
        words = words[:-size]
    found: dict[str, Any] = {"type": " ".join(words)} if words else {}
    for word in (*flags, *rest):
        if (said := FLAGS.get(_flag(word))) is None:
            problems.append(_no_flag(document, path, word))
        else:
            found |= said
    return found


def as_enum(stated: Mapping[str, Any]) -> Mapping[str, Any]:
    """A field whose type lists its values, ``enum(oil, bronze)``, as a string that takes these."""
    match = _ENUM.fullmatch(str(stated.get("type", "")).strip())
    if match is None:
        return stated
    labels = [label.strip().strip("\"'") for label in match[1].split(",")]
    return {**stated, "type": "string", "enum": [label for label in labels if label]}


def _flag(words: str) -> str:
    return words.lower().replace(" ", "_").replace("-", "_")


def _flag_size(words: list[str]) -> int:
    """How many of the last words are one flag: ``not null`` is two, and 0 is none."""
    sizes = (size for size in (2, 1) if size < len(words))
    return next((size for size in sizes if _flag(" ".join(words[-size:])) in FLAGS), 0)


def _no_flag(document: Document, path: KeyPath, word: str) -> Problem:
    from contracts.dialects.validation import nearest

    near = nearest(word, FLAGS)
    what = f"{shown(word)} says nothing about a field."
    next_step = f'Did you mean "{near}"?' if near else f"Write one of {', '.join(FLAGS)}."
    return document.problem(path, what, next_step)
