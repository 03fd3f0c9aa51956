"""Members between brackets, ``{…}`` or ``[…]``: one more, or one less, in the layout of the others.

JSON is written so throughout, and YAML in places.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

_REST_OF_LINE: Final = re.compile(r"[ \t]*(,?)[ \t]*(?:#[^\r\n]*)?(?=\r|\n|$)")
_BLANK: Final = re.compile(r"[ \t]*")

Write = Callable[[str | None], str]
"""Writes the new member: over several lines below this indentation, or with ``None`` on one."""


@dataclass(frozen=True, slots=True)
class Brackets:
    """Where brackets and their members stand in a text, as offsets.

    start, end:  of the opening bracket, and behind the closing one.
    members:     where each begins, and where it ends; of an object, with its key.
    """

    start: int
    end: int
    members: Sequence[tuple[int, int]]


def with_member(text: str, brackets: Brackets, behind: int, write: Write) -> str:
    """The text with a member more, behind the one of this number (-1: before all)."""
    members = brackets.members
    if not members:
        inner = text[brackets.start + 1 : brackets.end - 1]
        return (
            text[: brackets.start + 1] + write(None) + inner.strip(" ") + text[brackets.end - 1 :]
        )
    indent = _indent_of(text, brackets)
    if behind < 0:
        start = members[0][0]
        if indent is None:
            return f"{text[:start]}{write(None)}, {text[start:]}"
        return f"{text[:start]}{write(indent)},{line_end(text)}{indent}{text[start:]}"
    end = members[behind][1]
    rest = _REST_OF_LINE.match(text, end)
    if indent is None or rest is None:
        gap = "," if indent is None and _is_tight(text, brackets) else ", "
        return f"{text[:end]}{gap}{write(None)}{text[end:]}"
    at = rest.end()
    line = f"{line_end(text)}{indent}{write(indent)}"
    if rest[1]:
        # Behind the last one, a comma is a habit of its author's; behind another one, a must.
        return f"{text[:at]}{line},{text[at:]}"
    return f"{text[:end]},{text[end:at]}{line}{text[at:]}"


def without_member(text: str, brackets: Brackets, number: int) -> str:
    """The text without one of its members, and without the comma that parted it from the next."""
    members = brackets.members
    start, end = members[number]
    if number + 1 < len(members):
        return text[:start] + text[members[number + 1][0] :]
    if number > 0:
        return text[: members[number - 1][1]] + text[end:]
    return text[:start] + text[end:]


def line_end(text: str) -> str:
    """How the lines of a text end."""
    return "\r\n" if "\r\n" in text else "\n"


def indent_of_line(text: str, at: int) -> str:
    """The blanks at the beginning of the line in which an offset lies."""
    start = max(text.rfind("\n", 0, at), text.rfind("\r", 0, at)) + 1
    found = _BLANK.match(text, start)
    return found[0] if found else ""


def _indent_of(text: str, brackets: Brackets) -> str | None:
    """The indentation of members that stand on lines of their own; ``None`` where they do not."""
    first = brackets.members[0][0]
    between = text[brackets.start : first]
    return indent_of_line(text, first) if "\n" in between or "\r" in between else None


def _is_tight(text: str, brackets: Brackets) -> bool:
    """Whether no blank follows the commas, as programs write that save room."""
    members = brackets.members
    if len(members) == 1:
        return re.search(r'":\S', text[slice(*members[0])]) is not None
    return any(text[one[1] : other[0]] == "," for one, other in pairwise(members))
