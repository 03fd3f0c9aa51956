"""Reading YAML with the place of every key and value, from the parser's events.

Scalars mean what the core schema of YAML 1.2 says, which is also what they mean in JSON:
``true`` and ``false`` are the only booleans (``no`` is a text, and so is Norway), ``2024-01-01``
and ``12:30`` are texts, ``0o17`` and ``0x1f`` are integers. Keys are always texts, as written.
Merge keys (``<<``) are understood although 1.2 dropped them, since contracts in the wild use
them. Only the core tags are accepted; nothing is ever constructed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

import yaml

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

_NULL = re.compile(r"|~|null|Null|NULL")
_TRUE = re.compile(r"true|True|TRUE")
_FALSE = re.compile(r"false|False|FALSE")
_INTEGER = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_NO_NUMBER = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_TAG: Final = "tag:yaml.org,2002:"
_MERGE: Final = "<<"

Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The C parser where PyYAML has it; both give the same events."""


def read_yaml(text: str) -> Reading:
    """Read a YAML text: values, places, and all faults as far as they can be told."""
    return _Reader(text).read()


class _Written:
    """An anchored value: where it is written and how much it holds; open until it is complete."""

    def __init__(self, path: KeyPath) -> None:
        self.path = path
        self.value: object = None
        self.nodes = 0
        self.complete = False


