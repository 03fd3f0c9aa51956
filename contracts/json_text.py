"""Reading JSON with the place of every key and value, and with every mistake named.

The standard library reads JSON quickly but says nothing of places and stops at the first
mistake. The reader here is for documents that have one, and for looking up where a promise
stands; it gives the same values. It is stricter than the standard library in what a contract
cannot mean: a key said twice, ``NaN`` and ``Infinity``, numbers too large for a float or longer
than a thousand digits, half of a surrogate pair, the character NUL.
"""

from __future__ import annotations

import json
import re
from typing import Final, NoReturn

from contracts.reading import (
    MAX_DEPTH,
    MAX_DIGITS,
    MAX_FAULTS,
    MAX_NODES,
    Fault,
    KeyPath,
    Lines,
    Reading,
    StopReadingError,
    shown,
)

_SPACE = re.compile(r"[ \t\n\r]*")
_COMMENT = re.compile(r"//[^\n\r]*|#[^\n\r]*|/\*.*?\*/", re.DOTALL)
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?")
_NUMBER_LIKE = re.compile(r"[-+]?\.?[0-9][0-9A-Za-z_.+-]*")
_PLAIN = re.compile(r'[^"\\\x00-\x1f]*')
_QUOTED = re.compile(r"'([^'\n\r]*)'")
_WORD = re.compile(r"-?[A-Za-z_$][\w$-]*")
_HEX = re.compile(r"[0-9a-fA-F]{4}")
_LITERALS: Final = {"true": True, "false": False, "null": None}
_ESCAPES: Final = {
    '"': '"',
    "\\": "\\",
    "/": "/",
    "b": "\b",
    "f": "\f",
    "n": "\n",
    "r": "\r",
    "t": "\t",
}
_SUSPICIOUS = re.compile(r"\\u(?:[dD][89a-fA-F]|0000)|[0-9]{300}|[eE][-+]?[0-9]{3}")


def read_quickly(text: str) -> object:
    """The value of a text that is plainly fine; ``ValueError`` for one that needs a closer look."""
    if _SUSPICIOUS.search(text):
        raise ValueError("worth a closer look")
    try:
        value: object = json.loads(text, object_pairs_hook=_unrepeated, parse_constant=_refused)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    _bound(value)
    return value


