"""Where a line of a file is after the file was changed, so that a note can stand there."""

from __future__ import annotations

from difflib import SequenceMatcher
from functools import lru_cache
from typing import Final

LONGEST: Final = 5_000
"""Lines; longer files are not compared, and a line stays the line that it was."""


def line_now(old: str, new: str, line: int) -> int:
    """The line that another one has become, from 1; for one that is gone, that where it was."""
    before, after = old.splitlines(), new.splitlines()
    last = max(len(after), 1)
    if max(len(before), len(after)) > LONGEST:
        return min(line, last)
    at = line - 1
    for tag, old_start, old_end, new_start, new_end in _steps(tuple(before), tuple(after)):
        if old_start <= at < old_end:
            offset = at - old_start
            if tag == "replace":
                offset = min(offset, new_end - new_start - 1)
            return min(new_start + (offset if tag != "delete" else 0) + 1, last)
    return min(line, last)


@lru_cache(maxsize=64)
def _steps(
    before: tuple[str, ...], after: tuple[str, ...]
) -> tuple[tuple[str, int, int, int, int], ...]:
    return tuple(SequenceMatcher(None, before, after, autojunk=False).get_opcodes())
