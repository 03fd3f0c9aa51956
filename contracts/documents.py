"""Documents: JSON and YAML as plain values, bounded, with the place of every key and value."""

from __future__ import annotations

import stat
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path

from contracts.model import Location, Source
from contracts.problems import DocumentError, Problem
from contracts.reading import MAX_BYTES, Fault, KeyPath, Lines, Reading, printable

JSON_SUFFIXES = (".json",)
YAML_SUFFIXES = (".yaml", ".yml")
BACKUPS = (".bak", ".old", ".orig", "~")
"""Endings of files kept aside: no contracts of a folder, and readable by their own name."""
_MARKS = {b"\xff\xfe": "UTF-16", b"\xfe\xff": "UTF-16"}


class Document:
    """A document that was read: its plain value, and where in the file everything stands.

    ``file`` is the path as the user named it. ``value`` holds dicts with text keys, lists,
    texts, numbers, booleans and ``None``. Places are worked out when somebody first asks for
    one: most documents are in order, and then nobody does.

    ``problems`` is what was wrong with the text although it could be read to its end (a key
    said twice, say), and ``faulty`` the paths where; :func:`read_document` never returns a
    document that has any.
    """

    def __init__(self, file: str, text: str, value: object, faults: Sequence[Fault] = ()) -> None:
        self.file = file
        self.text = text
        self.value = value
        self.problems = tuple(_problem(file, self._lines, fault) for fault in faults)
        self.faulty = frozenset(fault.path for fault in faults if fault.path)

    @cached_property
    def _reading(self) -> Reading:
        return _read_closely(self.file, self.text)

    @cached_property
    def _lines(self) -> Lines:
        return Lines(self.text)

    @property
    def _start(self) -> int:
        """The offset of the first visible character."""
        return len(self.text) - len(self.text.lstrip())

    def key_at(self, *path: str | int) -> Location:
        """The place of a key, or of an item in a list; of the whole document without a path."""
        return self._at(self._offset(path, self._reading.keys) if path else self._start)

    def value_at(self, *path: str | int) -> Location:
        """The place where a value begins."""
        return self._at(self._offset(path, self._reading.values) if path else self._start)

    def keys_below(self, path: KeyPath) -> Mapping[str, Location]:
        """The places of all keys below a path, by their own paths joined with dots."""
        depth = len(path)
        return {
            ".".join(str(step) for step in below[depth:]): self._at(offset)
            for below, offset in self._reading.keys.items()
            if len(below) > depth and below[:depth] == path
        }

    def source(self, *path: str | int) -> Source:
        """The source of the element that stands at a path."""
        return _DocumentSource(self, path)

    def problem(self, path: KeyPath, what: str, next_step: str, *, key: bool = False) -> Problem:
        """A problem with the value at a path, or with its key."""
        place = self.key_at(*path) if key else self.value_at(*path)
        return Problem(place, dotted(path), what, next_step)

    def _offset(self, path: KeyPath, offsets: Mapping[KeyPath, int]) -> int:
        """The offset of a path, found through aliases; of what holds it where it has none."""
        if not path:
            return self._start
        if path in offsets:
            return offsets[path]
        for depth in range(len(path), -1, -1):
            if written := self._reading.aliases.get(path[:depth]):
                return self._offset((*written, *path[depth:]), offsets)
        return self._offset(path[:-1], self._reading.values)

    def _at(self, offset: int) -> Location:
        if offset == 0:
            return Location(self.file, 1, 1)
        return Location(self.file, *self._lines.at(offset))


class _Keys(Mapping[str, Location]):
    """The keys of an element, looked up in its document when somebody asks."""

    def __init__(self, document: Document, path: KeyPath) -> None:
        self._document = document
        self._path = path

    @cached_property
    def _places(self) -> Mapping[str, Location]:
        return self._document.keys_below(self._path)

    def __getitem__(self, key: str) -> Location:
        return self._places[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)


class _DocumentSource(Source):
    """A source that knows its document, and works its place out when somebody asks."""

    __slots__ = ("_document", "_path")

    _document: Document
    _path: KeyPath

    def __init__(self, document: Document, path: KeyPath) -> None:
        # A frozen noun sets its fields by the back door; so does its own __init__.
        object.__setattr__(self, "_document", document)
        object.__setattr__(self, "_path", path)
        object.__setattr__(self, "keys", _Keys(document, path))

    @property
    def location(self) -> Location:
        return self._document.key_at(*self._path)


