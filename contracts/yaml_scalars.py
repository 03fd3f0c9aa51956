"""What an unquoted scalar of YAML means, by the core schema of YAML 1.2."""

from __future__ import annotations

import re
from typing import Any, Final

from contracts.reading import MAX_DIGITS, KeyPath, Pass, shown

_CORE: Final = "tag:yaml.org,2002:"
STRING_TAGS: Final = ("!", f"{_CORE}str")

_NULL = re.compile(r"|~|null|Null|NULL")
_TRUE = re.compile(r"true|True|TRUE")
_FALSE = re.compile(r"false|False|FALSE")
_INTEGER = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_NO_NUMBER = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_KINDS: Final[dict[str, tuple[type, ...]]] = {
    "null": (type(None),), "bool": (bool,), "int": (int,), "float": (int, float),
}  # fmt: skip


def meaning_of(text: Pass, written: str, path: KeyPath) -> object:
    """The value of an unquoted scalar."""
    if _NULL.fullmatch(written):
        return None
    if _TRUE.fullmatch(written):
        return True
    if _FALSE.fullmatch(written):
        return False
    if _NO_NUMBER.fullmatch(written):
        what = f"{written} is no number that a contract can use."
        text.note(path, what, "Write null, or leave the key out.")
        return None
    if _INTEGER.fullmatch(written) or _FLOAT.fullmatch(written):
        return _number(text, written, path)
    return written


def _number(text: Pass, written: str, path: KeyPath) -> object:
    """The number that a scalar is; 0 for one that is noted as a fault."""
    if len(written) > MAX_DIGITS:
        what = f"The number has {len(written):,} characters; at most {MAX_DIGITS:,} are read."
        text.note(path, what, "Write it as a text in quotes.")
        return 0
    if _INTEGER.fullmatch(written):
        return int(written, {"0o": 8, "0x": 16}.get(written[:2], 10))
    if abs(number := float(written)) == float("inf"):
        what = f"The number {shown(written)} is too large to be read."
        text.note(path, what, "Write it as a text in quotes.")
        return 0
    return number


def untagged(text: Pass, event: Any, found: object, path: KeyPath) -> object:
    """The value of a scalar whose tag says what it is; a fault is noted where it is not that."""
    kinds = _KINDS.get(event.tag.removeprefix(_CORE))
    if kinds is None:
        note_tag(text, event.tag, "str", path)
    elif not isinstance(found, kinds) or (isinstance(found, bool) and bool not in kinds):
        text.note(path, f"{shown(event.value)} is not what its tag says.", "Delete the tag.")
    return found


def note_tag(text: Pass, tag: str | None, kind: str, path: KeyPath) -> None:
    """Note any tag but the one that says what a value is anyway."""
    if tag not in (None, "!", f"{_CORE}{kind}"):
        what = f"The tag {shown(str(tag).replace(_CORE, '!!'))} is not accepted here."
        text.note(path, what, "Delete the tag: documents hold plain values.")
