"""Reading YAML with the place of every key and value, from the parser's events.

Scalars mean what the core schema of YAML 1.2 says, which is also what they mean in JSON:
``true`` and ``false`` are the only booleans (``no`` is a text, and so is Norway), ``2024-01-01``
and ``12:30`` are texts, ``0o17`` and ``0x1f`` are integers. Keys are always texts, as written.
Merge keys (``<<``) are understood although 1.2 dropped them, since contracts in the wild use
them. Only the core tags are accepted; nothing is ever constructed.
"""

from __future__ import annotations

import re
from typing import Any, Final

import yaml

from contracts.reading import KeyPath, Pass, Reading, StopReadingError, shown
from contracts.yaml_scalars import STRING_TAGS, meaning_of, note_tag, untagged

_UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NO_CHARACTER = re.compile("[\0\ud800-\udfff]")
_BLOCK = re.compile(r"(?:^|[:\-?])\s+[|>][^\s+\-0-9]")
_MERGE: Final = "<<"

Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The C parser where PyYAML has it; both give the same events."""


def read_yaml(text: str) -> Reading:
    """Read a YAML text: values, places, and all faults as far as they can be told."""
    reader = _Reader(text)
    return reader.read_whole(reader.document)


class _Anchored:
    """An anchored value: where it is written and how much it holds; open until it is complete."""

    def __init__(self, path: KeyPath) -> None:
        self.path = path
        self.value: object = None
        self.nodes = 0
        self.complete = False


class _Reader(Pass):
    """A descent through the events of a text; an event of PyYAML has no type of its own."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.anchors: dict[str, _Anchored] = {}
        self.loader: Any = None

    def document(self) -> object:
        if match := _UNPRINTABLE.search(self.text):
            what = f"There is the control character U+{ord(match[0]):04X}, which YAML forbids."
            raise self.stop((), what, "Delete it.", match.start())
        # No generator holds the parser: an interruption while that is cleared away would be lost.
        self.loader = Loader(self.text)
        try:
            return self.only_value()
        finally:
            self.loader.dispose()

    def only_value(self) -> object:
        """The value of the stream's one document."""
        self.next()
        if isinstance(self.next(), yaml.StreamEndEvent):
            next_step = "Write the contract, or delete the file."
            raise self.stop((), "The document is empty.", next_step, 0)
        value = self.value(self.next(), ())
        self.next()
        if not isinstance(self.next(), yaml.StreamEndEvent):
            raise self.stop((), "A second document begins here.", "Keep one contract in one file.")
        return value

    def next(self) -> Any:
        try:
            event = self.loader.get_event()
        except yaml.MarkedYAMLError as error:
            raise self.misread(error) from error
        self.at = event.start_mark.index
        return event

    def value(self, event: Any, path: KeyPath) -> object:
        self.values[path] = self.at
        self.count(path)
        if isinstance(event, yaml.AliasEvent):
            return self.alias(event, path)
        anchored, before = _Anchored(path), self.nodes
        if event.anchor is not None:
            self.anchors[event.anchor] = anchored
        anchored.value = self.content(event, path)
        anchored.nodes = self.nodes - before
        anchored.complete = True
        return anchored.value

    def content(self, event: Any, path: KeyPath) -> object:
        if isinstance(event, yaml.ScalarEvent):
            return self.scalar(event, path)
        self.bound_depth(path)
        if isinstance(event, yaml.SequenceStartEvent):
            note_tag(self, event.tag, "seq", path)
            return self.items(path)
        note_tag(self, event.tag, "map", path)
        return self.members(path)

    def scalar(self, event: Any, path: KeyPath) -> object:
        if _NO_CHARACTER.search(event.value):
            what = "The text holds the character NUL or half of a surrogate pair."
            self.note(path, what, "Leave it out: no text in Postgres can hold it.")
        if event.tag in STRING_TAGS or (event.tag is None and not event.implicit[0]):
            return event.value
        found = meaning_of(self, event.value, path)
        return found if event.tag is None else untagged(self, event, found, path)

    def items(self, path: KeyPath) -> list[object]:
        found: list[object] = []
        while not isinstance(event := self.next(), yaml.SequenceEndEvent):
            inner = (*path, len(found))
            self.keys[inner] = self.at
            found.append(self.value(event, inner))
        return found

    def members(self, path: KeyPath) -> dict[str, object]:
        found: dict[str, object] = {}
        merged: list[tuple[KeyPath, object]] = []
        while not isinstance(event := self.next(), yaml.MappingEndEvent):
            start, key = self.at, self.key(event, path)
            inner = (*path, key)
            if key == _MERGE and event.implicit[0]:
                merged.append((inner, self.value(self.next(), inner)))
                continue
            if key in found:
                self.note_repeated(inner, start)
            self.keys[inner] = start
            found[key] = self.value(self.next(), inner)
        for source, value in merged:
            self.merge(found, path, source, value)
        return found

    def key(self, event: Any, path: KeyPath) -> str:
        if not isinstance(event, yaml.ScalarEvent):
            what = "A key must be a text; this one is an object, a list or an alias."
            raise self.stop(path, what, "Write a word; put {{ … }} in quotes if it is a template.")
        if _NO_CHARACTER.search(event.value):
            what = "A key holds the character NUL or half of a surrogate pair."
            self.note(path, what, "Leave it out: no name in Postgres can hold it.")
        return str(event.value)

    def alias(self, event: Any, path: KeyPath) -> object:
        anchored = self.anchors.get(event.anchor)
        if anchored is None:
            what = f"Nothing before this is anchored as &{event.anchor}."
            self.note(path, what, "Anchor the value that is meant, or write it here.")
            return None
        if not anchored.complete:
            what = f"*{event.anchor} stands inside the value that it names."
            raise self.stop(path, what, "Write the value out.")
        self.count(path, anchored.nodes)
        self.aliases[path] = anchored.path
        return anchored.value

    def merge(
        self, found: dict[str, object], path: KeyPath, source: KeyPath, value: object
    ) -> None:
        """Add what a merge key brings; what is written out, or was merged before, stands."""
        parts = value if isinstance(value, list) else [value]
        for number, part in enumerate(parts):
            written = (*source, number) if isinstance(value, list) else source
            if not isinstance(part, dict):
                what = "<< merges objects, and this is none."
                next_step = "Name an anchored object: <<: *anchor."
                self.note(source, what, next_step, self.values.get(written))
                continue
            for key in [key for key in part if key not in found]:
                found[key] = part[key]
                self.aliases[(*path, key)] = (*written, key)

    def misread(self, error: yaml.MarkedYAMLError) -> StopReadingError:
        mark: Any = error.problem_mark or error.context_mark
        offset = mark.index if mark else 0
        offset -= self.text[offset - 1 : offset] == "\\"  # one of the parsers points behind it
        what, next_step = _explained(self.text, offset, error.problem or "it has no form")
        return self.stop((), what, next_step, offset)


