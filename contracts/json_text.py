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

from contracts.json_scalars import read_number, read_string, read_word
from contracts.reading import MAX_DEPTH, MAX_DIGITS, MAX_NODES, KeyPath, Pass, Reading, shown

_SPACE = re.compile(r"[ \t\n\r]*")
_COMMENT = re.compile(r"//[^\n\r]*|#[^\n\r]*|/\*.*?\*/", re.DOTALL)
_BARE_KEY = re.compile(r"'([^'\n\r]*)'|([A-Za-z_$][\w$-]*)")
_NUMERIC = re.compile(r"[+.0-9]|-(?![A-Za-z])")
_SUSPICIOUS = re.compile(r"\\u(?:[dD][89a-fA-F]|0000)")


def read_quickly(text: str) -> object:
    """The value of a text that is plainly fine; ``ValueError`` for one that needs a closer look."""
    if "\\u" in text and _SUSPICIOUS.search(text):
        raise ValueError("perhaps no character")
    try:
        value: object = _DECODER.decode(text)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    _bound(value)
    return value


def read_json(text: str) -> Reading:
    """Read a JSON text closely: values, places, and all faults as far as they can be told."""
    reader = _Reader(text)
    return reader.read_whole(reader.document)


class _Reader(Pass):
    """A descent through a JSON text; what it finds between brackets it reads on from."""

    def document(self) -> object:
        self.skip_space(())
        if self.at == len(self.text):
            raise self.stop((), "The document is empty.", "Write the contract, or delete the file.")
        value = self.value(())
        self.skip_space(())
        if self.at < len(self.text):
            rest = shown(self.text[self.at : self.at + 20])
            what = f"The document ended before this, but {rest} follows."
            raise self.stop((), what, "Keep one object in a file; is a bracket closed too early?")
        return value

    def value(self, path: KeyPath) -> object:
        self.values[path] = self.at
        self.count(path)
        first = self.text[self.at : self.at + 1]
        if first == "{":
            return self.members(path)
        if first == "[":
            return self.items(path)
        if first == '"':
            return read_string(self, path)
        if _NUMERIC.match(self.text, self.at):
            return read_number(self, path)
        return read_word(self, path)

    def members(self, path: KeyPath) -> dict[str, object]:
        found: dict[str, object] = {}
        self.enter(path)
        while not self.closes("}", path):
            start = self.at
            key = self.key(path)
            inner = (*path, key)
            if key in found:
                self.note_repeated(inner, start)
            self.keys[inner] = start
            self.colon(inner)
            found[key] = self.value(inner)
            self.separator("}", path)
        return found

    def items(self, path: KeyPath) -> list[object]:
        found: list[object] = []
        self.enter(path)
        while not self.closes("]", path):
            inner = (*path, len(found))
            self.keys[inner] = self.at
            found.append(self.value(inner))
            self.separator("]", path)
        return found

    def key(self, path: KeyPath) -> str:
        if self.text.startswith('"', self.at):
            return read_string(self, path)
        if match := _BARE_KEY.match(self.text, self.at):
            name = match[1] if match[1] is not None else match[2]
            what = f"The key {shown(name)} is not in double quotes."
            self.note((*path, name), what, f"Write {shown(name)}.")
            self.at = match.end()
            return name
        what = f"Expected a key in double quotes, found {self.here()}."
        raise self.stop(path, what, "Write a key, or close the object with }.")

    def enter(self, path: KeyPath) -> None:
        """Step inside a bracket."""
        self.bound_depth(path)
        self.at += 1
        self.skip_space(path)

    def closes(self, bracket: str, path: KeyPath) -> bool:
        """Whether the bracket closes here; if so, step behind it."""
        if self.at == len(self.text):
            what = f"The document ends where {bracket} was expected."
            raise self.stop(path, what, f"Close what is open: add {bracket}.")
        if not self.text.startswith(bracket, self.at):
            return False
        self.at += 1
        return True

    def colon(self, path: KeyPath) -> None:
        self.skip_space(path)
        if not self.text.startswith(":", self.at):
            what = f"Expected : after the key, found {self.here()}."
            next_step = "Put : between the key and its value."
            if self.text[self.at : self.at + 1] in ("", "}", "]", ","):
                raise self.stop(path, what, next_step)
            self.note(path, what, next_step)
        self.at += self.text.startswith((":", "="), self.at)
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
                what = f"There is a comma before {bracket}."
                self.note(path, what, "Delete the comma.", comma)
        elif self.at < len(self.text) and not self.text.startswith(bracket, self.at):
            what = f"Expected , or {bracket}, found {self.here()}."
            if self.text[self.at] in "]}:":
                raise self.stop(path, what, f"Close what is open: add {bracket}.")
            self.note(path, what, "Put a comma between the two.", end)

    def skip_space(self, path: KeyPath) -> None:
        while True:
            if space := _SPACE.match(self.text, self.at):
                self.at = space.end()
            if not self.text.startswith(("/", "#"), self.at):
                return
            comment = _COMMENT.match(self.text, self.at)
            if comment is None:
                return
            next_step = "Put the remark into a description, or write the contract in YAML."
            self.note(path, "There is a comment, and JSON has none.", next_step)
            self.at = comment.end()

    def here(self) -> str:
        rest = self.text[self.at : self.at + 1]
        return shown(rest) if rest else "the end of the document"


def _unrepeated(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a key is said twice")
    return members


def _integer(digits: str) -> int:
    if len(digits) > MAX_DIGITS:
        raise ValueError("too many digits")
    return int(digits)


def _float(digits: str) -> float:
    number = float(digits)
    if len(digits) > MAX_DIGITS or abs(number) == float("inf"):
        raise ValueError("too large")
    return number


def _refused(word: str) -> NoReturn:
    raise ValueError(word)


_DECODER: Final = json.JSONDecoder(
    object_pairs_hook=_unrepeated,
    parse_int=_integer,
    parse_float=_float,
    parse_constant=_refused,
)


def _bound(value: object) -> None:
    """Raise ``ValueError`` where a value is nested too deeply or holds too much."""
    holders, count = [value] if isinstance(value, dict | list) else [], 1
    for _ in range(MAX_DEPTH):
        if not holders:
            return
        count += sum(map(len, holders))
        if count > MAX_NODES:
            raise ValueError("too many values")
        holders = [
            inner
            for holder in holders
            for inner in (holder.values() if type(holder) is dict else holder)
            if type(inner) is dict or type(inner) is list
        ]
    if holders:
        raise ValueError("nested too deeply")
