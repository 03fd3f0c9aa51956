"""Changing a few values of a document so that all else in it stays, to the last blank.

An edit says which value stands where afterwards. It is made in the text itself, so that comments,
quotes, order, indentation and line ends are those of whoever wrote the document. What comes out
is read again, and counts only if it says what was asked for and nothing else.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from contracts.documents import JSON_SUFFIXES, Document, scan_document
from contracts.problems import DocumentError
from contracts.reading import KeyPath


@dataclass(frozen=True, slots=True)
class Put:
    """A value that stands at a path afterwards, whatever stood there before.

    path:   all of it but the last step must be there; a list may get one item more at its end.
    value:  texts, numbers and booleans, alone or in dicts and lists.
    after:  the keys behind which a new key belongs, the best place first; else it comes last.
    """

    path: KeyPath
    value: Any
    after: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Drop:
    """An item that a list does not have afterwards; others stay in it."""

    path: KeyPath


Edit = Put | Drop


class EditError(ValueError):
    """A document that cannot be edited so that all else stays: it is written in its own way."""


def edited(document: Document, edits: Sequence[Edit]) -> str:
    """The document's text with these edits, made one after the other.

    Raises :class:`EditError` where the text cannot be changed so that it says exactly that.
    """
    text, value = document.text, copy.deepcopy(document.value)
    in_json = document.file.lower().endswith(JSON_SUFFIXES)
    for edit in edits:
        text = _edited_once(text, edit, in_json)
        _apply(value, edit)
    try:
        read = scan_document(document.file, text.encode())
    except DocumentError as error:
        raise EditError(f"{document.file} could not be read any more.") from error
    if read.problems or read.value != value:
        raise EditError(f"{document.file} would say something else, too.")
    return text


def _edited_once(text: str, edit: Edit, in_json: bool) -> str:
    if in_json:
        from contracts.json_editing import dropped, put
    else:
        from contracts.yaml_editing import dropped, put
    if isinstance(edit, Drop):
        return dropped(text, edit.path)
    return put(text, edit.path, edit.value, edit.after)


def _apply(value: Any, edit: Edit) -> None:
    """The same edit on the plain value."""
    *way, last = edit.path
    try:
        for step in way:
            value = value[step]
        if isinstance(edit, Drop):
            del value[last]
        elif isinstance(value, list) and last == len(value):
            value.append(edit.value)
        else:
            value[last] = edit.value
    except (KeyError, IndexError, TypeError) as error:
        raise EditError(f"There is nothing at {edit.path}.") from error
