"""One value of a JSON text set, or dropped, so that all else stays as it is."""

from __future__ import annotations

import json
from typing import Any

from contracts.between_brackets import (
    Brackets,
    indent_of_line,
    line_end,
    with_member,
    without_member,
)
from contracts.json_text import read_json
from contracts.reading import KeyPath, Reading


def put(text: str, path: KeyPath, value: Any, after: tuple[str, ...]) -> str:
    """The text with this value at a path; see :class:`contracts.editing.Put`."""
    reading = read_json(text)
    if path in reading.values:
        start = reading.values[path]
        written = _written(
            text, value, indent_of_line(text, start), _colon(text, reading, path[:-1])
        )
        return text[:start] + written + text[_end(text, start) :]
    parent = path[:-1]
    brackets, names = _brackets(text, reading, parent)
    colon = _colon(text, reading, parent)

    def write(indent: str | None) -> str:
        written = _written(text, value, indent, colon)
        in_object = text.startswith("{", brackets.start)
        return f"{_scalar(text, path[-1])}{colon}{written}" if in_object else written

    place = next((names.index(key) for key in after if key in names), len(names) - 1)
    return with_member(text, brackets, place, write)


def dropped(text: str, path: KeyPath) -> str:
    """The text without one item of a list."""
    from contracts.editing import EditError

    brackets, names = _brackets(text, read_json(text), path[:-1])
    if path[-1] not in names:
        raise EditError(f"There is nothing at {path}.")
    return without_member(text, brackets, names.index(path[-1]))


def _brackets(text: str, reading: Reading, path: KeyPath) -> tuple[Brackets, list[str | int]]:
    """The brackets of an object or a list, and the names or numbers of its members."""
    from contracts.editing import EditError

    start = reading.values.get(path)
    if start is None or text[start] not in "{[":
        raise EditError(f"There is no object and no list at {path}.")
    inner = [one for one in reading.keys if len(one) == len(path) + 1 and one[:-1] == path]
    members = [(reading.keys[one], _end(text, reading.values[one])) for one in inner]
    return Brackets(start, _end(text, start), members), [one[-1] for one in inner]


def _colon(text: str, reading: Reading, path: KeyPath) -> str:
    """What stands between a key and its value: with a blank, or without any."""
    inner = next(
        (one for one in reading.keys if len(one) == len(path) + 1 and one[:-1] == path), None
    )
    if inner is None or isinstance(inner[-1], int):
        inner = next((one for one in reading.keys if one and isinstance(one[-1], str)), None)
    if inner is None:
        return ": "
    end = _end(text, reading.keys[inner])
    return ":" if text[end : reading.values[inner]] == ":" else ": "


def _end(text: str, start: int) -> int:
    """The offset behind the value that begins here."""
    _, end = json.JSONDecoder().raw_decode(text, start)
    return end


def _written(text: str, value: Any, indent: str | None, colon: str) -> str:
    """A value as the text around it is written: below an indentation, or on one line."""
    if indent is None or not isinstance(value, dict | list):
        comma = ", " if colon == ": " else ","
        return _scalar(text, value, (comma, colon))
    step = _step(text)
    lines = json.dumps(
        value, ensure_ascii=_escapes(text), indent=step, separators=(",", colon)
    ).split("\n")
    return line_end(text).join([lines[0], *(f"{indent}{line}" for line in lines[1:])])


def _scalar(text: str, value: Any, separators: tuple[str, str] = (", ", ": ")) -> str:
    return json.dumps(value, ensure_ascii=_escapes(text), separators=separators)


def _escapes(text: str) -> bool:
    """Whether the text writes all that is not ASCII as escapes."""
    return "\\u" in text and text.isascii()


def _step(text: str) -> str:
    """By how much each level of the text is indented: as its first indented line is."""
    for line in text.splitlines():
        if line[:1] in (" ", "\t"):
            return line[: len(line) - len(line.lstrip())]
    return "  "