def _unrepeated(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a key is said twice")
    return members


def _refused(word: str) -> NoReturn:
    raise ValueError(word)


def _bound(value: object) -> None:
    """Raise ``ValueError`` where a value is nested too deeply or holds too much."""
    level, count = [value], 1
    for _ in range(MAX_DEPTH + 1):
        inner = [
            member
            for holder in level
            if isinstance(holder, dict | list)
            for member in (holder.values() if isinstance(holder, dict) else holder)
        ]
        count += len(inner)
        if not inner:
            break
        level = inner
    else:
        if any(isinstance(holder, dict | list) for holder in level):
            raise ValueError("nested too deeply")
    if count > MAX_NODES:
        raise ValueError("too much")


def read_json(text: str) -> Reading:
    """Read a JSON text closely: values, places, and all faults as far as they can be told."""
    return _Reader(text).read()


class _Reader:
    """One pass over a text; ``at`` is the offset of the next character to read."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.nodes = 0
        self.faults: list[Fault] = []
        self.keys: dict[KeyPath, int] = {}
        self.values: dict[KeyPath, int] = {}
        self.lines = Lines(text)

    def read(self) -> Reading:
        value, whole = None, True
        try:
            value = self.document()
        except StopReadingError:
            whole = False
        return Reading(value, self.keys, self.values, tuple(self.faults), whole)

    def document(self) -> object:
        self.skip_space(())
        if self.at == len(self.text):
            raise self.stop((), "The document is empty.", "Write the contract, or delete the file.")
        value = self.value(())
        self.skip_space(())
        if self.at < len(self.text):
            rest = shown(self.text[self.at : self.at + 20])
            raise self.stop(
                (),
                f"The document ended before this, but {rest} follows.",
                "Keep one object in one file; look for a bracket closed too early.",
            )
        return value

    # What the text is made of

    def value(self, path: KeyPath) -> object:
        self.values[path] = self.at
        self.nodes += 1
        if self.nodes > MAX_NODES:
            raise self.stop(
                path,
                f"The document holds more than {MAX_NODES:,} values.",
                "Split it: a contract is about one table.",
            )
        first = self.text[self.at : self.at + 1]
        if first == "{":
            return self.object(path)
        if first == "[":
            return self.list(path)
        if first == '"':
            return self.string(path)
        if first and first in "-+.0123456789" and not self.text.startswith(("-I", "-N"), self.at):
            return self.number(path)
        return self.word(path)

    def object(self, path: KeyPath) -> dict[str, object]:
        members: dict[str, object] = {}
        self.enter(path)
        while not self.closes("}", path):
            key, key_at = self.key(path)
            inner = (*path, key)
            if key in members:
                first = self.lines.at(self.keys[inner])[0]
                self.note(
                    key_at,
                    inner,
                    f"The key {shown(key)} is here for the second time; "
                    f"the first is on line {first}.",
                    "Keep one of the two.",
                )
            self.keys[inner] = key_at
            self.colon(inner)
            members[key] = self.value(inner)
            self.separator("}", path)
        return members

    def list(self, path: KeyPath) -> list[object]:
        items: list[object] = []
        self.enter(path)
        while not self.closes("]", path):
            inner = (*path, len(items))
            self.keys[inner] = self.at
            items.append(self.value(inner))
            self.separator("]", path)
        return items

    def key(self, path: KeyPath) -> tuple[str, int]:
        start = self.at
        if self.text.startswith('"', start):
            return self.string(path), start
        for pattern in (_QUOTED, _WORD):
            if match := pattern.match(self.text, start):
                name = match[match.lastindex or 0]
                self.note(
                    start,
                    (*path, name),
                    f"The key {shown(name)} is not in double quotes.",
                    f"Write {shown(name)}.",
                )
                self.at = match.end()
                return name, start
        raise self.stop(
            path,
            f"Expected a key in double quotes, found {self.here()}.",
            "Write a key, or close the object with }.",
        )

    def string(self, path: KeyPath) -> str:
        start, parts = self.at, []
        self.at += 1
        while True:
            if match := _PLAIN.match(self.text, self.at):
                parts.append(match[0])
                self.at = match.end()
            character = self.text[self.at : self.at + 1]
            if character == '"':
                self.at += 1
                return self.joined(parts, start, path)
            if character in ("", "\n", "\r"):
                self.at = start
                raise self.stop(
                    path,
                    "The text that begins here is not closed on its line.",
                    'Close it with "; a line break inside a text is written \\n.',
                )
            parts.append(self.escape(path) if character == "\\" else self.control(path))

    def joined(self, parts: list[str], start: int, path: KeyPath) -> str:
        """The text of its parts, with halves of a surrogate pair put together where they can be."""
        text = "".join(parts)
        if any("\ud800" <= character <= "\udfff" for character in text):
            units = text.encode("utf-16", "surrogatepass")
            try:
                text = units.decode("utf-16")
            except UnicodeDecodeError:
                text = units.decode("utf-16", "replace")
                self.note(
                    start,
                    path,
                    "The text holds half of a surrogate pair, which is no character.",
                    "Write the character itself, or both halves.",
                )
        if "\0" in text:
            self.note(
                start,
                path,
                "The text holds the character NUL, which Postgres cannot.",
                "Leave \\u0000 out.",
            )
        return text

    def escape(self, path: KeyPath) -> str:
        start, letter = self.at, self.text[self.at + 1 : self.at + 2]
        self.at += 2
        if letter == "u" and (match := _HEX.match(self.text, self.at)):
            self.at = match.end()
            return chr(int(match[0], 16))
        if letter not in _ESCAPES:
            self.note(
                start,
                path,
                f"\\{letter} is no escape that JSON knows.",
                "Write \\\\ for a backslash.",
            )
        return _ESCAPES.get(letter, letter)

    def control(self, path: KeyPath) -> str:
        character = self.text[self.at]
        name = "a tab" if character == "\t" else f"the control character U+{ord(character):04X}"
        self.note(
            self.at,
            path,
            f"There is {name} inside a text.",
            f"Write it as {json.dumps(character)[1:-1]}.",
        )
        self.at += 1
        return character if character != "\0" else ""

    def number(self, path: KeyPath) -> object:
        start = self.at
        found = _NUMBER_LIKE.match(self.text, start)
        exact = _NUMBER.match(self.text, start)
        self.at = max(match.end() if match else start + 1 for match in (found, exact))
        text = self.text[start : self.at]
        if exact is None or exact.end() != self.at:
            self.note(
                start,
                path,
                f"{shown(text)} is no number that JSON knows.",
                "Write it without plus, leading zeros, underscores or units, or as a text "
                "in quotes.",
            )
            return 0
        if len(text) > MAX_DIGITS:
            self.note(
                start,
                path,
                f"The number has {len(text):,} characters; at most {MAX_DIGITS:,} are read.",
                "Write it as a text in quotes.",
            )
            return 0
        if exact[1] is None and exact[2] is None:
            return int(text)
        number = float(text)
        if abs(number) == float("inf"):
            self.note(
                start,
                path,
                f"The number {shown(text)} is too large to be read exactly.",
                "Write it as a text in quotes.",
            )
            return 0
        return number

    def word(self, path: KeyPath) -> object:
        start = self.at
        if match := _QUOTED.match(self.text, start):
            self.note(
                start,
                path,
                "The text stands in single quotes.",
                f"Use double quotes: {shown(match[1])}.",
            )
            self.at = match.end()
            return match[1]
        if match := _WORD.match(self.text, start):
            self.at = match.end()
            if match[0] not in _LITERALS:
                self.note(
                    start,
                    path,
                    f"Expected a value, found the word {match[0][:40]}.",
                    _meant(match[0][:40]),
                )
            return _LITERALS.get(match[0])
        raise self.stop(
            path,
            f"Expected a value, found {self.here()}.",
            "Write a text in double quotes, a number, true, false, null, [ or {.",
        )

    # What stands between

    def skip_space(self, path: KeyPath) -> None:
        while True:
            match = _SPACE.match(self.text, self.at)
            self.at = match.end() if match else self.at
            comment = _COMMENT.match(self.text, self.at)
            if comment is None:
                return
            self.note(
                self.at,
                path,
                "There is a comment, and JSON has none.",
                "Put the remark into a description, or write the contract in YAML.",
            )
            self.at = comment.end()

    def enter(self, path: KeyPath) -> None:
        if len(path) >= MAX_DEPTH:
            raise self.stop(
                path[:3],
                f"More than {MAX_DEPTH} objects and lists stand inside one another.",
                "Flatten the document; a contract needs no more than six.",
            )
        self.at += 1
        self.skip_space(path)

    def closes(self, bracket: str, path: KeyPath) -> bool:
        if self.at == len(self.text):
            raise self.stop(
                path,
                f"The document ends where {bracket} was expected.",
                f"Close what is open: add {bracket}.",
            )
        if not self.text.startswith(bracket, self.at):
            return False
        self.at += 1
        return True

    def colon(self, path: KeyPath) -> None:
        self.skip_space(path)
        if self.text.startswith(":", self.at):
            self.at += 1
        else:
            mistaken = self.text.startswith("=", self.at)
            self.note(
                self.at,
                path,
                f"Expected : after the key, found {self.here()}.",
                "Put : between the key and its value.",
            )
            if not mistaken and self.text[self.at : self.at + 1] in ("", "}", "]", ","):
                raise StopReadingError
            self.at += mistaken
        self.skip_space(path)

    def separator(self, bracket: str, path: KeyPath) -> None:
        """Read the comma between two members, or stand before the bracket that closes them."""
        end = self.at
        self.skip_space(path)
        if self.text.startswith(",", self.at):
            comma = self.at
            self.at += 1
            self.skip_space(path)
            if self.text.startswith(bracket, self.at):
                self.note(comma, path, f"There is a comma before {bracket}.", "Delete the comma.")
        elif self.at < len(self.text) and not self.text.startswith(bracket, self.at):
            if self.text[self.at] in "]}:":
                raise self.stop(
                    path,
                    f"Expected , or {bracket}, found {self.here()}.",
                    f"Close what is open: add {bracket}.",
                )
            self.note(
                end,
                path,
                f"Expected , or {bracket}, found {self.here()}.",
                "Put a comma between the two.",
            )

    # What is wrong

    def here(self) -> str:
        rest = self.text[self.at : self.at + 1]
        return shown(rest) if rest else "the end of the document"

    def note(self, offset: int, path: KeyPath, what: str, next_step: str) -> None:
        self.faults.append(Fault(offset, path, what, next_step))
        if len(self.faults) >= MAX_FAULTS:
            raise StopReadingError

    def stop(self, path: KeyPath, what: str, next_step: str) -> StopReadingError:
        """Note a fault that nothing can be read after; the caller raises what comes back."""
        self.faults.append(Fault(self.at, path, what, next_step))
        return StopReadingError()


def _meant(word: str) -> str:
    """What somebody who writes this word for a value will have meant."""
    if word.lower() in ("nan", "infinity", "-infinity", "none", "nil", "undefined"):
        return "JSON has no such number; write null, or leave the key out."
    if word.lower() in ("true", "yes", "on"):
        return "Write true."
    if word.lower() in ("false", "no", "off"):
        return "Write false."
    if word.lower() == "null":
        return "Write null."
    return f'Put it in double quotes: "{word}".'