def dotted(path: KeyPath) -> str:
    """A path as messages show it: ``schema.properties.object_id.examples[0]``."""
    steps = "".join(
        f"[{step}]" if isinstance(step, int) else f".{printable(step)}" for step in path
    )
    return steps.removeprefix(".")


def read_document(path: str | Path) -> Document:
    """Read a JSON or YAML file; :class:`DocumentError` names everything that is wrong with it."""
    document = scan_document(str(path), read_bytes(path))
    if document.problems:
        raise DocumentError(document.problems)
    return document


def read_bytes(path: str | Path) -> bytes:
    """The content of a file, one byte more than :data:`MAX_BYTES` at most."""
    try:
        if not stat.S_ISREG(Path(path).stat().st_mode):
            raise _unreadable(path, "This is no file.", "Name a .json, .yaml or .yml file.")
        with Path(path).open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except FileNotFoundError as error:
        raise _unreadable(path, "There is no such file.", "Check the path.") from error
    except (OSError, ValueError) as error:
        # Of the other errors, every version of Python has words of its own.
        reason = (error.strerror if isinstance(error, OSError) else None) or "its name is no path"
        raise _unreadable(
            path, f"The file cannot be read: {reason}.", "Check the path and its permissions."
        ) from error


def scan_document(file: str, content: bytes) -> Document:
    """Read the content of a file, whose name says whether it is JSON or YAML.

    A text that cannot be read to its end raises :class:`DocumentError`; what else is wrong
    with it stands in the document's ``problems``, so that a dialect can add what it finds.
    """
    text = _decode(file, content)
    if _is_json(file):
        from contracts.json_text import read_quickly

        try:
            return Document(file, text, read_quickly(text))
        except ValueError:
            pass  # the close reading says what is wrong, or that nothing is
    reading = _read_closely(file, text)
    document = Document(file, text, reading.value, reading.faults)
    if not reading.whole:
        raise DocumentError(document.problems)
    document.__dict__["_reading"] = reading  # it is there already: no need to read again
    return document


def too_large(file: str) -> DocumentError:
    """What is said of a file with more than :data:`MAX_BYTES`, which nobody needs to read."""
    what = f"The file is larger than {MAX_BYTES:,} bytes."
    step = "Split it: a contract is about one table, and holds no data."
    return _unreadable(file, what, step)


def _is_json(file: str) -> bool:
    return _without_backup(file).endswith(JSON_SUFFIXES)


def _without_backup(file: str) -> str:
    """A file's name in small letters, without what is put behind it when it is kept aside."""
    name = file.lower()
    return next((name.removesuffix(end) for end in BACKUPS if name.endswith(end)), name)


def _read_closely(file: str, text: str) -> Reading:
    if _is_json(file):
        from contracts.json_text import read_json

        return read_json(text)
    from contracts.yaml_text import read_yaml

    return read_yaml(text)


def _decode(file: str, content: bytes) -> str:
    """The text of a file; a byte order mark of UTF-8 is dropped."""
    if not _without_backup(file).endswith(JSON_SUFFIXES + YAML_SUFFIXES):
        raise _unreadable(
            file, "This is neither JSON nor YAML by its name.", "Name it .json, .yaml or .yml."
        )
    if len(content) > MAX_BYTES:
        raise too_large(file)
    if encoding := _MARKS.get(content[:2]):
        raise _unreadable(
            file, f"The file is written in {encoding}; expected UTF-8.", "Save it as UTF-8."
        )
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DocumentError([_not_utf8(file, content, error.start)]) from error


def _not_utf8(file: str, content: bytes, offset: int) -> Problem:
    before = content[:offset].decode("utf-8", "replace")
    line, column = Lines(before + "x").at(len(before))
    what = f"Byte {offset:,} of the file (0x{content[offset]:02X}) is not UTF-8."
    return Problem(Location(file, line, column), "", what, "Save the file as UTF-8.")


def _unreadable(path: str | Path, what: str, next_step: str) -> DocumentError:
    return DocumentError([Problem(Location(str(path), 1), "", what, next_step)])


def _problem(file: str, lines: Lines, fault: Fault) -> Problem:
    place = Location(file, *lines.at(fault.offset))
    return Problem(place, dotted(fault.path), fault.what, fault.next_step)
