"""Read a file of records one at a time, knowing at any moment where in the file we are.

A file holds a JSON array of objects, or objects one after another (JSON lines, or the same
spread over several lines); plain or gzipped, told by its first bytes and not by its name.
At most one chunk and one record are held in memory, so the file may be larger than that.

Why not a streaming parser off the shelf: they tell the number of the record at best. A
person who has to mend a file needs the line and the column, and the record as it is written
there. Python's own decoder reads one value from a place in a text and says where it ended,
which is all that is needed, and no slower.
"""

from __future__ import annotations

import codecs
import contextlib
import gzip
import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, NoReturn, cast

from data_assets.errors import SandboxError

CHUNK = 1 << 20
LONGEST_RECORD = 64 << 20
"""Characters that one record may have; the largest real one has about 30 thousand."""

WHITESPACE = " \t\r\n"
GZIP = b"\x1f\x8b"


@dataclass(frozen=True, slots=True)
class Record:
    """One record of a file.

    position:  its number in the file, counted from 1.
    line:      the line on which it begins, counted from 1.
    text:      the record as it is written in the file.
    value:     what it says; ``None`` when ``problem`` says why it cannot be read.
    """

    position: int
    line: int
    text: str
    value: object
    problem: str | None = None


class _UnreadableError(Exception):
    """The text at hand is no JSON, whatever may follow it."""

    def __init__(self, what: str, offset: int) -> None:
        super().__init__(what)
        self.what = what
        self.offset = offset


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON number")


def read_records(path: Path) -> Iterator[Record]:
    """The records of a file, in its order.

    One that has a key twice is yielded with its problem. Among records that stand one after
    another, one that is no JSON is as well, and reading goes on at the next line. In an array
    nobody can say where the next record begins, so there, and wherever the file itself cannot
    be read, SandboxError is raised with the place.
    """
    try:
        with _open(path) as stream:
            yield from _Reading(path, stream).records()
    except (gzip.BadGzipFile, zlib.error, EOFError) as error:
        raise SandboxError(
            f"{path} is gzipped, and its end is damaged or missing ({error}).",
            "fetch or make the file again",
        ) from error
    except OSError as error:
        raise SandboxError(
            f"{path} cannot be read: {error.strerror or error}.", "check the path and its rights"
        ) from error


@contextlib.contextmanager
def _open(path: Path) -> Iterator[IO[bytes]]:
    with path.open("rb") as stream:
        zipped = stream.peek(2).startswith(GZIP)  # a pipe cannot be wound back
        yield cast("IO[bytes]", gzip.GzipFile(fileobj=stream)) if zipped else stream


