"""What of a check's message is kept, and may go to the class: all but what the learner wrote."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from itertools import chain, islice
from pathlib import Path
from typing import Final

from docent.answers import told
from docent.exercise import Outcome

MOST_VALUES: Final = 40
"""Values of an answer that a message is searched for, at each level."""

MOST_TEXT: Final = 200_000
"""Characters of a file that are looked at."""

QUOTED: Final = re.compile(r"\"[^\"\n]+\"|(?<!\w)'[^'\n]+'(?!\w)")
"""Something between quotation marks; an apostrophe is none."""

ERROR: Final = re.compile(r"((?:at line \d+|with this answer): \w+): .*", re.DOTALL)
"""An error of the learner's code: its name says enough, and its text may say anything."""


def discreet(outcome: Outcome, answer: object, folder: Path) -> str:
    """What the check saw, with a … wherever it repeats a value of the answer or quotes from it.

    folder:  the learner's folder, where an answer that names a file has it.
    """
    message = outcome.seen
    if outcome.kind == "stopped":
        message = ERROR.sub(r"\1", message)
    if callable(answer):  # what a function returns is as good as written
        return QUOTED.sub("…", message)
    return without_answer(message, answer, _text_of(answer, folder))


def without_answer(message: str, answer: object, text: str = "") -> str:
    """A message without what was handed in.

    text:  of a file that was.
    """
    values = list(_values(answer))
    shown = {told(value) for value in values} - {"...", "''", "None"}
    for one in sorted(shown, key=len, reverse=True):
        message = re.sub(rf"(?<![\w.]){re.escape(one)}(?!\w|\.\d)", "…", message)
    texts = [text, *(value for value in values if type(value) is str)]
    return QUOTED.sub(lambda found: _unless_in(texts, found), message)


def _unless_in(texts: list[str], quoted: re.Match[str]) -> str:
    words = quoted[0][1:-1]
    return "…" if any(words in text for text in texts) else quoted[0]


def _text_of(answer: object, folder: Path) -> str:
    """The text of a file that an answer names, as far as it names one."""
    if not isinstance(answer, (str, Path)):
        return ""
    try:
        with (folder / answer).open(encoding="utf-8", errors="replace") as file:
            return file.read(MOST_TEXT)
    except (OSError, ValueError):
        return ""


def _values(answer: object, depth: int = 2) -> Iterator[object]:
    """An answer and what it is made of, as far as a message may show it."""
    yield answer
    if depth and type(answer) in (list, tuple, set, frozenset, dict):
        assert isinstance(answer, Collection)  # noqa: S101 - as its type says
        inside = answer.values() if isinstance(answer, dict) else ()
        for part in islice(chain(answer, inside), MOST_VALUES):
            yield from _values(part, depth - 1)
