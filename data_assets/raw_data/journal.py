"""What a pull has got so far, in a file that survives being killed at any moment.

The first line says what is asked for, every other line what the API had for one id. Lines are
only ever appended, each by a single write; of a line that was cut off nothing counts. So the
file is the whole state: what stands in it is never asked again.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from io import RawIOBase
from itertools import chain
from pathlib import Path
from typing import Any

from data_assets.errors import SandboxError

Line = dict[str, Any]

RECORD, MISSING, REJECTED = "record", "missing", "rejected"


@contextmanager
def open_journal(path: Path, question: Mapping[str, object]) -> Iterator[Journal]:
    """Take up the journal of an earlier pull that asked the same, or begin one."""
    try:
        stream = path.open("a+b", buffering=0)
    except OSError as error:
        raise _cannot_write(path, error) from error
    with stream:
        _lock(stream, path)
        journal = Journal(path, stream, question)
        try:
            yield journal
        finally:
            # Nothing came, so nothing is to be kept: the next question may be another one.
            if not any(journal.counts.values()):
                journal.remove()


class Journal:
    """A pull's journal, of which one process at a time has the stream.

    counts:  how many ids there are of each kind.
    """

    def __init__(self, path: Path, stream: RawIOBase, question: Mapping[str, object]) -> None:
        self.path = path
        self.counts = {RECORD: 0, MISSING: 0, REJECTED: 0}
        self._stream = stream
        self._ids: set[int] = set()
        self._cut_half_a_line()
        self._take_up(dict(question))

    def knows(self, number: int) -> bool:
        """Whether this id need not be asked again."""
        return number in self._ids

    def note(self, number: int, kind: str, value: object) -> None:
        """Write down what the API had for an id."""
        self._append({"id": number, kind: value})
        self._count(number, kind)

    def values(self, kind: str) -> Iterator[Any]:
        """The records, or the rejected answers, in the order in which they came."""
        for line in self._lines():
            if kind in line:
                yield line[kind]

    def remove(self) -> None:
        """Delete the file; what it held stands elsewhere by now."""
        self.path.unlink(missing_ok=True)

    def _take_up(self, question: Mapping[str, object]) -> None:
        """Read what an earlier pull has left, or begin."""
        lines = self._lines()
        first, second = next(lines, None), next(lines, None)
        if first is None or second is None:
            self._stream.truncate(0)
            self._append({"question": question})
            return
        if first.get("question") != question:
            asked = json.dumps(first.get("question"), ensure_ascii=False)
            raise SandboxError(
                f"{self.path} holds an unfinished pull that asked for something else: {asked}",
                "Finish that one first, name another --output, or delete the file.",
            )
        for line in chain([second], lines):
            kind = next((kind for kind in self.counts if kind in line), MISSING)
            self._count(line["id"], kind)

    def _count(self, number: int, kind: str) -> None:
        self._ids.add(number)
        self.counts[kind] += 1

    def _cut_half_a_line(self) -> None:
        """Take away what follows the last line end: the write that was cut off."""
        end = size = self._stream.seek(0, os.SEEK_END)
        while end > 0:
            start = max(0, end - 65536)
            self._stream.seek(start)
            found = (self._stream.read(end - start) or b"").rfind(b"\n")
            if found >= 0:
                end = start + found + 1
                break
            end = start
        if end < size:
            self._stream.truncate(end)

    def _lines(self) -> Iterator[Line]:
        with self.path.open("rb") as stream:
            for number, text in enumerate(stream, start=1):
                line = _understand(text, "question" if number == 1 else "id")
                if line is None:
                    raise SandboxError(
                        f"{self.path}:{number}: this line was written by something else.",
                        "Delete the line, or the file to begin again.",
                    )
                yield line

    def _append(self, line: Line) -> None:
        left = json_line(line)
        try:
            while left:
                left = left[self._stream.write(left) or 0 :]
        except OSError as error:
            raise _cannot_write(self.path, error) from error


def json_line(value: object) -> bytes:
    """A value as one line of JSON; what UTF-8 cannot write is escaped."""
    try:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
    except UnicodeEncodeError:
        return json.dumps(value, separators=(",", ":")).encode() + b"\n"


def _understand(text: bytes, key: str) -> Line | None:
    """What a line says, if it is one of ours: each has its key."""
    try:
        line = json.loads(text)
    except ValueError:
        return None
    return line if isinstance(line, dict) and isinstance(line.get(key), int | dict) else None


def _lock(stream: RawIOBase, path: Path) -> None:
    """Keep a second pull away; where the system has no such lock, trust that there is none."""
    with contextlib.suppress(ImportError):
        import fcntl

        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise SandboxError(
                f"Another pull is writing {path} right now.",
                "Wait for it, or name another --output.",
            ) from error


def _cannot_write(path: Path, error: OSError) -> SandboxError:
    return SandboxError(
        f"{path} cannot be written: {error.strerror or error}.",
        "Make room, or name another --output; the same command again carries on.",
    )
