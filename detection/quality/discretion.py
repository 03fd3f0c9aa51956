"""What Postgres says when a check fails, without the values of rows that it quotes."""

from __future__ import annotations

import re
from typing import Final

HIDDEN: Final = "…"
_VALUE: Final = re.compile(r'"[^"]*"|\d[\d.:+-]*')
"""A piece of a message that can be a value: in quotes, or a number, a date, a time."""


def without_values(message: str, asked: str) -> str:
    """A message of Postgres without what it can have only from a row.

    ``invalid input syntax for type integer: "ada@guide.example"`` quotes a value, whatever its
    classification. What stands in ``asked``, the SQL that failed, was known before: a name, a
    bound, a pattern. From the first piece that was not to the last, nothing is told, since a
    value may hold quotes itself.
    """
    known = asked.replace('"', "")
    unknown = [
        piece.span()
        for piece in _VALUE.finditer(message)
        if message.count('"') % 2 or not _holds(known, piece[0].strip('"'))
    ]
    if not unknown:
        return message
    first = unknown[0][0]
    last = max(unknown[-1][1], message.rfind('"') + 1)
    return f"{message[:first]}{HIDDEN}{message[last:]}"


def _holds(text: str, piece: str) -> bool:
    """Whether a piece stands in a text by itself, and not within a longer word."""
    return re.search(rf"(?<!\w){re.escape(piece)}(?!\w)", text) is not None
