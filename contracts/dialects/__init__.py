"""One module for each way of writing a contract down.

A dialect's module has ``recognises(value) -> bool``, ``read(document) -> Contract`` and, where
it can be written, ``write(contract) -> str``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

WAYS_OF_WRITING: Final[Mapping[str, str]] = {
    "book": 'the book\'s spec, which has "spec-version": "1.0.0"',
}
"""The dialects that are read, and what tells each of them apart."""
