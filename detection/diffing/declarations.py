"""``meaning: unchanged``: what declares that only the shape changed, and is no meaning itself."""

from __future__ import annotations

import re
from typing import Final

_UNCHANGED: Final = re.compile(r"unchanged(?:\s+in\s+(\S+))?", re.IGNORECASE)


def is_declaration(meaning: str | None) -> bool:
    """Whether the words of a meaning only say that it is unchanged, and in which version."""
    return meaning is not None and _UNCHANGED.fullmatch(meaning.strip()) is not None


def own_meaning(meaning: str | None) -> str | None:
    """The words of a meaning; ``None`` where they only declare that it is unchanged."""
    return None if is_declaration(meaning) else meaning


def counts(old: str | None, new: str | None, version: str | None) -> bool:
    """Whether a declaration is about this change: it names this version, or it is new.

    So no declaration that was left behind settles the next change as well.
    """
    found = _UNCHANGED.fullmatch((new or "").strip())
    if found is None:
        return False
    return found[1] == version if found[1] else not is_declaration(old)