def _explained(text: str, offset: int, problem: str) -> tuple[str, str]:
    """What the parser's words mean to an author, and the repair."""
    line = text[:offset].rpartition("\n")[2] + text[offset:].partition("\n")[0]
    indent = line[: len(line) - len(line.lstrip())]
    if text[offset : offset + 1] == "\t" or "\t" in indent:
        return "A tab stands where YAML wants spaces.", "Indent with spaces."
    if "mapping values are not allowed" in problem:
        what = "A colon stands where no key is expected."
        return what, "Put the value in quotes if it holds a colon, or mend the indentation."
    if _BLOCK.search(line):
        what = "A value that begins with > or | is read as a block of text, on the lines below."
        return what, 'Put the value in quotes, as in ">= 99.5%".'
    if "cannot start any token" in problem:
        first = shown(text[offset : offset + 1])
        return f"No plain value begins with {first}.", "Put the value in quotes."
    if "unexpected end of stream" in problem:
        return "A text in quotes is not closed.", "Close it with the quote that it began with."
    if "escape" in problem:
        what = "The text in double quotes holds an escape that YAML does not know."
        return what, "Write \\\\ for a backslash, or use single quotes."
    what = f"YAML cannot be read on from here: {problem}."
    return what, "Mend the indentation or the brackets of this line or the one above."