class _Reader:
    """One pass over the events of a text."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.nodes = 0
        self.faults: list[Fault] = []
        self.keys: dict[KeyPath, int] = {}
        self.values: dict[KeyPath, int] = {}
        self.aliases: dict[KeyPath, KeyPath] = {}
        self.anchors: dict[str, _Written] = {}
        self.lines = Lines(text)

    def read(self) -> Reading:
        value, whole = None, True
        try:
            value = self.document()
        except StopReadingError:
            whole = False
        return Reading(
            value, self.keys, self.values, tuple(sorted(self.faults)), whole, self.aliases
        )

    def document(self) -> object:
        if match := _UNPRINTABLE.search(self.text):
            raise self.stop(
                match.start(),
                (),
                f"There is the control character U+{ord(match[0]):04X}, which YAML forbids.",
                "Delete it.",
            )
        self.events = self.parse()
        self.next()
        if isinstance(self.next(), yaml.StreamEndEvent):
            raise self.stop(
                0, (), "The document is empty.", "Write the contract, or delete the file."
            )
        value = self.value(self.next(), ())
        self.next()
        following = self.next()
        if not isinstance(following, yaml.StreamEndEvent):
            raise self.stop(
                following.start_mark.index,
                (),
                "A second document begins here.",
                "Keep one contract in one file.",
            )
        return value

    def parse(self) -> Iterator[yaml.Event]:
        loader = Loader(self.text)
        try:
            while loader.check_event():
                yield loader.get_event()
        except yaml.MarkedYAMLError as error:
            raise self.misread(error) from error
        finally:
            loader.dispose()

    def next(self) -> yaml.Event:
        return next(self.events)

    # What the text is made of

    def value(self, event: yaml.Event, path: KeyPath) -> object:
        start = event.start_mark.index
        self.values[path] = start
        self.count(1, start, path)
        if isinstance(event, yaml.AliasEvent):
            return self.alias(event, path)
        written = _Written(path)
        before = self.nodes
        if event.anchor is not None:
            self.anchors[event.anchor] = written
        written.value = self.content(event, path)
        written.nodes = self.nodes - before
        written.complete = True
        return written.value

    def content(self, event: yaml.Event, path: KeyPath) -> object:
        if isinstance(event, yaml.ScalarEvent):
            return self.scalar(event, path)
        if len(path) >= MAX_DEPTH:
            raise self.stop(
                event.start_mark.index,
                path[:3],
                f"More than {MAX_DEPTH} objects and lists stand inside one another.",
                "Flatten the document; a contract needs no more than six.",
            )
        if isinstance(event, yaml.SequenceStartEvent):
            self.expect_tag(event, path, "seq")
            return self.list(path)
        self.expect_tag(event, path, "map")
        return self.object(path)

    def list(self, path: KeyPath) -> list[object]:
        items: list[object] = []
        while not isinstance(event := self.next(), yaml.SequenceEndEvent):
            inner = (*path, len(items))
            self.keys[inner] = event.start_mark.index
            items.append(self.value(event, inner))
        return items

    def object(self, path: KeyPath) -> dict[str, object]:
        members: dict[str, object] = {}
        merged: list[tuple[KeyPath, object]] = []
        while not isinstance(event := self.next(), yaml.MappingEndEvent):
            key = self.key(event, path)
            inner = (*path, key)
            if key == _MERGE and event.style in (None, ""):
                merged.append((inner, self.value(self.next(), inner)))
                continue
            if key in members:
                first = self.lines.at(self.keys[inner])[0]
                self.note(
                    event.start_mark.index,
                    inner,
                    f"The key {shown(key)} is here for the "
                    f"second time; the first is on line {first}.",
                    "Keep one of the two.",
                )
            self.keys[inner] = event.start_mark.index
            members[key] = self.value(self.next(), inner)
        for source, value in merged:
            self.merge(members, path, source, value)
        return members

    def key(self, event: yaml.Event, path: KeyPath) -> str:
        if isinstance(event, yaml.ScalarEvent):
            if "\0" in event.value:
                self.note(
                    event.start_mark.index,
                    path,
                    "A key holds the character NUL, which Postgres cannot.",
                    "Leave \\0 out.",
                )
            return str(event.value)
        raise self.stop(
            event.start_mark.index,
            path,
            "A key must be a text; this one is an object, a list or an alias.",
            "Write a plain word; put {{ … }} in quotes if it is a template.",
        )

    def scalar(self, event: yaml.ScalarEvent, path: KeyPath) -> object:
        text, tag, start = event.value, event.tag, event.start_mark.index
        if "\0" in text:
            self.note(
                start,
                path,
                "The text holds the character NUL, which Postgres cannot.",
                "Leave \\0 out.",
            )
        if tag in ("!", f"{_TAG}str") or (tag is None and not event.implicit[0]):
            return text
        value = self.plain(text, start, path)
        if tag is None:
            return value
        kinds = {"null": type(None), "bool": bool, "int": int, "float": (int, float)}
        kind = kinds.get(tag.removeprefix(_TAG))
        if kind is None:
            self.refuse_tag(event, path)
        elif not isinstance(value, kind) or (kind is not bool and isinstance(value, bool)):
            self.note(start, path, f"{shown(text)} is not what its tag says.", "Drop the tag.")
        return value

    def plain(self, text: str, start: int, path: KeyPath) -> object:
        """The meaning of an unquoted scalar under the core schema."""
        if _NULL.fullmatch(text):
            return None
        if _TRUE.fullmatch(text) or _FALSE.fullmatch(text):
            return text.lower() == "true"
        if _NO_NUMBER.fullmatch(text):
            self.note(
                start,
                path,
                f"{text} is no number that a contract can use.",
                "Write null, or leave the key out.",
            )
            return None
        integer = _INTEGER.fullmatch(text)
        if not integer and not _FLOAT.fullmatch(text):
            return text
        if len(text) > MAX_DIGITS:
            self.note(
                start,
                path,
                f"The number has {len(text):,} characters; at most {MAX_DIGITS:,} are read.",
                "Write it as a text in quotes.",
            )
            return 0
        if integer:
            base = {"0o": 8, "0x": 16}.get(text[:2], 10)
            return int(text, base)
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

    # Aliases

    def alias(self, event: yaml.AliasEvent, path: KeyPath) -> object:
        start, name = event.start_mark.index, event.anchor
        written = self.anchors.get(name)
        if written is None:
            self.note(
                start,
                path,
                f"Nothing is anchored as &{name} before this.",
                f"Write &{name} at the value that is meant, or the value itself.",
            )
            return None
        if not written.complete:
            raise self.stop(
                start,
                path,
                f"*{name} stands inside the value that it names.",
                "Write the value out.",
            )
        self.count(written.nodes, start, path)
        self.aliases[path] = written.path
        return written.value

    def merge(
        self, members: dict[str, object], path: KeyPath, source: KeyPath, value: object
    ) -> None:
        """Add what a merge key brings; what is written out, or was merged before, stands."""
        parts = value if isinstance(value, list) else [value]
        for number, part in enumerate(parts):
            written = (*source, number) if isinstance(value, list) else source
            if not isinstance(part, dict):
                self.note(
                    self.values[written],
                    source,
                    "<< merges objects, and this is none.",
                    "Name an anchored object: <<: *anchor.",
                )
                continue
            for key in part.keys() - members.keys():
                self.aliases[(*path, key)] = (*written, key)
            members.update({key: part[key] for key in part if key not in members})

    # What is wrong

    def count(self, nodes: int, offset: int, path: KeyPath) -> None:
        self.nodes += nodes
        if self.nodes > MAX_NODES:
            raise self.stop(
                offset,
                path,
                f"With its aliases written out, the document holds more than {MAX_NODES:,} values.",
                "Write the values out, without aliases of aliases.",
            )

    def expect_tag(self, event: yaml.Event, path: KeyPath, kind: str) -> None:
        if event.tag not in (None, "!", f"{_TAG}{kind}"):
            self.refuse_tag(event, path)

    def refuse_tag(self, event: yaml.Event, path: KeyPath) -> None:
        tag = event.tag.replace(_TAG, "!!")
        self.note(
            event.start_mark.index,
            path,
            f"The tag {shown(tag)} is not accepted here.",
            "Delete the tag; documents hold plain values only.",
        )

    def misread(self, error: yaml.MarkedYAMLError) -> StopReadingError:
        mark = error.problem_mark or error.context_mark
        offset = mark.index if mark else 0
        what, next_step = _explained(self.text, offset, error.problem or "unreadable")
        return self.stop(offset, (), what, next_step)

    def note(self, offset: int, path: KeyPath, what: str, next_step: str) -> None:
        self.faults.append(Fault(offset, path, what, next_step))
        if len(self.faults) >= MAX_FAULTS:
            raise StopReadingError

    def stop(self, offset: int, path: KeyPath, what: str, next_step: str) -> StopReadingError:
        """Note a fault that nothing can be read after; the caller raises what comes back."""
        self.faults.append(Fault(offset, path, what, next_step))
        return StopReadingError()


def _explained(text: str, offset: int, problem: str) -> tuple[str, str]:
    """What the parser's words mean to an author, and the repair."""
    line = text[:offset].rpartition("\n")[2] + text[offset:].partition("\n")[0]
    indent = line[: len(line) - len(line.lstrip())]
    if text[offset : offset + 1] == "\t" or "\t" in indent:
        return "A tab stands where YAML wants spaces.", "Indent with spaces."
    if "mapping values are not allowed" in problem:
        return (
            'A ": " stands where no key is expected.',
            "Put the value in quotes if it contains a colon, or check the indentation.",
        )
    if "cannot start any token" in problem:
        return (
            f"Nothing may begin with {shown(text[offset : offset + 1])} here.",
            "Put the value in quotes.",
        )
    if "unexpected end of stream" in problem:
        return "A text in quotes is not closed.", "Close it with the quote that it began with."
    if "escape" in problem:
        return (
            "The text in double quotes holds an escape that YAML does not know.",
            "Write \\\\ for a backslash, or use single quotes.",
        )
    return (
        f"YAML cannot be read from here: {problem}.",
        "Check the indentation and the brackets of this line and the one above.",
    )
