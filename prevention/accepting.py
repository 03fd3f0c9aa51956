"""Names of contracts whose breaking changes are accepted: in a pull request's text, or by a flag.

A line ``accept-breaking-change: NAME`` counts where a reader of the pull request sees it as a
line of its own: not in an HTML comment, not in a block of code, not in a quotation.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from prevention.decision import NotJudged, Obstacle

VARIABLE: Final = "ACCEPT_BREAKING_CHANGE"
LARGEST_TEXT: Final = 1_000_000
"""Bytes; GitHub takes no more than 65,536 characters."""

_LINE: Final = re.compile(r" {0,3}(?:[-*+] +)?accept-breaking-change:(.*)", re.IGNORECASE)
_FENCE: Final = re.compile(r" {0,3}(?:[-*+] +)?(`{3,}(?=[^`]*$)|~{3,})")
_CODE: Final = re.compile(r"(`+)(?!`).*?(?<!`)\1(?!`)")
_ENDS: Final = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True, slots=True)
class AcceptedName:
    """A name, and by what it was accepted: ``the pull request``, ``--accept``."""

    name: str
    by: str


def accepted_names(
    flag: str | None,
    text: str | None,
    environment: Mapping[str, str] = os.environ,
) -> tuple[AcceptedName, ...]:
    """Every name that is accepted. The flag goes before the variable; the text adds to either."""
    listed, by = (environment.get(VARIABLE, ""), VARIABLE) if flag is None else (flag, "--accept")
    names = [AcceptedName(name.strip(), by) for name in listed.split(",") if name.strip()]
    names += [AcceptedName(name, "the pull request") for name in names_in_text(text or "")]
    return tuple({each.name: each for each in reversed(names)}.values())[::-1]


def names_in_text(text: str) -> tuple[str, ...]:
    """The names after ``accept-breaking-change:`` in a pull request's text, each once."""
    found = (_LINE.fullmatch(line) for line in _visible_lines(text))
    names = (_unquoted(match[1].strip()) for match in found if match)
    return tuple(dict.fromkeys(name for name in names if name))


def read_text(file: Path) -> str:
    """The text of a pull request, from a file."""
    with file.open("rb") as stream:
        content = stream.read(LARGEST_TEXT + 1)
    if len(content) > LARGEST_TEXT:
        what = f"{file} has more than {LARGEST_TEXT:,} bytes; no pull request's text is as long."
        raise NotJudged(Obstacle(what, "Name the file that holds the text alone."))
    return content.decode("utf-8-sig", errors="replace")


def _visible_lines(text: str) -> Iterator[str]:
    """The lines of a text in Markdown that stand neither in a comment nor in a block of code."""
    fence = ""
    inside_comment = False
    for line in _ENDS.split(text):
        if fence:
            fence = "" if _closes(fence, line) else fence
            continue
        if not inside_comment and (opened := _FENCE.match(line)):
            fence = opened[1]
            continue
        shown, inside_comment = _without_comments(line, inside_comment)
        if shown is not None:
            yield shown


def _closes(fence: str, line: str) -> bool:
    mark = line.strip()
    return mark.startswith(fence) and not mark.strip(fence[0])


def _without_comments(line: str, inside: bool) -> tuple[str | None, bool]:
    """A line, unless a comment is in it, and whether one is open at its end.

    A line that shares its place with a comment is taken for a part of it: whoever means it
    writes it on a line of its own.
    """
    if not inside and "<!--" not in _CODE.sub("", line):
        return line, False
    rest = line if inside else line.partition("<!--")[2]
    while True:
        _, closed, rest = rest.partition("-->")
        if not closed:
            return None, True
        _, opened, rest = rest.partition("<!--")
        if not opened:
            return None, False


def _unquoted(name: str) -> str:
    return name.strip("`") if name.startswith("`") and name.endswith("`") else name
