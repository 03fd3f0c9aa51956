"""The texts, numbers and words of JSON, each read where a pass stands."""

from __future__ import annotations

import json
import re
from typing import Final

from contracts.reading import MAX_DIGITS, KeyPath, Pass, printable, shown

_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?")
_NUMBER_LIKE = re.compile(r"[-+.]*[0-9][0-9A-Za-z_.+-]*|[-+.]+")
_PLAIN = re.compile(r'[^"\\\x00-\x1f]*')
_QUOTED = re.compile(r"'([^'\n\r]*)'")
_WORD = re.compile(r"-?[^\W\d][\w$-]*")
_HEX = re.compile(r"[0-9a-fA-F]{4}")
_LITERALS: Final = {"true": True, "false": False, "null": None}
_ESCAPES: Final = {
    '"': '"', "\\": "\\", "/": "/", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t",
}  # fmt: skip
_MEANT: Final = {
    "true": "true", "yes": "true", "on": "true", "false": "false", "no": "false", "off": "false",
    "null": "null", "none": "null", "nil": "null", "undefined": "null",
}  # fmt: skip


def read_string(text: Pass, path: KeyPath) -> str:
    """The text in double quotes that begins here."""
    start, parts = text.at, []
    text.at += 1
    while True:
        if match := _PLAIN.match(text.text, text.at):
            parts.append(match[0])
            text.at = match.end()
        character = text.text[text.at : text.at + 1]
        if character == '"':
            text.at += 1
            return _joined(text, "".join(parts), start, path)
        if character in ("", "\n", "\r"):
            what = "The text that begins here is not closed on its line."
            next_step = 'Close it with "; a line break inside a text is written \\n.'
            raise text.stop(path, what, next_step, start)
        parts.append(_escaped(text, path) if character == "\\" else _control(text, path))


def _escaped(text: Pass, path: KeyPath) -> str:
    """The character that an escape stands for."""
    start, letter = text.at, text.text[text.at + 1 : text.at + 2]
    text.at += 2
    if letter == "u" and (match := _HEX.match(text.text, text.at)):
        text.at = match.end()
        return chr(int(match[0], 16))
    if letter in _ESCAPES:
        return _ESCAPES[letter]
    what = f"\\{printable(letter)} is no escape that JSON knows."
    text.note(path, what, "Write \\\\ for a backslash.", start)
    # A line break is left for the next look, which finds that the text is not closed.
    text.at -= letter in ("\n", "\r", "")
    return letter.strip("\n\r")


def _control(text: Pass, path: KeyPath) -> str:
    character = text.text[text.at]
    name = "a tab" if character == "\t" else f"the control character U+{ord(character):04X}"
    text.note(path, f"There is {name} inside a text.", f"Write {json.dumps(character)[1:-1]}.")
    text.at += 1
    return character


def _joined(text: Pass, found: str, start: int, path: KeyPath) -> str:
    """A text whose surrogate pairs are put together, as far as both halves are there."""
    if not found.isascii() and any("\ud800" <= character <= "\udfff" for character in found):
        units = found.encode("utf-16", "surrogatepass")
        try:
            found = units.decode("utf-16")
        except UnicodeDecodeError:
            found = units.decode("utf-16", "replace")
            what = "The text holds half of a surrogate pair, which is no character."
            text.note(path, what, "Write the character itself, or both halves.", start)
    if "\0" in found:
        what = "The text holds the character NUL, which no text in Postgres can."
        text.note(path, what, "Leave \\u0000 out.", start)
    return found


def read_number(text: Pass, path: KeyPath) -> object:
    """The number that begins here; 0 for one that is noted as a fault."""
    start = text.at
    if like := _NUMBER_LIKE.match(text.text, start):
        text.at = like.end()
    written = text.text[start : text.at]
    exact = _NUMBER.fullmatch(written)
    if exact is None:
        what = f"{shown(written)} is no number that JSON knows."
        text.note(path, what, "Write digits only, or a text in double quotes.", start)
    elif len(written) > MAX_DIGITS:
        what = f"The number has {len(written):,} characters; at most {MAX_DIGITS:,} are read."
        text.note(path, what, "Write it as a text in double quotes.", start)
    elif exact[1] is None and exact[2] is None:
        return int(written)
    elif abs(float(written)) == float("inf"):
        what = f"The number {written[:40]} is too large to be read."
        text.note(path, what, "Write it as a text in double quotes.", start)
    else:
        return float(written)
    return 0


def read_word(text: Pass, path: KeyPath) -> object:
    """``true``, ``false`` or ``null``; whatever else is noted as a fault."""
    start = text.at
    if match := _QUOTED.match(text.text, start):
        text.note(path, "The text is in single quotes.", f"Use double quotes: {shown(match[1])}.")
        text.at = match.end()
        return match[1]
    match = _WORD.match(text.text, start)
    if match is None:
        rest = text.text[start : start + 1]
        what = f"Expected a value, found {shown(rest) if rest else 'the end of the document'}."
        next_step = "Write a text in double quotes, a number, true, false, null, [ or {."
        raise text.stop(path, what, next_step)
    text.at = match.end()
    word = match[0]
    if word not in _LITERALS:
        what = f"Expected a value, found the word {word[:40]}."
        text.note(path, what, _next_step(word[:40]), start)
    return _LITERALS.get(word)


def _next_step(word: str) -> str:
    """What somebody who writes this word for a value will have meant."""
    if word.lower() in ("nan", "infinity", "-infinity", "inf", "-inf"):
        return "JSON has no such number: write null, or leave the key out."
    meant = _MEANT.get(word.lower())
    return f"Write {meant}." if meant else f'Put it in double quotes: "{word}".'