class _Reading:
    """One pass over a file: the text at hand, and the place in it."""

    def __init__(self, path: Path, stream: IO[bytes]) -> None:
        self.path = path
        self.stream = stream
        self.decoder = codecs.getincrementaldecoder("utf-8-sig")()
        self.values = json.JSONDecoder(
            parse_constant=_refuse_constant, object_pairs_hook=self._object
        )
        self.repeated: list[str] = []  # the keys that an object of this record has twice
        self.text = ""
        self.at = 0  # where in the text we are
        self.line = 1  # the line of that place
        self.column = 1
        self.position = 0
        self.bytes = 0
        self.ended = False

    def records(self) -> Iterator[Record]:
        first = self._next_character()
        if not first:
            raise SandboxError(
                f"{self.path} is empty.",
                "give a file of Met API records, such as docent pull makes",
            )
        if first == "[":
            yield from self._array()
        else:
            yield from self._one_after_another()

    def _array(self) -> Iterator[Record]:
        self._pass(self.at + 1)
        character = self._next_character()
        if character == "]":
            self._pass(self.at + 1)
        while character != "]":
            try:
                yield self._record()
            except _UnreadableError as error:
                self._refuse(error.what, self.at + error.offset)
            character = self._next_character()
            if character not in (",", "]"):
                self._refuse("expected ',' or ']' after the record", self.at)
            self._pass(self.at + 1)
            if character == "," and self._next_character() == "]":
                self._refuse("expected a record after ','", self.at)
        if self._next_character():
            self._refuse("expected nothing after the array's ']'", self.at)

    def _one_after_another(self) -> Iterator[Record]:
        while self._next_character():
            try:
                yield self._record()
            except _UnreadableError as error:
                yield self._skip_line(error.what)

    def _record(self) -> Record:
        """Read one value from where we are; ask for more text until it is whole."""
        self.position += 1
        while True:
            self.repeated.clear()
            try:
                value, end = self.values.raw_decode(self.text, self.at)
            except json.JSONDecodeError as error:
                if self._is_whole(error):
                    what = error.msg[:1].lower() + error.msg[1:]
                    raise _UnreadableError(what, error.pos - self.at) from error
            except RecursionError as error:
                raise _UnreadableError("nested too deeply", 0) from error
            except ValueError as error:  # a constant such as NaN, or a number of endless digits
                endless = "digits" in str(error)
                what = "a number of endless digits" if endless else str(error)
                raise _UnreadableError(what, 0) from error
            else:
                # A bare number may go on in the text that is not here yet.
                if self.ended or end < len(self.text):
                    record = Record(self.position, self.line, self.text[self.at : end], value)
                    self._pass(end)
                    if self.repeated:
                        what = f'the key "{self.repeated[0]}" is there twice'
                        return replace(record, value=None, problem=what)
                    return record
            if len(self.text) - self.at > LONGEST_RECORD:
                raise _UnreadableError(f"longer than {LONGEST_RECORD >> 20} MB", 0)
            self._more(at_least=len(self.text) - self.at)

    def _object(self, pairs: list[tuple[str, object]]) -> dict[str, object]:
        """An object; of a key that is there twice, Python's own would silently keep the last."""
        made = dict(pairs)
        if len(made) < len(pairs):
            keys = [key for key, _ in pairs]
            self.repeated += [key for key in made if keys.count(key) > 1]
        return made

    def _is_whole(self, error: json.JSONDecodeError) -> bool:
        """Whether more text could not mend what the decoder found."""
        cut_off = error.msg.startswith("Unterminated string") or error.pos >= len(self.text) - 16
        return self.ended or not cut_off

    def _skip_line(self, problem: str) -> Record:
        line = self.line
        while (end := self.text.find("\n", self.at)) < 0 and not self.ended:
            if len(self.text) - self.at > LONGEST_RECORD:
                self._refuse("a line without an end", self.at)
            self._more()
        end = end if end >= 0 else len(self.text)
        text = self.text[self.at : end].rstrip("\r")
        self._pass(end)
        return Record(self.position, line, text, None, f"no JSON: {problem}")

    def _next_character(self) -> str:
        """Go to the next character that is not white space; ``""`` at the end of the file."""
        while True:
            end = len(self.text)
            at = self.at
            while at < end and self.text[at] in WHITESPACE:
                at += 1
            self._pass(at)
            if at < end:
                return self.text[at]
            if self.ended:
                return ""
            self._more()

    def _pass(self, to: int) -> None:
        """Go on to a later place in the text, counting the lines on the way."""
        breaks = self.text.count("\n", self.at, to)
        if breaks:
            self.line += breaks
            self.column = to - self.text.rfind("\n", self.at, to)
        else:
            self.column += to - self.at
        self.at = to

    def _more(self, at_least: int = 0) -> None:
        """Read on; what is behind us is let go."""
        raw = self.stream.read(max(CHUNK, at_least))
        self.ended = not raw
        try:
            new = self.decoder.decode(raw, final=self.ended)
        except UnicodeDecodeError as error:
            self._refuse_bytes(error, len(raw))
        self.bytes += len(raw)
        self.text = self.text[self.at :] + new
        self.at = 0

    def _refuse_bytes(self, error: UnicodeDecodeError, just_read: int) -> NoReturn:
        if self.path.suffix == ".gz" and not isinstance(self.stream, gzip.GzipFile):
            raise SandboxError(
                f"{self.path} is not gzip, although its name says so, and it is no text either.",
                "fetch or make the file again",
            ) from error
        held_back = len(error.object) - just_read  # of a character that a chunk cut in two
        byte = self.bytes - held_back + error.start + 1
        line = self.line + self.text.count("\n", self.at)
        line += error.object.count(b"\n", 0, error.start)
        raise SandboxError(
            f"{self.path}:{line}: byte {byte} of its text is not UTF-8.", "save the file as UTF-8"
        ) from error

    def _refuse(self, what: str, place: int) -> NoReturn:
        begins = self.line
        self._pass(place)
        ends = " the file ends there;" if self.ended and place >= len(self.text.rstrip()) else ""
        raise SandboxError(
            f"{self.path}:{self.line}:{self.column}: record {self.position} "
            f"(begun on line {begins}) is no JSON:{ends} {what}.",
            "mend the file there; nothing of it was loaded",
        )
